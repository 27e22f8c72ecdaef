package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"descent/tui/intent"
	"descent/tui/stage"
)

// allActions returns the global actions and those of every pane.
func allActions() []intent.Action {
	out := globalActions(func() bool { return false })
	for _, p := range stage.Panes(nil) {
		out = slices.Concat(out, p.Actions())
	}
	return out
}

func TestEveryActionHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$`)
	for _, a := range allActions() {
		switch {
		case !form.MatchString(a.Name):
			t.Errorf("the action of %q has the name %q, want words in lower case such as play or loss.scale", a.Keys, a.Name)
		case seen[a.Name]:
			t.Errorf("two actions have the name %s", a.Name)
		}
		seen[a.Name] = true
	}
	for _, a := range globalActions(func() bool { return false }) {
		if !slices.Contains(intent.Sections, a.Section) {
			t.Errorf("the help has no section %q, of %s", a.Section, a.Name)
		}
	}
	for _, p := range stage.Panes(nil) {
		for _, a := range p.Actions() {
			if prefix := strings.ToLower(p.Title()) + "."; !strings.HasPrefix(a.Name, prefix) {
				t.Errorf("%s of the %s pane does not begin with %s", a.Name, p.Title(), prefix)
			}
		}
	}
}

func TestThePaletteDoesWhatAPaneInAnotherViewCanDo(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	b.press(":")
	b.sees("Anything", "start or pause training")
	for _, r := range "compression view" {
		b.press(string(r))
	}
	b.press("enter")
	b.misses("Anything")
	b.sees("Compression")
	b.press(":", "t", "i", "m", "e", "l", "i", "n", "e", " ", "n", "a", "m", "e", "enter")
	b.sees("name of the branch")
	b.press("esc", ":", "l", "r", " ", "×", "2", "enter")
	if got := b.value("optimizer.lr"); got != "0.002" {
		t.Errorf("lr ×2 sets the rate to %s", got)
	}
	b.press(":", "a", "d", "a", "m", "?")
	b.sees("– optimizer") // a page of the reference
	b.press("esc")
	b.sees("Anything")
	b.press("esc")
	b.misses("Anything")
}

// Whatever has a key is in the palette.
func TestThePaletteHoldsEveryAction(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press(":")
	for _, a := range allActions() {
		b.press("ctrl+u")
		for _, r := range a.Name {
			b.press(string(r))
		}
		b.sees(": " + a.Name)
	}
}
