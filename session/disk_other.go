//go:build !unix

package session

import "os"

// noFollow is known to Unix alone.
const noFollow = 0

// alive tells whether a process is there.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
