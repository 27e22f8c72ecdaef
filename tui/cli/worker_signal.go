package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// relieved ends a worker in order, and is no failure.
type relieved struct{ why string }

func (r relieved) Error() string { return r.why }

func (relieved) Unwrap() error { return context.Canceled }

// relievable is a context that ends with signals and, if it is not 0, after a time. Of
// what asks to end in order, such as SIGUSR1 where there is one, the cause is a relieved,
// of others an interrupted. Schedulers repeat their signals: the first alone counts, but
// for a second ctrl-C, which ends the process at once.
func relievable(until time.Duration) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	var late context.CancelFunc = func() {}
	if until > 0 {
		ctx, late = context.WithTimeoutCause(ctx, until, relieved{fmt.Sprintf("the %s of --until are over", until)})
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(relieving, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)...)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				number, _ := s.(syscall.Signal)
				switch {
				case ctx.Err() != nil && s == os.Interrupt:
					os.Exit(statusOf(number))
				case relieves(s):
					cancel(relieved{"it was asked to make room"})
				default:
					cancel(interrupted{number})
				}
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		late()
		cancel(nil)
	}
}

// relieves tells whether a signal asks to end in order.
func relieves(s os.Signal) bool {
	for _, r := range relieving {
		if r == s {
			return true
		}
	}
	return false
}
