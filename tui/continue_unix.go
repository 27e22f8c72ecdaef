//go:build unix

package tui

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyContinued relays the signal that the process was continued after a stop.
func notifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }

func isContinued(s os.Signal) bool { return s == syscall.SIGCONT }
