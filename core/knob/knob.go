// Package knob names everything that can be set: one path, kind, range and
// sentence of help for each setting, and the names of the parts of the flat
// parameter vector.
package knob

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind is what sort of value a knob takes.
type Kind uint8

// The kinds of knob.
const (
	Number Kind = iota // any finite number in the range
	Whole              // a whole number in the range
	Choice             // one of the options
	Switch             // on or off
	Text               // any text
	List               // words in a row
)

// String is the kind's name in listings.
func (k Kind) String() string {
	return [...]string{"number", "whole number", "choice", "switch", "text", "list"}[k]
}

// Scale says how a Number or Whole knob turns.
type Scale uint8

// The scales.
const (
	Linear     Scale = iota // equal steps
	Log                     // 1, 2, 5, 10, ...
	Complement              // 1 − x on a log scale: 0.9, 0.95, 0.98, 0.99, ... (decay rates)
)

// Option is one choice with its sentence of help.
type Option struct {
	Name, Help string
	Doc        Doc
}

// Knob is one setting. The variable it turns belongs to the part that offers
// the knob; reading the variable gives the default as long as nothing was set.
type Knob struct {
	Path     string // "optimizer.lr": preset key, flag, log line and axis alike
	Kind     Kind
	Min, Max float64 // inclusive; of Number and Whole
	Scale    Scale
	Step     float64  // one turn on a Linear scale; 0 is a twentieth of the range
	Floor    float64  // the smallest stop above 0 on a Log scale; 0 means 1e-6, or 1 for whole numbers
	Zero     string   // what the value 0 means in words ("off"), if not the number
	Options  []Option // of Choice
	Help     string
	Doc      Doc
	Fixed    bool     // part of the recipe's shape: it cannot turn while training
	Was      []Former // how earlier releases knew it

	target any // *float64, *int, *uint64, *string, *bool, *[]int, *[]float64 or *[]string
}

// Float offers a Number that turns v.
func Float(path string, v *float64, min, max float64, scale Scale, help string) Knob {
	return Knob{Path: path, Kind: Number, Min: min, Max: max, Scale: scale, Help: help, target: v}
}

// Int offers a Whole number that turns v.
func Int(path string, v *int, min, max int, help string) Knob {
	return Knob{Path: path, Kind: Whole, Min: float64(min), Max: float64(max), Help: help, target: v}
}

// Bool offers a Switch that turns v.
func Bool(path string, v *bool, help string) Knob {
	return Knob{Path: path, Kind: Switch, Help: help, target: v}
}

// OneOf offers a Choice that turns v.
func OneOf(path string, v *string, options []Option, help string) Knob {
	return Knob{Path: path, Kind: Choice, Options: options, Help: help, target: v}
}

// String offers a Text that turns v.
func String(path string, v *string, help string) Knob {
	return Knob{Path: path, Kind: Text, Help: help, target: v}
}

// Ints offers a List of whole numbers, each at least 1.
func Ints(path string, v *[]int, help string) Knob {
	return Knob{Path: path, Kind: List, Help: help, target: v}
}

// Floats offers a List of numbers from 0 to max.
func Floats(path string, v *[]float64, max float64, help string) Knob {
	return Knob{Path: path, Kind: List, Max: max, Help: help, target: v}
}

// Words offers a List of words.
func Words(path string, v *[]string, help string) Knob {
	return Knob{Path: path, Kind: List, Help: help, target: v}
}

// Seed offers the whole number that all randomness is derived from.
func Seed(path string, v *uint64, help string) Knob {
	return Knob{Path: path, Kind: Whole, Max: 1 << 53, Help: help, target: v}
}

// WithZero says in words what the value 0 means.
func (k Knob) WithZero(meaning string) Knob { k.Zero = meaning; return k }

// WithScale sets how the knob turns, and the smallest stop above 0.
func (k Knob) WithScale(s Scale, floor float64) Knob { k.Scale, k.Floor = s, floor; return k }

// WithStep sets how far one turn goes on a linear scale.
func (k Knob) WithStep(step float64) Knob { k.Step = step; return k }

// AsFixed marks a knob that cannot turn while training.
func (k Knob) AsFixed() Knob { k.Fixed = true; return k }

// Explained adds a Doc.
func (k Knob) Explained(d Doc) Knob { k.Doc = d; return k }

// Value reads the variable.
func (k Knob) Value() Value {
	switch v := k.target.(type) {
	case *float64:
		return Num(*v)
	case *int:
		return Num(float64(*v))
	case *uint64:
		return Num(float64(*v))
	case *string:
		return Word(*v)
	case *bool:
		return Flag(*v)
	case *[]string:
		return Items(slices.Clone(*v))
	case *[]float64:
		items := make([]string, len(*v))
		for i, n := range *v {
			items[i] = Num(n).String()
		}
		return Items(items)
	case *[]int:
		items := make([]string, len(*v))
		for i, n := range *v {
			items[i] = strconv.Itoa(n)
		}
		return Items(items)
	}
	panic("knob: " + k.Path + " turns nothing")
}

