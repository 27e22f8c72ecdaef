package explain

import (
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// knobs are a page for each key of a recipe. Of a knob that several optimizers,
// schedules or losses have, it is the page of what most of them have; how the others
// differ stands beside their names.
func knobs() (out []Page) {
	for _, e := range recipe.Catalogue() {
		k, live := usual(e), !e.Knob.Fixed
		p := Page{Name: k.Path, Kind: Knob, Summary: k.Help, Takes: takes(k), Default: standing(k), Live: &live}.explained(k.Doc)
		for _, o := range k.Options {
			p.Choices = append(p.Choices, Entry{Name: o.Name, Summary: o.Help})
		}
		for _, owner := range e.Owners {
			own, ok := owned(k.Path, owner)
			if !ok {
				continue
			}
			p.Owners = append(p.Owners, Entry{Name: owner, Value: standing(own), Summary: difference(own, k)})
		}
		out = append(out, p)
	}
	return out
}

// usual is a knob as most of its owners have it, of equally many the first.
func usual(e recipe.Entry) knob.Knob {
	best, most, votes := e.Knob, 0, map[knob.Doc]int{}
	for _, owner := range e.Owners {
		if own, ok := owned(e.Knob.Path, owner); ok {
			votes[own.Doc]++
		}
	}
	for _, owner := range e.Owners {
		if own, ok := owned(e.Knob.Path, owner); ok && votes[own.Doc] > most {
			best, most = own, votes[own.Doc]
		}
	}
	return best
}

// difference is what the knob means to one owner where it is something else than on
// its page: its summary and its formula.
func difference(own, page knob.Knob) string {
	var out []string
	if own.Help != page.Help {
		out = append(out, own.Help)
	}
	if f := own.Doc.Formula; f != page.Doc.Formula && f != knob.None {
		out = append(out, strings.ReplaceAll(f, "\n", "; "))
	}
	return strings.Join(out, ": ")
}

// choices are a page for each choice of a knob that is of no kind of its own.
func choices(catalogues []chosen) (out []Page) {
	for _, e := range recipe.Catalogue() {
		path := e.Knob.Path
		if path == "teacher.activation" || slices.ContainsFunc(catalogues, func(c chosen) bool { return c.by == path }) {
			continue
		}
		for _, o := range e.Knob.Options {
			if strings.HasSuffix(path, ".monitor") && slices.ContainsFunc(core.Metrics(), func(m knob.Option) bool { return m.Name == o.Name }) {
				continue // it has a page as a metric
			}
			out = append(out, Page{Name: o.Name, Kind: Choice, Of: path, Summary: o.Help, SeeAlso: []string{path}}.explained(o.Doc))
		}
	}
	return out
}

// takes says which values a knob can have.
func takes(k knob.Knob) string {
	var out string
	switch k.Kind {
	case knob.Number, knob.Integer:
		kind := "a number"
		if k.Kind == knob.Integer {
			kind = "an integer"
		}
		out = fmt.Sprintf("%s from %s to %s", kind, knob.Num(k.Min), knob.Num(k.Max))
		if k.Max >= 1e9 {
			out = fmt.Sprintf("%s of at least %s", kind, knob.Num(k.Min))
		}
		if k.Zero != "" && k.Min == 0 {
			out += fmt.Sprintf("; 0 means %q", k.Zero)
		}
	case knob.Choice:
		out = "one of the choices below"
	case knob.Switch:
		out = "true or false"
	case knob.List:
		out = "a list"
	default:
		out = "text"
	}
	return out
}
