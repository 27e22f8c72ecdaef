package dialog

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

func TestTheWordToTheRightIsDeletedWhereverTheCursorStands(t *testing.T) {
	for _, key := range []tea.KeyMsg{{Type: tea.KeyRunes, Runes: []rune("d"), Alt: true}, {Type: tea.KeyDelete, Alt: true}} {
		for _, text := range []string{"", "a", "ab", "a b", "a b ", "世", "ab  cd "} {
			for at := range len([]rune(text)) + 1 {
				f := newField(text)
				f.input.SetCursor(at)
				f.key(key)
				if got := f.text(); !strings.HasPrefix(got, string([]rune(text)[:at])) || at < len([]rune(text)) && got == text {
					t.Errorf("%s at %d of %q leaves %q", key, at, text, got)
				}
			}
		}
	}
}

// Any key with any of its companions, in a field of any text.
func TestNoKeyBreaksAField(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{"", "0.1", "one two  three", "世界 e\u0301 🙂", strings.Repeat("x ", 3000), check.Hostile} {
		p := newPrompt(frames.Plain(), "title", "help", text, func(string) error { return nil }, func(string) tea.Msg { return nil })
		for range 400 {
			k := tea.KeyMsg{Type: tea.KeyType(r.Intn(160) - 90), Alt: r.Intn(3) == 0}
			if k.Type == tea.KeyRunes {
				k.Runes = []rune([]string{"a", "d", "f", "b", " ", "世", "\t\n", "x y z"}[r.Intn(8)])
				k.Paste = r.Intn(4) == 0
			}
			p.Key(k)
			box := p.View(60, 20)
			check.Exact(t, fmt.Sprintf("after %s", k), frames.Plain().Release(box), 58, strings.Count(box, "\n")+1)
		}
	}
}
