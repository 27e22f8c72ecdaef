package knob

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Set checks the value and writes it to the variable. If the check fails the variable
// keeps its value.
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
		panic("knob: " + k.Path + " is bound to no variable")
	}
	return nil
}

// Check returns the value in the form of the knob's kind. The error says what the knob
// takes, in one sentence that begins with its path.
func (k Knob) Check(v Value) (Value, error) {
	out, err := k.check(v)
	if err == nil {
		return out, nil
	}
	for _, f := range k.Was {
		if f.Path != "" || f.Value == nil {
			continue
		}
		if out, err := k.check(f.Value(v)); err == nil {
			return out, nil
		}
	}
	return Value{}, err
}

func (k Knob) check(v Value) (Value, error) {
	wrong := func(want string) (Value, error) {
		return Value{}, fmt.Errorf("%s takes %s, not %s", k.Path, want, v.what())
	}
	switch k.Kind {
	case Number, Integer:
		kind := "a number"
		if k.Kind == Integer {
			kind = "an integer"
		}
		if v.form != number || math.IsNaN(v.num) || math.IsInf(v.num, 0) || k.Kind == Integer && v.num != math.Trunc(v.num) {
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
					return Value{}, fmt.Errorf("%s takes integers of at least 1, not %q", k.Path, s)
				}
			}
		}
	}
	return v, nil
}

func optionNames(options []Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Name
	}
	return out
}

func names(options []Option) string { return strings.Join(optionNames(options), ", ") }
