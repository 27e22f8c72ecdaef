package knob

// Former is how a knob was known in an earlier release: a name that it had, or
// values that it took. Logs and preset files that say so are still read.
type Former struct {
	Path string // the name that it had; "" where the name is the same
	// Value is what a value meant then, in the knob's own terms; nil where it is
	// the same. Under a former name it is asked about every value, under the
	// present one only about values that the knob does not take.
	Value func(Value) Value
}

// FormerWords is the Value of a Former whose choices had other names: of those
// that are not in the table nothing changes.
func FormerWords(names map[string]string) func(Value) Value {
	return func(v Value) Value {
		if now, ok := names[v.text]; ok && v.form == word {
			return Word(now)
		}
		return v
	}
}
