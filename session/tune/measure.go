package tune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
	"descent/session/study"
)

// measure returns what is known of a run now, by the names of study.Metrics.
func measure(r *run) map[string]float64 {
	var e core.Report
	if r.done() == 0 {
		e = r.trainer.Present()
	} else {
		e = r.trainer.Evaluate()
	}
	m := map[string]float64{"loss": r.loss(), "gradient_evaluations": float64(e.GradientEvaluations)}
	if set := r.trainer.Data(); set != nil && r.done() == 0 {
		m["loss"], _ = r.trainer.Measure(set.Train)
	}
	if e.HasVal {
		m["val_loss"] = e.ValLoss
	}
	if e.HasAccuracy {
		m["accuracy"] = e.Accuracy
		if e.HasVal {
			m["val_accuracy"] = e.ValAccuracy
		}
	}
	if e.HasOld {
		m["old_loss"] = e.OldLoss
		if e.HasAccuracy {
			m["old_accuracy"] = e.OldAccuracy
		}
	}
	for _, s := range e.Scores {
		m[s.Name] = s.Value
	}
	sizes(m, r.trainer)
	return m
}

// sizes adds what the network costs to keep and to run.
func sizes(m map[string]float64, t *core.Trainer) {
	if t.Data() == nil {
		return
	}
	s := t.Size()
	m["bytes"], m["params"], m["multiply_adds"] = float64(s.Bytes), float64(s.Kept), float64(s.Work)
}

// values are the objectives of a run; the error says which is not measured.
func values(objectives []string, m map[string]float64) ([]float64, error) {
	out := make([]float64, len(objectives))
	for i, name := range objectives {
		metric, most := strings.CutPrefix(name, "-")
		v, ok := m[metric]
		if !ok {
			return nil, fmt.Errorf("%s is not measured here: it needs %s", metric, needs(metric))
		}
		if most {
			v = -v
		}
		out[i] = v
	}
	return out, nil
}

// needs says what a recipe lacks for a metric.
func needs(metric string) string {
	switch metric {
	case "val_loss":
		return "validation rows (data.validation)"
	case "val_accuracy":
		return "validation rows and targets that are classes"
	case "accuracy":
		return "targets that are classes"
	case "old_loss", "old_accuracy":
		return "a pretraining task ([pretrain])"
	}
	if row, ok := study.Scored(metric); ok {
		what := "targets that are classes"
		if row.Fits(true, false) == nil {
			what = "targets that are numbers"
		}
		if strings.HasPrefix(metric, "val_") {
			what = "validation rows (data.validation) and " + what
		}
		return what + ", and a place in train.metrics"
	}
	return "a network"
}

// WithMetrics is a recipe whose trials measure what the objectives and constraints of a
// study are about: those of the catalogue of metrics join train.metrics.
func WithMetrics(r recipe.Recipe, s study.Spec) (recipe.Recipe, error) {
	now, err := r.Find(recipe.TrainMetrics)
	if err != nil || r.Surface.Name != "" {
		return r, nil
	}
	names := now.Value.Items()
	asked := slices.Clone(s.Objectives)
	for _, c := range s.Where {
		asked = append(asked, c.Metric)
	}
	for _, name := range asked {
		if row, ok := study.Scored(strings.TrimPrefix(name, "-")); ok && !slices.Contains(names, row.Name) {
			names = append(slices.Clip(names), row.Name)
		}
	}
	if len(names) == len(now.Value.Items()) {
		return r, nil
	}
	err = r.Set(recipe.TrainMetrics, knob.Items(names))
	return r, err
}

// Measured returns an error that says which objective or constraint of a study cannot be
// measured for a trainer, nil if all can.
func Measured(s study.Spec, t *core.Trainer) error {
	r := &run{trainer: t}
	m := measure(r)
	if _, err := values(s.Objectives, m); err != nil {
		return err
	}
	for _, c := range s.Where {
		if _, ok := m[c.Metric]; !ok {
			return fmt.Errorf("%s is not measured here: it needs %s", c.Metric, needs(c.Metric))
		}
	}
	return nil
}

// foreseen says which constraints a trainer violates whatever is trained, "" for none:
// those on its size, where nothing is pruned.
func foreseen(s study.Spec, t *core.Trainer) string {
	if sparsity, err := t.Settings().Find("prune.sparsity"); t.Data() == nil || s.Population > 0 || err != nil || sparsity.Value.Num() > 0 {
		return ""
	}
	m := map[string]float64{}
	sizes(m, t)
	for _, c := range s.Where {
		if v, ok := m[c.Metric]; ok && c.Violation(v) > 0 {
			bound := "at most"
			if c.Above {
				bound = "at least"
			}
			return fmt.Sprintf("not trained: %s is %g, and has to be %s %g", c.Metric, v, bound, c.Limit)
		}
	}
	return ""
}

// median is the middle one, or the mean of the two in the middle. It sorts v.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	slices.SortFunc(v, study.Compare)
	i := len(v) / 2
	if len(v)%2 == 1 || v[i-1] == v[i] {
		return v[i]
	}
	return (v[i-1] + v[i]) / 2
}

// floats converts numbers to their form in JSON.
func floats(v []float64) []journal.Float {
	if v == nil {
		return nil
	}
	out := make([]journal.Float, len(v))
	for i, x := range v {
		out[i] = journal.Float(x)
	}
	return out
}
