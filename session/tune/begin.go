package tune

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"descent/core"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session"
	"descent/session/journal"
	"descent/session/study"
)

// Source is what training asks of a study: its trials' recipe, and the log of the base
// from which they start. study.Study is one.
type Source interface {
	Dir() string
	Spec() study.Spec
	Recipe() recipe.Recipe
	Base() []byte
}

// beginner makes runs that stand at the start of a trial. Several goroutines may use
// it: the states of bases are computed once.
type beginner struct {
	of    Source
	files core.Files // a library
	plain core.Files // that it is made of

	mu    sync.Mutex
	bases map[uint64]*based
}

// based is the state from which all trials of a seed start.
type based struct {
	trainer *core.Trainer
	state   *core.Snapshot
	plateau optim.PlateauMemory
	at      session.Position
	begins  recipe.Recipe
}

func newBeginner(of Source, files core.Files) *beginner {
	return &beginner{of: of, files: newLibrary(files), plain: files}
}

// seedOf is the seed of a run: consecutive from that of the recipe, those of fresh
// seeds behind those of trials.
func (b *beginner) seedOf(j study.Job, index int) uint64 {
	first := b.of.Recipe().Seed
	if j.Fresh {
		return first + uint64(max(b.of.Spec().Seeds, 1)+j.Rung)
	}
	return first + uint64(index)
}

// run makes the run of a trial with a seed.
func (b *beginner) run(ctx context.Context, p search.Point, seed uint64) (*run, error) {
	if b.of.Spec().Base != nil {
		r, err := b.fromBase(ctx, seed)
		if err != nil {
			return nil, err
		}
		changes, err := live(r.trainer.Settings(), p)
		if err != nil {
			return nil, err
		}
		return r, r.set("tune", changes)
	}
	r, err := Recipe(b.of.Recipe(), p)
	if err != nil {
		return nil, err
	}
	r.Seed = seed
	return b.load(ctx, r)
}

// again makes a run that stands at the start of one whose image was kept.
func (b *beginner) again(ctx context.Context, begins recipe.Recipe) (*run, error) {
	if b.of.Spec().Base != nil {
		return b.fromBase(ctx, begins.Seed)
	}
	return b.load(ctx, begins)
}

func (b *beginner) load(ctx context.Context, r recipe.Recipe) (*run, error) {
	t, err := session.Load(ctx, r, b.files)
	if err != nil {
		return nil, err
	}
	return &run{trainer: t, begins: r}, nil
}

// fromBase makes a run that stands at the study's base.
func (b *beginner) fromBase(ctx context.Context, seed uint64) (*run, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from := b.bases[seed]
	if from == nil {
		var err error
		if from, err = b.base(ctx, *b.of.Spec().Base, seed); err != nil {
			return nil, err
		}
		if b.bases == nil || len(b.bases) > 8 {
			b.bases = map[uint64]*based{}
		}
		b.bases[seed] = from
	}
	t := from.trainer.Copy()
	t.Restore(from.state)
	return &run{trainer: t, begins: from.begins, start: from.state.Step, parent: from.at.Branch, inherits: from.at.Decisions, plateau: from.plateau}, nil
}

// base computes the state from which trials of a seed start.
func (b *beginner) base(ctx context.Context, of study.Base, seed uint64) (*based, error) {
	rec, err := journal.Parse(of.Log, bytes.NewReader(b.of.Base()))
	if err != nil {
		return nil, err
	}
	s, err := session.Recompute(ctx, rec, seed, b.plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", of.Log, err)
	}
	at := s.Position()
	if at.Step != of.Step {
		if err := s.Seek(at.Branch, of.Step, func(int, int) bool { return ctx.Err() == nil }); err != nil {
			return nil, fmt.Errorf("%s: %w", of.Log, err)
		}
	}
	begins := rec.Header.Recipe
	begins.Seed = seed
	return &based{s.Trainer(), s.Trainer().Snapshot(), s.PlateauMemory(), s.Position(), begins}, nil
}
