package headless

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"descent/core/knob"
)

func TestARaceIsRankedByTheMetricThatIsAsked(t *testing.T) {
	c := Contest{Over: []string{"optimizer.lr"}, Steps: 30, Seeds: 2, By: "val_f1"}
	for _, rate := range []float64{0.00001, 0.05} {
		r := moons(t)
		for path, v := range map[string]knob.Value{"optimizer.lr": knob.Num(rate), "train.metrics": knob.Items([]string{"f1", "log_loss"})} {
			if err := r.Set(path, v); err != nil {
				t.Fatal(err)
			}
		}
		c.Entrants = append(c.Entrants, Entrant{[]knob.Value{knob.Num(rate)}, r})
	}
	values := func(r Racer) map[string]float64 {
		return map[string]float64{"val_f1": -float64(r.Metrics["val_f1"].Median), "val_log_loss": float64(r.Metrics["val_log_loss"].Median), "": float64(r.ValLoss.Median)}
	}
	for _, by := range []string{"val_f1", "val_log_loss", ""} {
		c.By = by
		out, err := Race(context.Background(), noFiles{}, c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := values(out[0])[by], values(out[1])[by]; !(a < b) {
			t.Errorf("by %q: %v before %v", by, a, b)
		}
		if text, err := json.Marshal(out[0]); err != nil || !strings.Contains(string(text), `"metrics":{"val_f1":{"median":`) {
			t.Errorf("%s, %v", text, err)
		}
	}
}
