package pruner

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// search is a search that is played through: trials with known curves, on workers that
// take a random time.
type search struct {
	pruner  Pruner
	trials  int
	steps   int
	workers int
	curve   func(number, step int) float64
	rng     *rand.Rand
}

// outcome is what a search has come to.
type outcome struct {
	all      []Progress
	trained  int // steps, by trials that go on from their snapshot
	repeated int // steps, if a promoted trial began again
	promoted []int
	underWay int // the most trials at the same time
}

func (o outcome) complete() (best float64, n int) {
	best = math.Inf(1)
	for _, p := range o.all {
		if v, ok := p.At(p.Reached); ok && p.Complete {
			best = min(best, v)
			n++
		}
	}
	return best, n
}

func (s search) run(t *testing.T) (o outcome) {
	t.Helper()
	type job struct {
		number, to int
		until      float64
	}
	var jobs []job
	now := 0.0
	train := func(n int) {
		p := &o.all[n]
		p.Waits = false
		to := s.pruner.Budget(n, p.Reached, s.steps)
		if to <= p.Reached || to > s.steps {
			t.Fatalf("trial %d, which has reached %d, is to be trained to %d", n, p.Reached, to)
		}
		jobs = append(jobs, job{n, to, now + float64(to-p.Reached)*(0.5+s.rng.Float64())})
		o.trained += to - p.Reached
		o.repeated += to
	}
	for {
		for len(jobs) < s.workers {
			n, ok := s.pruner.Promote(o.all, s.steps)
			if !ok && len(o.all) == s.trials {
				n, ok = s.pruner.Finish(o.all, s.steps)
			}
			switch {
			case ok:
				if p := o.all[n]; p.Number != n || !p.Waits || p.Over {
					t.Fatalf("%+v is promoted", p)
				}
				o.promoted = append(o.promoted, n)
				train(n)
				continue
			case len(o.all) < s.trials:
				o.all = append(o.all, Progress{Number: len(o.all)})
				train(len(o.all) - 1)
				continue
			}
			break
		}
		o.underWay = max(o.underWay, len(jobs))
		if len(jobs) == 0 {
			return o
		}
		i := 0
		for k := range jobs {
			if jobs[k].until < jobs[i].until {
				i = k
			}
		}
		j := jobs[i]
		jobs = slices.Delete(jobs, i, i+1)
		now = j.until
		p := &o.all[j.number]
		for step := p.Reached + 1; step <= j.to && !p.Over; step++ {
			v := s.curve(j.number, step)
			p.Reports = append(p.Reports, Report{Step: step, Value: v})
			p.Reached = step
			p.Over = math.IsNaN(v) || s.pruner.Stop(*p, o.all)
		}
		if p.Reached == s.steps && !p.Over {
			p.Over, p.Complete = true, true
		}
		p.Waits = !p.Over
	}
}

// curves are losses that fall to different levels at different rates.
func curves(seed uint64, trials int) func(number, step int) float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	level, drop, rate, noise := make([]float64, trials), make([]float64, trials), make([]float64, trials), rng.Uint64()
	for i := range level {
		level[i], drop[i], rate[i] = 0.2+rng.Float64(), 1+rng.Float64(), 5*math.Pow(8, rng.Float64())
	}
	return func(n, step int) float64 {
		r := rand.New(rand.NewPCG(noise, uint64(n*1000+step)))
		return level[n] + drop[n]*math.Exp(-float64(step)/rate[n]) + 0.002*r.NormFloat64()
	}
}

func TestTrialsThatGoOnTrainFewerStepsAndFindTheBest(t *testing.T) {
	var shares, gaps []float64
	for seed := range uint64(20) {
		const trials, steps = 64, 320
		s := search{New("asha"), trials, steps, 2, curves(seed, trials), rand.New(rand.NewPCG(seed, 2))}
		o := s.run(t)
		if o.trained >= o.repeated {
			t.Errorf("seed %d: %d steps are trained, and %d by trials that begin again", seed, o.trained, o.repeated)
		}
		best := math.Inf(1)
		for n := range trials {
			best = min(best, s.curve(n, steps))
		}
		found, complete := o.complete()
		if complete == 0 {
			t.Fatalf("seed %d: nobody is trained to the end", seed)
		}
		shares = append(shares, float64(o.trained)/(trials*steps))
		gaps = append(gaps, found/best-1)
	}
	t.Logf("steps trained, of all: %.3f to %.3f; above the best: median %.4f", slices.Min(shares), slices.Max(shares), median(gaps))
	if share := median(shares); share > 1./3 {
		t.Errorf("asha trains %.2f of the steps", share)
	}
	if gap := median(gaps); gap > 0.01 {
		t.Errorf("asha ends %.1f %% above the best", 100*gap)
	}
}

