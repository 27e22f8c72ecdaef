package session

import (
	"math"
	"math/bits"
	"slices"
	"sort"
	"time"

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

// grain is how many buckets a series has for each doubling of its length. The
// first 2·grain values have a bucket each; those from grain·2ᵏ to grain·2ᵏ⁺¹ lie
// in buckets of 2ᵏ. So where a bucket begins depends on no later value, and a
// branch shares the full buckets of those it comes from.
const grain = 512

// bucketLimit bounds a series where it is shown.
const bucketLimit = 2 * grain

// widthAt is how many values the bucket of value i takes, from 0.
func widthAt(i int) int { return 1 << max(0, bits.Len(uint(i/grain))-1) }

// firstOf is the first value of a bucket.
func firstOf(bucket int) int {
	if bucket < 2*grain {
		return bucket
	}
	k := (bucket - grain) / grain
	return (grain + (bucket-grain)%grain) << k
}

// tail is the end of a series: the bucket that is not full yet.
type tail struct {
	Bucket Bucket
	Number int // of the bucket, from 0
	Held   int // values in it, finite or not
	After  int // the last step of the bucket before
}

// add takes in a value and returns the bucket if that makes it full. What lies
// in an earlier bucket is left out.
func (t *tail) add(one Bucket, v float64) (full Bucket, ok bool) {
	if one.Last <= t.After {
		return full, false
	}
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		one.Count, one.Min, one.Max, one.Sum = 1, v, v, v
	}
	if t.Held == 0 {
		t.Bucket = one
	} else {
		t.Bucket.add(one)
	}
	t.Held++
	if first := firstOf(t.Number); t.Held < widthAt(first) {
		return full, false
	}
	full = t.Bucket
	*t = tail{Number: t.Number + 1, After: full.Last}
	return full, true
}

// stretch is the part of a series that one branch has: the buckets that became
// full on it, and the number of the first.
type stretch struct {
	Base int
	Full []Bucket
}

// upTo is how many buckets lie at or before a step.
func (s *stretch) upTo(step int) int {
	if n := len(s.Full); n == 0 || s.Full[n-1].Last <= step {
		return n
	}
	return sort.Search(len(s.Full), func(i int) bool { return s.Full[i].Last > step })
}

// shown makes one series of stretches, oldest first, and the tail: buckets of
// one width, at most bucketLimit of them.
func shown(parts []stretch, end tail) []Bucket {
	n := firstOf(end.Number) + end.Held
	if n == 0 {
		return nil
	}
	width := widthAt(n - 1)
	out := make([]Bucket, 0, (n+width-1)/width)
	at := -1
	add := func(number int, b Bucket) {
		if cell := firstOf(number) / width; cell != at {
			at = cell
			out = append(out, b)
			return
		}
		out[len(out)-1].add(b)
	}
	for _, p := range parts {
		for i, b := range p.Full {
			add(p.Base+i, b)
		}
	}
	if end.Held > 0 {
		add(end.Number, end.Bucket)
	}
	return out
}

// Series is a curve of bounded size. Minimum and maximum of every bucket are
// kept, so that a spike of one step shows at any zoom.
type Series struct {
	own stretch
	end tail
}

// Add appends the value of a step; steps only grow, from 1.
func (s *Series) Add(step int, v float64) {
	if full, ok := s.end.add(Bucket{First: step, Last: step}, v); ok {
		s.own.Full = append(s.own.Full, full)
	}
}

// Buckets is the curve so far, in at most bucketLimit buckets of one width.
func (s *Series) Buckets() []Bucket { return shown([]stretch{s.own}, s.end) }

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

// upTo are those up to a step.
func (r recent) upTo(step int) recent {
	for len(r) > 0 && r[len(r)-1].Step > step {
		r = r[:len(r)-1]
	}
	return r
}

func (r recent) copy() []core.Report {
	return append([]core.Report(nil), r[max(0, len(r)-recentLimit):]...)
}

// The series of a branch.
const (
	trainLoss = iota
	valLoss
	accuracy
	valAccuracy
	oldLoss // of the task learnt before
	seriesCount
)

// curves are what a branch has of each series: what became full on it, and its
// end, where it was computed last.
type curves struct {
	Own   [seriesCount]stretch
	Trail []Point // on a surface
	Drawn int     // the last step that is in them
	End   tip     // at Drawn, once nobody stands there
	// The least losses of the branch's own steps, NaN before any.
	Best, BestVal float64
	Last          float64 // the last training loss
	Growth        growth
}

