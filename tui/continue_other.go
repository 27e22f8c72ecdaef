//go:build !unix

package tui

import "os"

// Processes are not stopped and continued on this platform.
func notifyContinued(chan<- os.Signal) {}

func isContinued(os.Signal) bool { return false }
