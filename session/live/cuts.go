package live

import (
	"fmt"

	"descent/session/journal"
)

// cuts notices weights that a pruning schedule cuts or regrows between two frames.
type cuts struct {
	branch journal.BranchID
	step   int
	turns  int
	kept   int
}

// look compares a frame with the last one, and tells what was cut since; "" if nothing
// was, or if a decision did it.
func (c *cuts) look(f *Frame, turns int) string {
	was := *c
	*c = cuts{f.Branch, f.Step, turns, f.Size.Kept}
	if was.turns != turns || was.branch != f.Branch || was.step >= f.Step || was.kept == f.Size.Kept || was.kept == 0 || f.Size.Params == 0 {
		return ""
	}
	share := func(kept int) float64 { return 100 * float64(kept) / float64(f.Size.Params) }
	return fmt.Sprintf("the pruning schedule keeps %.1f %% of the weights, before %.1f %%", share(f.Size.Kept), share(was.kept))
}
