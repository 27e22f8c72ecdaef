// Package knob names everything that can be set: one path, kind, range and
// sentence of help for each setting, and the names of the parts of the flat
// parameter vector.
package knob

import (
	"slices"
	"strconv"
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

// WithFormer says how the knob was known before.
func (k Knob) WithFormer(former ...Former) Knob {
	k.Was = append(k.Was[:len(k.Was):len(k.Was)], former...)
	return k
}

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
