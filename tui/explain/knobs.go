package explain

import (
	"fmt"
	"slices"

	"descent/core/knob"
	"descent/core/recipe"
)

// knobs are a page for each key of a recipe.
func knobs() (out []Page) {
	for _, e := range recipe.Catalogue() {
		k, live := e.Knob, !e.Knob.Fixed
		p := Page{Name: k.Path, Kind: Knob, Summary: k.Help, Takes: takes(k), Default: standing(k), Live: &live}.explained(k.Doc)
		for _, o := range k.Options {
			p.Choices = append(p.Choices, Entry{Name: o.Name, Summary: o.Help})
		}
		for _, owner := range e.Owners {
			own, ok := owned(k.Path, owner)
			if !ok {
				continue
			}
			line := Entry{Name: owner, Value: standing(own)}
			if own.Help != k.Help {
				line.Summary = own.Help
			}
			p.Owners = append(p.Owners, line)
		}
		out = append(out, p)
	}
	return out
}

// choices are a page for each choice of a knob that is of no kind of its own.
func choices(catalogues []chosen) (out []Page) {
	for _, e := range recipe.Catalogue() {
		path := e.Knob.Path
		if path == "teacher.activation" || slices.ContainsFunc(catalogues, func(c chosen) bool { return c.by == path }) {
			continue
		}
		for _, o := range e.Knob.Options {
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
