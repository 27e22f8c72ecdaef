package search

import (
	"fmt"
	"math"
	"slices"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Decision is the decision that an intent asks for; ok is false if it asks for none, and
// the error says why it cannot be taken.
func Decision(f *live.Frame, asked tea.Msg) (d study.Decision, ok bool, err error) {
	var next tea.Msg
	switch i := asked.(type) {
	case intent.Decide:
		d = i.Decision
		if d.Actor == "" {
			d.Actor = "user"
		}
		return d, true, nil
	case intent.FinishSearch:
		yes := true
		return study.Decision{Actor: "user", Words: "no further trial; the best run on fresh seeds", Finish: &yes}, true, nil
	case intent.SetAxis, intent.DropAxis, intent.ScaleAxis:
		if f.Tuning == nil {
			return d, true, errNone
		}
		now := axes{of: f.Tuning.Recipe}
		for _, a := range f.Tuning.Study.Plan.Space.Axes {
			now.rows = append(now.rows, axis{a.Path, study.FormatAxis(a), true})
		}
		next, err = now.changed(f, i)
	default:
		return d, false, nil
	}
	if err != nil {
		return d, true, err
	}
	return next.(intent.Decide).Decision, true, nil
}

// changed is the decision for the axes with one of them changed.
func (a axes) changed(f *live.Frame, asked tea.Msg) (tea.Msg, error) {
	switch i := asked.(type) {
	case intent.SetAxis:
		at, err := a.add(study.FormatAxis(i.Axis))
		if err != nil {
			return nil, err
		}
		return decided(a, "search over "+a.rows[at].text)
	case intent.DropAxis:
		return a.dropped(i.Path)
	case intent.ScaleAxis:
		for _, one := range f.Tuning.Study.Plan.Space.Axes {
			if one.Path != i.Path {
				continue
			}
			b := resize(a.of, one, a.around(f, one), i.Factor)
			if b.Low == one.Low && b.High == one.High || one.Kind == search.Choice {
				return nil, fmt.Errorf("%s cannot be %s", i.Path, map[bool]string{true: "narrowed", false: "widened"}[i.Factor < 1])
			}
			a.rows[a.row(i.Path)].text = study.FormatAxis(b)
			word := "widened"
			if i.Factor < 1 {
				word = "narrowed"
			}
			return decided(a, fmt.Sprintf("%s %s to %s", i.Path, word, ranged(search.Axis{Kind: b.Kind, Low: b.Low, High: b.High, Log: b.Log, Step: b.Step})))
		}
		return nil, fmt.Errorf("%s is not searched over", i.Path)
	}
	return nil, errNone
}

// around is what a range is narrowed around: the value of the best trial, or else the one
// that the recipe has.
func (a axes) around(f *live.Frame, one search.Axis) float64 {
	if best := f.Tuning.Trial(f.Tuning.Study.Best); best != nil {
		if v, ok := best.Point[one.Path]; ok {
			return v.Num()
		}
	}
	if set, err := a.of.Find(one.Path); err == nil {
		return set.Value.Num()
	}
	return math.NaN()
}

// dropped is the decision for the axes without one, and without those that only exist
// beside it.
func (a axes) dropped(path string) (tea.Msg, error) {
	i := a.row(path)
	if i < 0 {
		return nil, fmt.Errorf("%s is not searched over", path)
	}
	a.rows = slices.Delete(a.rows, i, i+1)
	words := "search no more over " + path
	var left []axis
	for _, r := range a.rows {
		try := axes{of: a.of, rows: append(left[:len(left):len(left)], r)}
		if _, err := try.chosen(); err != nil {
			words += ", " + r.path
			continue
		}
		left = append(left, r)
	}
	if a.rows = left; len(left) == 0 {
		return nil, fmt.Errorf("%s is the last axis: there would be nothing to search over", path)
	}
	return decided(a, words)
}
