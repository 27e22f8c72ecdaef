package session

import (
	"math"

	"descent/core"
)

// Bucket is what a series was over a run of steps.
type Bucket struct {
	First, Last   int // steps
	Count         int
	Min, Max, Sum float64 // of the finite values; Count counts those

	// Of the training loss, at the last step: gradients taken, and milliseconds
	// trained so far, as the clock had it.
	Looks, Millis int
}

// Mean is the mean of the finite values, NaN if there is none.
func (b Bucket) Mean() float64 {
	if b.Count == 0 {
		return math.NaN()
	}
	return b.Sum / float64(b.Count)
}

func (b *Bucket) add(o Bucket) {
	b.Last, b.Looks, b.Millis = o.Last, o.Looks, o.Millis
	switch {
	case o.Count == 0:
	case b.Count == 0:
		b.Count, b.Min, b.Max, b.Sum = o.Count, o.Min, o.Max, o.Sum
	default:
		b.Count += o.Count
		b.Min, b.Max, b.Sum = min(b.Min, o.Min), max(b.Max, o.Max), b.Sum+o.Sum
	}
}

// bucketLimit bounds a series: when it is full, neighbours are merged.
const bucketLimit = 1024

// Series is a curve of bounded size. Minimum and maximum of every bucket are
// kept, so that a spike of one step shows at any zoom.
type Series struct {
	per     int // values in a full bucket
	open    int // values in the last bucket
	buckets []Bucket
}

// Add appends the value of a step; steps only grow.
func (s *Series) Add(step int, v float64) { s.add(Bucket{First: step, Last: step}, v) }

func (s *Series) add(one Bucket, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		one.Count, one.Min, one.Max, one.Sum = 1, v, v, v
	}
	if s.per == 0 {
		s.per = 1
	}
	if n := len(s.buckets); n > 0 && s.open < s.per {
		s.buckets[n-1].add(one)
		s.open++
		return
	}
	if len(s.buckets) == bucketLimit {
		for i := range bucketLimit / 2 {
			b := s.buckets[2*i]
			b.add(s.buckets[2*i+1])
			s.buckets[i] = b
		}
		s.buckets = s.buckets[:bucketLimit/2]
		s.per *= 2
	}
	s.buckets = append(s.buckets, one)
	s.open = 1
}

// Buckets is a copy of the curve so far.
func (s *Series) Buckets() []Bucket { return append([]Bucket(nil), s.buckets...) }

// Until drops what lies after a step. A bucket that reaches beyond it is cut
// short, its statistics those of the whole.
func until(buckets []Bucket, step int) []Bucket {
	for i, b := range buckets {
		if b.First > step {
			return buckets[:i:i]
		}
		if b.Last > step {
			out := append([]Bucket(nil), buckets[:i+1]...)
			out[i].Last = step
			return out
		}
	}
	return buckets
}

// recentLimit is how many of the last reports are kept in full.
const recentLimit = 512

// recent are the full reports of the last steps, recentLimit of them or all.
type recent []core.Report

func (r *recent) add(report core.Report) {
	if n := len(*r); n > 0 && (*r)[n-1].Step != report.Step-1 {
		*r = (*r)[:0] // the session has been elsewhere
	}
	if len(*r) >= 2*recentLimit {
		*r = append((*r)[:0], (*r)[recentLimit:]...)
	}
	*r = append(*r, report)
}

// until forgets what lies after a step.
func (r *recent) until(step int) {
	for len(*r) > 0 && (*r)[len(*r)-1].Step > step {
		*r = (*r)[:len(*r)-1]
	}
}

// evaluated is the last one that was evaluated, or none.
func (r recent) evaluated() core.Report {
	for i := len(r) - 1; i >= 0; i-- {
		if r[i].Evaluated {
			return r[i]
		}
	}
	return core.Report{}
}

func (r recent) copy() []core.Report {
	return append([]core.Report(nil), r[max(0, len(r)-recentLimit):]...)
}

// curves are the series of one branch.
type curves struct {
	train, val, accuracy, valAccuracy Series
	old                               Series // loss of the task learnt before
	trail                             trail
}

// Curves are buckets of each series, and the way down where it is a surface.
type Curves struct {
	Train, Val, Accuracy, ValAccuracy []Bucket
	Old                               []Bucket // loss of the task learnt before
	Trail                             []Point
}

func (c *curves) copy() Curves {
	return Curves{
		c.train.Buckets(), c.val.Buckets(), c.accuracy.Buckets(), c.valAccuracy.Buckets(), c.old.Buckets(),
		append([]Point(nil), c.trail.points...),
	}
}

func (c Curves) until(step int) Curves {
	return Curves{
		until(c.Train, step), until(c.Val, step), until(c.Accuracy, step), until(c.ValAccuracy, step), until(c.Old, step),
		upTo(c.Trail, step),
	}
}

// after drops what lies before a step.
func (c Curves) after(step int) Curves {
	cut := func(b []Bucket) []Bucket {
		for len(b) > 0 && b[0].Last <= step {
			b = b[1:]
		}
		return b
	}
	c.Train, c.Val, c.Accuracy, c.ValAccuracy, c.Old = cut(c.Train), cut(c.Val), cut(c.Accuracy), cut(c.ValAccuracy), cut(c.Old)
	for len(c.Trail) > 0 && c.Trail[0].Step < step {
		c.Trail = c.Trail[1:]
	}
	return c
}

// pastLimit bounds what a branch remembers of those it comes from: enough for
// a screen.
const pastLimit = 512

// bounded merges neighbours until each series is of bounded size.
func (c Curves) bounded() Curves {
	half := func(b []Bucket) []Bucket {
		for len(b) > pastLimit {
			out := make([]Bucket, 0, (len(b)+1)/2)
			for i := 0; i < len(b); i += 2 {
				m := b[i]
				if i+1 < len(b) {
					m.add(b[i+1])
				}
				out = append(out, m)
			}
			b = out
		}
		return b
	}
	trail := c.Trail
	for len(trail) > pastLimit {
		out := make([]Point, 0, len(trail)/2+1)
		for i := 0; i < len(trail); i += 2 {
			out = append(out, trail[i])
		}
		trail = out
	}
	return Curves{half(c.Train), half(c.Val), half(c.Accuracy), half(c.ValAccuracy), half(c.Old), trail}
}

func (c Curves) then(next Curves) Curves {
	join := func(a, b []Bucket) []Bucket { return append(a[:len(a):len(a)], b...) }
	return Curves{
		join(c.Train, next.Train), join(c.Val, next.Val),
		join(c.Accuracy, next.Accuracy), join(c.ValAccuracy, next.ValAccuracy), join(c.Old, next.Old),
		append(c.Trail[:len(c.Trail):len(c.Trail)], next.Trail...),
	}
}
