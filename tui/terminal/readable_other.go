//go:build !unix

package terminal

import (
	"os"
	"time"
)

// Nothing is asked of a terminal on this platform, so nothing is waited for.
func readable(*os.File, time.Duration) bool { return false }
