package core_test

import (
	"math"
	"strings"
	"testing"

	"descent/core/metric"
)

func TestMetricsAreMeasuredAtEvaluations(t *testing.T) {
	tr := trainer(t, classesTOML)
	turn(t, tr, `train.metrics=f1,log_loss,accuracy,train_loss`)
	steps(tr, 4)
	r := tr.Evaluate()
	var names []string
	for _, s := range r.Scores {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "train_loss val_f1 val_log_loss" {
		t.Fatalf("scores %s", got)
	}
	if v, ok := r.Score("val_log_loss"); !ok || math.Abs(v-r.ValLoss) > 1e-12 {
		t.Errorf("the log-loss is %v, the cross-entropy %v", v, r.ValLoss)
	}
	if want, _ := tr.Measure(tr.Data().Train); r.Scores[0].Value != want {
		t.Errorf("the loss over the training rows is %v, want %v", r.Scores[0].Value, want)
	}
	if line := string(r.AppendJSON(nil)); !strings.Contains(line, `,"train_loss":`) || !strings.Contains(line, `,"val_f1":`) || strings.Count(line, "val_accuracy") != 1 {
		t.Error(line)
	}
	turn(t, tr, "train.metrics=")
	tr.Step()
	if r := tr.Evaluate(); r.Scores != nil {
		t.Errorf("scores %v after they were taken back", r.Scores)
	}
}

func TestMetricsLeaveTheRunAsItIs(t *testing.T) {
	a, b := trainer(t, classesTOML), trainer(t, classesTOML)
	turn(t, b, "train.metrics=f1,auc,train_loss")
	for range 20 {
		x, y := a.Step(), b.Step()
		if x.Evaluated {
			x, y = a.Evaluate(), b.Evaluate()
		}
		y.Scores = nil
		if !x.Equal(y) {
			t.Fatalf("step %d is %+v, with metrics %+v", x.Step, x, y)
		}
	}
	if a.Hash() != b.Hash() {
		t.Error("measured, the run is another")
	}
}

func TestMetricsThatDoNotSuitTheTargetsAreRefused(t *testing.T) {
	tr := trainer(t, classesTOML)
	for value, want := range map[string]string{
		"f1,mae": "mae compares numbers; these targets are classes",
		"f11":    `there is no metric "f11"; did you mean "f1"?`,
	} {
		s, err := tr.Settings().Find("train.metrics")
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.Knob.Parse(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Set("train.metrics", v); err == nil || err.Error() != want {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestEveryScoreOfAReportIsFound(t *testing.T) {
	tr := trainer(t, classesTOML)
	steps(tr, 2)
	r := tr.Evaluate()
	for name, want := range map[string]float64{"val_loss": r.ValLoss, "accuracy": r.Accuracy, "val_accuracy": r.ValAccuracy} {
		if got, ok := r.Score(name); !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
	if _, ok := r.Score("val_f1"); ok {
		t.Error("there is a metric that was not asked for")
	}
	if _, ok := metric.Find("val_f1"); ok {
		t.Error("a metric has the name of a measure of it")
	}
}
