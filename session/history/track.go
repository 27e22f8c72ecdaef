package history

import (
	"math"
	"slices"
	"time"

	"descent/core"
)

// The series of a branch.
const (
	trainLoss = iota
	valLoss
	accuracy
	valAccuracy
	oldLoss // of the previous task
	gradientNorm
	relativeUpdate
	seriesCount
)

// Track is the part of each series that belongs to a branch: the buckets completed
// on it, and its end, where it was computed last.
type Track struct {
	parent *Track // of the branch that it leaves, nil for none
	from   int    // the step after which it starts

	Own        [seriesCount]stretch
	Scores     ScoredStretches
	Trajectory []Point // on a surface
	Drawn      int     // the last step included
	End        Tip     // at Drawn, once no cursor is there
	// The lowest losses of the branch's own steps, NaN before any.
	Best, BestVal float64
	Last          float64 // the last training loss
	Growth        Growth
	Records       Records // of the best of the way to the track's own steps
}

// NewTrack makes the track of a branch that leaves its parent after a step; parent
// is nil for the first.
func NewTrack(parent *Track, from int) *Track {
	return &Track{parent: parent, from: from, Drawn: from, Best: math.NaN(), BestVal: math.NaN()}
}

// Restore takes over a saved track, which must leave the same parent at the same
// step.
func (c *Track) Restore(of Track) {
	of.parent, of.from = c.parent, c.from
	*c = of
}

// Tip is the state of the curves after a step, beyond the full buckets.
type Tip struct {
	Step       int
	Tails      [seriesCount]tail
	Scores     ScoredTails
	Point      Point         // on a surface
	Spent      time.Duration // training time up to here
	Best       Best
	Evaluation core.Report // the last evaluation; its Evaluated is false before the first
}

// Add adds the report of the next step without recording it on a track.
func (t *Tip) Add(r core.Report) { t.add(nil, &r) }

// add adds the report of the next step and records it on the track to, unless nil.
func (t *Tip) add(to *Track, r *core.Report) {
	one := Bucket{First: r.Step, Last: r.Step}
	put := func(series int, v float64) {
		if tail := &t.Tails[series]; tail.add(&one, v) {
			if full := tail.take(); to != nil {
				own := &to.Own[series]
				own.Full = append(own.Full, full)
			}
		}
	}
	t.Step = r.Step
	t.Best.add(r)
	if r.Evaluated {
		t.Evaluation = *r
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
		for _, s := range r.Scores {
			end := t.Scores.tail(s.Name)
			if end.add(&one, s.Value) {
				number := end.Number
				if full := end.take(); to != nil {
					to.Scores = to.Scores.with(s.Name, number, full)
				}
			}
			t.Scores = t.Scores.with(s.Name, end)
		}
	}
	if r.HasNorms {
		put(gradientNorm, r.GradientNorm)
		put(relativeUpdate, r.RelativeUpdate)
	}
	one.GradientEvaluations, one.Millis, one.Rate = r.GradientEvaluations, int(t.Spent.Milliseconds()), r.LR
	put(trainLoss, r.Loss)
}

// Draw records the next step on the track.
func (c *Track) Draw(t *Tip, r core.Report) {
	if c.Drawn == c.from {
		for i := range c.Own {
			c.Own[i].Base = t.Tails[i].Number
		}
		if c.parent != nil {
			before := c.parent.Growth
			c.Growth = Growth{Begun: before.Begun, Initial: before.Initial, Within: c.from}
		}
	}
	t.add(c, &r)
	c.Records = c.Records.with(r.Step, t.Best)
	c.Drawn, c.Last = r.Step, r.Loss
	c.Growth.Add(r.Step, r.Loss)
	if !(r.Loss >= c.Best) && !math.IsNaN(r.Loss) {
		c.Best = r.Loss
	}
	if r.Evaluated && r.HasVal && !(r.ValLoss >= c.BestVal) && !math.IsNaN(r.ValLoss) {
		c.BestVal = r.ValLoss
	}
}

