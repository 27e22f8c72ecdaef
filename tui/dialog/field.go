package dialog

import (
	"descent/tui/draw"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// fieldLimit is how many characters a field takes: more than the longest path.
const fieldLimit = 4096

// field is one line of text that is edited. All prompts type into one.
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

// key edits. A fault within the library costs that key and nothing else.
func (f *field) key(k tea.KeyMsg) {
	before := f.input
	before.SetValue(f.input.Value()) // with letters of its own
	before.SetCursor(f.input.Position())
	defer func() {
		if recover() != nil {
			f.input = before
		}
	}()
	if s := k.String(); (s == "alt+d" || s == "alt+delete") && f.input.Position() == len([]rune(f.input.Value()))-1 {
		k = tea.KeyMsg{Type: tea.KeyDelete} // the word to the right is that last letter, which the library does not bear
	}
	f.input, _ = f.input.Update(k)
}
