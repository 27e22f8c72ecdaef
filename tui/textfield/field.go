// Package textfield is a line in which a text is edited, as every prompt and form has it.
package textfield

import (
	"descent/tui/draw"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// longest is the maximum number of characters of a field: more than the longest path.
const longest = 4096

// Field is a single-line text input.
type Field struct{ input textinput.Model }

// New makes a field that holds a text, behind a prompt; the cursor stands at its end.
func New(prompt, text string) *Field {
	in := textinput.New()
	in.Prompt, in.CharLimit = prompt, longest
	in.SetValue(text)
	in.CursorEnd()
	in.Focus()
	return &Field{in}
}

// Text is what the field holds.
func (f *Field) Text() string { return f.input.Value() }

// Set replaces the text.
func (f *Field) Set(text string) { f.input.SetValue(text) }

// Wear sets the style of the text.
func (f *Field) Wear(style draw.Style) { f.input.TextStyle = style.Lipgloss() }

// View renders the prompt and w cells of the text with its cursor.
func (f *Field) View(w int) string {
	f.input.Width = max(w, 1)
	return draw.Own(f.input.View())
}

// Key edits the text. A panic in the library loses that key and nothing else.
func (f *Field) Key(k tea.KeyMsg) {
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
