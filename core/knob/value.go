package knob

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Value is the value of a knob: a number, a word, a switch or a list of words.
// The zero Value is the number 0.
type Value struct {
	form  form
	num   float64
	text  string
	items []string
}

type form uint8

const (
	number form = iota
	word
	flag
	list
)

// Num is the value of a Number or Integer knob.
func Num(v float64) Value { return Value{num: v} }

// Word is the value of a Choice or Text knob.
func Word(s string) Value { return Value{form: word, text: s} }

// Flag is the value of a Switch.
func Flag(on bool) Value {
	v := Value{form: flag}
	if on {
		v.num = 1
	}
	return v
}

// Items is the value of a List. The slice is kept, not copied.
func Items(items []string) Value { return Value{form: list, items: items} }

// Num is the number, or 1 and 0 for a switch.
func (v Value) Num() float64 { return v.num }

// Word is the word, empty for any other form.
func (v Value) Word() string { return v.text }

// On reports whether a switch is on.
func (v Value) On() bool { return v.num != 0 }

// Items are the words of a list.
func (v Value) Items() []string { return v.items }

// Equal reports whether both values have the same form and the same bits.
func (v Value) Equal(o Value) bool {
	return v.form == o.form && v.num == o.num && v.text == o.text && slices.Equal(v.items, o.items)
}

// String writes the value so that Knob.Parse reads it back exactly.
func (v Value) String() string {
	switch v.form {
	case word:
		return v.text
	case flag:
		return strconv.FormatBool(v.On())
	case list:
		items := make([]string, len(v.items))
		for i, item := range v.items {
			items[i] = quoted(item)
		}
		return strings.Join(items, ",")
	}
	if v.num == math.Trunc(v.num) && math.Abs(v.num) < 1e15 {
		return strconv.FormatFloat(v.num, 'f', -1, 64) // 1000000, not 1e+06
	}
	return strconv.FormatFloat(v.num, 'g', -1, 64)
}

// what names the form in an error.
func (v Value) what() string {
	switch v.form {
	case word:
		return strconv.Quote(v.text)
	case list:
		return "a list"
	}
	return v.String()
}

// MarshalJSON writes numbers, strings, booleans and arrays of strings. A knob
// never holds NaN or an infinity, so every value can be written.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.form {
	case word:
		return json.Marshal(v.text)
	case flag:
		return json.Marshal(v.On())
	case list:
		if v.items == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.items)
	}
	if math.IsNaN(v.num) || math.IsInf(v.num, 0) {
		return nil, fmt.Errorf("the number %v cannot be written as JSON", v.num)
	}
	return []byte(strconv.FormatFloat(v.num, 'g', -1, 64)), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Value) UnmarshalJSON(b []byte) error {
	var raw any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	switch x := raw.(type) {
	case float64:
		*v = Num(x)
	case string:
		*v = Word(x)
	case bool:
		*v = Flag(x)
	case []any:
		items := make([]string, len(x))
		for i, e := range x {
			s, ok := e.(string)
			if !ok {
				return fmt.Errorf("a list holds words, not %v", e)
			}
			items[i] = s
		}
		*v = Items(items)
	default:
		return fmt.Errorf("%s is not a value of a knob", b)
	}
	return nil
}
