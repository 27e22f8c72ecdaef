package dialog

import (
	"slices"
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// RaceMenu offers what can be raced from the current step.
func RaceMenu(t *draw.Theme, f *live.Frame, selected live.KnobState) *Menu {
	m := &Menu{t: t, title: "Race from step " + draw.Thousands(f.Step)}
	for _, d := range f.Panel {
		switch d.Knob.Path {
		case "optimizer.name":
			names := []string{d.Value.Word()}
			for _, n := range []string{"sgd", "momentum", "rmsprop", "adam", "lion"} {
				if !slices.Contains(names, n) && len(names) < 5 {
					names = append(names, n)
				}
			}
			m.add("optimizers", strings.Join(names, ", "), intent.Race{Path: d.Knob.Path, Values: names})
		case "optimizer.lr":
			var rates []string
			for _, factor := range []float64{0.25, 0.5, 1, 2, 4} {
				rates = append(rates, intent.Scaled(d.Knob, d.Value, factor).String())
			}
			rates = slices.Compact(rates)
			m.add("rates", strings.Join(rates, ", "), intent.Race{Path: d.Knob.Path, Values: rates})
		}
	}
	for _, d := range f.Panel {
		if v := d.Value.Num(); d.Knob.Path == "distill.alpha" && d.Inert == "" {
			if v == 0 {
				v = 0.5
			}
			values := []string{knob.Num(v).String(), "0"}
			m.add("with and without teacher", "distill.alpha "+strings.Join(values, ", "), intent.Race{Path: d.Knob.Path, Values: values})
		}
	}
	if path := selected.Knob.Path; path != "optimizer.name" && path != "optimizer.lr" {
		if values := candidates(selected); len(values) > 1 {
			m.add(path, strings.Join(values, ", "), intent.Race{Path: path, Values: values})
		}
	}
	return m
}
