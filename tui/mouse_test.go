package tui

import (
	"strings"
	"testing"

	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
)

// find returns the cell where a text begins on the screen.
func (b *robot) find(text string) (x, y int) {
	b.Helper()
	b.m.stale = true
	for y, line := range strings.Split(b.m.View(), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			return draw.Width(before), y
		}
	}
	b.Fatalf("the screen does not show %q:\n%s", text, b.m.View())
	return 0, 0
}

func (b *robot) mouse(action tea.MouseAction, button tea.MouseButton, x, y int) {
	b.Helper()
	b.send(tea.MouseMsg{X: x, Y: y, Action: action, Button: button})
}

// clicks presses and releases the left button at a text.
func (b *robot) clicks(text string) {
	b.Helper()
	x, y := b.find(text)
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, x, y)
	b.mouse(tea.MouseActionRelease, tea.MouseButtonNone, x, y)
}

func TestAClickOnTheFooterDoesWhatItsKeyDoes(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(2)
	b.focus("Loss")
	x, y := b.find("- + rate")
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, x+2, y)
	if got := b.value("optimizer.lr"); got != "0.002" {
		t.Errorf("a click on + of the footer sets the rate to %s", got)
	}
	x, y = b.find("- + rate")
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, x, y)
	if got := b.value("optimizer.lr"); got != "0.001" {
		t.Errorf("a click on - of the footer sets the rate to %s", got)
	}
	b.clicks("anything")
	b.sees("Anything")
	b.press("esc")
	b.clicks("? help")
	b.sees("– ")
}

func TestAClickInADialogChoosesAndBesideItCloses(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("o")
	b.clicks("adamw")
	if got := b.value("optimizer.name"); got != "adamw" {
		t.Errorf("a click on adamw sets the optimizer to %s", got)
	}
	b.press("o")
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, 1, 1)
	b.misses("enter select")
	b.press("o")
	b.mouse(tea.MouseActionPress, tea.MouseButtonWheelDown, 60, 18)
	b.sees("enter select")
	b.press("esc", "?", "?", "p", "r", "u", "n")
	b.clicks("turn pruning on or off")
	if got := b.value("prune.sparsity"); got != "0.7" {
		t.Errorf("a click in the help sets the sparsity to %s", got)
	}
}

// A drag across a slider is one decision, taken when the button is released.
func TestASliderIsDraggedInOneDecision(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(2)
	x, y := b.find("──●")
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, x, y)
	before := b.value("optimizer.lr")
	for i := range 4 {
		b.mouse(tea.MouseActionMotion, tea.MouseButtonLeft, x+i, y+i)
	}
	if got := b.value("optimizer.lr"); got != before {
		t.Errorf("the rate is %s before the button is released", got)
	}
	b.mouse(tea.MouseActionMotion, tea.MouseButtonLeft, x, y)
	b.mouse(tea.MouseActionRelease, tea.MouseButtonNone, x, y)
	low := b.value("optimizer.lr")
	x, y = b.find("●─────") // wherever it stands now
	b.mouse(tea.MouseActionPress, tea.MouseButtonLeft, x+2, y)
	b.mouse(tea.MouseActionMotion, tea.MouseButtonLeft, 119, y)
	b.mouse(tea.MouseActionRelease, tea.MouseButtonLeft, 119, y)
	if high := b.value("optimizer.lr"); low == before || high == low || high != "1000000" {
		t.Errorf("dragged from %s to the left is %s, to the end %s", before, low, high)
	}
	b.press("u")
	if got := b.value("optimizer.lr"); got != before {
		t.Errorf("one undo leads from the drags at one step to %s, want %s", got, before)
	}
}

func TestAClickOnTheValueOfTheSelectedKnobOpensIt(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("home")
	b.clicks("adam ‹›")
	b.sees("optimizer.name", "enter select")
}
