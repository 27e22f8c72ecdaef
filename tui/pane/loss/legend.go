package loss

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

func legend(t *draw.Theme, f *live.Frame, w int) string {
	switch {
	case f.Ghosts:
		return ghostly(t, f, w)
	case len(f.Others) > 0:
		return compared(t, f, w)
	}
	text := t.Train.Render(string(t.TrainLine.Sign) + " train " + draw.FitLine(draw.Significant(f.Last.Loss), 8))
	if f.Eval.Evaluated && f.Eval.HasVal {
		text += t.Val.Render("  ○ val " + draw.FitLine(draw.Significant(f.Eval.ValLoss), 8))
	}
	if f.Eval.Evaluated && f.Eval.HasOld {
		text += t.Old.Render("  ◇ old " + draw.FitLine(draw.Significant(f.Eval.OldLoss), 8))
	}
	return draw.Between("", draw.Extend(w, text, t.Muted.Render(" ░ min–max ")), w)
}

// compared is the legend of the branches, as many as fit.
func compared(t *draw.Theme, f *live.Frame, w int) string {
	here := intent.BranchName(f)
	if here == "" {
		here = "this branch"
	}
	text := t.Train.Render(string(t.TrainLine.Sign) + " " + here)
	for _, o := range names(t, f) {
		if draw.Width(text)+2+draw.Width(o) > w {
			break
		}
		text += "  " + o
	}
	return draw.Between("", text, w)
}

// names returns the labels of the further curves, in their colours.
func names(t *draw.Theme, f *live.Frame) []string {
	out := make([]string, len(f.Others))
	for i, o := range f.Others {
		out[i] = t.Legend(o.Hue, draw.Crop(o.Label, 20, "…"))
	}
	return out
}

// ghostly is the legend of a look-ahead: the values in the colours of their curves.
func ghostly(t *draw.Theme, f *live.Frame, w int) string {
	train, names := t.Train.Render(string(t.TrainLine.Sign)+" train"), names(t, f)
	if len(names) == 0 {
		return draw.Between("", train+t.Muted.Render("  trying the values"), w)
	}
	text := train + t.Muted.Render("  ahead with  ") + strings.Join(names, "  ")
	for _, shorter := range []string{train + "  " + strings.Join(names, "  "), train + " " + strings.Join(names, " "), strings.Join(names, " ")} {
		if draw.Width(text) > w {
			text = shorter
		}
	}
	return draw.Between("", text, w)
}
