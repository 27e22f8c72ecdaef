package recipe

import (
	"encoding/json"
	"maps"
	"slices"

	"descent/core/knob"
)

// MarshalJSON writes the whole panel, defaults too, and what other rows
// remember, so that a log means the same when a default changes.
func (s Settings) MarshalJSON() ([]byte, error) {
	all := maps.Clone(s.values)
	if all == nil {
		all = map[string]knob.Value{}
	}
	for _, sec := range NewParts(s, nil).panel() {
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
