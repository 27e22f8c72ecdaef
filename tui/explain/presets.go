package explain

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
)

// written is a built-in preset, and the keys that its file holds.
type written struct {
	recipe recipe.Recipe
	keys   map[string]knob.Value
}

// library is every built-in preset.
func library() ([]written, error) {
	var out []written
	for _, name := range presets.Names() {
		r, err := presets.Load(name)
		if err != nil {
			return nil, fmt.Errorf("the preset %s: %w", name, err)
		}
		w := written{r, map[string]knob.Value{}}
		for _, s := range r.Keys() {
			if r.Origin[s.Knob.Path] != "" {
				w.keys[s.Knob.Path] = s.Value
			}
		}
		out = append(out, w)
	}
	return out, nil
}

// page is that of the preset: its story and what it sets to something else than
// the default.
func (w written) page() Page {
	r := w.recipe
	p := Page{Name: r.Name, Kind: Preset, Summary: r.Title, Story: strings.Split(strings.TrimSpace(r.Summary), "\n")}
	plain := recipe.New()
	for _, s := range r.Keys() { // a name brings defaults of its own
		if strings.HasSuffix(s.Knob.Path, ".name") {
			_ = plain.Set(s.Knob.Path, s.Value) // it was checked when it was read
		}
	}
	for _, s := range r.Keys() {
		path := s.Knob.Path
		if _, own := w.keys[path]; !own || path == "title" || path == "summary" {
			continue
		}
		if d, err := plain.Find(path); err == nil && d.Value.Equal(s.Value) && !strings.HasSuffix(path, ".name") {
			continue
		}
		p.Keys = append(p.Keys, Entry{Name: path, Value: said(s.Knob, s.Value)})
	}
	return p
}

// uses tells whether the preset's file names what a page is of.
func (w written) uses(p Page, chooser string) bool {
	switch p.Kind {
	case Knob:
		_, ok := w.keys[p.Name]
		return ok
	case Augmentation:
		_, ok := w.keys["augment."+p.Name]
		return ok
	case Metric, Preset, Measure, Pane, Dialog:
		return false
	}
	if p.Kind == Layer || p.Kind == Activation {
		stack := func(entry string) bool { return slices.Contains(strings.FieldsFunc(entry, separates), p.Name) }
		if slices.ContainsFunc(w.keys["model.stack"].Items(), stack) {
			return true
		}
		if _, plain := w.keys["model.layers"]; plain && p.Name == "dense" {
			return true
		}
	}
	v, ok := w.keys[chooser]
	return ok && v.Word() == p.Name
}

// separates tells what stands between the words of a layer's entry.
func separates(r rune) bool {
	return r == ' ' || r == '[' || r == ']' || r == ',' || r == '(' || r == ')'
}
