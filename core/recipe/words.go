package recipe

import (
	"strings"

	"descent/core/knob"
)

// Words says a setting in a few words: "momentum", "lr 0.01", "prune 0.7",
// "quantize 4". Choices of a name speak for themselves.
func Words(path string, v knob.Value) string {
	table, name, _ := strings.Cut(path, ".")
	value := v.String()
	for _, e := range Catalogue() {
		if e.Knob.Path == path {
			value = e.Knob.Format(v)
		}
	}
	switch path {
	case OptimizerName, LossName, ScheduleName:
		return value
	case "prune.sparsity":
		return "prune " + value
	case "quant.bits":
		if v.Num() != 0 {
			value += " bits"
		}
		return "quantize " + value
	}
	if table == "prune" || table == "quant" || table == "distill" || table == "augment" {
		name = table + " " + name
	}
	return strings.ReplaceAll(name, "_", " ") + " " + value
}
