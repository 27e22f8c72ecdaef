package live

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"descent/core/metric"
	"descent/session/history"
	"descent/session/journal"
)

// Standings rank the racers of a race that is running or has ended, by the rule of
// `descent race`: by validation loss or, without validation rows, training loss; if
// they differ in the loss function, by accuracy. Those that diverged rank last.
type Standings struct {
	By     string  // what they are ranked by: "validation loss", "training loss" or "accuracy"
	Target float64 // the present value of the median racer, NaN before there is one
	Rows   []Standing
}

// Standing is one racer. A number that is not known yet is NaN.
type Standing struct {
	Branch   journal.BranchID
	Label    string
	Hue      int     // its number among the colours of branches
	Place    int     // from 1; racers that stand the same share one
	Rate     float64 // the learning rate at the start
	Loss     float64 // that it is judged by: the last evaluation, or the mean of the last tenth of the steps
	Best     float64 // the lowest of these losses
	Accuracy float64
	Scores   []metric.Score // of train.metrics, by their names in reports
	Steps    int            // after which it reached the target, 0 if it has not
	Diverged int            // the step from which it diverged, 0 if it did not
	Share    float64        // of the way from the start to the leader, from 0 to 1
	Curves   history.Curves
}

// Score is a metric of a racer by its name, NaN without.
func (r Standing) Score(name string) float64 {
	for _, s := range r.Scores {
		if s.Name == name {
			return s.Value
		}
	}
	return math.NaN()
}

// Standings ranks the racers of a frame; there are none without a race.
func (f *Frame) Standings() Standings {
	c := f.Race
	if c == nil {
		return Standings{Target: math.NaN()}
	}
	out := Standings{By: "training loss", Target: math.NaN()}
	validated := f.Data != nil && f.Data.Val.Rows() > 0
	accuracy := strings.Contains(c.Over, "loss.")
	switch {
	case accuracy:
		out.By = "accuracy"
	case validated:
		out.By = "validation loss"
	}
	end := c.End
	if end == 0 {
		end = math.MaxInt
	}
	key := func(r Standing) float64 {
		if accuracy {
			return -r.Accuracy
		}
		return r.Loss
	}
	for i, entered := range c.Racers {
		r := Standing{Branch: entered.Branch, Hue: i, Rate: entered.Rate}
		gone := true
		for _, b := range f.Branches {
			if b.ID == entered.Branch {
				r.Label, r.Diverged, gone = b.Label, b.Diverged, b.Deleted
			}
		}
		if gone {
			continue
		}
		if r.Branch == f.Branch {
			r.Curves = f.Curves
		}
		for _, o := range f.Others {
			if o.ID == r.Branch {
				r.Curves = o.Curves
			}
		}
		r.judge(c.From, end, validated)
		out.Rows = append(out.Rows, r)
	}
	slices.SortStableFunc(out.Rows, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(min(a.Diverged, 1), min(b.Diverged, 1)), cmp.Compare(b.Diverged, a.Diverged), order(key(a), key(b)))
	})
	out.place(key)
	out.aim(c.From, end, accuracy, validated)
	out.share(c.From, end)
	return out
}

// order compares with NaN last.
func order(a, b float64) int {
	if math.IsNaN(a) || math.IsNaN(b) {
		return cmp.Compare(b, a) // NaN is less than anything else
	}
	return cmp.Compare(a, b)
}