// New is the pruner of a name with its defaults.
func New(name string) Pruner {
	r, ok := Find(name)
	if !ok {
		panic(name)
	}
	return r.New(Options{})
}

func TestNobodyWaitsWhoWouldBePromoted(t *testing.T) {
	for _, name := range []string{"asha", "hyperband"} {
		for _, workers := range []int{1, 2, 7, 40} {
			for _, trials := range []int{1, 2, 3, 5, 16, 61} {
				rng := rand.New(rand.NewPCG(uint64(workers), uint64(trials)))
				curve := curves(3, trials)
				diverges := func(n, step int) float64 {
					if n%5 == 2 && step > 3*n {
						return math.NaN()
					}
					return curve(n, step)
				}
				s := search{New(name), trials, 100, workers, diverges, rng}
				o := s.run(t)
				if len(o.all) != trials {
					t.Fatalf("%s: %d of %d trials are begun", name, len(o.all), trials)
				}
				if o.underWay < min(workers, trials) {
					t.Errorf("%s: only %d of %d workers have something to do", name, o.underWay, workers)
				}
				if n, ok := s.pruner.Promote(o.all, s.steps); ok {
					t.Errorf("%s, %d workers, %d trials: %d would be promoted", name, workers, trials, n)
				}
				if _, complete := o.complete(); complete == 0 {
					t.Errorf("%s, %d workers, %d trials: nobody is trained to the end", name, workers, trials)
				}
				for _, p := range o.all {
					if p.Waits == p.Over {
						t.Errorf("%s: %+v is left", name, p)
					}
				}
			}
		}
	}
}

// four is the pruner of a name with the factor 4.
func four(name string) Pruner {
	r, _ := Find(name)
	return r.New(Options{Factor: 4})
}

// waiting are trials that wait at a step with values.
func waiting(step int, values ...float64) (all []Progress) {
	for n, v := range values {
		all = append(all, Progress{Number: n, Reports: []Report{{Step: step, Value: v}}, Reached: step, Waits: true})
	}
	return all
}

func TestAQuarterOfARungIsPromoted(t *testing.T) {
	p := four("asha")
	all := waiting(20, 5, 3, 4)
	if n, ok := p.Promote(all, 320); ok {
		t.Errorf("of three, %d is promoted", n)
	}
	all = waiting(20, 5, 3, 4, 6)
	if n, ok := p.Promote(all, 320); !ok || n != 1 {
		t.Errorf("of four, %d is promoted (%v)", n, ok)
	}
	all[1].Waits = false // under way
	if n, ok := p.Promote(all, 320); ok {
		t.Errorf("a second of four, %d, is promoted", n)
	}
	if n, ok := p.Finish(all, 320); ok {
		t.Errorf("%d is promoted at the end while another is under way", n)
	}
	all[1].Over = true // it diverged
	if n, ok := p.Finish(all, 320); !ok || n != 2 {
		t.Errorf("at the end %d is trained on (%v); the best of those that are left is 2", n, ok)
	}
}

func TestSomebodyIsTrainedToTheEndThoughTheBestDiverges(t *testing.T) {
	all := waiting(20, 1, 2, 3, 4)
	all[0].Reached, all[0].Waits, all[0].Over = 100, false, true // beyond the second rung
	for _, want := range []int{80, 320} {
		n, ok := four("asha").Finish(all, 320)
		if !ok || n != 1 {
			t.Fatalf("at the end %d is trained on (%v)", n, ok)
		}
		all[1].Reached = four("asha").Budget(1, all[1].Reached, 320)
		all[1].Reports = append(all[1].Reports, Report{Step: want, Value: 2})
		if all[1].Reached != want {
			t.Errorf("it is trained to %d", all[1].Reached)
		}
	}
	all[1].Over, all[1].Complete, all[1].Waits = true, true, false
	if n, ok := four("asha").Finish(all, 320); ok {
		t.Errorf("a second one, %d, is trained to the end", n)
	}
}

