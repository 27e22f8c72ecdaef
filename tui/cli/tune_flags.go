package cli

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"descent/core"
	"descent/core/metric"
	"descent/core/recipe"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/study"
	"descent/session/tune"
)

// searching are the flags that say what is searched, and how.
type searching struct {
	set, over, where  []string
	objective         string
	trials, steps     int
	minutes           float64
	sampler, pruner   string
	greed, around     float64
	seeds, population int
	interval          int
	confirm, fresh    int
	seed              uint64
	list              string
}

func (s *searching) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&s.over, "over", nil, "PATH=LOW..HIGH, PATH=VALUE,VALUE,... or PATH: a knob to search over (may be repeated)")
	f.StringArrayVar(&s.where, "where", nil, "METRIC<=NUMBER or METRIC>=NUMBER: a constraint, such as bytes<=20000 (may be repeated)")
	f.StringVar(&s.objective, "objective", "", "metric to minimise, or two for a Pareto front; accuracies are maximised (default: val_loss, or loss without validation rows)")
	f.IntVar(&s.trials, "trials", 0, "number of trials (default: 50, or no limit with --minutes)")
	f.Float64Var(&s.minutes, "minutes", 0, "begin no further trial after so many minutes")
	f.IntVar(&s.steps, "steps", 0, "number of steps of a trial (default: train.steps of the preset)")
	f.StringVar(&s.sampler, "sampler", "auto", "how the next trial is chosen: "+strings.Join(search.Names(), ", "))
	f.Float64Var(&s.greed, "greed", 0, "from -1, explore more, to 1, exploit more")
	f.StringVar(&s.pruner, "pruner", "none", "how trials that do badly are stopped: "+strings.Join(pruner.Names(), ", ")+"; with options as asha:factor=4,min_steps=100")
	f.IntVar(&s.seeds, "seeds", 1, "runs of each trial, with consecutive seeds; their median counts")
	f.IntVar(&s.population, "population", 0, "train a population of this size, whose worst go on from copies of the best")
	f.IntVar(&s.interval, "interval", 0, "with --population: steps between two selections (default: a twentieth of the steps)")
	f.Float64Var(&s.around, "around", 0, "search around the preset's own values: the standard deviation of the prior, in shares of the ranges")
	f.StringVar(&s.list, "list", "", "file of settings to try, one trial a line: PATH=VALUE PATH=VALUE ...; - for stdin")
	f.IntVar(&s.confirm, "confirm", 3, "how many of the best are run again on fresh seeds")
	f.IntVar(&s.fresh, "fresh-seeds", 5, "on how many")
	f.Uint64Var(&s.seed, "sampler-seed", 1, "seed of the sampler")
	setFlag(c, &s.set)
	for flag, words := range map[string][]string{"sampler": search.Names(), "pruner": pruner.Names(), "objective": metrics()} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // these fail only for an unknown flag
	}
	_ = c.RegisterFlagCompletionFunc("over", completeRaced)
	_ = c.MarkFlagDirname("dir")
}

func metrics() (out []string) {
	for _, m := range study.Metrics {
		out = append(out, m.Name)
	}
	return out
}

