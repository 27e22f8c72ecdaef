package tui

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"descent/session"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/intent"
	"descent/tui/search"

	tea "github.com/charmbracelet/bubbletea"
)

// raceEnded reports whether a race has ended between two frames, and whether the
// session still stands on one of its racers.
func raceEnded(before, now *live.Frame) (ended, here bool) {
	if !before.Racing || now.Racing || now.Race == nil {
		return false, false
	}
	return true, slices.ContainsFunc(now.Race.Racers, func(e session.Entered) bool { return e.Branch == now.Branch })
}

// steering passes the intents of a search on to the runner.
type steering struct {
	runner *live.Runner
	search live.Searches
}

// steer passes intents of the search on to the runner.
func (r *steering) steer(f *live.Frame, asked tea.Msg) (cmd tea.Cmd, err error) {
	switch i := asked.(type) {
	case intent.BeginSearch:
		return wait(r.runner.BeginSearch(r.search, i.Spec, i.Here, i.Workers), "the search runs in the background; 8 shows it, h steers it"), nil
	case intent.OpenSearch:
		return wait(r.runner.OpenSearch(r.search, i.Dir, 0), ""), nil
	case intent.SetWorkers:
		return wait(r.runner.Work(i.Workers), ""), nil
	case intent.PauseSearch:
		return r.pauseSearch(f.Tuning), nil
	}
	d, ok, err := search.Decision(f, asked)
	if !ok || err != nil {
		return nil, err
	}
	return wait(r.runner.Decide(d), d.Words), nil
}

// pauseSearch pauses the search, or goes on with it.
func (r *steering) pauseSearch(t *live.Tuning) tea.Cmd {
	if t != nil && !t.Paused && t.Workers == 0 && !t.Study.Over {
		return wait(r.runner.Work(runtime.NumCPU()), "the search goes on")
	}
	paused := t != nil && !t.Paused
	words := "search goes on"
	if paused {
		words = "search paused"
	}
	decided := wait(r.runner.Decide(study.Decision{Actor: "user", Words: words, Pause: &paused}), words)
	if t != nil && !paused && t.Workers == 0 {
		return tea.Batch(wait(r.runner.Work(runtime.NumCPU()), ""), decided)
	}
	return decided
}

// adopt makes a trial a branch.
func (r *steering) adopt(number int) tea.Cmd {
	said := ""
	p := r.runner.Adopt(number, func(text string) { said = text })
	return func() tea.Msg {
		err := p.Wait() // said is written first
		return doneMsg{err, said}
	}
}

// apart asks whether to open a trial that cannot be a branch; nil if that is not why an
// adoption failed.
func apart(err error) tea.Msg {
	var f *live.Fixed
	if !errors.As(err, &f) {
		return nil
	}
	return intent.Choose{Title: fmt.Sprintf("Trial %d is no branch of this session", f.Trial), About: "dialog " + search.PageName, Items: []intent.Choice{
		{Label: "open it", Help: f.Knob + " cannot change while training: the trial opens as a session of its own, trained as it was; this one is kept, with its search", Intent: intent.OpenTrial{Trial: f.Trial, Recipe: f.Recipe, Steps: f.Steps}},
		{Label: "save a preset", Help: "with the values of the trial, to train it another time", Intent: intent.SaveTrial{Trial: f.Trial}},
	}}
}

// searchOver reports whether the search has ended between two frames.
func searchOver(before, now *live.Frame) bool {
	a, b := before.Tuning, now.Tuning
	return a != nil && b != nil && a.Study.Dir == b.Study.Dir && !a.Study.Over && b.Study.Over
}
