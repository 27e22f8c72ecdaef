package dialog

import (
	"descent/tui/draw"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// fieldLimit is the maximum number of characters of a field: more than the longest
// path.
const fieldLimit = 4096

// field is a single-line text input, as all prompts use it.
type field struct{ input textinput.Model }

func newField(text string) field {
	in := textinput.New()
	in.Prompt = " › "
	in.CharLimit = fieldLimit
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return field{in}
}

func (f *field) text() string          { return f.input.Value() }
func (f *field) set(text string)       { f.input.SetValue(text) }
func (f *field) columns(w int)         { f.input.Width = max(w, 1) }
func (f *field) wear(style draw.Style) { f.input.TextStyle = style.Lipgloss() }
func (f *field) view() string          { return draw.Own(f.input.View()) }

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
