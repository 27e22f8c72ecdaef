package live

import (
	"context"
	"errors"

	"descent/core/recipe"
	"descent/session"
	"descent/session/journal"
)

// Repeat runs the race that has ended once more with the next seed, in the background;
// frames have its progress and its outcomes. Cancel ends it.
func (r *Runner) Repeat(run Repeater) Pending {
	return r.post(func() error {
		c := r.s.Contest()
		switch {
		case c == nil || c.Running():
			return errors.New("only a race that has ended can be repeated with another seed")
		case r.heats.now.Running():
			return errors.New("a repetition is running already")
		}
		if r.heats.current(c) == nil {
			r.heats = heats{now: &Heats{Seed: r.s.Trainer().Recipe().Seed}, of: c}
		}
		racers, err := r.racers(c, r.heats.now.Seed+1)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(context.Background())
		r.heats.cancel = cancel
		r.heats.change(func(h *Heats) {
			h.Progress, h.Seed, h.Err = Progress{0, len(racers)}, h.Seed+1, nil
		})
		go r.repeat(ctx, run, racers, c.End-c.From)
		return nil
	})
}

// CancelRepeat ends the repetition that is being run.
func (r *Runner) CancelRepeat() Pending {
	return r.post(func() error {
		r.heats.stop()
		return nil
	})
}

// racers returns the recipes of the racers with a seed.
func (r *Runner) racers(c *session.Contest, seed uint64) ([]recipe.Recipe, error) {
	all := r.s.Branches()
	var out []recipe.Recipe
	for _, e := range c.Racers {
		one := r.s.Trainer().Recipe()
		b := all[e.Branch]
		if b.Deleted || b.Settings == nil {
			return nil, errors.New("a racer was deleted: u brings it back")
		}
		one.Settings, one.Seed = *b.Settings, seed
		out = append(out, one)
	}
	return out, nil
}

// repeat is the goroutine of a heat.
func (r *Runner) repeat(ctx context.Context, run Repeater, racers []recipe.Recipe, steps int) {
	outcomes, err := run(ctx, racers, steps, func(done, total int) {
		r.post(func() error {
			r.heats.change(func(h *Heats) { h.Progress = Progress{done, total} })
			return nil
		})
	})
	cancelled := ctx.Err() != nil
	r.post(func() error {
		r.heats.cancel()
		r.heats.change(func(h *Heats) {
			h.Progress = Progress{}
			switch {
			case cancelled:
				h.Seed-- // it can be run again
			case err != nil:
				h.Seed, h.Err = h.Seed-1, err
			default:
				h.Runs = append(h.Runs[:len(h.Runs):len(h.Runs)], Heat{h.Seed, outcomes})
			}
		})
		return nil
	})
}

// Take goes to the end of a racer of a race that has ended, dismisses the race and
// trains on.
func (r *Runner) Take(id journal.BranchID) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		c := r.s.Contest()
		if c == nil {
			return errors.New("there is no race")
		}
		r.s.EndRace()
		if err := r.seek(id, r.s.Contest().End); err != nil {
			return err
		}
		r.s.DismissRace()
		r.playing, r.stopped, r.remedy = true, "", nil
		return nil
	})
}
