package presets

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"

	"github.com/pelletier/go-toml/v2/unstable"
)

// assignment is one key of a preset file, with its full path.
type assignment struct {
	path      string
	value     knob.Value
	keyAt, at string // positions of the key and of the value, such as "ring.toml:12:5"
}

// collect adds a key, or the keys of an inline table.
func collect(out *[]assignment, e *unstable.Node, prefix string, where func(unstable.Range) string, seen map[string]bool) error {
	path, at := dotted(e.Key())
	if prefix != "" {
		path = prefix + "." + path
	}
	v := e.Value()
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			if err := collect(out, it.Node(), path, where, seen); err != nil {
				return err
			}
		}
		return nil
	}
	if seen[path] {
		return fmt.Errorf("%s: the key %q is given twice", where(at), path)
	}
	seen[path] = true
	a := assignment{path: path, keyAt: where(at), at: where(at)}
	if v.Raw.Length > 0 {
		a.at = where(v.Raw)
	}
	value, err := read(v)
	if err != nil {
		return fmt.Errorf("%s: %s %w", a.at, path, err)
	}
	a.path, a.value = recipe.Current(path, value)
	if a.path != path && seen[a.path] {
		return fmt.Errorf("%s: the key %q is now called %q, and is given twice", a.keyAt, path, a.path)
	}
	seen[a.path] = true
	*out = append(*out, a)
	return nil
}

func dotted(key unstable.Iterator) (path string, at unstable.Range) {
	var parts []string
	for key.Next() {
		n := key.Node()
		if len(parts) == 0 {
			at = n.Raw
		}
		parts = append(parts, string(n.Data))
	}
	return strings.Join(parts, "."), at
}

// read converts a TOML value to the value of a knob.
func read(n *unstable.Node) (knob.Value, error) {
	text := strings.ReplaceAll(string(n.Data), "_", "")
	switch n.Kind {
	case unstable.String:
		return knob.Word(string(n.Data)), nil
	case unstable.Bool:
		return knob.Flag(string(n.Data) == "true"), nil
	case unstable.Integer:
		i, err := strconv.ParseInt(text, 0, 64)
		if err != nil {
			return knob.Value{}, fmt.Errorf("cannot be %s: the number is too large", n.Data)
		}
		return knob.Num(float64(i)), nil
	case unstable.Float:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return knob.Value{}, fmt.Errorf("cannot be %s: the number is too large", n.Data)
		}
		return knob.Num(f), nil
	case unstable.Array:
		items := []string{}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			v, err := read(it.Node())
			if err != nil {
				return knob.Value{}, err
			}
			if v.Items() != nil {
				return knob.Value{}, errors.New("does not take nested lists")
			}
			items = append(items, v.String())
		}
		return knob.Items(items), nil
	}
	return knob.Value{}, errors.New("takes a number, text, true or false, or a list")
}
