package loss

import (
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// scene is what of a run is shown: the window on the axis, how steps of this branch
// are placed on it, and the curves in the resolution for it.
type scene struct {
	view   window
	place  func(step int) int
	curves history.Curves
}

// scene returns the one of a frame in so many columns.
func (l *Pane) scene(f *live.Frame, cols int) scene {
	part := windows[l.recent]
	zoomed := l.focus.span > 0 && !f.Ghosts
	from := f.Step - draw.Floor(float64(f.Step)*part) // steps after from are shown
	curves, to := f.Curves, f.Step
	whole := part == 1 && !zoomed
	switch {
	case zoomed:
		from, to = l.focus.shown(f)
		if n := len(f.Recent); n > 0 && from >= f.Recent[0].Step-1 {
			curves = single(f.Recent)
		}
	case part == 0 && len(f.Recent) > 0:
		curves = single(f.Recent)
		from = f.Recent[0].Step - 1
	}
	switch {
	case f.Ghosts: // close enough for the curves to be visible, at full resolution
		from = max(from, f.Step-2*intent.AheadSteps)
		if len(f.Recent) > 0 {
			curves = single(f.Recent)
		}
	case f.Race != nil && whole: // the race, from its start to its end
		from, to = f.Race.From, max(to, f.Race.From+f.Race.Steps)
		if !f.Race.Running() {
			to = max(f.Race.End, f.Race.From+1)
		}
	}
	if whole && f.Race == nil || f.Ghosts {
		for _, o := range f.Others {
			if n := len(o.Curves.Train); n > 0 {
				to = max(to, o.Curves.Train[n-1].Last)
			}
		}
	}
	place := over(l.across, f.Curves.Train)
	if l.across > inEpochs {
		from, to = place(from), place(min(to, f.Step))
		for _, o := range f.Others {
			if n := len(o.Curves.Train); n > 0 && !f.Ghosts && !zoomed {
				to = max(to, over(l.across, o.Curves.Train)(o.Curves.Train[n-1].Last))
			}
		}
	}
	if whole && f.Race == nil && !f.Ghosts { // the curve grows into the axis
		to = max(to, length(f, place(f.Step)))
	}
	return scene{window{from, max(to, from+1), cols}, place, curves}
}

// length returns that of the run on the axis, if this far has been trained: what is to
// come is taken to cost as much a step as what was.
func length(f *live.Frame, far int) int {
	return draw.Round(float64(far) * float64(f.Steps) / float64(max(f.Step, 1)))
}

// unit is how much of the axis its labels count: an epoch, or 1.
func (l *Pane) unit(f *live.Frame) float64 {
	if l.across == inEpochs && f.Epoch > 0 && f.Step > 0 {
		return max(float64(f.Step)/f.Epoch, 1e-6)
	}
	return 1
}
