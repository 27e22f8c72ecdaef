package search

import "descent/core/knob"

// Row is a sampler in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	New        func(Options) Sampler
}

// Catalogue is every sampler, in display order.
var Catalogue = []Row{
	{Name: "random", Help: "independent uniform samples", Doc: randomDoc, New: func(Options) Sampler { return random{} }},
	{Name: "gp", Help: "Gaussian process with expected improvement (Bayesian optimization)", Doc: gpDoc, New: func(o Options) Sampler { return gp{o.Greed} }},
}

// Find returns the sampler of a name.
func Find(name string) (r Row, ok bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}
