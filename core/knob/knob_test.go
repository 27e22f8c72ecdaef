package knob_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"descent/core/knob"
)

// number is a knob over a range.
func number(min, max float64, scale knob.Scale) knob.Knob {
	return knob.Float("a.b", new(float64), min, max, scale, "")
}

func whole(min, max int) knob.Knob { return knob.Int("a.b", new(int), min, max, "") }

var (
	rate     = number(0, 10, knob.Log).WithScale(knob.Log, 1e-4)
	decay    = number(0, 0.999999999, knob.Complement)
	momentum = number(0, 1, knob.Complement)
	share    = number(0, 1, knob.Linear)
	twenty   = number(0, 0.9, knob.Linear).WithStep(0.05)
	delta    = number(1e-6, 1e6, knob.Log).WithScale(knob.Log, 1e-3)
	batch    = whole(0, 1<<30).WithZero("all rows").WithScale(knob.Log, 1)
	steps    = whole(1, 1<<40).WithScale(knob.Log, 100)
	width    = whole(0, 16).WithZero("off")
	choice   = knob.OneOf("a.b", new(string), []knob.Option{{Name: "x"}, {Name: "y"}, {Name: "z"}}, "")
	onOff    = knob.Bool("a.b", new(bool), "")
)

// Each row is what a knob says as it is turned up, stop by stop.
func TestTurningUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		knob  knob.Knob
		start float64
		want  string
	}{
		{"a rate goes 1, 2, 5", rate, 0.001, "0.002 0.005 0.01 0.02 0.05 0.1"},
		{"and stops at the end", rate, 2, "5 10 10"},
		{"from 0 to the floor", rate, 0, "0.0001 0.0002 0.0005"},
		{"from below the floor to the floor", rate, 3e-9, "0.0001 0.0002"},
		{"from between stops to the next", rate, 0.003, "0.005 0.01"},
		{"a decay goes 0.9, 0.95, 0.98, 0.99", decay, 0.9, "0.95 0.98 0.99 0.995 0.998 0.999 0.9995"},
		{"a decay from the bottom", decay, 0, "0.1 0.2 0.3 0.4 0.5 0.8 0.9"},
		{"a decay from between stops", decay, 0.97, "0.98 0.99"},
		{"a decay's end", decay, 0.999999999, "1"}, // to four digits
		{"a share goes by twentieths of the range", share, 0, "0.05 0.1 0.15 0.2"},
		{"a share's end", share, 0.95, "1 1"},
		{"a step of its own", twenty, 0.8, "0.85 0.9 0.9"},
		{"a batch goes 1, 2, 5 in integers", batch, 0, "1 2 5 10 20 50 100"},
		{"a batch from between stops", batch, 32, "50"},
		{"steps from the minimum to the floor", steps, 1, "100 200 500"},
		{"bits go one by one", width, 0, "1 2 3"},
		{"bits end", width, 15, "16 16"},
		{"a range above 0", delta, 1e-6, "0.001 0.002"},
	} {
		v := knob.Num(c.start)
		var got []string
		for range strings.Fields(c.want) {
			v = c.knob.Turn(v, +1)
			got = append(got, c.knob.Format(v))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: from %v %s, want %s", c.name, c.start, s, c.want)
		}
	}
}

// Each row is what a knob says as it is turned down, stop by stop.
func TestTurningDown(t *testing.T) {
	for _, c := range []struct {
		name  string
		knob  knob.Knob
		start float64
		want  string
	}{
		{"a rate goes 5, 2, 1", rate, 0.01, "0.005 0.002 0.001 0.0005"},
		{"from the floor to 0", rate, 0.0002, "0.0001 0 0"},
		{"from between stops to the next", rate, 0.003, "0.002"},
		{"a decay", decay, 0.999, "0.998 0.995 0.99 0.98 0.95 0.9 0.8 0.5 0.4 0.3 0.2 0.1 0 0"},
		{"a momentum of 1", momentum, 1, "1 1"}, // 1 − 1e-9, to four digits
		{"a share", share, 0.1, "0.05 0 0"},
		{"a batch to its word for 0", batch, 5, "2 1 all rows"},
		{"a batch from between stops", batch, 32, "20"},
		{"steps from the floor to the minimum", steps, 200, "100 1 1"},
		{"a range above 0", delta, 0.002, "0.001 1e-6 1e-6"},
		{"bits", width, 2, "1 off off"},
	} {
		v := knob.Num(c.start)
		var got []string
		for i := 0; i < len(strings.Fields(strings.ReplaceAll(c.want, "all rows", "0"))); i++ {
			v = c.knob.Turn(v, -1)
			got = append(got, c.knob.Format(v))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: from %v %s, want %s", c.name, c.start, s, c.want)
		}
	}
}

// From the bottom up to 30 stops, and back down through the same values.
func TestUpThenDownReturns(t *testing.T) {
	for name, k := range map[string]knob.Knob{
		"rate": rate, "decay": decay, "momentum": momentum, "share": share, "twenty": twenty,
		"delta": delta, "batch": batch, "steps": steps, "width": width,
	} {
		stops := []knob.Value{knob.Num(k.Min)}
		for len(stops) < 30 {
			last := stops[len(stops)-1]
			next := k.Turn(last, +1)
			if next.Equal(last) {
				break
			}
			if next.Num() < last.Num() || next.Num() > k.Max {
				t.Errorf("%s goes up from %v to %v", name, last, next)
			}
			stops = append(stops, next)
		}
		for i := len(stops) - 1; i > 0; i-- {
			if i == len(stops)-1 && stops[i].Num() == k.Max { // the end need not lie on a stop
				continue
			}
			if got := k.Turn(stops[i], -1); !got.Equal(stops[i-1]) {
				t.Errorf("%s: %v goes down to %v, but it came up from %v", name, stops[i], got, stops[i-1])
			}
		}
	}
}

