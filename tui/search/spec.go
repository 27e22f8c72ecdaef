package search

import (
	"fmt"
	"strings"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Typed is the search that words ask for, as the menu starts it without them: axes
// (optimizer.lr=1e-4..1e-1, or lr alone), settings by the names of the menu (trials=100,
// objective=val_loss,bytes, where=bytes<=20000), and "here".
func Typed(f *live.Frame, words []string) (tea.Msg, error) {
	m := New(nil, func() *live.Frame { return f })
	first := true
	for _, w := range words {
		name, value, given := strings.Cut(w, "=")
		if w == "here" {
			name, value, given = "start from", atHere, true
		}
		if e := m.named(name, &value); e != nil && given {
			if err := e.set(value); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if first { // instead of those that matter most
			for i := range m.rows {
				m.rows[i].chosen = false
			}
			first = false
		}
		if _, err := m.add(w); err != nil {
			return nil, err
		}
	}
	s, err := m.spec()
	if err != nil {
		return nil, err
	}
	return intent.BeginSearch{Spec: s, Here: m.settings[startOf].text == atHere, Workers: m.settings[workersOf].int()}, nil
}

// named is the setting of a name, nil for none. Of two objectives the second is set
// beside.
func (m *Menu) named(name string, value *string) *entry {
	switch name {
	case "around":
		name = "around here"
	case "objective":
		if one, two, ok := strings.Cut(*value, ","); ok {
			*value = one
			m.settings[second].text = two
		}
	case "where":
		if old := m.settings[constraints].text; old != off {
			*value = old + " " + *value
		}
	}
	for _, e := range m.settings {
		if e.name == name {
			return e
		}
	}
	return nil
}

// Brief says in a few cells how far a search is: "tune 12/50".
func Brief(t *live.Tuning) string {
	r := t.Study
	text := "tune " + draw.Thousands(r.Counts.Complete+r.Counts.Pruned+r.Counts.Failed)
	if r.Plan.Trials > 0 {
		text += "/" + draw.Thousands(r.Plan.Trials)
	}
	if t.Idle() {
		text += " ‖"
	}
	return text
}

// Ranged says the values of an axis in a few words.
func Ranged(a search.Axis) string { return ranged(a) }

// Standing says in a line how a search stands.
func Standing(t *live.Tuning) string {
	r := t.Study
	done := r.Counts.Complete + r.Counts.Pruned + r.Counts.Failed
	text := fmt.Sprintf("search: %s trials done", draw.Thousands(done))
	if r.Plan.Trials > 0 {
		text = fmt.Sprintf("search: %s of %s trials done", draw.Thousands(done), draw.Thousands(r.Plan.Trials))
	}
	if r.Counts.Running > 0 {
		text += fmt.Sprintf(", %d running", r.Counts.Running)
	}
	if b := t.Trial(r.Best); b != nil {
		text += ", best " + TrialWords(t, b)
	}
	switch {
	case r.Over:
		text += "; it is over"
	case t.Paused:
		text += "; it is paused"
	case t.Workers == 0:
		text += "; nobody works on it here"
	case r.Ending:
		text += "; the best run on fresh seeds"
	}
	return text
}

// TrialWords says a trial in a line: its number, state, value and settings.
func TrialWords(t *live.Tuning, b *study.Trial) string {
	text := fmt.Sprintf("trial %d", b.Number)
	if b.State != "complete" {
		text += " " + string(b.State)
	}
	for i, v := range b.Values {
		name, value := "", v
		if i < len(t.Study.Spec.Objectives) {
			if name = t.Study.Spec.Objectives[i]; strings.HasPrefix(name, "-") {
				name, value = name[1:], -v
			}
		}
		text += ", " + strings.TrimSpace(name+" "+draw.Significant(value))
	}
	return text + " (" + Words(b.Point) + ")"
}
