package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// Race begins a branch from here for each value of a knob, all with the same
// weights and the same batches to come, and lets them train in lock-step until
// EndRace. The session looks at the first of them.
func (s *Session) Race(path string, values []knob.Value) error {
	if s.race != nil {
		return errors.New("a race is on already; end it first")
	}
	if len(values) < 2 {
		return errors.New("a race takes at least two values")
	}
	for _, v := range values {
		if _, err := s.trainer.Settings().With(path, v); err != nil {
			return err
		}
		if path == "loss.name" {
			if err := s.trainer.Fits(v.Word()); err != nil {
				return err
			}
		}
	}
	s.keep(s.lane)
	here := s.position()
	before := here
	before.last = s.last
	lanes := []*lane{s.lane}
	for range values[1:] {
		lanes = append(lanes, &lane{trainer: s.twin(), at: s.at, applied: s.applied, plateau: s.plateau, recent: slices.Clone(s.recent), tip: s.tip})
	}
	now, err := s.trainer.Settings().Find(path)
	if err != nil {
		return err
	}
	for i, l := range lanes {
		s.fork(l, here, recipe.Words(path, values[i]))
		s.keep(l)
		if values[i].Equal(now.Value) {
			continue
		}
		if err := s.do(l, "race", journal.Turn(path, values[i])); err != nil {
			return err
		}
	}
	s.race = lanes
	s.push(undoable{position: before})
	s.note(s.at.id, here.step, "race over "+path)
	return nil
}

// twin is a trainer in the present state for another branch.
func (s *Session) twin() *core.Trainer {
	t := s.trainer.Twin()
	t.Interrupt(s.stops)
	return t
}

// Racing tells whether a race is on.
func (s *Session) Racing() bool { return s.race != nil }

// EndRace leaves the others where they are and goes on with the branch that is
// looked at.
func (s *Session) EndRace() {
	for _, l := range s.race {
		if l != s.lane {
			s.leave(l)
		}
	}
	s.race = nil
}

// stepAll trains each branch of a race one step. One that is no longer finite
// stands still; the error is that of the last.
func (s *Session) stepAll() (report core.Report, err error) {
	running, last := 0, math.MaxInt
	for _, l := range s.race {
		if !l.diverged {
			last = min(last, l.trainer.StepCount())
		}
	}
	for _, l := range s.race {
		if l.diverged {
			continue
		}
		if l.trainer.StepCount() > last { // the step of the others was broken off
			running++
			continue
		}
		r, e := s.step(l)
		switch {
		case errors.Is(e, ErrInterrupted):
			return l.trainer.Last(), e
		case e == nil:
			running++
		default:
			err = e
		}
		if l == s.lane {
			report = r
		}
	}
	if running > 0 {
		err = nil
	}
	return report, err
}

// Racer is how one entrant did in a race without a screen, over one seed or several.
type Racer struct {
	Value       string        `json:"value"`            // of several keys: "optimizer.lr=0.1, train.batch=8"
	Values      []Valued      `json:"values,omitempty"` // of each key, where there are several
	Rate        journal.Float `json:"lr"`               // the learning rate it began with
	Loss        Spread        `json:"loss"`             // the mean of the last tenth of the steps, of 100 at the most
	ValLoss     *Spread       `json:"val_loss,omitempty"`
	Accuracy    *Spread       `json:"val_accuracy,omitempty"`
	OldLoss     *Spread       `json:"old_loss,omitempty"` // of what was learnt before
	OldAccuracy *Spread       `json:"old_accuracy,omitempty"`
	Diverged    int           `json:"diverged"`              // how many of the runs
	DivergedAt  int           `json:"diverged_at,omitempty"` // the step from which the first of them did
	Curve       []Spread      `json:"-"`                     // of the loss, at curvePoints even stretches of the run
}

// Valued is a key and its value.
type Valued struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// curvePoints is how many stretches the curve of a racer has.
const curvePoints = 60

// Spread is the median of several runs and the quartiles beside it.
type Spread struct {
	Median journal.Float `json:"median"`
	Low    journal.Float `json:"q1"`
	High   journal.Float `json:"q3"`
}

