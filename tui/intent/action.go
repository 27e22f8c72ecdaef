package intent

import (
	"slices"

	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Action is the action of a key: one table of actions defines the dispatch, the
// footer and the help.
type Action struct {
	// Name identifies the action in the key map, in the palette and in plain mode: a
	// word such as "play", after the title of its pane and a dot if it is a pane's
	// ("loss.scale"). It is unique and never changes.
	Name    string
	Section Section                  // where the help lists it; of a pane's actions none
	Keys    []string                 // names as in Bubble Tea; the first is shown
	Show    string                   // the key as shown, if not Keys[0]
	Pair    string                   // for the footer: the key together with that of its counterpart
	Label   string                   // a word for the footer; "" omits it
	Now     func(*live.Frame) string // the word if it varies; nil: Label
	Help    string                   // a sentence for the help
	// Off explains why the action is not available, "" if it is. nil: always
	// available.
	Off func(*live.Frame) string
	// Do returns an intent for the root, or nil.
	Do func(*live.Frame) tea.Msg
	// Anywhere makes a pane's key work while another pane has the focus.
	Anywhere bool
}

// Section is a part of the help, by what one does.
type Section string

// The sections, of the actions that work whichever pane has the focus.
const (
	Training    Section = "Train"
	Optimizer   Section = "Optimizer and loss"
	Time        Section = "Time and branches"
	Compression Section = "Compress"
	Look        Section = "Look"
	Files       Section = "Files, help and the end"
)

// Sections lists them in the order of the help.
var Sections = []Section{Training, Optimizer, Time, Compression, Look, Files}

// Key returns the key as the help shows it.
func (a Action) Key() string {
	keys, own := bound(a.Name, a.Keys)
	switch {
	case len(keys) == 0:
		return "–"
	case a.Show != "" && !own:
		return a.Show
	case signs[keys[0]] != "":
		return signs[keys[0]]
	}
	return keys[0]
}

// Word returns the word for the footer.
func (a Action) Word(f *live.Frame) string {
	if a.Now != nil {
		return a.Now(f)
	}
	return a.Label
}

// Hint returns the key as the footer shows it.
func (a Action) Hint() string {
	if _, own := bound(a.Name, a.Keys); a.Pair != "" && !own {
		return a.Pair
	}
	return a.Key()
}

// signs abbreviates the names of keys.
var signs = map[string]string{" ": "space", "up": "↑", "down": "↓", "left": "←", "right": "→"}

// Why explains why the action is not available, "" if it is.
func (a Action) Why(f *live.Frame) string {
	if a.Off == nil {
		return ""
	}
	return a.Off(f)
}

// Takes reports whether a key triggers the action.
func (a Action) Takes(key string) bool {
	keys, _ := bound(a.Name, a.Keys)
	return slices.Contains(keys, key)
}
