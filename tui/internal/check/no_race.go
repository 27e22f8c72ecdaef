//go:build !race

package check

// Race tells that the race detector is on, which slows everything down.
const Race = false