// measures are what a run is judged by at its end: whether it has one, and what
// counts in the place of one that is not finite.
var measures = []struct {
	of    func(core.Report) (value float64, has bool)
	worst float64
	in    func(*Racer) **Spread
}{
	{func(r core.Report) (float64, bool) { return r.ValLoss, r.HasVal }, math.Inf(1), func(r *Racer) **Spread { return &r.ValLoss }},
	{func(r core.Report) (float64, bool) { return r.ValAccuracy, r.HasVal && r.HasAccuracy }, 0, func(r *Racer) **Spread { return &r.Accuracy }},
	{func(r core.Report) (float64, bool) { return r.OldLoss, r.HasOld }, math.Inf(1), func(r *Racer) **Spread { return &r.OldLoss }},
	{func(r core.Report) (float64, bool) { return r.OldAccuracy, r.HasOld && r.HasAccuracy }, 0, func(r *Racer) **Spread { return &r.OldAccuracy }},
}

// spread sorts v. Infinities stand at the ends, and between one of them and a
// number lies no other.
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

// finiteOr is v, or worst where v is NaN or an infinity.
func finiteOr(v, worst float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return worst
	}
	return v
}

// Contest is a race without a screen.
type Contest struct {
	Over     []string // the keys in which the entrants differ
	Entrants []Entrant
	Steps    int
	Seeds    int // how many, from each recipe's own on
	At       []Scheduled
	// Begin looks at what an entrant is to be trained as, by one goroutine at a
	// time; may be nil.
	Begin func(Entrant, *core.Trainer)
}

// Entrant is a recipe, and its values of the keys that are raced over.
type Entrant struct {
	Values []knob.Value
	Recipe recipe.Recipe
}

// Name tells an entrant from the others: its value, or of several keys each with
// its own.
func (e Entrant) Name(c Contest) string {
	if len(c.Over) == 1 {
		return e.Values[0].String()
	}
	var parts []string
	for _, v := range e.valued(c) {
		parts = append(parts, v.Path+"="+v.Value)
	}
	return strings.Join(parts, ", ")
}

func (e Entrant) valued(c Contest) (out []Valued) {
	for i, path := range c.Over {
		out = append(out, Valued{path, e.Values[i].String()})
	}
	return out
}

// check refuses decisions that an entrant could not take, and says which one
// where not all of them say the same.
func (c Contest) check() (err error) {
	same := 0
	for _, e := range c.Entrants {
		one := checkDecisions(e.Recipe, c.Steps, c.At)
		if one == nil {
			continue
		}
		switch {
		case err == nil:
			err, same = e.blame(c, one), 1
		case errors.Unwrap(err).Error() == one.Error():
			same++
		}
	}
	if err != nil && same == len(c.Entrants) {
		return errors.Unwrap(err)
	}
	return err
}

// blame says of which entrant an error is.
func (e Entrant) blame(c Contest, err error) error {
	if len(c.Over) > 1 {
		return fmt.Errorf("%s: %w", e.Name(c), err)
	}
	return fmt.Errorf("%s=%s: %w", c.Over[0], e.Values[0], err)
}

