//go:build !unix

package terminal

import "os"

// Processes are not stopped and continued on this platform.
func NotifyContinued(chan<- os.Signal) {}

func IsContinued(os.Signal) bool { return false }
