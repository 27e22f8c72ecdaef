package tui

import (
	"fmt"
	"strings"

	"descent/core/recipe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/search"
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
	state := t.Good.Render("▶ " + f.Pace.Words())
	switch {
	case f.Stopped != "":
		state = t.Bad.Render("■ stopped")
	case !f.Playing:
		state = t.Text.Render("‖ paused")
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
	score := "" // the first metric that was asked for
	for _, s := range f.Eval.Scores {
		if name, ok := strings.CutPrefix(s.Name, "val_"); ok && score == "" {
			score = t.Val.Render(name + " " + draw.Significant(s.Value))
		}
	}
	rate := ""
	if f.Playing && f.PerSecond > 0 {
		rate = t.Muted.Render(draw.Between("", perSecond(f.PerSecond), 8))
	}
	epoch := "" // which a surface does not have
	if f.Recipe.Surface.Name == "" {
		epoch = t.Muted.Render(fmt.Sprintf("epoch %.1f", f.Epoch))
	}
	pace := "" // which the state tells while it trains
	if !f.Playing {
		pace = t.Muted.Render(f.Pace.Words())
	}
	tuning := ""
	if f.Tuning.Running() {
		tuning = t.Decision.Render(search.Brief(f.Tuning))
	}
	// Parts of the highest rank are dropped first if the line is too short.
	right := []struct {
		text string
		rank int
	}{
		{tuning, 6},
		{state, 0},
		{t.Text.Render("step " + draw.Thousands(f.Step)), 1},
		{t.Text.Render(remaining(f)), 2},
		{epoch, 9},
		{pace, 8},
		{rate, 7},
		{loss, 5},
		{accuracy, 3},
		{old, 4},
		{score, 5},
	}
	const own = 6 // the rank of the program's name, and of a search
	model := t.Muted.Render("  " + modelText(f))
	for drop := 10; ; drop-- {
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
			if room >= draw.Width(model)+2 && draw.Bare(model) != "  "+f.Recipe.Name {
				head += model
			}
			return draw.Between(head, tail, w)
		}
	}
}

// perSecond renders a number of steps per second.
func perSecond(rate float64) string {
	switch {
	case rate >= 10:
		return draw.Thousands(draw.Round(rate)) + "/s"
	case rate >= 0.1:
		return fmt.Sprintf("%.1f/s", rate)
	}
	return fmt.Sprintf("%.1f/min", 60*rate)
}

// remaining tells how far a run is that takes longer than its pace, and for how much
// longer: "34 %  12 min left"; it is "" for any other.
func remaining(f *live.Frame) string {
	if !f.Playing || f.Racing || f.PerSecond <= 0 || f.Step >= f.Steps {
		return ""
	}
	left := float64(f.Steps-f.Step) / f.PerSecond
	if target := f.Pace.PerSecond(f.Steps); target > 0 && f.PerSecond > 0.8*target || f.Pace == live.Unlimited && left < 2 {
		return ""
	}
	percent := draw.Percent(float64(f.Step) / float64(f.Steps))
	text := ""
	switch {
	case left < 100:
		text = fmt.Sprintf("%.0f s left", left)
	case left < 100*60:
		text = fmt.Sprintf("%.0f min left", left/60)
	default:
		text = draw.Thousands(draw.Round(left/3600)) + " h left"
	}
	return fmt.Sprintf("%7s  %-11s", percent, text)
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
	model := f.Recipe.Model
	if f.Data != nil {
		model = model.Between(len(f.Data.Inputs), len(f.Data.Targets))
	}
	for _, n := range model.Layers {
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
