package whatif

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"descent/core"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/parallel"
	"descent/core/probe"
	"descent/core/recipe"
)

// FitTo looks for the best network of at most so many Bytes, on copies: for
// every number of bits, by tensor and by channel, it takes the least sparsity
// with which the network fits, and where more is cut already also what is cut
// now, trains the copy Steps steps on to recover, and measures the held rows. It
// finds a Fitting.
type FitTo struct {
	Bytes int
	Steps int
	File  bool // the file counts, as Compact makes it, with its header; else the weights alone
}

// counts is what of a proposal is held against the budget.
func (m FitTo) counts(p Proposal) int {
	if m.File {
		return p.File
	}
	return p.Bytes
}

// RecoverySteps is how long a proposal is usually trained before it is judged:
// enough to see which ones recover.
const RecoverySteps = 100

// Fitting are the proposals that fit, the best first: by accuracy where there
// is one, then by loss.
type Fitting struct {
	Proposals   []Proposal
	Dense       Proposal // what it is without compression, after the same steps
	HasAccuracy bool
	Least       int // the fewest bytes of any way tried: a smaller budget cannot be met
	Done, Of    int // steps and measurements so far, of how many
	Finished    bool
}

// Proposal is one way to fit, as decisions that are still to be taken.
type Proposal struct {
	Sparsity         float64
	Bits             int // of each kernel weight, 0 for float
	Granularity      string
	Bytes            int              // of the weights and what belongs to them
	File             int              // of the file, with its header
	AtOnce           probe.Evaluation // before recovery
	probe.Evaluation                  // after it
	Changes          []recipe.Change
}

// grid is a way to round.
type grid struct {
	bits        int
	scheme      string // "" is the one chosen
	granularity string
}

func grids(t *core.Trainer) []grid {
	out := []grid{{}}
	add := func(bits int, scheme string) {
		for _, granularity := range []string{"tensor", "channel"} {
			out = append(out, grid{bits, scheme, granularity})
		}
	}
	scheme := ""
	if own := t.View().Quant.OwnBits(); own > 0 {
		add(own, "")
		scheme = "symmetric" // which leaves the choice of bits
	}
	for _, bits := range []int{8, 6, 5, 4, 3, 2} {
		add(bits, scheme)
	}
	return out
}

// Measure leaves the copy as it is.
func (m FitTo) Measure(ctx context.Context, t *core.Trainer) any {
	return m.Search(ctx, t, func(Fitting) {})
}

// Follow is Measure, and tells of what is found so far, by one goroutine at a time.
func (m FitTo) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	return m.Search(ctx, t, func(f Fitting) { tell(f) })
}

// Search tries the ways from where t stands and leaves t as it is, several at once. told,
// now and then, gets what was found so far, by one goroutine at a time. When ctx ends, so does the search.
func (m FitTo) Search(ctx context.Context, t *core.Trainer, told func(Fitting)) Fitting {
	s := &search{FitTo: m, ctx: ctx, of: t, start: t.Snapshot(), from: t.Settings(), told: told}
	s.found.HasAccuracy, s.found.Least = t.HasAccuracy(), math.MaxInt
	ways := grids(t)
	s.found.Of = (len(ways) + 1) * (m.Steps + 1)
	now := 0.0
	if set, err := s.from.Find("prune.sparsity"); err == nil {
		now = set.Value.Num()
	}
	fits := make([][]Proposal, len(ways))
	s.each(len(ways), func(a attempt, i int) {
		p, ok := a.fit(ways[i])
		if ok {
			fits[i] = append(fits[i], p)
		}
		if ok && now > p.Sparsity { // weights that come back are as old as their cut
			if p = a.propose(ways[i], now); m.counts(p) <= m.Bytes {
				fits[i] = append(fits[i], p)
			}
		}
	})
	if ctx.Err() != nil {
		return s.found
	}
	fitting := slices.Concat(fits...)
	s.found.Of = (len(fitting) + 1) * (m.Steps + 1)
	s.judged = make([]*Proposal, len(fitting))
	s.each(1, func(a attempt, _ int) {
		if dense, ok := a.judge(a.propose(grid{}, 0, recipe.Change{Path: "quant.activations", Value: knob.Num(0)})); ok {
			s.found.Dense = dense
		}
	})
	s.each(len(fitting), func(a attempt, i int) {
		p, ok := a.judge(fitting[i])
		if !ok || m.counts(p) > m.Bytes {
			return // what it learnt does not fold away any more
		}
		s.take(func() {
			s.judged[i] = &p
			s.rank()
			s.told(s.found)
		})
	})
	s.found.Finished = ctx.Err() == nil
	return s.found
}

// search is one on its way.
type search struct {
	FitTo
	ctx   context.Context
	of    *core.Trainer
	start *core.Snapshot
	from  recipe.Settings
	told  func(Fitting)

	mu     sync.Mutex // holds what follows, and of
	found  Fitting
	judged []*Proposal // those that fit, in the order in which they were proposed; nil before
}