// tip is what curves hold, after a step, beyond the full buckets.
type tip struct {
	Step   int
	Tails  [seriesCount]tail
	Point  Point         // on a surface
	Spent  time.Duration // in training up to here, as the clock had it
	Judged core.Report   // the last evaluation; its Evaluated is false before the first
}

// add takes in the report of the next step. b, if not nil, is the branch whose
// curves come to hold it.
func (t *tip) add(b *branch, r core.Report) {
	one := Bucket{First: r.Step, Last: r.Step}
	put := func(series int, v float64) {
		if full, ok := t.Tails[series].add(one, v); ok && b != nil {
			own := &b.curves.Own[series]
			own.Full = append(own.Full, full)
		}
	}
	t.Step = r.Step
	if r.Evaluated {
		t.Judged = r
		if r.HasVal {
			put(valLoss, r.ValLoss)
		}
		if r.HasOld {
			put(oldLoss, r.OldLoss)
		}
		if r.HasAccuracy {
			put(accuracy, r.Accuracy)
			if r.HasVal {
				put(valAccuracy, r.ValAccuracy)
			}
		}
	}
	one.Looks, one.Millis = r.Looks, int(t.Spent.Milliseconds())
	put(trainLoss, r.Loss)
}

// draw adds the step after the last one that the branch's curves hold.
func (b *branch) draw(t *tip, r core.Report) {
	c := &b.curves
	if c.Drawn == b.from {
		for i := range c.Own {
			c.Own[i].Base = t.Tails[i].Number
		}
		if b.parent != nil {
			before := b.parent.curves.Growth
			c.Growth = growth{Begun: before.Begun, Initial: before.Initial, Within: b.from}
		}
	}
	t.add(b, r)
	c.Drawn, c.Last = r.Step, r.Loss
	c.Growth.add(r.Step, r.Loss)
	if !(r.Loss >= c.Best) && !math.IsNaN(r.Loss) {
		c.Best = r.Loss
	}
	if r.Evaluated && r.HasVal && !(r.ValLoss >= c.BestVal) && !math.IsNaN(r.ValLoss) {
		c.BestVal = r.ValLoss
	}
}

// sound tells whether curves that were read can be those of a branch.
func (c *curves) sound(b *branch) bool {
	if c.Drawn < b.from || c.Drawn > b.head || !c.End.sound() {
		return false
	}
	for _, own := range c.Own {
		last := 0
		for _, k := range own.Full {
			if k.First <= last || k.Last < k.First || k.Last > c.Drawn || k.Last <= b.from {
				return false
			}
			last = k.Last
		}
		if own.Base < 0 || own.Base > c.Drawn {
			return false
		}
	}
	return true
}

func (t *tip) sound() bool {
	for _, k := range t.Tails {
		if k.Number < 0 || k.Number > t.Step || k.Held < 0 || k.Held > 0 && k.Held >= widthAt(firstOf(k.Number)) || k.After > t.Step {
			return false
		}
	}
	return t.Step >= 0
}

// around is, of a series of a branch from the first step on, the last bucket
// that is full after a step, the one behind it, and the number of that one.
func (b *branch) around(series, step int) (before, behind Bucket, number int) {
	if t := b.curves.End.Tails[series]; t.Held > 0 {
		behind = t.Bucket
	}
	limit := b.curves.Drawn
	for c := b; c != nil; c = c.parent {
		own := &c.curves.Own[series]
		n := own.upTo(limit)
		i := own.upTo(min(limit, step))
		if i < n {
			behind = own.Full[i]
		}
		if i > 0 {
			return own.Full[i-1], behind, own.Base + i
		}
		limit = min(limit, c.from)
	}
	return Bucket{}, behind, 0
}

// lineage is the curves of a branch from the first step on to the tip.
func (b *branch) lineage(end *tip) Curves {
	var parts [seriesCount][]stretch
	limit := end.Step
	for c := b; c != nil; c = c.parent {
		for i := range parts {
			own := &c.curves.Own[i]
			if n := own.upTo(limit); n > 0 {
				parts[i] = append(parts[i], stretch{own.Base, own.Full[:n]})
			}
		}
		limit = min(limit, c.from)
	}
	var series [seriesCount][]Bucket
	for i := range series {
		slices.Reverse(parts[i])
		series[i] = shown(parts[i], end.Tails[i])
	}
	return Curves{series[trainLoss], series[valLoss], series[accuracy], series[valAccuracy], series[oldLoss], b.trail(end)}
}

// Curves are buckets of each series, and the way down where it is a surface.
type Curves struct {
	Train, Val, Accuracy, ValAccuracy []Bucket
	Old                               []Bucket // loss of the task learnt before
	Trail                             []Point
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
