//go:build unix

package disk

import (
	"errors"
	"syscall"
)

// NoFollow refuses to open what a symbolic link points to.
const NoFollow = syscall.O_NOFOLLOW

// alive tells whether a process is there.
func alive(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