func TestTheEndsOfARangeHold(t *testing.T) {
	for _, k := range []knob.Knob{rate, decay, momentum, share, twenty, delta, batch, steps, width} {
		if got := k.Turn(knob.Num(k.Max), +1); got.Num() != k.Max {
			t.Errorf("%v goes up to %v", k.Max, got)
		}
		if got := k.Turn(knob.Num(k.Min), -1); got.Num() != k.Min {
			t.Errorf("%v goes down to %v", k.Min, got)
		}
	}
}

func TestManyStopsAreAsManyTurns(t *testing.T) {
	for _, k := range []knob.Knob{rate, decay, share, batch, width} {
		v := knob.Num(k.Min)
		for range 7 {
			v = k.Turn(v, 1)
		}
		if got := k.Turn(knob.Num(k.Min), 7); !got.Equal(v) {
			t.Errorf("7 stops lead to %v, 7 turns to %v", got, v)
		}
	}
}

func TestChoicesGoRoundAndSwitchesFlip(t *testing.T) {
	for _, c := range []struct {
		from  string
		stops int
		want  string
	}{
		{"x", 1, "y"},
		{"z", 1, "x"},
		{"x", -1, "z"},
		{"x", 7, "y"},
		{"y", -8, "z"},
		{"x", 0, "x"},
		{"no such", 1, "no such"},
	} {
		if got := choice.Turn(knob.Word(c.from), c.stops).Word(); got != c.want {
			t.Errorf("%s by %d: %s, want %s", c.from, c.stops, got, c.want)
		}
	}
	for stops := -3; stops <= 3; stops++ {
		if got := onOff.Turn(knob.Flag(true), stops).On(); got != (stops%2 == 0) {
			t.Errorf("on by %d: %v", stops, got)
		}
	}
}

func TestPosition(t *testing.T) {
	for _, c := range []struct {
		name string
		knob knob.Knob
		v    float64
		want float64
	}{
		{"bottom of a share", share, 0, 0},
		{"middle of a share", share, 0.5, 0.5},
		{"top of a share", share, 1, 1},
		{"floor of a rate", rate, 1e-4, 0},
		{"a rate below its floor", rate, 0, 0},
		{"a rate, two of five decades up", rate, 0.01, 0.4},
		{"top of a rate", rate, 10, 1},
		{"bottom of a decay", decay, 0, 0},
		{"a decay of 0.9, one of six decades", decay, 0.9, 1. / 6},
		{"a decay of 0.999", decay, 0.999, 0.5},
		{"a decay nearer to 1 than is shown", decay, 0.999999999, 1},
		{"bits", width, 4, 0.25},
	} {
		if got := c.knob.Position(knob.Num(c.v)); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for _, k := range []knob.Knob{choice, onOff} {
		if got := k.Position(k.Value()); !math.IsNaN(got) {
			t.Errorf("a %s stands at %v", k.Kind, got)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"optimizer.lr", "optimizer.name", "adam", "adagrad", "sgd", "gd"}
	for word, want := range map[string]string{
		"optimzer.lr": "optimizer.lr", "optimizer.lrr": "optimizer.lr", "adma": "adam", "admam": "adam",
		"sdg": "sgd", "adagard": "adagrad", "adam": "adam", "lion": "", "": "", "x": "", "sg": "sgd",
	} {
		if got := knob.Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestValuesReadBackFromJSON(t *testing.T) {
	for _, v := range []knob.Value{
		knob.Num(0), knob.Num(0.1), knob.Num(math.MaxFloat64), knob.Num(math.SmallestNonzeroFloat64), knob.Num(-1 << 53),
		knob.Word(""), knob.Word("a\n\"b\""), knob.Flag(true), knob.Flag(false), knob.Items(nil), knob.Items([]string{"a", "b"}),
	} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var got knob.Value
		if err := json.Unmarshal(b, &got); err != nil || !got.Equal(v) {
			t.Errorf("%s came back as %v (%v)", b, got, err)
		}
	}
	for _, bad := range []string{`null`, `{}`, `[1]`, `[["a"]]`, `1e999`} {
		var v knob.Value
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s is read as %v", bad, v)
		}
	}
	if _, err := json.Marshal(knob.Num(math.NaN())); err == nil {
		t.Error("NaN is written")
	}
}

func TestAStopIsFoundByItsPosition(t *testing.T) {
	var x float64
	var n int
	for _, k := range []knob.Knob{
		knob.Float("rate", &x, 0, 10, knob.Log, ""), knob.Float("share", &x, 0, 1, knob.Linear, ""), knob.Float("beta", &x, 0, 0.999999999, knob.Complement, ""),
		knob.Int("batch", &n, 1, 4096, "").WithScale(knob.Log, 1), knob.Int("bits", &n, 0, 16, ""),
	} {
		for v, i := knob.Num(k.Min), 0; i < 20; v, i = k.Turn(v, 1), i+1 {
			if got := k.At(k.Position(v), knob.Num(k.Min)); k.Position(got) != k.Position(v) {
				t.Errorf("%s: at the position of %v is %v", k.Path, v, got)
			}
		}
		if got := k.At(7, knob.Num(k.Min)); got.Num() > k.Max || k.Position(got) < 0.99 {
			t.Errorf("%s: beyond the end is %v", k.Path, got)
		}
		if got := k.At(-7, knob.Num(k.Max)); k.Position(got) != 0 {
			t.Errorf("%s: before the beginning is %v", k.Path, got)
		}
		if got := k.At(math.NaN(), knob.Num(k.Max)); got.Num() != k.Max {
			t.Errorf("%s: NaN is at %v", k.Path, got)
		}
	}
}
