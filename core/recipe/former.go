package recipe

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"descent/core/knob"
)

// Current is a key of an earlier release, and a value under it, as this one
// calls them: what files hold that were written then. What is current stays as
// it is, and so does what no release knew.
func Current(path string, v knob.Value) (string, knob.Value) {
	path, owner, owned := strings.Cut(path, "@")
	known := formerNames()
	if was, ok := known.was[path]; ok && !known.current[path] {
		path = was.now
		if was.value != nil {
			v = was.value(v)
		}
	}
	if !owned {
		return path, v
	}
	table, _, _ := strings.Cut(path, ".")
	if k, ok := known.choosers[table]; ok { // the part that the knob belongs to may have had another name too
		if now, err := k.Check(knob.Word(owner)); err == nil {
			owner = now.Word()
		}
	}
	return key(path, owner), v
}

// formerName is what a name stands for now.
type formerName struct {
	now   string
	value func(knob.Value) knob.Value
}

// names are the paths of the catalogue, and those that they had before.
type names struct {
	current  map[string]bool
	was      map[string]formerName
	choosers map[string]knob.Knob // by table: the knob that chooses the part which owns others
}

func newNames() names {
	out := names{map[string]bool{}, map[string]formerName{}, map[string]knob.Knob{}}
	for _, e := range Catalogue() {
		out.current[e.Knob.Path] = true
		if table, ok := strings.CutSuffix(e.Knob.Path, ".name"); ok {
			out.choosers[table] = e.Knob
		}
		for _, k := range append([]knob.Knob{e.Knob}, e.variants...) {
			for _, f := range k.Was {
				if f.Path != "" {
					out.was[f.Path] = formerName{e.Knob.Path, f.Value}
				}
			}
		}
	}
	return out
}

var formerNames = sync.OnceValue(newNames)

// currentKeys are values under current names. Where a former name and the
// current one stand side by side, the current one counts.
func currentKeys(values map[string]knob.Value) map[string]knob.Value {
	out := make(map[string]knob.Value, len(values))
	for _, path := range slices.Sorted(maps.Keys(values)) {
		now, v := Current(path, values[path])
		if _, given := values[now]; given && now != path {
			continue
		}
		out[now] = v
	}
	return out
}
