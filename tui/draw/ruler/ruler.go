package ruler

import "math"

// Tick is a round number on an axis.
type Tick struct {
	Row   int // from the lower end
	Value float64
	Text  string
}

// Ruler maps values to rows, counted from 0 at the lower end. The rows are chosen so
// that round numbers fall on them: a label is true on its row to a fifth of it.
type Ruler struct {
	Scale
	Ticks []Tick
	low   float64 // the position of row 0
	unit  float64 // positions from row to row
	rows  int     // the last row
}

// Row returns the row of a value, in fractions, also outside the ruler; ok is false
// if the scale has no place for it.
func (r *Ruler) Row(v float64) (row float64, ok bool) {
	at, ok := r.To(v)
	return (at - r.low) / r.unit, ok
}

// Value returns the value at a row.
func (r *Ruler) Value(row float64) float64 { return r.From(r.low + row*r.unit) }

// High returns the value at the last row.
func (r *Ruler) High() float64 { return r.Value(float64(r.rows)) }

// widest is the largest number of cells of a label.
const widest = 7

// exact is by how much of a row a label may miss its number.
const exact = 0.21

// decades is the largest extent of a logarithmic axis below 1 or the largest value:
// beyond it there is only rounding error.
const decades = 16

// New returns a ruler for the values from low to high, on rows 0 to last, which is
// at least 1.
func New(s Scale, low, high float64, last int) *Ruler {
	last = max(last, 1)
	from, ok := s.To(low)
	to, also := s.To(high)
	if !ok || !also {
		from, to = 0, 1
	}
	if from > to {
		from, to = to, from
	}
	r := &Ruler{Scale: s, rows: last}
	if s.Kind == Linear {
		r.linear(from, to)
		return r
	}
	if s.Kind == Log {
		from = max(from, min(to, 0)-decades)
	}
	if to-from < 1e-3 {
		from, to = (from+to)/2-0.25, (from+to)/2+0.25
	}
	if !r.byDecades(from, to) {
		r.narrow(from, to)
	}
	return r
}

// linear chooses the smallest unit, a half, third or quarter of a round step, with
// which the rows reach from one end to the other.
func (r *Ruler) linear(from, to float64) {
	if least := 1e-4 * max(math.Abs(from), math.Abs(to), smallest); to-from < least {
		pad := max(0.1*math.Abs(to), smallest)
		if to != from {
			pad = least
		}
		from, to = from-pad, to+pad
	}
	parts := []int{4, 3, 2}
	if r.rows < 8 {
		parts = []int{2, 1}
	}
	raw := to/float64(r.rows) - from/float64(r.rows)
	best, steps := math.Inf(1), stride{}
	per := 1
	for _, k := range parts {
		s := strideFrom(raw * float64(k))
		for range 6 { // on a single row nothing fits around 0
			unit := s.length() / float64(k)
			if unit >= best {
				break
			}
			low := math.Floor(from/unit+1e-9) * unit
			if (to-low)/unit <= float64(r.rows)+1e-9 {
				best, steps, per = unit, s, k
				break
			}
			s = s.next()
		}
	}
	if math.IsInf(best, 1) {
		r.low, r.unit = from, raw
		return
	}
	first := math.Floor(from/best + 1e-9)
	r.low, r.unit = first*best, best
	for row := range r.rows + 1 {
		i := first + float64(row)
		k := math.Round(i / float64(per))
		if k*float64(per) == i && math.Abs(k) < 1<<30 {
			r.tick(row, steps.times(floor(k)))
		}
	}
}

func (r *Ruler) tick(row int, v float64) {
	if text := Text(v); len(text) <= widest && math.Abs(v) <= largest {
		r.Ticks = append(r.Ticks, Tick{row, v, text})
	}
}

// spacing is a distance from row to row of decades/rows decades, so that a power of
// ten falls on every so many rows.
type spacing struct{ decades, rows int }

// spacings go from narrow to wide: first those with room for 2 and 5, then ever more
// decades a row, in strides of less than a half, so that rows do not stand empty.
var spacings = []spacing{
	{1, 40},
	{1, 33},
	{1, 30},
	{1, 23},
	{1, 20},
	{1, 17},
	{1, 16},
	{1, 13},
	{1, 10},
	{1, 7},
	{1, 6},
	{1, 5},
	{1, 4},
	{1, 3},
	{1, 2},
	{2, 3},
	{3, 4},
	{1, 1},
	{4, 3},
	{3, 2},
	{5, 3},
	{2, 1},
	{5, 2},
	{3, 1},
	{4, 1},
	{5, 1},
	{6, 1},
	{8, 1},
	{10, 1},
	{12, 1},
	{15, 1},
	{20, 1},
	{25, 1},
	{30, 1},
	{40, 1},
	{50, 1},
	{75, 1},
	{100, 1},
	{150, 1},
	{200, 1},
	{300, 1},
	{400, 1},
	{700, 1},
}

