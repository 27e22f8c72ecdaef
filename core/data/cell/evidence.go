package cell

import (
	"bytes"
	"math"
	"slices"
)

// Evidence is what the cells of a column have shown so far. The zero value has seen none.
type Evidence struct {
	Values int  // cells that were added
	Zeros  bool // a number has zeros before its digits, as codes have

	fractional    bool
	plain         int    // numbers of digits, a point and an exponent
	dressed       int    // numbers written otherwise
	by            [2]int // numbers that are one with a decimal point, and with a decimal comma
	commas, marks int    // numbers with a comma, and plain ones whose point may stand between thousands
	groups        [128]bool
	percent       int
	currency      string
	words         int      // neither numbers nor dates
	odd           []string // the first different ones of them
	dates         int
	readings      [len(orders)]int
	timed, zoned  bool
	slashes       bool
	lost          uint32    // pairs of words for no and yes that were not all there is, a bit each
	seen          [2]uint32 // pairs whose word for no, and for yes, was seen
	numbers       [2]spread // with a decimal point, and with a comma
	days          [len(orders)]spread
}

// spread is the least and the greatest of some numbers.
type spread struct {
	any      bool
	min, max float64
}

func (s *spread) add(v float64) {
	if !s.any {
		s.any, s.min, s.max = true, v, v
		return
	}
	s.min, s.max = min(s.min, v), max(s.max, v)
}

// readAs are the two ways of reading a number: what may stand between thousands is
// whatever is not the decimal separator.
const (
	withPoint = iota
	withComma
)

// someOdd is how many different odd words are kept.
const someOdd = 4

// Add takes the next cell, which is no missing value. It returns the number that it is
// if it is one of digits, a point and an exponent.
func (e *Evidence) Add(cell []byte) (v float64, plainly bool) {
	e.Values++
	v, s, ok := plain(cell)
	if ok && !math.IsInf(v, 0) {
		e.addPlain(v, s)
		return v, true
	}
	e.addOther(cell)
	return 0, false
}

func (e *Evidence) addPlain(v float64, s shapeOf) {
	e.plain++
	e.by[withPoint]++
	e.numbers[withPoint].add(v)
	e.lost = math.MaxUint32
	if s.zero && s.whole > 1 {
		e.Zeros = true
	}
	switch {
	case !s.point:
		e.by[withComma]++
		e.numbers[withComma].add(v)
		e.fractional = e.fractional || v != math.Trunc(v)
	case s.fraction == 3 && s.whole > 0 && s.whole <= 3 && !s.zero && !s.power: // 1.234 may be 1234
		e.marks++
		e.by[withComma]++
		e.numbers[withComma].add(float64(v * 1000))
		e.fractional = e.fractional || v != math.Trunc(v)
	default:
		e.fractional = e.fractional || v != math.Trunc(v)
	}
}

func (e *Evidence) addOther(cell []byte) {
	if bytes.ContainsAny(cell, "0123456789") {
		if e.addDressed(cell) {
			e.lost = math.MaxUint32
			return
		}
		if d, ok := date(cell); ok {
			e.dates++
			e.lost = math.MaxUint32
			e.timed, e.zoned, e.slashes = e.timed || d.timed, e.zoned || d.zoned, e.slashes || d.between == '/'
			for i := range orders {
				if v, ok := d.seconds(i); ok {
					e.readings[i]++
					e.days[i].add(v)
				}
			}
			return
		}
	}
	e.words++
	if len(e.odd) < someOdd && !slices.Contains(e.odd, string(cell)) {
		e.odd = append(e.odd, string(cell))
	}
	if e.lost == math.MaxUint32 {
		return
	}
	lower := string(bytes.ToLower(cell))
	for i, p := range pairs {
		bit := uint32(1) << i
		switch lower {
		case p[0]:
			e.seen[0] |= bit
		case p[1]:
			e.seen[1] |= bit
		default:
			e.lost |= bit
		}
	}
	if e.lost == 1<<len(pairs)-1 {
		e.lost = math.MaxUint32
	}
}

// addDressed takes a number that is written otherwise than in plain digits.
func (e *Evidence) addDressed(cell []byte) bool {
	var room [96]byte
	bare, negative, percent, currency := undress(room[:0], cell)
	ok := false
	for reading, f := range readings(bare) {
		v, is := f.bare(bare, negative, percent)
		if is {
			ok = true
			e.by[reading]++
			e.numbers[reading].add(v)
			e.fractional = e.fractional || v != math.Trunc(v) && reading == withPoint
		}
	}
	if !ok {
		return false
	}
	e.dressed++
	if percent {
		e.percent++
	}
	if e.currency == "" {
		e.currency = currency
	}
	for _, b := range bare {
		if b == ',' {
			e.commas++
		}
		if b < 128 {
			e.groups[b] = true
		}
	}
	return true
}

// readings are the two formats in which a number could be read.
func readings(bare []byte) [2]Format {
	out := [2]Format{{Kind: Number}, {Kind: Number, Decimal: ","}}
	for i := range out {
		out[i].Thousands = [2]string{",", "."}[i]
		for _, b := range bare {
			if b == ' ' || b == '\'' {
				out[i].Thousands = string(b)
				break
			}
		}
	}
	return out
}

