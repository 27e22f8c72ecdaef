package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is a signal that ended a command in order, said in words.
type interrupted struct{ signal syscall.Signal }

func (interrupted) Error() string { return "stopped; everything up to here is written" }

func (interrupted) Unwrap() error { return context.Canceled }

// interruptible is a context that ctrl-C and its like end; its cause is then an
// interrupted. A second signal ends the process at once.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				number, _ := s.(syscall.Signal)
				if ctx.Err() != nil {
					os.Exit(statusOf(number))
				}
				cancel(interrupted{number})
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}

// statusOf is the exit status of what a signal has ended, as shells have it.
func statusOf(s syscall.Signal) int { return 128 + int(s) }
