// Package study is a hyperparameter search as a folder: what is searched, the trials
// with their claims, reports and results, and the decisions taken meanwhile. Every file
// has one writer and is complete as soon as it has its name, so that any number of
// processes on any number of machines can work on one study without a lock. It trains
// nothing.
package study

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/metric"
	"descent/core/recipe"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/study/axes"
)

// Spec says what a study looks for, and how. It is the content of study.toml, and never
// changes; what is changed later are decisions.
type Spec struct {
	Version    int
	Name       string   // of the preset
	Seed       uint64   // of the sampler
	Objectives []string // one or two of Metrics, lower is better; a leading minus asks for the highest
	Steps      int      // of a trial
	Seeds      int      // runs of a trial, with consecutive seeds from that of the recipe; their median counts
	Trials     int      // after so many the search is over; 0 for no limit
	Minutes    float64  // after so much time, added up over all workers' clocks, no trial is begun; 0 for no limit
	Axes       []search.Axis
	Around     *search.Around
	Where      []Constraint
	Sampler    string
	Greed      float64 // search.Options.Greed
	List       []search.Point
	Pruner     string
	Prune      pruner.Options
	Confirm    int    // so many of the best are trained again, on fresh seeds, beside the preset's own values
	Fresh      int    // on so many
	Population int    // of population-based training; 0 for none
	Interval   int    // steps between two decisions of population-based training
	Base       *Base  // where all trials start; nil for step 0 of the recipe
	Release    string // of descent, that made the study: another does not work on it
	Arithmetic string // likewise
}

// Base is the state from which all trials start: the end of a log beside study.toml.
type Base struct {
	Log  string // its name in the folder
	Step int
}

// Metrics are what an objective or a constraint can be about, with their help: they are
// measured at the end of a trial.
var Metrics = []struct{ Name, Help string }{
	{"val_loss", "loss on the validation set"},
	{"val_accuracy", "accuracy on the validation set"},
	{"loss", "training loss: the mean over the last tenth of the steps, at most 100"},
	{"accuracy", "accuracy on the training set"},
	{"old_loss", "validation loss on the pretraining task"},
	{"old_accuracy", "validation accuracy on the pretraining task"},
	{"bytes", "size of the network as it is stored"},
	{"params", "number of parameters that are not pruned"},
	{"multiply_adds", "multiply-adds of one row, those of pruned weights left out"},
	{"gradient_evaluations", "evaluations of the gradient: what training costs, whatever the optimizer"},
}

// Scored is the metric of the catalogue that an objective or a constraint is about, as
// evaluations measure it: "val_f1" on the validation rows, "old_f1" on those of the
// pretraining task, "f1" on the training rows without validation rows.
func Scored(name string) (row metric.Row, ok bool) {
	for _, m := range Metrics {
		if m.Name == name {
			return row, false
		}
	}
	return metric.Measured(name)
}

// Searched reports whether a metric of the catalogue is one to search for: of some
// neither higher nor lower is better.
func Searched(name string) bool {
	row, ok := Scored(name)
	return ok && row.Direction != metric.Neither
}

// Goal is the objective that a metric is usually searched for: the lowest value, or with
// a leading minus the highest.
func Goal(name string) string {
	if row, ok := Scored(name); ok && row.Direction == metric.Higher || strings.HasSuffix(name, "accuracy") {
		return "-" + name
	}
	return name
}

// Constraint is a bound on a metric.
type Constraint struct {
	Metric string  `json:"metric"`
	Above  bool    `json:"above,omitempty"` // the metric has to be at least the limit, not at most
	Limit  float64 `json:"limit"`
}

// Violation is by how much a value violates the constraint, in shares of the limit; 0
// if it meets it.
func (c Constraint) Violation(v float64) float64 {
	excess := v - c.Limit
	if c.Above {
		excess = -excess
	}
	if !(excess > 0) && v == v {
		return 0
	}
	if v != v {
		return 1
	}
	if c.Limit != 0 {
		excess /= max(c.Limit, -c.Limit)
	}
	return excess
}

// ParseConstraint reads a constraint: "bytes<=20000", "val_accuracy>=0.9".
func ParseConstraint(text string) (c Constraint, err error) {
	name, limit, ok := strings.Cut(text, "<=")
	if !ok {
		name, limit, ok = strings.Cut(text, ">=")
		c.Above = true
	}
	if !ok {
		return c, fmt.Errorf("%s: the form is METRIC<=NUMBER or METRIC>=NUMBER", text)
	}
	c.Metric = strings.TrimSpace(name)
	if err := checkMetric(c.Metric); err != nil {
		return c, fmt.Errorf("%s: %w", text, err)
	}
	if c.Limit, err = strconv.ParseFloat(strings.TrimSpace(limit), 64); err != nil || c.Limit != c.Limit {
		return c, fmt.Errorf("%s: %q is not a number", text, strings.TrimSpace(limit))
	}
	return c, nil
}

