//go:build !unix

package disk

import "os"

// NoFollow is only supported on Unix.
const NoFollow = 0

// Alive reports whether a process is running.
func Alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