// judge reads the losses and the accuracy from the curves between two steps.
func (r *Standing) judge(from, end int, validated bool) {
	r.Loss, r.Best, r.Accuracy = math.NaN(), math.NaN(), math.NaN()
	for _, s := range r.Curves.Scores {
		if own := within(s.Buckets, from, end); len(own) > 0 {
			r.Scores = append(r.Scores, metric.Score{Name: s.Name, Value: last(own)})
		}
	}
	if validated {
		r.Loss = last(within(r.Curves.Val, from, end))
		for _, b := range within(r.Curves.Val, from, end) {
			r.Best = lower(r.Best, b.Min)
		}
		r.Accuracy = last(within(r.Curves.ValAccuracy, from, end))
		return
	}
	r.Accuracy = last(within(r.Curves.Accuracy, from, end))
	own := within(r.Curves.Train, from, end)
	if len(own) == 0 {
		return
	}
	tail := own[len(own)-1].Last - history.Tenth(own[len(own)-1].Last-from)
	sum, n := 0.0, 0
	for _, b := range own {
		if b.Count > 0 {
			r.Best = lower(r.Best, b.Min)
		}
		if b.Last > tail {
			sum, n = sum+b.Sum, n+b.Count
		}
	}
	r.Loss = sum / float64(n) // NaN without a finite one
}

// within returns the buckets after one step and up to another.
func within(all []history.Bucket, from, end int) []history.Bucket {
	for len(all) > 0 && all[0].Last <= from {
		all = all[1:]
	}
	for len(all) > 0 && all[len(all)-1].First > end {
		all = all[:len(all)-1]
	}
	return all
}

func last(all []history.Bucket) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	return all[len(all)-1].Mean()
}

func lower(a, b float64) float64 {
	if !(a <= b) {
		return b
	}
	return a
}

// place numbers the places; equal racers share one.
func (s *Standings) place(key func(Standing) float64) {
	for i := range s.Rows {
		s.Rows[i].Place = i + 1
		if i > 0 && s.Rows[i].Diverged == 0 && key(s.Rows[i]) == key(s.Rows[i-1]) {
			s.Rows[i].Place = s.Rows[i-1].Place
		}
	}
}

// aim sets the target, and when each racer reached it: the value of the median racer
// of those that did not diverge.
func (s *Standings) aim(from, end int, accuracy, validated bool) {
	sound := 0
	for _, r := range s.Rows {
		if r.Diverged == 0 && !math.IsNaN(r.Loss) {
			sound++
		}
	}
	if sound == 0 {
		return
	}
	series := func(r Standing) []history.Bucket {
		switch {
		case accuracy && validated:
			return r.Curves.ValAccuracy
		case accuracy:
			return r.Curves.Accuracy
		case validated:
			return r.Curves.Val
		}
		return r.Curves.Train
	}
	if s.Target = s.Rows[sound/2].Loss; accuracy {
		s.Target = s.Rows[sound/2].Accuracy
	}
	for i := range s.Rows {
		for _, b := range within(series(s.Rows[i]), from, end) {
			if v := b.Mean(); accuracy && v >= s.Target || !accuracy && v <= s.Target {
				s.Rows[i].Steps = max(b.Last-from, 1)
				break
			}
		}
	}
}

// share measures how far each has come from the highest loss of the start towards
// the leader, in the logarithm of the loss where it is positive.
func (s *Standings) share(from, end int) {
	start, least := math.NaN(), math.NaN()
	for _, r := range s.Rows {
		first := math.NaN()
		if own := within(r.Curves.Train, from, end); len(own) > 0 {
			first = own[0].Mean()
		}
		if !(start >= first) && !math.IsNaN(first) {
			start = first
		}
		if r.Diverged == 0 {
			least = lower(least, r.Loss)
		}
	}
	scaled := func(v float64) float64 {
		if start > 0 && least > 0 {
			return math.Log(v)
		}
		return v
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		share := (scaled(start) - scaled(r.Loss)) / (scaled(start) - scaled(least))
		if r.Diverged > 0 || !(share > 0) {
			continue
		}
		r.Share = min(share, 1)
	}
}

// Winner returns the racer in the first place; ok is false if there is none that did
// not diverge.
func (s Standings) Winner() (r Standing, ok bool) {
	if len(s.Rows) == 0 || s.Rows[0].Diverged > 0 || math.IsNaN(s.Rows[0].Loss) {
		return r, false
	}
	return s.Rows[0], true
}
