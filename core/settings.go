package core

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"descent/core/knob"
	"descent/core/loss"
	"descent/core/optim"
)

// Paths that the trainer itself acts on.
const (
	optimizerName = "optimizer.name"
	optimizerLR   = "optimizer.lr"
	scheduleName  = "schedule.name"
	lossName      = "loss.name"
)

// Settings are where the live knobs stand. A value of Settings never changes:
// With returns another. The zero Settings are all defaults.
//
// A knob that belongs to one optimizer, schedule or loss is remembered for
// that one (under "optimizer.beta1@adam") while another is chosen.
type Settings struct {
	values map[string]knob.Value
}

func key(path, owner string) string {
	if owner == "" {
		return path
	}
	return path + "@" + owner
}

// Setting is one knob of the panel and where it stands.
type Setting struct {
	Knob  knob.Knob
	Value knob.Value
}

// Panel is every knob that can turn now, in display order.
func (s Settings) Panel() []Setting {
	var out []Setting
	for _, sec := range newRig(s, nil).panel() {
		for _, k := range sec.knobs {
			out = append(out, Setting{k, k.Value()})
		}
	}
	return out
}

// Find is the live knob of that path. The error says what was probably meant,
// or to which optimizer, schedule or loss the knob belongs.
func (s Settings) Find(path string) (Setting, error) {
	k, _, err := s.find(path)
	if err != nil {
		return Setting{}, err
	}
	return Setting{k, k.Value()}, nil
}

func (s Settings) find(path string) (k knob.Knob, owner string, err error) {
	for _, sec := range newRig(s, nil).panel() {
		for _, k := range sec.knobs {
			if k.Path == path {
				return k, sec.owner, nil
			}
		}
	}
	return knob.Knob{}, "", s.unknown(path)
}

func (s Settings) unknown(path string) error {
	for _, e := range Catalogue() {
		if e.Knob.Path != path {
			continue
		}
		if e.Knob.Fixed {
			return fmt.Errorf("%s is part of the recipe's shape and cannot turn while training", path)
		}
		table, _, _ := strings.Cut(path, ".")
		name, _, _ := s.find(table + ".name")
		return fmt.Errorf("%s is no setting of %q; it belongs to %s", path, name.Value().Word(), strings.Join(e.Owners, ", "))
	}
	return unknownKey(path)
}

// longestPath is more letters than any path of a knob has.
const longestPath = 100

func unknownKey(path string) error {
	if r := []rune(path); len(r) > longestPath {
		return fmt.Errorf("unknown key %q..., of %d letters; `descent list knobs` names them all", string(r[:longestPath/2]), len(r))
	}
	if now, _ := Current(path, knob.Value{}); now != path {
		return fmt.Errorf("%s is called %s now", path, now)
	}
	var paths, elsewhere []string // with the same word in another table
	_, word, _ := strings.Cut(path, ".")
	for _, e := range Catalogue() {
		paths = append(paths, e.Knob.Path)
		if _, own, _ := strings.Cut(e.Knob.Path, "."); own == word && own != "" && !slices.Contains(elsewhere, e.Knob.Path) {
			elsewhere = append(elsewhere, e.Knob.Path)
		}
	}
	if len(elsewhere) == 1 {
		return fmt.Errorf("unknown key %q; did you mean %q?", path, elsewhere[0])
	}
	if near := knob.Nearest(path, paths); near != "" {
		return fmt.Errorf("unknown key %q; did you mean %q?", path, near)
	}
	return fmt.Errorf("unknown key %q; `descent list knobs` names them all", path)
}

// With is the settings with one knob turned, or an error in one sentence.
func (s Settings) With(path string, v knob.Value) (Settings, error) {
	k, owner, err := s.find(path)
	if err != nil {
		return s, err
	}
	if v, err = k.Check(v); err != nil {
		return s, err
	}
	return s.with(key(path, owner), v), nil
}

func (s Settings) with(key string, v knob.Value) Settings {
	values := maps.Clone(s.values)
	if values == nil {
		values = map[string]knob.Value{}
	}
	values[key] = v
	return Settings{values}
}

func (s Settings) without(key string) Settings {
	values := maps.Clone(s.values)
	delete(values, key)
	return Settings{values}
}