func TestATrialThatFallsIsPromotedBeforeOneThatHasStopped(t *testing.T) {
	all := waiting(20, 2, 2.1, 3, 4)
	for n := range all {
		half := all[n].Reports[0].Value + 0.01
		if n == 1 {
			half = 3
		}
		all[n].Reports = append([]Report{{Step: 10, Value: half}}, all[n].Reports...)
	}
	if n, ok := four("asha").Promote(all, 320); !ok || n != 1 {
		t.Errorf("%d is promoted (%v), not the one that falls", n, ok)
	}
	all[1].Reports[0].Value = math.NaN() // and is sound again
	if n, ok := four("asha").Promote(all, 320); !ok || n != 0 {
		t.Errorf("%d is promoted (%v) after a slope that is none", n, ok)
	}
}

func TestWhatDivergedIsNotPromoted(t *testing.T) {
	all := waiting(20, math.NaN(), math.Inf(-1), math.Inf(1), math.NaN())
	for _, ask := range []func([]Progress, int) (int, bool){four("asha").Promote, four("asha").Finish, four("hyperband").Finish} {
		if n, ok := ask(all, 320); ok {
			t.Errorf("%d is promoted", n)
		}
	}
}

func TestTrialsThatFailedOnTheWayCountInTheirRung(t *testing.T) {
	all := waiting(20, 1, 2, 3, 4)
	for i := range all[1:] {
		all[i+1] = Progress{Number: i + 1, Reached: 7, Over: true}
	}
	if n, ok := four("asha").Promote(all, 320); !ok || n != 0 {
		t.Error("the one of four that did not diverge is not promoted")
	}
	for i := range all[1:] {
		all[i+1].Reached = 0 // never trained
	}
	if _, ok := four("asha").Promote(all, 320); ok {
		t.Error("trials that were never trained count")
	}
}

func TestARungComparesTheMedianOfSeeds(t *testing.T) {
	all := waiting(20, 1, 1, 1, 1)
	for n := range all {
		all[n].Reports = nil
		for seed, v := range [][]float64{{1, 9, 9}, {5, 2, 3}, {7, 7, 7}, {8, 8, 8}}[n] {
			all[n].Reports = append(all[n].Reports, Report{Seed: seed, Step: 20, Value: v})
		}
	}
	all[3].Reports = append(all[3].Reports, Report{Seed: 3, Step: 4, Value: 0}) // not there yet
	if n, ok := four("asha").Promote(all, 320); !ok || n != 1 {
		t.Errorf("%d is promoted, not the one with the lowest median", n)
	}
}

func TestRungs(t *testing.T) {
	for _, c := range []struct {
		steps, factor, first int
		want                 []int
	}{
		{320, 4, 0, []int{20, 80, 320}},
		{6400, 4, 0, []int{400, 1600, 6400}},
		{25600, 4, 0, []int{400, 1600, 6400, 25600}},
		{27000, 3, 0, []int{1000, 3000, 9000, 27000}},
		{2000, 3, 0, []int{222, 666, 2000}},
		{500, 3, 0, []int{55, 166, 500}},
		{3, 4, 0, []int{3}},
		{5, 4, 0, []int{1, 5}},
		{1, 4, 0, []int{1}},
		{256, 4, 1, []int{1, 4, 16, 64, 256}},
		{500, 4, 7, []int{7, 28, 112, 500}},
		{500, 4, 300, []int{500}},
	} {
		if got := Rungs(c.steps, c.factor, c.first); !slices.Equal(got, c.want) {
			t.Errorf("rungs of %d steps, factor %d, from %d: %v, not %v", c.steps, c.factor, c.first, got, c.want)
		}
	}
}

func TestBracketsBeginAtLaterRungs(t *testing.T) {
	p := four("hyperband")
	count := map[int]int{}
	for n := range 200 {
		count[p.Budget(n, 0, 320)]++
	}
	if !(count[20] > count[80] && count[80] > count[320] && count[320] > 0) || len(count) != 3 {
		t.Errorf("trials by first budget: %v", count)
	}
}

func BenchmarkPromote(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var all []Progress
	for n := range 10_000 {
		p := Progress{Number: n, Reached: 20, Waits: true}
		for k := range 20 {
			p.Reports = append(p.Reports, Report{Step: k + 1, Value: rng.Float64()})
		}
		all = append(all, p)
	}
	for b.Loop() {
		four("asha").Promote(all, 320)
	}
}
