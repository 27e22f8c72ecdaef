package tui

import (
	"fmt"
	"slices"
	"strings"

	"descent/session/diagnosis"
	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
)

// loadedNote is the first note on the data or on weights, and where to find the others.
func loadedNote(f *live.Frame) string {
	if f.Data == nil {
		return ""
	}
	notes := f.Data.Notes
	if f.Recipe.Data.File == "" { // for a built-in set the preset has its own text
		notes = slices.DeleteFunc(slices.Clone(notes), func(n string) bool {
			return !strings.HasPrefix(n, "model.weights: ") && !strings.HasPrefix(n, "teacher.weights: ")
		})
	}
	switch more := len(notes) - 1; {
	case more < 0:
		return ""
	case more > 0:
		return fmt.Sprintf("note (and %d more in the summary of the data, v): %s", more, notes[0])
	}
	return "note: " + notes[0]
}

// report is the input of the lines above the footer: errors, the result of the last
// key, the progress of a long operation, the last decision.
type report struct {
	t        *draw.Theme
	f        *live.Frame
	ahead    *dialog.Ahead // nil unless a look-ahead is open
	notice   notice        // what came of the last key
	loaded   string        // the note on the data
	timeline bool          // the timeline has the focus
}

// tone is the severity of a notice, which determines its style.
type tone int

const (
	remark  tone = iota // information: why a key is not available
	success             // the action succeeded
	failure             // the action failed, or data is lost
)

// notice is a message about the last key, or about the run.
type notice struct {
	text string
	tone tone
}

// problem returns the error or the result of the last key. It may be longer than a
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
	case f.Stopped != "" && f.Diagnosis != nil && f.Diagnosis.Rule == diagnosis.Unbounded:
		return notice{stopped(f), remark} // nobody has failed
	case f.Stopped != "":
		return notice{stopped(f), failure}
	}
	return notice{f.LogError, failure}
}

// stopped explains why training stopped and how to resolve it.
func stopped(f *live.Frame) string {
	r := f.Remedy
	if d := f.Diagnosis; r == nil && d != nil && d.Remedy.Can() {
		return f.Stopped + "; w: " + remedyWords(d.Remedy)
	}
	if r == nil {
		return f.Stopped
	}
	text := f.Stopped
	if unscaled := r.Unscaled(); unscaled != "" {
		var keys []string
		for _, u := range r.Scale {
			keys = append(keys, "--set "+u.Path+"=true")
		}
		text += "; " + unscaled + ": restart with " + strings.Join(keys, " ")
	}
	text += "; the last good step is " + draw.Thousands(r.Good) + ": w goes there"
	if r.Change != nil {
		text += fmt.Sprintf(", and %s of %s is stable from there", r.Change.Path, r.Change.Value)
	}
	return text
}

// lines returns the lines above the footer: one, or as many as a problem needs.
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

// mostMessages is the maximum number of lines of a problem; the body keeps its
// minimum height.
const mostMessages = 8

// message is the line above the footer when there is no error: progress, what is
// wrong with the run, or the last decision and how to undo it.
func (r report) message(w int) string {
	f := r.f
	switch {
	case r.loaded != "" && r.ahead == nil:
		return draw.FitLine(" "+r.t.Text.Render(r.loaded), w)
	case r.ahead != nil:
		return r.ahead.Message(r.t, w)
	case f.Progress.Total > 0:
		return draw.FitLine(" "+r.t.Focus.Render(draw.Progress(f.Progress.Done, f.Progress.Total, 20))+r.t.Text.Render(fmt.Sprintf(" recomputing step %s of %s", draw.Thousands(f.Progress.Done), draw.Thousands(f.Progress.Total)))+r.t.Muted.Render("   esc cancels"), w)
	case f.Diagnosis != nil:
		return diagnosed(r.t, f.Diagnosis, w)
	case f.Decision != "":
		undo := "   " + r.t.Focus.Render("u") + r.t.Muted.Render(" undoes it")
		line := " " + r.t.Decision.Render("▲ decided at "+draw.Thousands(f.DecidedAt)+": "+f.Decision) + undo
		if f.Racing {
			short := " " + r.t.Decision.Render("▲ "+f.Decision) + undo
			line = draw.FirstFitting(w, line+r.raceHint(w-draw.Width(line)), short+r.raceHint(w-draw.Width(short)))
		}
		return draw.FitLine(line, w)
	}
	return draw.FitLine(" "+r.t.Muted.Render(sentences(f.Recipe.Story(), w-2)), w)
}

// raceHint tells how to switch to another racer, in w cells if possible.
func (r report) raceHint(w int) string {
	return r.t.Muted.Render(draw.FirstFitting(w, "   ; shows another racer, R ends it", "   ; shows another racer", "   ; another", ""))
}

// sentences returns as many sentences of a text as fit into w cells. If the first
// is too long, it returns a part of it that fills at least half a line.
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

// upTo returns the longest prefix of a text that fits into w cells, ends in one of
// marks and leaves no bracket open.
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
