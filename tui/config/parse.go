package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"

	"github.com/pelletier/go-toml/v2/unstable"
)

// keysTable is the table of the file that gives keys to actions.
const keysTable = "keys"

// content is what a file sets.
type content struct {
	given map[string]string   // values in text form, by key
	keys  map[string][]string // of actions, by name
}

// takes reports whether the file gives a key to any action.
func (c *content) takes(key string) bool {
	for _, keys := range c.keys {
		if slices.Contains(keys, key) {
			return true
		}
	}
	return false
}

// reading is a file that is being read.
type reading struct {
	content
	actions []Action
	where   func(unstable.Range) string
	seen    map[string]bool
	owner   map[[2]string]string // the action of a key, by scope and key
}

// parse reads a file. The actions are those that may have keys.
func parse(file string, text []byte, actions []Action) (content, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	r := reading{
		content: content{map[string]string{}, map[string][]string{}},
		actions: actions, where: places(file, text), seen: map[string]bool{}, owner: map[[2]string]string{},
	}
	p := unstable.Parser{}
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			path, at := dotted(e.Key())
			if err := r.table(path, at); err != nil {
				return content{}, err
			}
			table = path
		case unstable.ArrayTable:
			path, at := dotted(e.Key())
			return content{}, fmt.Errorf("%s: [[%s]] is unknown; there are no lists of tables here", r.where(at), path)
		case unstable.KeyValue:
			if err := r.pair(table, e); err != nil {
				return content{}, err
			}
		}
	}
	err := p.Error()
	var pe *unstable.ParserError
	switch {
	case err == nil:
		return r.content, nil
	case errors.As(err, &pe) && len(pe.Highlight) > 0:
		return content{}, fmt.Errorf("%s: %s", r.where(p.Range(pe.Highlight)), pe.Message)
	}
	return content{}, fmt.Errorf("%s: %w", file, err)
}

// table checks the head of a table.
func (r *reading) table(path string, at unstable.Range) error {
	known := path == keysTable || slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.key, path+".") })
	switch {
	case !known:
		return fmt.Errorf("%s: unknown table [%s]%s", r.where(at), path, suggestion(path, []string{keysTable, "draw"}, ""))
	case r.seen["["+path]:
		return fmt.Errorf("%s: table [%s] is given twice", r.where(at), path)
	}
	r.seen["["+path] = true
	return nil
}

// pair reads a key and its value, below a table.
func (r *reading) pair(table string, e *unstable.Node) error {
	path, at := dotted(e.Key())
	if table != "" {
		path = table + "." + path
	}
	v := e.Value()
	if v.Kind == unstable.InlineTable {
		for inner := v.Children(); inner.Next(); {
			if err := r.pair(path, inner.Node()); err != nil {
				return err
			}
		}
		return nil
	}
	if r.seen[path] {
		return fmt.Errorf("%s: the key %q is given twice", r.where(at), path)
	}
	r.seen[path] = true
	if name, ok := strings.CutPrefix(path, keysTable+"."); ok {
		return r.bind(name, at, v)
	}
	s, ok := find(path)
	if !ok {
		return fmt.Errorf("%s: unknown key %q%s", r.where(at), path, suggestion(path, keysOf(settings), "`descent config` names them all"))
	}
	wanted := unstable.String
	if s.flag {
		wanted = unstable.Bool
	}
	text := string(v.Data)
	err := s.check(text)
	if v.Kind != wanted && !(s.number && v.Kind == unstable.Integer) {
		err = fmt.Errorf("%s takes %s, not %s", path, s.kind(), shown(v))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.where(position(v, at)), err)
	}
	r.given[path] = text
	return nil
}

// kind says what a setting takes.
func (s setting) kind() string {
	if s.number {
		return "a number, or text between quotes"
	}
	if s.form != nil {
		return "text between quotes"
	}
	return s.allowed()
}

// bind reads the keys of an action: one, or a list.
func (r *reading) bind(name string, at unstable.Range, v *unstable.Node) error {
	i := slices.IndexFunc(r.actions, func(a Action) bool { return a.Name == name })
	if i < 0 {
		var names []string
		for _, a := range r.actions {
			names = append(names, a.Name)
		}
		return fmt.Errorf("%s: there is no action %q%s", r.where(at), name, suggestion(name, names, "`descent config` names them all"))
	}
	parts := []*unstable.Node{v}
	if v.Kind == unstable.Array {
		parts = nil
		for all := v.Children(); all.Next(); {
			if n := all.Node(); n.Kind != unstable.Comment {
				parts = append(parts, n)
			}
		}
	}
	out := []string{}
	for _, n := range parts {
		where := r.where(position(n, at))
		if n.Kind != unstable.String {
			return fmt.Errorf("%s: %s takes a key between quotes, or a list of them, not %s", where, name, shown(n))
		}
		key, err := parseKey(string(n.Data))
		if err != nil && slices.Contains(r.actions[i].Keys, string(n.Data)) { // a key that is reserved for it
			key, err = string(n.Data), nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if slices.Contains(out, key) {
			return fmt.Errorf("%s: %s is given twice to %s", where, writeKey(key), name)
		}
		slot := [2]string{r.actions[i].Scope, key}
		if other := r.owner[slot]; other != "" {
			return fmt.Errorf("%s: %s is given to %s and to %s", where, writeKey(key), other, name)
		}
		r.owner[slot] = name
		out = append(out, key)
	}
	r.keys[name] = out
	return nil
}

// shown is a value as an error shows it.
func shown(v *unstable.Node) string {
	switch v.Kind {
	case unstable.Array:
		return "a list"
	case unstable.String:
		return fmt.Sprintf("%q", v.Data)
	}
	return string(v.Data)
}

// position is where a value stands, or else its key.
func position(v *unstable.Node, key unstable.Range) unstable.Range {
	if v.Raw.Length == 0 {
		return key
	}
	return v.Raw
}

// suggestion names what was probably meant, or else says otherwise.
func suggestion(word string, known []string, otherwise string) string {
	near := knob.Nearest(word, known)
	if near == "" {
		for _, k := range known { // the last part alone: style for draw.style
			if _, last, ok := strings.Cut(k, "."); ok && knob.Nearest(word, []string{last}) != "" {
				near = k
			}
		}
	}
	switch {
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	case otherwise != "":
		return "; " + otherwise
	}
	return "; there are [" + strings.Join(known, "], [") + "]"
}

func keysOf(all []setting) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.key)
	}
	return out
}

// dotted is the name of a key or a table, and where it stands.
func dotted(parts unstable.Iterator) (path string, at unstable.Range) {
	var names []string
	for parts.Next() {
		n := parts.Node()
		if len(names) == 0 {
			at = n.Raw
		}
		names = append(names, string(n.Data))
	}
	path = strconv.Quote(strings.Join(names, ".")) // in which nothing is left that a terminal obeys
	return path[1 : len(path)-1], at
}

// places formats the start of a range in a file: "config.toml:12:5".
func places(file string, text []byte) func(unstable.Range) string {
	var line []int  // of each byte
	var start []int // of its line
	for i, at, n := 0, 0, 1; i <= len(text); i++ {
		line, start = append(line, n), append(start, at)
		if i < len(text) && text[i] == '\n' {
			at, n = i+1, n+1
		}
	}
	return func(r unstable.Range) string {
		return fmt.Sprintf("%s:%d:%d", file, line[r.Offset], 1+len(text[start[r.Offset]:r.Offset]))
	}
}
