// Package probe measures a trainer without training it: what a network makes
// of the plane, which inputs count, where it errs. A probe is handed a copy and
// never touches the run. It is a comparable value that says what is asked.
package probe

import (
	"context"

	"descent/core"
)

// Present is the network measured as it stands. It finds a core.Report.
type Present struct{}

// Still marks probes that look at weights alone: they neither train the copy nor ask for
// the state of its optimizer.
func (Present) Still() {}

// Still is as that of Present.
func (Examples) Still() {}

// Still is as that of Present.
func (Confusion) Still() {}

// Still is as that of Present.
func (Residuals) Still() {}

// Still is as that of Present.
func (Calibration) Still() {}

// Still is as that of Present.
func (Plane) Still() {}

// Measure leaves the copy as it is.
func (Present) Measure(_ context.Context, t *core.Trainer) any { return t.Present() }
