package optim_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"descent/core/optim"
)

func TestPlateauFallsWhenPyTorchsDoes(t *testing.T) {
	content, err := os.ReadFile("testdata/plateau.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Losses []float64
		Cases  []struct {
			Options struct {
				Factor, Threshold  *float64
				Patience, Cooldown *int
				Mode               string
				MinLR              float64 `json:"min_lr"`
			}
			Rates []float64
		}
	}
	if err := json.Unmarshal(content, &ref); err != nil {
		t.Fatal(err)
	}
	for n, c := range ref.Cases {
		row, _ := optim.FindSchedule("plateau")
		p := row.New().(*optim.Plateau)
		o := c.Options
		p.MinLR = o.MinLR
		if o.Mode == "max" {
			p.Monitor = optim.MonitorValAccuracy
		}
		for _, f := range []struct{ to, from *float64 }{{&p.Factor, o.Factor}, {&p.Threshold, o.Threshold}} {
			if f.from != nil {
				*f.to = *f.from
			}
		}
		for _, i := range []struct{ to, from *int }{{&p.Patience, o.Patience}, {&p.Cooldown, o.Cooldown}} {
			if i.from != nil {
				*i.to = *i.from
			}
		}
		var memory optim.PlateauMemory
		rate, falls := 0.1, 0
		for i, value := range ref.Losses {
			if o.Mode == "max" {
				value = 1 - value
			}
			next := p.Observe(&memory, value, rate)
			if next != rate {
				falls++
			}
			if rate = next; math.Abs(rate/c.Rates[i]-1) > 1e-12 {
				t.Fatalf("case %d, evaluation %d: rate %v, PyTorch's is %v", n, i+1, rate, c.Rates[i])
			}
		}
		if falls < 2 {
			t.Errorf("case %d: it fell %d times", n, falls)
		}
	}
}
