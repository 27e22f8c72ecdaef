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
	{Name: "auto", Help: "the sampler that suits the search space: tpe, or gp and then cmaes", Doc: autoDoc, New: func(o Options) Sampler { return auto{o} }},
	{Name: "tpe", Help: "densities of good and bad trials (Parzen estimators)", Doc: tpeDoc, New: func(o Options) Sampler { return tpe{o.Greed} }},
	{Name: "gp", Help: "Gaussian process with expected improvement (Bayesian optimization)", Doc: gpDoc, New: func(o Options) Sampler { return gp{o.Greed} }},
	{Name: "cmaes", Help: "covariance matrix adaptation evolution strategy", Doc: cmaDoc, New: func(o Options) Sampler { return cmaes{o.Greed} }},
	{Name: "nsga2", Help: "genetic algorithm for two objectives", Doc: nsgaDoc, New: func(o Options) Sampler { return nsga{o.Greed} }},
	{Name: "random", Help: "independent uniform samples", Doc: randomDoc, New: func(Options) Sampler { return random{} }},
	{Name: "halton", Help: "scrambled Halton sequence: more even than random samples", Doc: haltonDoc, New: func(Options) Sampler { return halton{} }},
	{Name: "grid", Help: "every combination of values, in random order", Doc: gridDoc, New: func(o Options) Sampler { return grid{o.Points} }},
	{Name: "list", Help: "a list of points", Doc: listDoc, New: func(o Options) Sampler { return list{o.List} }},
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

// smooth is how many trials a Gaussian process models before CMA-ES goes on.
const smooth = 250

var autoDoc = knob.Doc{
	Formula: "two objectives, or an axis that is categorical or conditional: tpe\n" +
		"numbers alone: gp for the first 250 trials, then cmaes from the best of them",
	Source:  knob.None,
	PyTorch: knob.None,
	When:    "Unless there is a reason for another sampler.",
	Range:   knob.None,
}

// auto asks the sampler that suits the space.
type auto struct{ options Options }

func (a auto) Ask(q Question) (Proposal, error) {
	r, _ := Find(Auto(q))
	return r.New(a.options).Ask(q)
}

// Auto is the name of the sampler that "auto" asks.
func Auto(q Question) string {
	name := "tpe"
	if q.Objectives < 2 && q.Space.Numeric() {
		if name = "gp"; len(q.Told) >= smooth {
			name = "cmaes"
		}
	}
	if _, ok := Find(name); !ok {
		return "tpe"
	}
	return name
}

// Names are the names of all samplers, in display order.
func Names() []string {
	out := make([]string, len(Catalogue))
	for i, r := range Catalogue {
		out[i] = r.Name
	}
	return out
}
