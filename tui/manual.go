package tui

import (
	"slices"

	"descent/tui/dialog"
	"descent/tui/explain"
	"descent/tui/intent"
)

// Manual are the pages of the workbench, of its panes and dialogs, and of what
// these measure.
func Manual() []explain.Page {
	global := globalActions(func() bool { return false })
	out := pages(explain.Pane, "workbench", workbench, global)
	for _, p := range newPanes(nil) {
		out = append(out, pages(explain.Pane, p.Title(), p.Guide(), p.Actions())...)
	}
	for _, d := range dialog.Guides() {
		out = append(out, pages(explain.Dialog, d.Name, d.Guide, opening(d.Key, global))...)
	}
	return out
}

// workbench is the screen as a whole.
var workbench = intent.Guide{
	Summary: "the screen as a whole: training runs while every knob can be changed, undone and compared; these keys work whichever pane has the focus",
	Shows: []intent.Reading{
		{Sign: "first line", Means: "the preset, the step and the epoch, steps per second, and whether training runs."},
		{Sign: "panes", Means: "the loss, the knobs, the network, one view of data or surface, and the timeline, as far as there is room. Those behind another stand beside its title; tab goes through all, Z enlarges one."},
		{Sign: "line before last", Means: "the last decision and how to take it back, how far something has come, or what went wrong and what to do."},
		{Sign: "last line", Means: "the keys that work now."},
	},
	SeeAlso: []string{"Loss", "Knobs", "Network", "Plane", "Data", "Compression", "Timeline"},
}

// pages are the page of a guide, and those of its measures.
func pages(kind explain.Kind, name string, g intent.Guide, actions []intent.Action) []explain.Page {
	p := explain.Page{Name: name, Kind: kind, Summary: g.Summary, Keys: keysOf(actions), SeeAlso: g.SeeAlso}
	for _, r := range g.Shows {
		p.Shows = append(p.Shows, explain.Entry{Name: r.Sign, Summary: r.Means})
	}
	out := []explain.Page{{}}
	for _, m := range g.Measures {
		p.Measures = append(p.Measures, explain.Measured{Name: m.Name, Summary: m.Help, Formula: m.Doc.Formula, Source: m.Doc.Source})
		of := explain.Documented(explain.Measure, m)
		of.SeeAlso = []string{name}
		out = append(out, of)
	}
	out[0] = p
	return out
}

// opening is the action of a key: of a pane's keys those that work anywhere count
// as well.
func opening(key string, global []intent.Action) []intent.Action {
	all := slices.Clone(global)
	for _, p := range newPanes(nil) {
		all = append(all, p.Actions()...)
	}
	for _, a := range all {
		if a.Takes(key) {
			return []intent.Action{a}
		}
	}
	return nil
}

// keysOf are actions with their keys, as the help shows them.
func keysOf(actions []intent.Action) []explain.Entry {
	var out []explain.Entry
	for _, a := range actions {
		out = append(out, explain.Entry{Name: a.Key(), Summary: a.Help})
	}
	return out
}
