//go:build !unix

package tui

import "os"

// Nothing is stopped and continued here.
func notifyContinued(chan<- os.Signal) {}

func isContinued(os.Signal) bool { return false }
