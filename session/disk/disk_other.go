//go:build !unix

package disk

import "os"

// NoFollow is known to Unix alone.
const NoFollow = 0

// alive tells whether a process is there.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}
