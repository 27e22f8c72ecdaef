package nn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// kind is one row of the catalogue of layers: what its entry in a recipe may
// say, and how it is built for the shape of a row that comes in.
type kind struct {
	name, help string
	options    []option // the first may be written without its name: "dense 32"
	holds      bool     // it has a stack of its own
	build      func(at site, e *Entry) (l Layer, out []int, err error)
	doc        knob.Doc
}

// site is where a layer stands.
type site struct {
	name  string // "3", or "3.0" within a residual block
	in    []int  // the shape of a row that comes in
	first bool   // it sees the data themselves
}

// option is one key of a layer's entry.
type option struct {
	name     string
	form     form
	min      float64
	max      float64 // of a number; integers end at 2^20
	fallback string  // the value if it is left out; "" if it must be given
	help     string
}

// form is what sort of value an option takes.
type form uint8

const (
	integer form = iota
	pair         // an integer for height and width alike, or one for each: 3x5
	number       // any number in the range
	flag         // true or false
)

const maxInteger = 1 << 20

// parse reads a value; a single number of a pair counts for both, and true is 1.
func (o option) parse(text string) (v [2]float64, err error) {
	if o.form == flag {
		switch text {
		case "true":
			return [2]float64{1, 1}, nil
		case "false":
			return v, nil
		}
		return v, fmt.Errorf("%s takes true or false, not %q", o.name, text)
	}
	want, most := "a number", o.max
	if o.form != number {
		want, most = "an integer", maxInteger
	}
	parts := []string{text}
	if first, second, two := strings.Cut(text, "x"); two && o.form == pair {
		parts = []string{first, second}
	}
	for i := range v {
		part := parts[min(i, len(parts)-1)]
		if o.form == number {
			v[i], err = strconv.ParseFloat(part, 64)
		} else {
			var n int
			n, err = strconv.Atoi(part)
			v[i] = float64(n)
		}
		if err != nil || !(v[i] >= o.min && v[i] <= most) {
			return v, fmt.Errorf("%s takes %s from %s to %s, not %q", o.name, want, knob.Num(o.min), knob.Num(most), text)
		}
	}
	return v, nil
}

// Entry is one layer as a recipe writes it: "conv2d out=8 kernel=3 padding=1".
type Entry struct {
	kind   kind
	keys   []string
	values []string
	body   []*Entry
}

// Knows says what is wrong with the name of a setting, nil if nothing is.
func (e *Entry) Knows(key string) error {
	if key == "of" && e.kind.holds {
		return nil
	}
	var known []string
	for _, o := range e.kind.options {
		if o.name == key {
			return nil
		}
		known = append(known, o.name)
	}
	if e.kind.holds {
		known = append(known, "of")
	}
	if near := knob.Nearest(key, known); near != "" {
		return fmt.Errorf("%s has no setting %q; did you mean %q?", e.kind.name, key, near)
	}
	if known == nil {
		return fmt.Errorf("%s has no settings, so no %q", e.kind.name, key)
	}
	return fmt.Errorf("%s has no setting %q, only %s", e.kind.name, key, strings.Join(known, ", "))
}

// Set notes a setting, or says what it takes instead.
func (e *Entry) Set(key, value string) error {
	if err := e.Knows(key); err != nil {
		return err
	}
	if slices.Contains(e.keys, key) {
		return fmt.Errorf("%s is given twice", key)
	}
	for _, o := range e.kind.options {
		if o.name != key {
			continue
		}
		if _, err := o.parse(value); err != nil {
			return fmt.Errorf("%s: %w", e.kind.name, err)
		}
		e.keys, e.values = append(e.keys, key), append(e.values, value)
		return nil
	}
	return fmt.Errorf("%s takes a list of layers", key)
}

// Complete says what the entry lacks, nil if nothing.
func (e *Entry) Complete() error {
	for _, o := range e.kind.options {
		if o.fallback == "" && !slices.Contains(e.keys, o.name) {
			return fmt.Errorf("%s needs %s: %s", e.kind.name, o.name, o.help)
		}
	}
	if e.kind.holds && len(e.body) == 0 {
		return fmt.Errorf(`%s needs layers of its own, as in %s { dense 32; relu; dense 32 }`, e.kind.name, e.kind.name)
	}
	return nil
}

// String writes the entry as ParseEntry reads it.
func (e *Entry) String() string {
	text := e.kind.name
	for i, key := range e.keys {
		text += " " + key + "=" + e.values[i]
	}
	if e.kind.holds {
		inner := make([]string, len(e.body))
		for i, b := range e.body {
			inner[i] = b.String()
		}
		text += " { " + strings.Join(inner, "; ") + " }"
	}
	return text
}

// count is how many layers an entry makes, itself included.
func (e *Entry) count() int {
	n := 1
	for _, inner := range e.body {
		n += inner.count()
	}
	return n
}

// numbers are a setting's values, given or by default. Set has checked them.
func (e *Entry) numbers(key string) (v [2]float64) {
	for _, o := range e.kind.options {
		if o.name == key {
			text := o.fallback
			if i := slices.Index(e.keys, key); i >= 0 {
				text = e.values[i]
			}
			v, _ = o.parse(text)
		}
	}
	return v
}

func (e *Entry) has(key string) bool       { return slices.Contains(e.keys, key) }
func (e *Entry) integer(key string) int    { return int(e.numbers(key)[0]) }
func (e *Entry) number(key string) float64 { return e.numbers(key)[0] }
func (e *Entry) flag(key string) bool      { return e.numbers(key)[0] != 0 }

func (e *Entry) pair(key string) [2]int {
	v := e.numbers(key)
	return [2]int{int(v[0]), int(v[1])}
}

// withBias is the option of a layer with a kernel that can do without a bias.
var withBias = option{name: "bias", form: flag, fallback: "true", help: "whether a trained bias is added"}
