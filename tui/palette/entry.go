// Package palette is the list of everything that can be done and read, found by
// typing: actions, knobs, presets, branches, explanations.
package palette

import (
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Kind is what sort of thing an entry is.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Action Kind = "action"
	Knob   Kind = "knob"
	Branch Kind = "branch"
	Preset Kind = "preset"
	Page   Kind = "page"
)

// Entry is a line of the palette.
type Entry struct {
	Kind  Kind
	Name  string   // with the kind it is unique: what is remembered of recent entries
	Title string   // as shown
	Heads []string // names by which it is found, in small letters, beside the title
	Note  string   // on the right: a key, a value, the kind of a page
	Help  string   // shown below the list while the entry is highlighted
	Off   string   // why it cannot be done now, "" if it can
	Minor bool     // listed after others as long as nothing is typed
	Do    tea.Msg
	About intent.Subject // what `?` explains
}

// ID names the entry among all.
func (e Entry) ID() string { return string(e.Kind) + " " + e.Name }
