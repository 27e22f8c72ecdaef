package cell

// Value is a cell as a number under the format: the number, days since 1970-01-01 UTC of
// a date, hours since midnight of a time of day, 0 or 1 of a boolean. ok is false for
// what is none, and for infinities, NaN and words.
func (f Format) Value(cell []byte) (v float64, ok bool) {
	switch f.Kind {
	case Number:
		return f.Number(cell)
	case Date:
		v, ok = f.Seconds(cell)
		if f.Order == Clock {
			return v / 3600, ok
		}
		return v / 86400, ok
	case Boolean:
		return f.Boolean(cell)
	}
	return 0, false
}

// Plain tells whether the cells are numbers of digits, a point and an exponent.
func (f Format) Plain() bool { return f == Format{Kind: Number} }

// String says how the cells are written, in a few words; "" for plain numbers and words.
func (f Format) String() string {
	switch f.Kind {
	case Number:
		return f.number()
	case Date:
		return f.date()
	case Boolean:
		return f.No + "/" + f.Yes
	}
	return ""
}
