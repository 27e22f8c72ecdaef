package headless

import (
	"math"
	"slices"

	"descent/core"
	"descent/core/metric"
	"descent/session/journal"
)

// Racer is the result of one entrant of a headless race, over one or several seeds.
type Racer struct {
	Value       string        `json:"value"`            // of several keys: "optimizer.lr=0.1, train.batch=8"
	Values      []Valued      `json:"values,omitempty"` // of each key, if there are several
	Rate        journal.Float `json:"lr"`               // the initial learning rate
	Loss        Spread        `json:"loss"`             // the mean of the last tenth of the steps, at most 100
	ValLoss     *Spread       `json:"val_loss,omitempty"`
	Accuracy    *Spread       `json:"val_accuracy,omitempty"`
	OldLoss     *Spread       `json:"old_loss,omitempty"` // of the previous task
	OldAccuracy *Spread       `json:"old_accuracy,omitempty"`
	// Metrics are those of train.metrics, by their names in reports: "val_f1".
	Metrics    map[string]*Spread `json:"metrics,omitempty"`
	Diverged   int                `json:"diverged"`              // number of runs that diverged
	DivergedAt int                `json:"diverged_at,omitempty"` // the step from which the first of them diverged
	Curve      []Spread           `json:"-"`                     // of the loss, over curvePoints equal parts of the run
}

// Valued is a key and its value.
type Valued struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// curvePoints is the number of points of the curve of a racer.
const curvePoints = 60

// Spread is the median and the quartiles of several runs.
type Spread struct {
	Median journal.Float `json:"median"`
	Low    journal.Float `json:"q1"`
	High   journal.Float `json:"q3"`
}

// final is a metric of the end of a run: whether it has the metric, its value, the
// value that replaces one that is not finite, and where the spread goes.
type final struct {
	of    func(core.Report) (value float64, has bool)
	worst float64
	in    func(*Racer, *Spread)
}

// finals are the metrics that any of the runs has.
func finals(all []result) []final {
	out := slices.Clone(measures)
	seen := map[string]bool{}
	for _, res := range all {
		for _, s := range res.last.Scores {
			if seen[s.Name] {
				continue
			}
			seen[s.Name] = true
			f := final{
				of:    func(r core.Report) (float64, bool) { return r.Score(s.Name) },
				worst: math.Inf(1),
				in: func(r *Racer, of *Spread) {
					if r.Metrics == nil {
						r.Metrics = map[string]*Spread{}
					}
					r.Metrics[s.Name] = of
				},
			}
			if row, ok := metric.Measured(s.Name); ok && row.Direction == metric.Higher {
				f.worst = math.Inf(-1)
			}
			out = append(out, f)
		}
	}
	return out
}

// measures are those that every network has.
var measures = []final{
	{func(r core.Report) (float64, bool) { return r.ValLoss, r.HasVal }, math.Inf(1), func(r *Racer, of *Spread) { r.ValLoss = of }},
	{func(r core.Report) (float64, bool) { return r.ValAccuracy, r.HasVal && r.HasAccuracy }, 0, func(r *Racer, of *Spread) { r.Accuracy = of }},
	{func(r core.Report) (float64, bool) { return r.OldLoss, r.HasOld }, math.Inf(1), func(r *Racer, of *Spread) { r.OldLoss = of }},
	{func(r core.Report) (float64, bool) { return r.OldAccuracy, r.HasOld && r.HasAccuracy }, 0, func(r *Racer, of *Spread) { r.OldAccuracy = of }},
}

// spread sorts v and returns its quartiles. Infinities sort to the ends; there is
// no interpolation between an infinity and a number.
func spread(v []float64) Spread {
	slices.Sort(v)
	at := func(share float64) journal.Float {
		if len(v) == 0 {
			return journal.Float(math.NaN())
		}
		i := share * float64(len(v)-1)
		low := int(i)
		if rest := i - float64(low); rest > 0 {
			if math.IsInf(v[low+1], 0) {
				return journal.Float(v[low+1])
			}
			return journal.Float(v[low] + rest*(v[low+1]-v[low]))
		}
		return journal.Float(v[low])
	}
	return Spread{at(0.5), at(0.25), at(0.75)}
}

// finiteOr returns v, or worst if v is not finite.
func finiteOr(v, worst float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return worst
	}
	return v
}

// result is the result of one run.
type result struct {
	loss     float64
	curve    []float64
	last     core.Report // of a run that stayed finite
	rate     float64     // initial
	diverged int         // the step from which it diverged, 0 if it did not
}

// judge summarises the runs of one value; all are the runs of every value. Metrics
// that any run has are also computed for runs that diverged.
func judge(value string, own, all []result) Racer {
	r := Racer{Value: value, Rate: journal.Float(own[0].rate)}
	var loss []float64
	for _, res := range own {
		if res.diverged > 0 {
			r.Diverged++
			if r.DivergedAt == 0 || res.diverged < r.DivergedAt {
				r.DivergedAt = res.diverged
			}
		}
		loss = append(loss, finiteOr(res.loss, math.Inf(1)))
	}
	r.Loss = spread(loss)
	for _, m := range finals(all) {
		has := func(res result) bool { _, ok := m.of(res.last); return ok }
		judges := own
		if r.Diverged == len(own) {
			judges = all
		}
		if !slices.ContainsFunc(judges, has) {
			continue
		}
		var values []float64
		for _, res := range own {
			v, ok := m.of(res.last)
			if !ok {
				v = m.worst
			}
			values = append(values, finiteOr(v, m.worst))
		}
		s := spread(values)
		m.in(&r, &s)
	}
	for i := range curvePoints {
		var at []float64
		for _, res := range own {
			if !math.IsNaN(res.curve[i]) {
				at = append(at, res.curve[i])
			}
		}
		r.Curve = append(r.Curve, spread(at))
	}
	return r
}