// Changes lists what has to be set, in order, to come from s to the panel of
// want: choices first, since they bring the knobs that follow.
func (s Settings) Changes(want Settings) []Change {
	var out []Change
	for _, names := range []bool{true, false} {
		for _, w := range want.Panel() {
			if strings.HasSuffix(w.Knob.Path, ".name") != names {
				continue
			}
			if have, err := s.Find(w.Knob.Path); err == nil && have.Value.Equal(w.Value) {
				continue
			}
			next, err := s.With(w.Knob.Path, w.Value)
			if err != nil {
				continue // want came from the same catalogue
			}
			s = next
			out = append(out, Change{w.Knob.Path, w.Value})
		}
	}
	return out
}

// Change is one knob turned to one value.
type Change struct {
	Path  string     `json:"path"`
	Value knob.Value `json:"value"`
}

// MarshalJSON writes the whole panel, defaults too, and what other rows
// remember, so that a log means the same when a default changes.
func (s Settings) MarshalJSON() ([]byte, error) {
	all := maps.Clone(s.values)
	if all == nil {
		all = map[string]knob.Value{}
	}
	for _, sec := range newRig(s, nil).panel() {
		for _, k := range sec.knobs {
			all[key(k.Path, sec.owner)] = k.Value()
		}
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON wrote, checking every value.
func (s *Settings) UnmarshalJSON(b []byte) error {
	var raw map[string]knob.Value
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	specs := map[string]knob.Knob{}
	for _, e := range Catalogue() {
		for i, owner := range e.Owners {
			specs[key(e.Knob.Path, owner)] = e.variants[i]
		}
		if e.Owners == nil {
			specs[e.Knob.Path] = e.Knob
		}
	}
	out := Settings{values: map[string]knob.Value{}}
	raw = currentKeys(raw)
	for _, path := range slices.Sorted(maps.Keys(raw)) {
		k, ok := specs[path]
		if !ok || k.Fixed {
			return Settings{}.unknown(path)
		}
		v, err := k.Check(raw[path])
		if err != nil {
			return err
		}
		out.values[path] = v
	}
	*s = out
	return nil
}

// CatalogueEntry is one path of the whole catalogue.
type CatalogueEntry struct {
	Knob   knob.Knob // reading its value gives the default
	Owners []string  // the optimizers, schedules or losses that offer it; nil for all

	variants []knob.Knob // the owners' own
}

// Catalogue is every knob of every part, fixed and live, in display order.
// The slice is shared: it is not to be modified.
func Catalogue() []CatalogueEntry { return catalogue() }

var catalogue = sync.OnceValue(func() []CatalogueEntry {
	var out []CatalogueEntry
	at := map[string]int{}
	add := func(owner string, k knob.Knob) {
		i, seen := at[k.Path]
		if !seen {
			i = len(out)
			at[k.Path] = i
			out = append(out, CatalogueEntry{Knob: k})
		}
		if owner != "" && !slices.Contains(out[i].Owners, owner) {
			out[i].Owners = append(out[i].Owners, owner)
			out[i].variants = append(out[i].variants, k)
		}
	}
	r := NewRecipe()
	for _, k := range r.fixed() {
		add("", k)
	}
	pick := func(path, name string) {
		var s Settings
		for _, sec := range newRig(s.with(path, knob.Word(name)), nil).panel() {
			for _, k := range sec.knobs {
				add(sec.owner, k)
			}
		}
	}
	pick(optimizerName, newRig(Settings{}, nil).optimizer.Name) // so that defaults are those of a bare recipe
	for _, o := range optim.Catalogue {
		pick(optimizerName, o.Name)
	}
	for _, o := range optim.Schedules {
		pick(scheduleName, o.Name)
	}
	for _, o := range loss.Catalogue {
		pick(lossName, o.Name)
	}
	// Rows of one table side by side, in the order in which tables first appear.
	table := func(e CatalogueEntry) string { t, _, _ := strings.Cut(e.Knob.Path, "."); return t }
	rank := map[string]int{}
	for i, e := range out {
		if _, ok := rank[table(e)]; !ok {
			rank[table(e)] = i
		}
	}
	slices.SortStableFunc(out, func(a, b CatalogueEntry) int { return rank[table(a)] - rank[table(b)] })
	return out
})
