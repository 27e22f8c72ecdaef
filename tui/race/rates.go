package race

import (
	"descent/core/whatif"
	"descent/session/live"
)

// rates is where the racers have their learning rates from.
type rates = int

const (
	preset rates = iota // as it stands, the same for all
	own                 // the default of each optimizer
	tested              // that which the range test suggests for each
	ratesCount
)

// names are what the menu calls them.
var names = [ratesCount]string{"as it stands", "each its default", "each the best of a range test"}

// Finder is the range test, with the settings of the workbench.
var Finder = whatif.RateFinder{From: 1e-6, To: 10, Steps: 300}

// probe is the range test of a racer.
func probe(f *live.Frame, k *kind, r row) live.Probe {
	p := whatif.RateOf{RateFinder: Finder, Path: k.knob.Knob.Path, Text: r.value.String()}
	p.Reset = f.Step > 0
	return p
}

// rate is the learning rate of a racer, 0 while it is being measured. said tells why
// it is not that of the range test.
func rate(f *live.Frame, k *kind, r row, from rates) (v float64, said string) {
	now := 0.0
	for _, d := range f.Panel {
		if d.Knob.Path == optimizerLR {
			now = d.Value.Num()
		}
	}
	usual := r.own
	if usual == 0 {
		usual = now
	}
	switch from {
	case preset:
		return now, ""
	case own:
		return usual, ""
	}
	found, ok := f.Findings[probe(f, k, r)]
	if !ok {
		return 0, ""
	}
	curve, _ := found.Value.(whatif.RateCurve)
	switch {
	case found.Err != nil:
		return usual, found.Err.Error()
	case curve.Valley == 0:
		return usual, "the range test suggests none: " + curve.Note
	}
	return curve.Valley, ""
}
