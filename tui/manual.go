package tui

import (
	"slices"

	"descent/tui/dialog"
	"descent/tui/explain"
	"descent/tui/export"
	"descent/tui/intent"
	"descent/tui/palette"
	"descent/tui/search"
	"descent/tui/stage"
)

// Manual returns the pages on the workbench, its panes and dialogs, and what these
// measure.
func Manual() []explain.Page {
	global := globalActions(func() bool { return false })
	out := pages(explain.Pane, "workbench", workbench, global)
	for _, p := range stage.Panes(nil) {
		out = append(out, pages(explain.Pane, p.Title(), p.Guide(), p.Actions())...)
	}
	for _, d := range dialog.Guides() {
		out = append(out, pages(explain.Dialog, d.Name, d.Guide, opening(d.Key, global))...)
	}
	out = append(out, pages(explain.Dialog, search.PageName, search.Guide(), opening("h", global))...)
	out = append(out, pages(explain.Dialog, export.PageName, export.Guide(), opening("X", global))...)
	return append(out, pages(explain.Dialog, palette.PageName, palette.Guide(), opening("ctrl+p", global))...)
}

// workbench is the page on the screen as a whole.
var workbench = intent.Guide{
	Summary: "the whole screen: every knob can be changed, undone and compared while training runs; these keys are available whichever pane has the focus",
	Shows: []intent.Reading{
		{Sign: "first line", Means: "the preset, the step and the epoch, steps per second, and whether training runs."},
		{Sign: "panes", Means: "the loss, the knobs, the network, a view of the data or the surface, and the timeline, as space permits. Hidden panes are listed beside the title; tab cycles through all panes, Z enlarges one."},
		{Sign: "line before last", Means: "what is wrong with the run, with the key of the remedy (w) and of the explanation (W); else the last decision and how to undo it, the progress of a long operation, or an error and how to resolve it."},
		{Sign: "last line", Means: "the keys that are available now."},
	},
	SeeAlso: []string{"Loss", "Knobs", "Network", "Plane", "Landscape", "Stability", "Data", "Compression", "Timeline"},
}

// pages returns the page of a guide and those of its measures.
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

// opening finds the action of a key, among the global ones and those of panes that
// work anywhere.
func opening(key string, global []intent.Action) []intent.Action {
	all := slices.Clone(global)
	for _, p := range stage.Panes(nil) {
		all = append(all, p.Actions()...)
	}
	for _, a := range all {
		if a.Takes(key) {
			return []intent.Action{a}
		}
	}
	return nil
}

// keysOf lists actions with their keys, as the help shows them.
func keysOf(actions []intent.Action) []explain.Entry {
	var out []explain.Entry
	for _, a := range actions {
		out = append(out, explain.Entry{Name: a.Key(), Summary: a.Help})
	}
	return out
}
