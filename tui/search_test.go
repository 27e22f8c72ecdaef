package tui

import (
	"strings"
	"testing"
	"time"

	"descent/presets"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// searched waits for the end of a search, as the screen then shows it.
func (b *robot) searched() {
	b.Helper()
	for end := time.Now().Add(60 * time.Second); !b.runner.Frame().Tuning.Study.Over; {
		if time.Sleep(time.Millisecond); time.Now().After(end) {
			b.Fatalf("the search does not end: %+v", b.runner.Frame().Tuning)
		}
	}
	b.send(pollMsg{})
}

func TestASearchByKeysEndsInABranchThatTrainsOn(t *testing.T) {
	b := newRobot(t, "moons", 120, 36)
	b.m.search = live.Studies(presets.Files{})
	b.train(20)
	b.press("h")
	b.sees("Search from step 0", "[x] optimizer.lr", "50 trials")
	b.press("a")
	for _, r := range "lr=1e-3..1e-1" {
		b.press(string(r))
	}
	b.press("enter", "tab", "down", "down", "down", "down", "down", "4", "enter", "down", "3", "0", "enter", "end", "right")
	b.sees("Search from step 20")
	b.press("enter")
	b.sees("the search runs")
	b.searched()
	b.sees("the search is over: trial", "fresh seeds")
	b.press("h", "enter")
	b.sees("Search over", "as it was")
	b.press("enter")
	b.sees("is a branch, the same to the bit")
	if f := b.runner.Frame(); f.Step != 50 || f.Branches[f.Branch].From != 20 || !strings.HasPrefix(f.Branches[f.Branch].Label, "trial ") {
		t.Errorf("at step %d of %+v", f.Step, f.Branches[f.Branch])
	}
	b.train(3)
	b.press("u")
	if f := b.runner.Frame(); f.Step != 20 || f.Branch != 0 {
		t.Errorf("undone: at step %d of branch %d", f.Step, f.Branch)
	}
	b.press("9")
	b.sees("the search is over", "started")
	b.press("h")
	b.sees("sampler", "optimizer.lr")
	b.press("esc", "N")
	b.sees("the search is over: h shows")
}

func TestATrialWithAnotherNetworkIsASessionOfItsOwn(t *testing.T) {
	b := newRobot(t, "moons", 120, 36)
	b.m.search = live.Studies(presets.Files{})
	axes, err := study.ParseAxes(b.m.frame.Recipe, []string{"model.layers=[2,4,2]"})
	if err != nil {
		t.Fatal(err)
	}
	b.run(b.m.intend(intent.BeginSearch{Workers: 1, Spec: study.Spec{
		Objectives: []string{"val_loss"}, Steps: 10, Seeds: 1, Trials: 1, Axes: axes, Sampler: "random", Pruner: "none",
	}}))
	b.searched()
	b.run(b.m.intend(intent.AdoptTrial{Trial: 0}))
	b.sees("Trial 0 is no branch", "model.layers cannot change")
	asked, done := b.m.dialog.Key(tea.KeyMsg{Type: tea.KeyEnter})
	open, ok := asked.(intent.OpenTrial)
	if !done || !ok || open.Steps != 10 || len(open.Recipe.Model.Layers) != 3 {
		t.Errorf("it asks for %+v", asked)
	}
	if b.runner.Frame().Step != 0 {
		t.Error("the session has moved")
	}
}
