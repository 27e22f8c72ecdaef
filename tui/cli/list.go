package cli

import (
	"fmt"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/tui"
	"descent/tui/explain"

	"github.com/spf13/cobra"
)

// item is one row of a listing.
type item struct {
	Name    string   `json:"name"`
	Help    string   `json:"help"`
	Summary string   `json:"summary,omitempty"` // of a data set
	Kind    string   `json:"kind,omitempty"`
	Default any      `json:"default,omitempty"`
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Choices []string `json:"choices,omitempty"`
	Of      []string `json:"of,omitempty"`   // the optimizers, losses or schedules it belongs to
	Live    *bool    `json:"live,omitempty"` // it can turn while training

	shown string // the default as people say it
}

// topic is one list. Its items are those of the kinds of pages that it is of.
type topic struct {
	name  string
	kinds []explain.Kind
}

var topics = []topic{
	{"presets", []explain.Kind{explain.Preset}},
	{"optimizers", []explain.Kind{explain.Optimizer}},
	{"losses", []explain.Kind{explain.Loss}},
	{"schedules", []explain.Kind{explain.Schedule}},
	{"activations", []explain.Kind{explain.Activation}},
	{"inits", []explain.Kind{explain.Initialisation}},
	{"layers", []explain.Kind{explain.Layer}},
	{"pruners", []explain.Kind{explain.Pruning}},
	{"quantizers", []explain.Kind{explain.Quantization}},
	{"augmentations", []explain.Kind{explain.Augmentation}},
	{"surfaces", []explain.Kind{explain.Surface}},
	{"data", []explain.Kind{explain.DataSet, explain.Generator}},
	{"metrics", []explain.Kind{explain.Metric}},
	{"diagnoses", []explain.Kind{explain.Diagnosis}},
	{"samplers", []explain.Kind{explain.Sampler}},
	{"trial-pruners", []explain.Kind{explain.TrialPruner}},
	{"knobs", []explain.Kind{explain.Knob}},
}

// rows are the items of a topic.
func (t topic) rows(book explain.Book) (out []item) {
	if t.name == "knobs" {
		return knobItems()
	}
	for _, kind := range t.kinds {
		for _, p := range book.Of(kind) {
			i := item{Name: p.Name, Help: p.Summary, Summary: p.Holding()}
			switch kind {
			case explain.Preset:
				i.Help += ". " + strings.Join(p.Story, " ")
			case explain.Layer:
				for _, argument := range p.Knobs {
					i.Help += "; " + argument.Name + ": " + argument.Summary
				}
			}
			out = append(out, i)
		}
	}
	return out
}

// knobItems are the knobs with what a program may want to know of them.
func knobItems() (out []item) {
	for _, e := range recipe.Catalogue() {
		k, live := e.Knob, !e.Knob.Fixed
		i := item{Name: k.Path, Help: k.Help, Kind: k.Kind.String(), Default: k.Value(), Of: e.Owners, Live: &live, shown: k.Format(k.Value())}
		if k.Kind == knob.Number || k.Kind == knob.Integer {
			i.Min, i.Max = &k.Min, &k.Max
		}
		for _, o := range k.Options {
			i.Choices = append(i.Choices, o.Name)
		}
		out = append(out, i)
	}
	return out
}

func listCommand() *cobra.Command {
	var asJSON bool
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	c := &cobra.Command{
		Use:       "list [" + strings.Join(names, "|") + "]",
		Short:     "list presets, optimizers, losses and everything else that can be chosen",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			book, err := explain.New(tui.Manual()...)
			if err != nil {
				return err
			}
			all := map[string][]item{}
			w := stdout.table()
			found := false
			for _, t := range topics {
				if len(args) > 0 && args[0] != t.name {
					continue
				}
				found = true
				rows := t.rows(book)
				all[t.name] = rows
				if asJSON {
					continue
				}
				if len(args) == 0 {
					w.printf("%s\n", strings.ToUpper(t.name))
				}
				for _, r := range rows {
					switch t.name {
					case "knobs":
						w.printf("%s\t%s\t%s\n", r.Name, r.shown, r.Help)
					case "data":
						w.printf("%s\t%s\t%s\n", r.Name, r.Help, r.Summary)
					default:
						w.printf("%s\t%s\n", r.Name, r.Help)
					}
				}
				if len(args) == 0 {
					w.printf("\n")
				}
			}
			if !found {
				return usage(fmt.Errorf("there is no list of %q; there are %s", args[0], strings.Join(names, ", ")))
			}
			if asJSON {
				if len(args) > 0 {
					return printJSON(all[args[0]])
				}
				return printJSON(all)
			}
			return w.Flush()
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
