//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
)

// NotifyContinued relays the signal that the process was continued after a stop.
func NotifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }

func IsContinued(s os.Signal) bool { return s == syscall.SIGCONT }
