package data

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/data/transform"
	"descent/core/knob"
)

// role is what the spec says of a column.
type role struct {
	ignored bool           // it is no input, and its cells are not looked at
	apart   bool           // it is no input, and its cells are wanted
	kind    transform.Kind // Category or Ordinal where that is said; else "" and its cells tell
	order   []string       // of an ordinal column, where it is given
}

// worded tells whether the words of a column are wanted where they are numbers.
func (r role) worded() bool { return r.kind != "" }

// roles are what the spec says of each of the columns. at stands before errors.
func (s Spec) roles(at string, names []string) ([]role, error) {
	out := make([]role, len(names))
	find := func(key, name string) (*role, error) {
		i := slices.Index(names, name)
		if i < 0 {
			hint := ""
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, blame(key, "%s: there is no column %s for %s%s (the columns are %s)", at, quoted(name), key, hint, listed(names))
		}
		return &out[i], nil
	}
	for _, name := range s.Ignore {
		r, err := find("data.ignore", name)
		if err != nil {
			return nil, err
		}
		r.ignored = true
	}
	for _, name := range s.Categorical {
		r, err := find("data.categorical", name)
		if err != nil {
			return nil, err
		}
		r.kind = transform.Category
	}
	for _, text := range s.Ordinal {
		name, order, err := ordinal(text, names)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		r, err := find("data.ordinal", name)
		if err != nil {
			return nil, err
		}
		if r.kind != "" {
			return nil, blame("data.ordinal", "%s: data.ordinal: column %s is named twice, or in data.categorical too", at, quoted(name))
		}
		r.kind, r.order = transform.Ordinal, order
	}
	for _, of := range []struct{ key, name string }{{"data.time", s.Time}, {"data.group", s.Group}, {"data.weight", s.Weight}} {
		if of.name == "" {
			continue
		}
		r, err := find(of.key, of.name)
		if err != nil {
			return nil, err
		}
		r.apart = r.apart || r.ignored || of.key != "data.time"
		r.ignored = false
		if of.key == "data.group" {
			r.kind, r.order = transform.Category, nil
		}
	}
	return out, nil
}

// ordinal reads NAME or NAME=a<b<c. A name may hold an equals sign.
func ordinal(text string, names []string) (name string, order []string, err error) {
	if slices.Contains(names, text) {
		return text, nil, nil
	}
	at := strings.IndexByte(text, '=')
	if at < 0 {
		return text, nil, nil
	}
	for i := at; i < len(text); i++ {
		if text[i] == '=' && slices.Contains(names, strings.TrimSpace(text[:i])) {
			at = i
		}
	}
	name = strings.TrimSpace(text[:at])
	for _, word := range strings.Split(text[at+1:], "<") {
		word = strings.TrimSpace(word)
		if word == "" || slices.Contains(order, word) {
			return "", nil, blame("data.ordinal", "data.ordinal: %s has to name each value of column %s once, from the least to the greatest, as in size=small<medium<large", quoted(text), quoted(name))
		}
		order = append(order, word)
	}
	if len(order) < 2 {
		return "", nil, blame("data.ordinal", "data.ordinal: %s names one value; give at least two, as in size=small<medium<large, or the name of the column alone", quoted(text))
	}
	return name, order, nil
}
