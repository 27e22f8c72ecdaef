package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"descent/session/headless"
)

// headless runs what needs no screen, and listens for ctrl-C.
func withoutScreen(threads int, o *headless.Options, body func(context.Context) error) error {
	if threads < 0 {
		return usage(fmt.Errorf("--threads takes a number of at least 1, not %d", threads))
	}
	if threads > 0 {
		runtime.GOMAXPROCS(threads)
	}
	o.Out = stdout.data()
	ctx, stop := interruptible()
	defer stop()
	err := body(ctx)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}
