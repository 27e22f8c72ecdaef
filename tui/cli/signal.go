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

// ends are the signals that end a command in order.
var ends = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// interruptible is a context that ctrl-C and its like end; its cause is then an
// interrupted. A second signal ends the process at once.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	unlisten := listen(ctx, ends, func(s os.Signal) { cancel(interrupted{number(s)}) }, func(os.Signal) bool { return true })
	return ctx, func() {
		unlisten()
		cancel(nil)
	}
}

// listen calls end with each signal that comes, until stop. One that comes after the context
// has ended ends the process where hasty says so.
func listen(ctx context.Context, to []os.Signal, end func(os.Signal), hasty func(os.Signal) bool) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, to...)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				if ctx.Err() != nil && hasty(s) {
					os.Exit(statusOf(number(s)))
				}
				end(s)
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// number is the number of a signal, 0 where it has none.
func number(s os.Signal) syscall.Signal {
	n, _ := s.(syscall.Signal)
	return n
}

// statusOf is the exit status of what a signal has ended, as shells have it.
func statusOf(s syscall.Signal) int { return 128 + int(s) }
