package live

import (
	"testing"
	"time"

	"descent/core/recipe"
	"descent/presets"
	"descent/session/sessiontest"
)

// paced trains a run by the rules of the runner, with steps that take so long by a clock
// of its own. It returns the time that the run took, the steps that were trained after
// two seconds, and the most that were trained at a stretch.
func paced(p Pace, steps int, step time.Duration) (took time.Duration, early, stretch int) {
	start := time.Time{}.Add(time.Hour)
	now := start
	r := pacer{pace: p}
	r.begin(now, steps)
	for done := 0; done < steps; {
		now = now.Add(r.wait(now))
		together := 0
		for end := now.Add(slice); done < steps; {
			now = now.Add(step)
			done++
			together++
			if now.Sub(start) <= 2*time.Second {
				early = done
			}
			r.trained(now, steps)
			if r.rests(now) || !now.Before(end) {
				break
			}
		}
		stretch = max(stretch, together)
	}
	return now.Sub(start), early, stretch
}

// A newcomer sees the curve of every preset grow from the first second.
func TestARunOfEveryPresetTakesTwentySeconds(t *testing.T) {
	for _, name := range presets.Names() {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		steps := recipe.NewParts(r.Settings, nil).Train.Steps
		interval := time.Duration(DefaultPace) / time.Duration(steps)
		for _, step := range []time.Duration{time.Microsecond, interval / 2, interval * 9 / 10} {
			took, early, _ := paced(DefaultPace, steps, step)
			if early > steps/10 || took < 15*time.Second || took > 25*time.Second {
				t.Errorf("%s, with steps of %v: %d of %d steps after 2 s, and the end after %v", name, step, early, steps, took)
			}
		}
	}
}

func TestStepsAreSpreadEvenly(t *testing.T) {
	for _, c := range []struct {
		steps, stretch int
	}{{1, 1}, {10, 1}, {1000, 1}, {60_000, 13}, {1_000_000, 205}} {
		took, _, stretch := paced(DefaultPace, c.steps, 100*time.Nanosecond)
		if stretch > c.stretch {
			t.Errorf("%d steps: %d at a stretch", c.steps, stretch)
		}
		want := 20 * time.Second
		if c.steps <= 100 { // the first is due soon
			want = want*time.Duration(c.steps-1)/time.Duration(c.steps) + behind
		}
		if took < want-100*time.Millisecond || took > want+100*time.Millisecond {
			t.Errorf("%d steps took %v", c.steps, took)
		}
	}
}

func TestASlowMachineMakesUpForLittle(t *testing.T) {
	r := pacer{pace: DefaultPace}
	now := time.Now()
	r.begin(now, 1000)
	now = now.Add(5 * time.Second) // a step that took long
	r.trained(now, 1000)
	n := 0
	for ; !r.rests(now); n++ {
		r.trained(now, 1000)
	}
	if n > 6 {
		t.Errorf("%d steps are made up for", n)
	}
}

func TestThePaceIsTurnedByPlaces(t *testing.T) {
	s := func(n int) Pace { return Pace(n) * Pace(time.Second) }
	for _, c := range []struct {
		from Pace
		by   int
		want Pace
	}{
		{DefaultPace, 1, s(10)},
		{DefaultPace, -1, s(50)},
		{DefaultPace, 5, Unlimited},
		{DefaultPace, 99, Unlimited},
		{DefaultPace, -99, Slowest},
		{Unlimited, 1, Unlimited},
		{Unlimited, -1, s(1)},
		{Slowest, -1, Slowest},
		{s(30), 1, s(20)},
		{s(30), -1, s(50)},
		{s(3600), 1, s(1000)},
		{s(3600), -1, Slowest},
		{Pace(100 * time.Millisecond), 1, Unlimited},
		{Pace(100 * time.Millisecond), -1, s(1)},
	} {
		if got := c.from.Faster(c.by); got != c.want {
			t.Errorf("%s, %+d places faster, is %s, want %s", c.from, c.by, got, c.want)
		}
	}
	for p, want := range map[Pace]string{s(20): "20s", Slowest: "1000s", Unlimited: "max", Pace(1500 * time.Millisecond): "1.5s"} {
		if p.String() != want {
			t.Errorf("%d is written %s", p, p)
		}
	}
}

func TestTrainingPausesAtTheEndOfARun(t *testing.T) {
	r0 := sessiontest.Moons(t)
	s, _ := logged(t, r0)
	r := Run(s, true)
	defer r.Close()
	end := recipe.NewParts(r0.Settings, nil).Train.Steps
	for n := 1; n <= 2; n++ {
		f := await(t, r, "the end", func(f *Frame) bool { return f.Reached == n })
		if f.Step != end || f.Playing {
			t.Fatalf("training stands at step %d, playing %v", f.Step, f.Playing)
		}
		_ = r.Play(true).Wait()
		await(t, r, "steps beyond it", func(f *Frame) bool { return f.Step > end+10 })
		if err := r.Seek(0, end-5).Wait(); err != nil {
			t.Fatal(err)
		}
		_ = r.Play(true).Wait()
	}
}
