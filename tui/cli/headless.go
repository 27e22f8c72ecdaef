package cli

import (
	"context"
	"errors"
	"fmt"

	"descent/session/diagnosis"
	"descent/session/headless"
)

// headless runs what needs no screen, and listens for ctrl-C.
func withoutScreen(o *headless.Options, body func(context.Context) error) error {
	o.Out = stdout.data()
	ctx, stop := interruptible()
	defer stop()
	err := body(ctx)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}

// diagnosed prints what is wrong with a run, and what may mend it.
func diagnosed(d diagnosis.Diagnosis) {
	text := d.Cause
	for i, c := range d.Remedy.Set {
		if i == 0 {
			text += "; try"
		}
		if d.Remedy.Back && d.Remedy.Step > 0 {
			text += fmt.Sprintf(" --at %d:%s=%s", d.Remedy.Step+1, c.Path, c.Value)
			continue
		}
		text += fmt.Sprintf(" --set %s=%s", c.Path, c.Value)
	}
	if d.Remedy.Advice != "" {
		text += "; " + d.Remedy.Advice
	}
	stderr.printf("descent: %s (descent explain %s)\n", text, d.Rule)
}
