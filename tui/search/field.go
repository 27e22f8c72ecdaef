package search

import (
	"descent/tui/draw"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// longest is the maximum number of characters of a field.
const longest = 4096

// field is a line in which a text is edited.
type field struct{ input textinput.Model }

func newField(text string) *field {
	in := textinput.New()
	in.Prompt, in.CharLimit = "", longest
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return &field{in}
}

func (f *field) text() string { return f.input.Value() }

// view renders the text with its cursor in w cells.
func (f *field) view(w int) string {
	f.input.Width = max(w-1, 1)
	return draw.FitLine(draw.Own(f.input.View()), w)
}

// key edits the text. A panic in the library loses that key and nothing else.
func (f *field) key(k tea.KeyMsg) {
	before := f.input
	before.SetValue(f.input.Value()) // with its own letters
	before.SetCursor(f.input.Position())
	defer func() {
		if recover() != nil {
			f.input = before
		}
	}()
	if s := k.String(); (s == "alt+d" || s == "alt+delete") && f.input.Position() == len([]rune(f.input.Value()))-1 {
		k = tea.KeyMsg{Type: tea.KeyDelete} // the word to the right is the last letter, at which the library panics
	}
	f.input, _ = f.input.Update(k)
}
