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

// Which weights to save is asked only where the best step is better than the present one.
func TestSavingAsksNothingWhereThePresentIsBest(t *testing.T) {
	f := *frames.Still(t)
	f.Playing, f.Step = false, 20
	f.Best.Step, f.Best.Value, f.Best.Validated = 10, 0.5, true
	f.Eval.HasVal, f.Eval.Step = true, 20
	for loss, asked := range map[float64]bool{0.4: false, 0.5: false, 0.6: true} {
		f.Eval.ValLoss = loss
		if _, menu := For(frames.Plain(), &f, intent.Save{}).(*Menu); menu != asked {
			t.Errorf("with a loss of %g, is it asked which weights to save? %v", loss, menu)
		}
	}
}