// byDecades puts the powers of ten on rows; false if fewer than two numbers get a
// label.
func (r *Ruler) byDecades(from, to float64) bool {
	for _, s := range spacings {
		unit := float64(s.decades) / float64(s.rows)
		first := math.Floor(from/unit + 1e-9)
		free := float64(r.rows) - math.Ceil(to/unit-first-1e-9)
		if free < 0 {
			continue
		}
		first -= math.Floor(free / 2)
		r.low, r.unit = first*unit, unit
		r.Ticks = nil
		if r.label(floor(first), s); len(r.Ticks) > 1 {
			return true
		}
		if s.decades == 1 && s.rows > 1 { // two numbers that are not powers of ten may have room
			return false
		}
	}
	return false
}

// label labels the rows, of which row 0 is the first-th from position 0.
func (r *Ruler) label(first int, s spacing) {
	apart := 2 // rows from label to label
	if r.rows < 8 {
		apart = 1
	}
	n := s.rows
	every := s.decades * ((apart + n - 1) / n) // decades from label to label
	within := []int{1}
	switch { // numbers that fall on rows
	case every > 1:
	case n >= 6, n == 3 && apart == 1:
		within = []int{1, 2, 5}
	case n == 5:
		within = []int{1, 25}
	case n == 4:
		within = []int{1, 3}
	}
	for row := range r.rows + 1 {
		at := float64(first+row) * r.unit
		for _, m := range within {
			if v, ok := r.round(at, m, every); ok {
				r.tick(row, v)
			}
		}
	}
}

// round returns the number m·10ᵉ at a position, if there is one close enough.
func (r *Ruler) round(at float64, m, every int) (float64, bool) {
	shift := math.Log10(float64(m))
	if r.Kind == Log {
		e := nearest(at - shift)
		return round(m, e), math.Abs(float64(e)+shift-at) <= exact*r.unit && e%every == 0
	}
	// Of a symmetric logarithm position ±1 is the core, and 0 is 0.
	c := nearest(math.Log10(r.core()))
	size := math.Abs(at)
	e := nearest(size - 1 - shift)
	switch {
	case m == 1 && size < exact*r.unit:
		return 0, true
	case m == 5 && math.Abs(size-0.5) <= exact*r.unit: // half of the core
		return math.Copysign(round(5, c-1), at), true
	case e < 0:
		return 0, false
	}
	return math.Copysign(round(m, c+e), at), math.Abs(1+float64(e)+shift-size) <= exact*r.unit && (e+1)%every == 0
}

// narrow puts two round numbers on rows where the axis is too short for decades, and
// others where they happen to fall on one.
func (r *Ruler) narrow(from, to float64) {
	r.Ticks = nil
	low, high := r.From(from), r.From(to)
	rows := float64(r.rows)
	r.low, r.unit = from, (to-from)/rows
	s := strideFrom((high - low) / 5)
	a, b := math.Ceil(low/s.length()-1e-9), math.Floor(high/s.length()+1e-9)
	if !(math.Abs(a) < 1<<30 && math.Abs(b) < 1<<30 && b-a < 20) { // or NaN
		return
	}
	first, aOk := r.To(s.times(floor(a)))
	second, bOk := r.To(s.times(floor(b)))
	if aOk && bOk && second > first {
		for d := nearest((second-first)/r.unit) + 1; d > 0; d-- {
			unit := (second - first) / float64(d)
			below, above := math.Ceil((first-from)/unit-1e-6), math.Ceil((to-second)/unit-1e-6)
			if below+above+float64(d) <= rows {
				r.unit, r.low = unit, first-below*unit
				break
			}
		}
	}
	taken := -2
	for k := floor(a); k <= floor(b); k++ {
		row, ok := r.Row(s.times(k))
		if at := nearest(row); ok && math.Abs(row-float64(at)) <= exact && at > taken+1 && at >= 0 && at <= r.rows {
			r.tick(at, s.times(k))
			taken = at
		}
	}
}