// attempt is what a goroutine of a search tries, on a copy of its own.
type attempt struct {
	*search
	copied *core.Trainer
}

// each calls try for each number below n, several at once, unless the search has ended.
func (s *search) each(n int, try func(a attempt, i int)) {
	parallel.Do(kernel.Threads(), n, func(i int) {
		if s.ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		copied := s.of.Copy()
		s.mu.Unlock()
		try(attempt{s, copied}, i)
	})
}

// take changes what was found.
func (s *search) take(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// rank puts the proposals that were judged in order; those that are as good stand as they
// would if each had been judged after the other.
func (s *search) rank() {
	s.found.Proposals = nil
	for _, p := range s.judged {
		if p != nil {
			at, _ := slices.BinarySearchFunc(s.found.Proposals, *p, better)
			s.found.Proposals = slices.Insert(s.found.Proposals, at, *p)
		}
	}
}

// better puts those first that are more often right, then those of less loss,
// then those of fewer bytes; what is not finite comes last.
func better(a, b Proposal) int {
	nan := func(p Proposal) int {
		if math.IsNaN(p.Loss) {
			return 1
		}
		return 0
	}
	return cmp.Or(nan(a)-nan(b), cmp.Compare(b.Accuracy, a.Accuracy), cmp.Compare(a.Loss, b.Loss), cmp.Compare(a.Bytes, b.Bytes))
}

// fit finds the least sparsity, in hundredths, with which a grid is within the
// budget; ok is false if none is.
func (s attempt) fit(g grid) (p Proposal, ok bool) {
	low, high := 0, 99 // of all that fit, the least lies within
	if p = s.propose(g, 0); s.counts(p) <= s.Bytes {
		return p, true
	}
	if p = s.propose(g, hundredths(high)); s.counts(p) > s.Bytes {
		return p, false
	}
	for low+1 < high && s.ctx.Err() == nil {
		middle := (low + high) / 2
		if q := s.propose(g, hundredths(middle)); s.counts(q) <= s.Bytes {
			high, p = middle, q
		} else {
			low = middle
		}
	}
	return p, true
}

func hundredths(n int) float64 { return float64(n) / 100 }

// propose compresses the copy and says what it then takes. All layers get the
// same bits.
func (s attempt) propose(g grid, sparsity float64, more ...recipe.Change) Proposal {
	p := Proposal{Sparsity: sparsity, Bits: g.bits, Granularity: g.granularity}
	want := []recipe.Change{
		{Path: "prune.sparsity", Value: knob.Num(sparsity)},
		{Path: "quant.bits", Value: knob.Num(float64(g.bits))},
		{Path: "quant.layers", Value: knob.Items(nil)},
	}
	if g.bits > 0 {
		if g.scheme != "" {
			want = append(want, recipe.Change{Path: "quant.scheme", Value: knob.Word(g.scheme)})
		}
		want = append(want, recipe.Change{Path: "quant.granularity", Value: knob.Word(g.granularity)})
	}
	if sparsity > 0 {
		// Only a mask that is chosen at once, by a sparsity, is what it will be.
		want = append(want, recipe.Change{Path: "prune.when", Value: knob.Word("at once")})
		if method, err := s.from.Find("prune.method"); err == nil && method.Value.Word() == "n:m" {
			want = append(want, recipe.Change{Path: "prune.method", Value: knob.Word("magnitude")})
		}
	}
	s.copied.Restore(s.start)
	for _, c := range append(want, more...) {
		if now, err := s.from.Find(c.Path); err == nil && now.Value.Equal(c.Value) {
			continue
		}
		if s.copied.Set(c.Path, c.Value) == nil {
			p.Changes = append(p.Changes, c)
		}
	}
	p.Bytes, p.File = s.copied.Size().Bytes, s.copied.FileBytes()
	s.take(func() { s.found.Least = min(s.found.Least, s.counts(p)) })
	return p
}

// judge measures a proposal at once and after its recovery; ok is false if the
// search ended meanwhile.
func (s attempt) judge(p Proposal) (out Proposal, ok bool) {
	s.copied.Restore(s.start)
	for _, c := range p.Changes {
		if err := s.copied.Set(c.Path, c.Value); err != nil {
			return p, false
		}
	}
	rows := probe.Held(s.copied)
	p.AtOnce.Loss, p.AtOnce.Accuracy = s.copied.Measure(rows)
	s.take(func() { s.found.Done++ })
	p.Evaluation = p.AtOnce
	for range s.Steps {
		if s.ctx.Err() != nil {
			return p, false
		}
		s.copied.Advance()
		s.take(func() {
			if s.found.Done++; s.found.Done%10 == 0 {
				s.told(s.found)
			}
		})
	}
	if s.Steps > 0 {
		p.Loss, p.Accuracy = s.copied.Measure(rows)
	}
	p.Bytes, p.File = s.copied.Size().Bytes, s.copied.FileBytes()
	return p, s.ctx.Err() == nil
}
