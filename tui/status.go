package tui

import (
	"fmt"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// status is the first line: what is trained, in a race by whom, and how far it
// is. Where it is short the program's own name goes before anything of the run,
// and the loss, which stands above its curve too, before the accuracies.
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
	// Those of the highest rank are given up first when the line is short.
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
	if s, err := f.Recipe.Settings.Find("loss.name"); err == nil {
		text += "  " + s.Value.Word()
	}
	return text
}

// problem is what went wrong, or what came of the last key; ok tells that it went
// well. It may be longer than a line.
func (m *root) problem() (text string, ok bool) {
	f := m.frame
	switch {
	case f.Fatal != nil:
		return f.Fatal.Error(), false
	case m.notice != "":
		return m.notice, !m.bad
	case m.ahead != nil || f.Way.Total > 0:
		return "", false
	case f.Mismatch != "":
		return f.Mismatch, false
	case f.Stopped != "":
		return stopped(f), false
	}
	return f.LogError, false
}

// stopped says why training stopped by itself, and what to do about it.
func stopped(f *live.Frame) string {
	r := f.Remedy
	if r == nil {
		return f.Stopped
	}
	text := f.Stopped
	if unscaled := r.Unscaled(); unscaled != "" {
		var keys []string
		for _, u := range r.Scale {
			keys = append(keys, "--set "+u.Path+"=true")
		}
		text += "; " + unscaled + ": start descent again with " + strings.Join(keys, " ")
	}
	text += "; the last good step is " + draw.Thousands(r.Good) + ": w goes there"
	if r.Turn != nil {
		text += fmt.Sprintf(", and %s of %s lasts from there", r.Turn.Path, r.Turn.Value)
	}
	return text
}

// messages are the lines above the keys, one or as many as a problem needs.
func (m *root) messages(w int) []string {
	text, ok := m.problem()
	if text == "" && m.ahead != nil {
		if why := m.ahead.Why(m.frame); why != "" {
			return append([]string{m.message(w)}, m.t.Muted.Lines(draw.Wrap(" "+draw.Line(why), w-1))...)
		}
	}
	if text == "" {
		return []string{m.message(w)}
	}
	sign, style := "✗ ", m.t.Bad
	if ok {
		sign, style = "✓ ", m.t.Good
	}
	lines := strings.Split(draw.Wrap(draw.Line(sign+text), w-2), "\n")
	for i, line := range lines {
		lines[i] = draw.FitLine(" "+style.Render(line), w)
	}
	return lines[:min(len(lines), mostMessages)]
}

// mostMessages is how many lines of a problem show; the body keeps its least height.
const mostMessages = 8

// message is the line above the keys where nothing is wrong: how far something
// has come, or the last decision and how to take it back.
func (m *root) message(w int) string {
	f := m.frame
	switch {
	case m.loaded != "" && m.ahead == nil:
		return draw.FitLine(" "+m.t.Text.Render(m.loaded), w)
	case m.ahead != nil:
		return m.ahead.Message(m.t, w)
	case f.Way.Total > 0:
		return draw.FitLine(" "+m.t.Focus.Render(draw.Progress(f.Way.Done, f.Way.Total, 20))+m.t.Text.Render(fmt.Sprintf(" computing step %s of %s again", draw.Thousands(f.Way.Done), draw.Thousands(f.Way.Total)))+m.t.Muted.Render("   esc breaks off"), w)
	case f.Decision != "":
		undo := "   " + m.t.Focus.Render("u") + m.t.Muted.Render(" takes it back")
		line := " " + m.t.Decision.Render("▲ decided at "+draw.Thousands(f.DecidedAt)+": "+f.Decision) + undo
		if f.Racing {
			short := " " + m.t.Decision.Render("▲ "+f.Decision) + undo
			line = draw.FirstFitting(w, line+m.raceHint(w-draw.Width(line)), short+m.raceHint(w-draw.Width(short)))
		}
		return draw.FitLine(line, w)
	}
	return draw.FitLine(" "+m.t.Muted.Render(sentences(f.Recipe.Story(), w-2)), w)
}

// raceHint says how to look at another racer, in w cells if it can be.
func (m *root) raceHint(w int) string {
	hints := []string{"   another racer: tab to the timeline, ↑↓, enter", "   timeline: ↑↓ enter another"}
	if panes[m.focus].slot == timeSlot {
		hints = []string{"   ↑↓ enter looks at another racer", "   ↑↓ enter another"}
	}
	return m.t.Muted.Render(draw.FirstFitting(w, hints...))
}

// sentences are as many of a text as fit into w cells. Where the first is too long
// it ends with a part of it, if that is half a line at least.
func sentences(text string, w int) string {
	text = strings.Join(strings.Fields(text), " ")
	if draw.Width(text) <= w {
		return text
	}
	if whole := upTo(text, w, ".", "!", "?"); whole != "" {
		return whole
	}
	if part := strings.TrimRight(upTo(text, w, ",", ";", ":"), ",;:"); draw.Width(part) >= w/2 {
		return part
	}
	return text
}

// upTo is the longest beginning of a text that fits into w cells, ends in one of
// these marks and leaves no bracket open.
func upTo(text string, w int, marks ...string) string {
	words := strings.Split(text, " ")
	for n := len(words); n > 0; n-- {
		part := strings.Join(words[:n], " ")
		if draw.Width(part) > w || strings.Count(part, "(") != strings.Count(part, ")") {
			continue
		}
		for _, m := range marks {
			if strings.HasSuffix(part, m) {
				return part
			}
		}
	}
	return ""
}

// hints is the last line: the keys that work now.
func (m *root) hints(w int) string {
	var out strings.Builder
	last := m.t.Focus.Render("?") + " " + m.t.Muted.Render("help") + " "
	left := w - 1 - draw.Width(last)
	out.WriteByte(' ')
	add := func(a intent.Action) {
		if a.Label == "" || a.Label == "help" || a.Why(m.frame) != "" {
			return
		}
		word := a.Word(m.frame)
		width := draw.Width(a.Hint()) + 1 + draw.Width(word) + 3
		if left -= width; left >= 0 {
			out.WriteString(m.t.Focus.Render(a.Hint()) + " " + m.t.Muted.Render(word) + "   ")
		}
	}
	own := m.panes[m.focus].Actions()
	for _, a := range m.global[:9] {
		add(a)
	}
	for _, a := range own {
		add(a)
	}
	for _, a := range m.global[9:] {
		add(a)
	}
	return draw.Between(strings.TrimRight(out.String(), " "), last, w)
}
