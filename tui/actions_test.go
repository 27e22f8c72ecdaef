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
