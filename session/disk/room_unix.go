//go:build linux || darwin

package disk

import (
	"os"
	"path/filepath"
	"syscall"
)

// Room returns the bytes that are free where a folder is or will be; ok is false if that
// is not known.
func Room(dir string) (free int64, ok bool) {
	for {
		var s syscall.Statfs_t
		switch err := syscall.Statfs(dir, &s); {
		case err == nil:
			return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // of other types elsewhere
		case !os.IsNotExist(err) || dir == filepath.Dir(dir):
			return 0, false
		}
		dir = filepath.Dir(dir)
	}
}
