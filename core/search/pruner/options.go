package pruner

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// options are what can be set of pruners, by name.
var options = []struct {
	name, of string // of is the pruner that it belongs to, "" for all
	whole    bool
	least    float64
	set      func(o *Options, v float64)
}{
	{"factor", "asha hyperband", true, 2, func(o *Options, v float64) { o.Factor = int(v) }},
	{"min_steps", "", true, 0, func(o *Options, v float64) { o.MinSteps = int(v) }},
	{"percentile", "percentile", false, 0, func(o *Options, v float64) { o.Percentile = v }},
	{"patience", "patience", true, 1, func(o *Options, v float64) { o.Patience = int(v) }},
	{"lower", "threshold", false, math.Inf(-1), func(o *Options, v float64) { o.Lower = v }},
	{"upper", "threshold", false, math.Inf(-1), func(o *Options, v float64) { o.Upper = v }},
	{"startup", "median percentile", true, 0, func(o *Options, v float64) { o.Startup = int(v) }},
}

// Parse reads a pruner with its options, "asha" or "asha:factor=4,min_steps=100". An
// unknown name of a pruner is left to Find.
func Parse(text string) (name string, o Options, err error) {
	name, rest, has := strings.Cut(text, ":")
	if !has {
		return name, o, nil
	}
	var names []string
	for _, one := range options {
		if name != "none" && (one.of == "" || strings.Contains(" "+one.of+" ", " "+name+" ")) {
			names = append(names, one.name)
		}
	}
	for _, part := range strings.Split(rest, ",") {
		key, value, _ := strings.Cut(part, "=")
		known := false
		for _, one := range options {
			if one.name != key || !slices.Contains(names, key) {
				continue
			}
			v, failed := strconv.ParseFloat(value, 64)
			if failed != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < one.least || one.whole && (v != math.Trunc(v) || v > 1e9) {
				kind := "a number"
				if one.whole {
					kind = fmt.Sprintf("a whole number of at least %g", one.least)
				}
				return name, o, fmt.Errorf("%s of the pruner %s is %s, not %q", key, name, kind, value)
			}
			one.set(&o, v)
			known = true
		}
		switch {
		case known:
		case len(names) == 0:
			return name, o, fmt.Errorf("the pruner %s has nothing to set", name)
		default:
			if near := knob.Nearest(key, names); near != "" {
				return name, o, fmt.Errorf("the pruner %s has no %q; did you mean %s?", name, key, near)
			}
			return name, o, fmt.Errorf("the pruner %s has no %q; it has %s", name, key, strings.Join(names, ", "))
		}
	}
	return name, o, nil
}
