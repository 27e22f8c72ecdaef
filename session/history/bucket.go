// Package history records training curves in bounded memory, with the minimum and
// maximum of every bucket, and shares them between branches.
package history

import (
	"math"
	"math/bits"
	"sort"
)

// Bucket summarises a series over a range of steps.
type Bucket struct {
	First, Last   int // steps
	Count         int
	Min, Max, Sum float64 // of the finite values; Count counts those

	// For the training loss, at the last step: gradient evaluations and
	// milliseconds of training so far, and the learning rate.
	GradientEvaluations, Millis int
	Rate                        float64
}

// Mean returns the mean of the finite values, NaN if there are none.
func (b Bucket) Mean() float64 {
	if b.Count == 0 {
		return math.NaN()
	}
	return b.Sum / float64(b.Count)
}

func (b *Bucket) add(o *Bucket) {
	b.Last, b.GradientEvaluations, b.Millis, b.Rate = o.Last, o.GradientEvaluations, o.Millis, o.Rate
	switch {
	case o.Count == 0:
	case b.Count == 0:
		b.Count, b.Min, b.Max, b.Sum = o.Count, o.Min, o.Max, o.Sum
	default:
		b.Count += o.Count
		b.Min, b.Max, b.Sum = min(b.Min, o.Min), max(b.Max, o.Max), b.Sum+o.Sum
	}
}

// grain is the number of buckets of a series for each doubling of its length. The
// first 2·grain values have a bucket each; those from grain·2ᵏ to grain·2ᵏ⁺¹ are in
// buckets of 2ᵏ. Bucket boundaries therefore do not depend on later values, and a
// branch shares the full buckets of its ancestors.
const grain = 512

// bucketLimit is the maximum number of buckets of a displayed series.
const bucketLimit = 2 * grain

// widthAt returns the width of the bucket of value i, from 0.
func widthAt(i int) int { return 1 << max(0, bits.Len(uint(i/grain))-1) }

// firstOf returns the index of the first value of a bucket.
func firstOf(bucket int) int {
	if bucket < 2*grain {
		return bucket
	}
	k := (bucket - grain) / grain
	return (grain + (bucket-grain)%grain) << k
}

// tail is the last bucket of a series, which is not full yet.
type tail struct {
	Bucket Bucket
	Number int // of the bucket, from 0
	Held   int // values in it, finite or not
	After  int // the last step of the previous bucket
}

// add adds a value at the steps of a bucket, and reports whether the tail is now full:
// it is then to be taken. Values of earlier buckets are ignored.
func (t *tail) add(one *Bucket, v float64) (full bool) {
	if one.Last <= t.After {
		return false
	}
	one.Count, one.Min, one.Max, one.Sum = 0, 0, 0, 0
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		one.Count, one.Min, one.Max, one.Sum = 1, v, v, v
	}
	if t.Held == 0 {
		t.Bucket = *one
	} else {
		t.Bucket.add(one)
	}
	t.Held++
	return t.Held >= widthAt(firstOf(t.Number))
}

// take returns the bucket of a full tail, and begins the next.
func (t *tail) take() Bucket {
	full := t.Bucket
	*t = tail{Number: t.Number + 1, After: full.Last}
	return full
}

// stretch is the part of a series that belongs to one branch: the buckets completed
// on it, and the number of the first.
type stretch struct {
	Base int
	Full []Bucket
}

// upTo returns the number of buckets at or before a step.
func (s *stretch) upTo(step int) int {
	if n := len(s.Full); n == 0 || s.Full[n-1].Last <= step {
		return n
	}
	return sort.Search(len(s.Full), func(i int) bool { return s.Full[i].Last > step })
}

// shown joins stretches, oldest first, and the tail into one series: at most
// bucketLimit buckets of equal width.
func shown(parts []stretch, end tail) []Bucket {
	n := firstOf(end.Number) + end.Held
	if n == 0 {
		return nil
	}
	width := widthAt(n - 1)
	out := make([]Bucket, 0, (n+width-1)/width)
	at := -1
	add := func(number int, b *Bucket) {
		if cell := firstOf(number) / width; cell != at {
			at = cell
			out = append(out, *b)
			return
		}
		out[len(out)-1].add(b)
	}
	for _, p := range parts {
		for i := range p.Full {
			add(p.Base+i, &p.Full[i])
		}
	}
	if end.Held > 0 {
		add(end.Number, &end.Bucket)
	}
	return out
}

// Series is a curve in bounded memory. Minimum and maximum of every bucket are
// kept, so that a spike of a single step is visible at any zoom.
type Series struct {
	own stretch
	end tail
}

// Add appends the value of a step; steps only grow, from 1.
func (s *Series) Add(step int, v float64) {
	if s.end.add(&Bucket{First: step, Last: step}, v) {
		s.own.Full = append(s.own.Full, s.end.take())
	}
}

// Buckets returns the curve so far, in at most bucketLimit buckets of equal width.
func (s *Series) Buckets() []Bucket { return shown([]stretch{s.own}, s.end) }
