package tui

import (
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/tui/dialog"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// explained is the page that is open.
func (b *robot) explained(want string) {
	b.Helper()
	e, ok := b.m.dialog.(*dialog.Explain)
	if !ok {
		b.Fatalf("%T is open, not the page %q:\n%s", b.m.dialog, want, b.m.View())
	}
	b.m.View()
	if got := e.Page().Title(); got != want {
		b.Fatalf("it explains %s, not %s", got, want)
	}
}

func TestEveryPaneExplainsItself(t *testing.T) {
	for preset, names := range map[string][]string{
		"digits":     {"Loss", "Knobs", "Network", "Data", "Compression", "Timeline"},
		"rosenbrock": {"Loss", "Knobs", "Landscape", "Timeline"},
		"chebyshev":  {"Plane", "Data"},
	} {
		b := newRobot(t, preset, 120, 36)
		for _, name := range names {
			b.focus(name)
			b.press("?")
			want := name + " – pane"
			switch name {
			case "Loss":
				if want = "loss – metric"; b.m.frame.Eval.HasVal { // by which a model is judged
					want = "val_loss – metric"
				}
			case "Knobs":
				want = "optimizer.lr – knob"
			}
			b.explained(want)
			if want != name+" – pane" { // the pane is a step back
				b.press("backspace")
				b.explained(name + " – pane")
			}
			b.press("esc")
			if b.m.dialog != nil {
				t.Errorf("%s: %T stays open", name, b.m.dialog)
			}
		}
	}
}

func TestEveryKnobExplainsItselfAndAChoiceWhatIsChosen(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("home")
	for range 12 {
		d := b.m.Selected(b.m.frame)
		subject := subject(b.m.Focused(), b.m.frame)
		b.press("?")
		if len(subject.Pages) == 1 { // the line of a group
			b.explained("Knobs – pane")
		} else {
			b.explained(d.Knob.Path + " – knob")
			b.sees("now " + d.Knob.Format(d.Value))
			if d.Knob.Path == "optimizer.lr" { // adam's own, of which others have another
				b.sees("Default     0.001")
			}
		}
		if d.Knob.Path == "optimizer.name" {
			b.press("enter")
			b.explained("adam – optimizer")
		}
		b.press("esc", "down")
	}
}

func TestPickersAndMenusExplainWhatIsHighlightedAndComeBack(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	for _, c := range []struct {
		opens []string
		want  string
		back  string
	}{
		{[]string{"o", "down"}, "adamw – optimizer", "optimizer.name – knob"},
		{[]string{"l"}, "cross-entropy – loss", "loss.name – knob"},
		{[]string{"R"}, "adam – optimizer", "optimizer.name – knob"},
		{[]string{"R", "tab"}, "optimizer.lr – knob", "race – dialog"},
		{[]string{"A"}, "act – dialog", ""},
		{[]string{"A", "down"}, "distill.alpha – knob", "act – dialog"},
		{[]string{"F"}, "learning-rate range test – dialog", ""},
		{[]string{"a"}, "look-ahead – dialog", "optimizer.lr – knob"},
	} {
		b.press(c.opens...)
		below, ahead := b.m.dialog, b.m.ahead
		b.press("?")
		b.explained(c.want)
		if c.back != "" {
			b.press("backspace")
			b.explained(c.back)
		}
		b.press("esc")
		if b.m.dialog != below || b.m.ahead != ahead {
			t.Fatalf("%v: %T is open, not %T", c.opens, b.m.dialog, below)
		}
		b.press("?", "?")
		b.sees("enter does it")
		b.press("esc")
		if b.m.dialog != below || b.m.ahead != ahead {
			t.Fatalf("%v: after the keys %T is open, not %T", c.opens, b.m.dialog, below)
		}
		b.press("esc")
	}
}

// What measures goes on while it is covered.
func TestACoveredDialogIsStillMeasuredFor(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("F")
	before := slices.Clone(b.m.watched)
	b.press("?")
	if !slices.Equal(before, b.m.watched) {
		t.Errorf("it watches %v, not %v", b.m.watched, before)
	}
}

func TestTheKeyOfADialogsPageOpensIt(t *testing.T) {
	for _, d := range dialog.Guides() {
		b := newRobot(t, "digits", 120, 36)
		b.train(2)
		b.press(d.Key)
		if d.Key == "B" { // which asks for the size first
			b.press("enter")
		}
		b.press("?")
		e, ok := b.m.dialog.(*dialog.Explain)
		for ok && e.Page().Kind != explain.Dialog {
			before := e.Page().Title()
			if b.press("backspace"); e.Page().Title() == before {
				break
			}
		}
		if !ok || e.Page().Name != d.Name {
			t.Errorf("%s does not open %s:\n%s", d.Key, d.Name, b.m.View())
		}
	}
}

func TestTheKeysAreBehindThePage(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("?")
	b.sees("? keys", "esc closes", "optimizer.lr – knob")
	b.press("?")
	b.sees("Keys", "enter does it")
	b.press("?")
	b.explained("optimizer.lr – knob")
	b.press("esc")
	b.misses("esc closes")
}

func TestAQuestionMarkInAFieldIsText(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("s", "a", "?")
	b.sees("a?")
}

// Any pane, any choice, any screen.
func TestAPageOnTheScreenFillsTheWindow(t *testing.T) {
	for _, f := range frames.Odd(t) {
		m := screen(frames.Colored(termenv.ANSI256), f, 120, 36)
		m.everywhere(func() {
			m.open(intent.Explain{})
			for _, s := range [][2]int{{1, 1}, {3, 1}, {49, 13}, {50, 14}, {81, 25}, {300, 100}} {
				m.w, m.h, m.stale = s[0], s[1], true
				check.Exact(t, "page", m.View(), s[0], s[1])
				check.Exact(t, "box", m.t.Release(m.dialog.View(s[0], s[1])), max(min(s[0]-2, 98), 3), strings.Count(m.dialog.View(s[0], s[1]), "\n")+1)
			}
			m.dialog = nil
		})
		for _, d := range f.Panel {
			if d.Knob.Kind == knob.Choice {
				m := screen(frames.Plain(), f, 80, 24)
				m.intend(intent.Pick{Path: d.Knob.Path})
				m.open(intent.Explain{})
				check.Exact(t, "choice", m.View(), 80, 24)
			}
		}
	}
}
