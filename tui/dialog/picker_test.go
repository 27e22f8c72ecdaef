package dialog

import (
	"strings"
	"testing"

	"descent/tui/intent"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

func TestThePickerSaysTheChosenOneWhole(t *testing.T) {
	d, _ := intent.FindKnob(frames.Still(t), "optimizer.name")
	p := NewPicker(frames.Plain(), d)
	for range 40 {
		if view := p.View(80, 24); !strings.Contains(view, d.Knob.Options[p.at].Help) {
			t.Errorf("it does not say %q:\n%s", d.Knob.Options[p.at].Help, view)
		}
		p.Key(tea.KeyMsg{Type: tea.KeyDown})
	}
}