// RunContest trains each entrant once for each seed, and returns the racers, the
// best first. The same contest gives the same numbers, however many processors
// share it. told is called after each run.
func RunContest(ctx context.Context, files core.Files, c Contest, told func(done, total int)) ([]Racer, error) {
	if err := c.check(); err != nil {
		return nil, UsageError{err}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	total := len(c.Entrants) * c.Seeds
	results := make([]result, total)
	errs := make([]error, total)
	var mu sync.Mutex
	done := 0
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), total) {
		wg.Go(func() {
			for i := range jobs {
				own := c.Entrants[i%len(c.Entrants)]
				own.Recipe.Seed += uint64(i / len(c.Entrants))
				r, err := contend(ctx, files, c, own, func(t *core.Trainer) {
					if c.Begin != nil {
						mu.Lock()
						defer mu.Unlock()
						c.Begin(own, t)
					}
				})
				if errs[i] = err; err != nil {
					stop() // the others are for nothing
				}
				results[i] = r
				mu.Lock()
				done++
				if told != nil {
					told(done, total)
				}
				mu.Unlock()
			}
		})
	}
	for i := range total {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	var failed error
	for _, err := range errs {
		if failed == nil || errors.Is(failed, context.Canceled) && err != nil { // those that were stopped say less
			failed = err
		}
	}
	if failed != nil {
		return nil, failed
	}
	var out []Racer
	for v, e := range c.Entrants {
		var own []result
		for k := range c.Seeds {
			own = append(own, results[k*len(c.Entrants)+v])
		}
		r := judge(e.Name(c), own, results)
		if len(c.Over) > 1 {
			r.Values = e.valued(c)
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, c.compare)
	return out, nil
}

// result is what one run came to.
type result struct {
	loss     float64
	curve    []float64
	last     core.Report // of a run that stayed finite
	rate     float64     // it began with
	diverged int         // the step from which it did, 0 if it did not
}

// judge puts the runs of one value together; all are those of every value. What
// any run is judged by, one that diverged is judged by too.
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
	for _, m := range measures {
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
		*m.in(&r) = &s
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

// compare puts those first of which fewer runs diverged, then the least
// validation loss, or where there is none the least loss. Where the loss itself
// differs its values have units of their own, and accuracy decides.
func (c Contest) compare(a, b Racer) int {
	by := func(r Racer) float64 {
		switch {
		case c.JudgesLosses():
			if r.Accuracy != nil {
				return -float64(r.Accuracy.Median)
			}
			return 0
		case r.ValLoss != nil:
			return float64(r.ValLoss.Median)
		}
		return float64(r.Loss.Median)
	}
	return cmp.Or(cmp.Compare(a.Diverged, b.Diverged), cmp.Compare(by(a), by(b)), cmp.Compare(b.DivergedAt, a.DivergedAt))
}

// JudgesLosses tells that entrants differ in how they measure their loss.
func (c Contest) JudgesLosses() bool {
	return slices.ContainsFunc(c.Over, func(path string) bool { return strings.HasPrefix(path, "loss.") })
}

// contend is one run.
func contend(ctx context.Context, files core.Files, c Contest, e Entrant, began func(*core.Trainer)) (out result, err error) {
	t, err := loaded(ctx, e.Recipe, files)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		return out, UsageError{e.blame(c, err)}
	}
	if err := fitting(t, c.At); err != nil {
		return out, UsageError{e.blame(c, err)}
	}
	began(t)
	if lr, err := t.Settings().Find("optimizer.lr"); err == nil {
		out.rate = lr.Value.Num()
	}
	s := New(t, nil)
	s.Interrupt(func() bool { return ctx.Err() != nil })
	s.Memory(0) // nobody goes back
	at := slices.Clone(c.At)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	tail := history.Tenth(c.Steps)
	curve := make([]float64, curvePoints)
	counts := make([]int, curvePoints)
	var g history.Growth
	for step := 1; step <= c.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		for ; len(at) > 0 && at[0].Step == step; at = at[1:] {
			if err := s.Do("--at", at[0].command()); err != nil {
				return out, e.blame(c, fmt.Errorf("%s: %w", at[0], err))
			}
		}
		report, err := s.Step()
		if errors.Is(err, ErrInterrupted) {
			return out, ctx.Err()
		}
		if err != nil {
			d := (*Diverged)(nil)
			if !errors.As(err, &d) {
				return out, err
			}
			g.Broken = step
			out.diverged, _ = g.Since(0, step)
			out.loss, out.curve = math.Inf(1), cutOff(curve, counts)
			return out, nil
		}
		g.Add(step, report.Loss)
		i := (step - 1) * curvePoints / c.Steps
		curve[i] += report.Loss
		counts[i]++
		if step > c.Steps-tail {
			out.loss += report.Loss / float64(tail)
		}
	}
	out.diverged, _ = g.Since(0, c.Steps)
	out.curve, out.last = means(curve, counts), t.Evaluate()
	return out, nil
}

// means divides sums by their counts; what was never reached is NaN, and short
// runs hold their last value over the stretches between.
func means(sums []float64, counts []int) []float64 {
	last := math.NaN()
	for i, n := range counts {
		if n > 0 {
			last = sums[i] / float64(n)
		}
		sums[i] = last
	}
	return sums
}

// cutOff is the curve of a run that ended early: NaN from there on.
func cutOff(sums []float64, counts []int) []float64 {
	end := len(counts)
	for end > 0 && counts[end-1] == 0 {
		end--
	}
	means(sums[:end], counts[:end])
	for i := end; i < len(sums); i++ {
		sums[i] = math.NaN()
	}
	return sums
}