// metricNames lists them in a line or two.
func metricNames() string {
	all := metrics()
	return strings.Join(all[:6], ", ") + ",\n" + strings.Join(all[6:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// spec is what the flags ask for, of a preset.
func (s *searching) spec(c *cobra.Command, preset string) (spec study.Spec, r recipe.Recipe, err error) {
	if r, err = presetWith(preset, s.set); err != nil {
		return spec, r, err
	}
	length := training{steps: s.steps, least: 1}
	if spec.Steps, err = length.length(c, &r); err != nil {
		return spec, r, err
	}
	if spec.Steps < 1 {
		return spec, r, usage(errors.New("--steps is missing: the preset trains for 0 steps"))
	}
	if s.list != "" {
		if spec.List, err = readList(s.list, r); err != nil {
			return spec, r, usage(err)
		}
		if !c.Flags().Changed("sampler") {
			s.sampler = "list"
		}
		if !c.Flags().Changed("trials") {
			s.trials = len(spec.List)
		}
	}
	switch {
	case len(s.over) > 0:
		if spec.Axes, err = study.ParseAxes(r, s.over); err != nil {
			return spec, r, usage(fmt.Errorf("--over %w", err))
		}
	case spec.List != nil:
		spec.Axes = listAxes(spec.List)
	default:
		spec.Axes = study.DefaultAxes(r)
	}
	for _, text := range s.where {
		one, err := study.ParseConstraint(text)
		if err != nil {
			return spec, r, usage(fmt.Errorf("--where %w", err))
		}
		one.Metric = validated(one.Metric)
		spec.Where = append(spec.Where, one)
	}
	if s.objective != "" {
		spec.Objectives = objectives(s.objective)
		if err := study.CheckObjectives(spec.Objectives); err != nil {
			return spec, r, usage(fmt.Errorf("--objective %s: %w", s.objective, err))
		}
	}
	if !(s.greed >= -1 && s.greed <= 1) {
		return spec, r, usage(fmt.Errorf("--greed takes a number from -1 to 1, not %g", s.greed))
	}
	if c.Flags().Changed("around") {
		if !(s.around > 0) {
			return spec, r, usage(fmt.Errorf("--around takes a number above 0, such as 0.1, not %g", s.around))
		}
		spec.Around = &search.Around{Center: centerOf(r, spec.Axes), Width: s.around}
	}
	switch {
	case !c.Flags().Changed("population"):
	case s.population < 2:
		return spec, r, usage(fmt.Errorf("--population takes a number of at least 2, not %d: its worst go on from copies of the best", s.population))
	case s.pruner != "none":
		return spec, r, usage(fmt.Errorf("--population and --pruner %s exclude each other: a population stops no trial, its worst go on from copies", s.pruner))
	case c.Flags().Changed("trials") && s.trials != s.population:
		return spec, r, usage(fmt.Errorf("--population %d has as many trials, not %d; leave --trials out", s.population, s.trials))
	}
	spec.Name, spec.Seed, spec.Seeds = preset, s.seed, s.seeds
	spec.Trials, spec.Minutes = s.trials, s.minutes
	if s.trials == 0 && s.minutes == 0 && s.population == 0 {
		spec.Trials = defaultTrials
	}
	spec.Sampler, spec.Greed, spec.Population, spec.Interval = s.sampler, s.greed, s.population, s.interval
	if spec.Pruner, spec.Prune, err = pruner.Parse(s.pruner); err != nil {
		return spec, r, usage(fmt.Errorf("--pruner %s: %w", s.pruner, err))
	}
	if spec.Pruner == "threshold" && spec.Prune.Lower == 0 && spec.Prune.Upper == 0 {
		return spec, r, usage(errors.New("--pruner threshold stops values beyond a limit, and has none: --pruner threshold:upper=2.5"))
	}
	spec.Confirm, spec.Fresh = s.confirm, s.fresh
	r, err = tune.WithMetrics(r, spec)
	return spec, r, err
}

const defaultTrials = 50

// objectives are one or two metrics, as high or as low as is better.
func objectives(text string) []string {
	out := strings.Split(text, ",")
	for i, name := range out {
		name, most := strings.CutPrefix(strings.TrimSpace(name), "-")
		name = validated(name)
		if most {
			out[i] = "-" + name
		} else {
			out[i] = study.Goal(name)
		}
	}
	return out
}

// validated is a metric of the catalogue, "f1", as it is measured on the validation rows,
// "val_f1"; others stay as they are.
func validated(name string) string {
	if row, ok := study.Scored(name); ok && row.Name == name && name != metric.TrainLoss {
		return "val_" + name
	}
	return name
}

// centerOf is the point of the recipe's own values on some axes.
func centerOf(r recipe.Recipe, axes []search.Axis) search.Point {
	p := search.Point{}
	for _, a := range axes {
		if s, err := r.Find(a.Path); err == nil && a.Contains(s.Value) {
			p[a.Path] = s.Value
		}
	}
	return p
}

// suit completes a spec by what only a trainer of the recipe knows: what there is to
// measure.
func suit(spec *study.Spec, t *core.Trainer) error {
	if len(spec.Objectives) == 0 {
		losses := slices.ContainsFunc(spec.Axes, func(a search.Axis) bool { return strings.HasPrefix(a.Path, "loss.") })
		spec.Objectives = []string{"val_loss"}
		held := t.Data() != nil && t.Data().Val.Rows() > 0
		switch {
		case losses && t.HasAccuracy() && held: // losses of different functions cannot be compared
			spec.Objectives = []string{"-val_accuracy"}
		case !held:
			spec.Objectives = []string{"loss"}
		}
	}
	return tune.Measured(*spec, t)
}

// open makes the study of the flags, or opens the one that its folder holds. again
// tells that it was there.
func (s *searching) open(c *cobra.Command, preset, dir string, files core.Files) (of *study.Study, again bool, err error) {
	spec, r, err := s.spec(c, preset)
	if err != nil {
		return nil, false, err
	}
	if dir != "" && study.Is(dir) {
		of, err := tune.Open(dir)
		if err != nil {
			return nil, false, usage(err)
		}
		return of, true, usage(s.fits(c, of, dir, spec, r))
	}
	trying, err := tune.Recipe(r, search.Point{})
	if err != nil {
		return nil, false, usage(err)
	}
	t, err := core.New(trying, files)
	if err != nil {
		return nil, false, usage(err)
	}
	if err := suit(&spec, t); err != nil {
		return nil, false, usage(err)
	}
	if err := spec.Check(); err != nil {
		return nil, false, usage(err)
	}
	if dir == "" {
		if dir, err = study.NewDir(preset); err != nil {
			return nil, false, err
		}
	}
	of, err = tune.Create(dir, spec, r, nil)
	return of, false, usage(err)
}

// fits says in one sentence where flags contradict the study that they are to go on
// with. Another number of trials is a decision.
func (s *searching) fits(c *cobra.Command, of *study.Study, dir string, spec study.Spec, r recipe.Recipe) error {
	own := of.Spec()
	if spec.Name != own.Name {
		return fmt.Errorf("%s holds a study of %s, not of %s; give another folder", dir, own.Name, spec.Name)
	}
	for _, one := range []struct {
		flag string
		same bool
	}{
		{"over", reflect.DeepEqual(spec.Axes, own.Axes)},
		{"where", reflect.DeepEqual(spec.Where, own.Where)},
		{"objective", reflect.DeepEqual(spec.Objectives, own.Objectives)},
		{"steps", spec.Steps == own.Steps},
		{"sampler", spec.Sampler == own.Sampler},
		{"greed", spec.Greed == own.Greed},
		{"pruner", spec.Pruner == own.Pruner && spec.Prune == own.Prune},
		{"interval", spec.Interval == own.Interval},
		{"seeds", spec.Seeds == own.Seeds},
		{"population", spec.Population == own.Population},
		{"around", reflect.DeepEqual(spec.Around, own.Around)},
		{"list", reflect.DeepEqual(spec.List, own.List)},
		{"confirm", spec.Confirm == own.Confirm},
		{"fresh-seeds", spec.Fresh == own.Fresh},
		{"sampler-seed", spec.Seed == own.Seed},
		{"set", sameRecipe(r, of.Recipe())},
	} {
		if c.Flags().Changed(one.flag) && !one.same {
			return fmt.Errorf("%s holds a study with another --%s; leave the flag out to go on with it, or give another folder", dir, one.flag)
		}
	}
	if now := of.Reading().Plan.Trials; c.Flags().Changed("trials") && s.trials != now {
		n := s.trials
		return of.Decide(study.Decision{Actor: "user", Words: fmt.Sprintf("%d trials instead of %d", n, now), Trials: &n})
	}
	return nil
}

// sameRecipe compares recipes by the values of all keys.
func sameRecipe(a, b recipe.Recipe) bool {
	x, y := a.Keys(), b.Keys()
	return slices.EqualFunc(x, y, func(x, y recipe.Setting) bool {
		return x.Knob.Path == y.Knob.Path && x.Value.Equal(y.Value)
	})
}