// Set checks the value and writes it to the variable.
func (k Knob) Set(value Value) error {
	value, err := k.Check(value)
	if err != nil {
		return err
	}
	switch v := k.target.(type) {
	case *float64:
		*v = value.num
	case *int:
		*v = int(value.num)
	case *uint64:
		*v = uint64(value.num)
	case *string:
		*v = value.text
	case *bool:
		*v = value.On()
	case *[]string:
		*v = slices.Clone(value.items)
	case *[]int:
		sizes := make([]int, len(value.items))
		for i, s := range value.items {
			sizes[i], _ = strconv.Atoi(s) // checked
		}
		*v = sizes
	case *[]float64:
		numbers := make([]float64, len(value.items))
		for i, s := range value.items {
			numbers[i], _ = strconv.ParseFloat(s, 64) // checked
		}
		*v = numbers
	default:
		panic("knob: " + k.Path + " turns nothing")
	}
	return nil
}

func (k Knob) check(v Value) (Value, error) {
	wrong := func(want string) (Value, error) {
		return Value{}, fmt.Errorf("%s takes %s, not %s", k.Path, want, v.what())
	}
	switch k.Kind {
	case Number, Whole:
		kind := "a " + k.Kind.String()
		if v.form != number || math.IsNaN(v.num) || math.IsInf(v.num, 0) || k.Kind == Whole && v.num != math.Trunc(v.num) {
			return wrong(kind)
		}
		if v.num < k.Min || v.num > k.Max {
			return wrong(fmt.Sprintf("%s from %s to %s", kind, short(k.Min), short(k.Max)))
		}
	case Choice:
		if v.form == flag && slices.ContainsFunc(k.Options, func(o Option) bool { return o.Name == v.String() }) {
			v = Word(v.String()) // true and false are words among others
		}
		if v.form != word {
			return wrong("one of " + names(k.Options))
		}
		if !slices.ContainsFunc(k.Options, func(o Option) bool { return o.Name == v.text }) {
			hint := names(k.Options)
			if near := Nearest(v.text, optionNames(k.Options)); near != "" {
				return Value{}, fmt.Errorf("%s has no choice %q; did you mean %q?", k.Path, v.text, near)
			}
			return wrong("one of " + hint)
		}
	case Switch:
		if v.form != flag {
			return wrong("true or false")
		}
	case Text:
		if v.form != word {
			return wrong("text in quotes")
		}
	case List:
		if v.form == word || v.form == number { // target = "y" is the list of one
			v = Items([]string{v.String()})
		}
		if v.form != list {
			return wrong("a list")
		}
		if _, numbers := k.target.(*[]float64); numbers {
			for _, s := range v.items {
				if n, err := strconv.ParseFloat(s, 64); err != nil || !(n >= 0 && n <= k.Max) {
					return Value{}, fmt.Errorf("%s takes numbers from 0 to %s, not %q", k.Path, short(k.Max), s)
				}
			}
		}
		if _, sizes := k.target.(*[]int); sizes {
			for _, s := range v.items {
				if n, err := strconv.Atoi(s); err != nil || n < 1 {
					return Value{}, fmt.Errorf("%s takes whole numbers of at least 1, not %q", k.Path, s)
				}
			}
		}
	}
	return v, nil
}

// Parse reads a value as it is typed on the screen or after --set PATH=.
// The meaning of 0 ("off") is taken as 0. A list is words between commas, or as
// a preset has it: ["0:8", "4:2"].
func (k Knob) Parse(text string) (Value, error) {
	text = strings.TrimSpace(text)
	switch k.Kind {
	case Number, Whole:
		if k.Zero != "" && text == k.Zero {
			return k.Check(Num(0))
		}
		percent := strings.HasSuffix(text, "%")
		n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
		if err != nil {
			return k.Check(Word(text))
		}
		if percent {
			n /= 100
		}
		return k.Check(Num(n))
	case Switch:
		switch text {
		case "true", "on":
			return Flag(true), nil
		case "false", "off":
			return Flag(false), nil
		}
	case List:
		return k.Check(Items(splitList(text)))
	}
	return k.Check(Word(text))
}

// splitList are the items of a list as it is typed.
func splitList(text string) []string {
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	items := []string{}
	for _, part := range Split(text) {
		if n := len(part); n > 1 && strings.ContainsRune(quotes, rune(part[0])) && part[n-1] == part[0] {
			items = append(items, part[1:n-1])
		} else if part != "" {
			items = append(items, part)
		}
	}
	return items
}

const quotes = `"'`

// Split cuts values at the commas between them and trims them. A value in
// brackets or quotes stays whole.
func Split(text string) []string {
	var out []string
	from := 0
	depth, quote := 0, rune(0) // open brackets, and the quote that is open
	before := ','              // what stands before, without spaces
	for i, c := range text {
		opens := before == ',' || before == '['
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case opens && strings.ContainsRune(quotes, c):
			quote = c
		case opens && c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
		if c != ' ' {
			before = c
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// Format writes a value as people say it.
func (k Knob) Format(v Value) string {
	switch k.Kind {
	case Switch:
		if v.On() {
			return "on"
		}
		return "off"
	case Number, Whole:
		if v.num == 0 && k.Zero != "" {
			return k.Zero
		}
		return short(v.num)
	case List:
		if len(v.items) == 0 && k.Zero != "" {
			return k.Zero
		}
	}
	return v.String()
}

func short(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if n, err := strconv.ParseFloat(s, 64); err == nil && n == v {
		s = strconv.FormatFloat(v, 'g', -1, 64)
		if a := math.Abs(v); a >= 1 && a < 1e15 && v == math.Trunc(v) {
			s = strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	return strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
}

func optionNames(options []Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Name
	}
	return out
}

func names(options []Option) string { return strings.Join(optionNames(options), ", ") }
