package presets

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"descent/core"
	"descent/core/foreign"
	"descent/core/knob"

	"github.com/pelletier/go-toml/v2/unstable"
)

// assignment is one key of a preset file, in full.
type assignment struct {
	path      string
	value     knob.Value
	keyAt, at string // "ring.toml:12:5" of the key and of the value
}

// Decode reads a preset. file stands in errors and is what paths inside are
// relative to. Unknown and repeated keys, wrong types and values out of range
// are refused with line and column.
func Decode(file string, content []byte) (core.Recipe, error) {
	return decode(file, content, []string{file})
}

// decode reads a preset, the last of a chain of which each names the next.
func decode(file string, content []byte, chain []string) (core.Recipe, error) {
	r := core.NewRecipe()
	r.Name = base(file)
	r.Origin = map[string]string{"": file}
	if err := foreign.Check(content, foreign.Preset); err != nil {
		return core.Recipe{}, fmt.Errorf("%s: %w", file, err)
	}
	assignments, err := parse(file, content, r.Origin)
	if err != nil {
		return core.Recipe{}, err
	}
	// A name brings the keys that belong to it, wherever it stands in its table.
	for _, names := range []bool{true, false} {
		for _, a := range assignments {
			if strings.HasSuffix(a.path, ".name") != names {
				continue
			}
			if _, err := r.Find(a.path); err != nil {
				return core.Recipe{}, fmt.Errorf("%s: %w", a.keyAt, err)
			}
			if err := r.Set(a.path, a.value); err != nil {
				return core.Recipe{}, fmt.Errorf("%s: %w", a.at, err)
			}
			r.Origin[a.path] = a.keyAt
		}
	}
	for _, path := range r.Paths() {
		*path = relative(file, *path)
	}
	if err := resolve(&r, file, chain); err != nil {
		return core.Recipe{}, err
	}
	if err := r.Check(); err != nil {
		return core.Recipe{}, err
	}
	if r.Origin["loss.name"] == "" && r.Surface.Name == "" {
		return core.Recipe{}, fmt.Errorf(`%s: [loss] is missing: give it name = "mse" or another`, file)
	}
	return r, nil
}

// relative makes a path inside a preset absolute.
func relative(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	path = filepath.Join(filepath.Dir(file), path)
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// misread is what a parser says of a place, or what stands there if that is a
// character which looks like one of TOML's.
func misread(content []byte, offset int, message string) string {
	before, after := content[:min(offset, len(content))], content[min(offset, len(content)):]
	switch r, n := utf8.DecodeRune(after); {
	case strings.ContainsRune("“”„«»", r):
		return fmt.Sprintf(`text stands between straight quotes, "...", not %c`, r)
	case strings.ContainsRune("‘’‚‹›", r):
		return fmt.Sprintf(`text stands between straight quotes, '...', not %c`, r)
	case r == '\u00a0' || r == '\u2007' || r == '\u202f':
		return "this is a no-break space; write a plain one"
	case r == '−' || r == '–' || r == '—':
		return fmt.Sprintf("minus is a hyphen, -, not %c", r)
	case r == ',' && endsInDigit(before) && beginsWithDigit(after[n:]):
		return "a number is written with a decimal point, as in 0.5"
	case r > 127 && r != utf8.RuneError && strings.HasPrefix(message, "unexpected character"):
		return fmt.Sprintf("unexpected character %c; text stands between quotes", r)
	}
	return message
}

func endsInDigit(b []byte) bool     { return len(b) > 0 && '0' <= b[len(b)-1] && b[len(b)-1] <= '9' }
func beginsWithDigit(b []byte) bool { return len(b) > 0 && '0' <= b[0] && b[0] <= '9' }

// parse lists the keys of a file and notes in origin where each table begins.
func parse(file string, content []byte, origin map[string]string) (out []assignment, err error) {
	p := unstable.Parser{}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	p.Reset(content)
	where := places(file, content)
	seen := map[string]bool{}
	table := ""
	var blocks []block
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			path, at := dotted(e.Key())
			table = path
			if seen["["+path] {
				return nil, fmt.Errorf("%s: table [%s] stands twice", where(at), path)
			}
			if path == layerTable {
				return nil, fmt.Errorf("%s: write [[%s]], once for each layer", where(at), path)
			}
			seen["["+path] = true
			origin[path] = where(at)
		case unstable.ArrayTable:
			path, at := dotted(e.Key())
			if path != layerTable {
				return nil, fmt.Errorf("%s: [[%s]] is not known here; the one list of tables is [[%s]]", where(at), path, layerTable)
			}
			table = path
			blocks = append(blocks, block{at: where(at), seen: map[string]bool{}})
		case unstable.KeyValue:
			if table == layerTable && len(blocks) > 0 {
				b := &blocks[len(blocks)-1]
				if err := collect(&b.keys, e, table, where, b.seen); err != nil {
					return nil, err
				}
				continue
			}
			if err := collect(&out, e, table, where, seen); err != nil {
				return nil, err
			}
		}
	}
	if err := p.Error(); err != nil {
		var pe *unstable.ParserError
		if errors.As(err, &pe) && len(pe.Highlight) > 0 {
			at := p.Range(pe.Highlight)
			return nil, fmt.Errorf("%s: %s", where(at), misread(content, int(at.Offset), pe.Message))
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(blocks) == 0 {
		return out, nil
	}
	layers, err := stack(blocks, origin)
	if err != nil {
		return nil, err
	}
	if seen[layers.path] {
		return nil, fmt.Errorf("%s: [[%s]] is another way to write model.stack; keep one of them", layers.at, layerTable)
	}
	if origin["model"] == "" {
		origin["model"] = layers.at
	}
	return append(out, layers), nil
}

// places says where in a file a range begins: "ring.toml:12:5".
func places(file string, content []byte) func(unstable.Range) string {
	starts := []int{0} // of the lines
	for i, b := range content {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return func(r unstable.Range) string {
		offset := int(r.Offset)
		line := sort.SearchInts(starts, offset+1)
		return fmt.Sprintf("%s:%d:%d", file, line, offset-starts[line-1]+1)
	}
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
		return fmt.Errorf("%s: the key %q stands twice", where(at), path)
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
	a.path, a.value = core.Current(path, value)
	if a.path != path && seen[a.path] {
		return fmt.Errorf("%s: the key %q is called %q now, and stands twice", a.keyAt, path, a.path)
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

// read turns a TOML value into a knob's.
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
				return knob.Value{}, errors.New("takes no list within a list")
			}
			items = append(items, v.String())
		}
		return knob.Items(items), nil
	}
	return knob.Value{}, errors.New("takes a number, text, true or false, or a list")
}
