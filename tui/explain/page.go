// Package explain is the reference: a page for everything that has a name, made
// from the catalogues themselves, as plain data for the command and the screen.
package explain

import (
	"encoding/json"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/presets"
)

// Kind is what sort of thing a page is of.
type Kind string

// The kinds of page, in the order in which they are listed.
const (
	Preset         Kind = "preset"
	Optimizer      Kind = "optimizer"
	Schedule       Kind = "schedule"
	Loss           Kind = "loss"
	Layer          Kind = "layer"
	Activation     Kind = "activation"
	Initialisation Kind = "initialisation"
	Pruning        Kind = "pruning method"
	Quantization   Kind = "quantization scheme"
	Augmentation   Kind = "augmentation"
	DataSet        Kind = "data set"
	Generator      Kind = "generator"
	Surface        Kind = "surface"
	Metric         Kind = "metric"
	Diagnosis      Kind = "diagnosis"
	Sampler        Kind = "sampler"      // of a search
	TrialPruner    Kind = "trial pruner" // of a search
	Knob           Kind = "knob"
	Choice         Kind = "choice"  // of a knob, where it is nothing of the above
	Measure        Kind = "measure" // of what a pane shows
	Pane           Kind = "pane"
	Dialog         Kind = "dialog"
)

// Kinds are all of them, in display order.
var Kinds = []Kind{
	Preset, Optimizer, Schedule, Loss, Layer, Activation, Initialisation, Pruning, Quantization,
	Augmentation, DataSet, Generator, Surface, Metric, Diagnosis, Sampler, TrialPruner, Knob, Choice, Measure, Pane, Dialog,
}

// Plural is the kind's name for several.
func (k Kind) Plural() string {
	switch k {
	case Loss:
		return "losses"
	case Diagnosis:
		return "diagnoses"
	}
	return string(k) + "s"
}

// Page is what there is to know of one thing. Fields that mean nothing for its
// kind are empty; those of knob.Doc that do not apply are knob.None.
type Page struct {
	Name    string   `json:"name"`
	Kind    Kind     `json:"kind"`
	Of      string   `json:"of,omitempty"` // the knob whose choice it is
	Summary string   `json:"summary"`
	Story   []string `json:"story,omitempty"` // of a preset: what there is to see, and to try
	Formula string   `json:"formula,omitempty"`
	Source  string   `json:"source,omitempty"`
	PyTorch string   `json:"pytorch,omitempty"`
	When    string   `json:"when,omitempty"`
	Range   string   `json:"range,omitempty"`
	Takes   string   `json:"takes,omitempty"`   // of a knob: the values it can have
	Default string   `json:"default,omitempty"` // of a knob
	Live    *bool    `json:"live,omitempty"`    // of a knob: it can change while training
	Choices []Entry  `json:"choices,omitempty"`
	Knobs   []Entry  `json:"knobs,omitempty"` // those that belong to it, with their defaults for it
	Owners  []Entry  `json:"owners,omitempty"`
	Keys    []Entry  `json:"keys,omitempty"`  // of a preset: what it sets; of a pane or a dialog: its keys
	Shows   []Entry  `json:"shows,omitempty"` // of a pane or a dialog: what is drawn, and how to read it
	Presets []string `json:"in_presets,omitempty"`
	SeeAlso []string `json:"see_also,omitempty"`

	Measures []Measured `json:"measures,omitempty"` // of a pane or a dialog, each with a page of its own
}

// Holding is what a data set holds: rows, inputs, targets; "" of another page. It is
// counted only when somebody asks.
func (p Page) Holding() string {
	if p.Kind != DataSet && p.Kind != Generator {
		return ""
	}
	return presets.Summary(p.Name)
}

// MarshalJSON writes what the page holds too.
func (p Page) MarshalJSON() ([]byte, error) {
	type plain Page
	return json.Marshal(struct {
		plain
		Holds string `json:"holds,omitempty"`
	}{plain(p), p.Holding()})
}

// Entry is one line of a list on a page.
type Entry struct {
	Name    string `json:"name"`
	Value   string `json:"value,omitempty"`
	Summary string `json:"summary,omitempty"`
}

// Measured is a measure as the page of a pane or a dialog has it.
type Measured struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Formula string `json:"formula"`
	Source  string `json:"source"`
}

// Title is the page's name with its kind: "adam – optimizer".
func (p Page) Title() string {
	if p.Of != "" {
		return p.Name + " – choice of " + p.Of
	}
	return p.Name + " – " + string(p.Kind)
}

// Ref is what names the page alone: "optimizer adam", "optimizer.base=adam".
func (p Page) Ref() string {
	if p.Of != "" {
		return p.Of + "=" + p.Name
	}
	return string(p.Kind) + " " + p.Name
}

// Documented is the page of what a catalogue holds.
func Documented(k Kind, o knob.Option) Page {
	return Page{Name: o.Name, Kind: k, Summary: o.Help}.explained(o.Doc)
}

// explained is the page with what a Doc says.
func (p Page) explained(d knob.Doc) Page {
	p.Formula, p.Source, p.PyTorch, p.When, p.Range = d.Formula, d.Source, d.PyTorch, d.When, d.Range
	return p
}

// Lacks names the fields that a page of its kind should have and that are empty.
// A choice may do with its summary; if it says more, it says all.
func (p Page) Lacks() (out []string) {
	need := func(name, text string) {
		if strings.TrimSpace(text) == "" {
			out = append(out, name)
		}
	}
	need("summary", p.Summary)
	switch p.Kind {
	case Preset:
		need("story", strings.Join(p.Story, ""))
		if len(p.Keys) == 0 {
			out = append(out, "keys")
		}
		return out
	case Pane, Dialog: // which may do without keys and measures
		if len(p.Shows) == 0 {
			out = append(out, "shows")
		}
		return out
	case Choice:
		if p.Formula+p.Source+p.PyTorch+p.When+p.Range == "" {
			return out
		}
	}
	need("formula", p.Formula)
	need("source", p.Source)
	need("PyTorch", p.PyTorch)
	need("when", p.When)
	need("range", p.Range)
	return out
}

// names are those of entries.
func names(entries []Entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name
	}
	return out
}

// has tells whether an entry is of that name.
func has(entries []Entry, name string) bool { return slices.Contains(names(entries), name) }
