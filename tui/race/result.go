package race

import (
	"fmt"
	"math"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/pane/branches"

	tea "github.com/charmbracelet/bubbletea"
)

// Result is the card at the end of a race: who won, the ranking, and what to do next.
type Result struct {
	t     *draw.Theme
	frame func() *live.Frame
	table *branches.Ranking
	note  string // why the last key did nothing
}

// NewResult makes the card of the race in the frame.
func NewResult(t *draw.Theme, frame func() *live.Frame) *Result {
	r := &Result{t: t, frame: frame, table: branches.NewRanking(t)}
	if w, ok := frame().Standings().Winner(); ok {
		r.table.Choose(w.Branch)
	}
	return r
}

// Said tells in a sentence who won.
func Said(f *live.Frame) string {
	s := f.Standings()
	w, ok := s.Winner()
	if !ok {
		return "nobody won the race: every racer diverged"
	}
	text := w.Label + " won the race"
	if len(s.Rows) > 1 && s.Rows[1].Place == 1 {
		text = w.Label + " and others are level"
	}
	value := "loss " + draw.Significant(w.Loss)
	if s.By != "training loss" && s.By != "accuracy" {
		value = s.By + " " + draw.Significant(w.Loss)
	}
	if !math.IsNaN(w.Accuracy) {
		value += ", accuracy " + draw.Percent(w.Accuracy)
	}
	text += ": " + value + " after " + draw.Thousands(f.Race.End-f.Race.From) + " steps"
	if len(s.Rows) > 1 && s.Rows[1].Diverged == 0 && s.Rows[1].Place > 1 {
		text += fmt.Sprintf("; then %s, %s", s.Rows[1].Label, draw.Significant(s.Rows[1].Loss))
	}
	return text
}

// Low is that of dialog.Low.
func (r *Result) Low() {}

// Key handles one key.
func (r *Result) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	f := r.frame()
	r.note = ""
	switch key := msg.String(); key {
	case "esc":
		if f.Heats.Running() {
			return intent.CancelRepeat{}, false
		}
		return nil, true
	case "enter":
		if id, ok := r.table.Selected(f); ok {
			return intent.Take{Branch: id}, true
		}
	case "s":
		if d, ok := intent.FindKnob(f, "surface.noise"); ok && d.Value.Num() == 0 {
			r.note = "a surface without noise gives the same race with every seed: surface.noise makes it differ"
			return nil, false
		}
		return intent.Repeat{}, false
	case "R":
		return intent.RaceMenu{Fresh: true}, true
	case "q", "7":
		return intent.View{Title: "Branches"}, true
	case "up", "down", "pgup", "pgdown", "home", "end":
		r.table.Move(f, key)
	}
	return nil, false
}

// View renders the card.
func (r *Result) View(w, h int) string {
	f := r.frame()
	inner := min(w-4, 96)
	switch left := w - min(w/3, 46); { // beside it stay the knobs and the picture
	case w >= 150:
		inner = min(inner, left/2-2)
	case left >= 72:
		inner = min(inner, left-2)
	}
	s := f.Standings()
	style, said := r.t.Selected, " ★ "+strings.ReplaceAll(draw.Wrap(Said(f), max(inner-4, 1)), "\n", "\n   ")
	if _, ok := s.Winner(); !ok {
		style, said = r.t.Bad, " "+draw.Wrap(Said(f), max(inner-2, 1))
	}
	lines := style.Lines(said)
	lines = append(lines, "")
	keys := r.keys(f, inner)
	id, _ := r.table.Selected(f)
	bands := bands(r.t, f, id, inner, min(14, h-len(lines)-len(keys)-min(len(s.Rows)+2, 9)-4))
	table := min(len(s.Rows)+2, max(h-len(lines)-len(keys)-len(bands)-3, 2))
	lines = append(lines, strings.Split(r.table.View(f, inner, table, true), "\n")...)
	lines = append(lines, bands...)
	lines = append(lines, "")
	lines = append(lines, keys...)
	note := ""
	if f.Race != nil {
		note = fmt.Sprintf("%d racers · %s steps from step %s", len(s.Rows), draw.Thousands(f.Race.End-f.Race.From), draw.Thousands(f.Race.From))
	}
	return r.t.Box("Race over", nil, note, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// keys are the last lines: what to do next, or the progress of a repetition.
func (r *Result) keys(f *live.Frame, w int) []string {
	chosen := "it"
	s := f.Standings()
	if id, ok := r.table.Selected(f); ok {
		for _, row := range s.Rows {
			if row.Branch == id {
				chosen = row.Label
			}
		}
	}
	if h := f.Heats; h.Running() {
		return []string{" " + r.t.Focus.Render(draw.Progress(h.Progress.Done, h.Progress.Total, 20)) + r.t.Text.Render(fmt.Sprintf(" seed %d: racer %d of %d   ", h.Seed, min(h.Progress.Done+1, h.Progress.Total), h.Progress.Total)) + r.t.Muted.Render("esc cancels")}
	}
	var out []string
	if r.note != "" {
		out = append(out, r.t.Title.Lines(draw.Wrap(" "+r.note, w-1))...)
	}
	if f.Heats != nil && f.Heats.Err != nil {
		out = append(out, r.t.Bad.Lines(draw.Wrap(" ✗ "+f.Heats.Err.Error(), w-1))...)
	}
	line := draw.FirstFitting(w-1,
		r.t.Keys("enter take "+chosen+" and go on   ↑↓ another   s again with another seed   R new race   esc keep as branches"),
		r.t.Keys("enter take "+chosen+"   ↑↓ another   s another seed   R new race   esc keep all"),
		r.t.Keys("enter take   ↑↓   s another seed   R new   esc keep"))
	return append(out, " "+r.t.Muted.Render(line))
}

// Subject is the race.
func (r *Result) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog race", "pane Race"}}
}
