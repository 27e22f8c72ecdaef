//go:build unix

package tui

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyContinued lets a channel hear that the process goes on after a stop.
func notifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }

func isContinued(s os.Signal) bool { return s == syscall.SIGCONT }
