package tui

import (
	"slices"
	"testing"

	"descent/tui/explain"
)

func TestEveryPaneHasAPage(t *testing.T) {
	pages := Manual()
	for _, p := range newPanes(nil) {
		i := slices.IndexFunc(pages, func(page explain.Page) bool { return page.Name == p.Title() })
		if i < 0 || len(pages[i].Lacks()) > 0 || len(pages[i].Keys) != len(p.Actions()) {
			t.Errorf("the pane %s has no complete page", p.Title())
		}
	}
	if len(pages) != len(panes)+1 {
		t.Errorf("%d panes have %d pages", len(panes), len(pages)-1)
	}
}
