package textfield

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestTheWordToTheRightIsDeletedWhereverTheCursorStands(t *testing.T) {
	for _, key := range []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune("d"), Alt: true}, {Type: tea.KeyDelete, Alt: true}} {
		for _, text := range []string{"", "a", "ab", "a b", "a b ", "世", "ab  cd "} {
			for at := range len([]rune(text)) + 1 {
				f := New("", text)
				f.input.SetCursor(at)
				f.Key(key)
				if got := f.Text(); !strings.HasPrefix(got, string([]rune(text)[:at])) || at < len([]rune(text)) && got == text {
					t.Errorf("%s at %d of %q leaves %q", key, at, text, got)
				}
			}
		}
	}
}