// String writes the constraint as ParseConstraint reads it.
func (c Constraint) String() string {
	sign := "<="
	if c.Above {
		sign = ">="
	}
	return c.Metric + sign + knob.Num(c.Limit).String()
}

func checkMetric(name string) error {
	if _, ok := Scored(name); ok {
		return nil
	}
	var names []string
	for _, m := range Metrics {
		if m.Name == name {
			return nil
		}
		names = append(names, m.Name)
	}
	for _, row := range metric.Catalogue {
		if row.Name != metric.TrainLoss && row.Name != "accuracy" {
			names = append(names, "val_"+row.Name)
		}
	}
	if near := knob.Nearest(name, names); near != "" {
		return fmt.Errorf("there is no metric %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no metric %q; there are %s, and val_ before a metric of `descent list metrics`", name, strings.Join(names[:len(Metrics)], ", "))
}

// CheckObjectives says what is wrong with the objectives that a search is asked for.
func CheckObjectives(names []string) error {
	s := Spec{Objectives: names}
	if err := s.checkObjectives(); err != nil {
		return err
	}
	if len(names) == 2 && strings.TrimPrefix(names[0], "-") == strings.TrimPrefix(names[1], "-") {
		return fmt.Errorf("%s cannot be both objectives", strings.TrimPrefix(names[0], "-"))
	}
	return nil
}

// ParseAxes is axes.ParseAll, of axes that can be searched over.
func ParseAxes(r recipe.Recipe, over []string) ([]search.Axis, error) {
	all, err := axes.ParseAll(r, over)
	for _, a := range all {
		if err := axes.Offered(a); err != nil {
			return nil, err
		}
	}
	return all, err
}

// ParseAxis is axes.Parse, of an axis that can be searched over.
func ParseAxis(r recipe.Recipe, text string, earlier []search.Axis) (search.Axis, error) {
	a, err := axes.Parse(r, text, earlier)
	if err == nil {
		err = axes.Offered(a)
	}
	return a, err
}

// DefaultAxes is axes.Default.
func DefaultAxes(r recipe.Recipe) []search.Axis { return axes.Default(r) }

// WiderAxes is axes.Wider.
func WiderAxes(r recipe.Recipe, all []search.Axis, p search.Point) []search.Axis {
	return axes.Wider(r, all, p)
}

// FormatAxis is axes.Format.
func FormatAxis(a search.Axis) string { return axes.Format(a) }

// Check says in one sentence what is wrong with a spec.
func (s Spec) Check() error {
	space := search.Space{Axes: s.Axes, Around: s.Around}
	if err := space.Check(); err != nil {
		return err
	}
	if err := s.checkObjectives(); err != nil {
		return err
	}
	for i, c := range s.Where {
		for _, d := range s.Where[:i] {
			if c.Metric == d.Metric && c.Above != d.Above && (c.Above && c.Limit > d.Limit || d.Above && d.Limit > c.Limit) {
				return fmt.Errorf("%s and %s contradict each other", d, c)
			}
		}
	}
	for _, n := range []struct {
		name     string
		n, least int
	}{{"steps", s.Steps, 1}, {"seeds", s.Seeds, 1}, {"trials", s.Trials, 0}, {"confirm", s.Confirm, 0}, {"fresh", s.Fresh, 0}, {"population", s.Population, 0}, {"interval", s.Interval, 0}} {
		if n.n < n.least {
			return fmt.Errorf("%s is at least %d, not %d", n.name, n.least, n.n)
		}
	}
	if !(s.Minutes >= 0) {
		return fmt.Errorf("minutes are at least 0, not %g", s.Minutes)
	}
	if s.Sampler == "list" && len(s.List) == 0 {
		return errors.New("the sampler list needs a list of points")
	}
	if err := checkSampler(s.Sampler); err != nil {
		return err
	}
	return checkPruner(s.Pruner)
}

func (s Spec) checkObjectives() error {
	if n := len(s.Objectives); n != 1 && n != 2 {
		return fmt.Errorf("a search has one objective or two, not %d", n)
	}
	for _, o := range s.Objectives {
		name := strings.TrimPrefix(o, "-")
		if err := checkMetric(name); err != nil {
			return err
		}
		if _, ok := Scored(name); ok && !Searched(name) {
			return fmt.Errorf("%s is no objective: neither higher nor lower is better; --where bounds it", name)
		}
	}
	return nil
}

func checkSampler(name string) error {
	if _, ok := search.Find(name); ok {
		return nil
	}
	return unknown("sampler", name, search.Names())
}

func checkPruner(name string) error {
	if _, ok := pruner.Find(name); ok {
		return nil
	}
	return unknown("pruner", name, pruner.Names())
}

// unknown says that there is nothing of such a name, and what there is.
func unknown(kind, name string, names []string) error {
	if near := knob.Nearest(name, names); near != "" {
		return fmt.Errorf("there is no %s %q; did you mean %s?", kind, name, near)
	}
	return fmt.Errorf("there is no %s %q; there are %s", kind, name, strings.Join(names, ", "))
}
