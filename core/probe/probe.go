// Package probe measures a trainer without training it: what a network makes
// of the plane, which inputs count, where it errs. A probe is handed a copy and
// never touches the run. It is a comparable value that says what is asked.
package probe
