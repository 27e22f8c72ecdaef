package intent

import (
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Action is one thing a key does: the table of actions is the dispatch, the
// footer and the help alike.
type Action struct {
	Keys  []string                 // as Bubble Tea names them; the first is shown
	Show  string                   // the key as shown, if not Keys[0]
	Pair  string                   // for the footer: the key with that of its counterpart, which keeps out of it
	Label string                   // a word for the footer; "" keeps it out
	Now   func(*live.Frame) string // the word where it changes; nil: Label
	Help  string                   // a sentence for the help
	// Off says why it cannot work now, "" if it can. nil: it always can.
	Off func(*live.Frame) string
	// Do returns what should happen: an intent for the root, or nil.
	Do func(*live.Frame) tea.Msg
	// Anywhere lets a pane's key work while another pane has the focus.
	Anywhere bool
}

// Key is the action's own key as the help shows it.
func (a Action) Key() string {
	if a.Show != "" {
		return a.Show
	}
	if sign := signs[a.Keys[0]]; sign != "" {
		return sign
	}
	return a.Keys[0]
}

// Word is the footer's word as things stand.
func (a Action) Word(f *live.Frame) string {
	if a.Now != nil {
		return a.Now(f)
	}
	return a.Label
}

// Hint is the key as the footer shows it.
func (a Action) Hint() string {
	if a.Pair != "" {
		return a.Pair
	}
	return a.Key()
}

// signs stand for keys whose names are longer.
var signs = map[string]string{" ": "space", "up": "↑", "down": "↓", "left": "←", "right": "→"}

// Why says why it cannot work now, "" if it can.
func (a Action) Why(f *live.Frame) string {
	if a.Off == nil {
		return ""
	}
	return a.Off(f)
}

// Takes tells whether a key is one of its own.
func (a Action) Takes(key string) bool {
	for _, k := range a.Keys {
		if k == key {
			return true
		}
	}
	return false
}
