package explain

import (
	"slices"
	"strings"
	"sync"

	"descent/core/knob"
	"descent/core/recipe"
)

// options are the choices of a knob.
func options(path string) []knob.Option {
	for _, e := range recipe.Catalogue() {
		if e.Knob.Path == path {
			return e.Knob.Options
		}
	}
	return nil
}

// belonging are the knobs of one optimizer, schedule or loss, as it has them.
func belonging(chooser, owner string) (out []Entry) {
	table, _, _ := strings.Cut(chooser, ".")
	for _, e := range recipe.Catalogue() {
		path := e.Knob.Path
		if path == "optimizer.lr" && chooser == "optimizer.name" || slices.Contains(e.Owners, owner) && strings.HasPrefix(path, table+".") {
			if k, ok := owned(path, owner); ok {
				out = append(out, Entry{path, standing(k), k.Help})
			}
		}
	}
	return out
}

// owned is a knob as one optimizer, schedule or loss has it.
func owned(path, owner string) (knob.Knob, bool) {
	table, _, _ := strings.Cut(path, ".")
	for _, k := range panels()[table+".name="+owner] {
		if k.Path == path {
			return k, true
		}
	}
	return knob.Knob{}, false
}

// panels are the knobs beside each optimizer, schedule and loss: those of
// "optimizer.name=adam" and so on.
var panels = sync.OnceValue(func() map[string][]knob.Knob {
	out := map[string][]knob.Knob{}
	for _, chooser := range []string{"optimizer.name", "schedule.name", "loss.name"} {
		for _, o := range options(chooser) {
			s, err := recipe.Settings{}.With(chooser, knob.Word(o.Name))
			if err != nil {
				continue // it is a choice of that knob
			}
			for _, at := range s.Panel() {
				out[chooser+"="+o.Name] = append(out[chooser+"="+o.Name], at.Knob)
			}
		}
	}
	return out
})

// standing is a knob's default as people say it.
func standing(k knob.Knob) string {
	if text := said(k, k.Value()); text != "" {
		return text
	}
	return "not set"
}

// said is a value of a knob as people say it.
func said(k knob.Knob, v knob.Value) string {
	if len(v.Items()) > 0 {
		return strings.Join(v.Items(), ", ")
	}
	return k.Format(v)
}
