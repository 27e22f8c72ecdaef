package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/search/pruner"
)

// curve is what a trial that was trained to its end reported; nil if it failed.
type curve []pruner.Report

// number is a number of a result; what is not finite is written as a string.
type number float64

// UnmarshalJSON reads both.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = number(v)
	return err
}

// readStudy reads the curves of the trials of a study without a pruner, and the steps of
// a trial.
func readStudy(dir string) (curves []curve, steps int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "trials", "*", "*.result"))
	if err != nil {
		return nil, 0, err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, 0, err
		}
		var r struct {
			Outcome string
			Steps   int
			Reports []struct {
				Seed, Step int
				Values     []number
			}
		}
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
		if r.Outcome != "complete" && r.Outcome != "failed" {
			return nil, 0, fmt.Errorf("%s is of a trial that was not trained to its end (%s); a study with --pruner none is needed", path, r.Outcome)
		}
		steps = max(steps, r.Steps)
		var c curve
		for _, at := range r.Reports {
			if len(at.Values) > 0 {
				c = append(c, pruner.Report{Seed: at.Seed, Step: at.Step, Value: float64(at.Values[0])})
			}
		}
		if r.Outcome == "failed" {
			c = append(c, pruner.Report{Step: r.Steps + 1, Value: math.NaN()})
		}
		curves = append(curves, c)
	}
	if len(curves) == 0 {
		return nil, 0, fmt.Errorf("%s holds no results of trials", dir)
	}
	return curves, steps, nil
}

// readCurves reads a study or a table.
func readCurves(path string) (curves []curve, steps int, err error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return readStudy(path)
	}
	t, err := readTable(path)
	if err != nil {
		return nil, 0, err
	}
	for _, p := range t.Points {
		var c curve
		for i, v := range p.Curve {
			if v == nil {
				c = append(c, pruner.Report{Step: t.Steps[i], Value: math.NaN()})
				break
			}
			c = append(c, pruner.Report{Step: t.Steps[i], Value: *v})
		}
		curves = append(curves, c)
	}
	return curves, t.Steps[len(t.Steps)-1], nil
}

// comparePruners prints, for each pruner and each study, how many of the steps it trains
// and how far what it ends with lies above the best of the trials. Trials are drawn from
// those of the study and begun in random order, by as many workers as told, whose speed
// is random too. What is trained from the beginning again stands beside it for pruners
// whose trials wait.
func comparePruners(w io.Writer, studies []string, seeds, trials, workers int) error {
	fmt.Fprintln(w, "| pruner | study | steps of all | if promoted trials began again | above the best, % | within 1 % | trained to the end |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, dir := range studies {
		curves, steps, err := readCurves(dir)
		if err != nil {
			return err
		}
		for _, row := range pruner.Catalogue {
			for _, factor := range []int{3, 4, 2} {
				if factor != 3 && row.Name != "asha" && row.Name != "hyperband" {
					continue
				}
				var cost, again, gap, ends []float64
				near := 0
				for seed := range seeds {
					rng := rand.New(rand.NewPCG(uint64(seed), 1))
					drawn := slices.Clone(curves)
					rng.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
					drawn = drawn[:min(trials, len(drawn))]
					o := play(row.New(pruner.Options{Factor: factor}), drawn, steps, workers, rng)
					all := float64(len(drawn) * steps)
					above := 100 * (o.found/best(drawn) - 1)
					if above <= 1 {
						near++
					}
					cost, again = append(cost, float64(o.trained)/all), append(again, float64(o.again)/all)
					gap, ends = append(gap, above), append(ends, float64(o.complete))
				}
				name := row.Name
				if factor != 3 {
					name += fmt.Sprintf(", factor %d", factor)
				}
				fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %s | %d of %d | %.0f |\n", name, strings.TrimSuffix(filepath.Base(dir), ".json.gz"),
					middle(cost), middle(again), quartiles(gap), near, seeds, middle(ends))
			}
		}
	}
	return nil
}

func middle(v []float64) float64 {
	slices.Sort(v)
	return quantile(v, 0.5)
}

func quartiles(v []float64) string {
	slices.Sort(v)
	return fmt.Sprintf("%.3g [%.3g, %.3g]", quantile(v, 0.5), quantile(v, 0.25), quantile(v, 0.75))
}

// best is the lowest last value.
func best(curves []curve) float64 {
	least := math.Inf(1)
	for _, c := range curves {
		if v := c.last(math.MaxInt); v < least {
			least = v
		}
	}
	return least
}

// last is the last value at or before a step, NaN for none.
func (c curve) last(step int) float64 {
	v := math.NaN()
	for _, r := range c {
		if r.Step <= step {
			v = r.Value
		}
	}
	return v
}

// played is what a search came to.
type played struct {
	trained  int // steps, of trials that go on from their snapshot
	again    int // steps, if promoted trials began again
	complete int
	found    float64 // the lowest last value of those
}

// play trains trials whose curves are known, begun in order, as an engine does.
func play(p pruner.Pruner, curves []curve, steps, workers int, rng *rand.Rand) (o played) {
	o.found = math.Inf(1)
	type job struct {
		number, to int
		until      float64
	}
	var all []pruner.Progress
	var jobs []job
	now := 0.0
	train := func(n int) {
		reached := all[n].Reached
		to := min(p.Budget(n, reached, steps), steps)
		all[n].Waits = false
		jobs = append(jobs, job{n, to, now + float64(to-reached)*(0.5+rng.Float64())})
		o.again += to
	}
	for {
		for len(jobs) < workers {
			n, ok := p.Promote(all, steps)
			if !ok && len(all) == len(curves) {
				n, ok = p.Finish(all, steps)
			}
			switch {
			case ok:
				train(n)
				continue
			case len(all) < len(curves):
				all = append(all, pruner.Progress{Number: len(all)})
				train(len(all) - 1)
				continue
			}
			break
		}
		if len(jobs) == 0 {
			return o
		}
		slices.SortStableFunc(jobs, func(a, b job) int { return cmp.Compare(a.until, b.until) })
		j := jobs[0]
		jobs, now = jobs[1:], j.until
		t := &all[j.number]
		before := t.Reached
		for _, r := range curves[j.number] {
			if r.Step <= before || r.Step > j.to {
				continue
			}
			t.Reports, t.Reached = append(t.Reports, r), r.Step
			if t.Over = math.IsNaN(r.Value) || p.Stop(*t, all); t.Over {
				break
			}
		}
		if !t.Over {
			t.Reached = j.to
		}
		o.trained += t.Reached - before
		o.again -= j.to - t.Reached
		if t.Reached == steps && !t.Over {
			t.Over, t.Complete = true, true
			o.complete++
			if v := curves[j.number].last(steps); v < o.found {
				o.found = v
			}
		}
		t.Waits = !t.Over
	}
}

// studies is a flag that may be repeated.
type studies []string

func (s *studies) String() string { return strings.Join(*s, " ") }

// Set adds a folder.
func (s *studies) Set(dir string) error {
	*s = append(*s, dir)
	return nil
}
