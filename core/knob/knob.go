// Package knob describes everything that can be set: the path, kind, range and
// documentation of each setting; and the layout of the flat parameter vector.
package knob

import (
	"slices"
	"strconv"
)

// Kind is the kind of value that a knob takes.
type Kind uint8

// The kinds of knob.
const (
	Number  Kind = iota // any finite number in the range
	Integer             // an integer in the range
	Choice              // one of the options
	Switch              // on or off
	Text                // any text
	List                // several words or numbers
)

// String is the kind's name in listings.
func (k Kind) String() string {
	return [...]string{"number", "integer", "choice", "switch", "text", "list"}[k]
}

// Scale is the spacing of the stops of a Number or Integer knob.
type Scale uint8

// The scales.
const (
	Linear     Scale = iota // equal steps
	Log                     // 1, 2, 5, 10, ...
	Complement              // 1 − x on a log scale: 0.9, 0.95, 0.98, 0.99, ... (decay rates)
)

// Option is one of the values of a Choice.
type Option struct {
	Name, Help string
	Doc        Doc
}

// Knob is one setting, bound to a variable of the part that it belongs to. The variable
// holds the default until the knob is set.
type Knob struct {
	Path     string // "optimizer.lr": the name in presets, flags, logs and charts
	Kind     Kind
	Min, Max float64 // inclusive; of Number and Integer
	Scale    Scale
	Step     float64  // distance of two stops on a Linear scale; 0 is a twentieth of the range
	Floor    float64  // smallest stop above 0 on a Log scale; 0 means 1e-6, or 1 for integers
	Zero     string   // how the value 0 is written ("off"); "" for the number
	Options  []Option // of Choice
	Help     string   // summary in one line
	Doc      Doc
	Fixed    bool     // it cannot change while training
	Was      []Former // its names and values in earlier releases

	target any // *float64, *int, *uint64, *string, *bool, *[]int, *[]float64 or *[]string
}

// Float returns a Number knob bound to v, from min to max, inclusive.
func Float(path string, v *float64, min, max float64, scale Scale, help string) Knob {
	return Knob{Path: path, Kind: Number, Min: min, Max: max, Scale: scale, Help: help, target: v}
}

// Int returns an Integer knob bound to v, from min to max, inclusive.
func Int(path string, v *int, min, max int, help string) Knob {
	return Knob{Path: path, Kind: Integer, Min: float64(min), Max: float64(max), Help: help, target: v}
}

// Bool returns a Switch bound to v.
func Bool(path string, v *bool, help string) Knob {
	return Knob{Path: path, Kind: Switch, Help: help, target: v}
}

// OneOf returns a Choice among options, bound to v.
func OneOf(path string, v *string, options []Option, help string) Knob {
	return Knob{Path: path, Kind: Choice, Options: options, Help: help, target: v}
}

// String returns a Text knob bound to v.
func String(path string, v *string, help string) Knob {
	return Knob{Path: path, Kind: Text, Help: help, target: v}
}

// Ints returns a List of integers bound to v, each at least 1.
func Ints(path string, v *[]int, help string) Knob {
	return Knob{Path: path, Kind: List, Help: help, target: v}
}

// Floats returns a List of numbers bound to v, each from 0 to max.
func Floats(path string, v *[]float64, max float64, help string) Knob {
	return Knob{Path: path, Kind: List, Max: max, Help: help, target: v}
}

// Words returns a List of words bound to v.
func Words(path string, v *[]string, help string) Knob {
	return Knob{Path: path, Kind: List, Help: help, target: v}
}

// Seed returns an Integer knob from 0 to 2⁵³, bound to v.
func Seed(path string, v *uint64, help string) Knob {
	return Knob{Path: path, Kind: Integer, Max: 1 << 53, Help: help, target: v}
}

// WithZero sets how the value 0 is written.
func (k Knob) WithZero(meaning string) Knob { k.Zero = meaning; return k }

// WithScale sets the scale, and its smallest stop above 0.
func (k Knob) WithScale(s Scale, floor float64) Knob { k.Scale, k.Floor = s, floor; return k }

// WithStep sets the distance of two stops on a linear scale.
func (k Knob) WithStep(step float64) Knob { k.Step = step; return k }

// AsFixed marks a knob that cannot change while training.
func (k Knob) AsFixed() Knob { k.Fixed = true; return k }

// Explained adds a Doc.
func (k Knob) Explained(d Doc) Knob { k.Doc = d; return k }

// WithFormer adds names or values of earlier releases.
func (k Knob) WithFormer(former ...Former) Knob {
	k.Was = append(k.Was[:len(k.Was):len(k.Was)], former...)
	return k
}

// Value returns the value of the variable.
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
	panic("knob: " + k.Path + " is bound to no variable")
}
