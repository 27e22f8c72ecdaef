package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
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
	unlisten := listen(ctx, slices.Concat(relieving, ends), func(s os.Signal) {
		if slices.Contains(relieving, s) {
			cancel(relieved{"it was asked to make room"})
			return
		}
		cancel(interrupted{number(s)})
	}, func(s os.Signal) bool { return s == os.Interrupt })
	return ctx, func() {
		unlisten()
		late()
		cancel(nil)
	}
}