// Hint is what the rest of a table says of how its cells are written, for columns
// that do not tell, and what was asked for.
type Hint struct {
	Comma     bool   // other numbers have a decimal comma
	Free      bool   // commas do not separate cells: alone they are decimal commas
	DayFirst  bool   // dates have the day before the month
	Decimal   string // the decimal separator if it is given: "." or ","
	Thousands string // what stands between thousands if it is given; "none" for nothing
	Order     string // of dates if it is given; "none" for no dates
}

// Told tells how numbers are written, where they leave no doubt: "." or ",", "" for
// columns that do not tell.
func (e *Evidence) Told() string {
	switch {
	case e.by[withPoint] > e.by[withComma]:
		return "."
	case e.by[withComma] > e.by[withPoint]:
		return ","
	}
	return ""
}

// Misfits is how many cells do not fit a format that Format gave.
func (e *Evidence) Misfits(f Format) int {
	switch f.Kind {
	case Number:
		if f.Decimal == "," {
			return e.Values - e.by[withComma]
		}
		return e.Values - e.by[withPoint]
	case Date:
		return e.Values - e.readings[slices.Index(orders[:], f.Order)]
	}
	return 0
}

// few tells whether so many cells of all are errors rather than words.
func (e *Evidence) few(odd int) bool {
	return odd == 0 || 2*odd <= e.Values && (20*odd <= e.Values || len(e.odd) < someOdd && odd-e.words < someOdd && 4*odd <= e.Values || odd == 1)
}

// Format decides how the cells are written. A few that do not fit are no reason against
// numbers or dates: they are errors of the table.
func (e *Evidence) Format(h Hint) Format {
	if e.Values == 0 {
		return Format{}
	}
	if f, ok := e.boolean(); ok {
		return f
	}
	if e.dates > 0 && h.Order != "none" {
		if f, n := e.date(h); e.few(e.Values - n) {
			return f
		}
	}
	if e.plain+e.dressed > 0 {
		if f, n := e.number(h); e.few(e.Values - n) {
			return f
		}
	}
	return Format{Kind: Word}
}

// Range is the least and the greatest number, or date in seconds, under a format that
// Format gave.
func (e *Evidence) Range(f Format) (least, greatest float64, ok bool) {
	var s spread
	switch f.Kind {
	case Number:
		s = e.numbers[withPoint]
		if f.Decimal == "," {
			s = e.numbers[withComma]
		}
	case Date:
		s = e.days[slices.Index(orders[:], f.Order)]
	case Boolean:
		return 0, 1, true
	}
	return s.min, s.max, s.any
}

// Whole tells whether each number is an integer under a format.
func (e *Evidence) Whole(f Format) bool {
	s := e.numbers[withPoint]
	if f.Decimal == "," {
		return e.dressed == e.marks && e.plain == e.by[withComma] && s.any && s.min == math.Trunc(s.min) && e.commas == 0
	}
	return s.any && !e.fractional
}

func (e *Evidence) boolean() (Format, bool) {
	both := e.seen[0] & e.seen[1] &^ e.lost
	for i, p := range pairs {
		if e.lost != math.MaxUint32 && both&(1<<i) != 0 {
			return Format{Kind: Boolean, No: p[0], Yes: p[1]}, true
		}
	}
	return Format{}, false
}

// date is the reading of most dates, and how many have it.
func (e *Evidence) date(h Hint) (Format, int) {
	best := 0
	for i, n := range e.readings {
		if n > e.readings[best] {
			best = i
		}
	}
	const day, month = 1, 2
	if n := e.readings[best]; n == e.readings[day] && n == e.readings[month] && e.slashes && !h.DayFirst {
		best = month
	} else if n == e.readings[day] && n == e.readings[month] {
		best = day
	}
	if i := slices.Index(orders[:], h.Order); i >= 0 && e.readings[i] > 0 {
		best = i
	}
	return Format{Kind: Date, Order: orders[best], Clock: e.timed, Zone: e.zoned}, e.readings[best]
}

// Ambiguous tells whether days and months of dates could change places throughout.
func (e *Evidence) Ambiguous() bool {
	return e.readings[1] > 0 && e.readings[1] == e.readings[2] && e.readings[1] == e.dates
}

// number is the reading of most numbers, and how many have it.
func (e *Evidence) number(h Hint) (Format, int) {
	reading := withPoint
	switch e.Told() {
	case ",":
		reading = withComma
	case "":
		if h.Comma && (e.commas > 0 || e.marks > 0) || h.Free && e.commas > 0 {
			reading = withComma
		}
	}
	switch h.Decimal {
	case ".":
		reading = withPoint
	case ",":
		reading = withComma
	}
	f := Format{Kind: Number, Percent: e.percent > 0, Currency: e.currency}
	if reading == withComma {
		f.Decimal = ","
	}
	switch {
	case h.Thousands == "none":
	case h.Thousands != "":
		f.Thousands = h.Thousands
	case e.groups['\'']:
		f.Thousands = "'"
	case e.groups[' ']:
		f.Thousands = " "
	case reading == withPoint && e.groups[',']:
		f.Thousands = ","
	case reading == withComma && (e.groups['.'] || e.marks > 0):
		f.Thousands = "."
	}
	return f, e.by[reading]
}

// Odd are words among numbers or dates, the first different ones.
func (e *Evidence) Odd() []string { return e.odd }
