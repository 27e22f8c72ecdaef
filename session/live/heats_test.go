package live

import (
	"context"
	"errors"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
)

func TestARaceThatHasEndedIsRepeatedWithOtherSeeds(t *testing.T) {
	r0 := moons(t)
	if err := r0.Set("train.steps", knob.Num(20)); err != nil {
		t.Fatal(err)
	}
	s, _ := logged(t, r0)
	r := Run(s, false)
	defer r.Close()
	var seeds []uint64
	var steps []int
	run := func(_ context.Context, racers []recipe.Recipe, n int, told func(done, total int)) ([]Outcome, error) {
		for i, one := range racers {
			rate, _ := one.Find("optimizer.lr")
			if rate.Value.Num() != []float64{0.01, 0.02}[i] {
				t.Errorf("racer %d has the rate %s", i, rate.Value)
			}
			told(i+1, len(racers))
		}
		seeds, steps = append(seeds, racers[0].Seed), append(steps, n)
		return make([]Outcome, len(racers)), nil
	}
	if err := r.Repeat(run).Wait(); err == nil {
		t.Error("there is no race to repeat")
	}
	if err := r.Race(session.Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.02)})).Wait(); err != nil {
		t.Fatal(err)
	}
	_ = r.Play(true).Wait()
	f := await(t, r, "the end of the race", func(f *Frame) bool { return !f.Racing })
	if f.Playing || f.Race.End-f.Race.From != 20 || f.Stopped != "" {
		t.Errorf("playing %v, %+v, %q", f.Playing, f.Race, f.Stopped)
	}
	for i := range 2 {
		if err := r.Repeat(run).Wait(); err != nil {
			t.Fatal(err)
		}
		await(t, r, "a repetition", func(f *Frame) bool { return f.Heats != nil && len(f.Heats.Runs) == i+1 && !f.Heats.Running() })
	}
	if first := r0.Seed; len(seeds) != 2 || seeds[0] != first+1 || seeds[1] != first+2 || steps[0] != 20 {
		t.Errorf("the seeds are %v, that of the race is %d; %v steps", seeds, first, steps)
	}
	began := make(chan bool)
	_ = r.Repeat(func(ctx context.Context, _ []recipe.Recipe, _ int, _ func(done, total int)) ([]Outcome, error) {
		began <- true
		<-ctx.Done()
		return nil, ctx.Err()
	}).Wait()
	<-began
	_ = r.CancelRepeat().Wait()
	f = await(t, r, "a cancelled repetition", func(f *Frame) bool { return !f.Heats.Running() })
	if len(f.Heats.Runs) != 2 || f.Heats.Err != nil {
		t.Errorf("%+v", f.Heats)
	}
	_ = r.Repeat(func(context.Context, []recipe.Recipe, int, func(done, total int)) ([]Outcome, error) {
		return nil, errors.New("no room")
	}).Wait()
	await(t, r, "a failed repetition", func(f *Frame) bool { return f.Heats.Err != nil })
	if err := r.Take(f.Race.Racers[1].Branch).Wait(); err != nil {
		t.Fatal(err)
	}
	if f := r.Frame(); f.Race != nil || f.Heats != nil || f.Branch != 2 || !f.Playing {
		t.Errorf("race %v, heats %v, branch %d, playing %v", f.Race, f.Heats, f.Branch, f.Playing)
	}
}
