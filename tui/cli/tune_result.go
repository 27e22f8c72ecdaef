package cli

import (
	"math"
	"slices"

	"descent/core/recipe"
	"descent/core/search"
	"descent/session/journal"
	"descent/session/study"
)

// searched is what a search has found, against the preset's own values.
type searched struct {
	spec      study.Spec
	reading   *study.Reading
	own       recipe.Recipe // of the preset
	baseline  *candidate    // nil if it was not run on fresh seeds
	confirmed []candidate   // the best of the search, in the order of their fresh medians
	winner    *candidate    // nil if no trial is complete
	wider     []search.Axis // ranges at whose ends the winner lies, and beyond
}

// candidate is a setting with what it reached.
type candidate struct {
	number            int // of the trial, −1 for the preset's own values
	point             search.Point
	values            []float64 // of the search; nil for the preset's own
	fresh             []float64 // of the first objective, lower is better
	low, median, high float64   // of fresh
}

// luck is how much better the search had found it than it is on fresh seeds.
func (c *candidate) luck() float64 {
	if len(c.values) == 0 || len(c.fresh) == 0 {
		return math.NaN()
	}
	return c.median - c.values[0]
}

// summarize says what a study has found. The winner is the best on fresh seeds.
func summarize(s *study.Study, r *study.Reading) *searched {
	out := &searched{spec: r.Spec, reading: r, own: s.Recipe()}
	for _, c := range r.Candidates {
		one := candidate{number: c.Trial, point: c.Point, fresh: c.Values, low: c.Low, median: c.Median, high: c.High}
		if c.Trial < 0 {
			one.point = ownValues(out.own, r.Plan.Space.Axes)
			out.baseline = &one
			continue
		}
		one.values = r.Trials[c.Trial].Values
		out.confirmed = append(out.confirmed, one)
	}
	slices.SortStableFunc(out.confirmed, func(a, b candidate) int { return study.Compare(a.median, b.median) })
	switch {
	case len(out.confirmed) > 0:
		out.winner = &out.confirmed[0]
	case r.Best >= 0:
		t := r.Trials[r.Best]
		out.winner = &candidate{number: t.Number, point: t.Point, values: t.Values, low: math.NaN(), median: math.NaN(), high: math.NaN()}
	}
	if out.winner != nil && r.Spec.List == nil && r.Spec.Population == 0 && len(r.Spec.Objectives) == 1 {
		out.wider = study.WiderAxes(s.Recipe(), r.Plan.Space.Axes, out.winner.point)
	}
	return out
}

// ownValues are the recipe's values of the keys of some axes.
func ownValues(r recipe.Recipe, axes []search.Axis) search.Point {
	p := search.Point{}
	for _, a := range axes {
		if s, err := r.Find(a.Path); err == nil {
			p[a.Path] = s.Value
		}
	}
	return p
}

// tunedJSON is what --json prints. Nothing in it hangs on a clock, or on who trained what.
type tunedJSON struct {
	Preset              string       `json:"preset"`
	Objectives          []string     `json:"objectives"`
	Best                *tunedTrial  `json:"best"`
	Baseline            *tunedTrial  `json:"baseline"`
	Front               []int        `json:"front,omitempty"`
	Trials              []tunedTrial `json:"trials"`
	Steps               int          `json:"steps"`
	GradientEvaluations int          `json:"gradient_evaluations"`
}

type tunedTrial struct {
	Number *int            `json:"number,omitempty"`
	Params search.Point    `json:"params"`
	Value  *journal.Float  `json:"value,omitempty"`
	Values []journal.Float `json:"values,omitempty"` // with two objectives
	State  string          `json:"state,omitempty"`
	Steps  int             `json:"steps,omitempty"`
	Fresh  *tunedFresh     `json:"fresh,omitempty"`
}

type tunedFresh struct {
	Values []journal.Float `json:"values"`
	Median journal.Float   `json:"median"`
	Low    journal.Float   `json:"low"`
	High   journal.Float   `json:"high"`
	Luck   *journal.Float  `json:"luck,omitempty"`
}

func (f *searched) json() tunedJSON {
	out := tunedJSON{Preset: f.spec.Name, Objectives: f.spec.Objectives, Trials: []tunedTrial{}, Steps: f.reading.Steps, GradientEvaluations: f.evaluations()}
	if len(f.spec.Objectives) > 1 {
		out.Front = f.reading.Front
	}
	for _, t := range f.reading.Trials {
		one := f.trial(t.Number, t.Point, t.Values)
		one.State, one.Steps = string(t.State), t.Step
		out.Trials = append(out.Trials, one)
	}
	if f.winner != nil {
		one := f.trial(f.winner.number, f.winner.point, f.winner.values)
		one.Fresh = f.fresh(f.winner)
		out.Best = &one
	}
	if f.baseline != nil {
		out.Baseline = &tunedTrial{Params: f.baseline.point, Fresh: f.fresh(f.baseline)}
		if v := journal.Float(valueOf(f.spec, 0, f.baseline.median)); len(f.baseline.fresh) > 0 {
			out.Baseline.Value = &v
		}
	}
	return out
}

func (f *searched) trial(number int, p search.Point, values []float64) tunedTrial {
	out := tunedTrial{Number: &number, Params: p}
	for i, v := range values {
		out.Values = append(out.Values, journal.Float(valueOf(f.spec, i, v)))
	}
	if len(out.Values) > 0 && len(f.spec.Objectives) == 1 {
		out.Value, out.Values = &out.Values[0], nil
	}
	return out
}

func (f *searched) fresh(c *candidate) *tunedFresh {
	if len(c.fresh) == 0 {
		return nil
	}
	at := func(v float64) journal.Float { return journal.Float(valueOf(f.spec, 0, v)) }
	out := &tunedFresh{Median: at(c.median), Low: at(c.low), High: at(c.high)}
	if out.Low > out.High {
		out.Low, out.High = out.High, out.Low
	}
	for _, v := range c.fresh {
		out.Values = append(out.Values, at(v))
	}
	if luck := journal.Float(c.luck()); luck == luck {
		out.Luck = &luck
	}
	return out
}

// evaluations is how many gradients the search took.
func (f *searched) evaluations() (n int) {
	for _, t := range f.reading.Trials {
		if v := t.Metrics["gradient_evaluations"]; v > 0 {
			n += int(v) * max(len(t.Seeds), 1)
		}
	}
	return n
}
