package palette

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Sources are what the palette lists.
type Sources struct {
	Frame  *live.Frame
	Global []intent.Action
	Panes  []intent.Pane // those listed first come first, once
	Book   explain.Book
	Open   func(preset string) tea.Msg // opens a preset; nil leaves presets to their pages
}

// Entries lists all of them.
func (s Sources) Entries() []Entry {
	out := s.actions(nil, s.Global)
	for i, p := range s.Panes {
		if slices.Contains(s.Panes[:i], p) {
			continue
		}
		out = append(out, s.actions(p, p.Actions())...)
	}
	for _, d := range s.Frame.Panel {
		out = append(out, knobEntry(d))
	}
	out = append(out, s.branches()...)
	for _, p := range s.Book.Pages() {
		if p.Kind == explain.Preset && s.Open != nil {
			out = append(out, Entry{
				Kind: Preset, Name: p.Name, Title: "open " + p.Name, Heads: []string{strings.ToLower(p.Name)}, Help: p.Summary,
				Note: "preset", Do: s.Open(p.Name), About: intent.Subject{Pages: []string{p.Ref()}},
			})
		}
		about := intent.Subject{Pages: []string{p.Ref()}}
		note := string(p.Kind)
		if p.Of != "" {
			note = p.Of
		}
		out = append(out, Entry{
			Kind: Page, Name: p.Ref(), Title: p.Name, Heads: []string{strings.ToLower(p.Name), strings.ToLower(p.Ref())},
			Note: note, Help: p.Summary, Minor: true, Do: intent.Read{Subject: about}, About: about,
		})
	}
	return out
}

// actions lists those of a pane, or the global ones.
func (s Sources) actions(pane intent.Pane, actions []intent.Action) []Entry {
	var out []Entry
	for _, a := range actions {
		about, off := intent.Subject{Pages: []string{"pane workbench"}}, a.Why(s.Frame)
		if pane != nil {
			about.Pages = []string{"pane " + pane.Title()}
			if off == "" && !pane.Shown(s.Frame) {
				off = "the " + pane.Title() + " pane has nothing to show here"
			}
		}
		e := Entry{
			Kind: Action, Name: a.Name, Title: a.Help, Note: a.Key(), Off: off, Minor: a.Label == "" || off != "",
			Heads: []string{plainWords(a.Name), a.Name}, Do: intent.Perform{Pane: pane, Action: a}, About: about,
		}
		if word := strings.ToLower(a.Word(s.Frame)); word != "" && word != e.Heads[0] {
			e.Heads = append(e.Heads, word)
		}
		if pane != nil {
			e.Help = pane.Title() + " pane"
		} else {
			e.Help = string(a.Section)
		}
		e.Help += ": " + a.Name
		out = append(out, e)
	}
	return out
}

// plainWords is a name in words: "loss.scale" is "loss scale".
func plainWords(name string) string {
	return strings.ToLower(strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(name))
}

// knobEntry opens the field or the list of a knob, or flips its switch.
func knobEntry(d live.KnobState) Entry {
	path := d.Knob.Path
	e := Entry{
		Kind: Knob, Name: path, Title: path, Note: d.Knob.Format(d.Value), Help: d.Knob.Help, Off: d.Inert,
		Heads: knobNames(path), About: intent.Subject{Pages: []string{"knob " + path}},
	}
	switch d.Knob.Kind {
	case knob.Choice:
		e.Do = intent.Pick{Path: path}
	case knob.Switch:
		e.Do = intent.Turn{Path: path, Stops: 1}
	default:
		e.Do = intent.Type{Path: path, Text: d.Knob.Format(d.Value)}
	}
	return e
}

// knobNames are the names by which a knob is found: "optimizer.lr" is "lr" as well,
// and "optimizer.name" is "optimizer".
func knobNames(path string) []string {
	table, name, _ := strings.Cut(path, ".")
	out := []string{path, plainWords(path)}
	if name == "name" {
		return append(out, table)
	}
	out = append(out, name)
	if words := plainWords(name); words != name {
		out = append(out, words)
	}
	if path == "optimizer.lr" {
		out = append(out, "learning rate", "rate")
	}
	return out
}

// branches leads to the end of each branch, the latest first.
func (s Sources) branches() []Entry {
	var out []Entry
	for _, b := range slices.Backward(s.Frame.Branches) {
		if b.Deleted {
			continue
		}
		e := Entry{
			Kind: Branch, Name: fmt.Sprint(b.ID), Title: "go to " + b.Label, Heads: []string{strings.ToLower(b.Label)},
			Note: "step " + draw.Thousands(b.Head), Help: "the end of this branch", Do: intent.Go{Branch: b.ID, Step: math.MaxInt},
			About: intent.Subject{Pages: []string{"pane Timeline"}},
		}
		if b.ID == s.Frame.Branch && s.Frame.Step >= b.Head {
			e.Off = "this is the end of the branch " + b.Label
		}
		out = append(out, e)
	}
	return out
}
