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

// WithFormer says how the knob was known before.
func (k Knob) WithFormer(former ...Former) Knob {
	k.Was = append(k.Was[:len(k.Was):len(k.Was)], former...)
	return k
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

// Check returns the value in the knob's own form, or says in one sentence
// what the knob takes instead.
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
