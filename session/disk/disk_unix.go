//go:build unix

package disk

import (
	"errors"
	"syscall"
)

// NoFollow makes opening a symbolic link fail.
const NoFollow = syscall.O_NOFOLLOW

// Alive reports whether a process is running.
func Alive(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
