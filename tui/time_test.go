package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/internal/check"

	tea "github.com/charmbracelet/bubbletea"
)

// settle waits until nothing is being measured any more.
func (b *robot) settle() {
	for i := 0; i < 1000 && b.runner.Frame().Probing; i++ {
		b.send(pollMsg{})
	}
	b.send(pollMsg{})
}

// measured polls until all that the screen watches is measured where it stands.
func (b *robot) measured() {
	b.Helper()
	done := func() bool {
		b.send(pollMsg{})
		f := b.m.frame
		return !f.Probing && !slices.ContainsFunc(b.m.needed(), func(p live.Probe) bool {
			found, ok := f.Findings[p]
			return !ok || found.Step != f.Step
		})
	}
	for range 10000 {
		if done() {
			b.m.stale = true
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	b.Fatalf("it goes on measuring:\n%s", b.m.View())
}

func TestLookingAheadShowsGhostsAndCommitsOnlyWithEnter(t *testing.T) {
	b := newRobot(t, "moons", 120, 40)
	b.train(5)
	before := b.runner.Frame()
	b.press("a")
	b.settle()
	b.sees("200 steps ahead with optimizer.lr", "‹")
	if len(b.m.ahead.Ghosts(b.m.frame)) != 5 {
		t.Errorf("%d ghosts", len(b.m.ahead.Ghosts(b.m.frame)))
	}
	b.press("esc")
	b.misses("steps ahead")
	if f := b.runner.Frame(); f.Step != before.Step || f.CanUndo {
		t.Error("looking ahead left a trace")
	}
	b.press("a", "right", "enter")
	b.sees("decided at 5: lr")
}

func TestLookingAheadFromTheStartShowsGhosts(t *testing.T) {
	for _, preset := range []string{"moons", "ravine"} {
		b := newRobot(t, preset, 120, 40)
		b.press("a")
		b.sees("200 steps ahead with optimizer.lr")
		b.misses("nothing trained yet")
		if why := b.m.ahead.Why(&live.Frame{}); why != "the values are being tried on copies" {
			t.Errorf("before anything is found it says %q", why)
		}
		b.settle()
		b.sees("ahead with", "⠤")
		if strings.Contains(b.m.View(), "e2") {
			t.Errorf("a curve that blows up leaves no room for the others:\n%s", b.m.View())
		}
		b.misses("the values are being tried")
		b.press(" ")
		b.sees("training is paused during a look-ahead")
		b.press("right")
		b.misses("training is paused during")
		b.press("esc")
		b.sees("nothing trained yet")
	}
}

func TestAValueWithoutACurveSaysWhy(t *testing.T) {
	b := newRobot(t, "rosenbrock", 120, 40)
	if err := b.runner.Set("optimizer.lr", knob.Num(10)).Wait(); err != nil {
		t.Fatal(err)
	}
	b.send(pollMsg{})
	b.press("a")
	b.settle()
	if view := b.m.View(); !strings.Contains(view, "the loss is no longer finite after") && !strings.Contains(view, "the first step is not finite") {
		t.Errorf("nothing says why there is no curve:\n%s", view)
	}
	check.Exact(t, "ahead", b.m.View(), 120, 40)
}

func TestTheFooterSaysWhatSpaceDoes(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	_ = b.runner.SetPace(live.Slowest).Wait() // the run does not end meanwhile
	b.sees("space play")
	b.press("space")
	b.sees("space pause")
	b.press("space")
	b.sees("space play")
}

func TestTheCurvesAheadAreNamedByTheirValues(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.train(5)
	b.press("a")
	b.settle()
	b.sees("□ 0.0002", "+ 0.001", "◆ 0.005", "‹0.001›", "R races · esc")
	b.misses("○ val")
	b.press("right", "right")
	b.sees("‹0.005›", "R races · esc")
}

func TestARaceOnTheNarrowestScreenSaysWhatItsLossIs(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.train(5)
	b.press("R", "enter", "space")
	b.toPane("Timeline")
	b.sees("★ leads · best validation loss", "; shows another")
}

func TestARaceRunsItsBranchesAndEnds(t *testing.T) {
	b := newRobot(t, "moons", 120, 40)
	_ = b.runner.SetPace(live.Slowest).Wait() // nor does the race
	b.train(5)
	b.press("R", "tab", "enter")
	if f := b.runner.Frame(); !f.Racing || len(f.Branches) != 6 {
		t.Fatalf("racing: %v, %d branches", f.Racing, len(f.Branches))
	}
	b.press("space")
	b.train(3)
	b.sees("race over optimizer.lr", "★ leads · best validation loss")
	for _, line := range b.runner.Frame().Branches[1:] {
		if line.Head < 8 || !line.Racing {
			t.Errorf("%s stands at %d", line.Label, line.Head)
		}
	}
	b.press("R")
	b.sees("Race over", "won the race", "enter take", "another seed")
	b.press("s") // which these tests have no files for
	b.press("esc", "R")
	b.sees("Race over", "─ Loss ", "guessing") // the curves stay in view
	b.clicks("won the race")                   // within the box, at the lower left
	b.sees("Race over")
	b.press("esc", "u")
	if f := b.runner.Frame(); f.Step != 5 || f.Racing {
		t.Errorf("taken back, it stands at step %d", f.Step)
	}
}

func TestTheRateFinderSuggestsAndTheRunStaysClean(t *testing.T) {
	b := newRobot(t, "moons", 120, 40)
	b.train(5)
	b.press("F")
	b.settle()
	b.sees("Learning-rate range test", "valley", "enter set the rate")
	if f := b.runner.Frame(); f.Step != 5 || f.CanUndo {
		t.Error("finding a rate left a trace")
	}
	b.press("1")
	b.sees("decided at 5: lr")
}

func TestTheRateFinderSaysWhyItSuggestsNothing(t *testing.T) {
	b := newRobot(t, "moons", 120, 40)
	b.press("F", "s")
	b.sees("training is at step 0 already")
	b.press("esc")
	if err := b.runner.Set("prune.sparsity", knob.Num(1)).Wait(); err != nil {
		t.Fatal(err)
	}
	b.send(pollMsg{})
	b.train(3)
	b.press("F", "2")
	b.sees("from step 0", "still being tried")
	b.settle()
	b.sees("did not fall by more than its noise", "try a wider range")
	b.misses("enter set the rate")
	b.press("enter")
	b.sees("there is no rate to set")
	b.press("s")
	b.settle()
	b.sees("from step 3", "the network is trained", "already: try from a reset copy", "s from step 0")
	b.press("esc")
	if f := b.runner.Frame(); f.Step != 3 {
		t.Errorf("it stands at step %d", f.Step)
	}

	surface := newRobot(t, "saddle", 80, 24)
	surface.press("F")
	surface.settle()
	surface.sees("falls ever faster", "it has a least value at all")
	surface.press("1")
	surface.sees("there is no rate to set")
}

func TestTimeIsGoneThroughByKeysAndByMouse(t *testing.T) {
	b := newRobot(t, "moons", 120, 40)
	b.train(12)
	b.press("[", "[")
	if f := b.runner.Frame(); f.Step != 10 {
		t.Fatalf("two steps back is step %d", f.Step)
	}
	b.press("+") // another way from here
	b.train(3)
	b.press("g", "backspace", "backspace", "4", "enter")
	if f := b.runner.Frame(); f.Step != 4 || len(f.Branches) != 2 {
		t.Fatalf("step %d, %d branches", f.Step, len(f.Branches))
	}
	b.press("G", "c")
	b.sees("□ main")
	b.press("u", "U")
	for _, p := range b.m.Places(b.m.frame, b.m.w, b.m.bodyHeight()) {
		if b.m.Pane(p).Title() == "Timeline" { // the first line is main; its end is at the right
			b.send(tea.MouseMsg{X: p.X + 3, Y: b.m.head() + p.Y + 1, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
		}
	}
	if f := b.runner.Frame(); f.Branch != 0 || f.Step != 12 {
		t.Errorf("a click on main led to step %d of branch %d", f.Step, f.Branch)
	}
	if !strings.Contains(b.m.View(), "Timeline") {
		t.Error("the timeline is gone")
	}
}
