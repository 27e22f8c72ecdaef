package tui

import (
	"runtime"
	"slices"

	"descent/session"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/intent"

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
		return wait(r.runner.BeginSearch(r.search, i.Spec, i.Here, i.Workers), "the search runs; view 8 shows it"), nil
	case intent.OpenSearch:
		return wait(r.runner.OpenSearch(r.search, i.Dir, 0), ""), nil
	case intent.Decide:
		return wait(r.runner.Decide(i.Decision), ""), nil
	case intent.SetWorkers:
		return wait(r.runner.Work(i.Workers), ""), nil
	case intent.PauseSearch:
		return r.pauseSearch(f.Tuning), nil
	case intent.FinishSearch:
		yes := true
		return wait(r.runner.Decide(study.Decision{Actor: "user", Words: "no further trials", Finish: &yes}), "no further trial is begun; the best are trained again on fresh seeds"), nil
	}
	return nil, nil
}

// pauseSearch pauses the search, or goes on with it.
func (r *steering) pauseSearch(t *live.Tuning) tea.Cmd {
	if t != nil && !t.Paused && t.Workers == 0 {
		return wait(r.runner.Work(runtime.NumCPU()), "the search goes on")
	}
	paused := t != nil && !t.Paused
	words := "search goes on"
	if paused {
		words = "search paused"
	}
	return wait(r.runner.Decide(study.Decision{Actor: "user", Words: words, Pause: &paused}), "")
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
