package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"descent/core"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/metric"
	"descent/core/parallel"
	"descent/core/recipe"
	"descent/core/whatif"
	"descent/presets"
	"descent/session"
	"descent/session/headless"
	"descent/session/remedy"
	"descent/session/study"
	"descent/session/tune"

	"github.com/spf13/cobra"
)

func raceCommand() *cobra.Command {
	f := training{least: 1}
	var over []string
	var rates, by string
	var seeds int
	var asJSON, chart bool
	var plot racePlot
	c := &cobra.Command{
		Use:   "race PRESET --over PATH=VALUE,VALUE,...",
		Short: "train a preset with several values of a knob, and compare",
		Long: "race trains a preset with several values of a knob and ranks them: by validation\n" +
			"loss, by accuracy where the values are loss functions, or by the metric of --by. With several --over every\n" +
			"combination of their values is trained. LOSS is the mean over the last tenth of the\n" +
			"steps, at most 100; the other columns are of the last step. OLD are those of the\n" +
			"pretraining task, LR is the initial learning rate. Diverged runs rank last: those\n" +
			"that did not stay finite, and those whose loss throughout the last tenth exceeds\n" +
			" 1000 · (1 + |the loss of the first step|).",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := f.read(c, args[0])
			if err != nil {
				return err
			}
			con := headless.Contest{Steps: p.steps, Seeds: seeds, At: p.at}
			if by != "" {
				if con.By, err = rankedBy(by, &p.recipe); err != nil {
					return usage(err)
				}
			}
			if err := enter(&con, p.recipe, over); err != nil {
				return usage(err)
			}
			if err := plot.check(); err != nil {
				return err
			}
			if seeds < 1 {
				return usage(fmt.Errorf("--seeds takes a number of at least 1, not %d", seeds))
			}
			if err := setRates(&con, rates, f.set); err != nil {
				return usage(err)
			}
			given := f.idle(con.Over...)
			var said notes
			var unscaled []remedy.Unscaled
			var measured sync.Once
			con.Begin = func(_ headless.Entrant, t *core.Trainer) {
				measured.Do(func() { unscaled = remedy.UnscaledIn(t) })
				given.look(t)
				said.of(t)
			}
			var out []headless.Racer
			bar := newProgress()
			err = withoutScreen(&headless.Options{}, func(ctx context.Context) error {
				if rates == "find" {
					if err := findRates(ctx, &con, shelf(ctx, f.quiet), f.quiet); err != nil {
						return err
					}
				}
				out, err = headless.Race(ctx, shelf(ctx, f.quiet), con, func(done, total int) {
					if !f.quiet {
						bar.say(done, total, fmt.Sprintf("run %d of %d", done, total))
					}
				})
				return err
			})
			bar.end()
			if err != nil {
				return err
			}
			said.say()
			if !given.say(len(con.At) > 0) && alike(out) {
				stderr.printf("note: all values of %s gave the same result to the bit\n", strings.Join(con.Over, " and "))
			}
			if at, one := oneRate(con, out); one && rates == "same" {
				stderr.printf("note: all optimizers are trained at the learning rate %g; --rates default gives each its own, --rates find looks for one\n", at)
			}
			return errors.Join(plot.draw(con, out), printRace(con, out, asJSON, chart), finished(con, out, unscaled))
		},
	}
	f.flags(c, "number of steps (default: train.steps of the preset)")
	threadsFlag(c, false)
	jsonFlag(c, &asJSON)
	more := c.Flags()
	more.StringArrayVar(&over, "over", nil, "PATH=VALUE,VALUE,...: a knob and its values; a list goes in brackets (may be repeated, for all combinations)")
	more.StringVar(&rates, "rates", "same", "learning rates of the runs: same, default (that of each optimizer) or find (by the range test of find-lr)")
	more.StringVar(&by, "by", "", "metric to rank by, such as f1 or mae (default: validation loss)")
	more.BoolVar(&chart, "chart", false, "draw the loss curves also where stdout is no terminal: the median, and the quartiles as a band")
	plot.flags(c)
	more.IntVar(&seeds, "seeds", 1, "repeat with this many seeds and show medians and quartiles")
	_ = c.RegisterFlagCompletionFunc("over", completeRaced) // these fail only for an unknown flag
	_ = c.RegisterFlagCompletionFunc("rates", cobra.FixedCompletions([]string{"same", "default", "find"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// rankedBy is the metric that a race is ranked by, as reports call it; it is measured
// from now on.
func rankedBy(name string, r *recipe.Recipe) (string, error) {
	spec := study.Spec{Objectives: []string{validated(name)}}
	if _, ok := study.Scored(spec.Objectives[0]); !ok {
		if err := metric.Known([]string{name}); err != nil {
			return "", fmt.Errorf("--by: %w", err)
		}
	}
	if err := study.CheckObjectives(spec.Objectives); err != nil {
		return "", fmt.Errorf("--by: %w", err)
	}
	next, err := tune.WithMetrics(*r, spec)
	*r = next
	return spec.Objectives[0], err
}

// entrantLimit is how many race against each other at the most.
const entrantLimit = 256

// choice is one --over: a key and its values, and how they were typed.
type choice struct {
	path   string
	texts  []string
	values []knob.Value
}

// enter makes an entrant of each combination of the values that are raced over;
// those of the last key change first.
func enter(con *headless.Contest, r recipe.Recipe, over []string) error {
	choices, err := choose(r, over)
	if err != nil {
		return err
	}
	total := 1
	var counts []string
	for _, c := range choices {
		con.Over = append(con.Over, c.path)
		counts = append(counts, strconv.Itoa(len(c.texts)))
		if total *= len(c.texts); total > entrantLimit {
			return fmt.Errorf("--over: %s values make more than the %d combinations that may race at once; give fewer", strings.Join(counts, " × "), entrantLimit)
		}
	}
	for i := range total {
		e := headless.Entrant{Values: make([]knob.Value, len(choices))}
		set := make([]string, len(choices))
		for rest, k := i, len(choices)-1; k >= 0; k-- {
			c := choices[k]
			at := rest % len(c.texts)
			rest /= len(c.texts)
			e.Values[k], set[k] = c.values[at], c.path+"="+c.texts[at]
		}
		if e.Recipe, err = presets.Vary(r, set...); err != nil {
			return err
		}
		con.Entrants = append(con.Entrants, e)
	}
	return nil
}

// choose reads what is raced over.
func choose(r recipe.Recipe, over []string) (out []choice, err error) {
	if len(over) == 0 {
		return nil, errors.New("--over is missing: the knob and its values, as --over optimizer.lr=0.01,0.1")
	}
	for _, text := range over {
		path, list, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("--over %s: the form is PATH=VALUE,VALUE and so on", text)
		}
		if slices.ContainsFunc(out, func(c choice) bool { return c.path == path }) {
			return nil, fmt.Errorf("--over %s: %s is raced over already; give all its values in one --over", text, path)
		}
		out = append(out, choice{path: path, texts: knob.Split(list)})
	}
	for i := range out {
		c := &out[i]
		k, err := find(r, out, c.path)
		if err != nil {
			return nil, fmt.Errorf("--over %s: %w", over[i], err)
		}
		for _, text := range c.texts {
			v, err := k.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("--over %s: %w", over[i], err)
			}
			if slices.ContainsFunc(c.values, v.Equal) {
				return nil, fmt.Errorf("--over %s: the value %s stands twice", over[i], text)
			}
			c.values = append(c.values, v)
		}
	}
	return out, nil
}

// find is the knob of a key of the recipe, or of one that a raced name brings.
func find(r recipe.Recipe, choices []choice, path string) (knob.Knob, error) {
	k, err := r.Find(path)
	for _, c := range choices {
		for i := 0; err != nil && i < len(c.texts) && strings.HasSuffix(c.path, ".name"); i++ {
			named, failed := presets.Vary(r, c.path+"="+c.texts[i])
			if failed != nil {
				continue
			}
			if other, failed := named.Find(path); failed == nil {
				k, err = other, nil
			}
		}
	}
	return k.Knob, err
}

// setRates gives each entrant the rate that its optimizer has by default, where
// that is asked for, and refuses what contradicts it.
func setRates(con *headless.Contest, rates string, set []string) error {
	switch rates {
	case "same":
		return nil
	case "default", "find":
	default:
		return fmt.Errorf("--rates takes same, default or find, not %q", rates)
	}
	for _, text := range set {
		if strings.HasPrefix(text, ratePath+"=") {
			return fmt.Errorf("--rates %s and --set %s contradict each other; give one of them", rates, text)
		}
	}
	if slices.Contains(con.Over, ratePath) {
		return fmt.Errorf("--rates %s and --over %s contradict each other; give one of them", rates, ratePath)
	}
	for i := range con.Entrants {
		con.Entrants[i].Recipe = con.Entrants[i].Recipe.DefaultRate()
	}
	return nil
}

// findRates gives each entrant the rate that the range test suggests for it, several of
// which run side by side. One for which it suggests none keeps that of its optimizer.
func findRates(ctx context.Context, con *headless.Contest, files core.Files, quiet bool) error {
	bar := newProgress()
	defer bar.end()
	n := len(con.Entrants)
	found, errs := make([]whatif.RateCurve, n), make([]error, n)
	var mu sync.Mutex
	begun := 0
	parallel.Do(kernel.Threads(), n, func(i int) {
		mu.Lock()
		begun++
		if !quiet && ctx.Err() == nil {
			bar.say(begun-1, n, fmt.Sprintf("learning rate range test: %d of %d", begun, n))
		}
		mu.Unlock()
		t, err := session.Load(ctx, con.Entrants[i].Recipe, files)
		if err != nil {
			errs[i] = session.UsageError{Err: err}
			return
		}
		t.Abandon(func() bool { return ctx.Err() != nil })
		t.Share(kernel.Threads() / n)
		defer t.Close()
		found[i] = rateFinder.Measure(ctx, t).(whatif.RateCurve)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for i := range con.Entrants {
		e := &con.Entrants[i]
		if errs[i] != nil {
			return errs[i]
		}
		if found[i].Valley == 0 {
			stderr.printf("note: the range test suggests no learning rate for %s, which keeps its default\n", e.Name(*con))
			continue
		}
		if err := e.Recipe.Set(ratePath, knob.Num(found[i].Valley)); err != nil {
			return err
		}
	}
	return nil
}

// oneRate is the learning rate at which different optimizers were trained, if it
// is one.
func oneRate(c headless.Contest, out []headless.Racer) (rate float64, one bool) {
	if !slices.Contains(c.Over, "optimizer.name") || slices.Contains(c.Over, ratePath) {
		return 0, false
	}
	at := slices.Index(c.Over, "optimizer.name")
	several := false
	for _, e := range c.Entrants {
		several = several || !e.Values[at].Equal(c.Entrants[0].Values[at])
	}
	for _, r := range out {
		if r.Rate != out[0].Rate {
			return 0, false
		}
	}
	return float64(out[0].Rate), several
}

// finished is an error where every run diverged.
func finished(c headless.Contest, out []headless.Racer, unscaled []remedy.Unscaled) error {
	for _, r := range out {
		if r.Diverged < c.Seeds {
			return nil
		}
	}
	every := "every run diverged, with any value of " + strings.Join(c.Over, " and ")
	if scaling := remedy.Scaling(unscaled); scaling != "" {
		return fmt.Errorf("%s; %s", every, scaling)
	}
	return fmt.Errorf("%s: lower the learning rate or set train.clip_norm", every)
}