// BestTo returns the lowest validation loss on the way to a step of the track; ok is
// false if it is not known.
func (c *Track) BestTo(step int) (b Best, ok bool) {
	for ; c != nil; c = c.parent {
		if b, ok := c.Records.at(step); ok {
			return b, b.Validated
		}
		step = min(step, c.from)
	}
	return Best{}, false
}

// Valid reports whether a track that was read is valid for a branch from one step
// to another.
func (c *Track) Valid(from, head int) bool {
	if c.Drawn < from || c.Drawn > head || !c.End.Sound() || !c.Records.sound(from, c.Drawn) {
		return false
	}
	all := slices.Clone(c.Own[:])
	for _, s := range c.Scores {
		all = append(all, s.Own)
	}
	for _, own := range all {
		last := 0
		for _, k := range own.Full {
			if k.First <= last || k.Last < k.First || k.Last > c.Drawn || k.Last <= from {
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

// Valid reports whether a tip that was read is valid.
func (t *Tip) Sound() bool {
	all := slices.Clone(t.Tails[:])
	for _, s := range t.Scores {
		all = append(all, s.Tail)
	}
	for _, k := range all {
		if k.Number < 0 || k.Number > t.Step || k.Held < 0 || k.Held > 0 && k.Held >= widthAt(firstOf(k.Number)) || k.After > t.Step {
			return false
		}
	}
	return t.Step >= 0 && t.Best.sound(t.Step)
}

// Counted reports whether no number of a track that was read is below 0.
func (c *Track) Counted() bool {
	all := slices.Clone(c.Own[:])
	for _, s := range c.Scores {
		all = append(all, s.Own)
	}
	for _, own := range all {
		for _, k := range own.Full {
			if k.Count < 0 || k.GradientEvaluations < 0 || k.Millis < 0 {
				return false
			}
		}
	}
	return true
}

// around returns, of a series from the first step on, the last bucket that is full
// after a step, the next one, and its number. own is the part of the series of a track,
// end its tail at the head of c.
func (c *Track) around(own func(*Track) stretch, end tail, step int) (before, behind Bucket, number int) {
	if end.Held > 0 {
		behind = end.Bucket
	}
	limit := c.Drawn
	for ; c != nil; c = c.parent {
		own := own(c)
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

// fixed is a series that every run has, for around.
func (c *Track) fixed(series int) (own func(*Track) stretch, end tail) {
	return func(c *Track) stretch { return c.Own[series] }, c.End.Tails[series]
}

// scored is that of a metric.
func (c *Track) scored(name string) (own func(*Track) stretch, end tail) {
	return func(c *Track) stretch { return c.Scores.stretch(name) }, c.End.Scores.tail(name)
}

// To returns the curves from the first step to a tip.
func (c *Track) To(end *Tip) Curves {
	collect := func(own func(*Track) stretch, tip tail) []Bucket {
		var parts []stretch
		limit := end.Step
		for c := c; c != nil; c = c.parent {
			own := own(c)
			if n := own.upTo(limit); n > 0 {
				parts = append(parts, stretch{own.Base, own.Full[:n]})
			}
			limit = min(limit, c.from)
		}
		slices.Reverse(parts)
		return shown(parts, tip)
	}
	var series [seriesCount][]Bucket
	for i := range series {
		own, _ := c.fixed(i)
		series[i] = collect(own, end.Tails[i])
	}
	var scores []Scored
	for _, s := range end.Scores {
		own, _ := c.scored(s.Name)
		scores = append(scores, Scored{s.Name, collect(own, s.Tail)})
	}
	return Curves{
		Train: series[trainLoss], Val: series[valLoss], Accuracy: series[accuracy], ValAccuracy: series[valAccuracy], Old: series[oldLoss],
		Gradient: series[gradientNorm], Update: series[relativeUpdate], Scores: scores, Trajectory: c.trajectory(end),
	}
}

// Mark records a point of the trajectory on a surface.
func (c *Track) Mark(p Point) {
	if p.Step%every(p.Step) == 0 {
		c.Trajectory = append(c.Trajectory, p)
	}
}

// trajectory returns the trajectory from the first step to the tip: at most
// 2·trajectoryGrain points at equal distances in steps, and the last.
func (c *Track) trajectory(end *Tip) []Point {
	apart, limit := every(end.Step), end.Step
	var out []Point
	for ; c != nil; c = c.parent {
		for _, p := range slices.Backward(c.Trajectory) {
			if p.Step <= limit && p.Step%apart == 0 {
				out = append(out, p)
			}
		}
		limit = min(limit, c.from)
	}
	slices.Reverse(out)
	if len(out) > 0 && end.Step%apart != 0 {
		out = append(out, end.Point)
	}
	return out
}

// PrepareReplay prepares the tip of a snapshot for a replay to a later step of a track: a
// tail whose bucket is completed during the replay is taken from after the last
// bucket that is full at its end. The replay has to evaluate from the step evaluate
// on, since the buckets before it are known; from the step whole on the tip is
// complete.
func (t *Tip) PrepareReplay(c *Track, step int) (evaluate, whole int) {
	begin := t.Step
	evaluate, whole = math.MaxInt, begin
	last := 0
	for i := range t.Tails {
		end := &t.Tails[i]
		own, tip := c.fixed(i)
		before, behind, number := c.around(own, tip, step)
		if number > end.Number {
			*end = tail{Number: number, After: before.Last}
			whole = max(whole, before.Last)
		}
		if i == trainLoss || i == gradientNorm || i == relativeUpdate {
			continue // which every step has, evaluated or not
		}
		last = max(last, end.After)
		if behind.First > end.After && behind.First <= step && behind.Last > begin {
			evaluate = min(evaluate, end.After)
		}
	}
	for _, name := range c.names(t) {
		end := t.Scores.tail(name)
		own, tip := c.scored(name)
		before, behind, number := c.around(own, tip, step)
		if number > end.Number {
			end = tail{Number: number, After: before.Last}
			t.Scores = t.Scores.with(name, end)
			whole = max(whole, before.Last)
		}
		last = max(last, end.After)
		if behind.First > end.After && behind.First <= step && behind.Last > begin {
			evaluate = min(evaluate, end.After)
		}
	}
	if evaluate == math.MaxInt {
		evaluate = last // for the last evaluation on the screen
	}
	return evaluate, whole
}

// names are those of the metrics of a track, of those that it leaves and of a tip.
func (c *Track) names(t *Tip) (out []string) {
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range t.Scores {
		add(s.Name)
	}
	for ; c != nil; c = c.parent {
		for _, s := range c.Scores {
			add(s.Name)
		}
		for _, s := range c.End.Scores {
			add(s.Name)
		}
	}
	return out
}

// Clock restores the original training time up to a step of a track, given the time
// spent after an earlier step.
func (t *Tip) Clock(c *Track, step, at int, spent time.Duration) {
	if end := c.End; end.Step == step && step >= c.from {
		*t = end
		return
	}
	own, tip := c.fixed(trainLoss)
	before, behind, _ := c.around(own, tip, step)
	if before.Last-1 > at { // a bucket holds the time before its last step
		at, spent = before.Last-1, time.Duration(before.Millis)*time.Millisecond
	}
	each := time.Duration(0)
	if end := behind.Last - 1; end > at {
		each = (time.Duration(behind.Millis)*time.Millisecond - spent) / time.Duration(end-at)
	}
	t.Spent = spent + each*time.Duration(step-at)
	if end := &t.Tails[trainLoss]; end.Held > 0 && step > at {
		end.Bucket.Millis = int((t.Spent - each).Milliseconds())
	}
}
