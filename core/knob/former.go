package knob

// Former is a name that a knob had in an earlier release, or values that it took. Logs
// and presets that use them are still read.
type Former struct {
	Path string // the former name; "" where it is the same
	// Value translates a former value; nil where values are the same. Under a former
	// name it is called for every value, under the present one only for values that
	// the knob does not take.
	Value func(Value) Value
}

// FormerWords is the Value of a Former whose choices had other names, from the former
// name to the present one. Words that are not in the table stay as they are.
func FormerWords(names map[string]string) func(Value) Value {
	return func(v Value) Value {
		if now, ok := names[v.text]; ok && v.form == word {
			return Word(now)
		}
		return v
	}
}
