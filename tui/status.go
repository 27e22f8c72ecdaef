package tui

import (
	"fmt"
	"strings"

	"descent/core/recipe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// The smallest terminal in which the workbench is shown, and the smallest height at
// which the views are listed.
const (
	minWidth     = 50
	minHeight    = 14
	tabbedHeight = 18
)

// status renders the first line: what is trained, which racer of a race, and the
// progress. If space is short the name of the program is dropped first, and the
// loss, which the loss pane shows too, before the accuracies.
func status(t *draw.Theme, f *live.Frame, w int) string {
	state := t.Good.Render("▶ training")
	switch {
	case f.Stopped != "":
		state = t.Bad.Render("■ stopped")
	case !f.Playing:
		state = t.Text.Render("‖ paused")
	case f.Speed > 0:
		state = t.Good.Render(fmt.Sprintf("▶ %d/s", f.Speed))
	}
	name := "  " + t.Focus.Render(f.Recipe.Name)
	if f.Racing {
		name += t.Muted.Render("  racer ") + t.Train.Render(draw.Crop(intent.BranchName(f), 24, "…"))
	}
	loss := t.Train.Render("loss " + draw.FitLine(lossText(f), 7))
	accuracy := ""
	if f.Eval.HasAccuracy && f.Eval.HasVal {
		accuracy = t.Val.Render("acc " + draw.Percent(f.Eval.ValAccuracy))
	}
	old := ""
	if f.Eval.HasAccuracy && f.Eval.HasOld {
		old = t.Old.Render("old " + draw.Percent(f.Eval.OldAccuracy))
	}
	rate := ""
	if f.Playing && f.PerSecond > 0 {
		rate = t.Muted.Render(draw.Between("", draw.Thousands(draw.Round(f.PerSecond))+"/s", 9))
	}
	// Parts of the highest rank are dropped first if the line is too short.
	right := []struct {
		text string
		rank int
	}{
		{state, 0},
		{t.Text.Render("step " + draw.Thousands(f.Step)), 1},
		{t.Muted.Render(fmt.Sprintf("epoch %.1f", f.Epoch)), 7},
		{rate, 6},
		{loss, 4},
		{accuracy, 2},
		{old, 3},
	}
	const own = 5 // the rank of the program's name
	model := t.Muted.Render("  " + modelText(f))
	for drop := 8; ; drop-- {
		var parts []string
		for _, r := range right {
			if r.text != "" && r.rank < drop {
				parts = append(parts, r.text)
			}
		}
		tail, head := strings.Join(parts, "  ")+" ", name[1:]
		if own < drop {
			head = " " + t.Title.Render("descent") + name
		}
		room := w - draw.Width(tail) - draw.Width(head)
		if room >= 2 || drop <= 1 {
			if room >= draw.Width(model)+2 {
				head += model
			}
			return draw.Between(head, tail, w)
		}
	}
}

func lossText(f *live.Frame) string {
	if f.Step == 0 {
		return "–"
	}
	return draw.Significant(f.Last.Loss)
}

func modelText(f *live.Frame) string {
	if f.Recipe.Surface.Name != "" {
		return f.Recipe.Surface.Name
	}
	var sizes []string
	for _, n := range f.Recipe.Model.Layers {
		sizes = append(sizes, fmt.Sprint(n))
	}
	text := strings.Join(sizes, "-")
	for _, layer := range f.Recipe.Model.Stack {
		kind, _, _ := strings.Cut(layer, " ")
		text += kind + " "
	}
	text = draw.Crop(strings.TrimSpace(text), 40, "…")
	if a := f.Recipe.Model.Activation; a != "identity" {
		text += " " + a
	}
	for i := range f.Panel {
		if k := &f.Panel[i]; k.Knob.Path == recipe.LossName {
			text += "  " + k.Value.Word()
		}
	}
	return text
}
