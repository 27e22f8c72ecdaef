package tui

import (
	"descent/tui/explain"
	"descent/tui/intent"
)

// Manual are the pages of the workbench and of each of its panes.
func Manual() []explain.Page {
	out := []explain.Page{{
		Name: "workbench", Kind: explain.Pane, Keys: keysOf(globalActions()),
		Summary: "the screen as a whole: training runs while every knob can be changed, undone and compared; these keys work whichever pane has the focus",
	}}
	for i, p := range newPanes(nil) {
		out = append(out, explain.Page{Name: p.Title(), Kind: explain.Pane, Summary: panes[i].shows, Keys: keysOf(p.Actions()), SeeAlso: []string{"workbench"}})
	}
	return out
}

// keysOf are actions with their keys, as the help shows them.
func keysOf(actions []intent.Action) []explain.Entry {
	var out []explain.Entry
	for _, a := range actions {
		out = append(out, explain.Entry{Name: a.Key(), Summary: a.Help})
	}
	return out
}
