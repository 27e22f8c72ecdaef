package recipe

import (
	"slices"
	"strings"
	"sync"

	"descent/core/knob"
	"descent/core/loss"
	"descent/core/optim"
)

// Entry is one path of the whole catalogue.
type Entry struct {
	Knob   knob.Knob // reading its value gives the default
	Owners []string  // the optimizers, schedules or losses that offer it; nil for all

	variants []knob.Knob // the owners' own
}

// Catalogue is every knob of every part, fixed and live, in display order.
// The slice is shared: it is not to be modified.
func Catalogue() []Entry { return catalogue() }

var catalogue = sync.OnceValue(func() []Entry {
	var out []Entry
	at := map[string]int{}
	add := func(owner string, k knob.Knob) {
		i, seen := at[k.Path]
		if !seen {
			i = len(out)
			at[k.Path] = i
			out = append(out, Entry{Knob: k})
		}
		if owner != "" && !slices.Contains(out[i].Owners, owner) {
			out[i].Owners = append(out[i].Owners, owner)
			out[i].variants = append(out[i].variants, k)
		}
	}
	r := New()
	for _, k := range r.fixed() {
		add("", k)
	}
	pick := func(path, name string) {
		var s Settings
		for _, sec := range NewParts(s.with(path, knob.Word(name)), nil).panel() {
			for _, k := range sec.knobs {
				add(sec.owner, k)
			}
		}
	}
	pick(OptimizerName, NewParts(Settings{}, nil).Optimizer.Name) // so that defaults are those of a bare recipe
	for _, o := range optim.Catalogue {
		pick(OptimizerName, o.Name)
	}
	for _, o := range optim.Schedules {
		pick(ScheduleName, o.Name)
	}
	for _, o := range loss.Catalogue {
		pick(LossName, o.Name)
	}
	// Rows of one table side by side, in the order in which tables first appear.
	table := func(e Entry) string { t, _, _ := strings.Cut(e.Knob.Path, "."); return t }
	rank := map[string]int{}
	for i, e := range out {
		if _, ok := rank[table(e)]; !ok {
			rank[table(e)] = i
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return rank[table(a)] - rank[table(b)] })
	return out
})
