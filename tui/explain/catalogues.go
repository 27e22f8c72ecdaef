package explain

import (
	"slices"
	"strings"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/metric"
	"descent/core/nn"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/core/surface"
	"descent/presets"
	"descent/session/diagnosis"
)

// chosen is a catalogue whose items are the choices of a knob.
type chosen struct {
	kind  Kind
	by    string // the knob's path
	items []knob.Option
}

// catalogues are all that a knob chooses from and that are of a kind of their own.
func catalogues() []chosen {
	var optimizers, schedules, losses []knob.Option
	for _, r := range optim.Catalogue {
		optimizers = append(optimizers, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	for _, r := range optim.Schedules {
		schedules = append(schedules, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	for _, r := range loss.Catalogue {
		losses = append(losses, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	return []chosen{
		{Optimizer, "optimizer.name", optimizers},
		{Schedule, "schedule.name", schedules},
		{Loss, "loss.name", losses},
		{Layer, "model.stack", nn.Kinds()},
		{Activation, "model.activation", nn.Activations()},
		{Initialisation, "model.init", nn.Inits()},
		{Pruning, "prune.method", options("prune.method")},
		{Quantization, "quant.scheme", options("quant.scheme")},
		{DataSet, "data.set", presets.DataSets()},
		{Generator, "data.set", data.Generators()},
		{Surface, "surface.name", surface.Options()},
	}
}

// pages are those of the catalogue's items.
func (c chosen) pages() (out []Page) {
	for _, o := range c.items {
		p := Documented(c.kind, o)
		p.SeeAlso = []string{c.by}
		switch c.kind {
		case Optimizer, Schedule, Loss:
			p.Knobs = belonging(c.by, o.Name)
		case Layer, Activation:
			for _, a := range nn.Arguments(o.Name) {
				value := a.Default
				if value == "" {
					value = "required"
				}
				p.Knobs = append(p.Knobs, Entry{a.Name, value, a.Help})
			}
		}
		out = append(out, p)
	}
	return out
}

// augmentations are a page for each way to change a batch; the knob that switches
// it on explains it.
func augmentations() (out []Page) {
	for _, e := range recipe.Catalogue() {
		name, is := strings.CutPrefix(e.Knob.Path, "augment.")
		if !is || e.Knob.Zero == "" { // one that only shapes another
			continue
		}
		p := Page{Name: name, Kind: Augmentation, Summary: e.Knob.Help}.explained(e.Knob.Doc)
		p.Knobs = []Entry{{e.Knob.Path, e.Knob.Format(e.Knob.Value()), e.Knob.Help}}
		out = append(out, p)
	}
	return out
}

// metrics are a page for each number that a step reports, and for each that it can be
// asked for.
func metrics() (out []Page) {
	monitors := optim.Monitors()
	for _, o := range core.Metrics() {
		p := Documented(Metric, o)
		if slices.ContainsFunc(monitors, func(m knob.Option) bool { return m.Name == o.Name }) {
			p.SeeAlso = append(p.SeeAlso, "train.monitor", "schedule.monitor")
		}
		out = append(out, p)
	}
	for _, o := range metric.Options() {
		if o.Name == "accuracy" { // which is reported anyway
			continue
		}
		p := Documented(Metric, o)
		p.SeeAlso = append(p.SeeAlso, recipe.TrainMetrics)
		out = append(out, p)
	}
	return out
}

// diagnoses are a page for each rule that names what is wrong with a run.
func diagnoses() (out []Page) {
	for _, r := range diagnosis.Catalogue {
		out = append(out, Documented(Diagnosis, r.Option))
	}
	return out
}

// searches are a page for each way to propose the trials of a search and to stop them.
func searches() (out []Page) {
	for _, r := range search.Catalogue {
		out = append(out, Documented(Sampler, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc}))
	}
	for _, r := range pruner.Catalogue {
		out = append(out, Documented(TrialPruner, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc}))
	}
	return out
}
