package headless

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/session/bench"
)

func TestARunEndsInWholeNumbers(t *testing.T) {
	r := moons(t)
	for _, path := range []string{"quant.bits", "quant.activations"} {
		if err := r.Set(path, knob.Num(8)); err != nil {
			t.Fatal(err)
		}
	}
	var got *bench.IntegerReport
	o := Options{Integer: func(r bench.IntegerReport) { got = &r }}
	if err := Run(context.Background(), r, 30, noFiles{}, o); err != nil {
		t.Fatal(err)
	}
	if got == nil || got.Rows != 12 || got.Agree != 12 {
		t.Fatalf("%+v", got)
	}
	line := regexp.MustCompile(`^integer inference: 12 of 12 rows as simulated, to \S+; accuracy [01]\.\d{4}; rows per second: \d+, in float \d+, simulated \d+$`)
	if !line.MatchString(got.String()) {
		t.Error(got)
	}
}

func TestWholeNumbersAreMadeByADecisionOrRefusedAtOnce(t *testing.T) {
	r := moons(t)
	if err := r.Set("quant.bits", knob.Num(8)); err != nil {
		t.Fatal(err)
	}
	reported := false
	o := Options{Integer: func(bench.IntegerReport) { reported = true }, Progress: func(int, int, core.Report) { t.Error("it trains first") }}
	if err := Run(context.Background(), r, 5, noFiles{}, o); err == nil || !strings.HasPrefix(err.Error(), "--integer: integer inference needs quant.activations") {
		t.Errorf("%v", err)
	}
	o.Progress, o.At = nil, []Scheduled{{Step: 3, Path: "quant.activations", Value: knob.Num(8)}}
	if err := Run(context.Background(), r, 5, noFiles{}, o); err != nil || !reported {
		t.Errorf("%v, reported %v", err, reported)
	}
}

func TestMeasuringWholeNumbersLeavesTheTrainerAsItIs(t *testing.T) {
	r := moons(t)
	for _, path := range []string{"quant.bits", "quant.activations"} {
		if err := r.Set(path, knob.Num(6)); err != nil {
			t.Fatal(err)
		}
	}
	tr := trainer(t, r)
	before := tr.Hash()
	if _, err := bench.Integer(context.Background(), tr); err != nil {
		t.Fatal(err)
	}
	if tr.Hash() != before {
		t.Error("the trainer has moved")
	}
}
