package tune

import (
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/session/study"
)

func TestAStudyMeasuresWhatItIsAbout(t *testing.T) {
	r := small(t, "train.metrics=mcc")
	spec := study.Spec{Objectives: []string{"-val_f1"}, Where: []study.Constraint{{Metric: "val_auc", Above: true, Limit: 0.5}, {Metric: "bytes", Limit: 1e9}}}
	if tr, err := core.New(r, files); err != nil {
		t.Fatal(err)
	} else if err := Measured(spec, tr); err == nil {
		t.Error("f1 is measured without a place in train.metrics")
	}
	r, err := WithMetrics(r, spec)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Find("train.metrics"); !got.Value.Equal(knob.Items([]string{"mcc", "f1", "auc"})) {
		t.Errorf("train.metrics is %s", got.Value)
	}
	tr, err := core.New(r, files)
	if err != nil {
		t.Fatal(err)
	}
	if err := Measured(spec, tr); err != nil {
		t.Error(err)
	}
	again, err := WithMetrics(r, spec)
	if got, _ := again.Find("train.metrics"); err != nil || len(got.Value.Items()) != 3 {
		t.Errorf("a second time it is %s, %v", got.Value, err)
	}
}

func TestTheGoalOfAMetricIsItsDirection(t *testing.T) {
	for name, want := range map[string]string{"val_f1": "-val_f1", "val_mae": "val_mae", "val_accuracy": "-val_accuracy", "train_loss": "train_loss", "bytes": "bytes", "old_auc": "-old_auc"} {
		if got := study.Goal(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for name, ok := range map[string]bool{"val_f1": true, "-val_mae": true, "val_coverage": false, "val_f7": false, "val_train_loss": false} {
		if err := study.CheckObjectives([]string{name}); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := study.ParseConstraint("val_coverage>=0.85"); err != nil || !slices.Contains([]string{"val_coverage"}, c.Metric) {
		t.Errorf("%+v, %v", c, err)
	}
}
