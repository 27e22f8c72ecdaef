package pruner

import "descent/core/knob"

// Row is a pruner in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	New        func(Options) Pruner
}

// Catalogue is every pruner, in display order.
var Catalogue = []Row{
	{Name: "none", Help: "every trial is trained to its end", Doc: noneDoc, New: func(Options) Pruner { return None{} }},
	{Name: "asha", Help: "the best third of those that reach a rung is trained on", Doc: ashaDoc, New: newASHA},
	{Name: "hyperband", Help: "several ashas side by side, each with a later first rung", Doc: hyperbandDoc, New: newHyperband},
	{Name: "median", Help: "stops what is worse than the median of the complete trials", Doc: medianDoc, New: newMedian},
	{Name: "percentile", Help: "stops what is not among the best quarter of the complete trials", Doc: percentileDoc, New: func(o Options) Pruner {
		if o.Percentile == 0 {
			o.Percentile = 25
		}
		return newPercentile(o.Percentile, o)
	}},
	{Name: "wilcoxon", Help: "stops what is significantly worse than the best over seeds", Doc: wilcoxonDoc, New: newWilcoxon},
	{Name: "patience", Help: "stops a trial whose own curve has risen for long", Doc: patienceDoc, New: newPatience},
	{Name: "threshold", Help: "stops values beyond a limit", Doc: thresholdDoc, New: newThreshold},
}

// Find returns the pruner of a name.
func Find(name string) (r Row, ok bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// Names are the names of all pruners, in display order.
func Names() []string {
	out := make([]string, len(Catalogue))
	for i, r := range Catalogue {
		out[i] = r.Name
	}
	return out
}
