package core_test

import (
	"strings"
	"testing"

	"descent/core"
	"descent/core/metric"
	"descent/core/objective"
	"descent/core/optim"
)

// What early stopping can monitor is what reports measure, in the direction in which it
// is better.
func TestWhatIsMonitoredIsMeasured(t *testing.T) {
	of := core.Report{Evaluated: true, Loss: 1, Measures: objective.Measures{HasVal: true, HasAccuracy: true, ValLoss: 2, Accuracy: 3, ValAccuracy: 4}}
	for i, row := range metric.Catalogue {
		name := row.Name
		if name != metric.TrainLoss {
			name = "val_" + name
		}
		of.Scores = append(of.Scores, metric.Score{Name: name, Value: float64(10 + i)})
	}
	always := map[string]float64{"loss": 1, "val_loss": 2, "accuracy": 3, "val_accuracy": 4}
	for _, o := range optim.Monitors() {
		s := optim.Stopping{Monitor: o.Name}
		got, ok := of.Monitored(o.Name)
		if want, always := always[o.Name]; always {
			if !ok || got != want || s.Rises() != strings.HasSuffix(o.Name, "accuracy") {
				t.Errorf("%s is %v, %v, not %v", o.Name, got, ok, want)
			}
			continue
		}
		row, known := metric.Find(strings.TrimPrefix(o.Name, "val_"))
		if !known || !ok || got < 10 || s.Rises() != (row.Direction == metric.Higher) {
			t.Errorf("%s is %v, %v; higher is better: %v", o.Name, got, ok, s.Rises())
		}
	}
	if _, ok := (core.Report{Evaluated: true}).Monitored("val_f1"); ok {
		t.Error("what is not measured has a value")
	}
}
