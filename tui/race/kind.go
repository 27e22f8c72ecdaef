// Package race is the menu in which racers are chosen: optimizers, learning rates or
// the values of a knob, each with its own learning rate.
package race

import (
	"slices"

	"descent/core/knob"
	"descent/core/optim"
	"descent/session/live"
	"descent/tui/intent"
)

// kind is what racers may differ in: a knob with the values that it may take.
type kind struct {
	title string
	knob  live.KnobState
	rows  []row
	rated bool // racers may have learning rates of their own
}

// row is a value that may race.
type row struct {
	value   knob.Value
	label   string
	help    string
	refused string // why it cannot race, "" if it can
	chosen  bool
	own     float64 // the default learning rate of an optimizer, 0 for any other value
}

// The knobs that have a place of their own in the menu.
const (
	optimizerName = "optimizer.name"
	optimizerLR   = "optimizer.lr"
	teacher       = "distill.alpha"
)

// kinds returns what can be raced: optimizers, learning rates, with and without a
// teacher, and the values of the selected knob.
func kinds(f *live.Frame, selected live.KnobState) []kind {
	var out []kind
	for _, d := range f.Panel {
		switch d.Knob.Path {
		case optimizerName:
			out = append(out, optimizers(f, d))
		case optimizerLR:
			out = append(out, numbers("learning rates", d, func(by int) knob.Value { return scaled(d, by) }))
		}
	}
	for _, d := range f.Panel {
		if d.Knob.Path == teacher && d.Inert == "" {
			on := d.Value
			if on.Num() == 0 {
				on = knob.Num(0.5)
			}
			k := kind{title: "with and without teacher", knob: d, rated: true}
			for _, v := range []knob.Value{on, knob.Num(0)} {
				k.rows = append(k.rows, row{value: v, label: d.Knob.Format(v), chosen: true})
			}
			out = append(out, k)
		}
	}
	if path := selected.Knob.Path; path != optimizerName && path != optimizerLR && path != "" {
		if k := values(selected); len(k.rows) > 1 {
			out = append(out, k)
		}
	}
	return out
}

// usual are the optimizers that race unless others are chosen, with the present one.
var usual = []string{"sgd", "momentum", "rmsprop", "adam", "lion"}

// optimizers are those of the catalogue.
func optimizers(f *live.Frame, d live.KnobState) kind {
	k := kind{title: "optimizers", knob: d, rated: true}
	chosen := 1 // the present one
	for _, o := range d.Knob.Options {
		r := row{value: knob.Word(o.Name), label: o.Name, help: o.Help, refused: d.Refused[o.Name]}
		if known, ok := optim.Find(o.Name); ok {
			if r.own = known.LR; f.Recipe.Surface.Name != "" {
				r.own = known.RateOnSurfaces()
			}
		}
		switch {
		case o.Name == d.Value.Word():
			r.chosen = true
		case slices.Contains(usual, o.Name) && chosen < len(usual):
			r.chosen = true
			chosen++
		}
		k.rows = append(k.rows, r)
	}
	return k
}

// scaled is the rate times a power of two.
func scaled(d live.KnobState, by int) knob.Value {
	factor := 1.0
	for range max(by, -by) {
		factor *= 2
	}
	if by < 0 {
		factor = 1 / factor
	}
	return intent.Scaled(d.Knob, d.Value, factor)
}

// numbers are the values of a knob around the present one.
func numbers(title string, d live.KnobState, at func(by int) knob.Value) kind {
	k := kind{title: title, knob: d, rated: d.Knob.Path != optimizerLR}
	for by := -5; by <= 5; by++ {
		v := at(by)
		if k.find(v) < 0 {
			k.rows = append(k.rows, row{value: v, label: d.Knob.Format(v), chosen: by >= -2 && by <= 2})
		}
	}
	return k
}

// values are those that the selected knob may take.
func values(d live.KnobState) kind {
	switch d.Knob.Kind {
	case knob.Number, knob.Integer:
		return numbers(d.Knob.Path, d, func(by int) knob.Value { return d.Knob.Turn(d.Value, by) })
	case knob.Choice:
		k := kind{title: d.Knob.Path, knob: d, rated: true}
		for _, o := range d.Knob.Options {
			r := row{value: knob.Word(o.Name), label: o.Name, help: o.Help, refused: d.Refused[o.Name]}
			r.chosen = o.Name == d.Value.Word() || r.refused == "" && len(d.Knob.Options) <= len(usual)
			k.rows = append(k.rows, r)
		}
		return k
	case knob.Switch:
		k := kind{title: d.Knob.Path, knob: d, rated: true}
		for _, on := range []bool{false, true} {
			v := knob.Flag(on)
			k.rows = append(k.rows, row{value: v, label: d.Knob.Format(v), chosen: true})
		}
		return k
	}
	return kind{}
}

// find returns the row of a value, −1 if there is none.
func (k *kind) find(v knob.Value) int {
	return slices.IndexFunc(k.rows, func(r row) bool { return r.value.Equal(v) })
}

// add enters a typed value, and returns its row.
func (k *kind) add(text string) (at int, err error) {
	v, err := k.knob.Knob.Parse(text)
	if err != nil {
		return 0, err
	}
	if at = k.find(v); at < 0 {
		at = len(k.rows)
		for i, r := range k.rows {
			if r.value.Num() > v.Num() {
				at = min(at, i)
			}
		}
		k.rows = slices.Insert(k.rows, at, row{value: v, label: k.knob.Knob.Format(v)})
	}
	return at, nil
}

// takesNumbers reports whether other values than those listed may be typed.
func (k *kind) takesNumbers() bool {
	return k.knob.Knob.Kind == knob.Number || k.knob.Knob.Kind == knob.Integer
}

// chosen returns the rows that are to race.
func (k *kind) chosen() []row {
	var out []row
	for _, r := range k.rows {
		if r.chosen {
			out = append(out, r)
		}
	}
	return out
}
