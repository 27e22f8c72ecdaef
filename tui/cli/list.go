package cli

import (
	"fmt"
	"strings"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"
	"descent/core/surface"
	"descent/presets"

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

var topics = []struct {
	name string
	rows func() ([]item, error)
}{
	{"presets", func() (out []item, err error) {
		for _, n := range presets.Names() {
			r, err := presets.Load(n)
			if err != nil {
				return nil, err
			}
			out = append(out, item{Name: n, Help: r.Title + ". " + strings.ReplaceAll(r.Summary, "\n", " ")})
		}
		return out, nil
	}},
	{"optimizers", func() (out []item, err error) {
		for _, r := range optim.Catalogue {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"losses", func() (out []item, err error) {
		for _, r := range loss.Catalogue {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"schedules", func() (out []item, err error) {
		for _, r := range optim.Schedules {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"activations", func() ([]item, error) { return items(nn.Activations()), nil }},
	{"surfaces", func() ([]item, error) { return items(surface.Options()), nil }},
	{"layers", func() ([]item, error) { return items(nn.Kinds()), nil }},
	{"data", func() (out []item, err error) {
		for _, i := range append(items(presets.DataSets()), items(data.Generators())...) {
			i.Summary = presets.Summary(i.Name)
			out = append(out, i)
		}
		return out, nil
	}},
	{"knobs", knobItems},
}

func items(options []knob.Option) (out []item) {
	for _, o := range options {
		out = append(out, item{Name: o.Name, Help: o.Help})
	}
	return out
}

func knobItems() (out []item, err error) {
	for _, e := range core.Catalogue() {
		k, live := e.Knob, !e.Knob.Fixed
		i := item{Name: k.Path, Help: k.Help, Kind: k.Kind.String(), Default: k.Value(), Of: e.Owners, Live: &live, shown: k.Format(k.Value())}
		if k.Kind == knob.Number || k.Kind == knob.Whole {
			i.Min, i.Max = &k.Min, &k.Max
		}
		for _, o := range k.Options {
			i.Choices = append(i.Choices, o.Name)
		}
		out = append(out, i)
	}
	return out, nil
}

func listCommand() *cobra.Command {
	var asJSON bool
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	c := &cobra.Command{
		Use:       "list [" + strings.Join(names, "|") + "]",
		Short:     "what there is to choose from",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			all := map[string][]item{}
			w := stdout.table()
			found := false
			for _, t := range topics {
				if len(args) > 0 && args[0] != t.name {
					continue
				}
				found = true
				rows, err := t.rows()
				if err != nil {
					return err
				}
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
