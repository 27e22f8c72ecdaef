package probe

import (
	"context"

	"descent/core"
)

// Present is the network measured as it stands. It finds a core.Report.
type Present struct{}

// Measure leaves the copy as it is.
func (Present) Measure(_ context.Context, t *core.Trainer) any { return t.Present() }
