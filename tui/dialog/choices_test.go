package dialog

import (
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

var special = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "esc": tea.KeyEsc,
}

// press hands a dialog keys, and is what it asked for at the last.
func press(d Dialog, keys ...string) (asked tea.Msg, done bool) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := special[k]; ok {
			msg = tea.KeyMsg{Type: typ}
		}
		asked, done = d.Key(msg)
	}
	return asked, done
}

func optimizers(t *testing.T) (live.KnobState, *Picker) {
	t.Helper()
	d, _ := intent.FindKnob(frames.Still(t), "optimizer.name")
	return d, NewPicker(frames.Plain(), d)
}

func TestAPickerStartsOnThePresentChoice(t *testing.T) {
	f := frames.Still(t)
	for _, path := range []string{"optimizer.name", "loss.name", "schedule.name"} {
		d, ok := intent.FindKnob(f, path)
		if !ok {
			t.Fatal(path)
		}
		if got, done := press(NewPicker(frames.Plain(), d), "enter"); !done || got != (intent.Set{Path: path, Text: d.Value.Word()}) {
			t.Errorf("%s: enter asks for %v", path, got)
		}
	}
}

func TestTypingANameTakesIt(t *testing.T) {
	d, _ := optimizers(t)
	for _, o := range d.Knob.Options {
		_, p := optimizers(t)
		for _, r := range o.Name {
			press(p, string(r))
		}
		if got, done := press(p, "enter"); !done || got != (intent.Set{Path: "optimizer.name", Text: o.Name}) {
			t.Errorf("typing %s and enter asks for %v", o.Name, got)
		}
	}
}

// The longest name of every list keeps apart from what is said of it.
func TestNamesAndWhatIsSaidOfThemNeverRunTogether(t *testing.T) {
	for _, d := range frames.Still(t).Panel {
		if len(d.Knob.Options) == 0 {
			continue
		}
		for w := 50; w <= 200; w += 15 {
			view := NewPicker(frames.Plain(), d).View(w, 60)
			for _, o := range d.Knob.Options {
				if !strings.Contains(view, o.Name+" ") {
					t.Errorf("%s in %d cells: %s runs into what follows:\n%s", d.Knob.Path, w, o.Name, view)
				}
			}
		}
	}
}

func TestAFilterThatMatchesNothingTakesNothing(t *testing.T) {
	_, p := optimizers(t)
	if got, done := press(p, "z", "z", "z", "enter"); done || got != nil {
		t.Errorf("it asks for %v", got)
	}
	if got, done := press(p, "backspace", "backspace", "backspace", "enter"); !done || got == nil {
		t.Error("without the filter nothing is chosen")
	}
}

func TestThePickerStopsAtItsEnds(t *testing.T) {
	d, p := optimizers(t)
	p.View(80, 24)
	last := len(d.Knob.Options) - 1
	for _, c := range []struct {
		key  string
		want int
	}{{"home", 0}, {"up", 0}, {"pgup", 0}, {"down", 1}, {"end", last}, {"down", last}, {"pgdown", last}, {"up", last - 1}} {
		if press(p, c.key); p.at != c.want {
			t.Errorf("%s leads to %d, want %d", c.key, p.at, c.want)
		}
	}
	press(p, "home", "pgdown")
	if p.at < 2 || p.at == last && last > p.page {
		t.Errorf("a page leads to %d", p.at)
	}
}

func TestAMenuIsFilteredAndStopsAtItsEnds(t *testing.T) {
	f := frames.Still(t)
	m := ActMenu(frames.Plain(), f)
	if press(m, "up"); m.at != 0 {
		t.Error("up from the first wraps round")
	}
	if press(m, "end", "down"); m.at != len(m.items)-1 {
		t.Error("down from the last wraps round")
	}
	if got, done := press(m, "c", "o", "m", "p", "enter"); !done || got != (intent.Compact{}) {
		t.Errorf("comp and enter ask for %v", got)
	}
}
