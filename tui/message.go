package tui

import (
	"fmt"
	"strings"

	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
)

// loadedNote is the first thing to say of the data, and where the others stand.
func loadedNote(f *live.Frame) string {
	if f.Data == nil || len(f.Data.Notes) == 0 || f.Recipe.Data.File == "" { // of a built-in set it is the preset that speaks
		return ""
	}
	if more := len(f.Data.Notes) - 1; more > 0 {
		return fmt.Sprintf("note (and %d more in the summary of the data, v): %s", more, f.Data.Notes[0])
	}
	return "note: " + f.Data.Notes[0]
}

// report is what the lines above the keys are made from: what went wrong, what came
// of the last key, how far something has come, what was decided last.
type report struct {
	t        *draw.Theme
	f        *live.Frame
	ahead    *dialog.Ahead // nil unless one looks ahead
	notice   notice        // what came of the last key
	loaded   string        // what there is to say of the data
	timeline bool          // the timeline has the focus
}

// tone is how a notice is meant, and so how it is drawn.
type tone int

const (
	remark  tone = iota // nothing failed: a key that does nothing now, and why
	success             // it was done
	failure             // it was to be done and was not, or something is lost
)

// notice is a message about the last key, or about the run.
type notice struct {
	text string
	tone tone
}

// problem is what went wrong, or what came of the last key. It may be longer than a
// line.
func (r report) problem() notice {
	f := r.f
	switch {
	case f.Fatal != nil:
		return notice{f.Fatal.Error(), failure}
	case r.notice.text != "":
		return r.notice
	case r.ahead != nil || f.Progress.Total > 0:
		return notice{}
	case f.Mismatch != "":
		return notice{f.Mismatch, failure}
	case f.Stopped != "":
		return notice{stopped(f), failure}
	}
	return notice{f.LogError, failure}
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

// lines are the lines above the keys, one or as many as a problem needs.
func (r report) lines(w int) []string {
	said := r.problem()
	if said.text == "" && r.ahead != nil {
		if why := r.ahead.Why(r.f); why != "" {
			return append([]string{r.message(w)}, r.t.Muted.Lines(draw.Wrap(" "+draw.Line(why), w-1))...)
		}
	}
	if said.text == "" {
		return []string{r.message(w)}
	}
	sign, style := "", r.t.Muted
	switch said.tone {
	case success:
		sign, style = "✓ ", r.t.Good
	case failure:
		sign, style = "✗ ", r.t.Bad
	}
	lines := strings.Split(draw.Wrap(draw.Line(sign+said.text), w-2), "\n")
	for i, line := range lines {
		lines[i] = draw.FitLine(" "+style.Render(line), w)
	}
	return lines[:min(len(lines), mostMessages)]
}

// mostMessages is how many lines of a problem show; the body keeps its least height.
const mostMessages = 8

// message is the line above the keys where nothing is wrong: how far something
// has come, or the last decision and how to take it back.
func (r report) message(w int) string {
	f := r.f
	switch {
	case r.loaded != "" && r.ahead == nil:
		return draw.FitLine(" "+r.t.Text.Render(r.loaded), w)
	case r.ahead != nil:
		return r.ahead.Message(r.t, w)
	case f.Progress.Total > 0:
		return draw.FitLine(" "+r.t.Focus.Render(draw.Progress(f.Progress.Done, f.Progress.Total, 20))+r.t.Text.Render(fmt.Sprintf(" computing step %s of %s again", draw.Thousands(f.Progress.Done), draw.Thousands(f.Progress.Total)))+r.t.Muted.Render("   esc breaks off"), w)
	case f.Decision != "":
		undo := "   " + r.t.Focus.Render("u") + r.t.Muted.Render(" takes it back")
		line := " " + r.t.Decision.Render("▲ decided at "+draw.Thousands(f.DecidedAt)+": "+f.Decision) + undo
		if f.Racing {
			short := " " + r.t.Decision.Render("▲ "+f.Decision) + undo
			line = draw.FirstFitting(w, line+r.raceHint(w-draw.Width(line)), short+r.raceHint(w-draw.Width(short)))
		}
		return draw.FitLine(line, w)
	}
	return draw.FitLine(" "+r.t.Muted.Render(sentences(f.Recipe.Story(), w-2)), w)
}

// raceHint says how to look at another racer, in w cells if it can be.
func (r report) raceHint(w int) string {
	hints := []string{"   another racer: tab to the timeline, ↑↓, enter", "   timeline: ↑↓ enter another"}
	if r.timeline {
		hints = []string{"   ↑↓ enter shows another racer", "   ↑↓ enter another"}
	}
	return r.t.Muted.Render(draw.FirstFitting(w, hints...))
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
