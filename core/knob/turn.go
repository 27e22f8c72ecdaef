package knob

import "math"

// Turn returns the value that many stops above v, or below it if stops is negative.
// Numbers stay within their range, choices wrap around, a switch is toggled.
func (k Knob) Turn(v Value, stops int) Value {
	switch k.Kind {
	case Switch:
		return Flag(v.On() != (stops%2 != 0))
	case Choice:
		n := len(k.Options)
		for i, o := range k.Options {
			if o.Name == v.text {
				return Word(k.Options[((i+stops)%n+n)%n].Name)
			}
		}
		return v
	case Number, Integer:
		x := v.num
		for ; stops > 0; stops-- {
			x = k.stop(x, +1)
		}
		for ; stops < 0; stops++ {
			x = k.stop(x, -1)
		}
		return Num(x)
	}
	return v
}

// stop is the next stop above (dir 1) or below (dir −1) x.
func (k Knob) stop(x float64, dir int) float64 {
	switch k.Scale {
	case Log:
		floor := k.floor()
		switch {
		case dir > 0 && x < floor*(1-1e-9):
			x = floor
		case dir < 0 && x <= floor*(1+1e-9):
			x = k.Min
		case x > 0:
			x = notch(x, dir)
		}
	case Complement:
		switch y := 1 - x; {
		case dir > 0 && y > 0.5:
			x = min(x+0.1, 0.5)
		case dir < 0 && y >= 0.5:
			x -= 0.1
		case y <= 0 && dir < 0:
			x = 1 - 1e-9
		case y <= 0:
			x = 1
		default:
			y = notch(y, -dir)
			x = 1 - y
		}
		x = math.Round(x*1e12) / 1e12
	default:
		step := k.Step
		if step == 0 {
			step = (k.Max - k.Min) / 20
			if k.Kind == Integer {
				step = 1
			}
		}
		x = math.Round((x/step+float64(dir))*1e6) / 1e6 * step
		x = math.Round(x*1e12) / 1e12
	}
	if k.Kind == Integer {
		x = math.Round(x)
	}
	return min(max(x, k.Min), k.Max)
}

func (k Knob) floor() float64 {
	switch {
	case k.Floor > 0:
		return k.Floor
	case k.Kind == Integer:
		return max(1, k.Min)
	}
	return max(1e-6, k.Min)
}

// notch is the next number above or below x among ..., 1, 2, 5, 10, 20, ...
func notch(x float64, dir int) float64 {
	exp := math.Floor(float64(math.Log10(x)) + 1e-9)
	for _, e := range []float64{exp - 1, exp, exp + 1} {
		for _, m := range []float64{1, 2, 5} {
			y := decimal(m, e)
			if dir > 0 && y > x*(1+1e-9) {
				return y
			}
		}
	}
	best := x / 2
	for _, e := range []float64{exp - 1, exp} {
		for _, m := range []float64{1, 2, 5} {
			if y := decimal(m, e); y < x*(1-1e-9) {
				best = y
			}
		}
	}
	return best
}

// decimal is m·10^e, rounded once, so that it prints with few digits.
func decimal(m, e float64) float64 {
	if e < 0 {
		return m / math.Pow(10, -e)
	}
	return m * math.Pow(10, e)
}

// Position returns the position of v in the range, from 0 to 1, on the knob's scale,
// and NaN for a knob without a range.
func (k Knob) Position(v Value) float64 {
	if k.Kind != Number && k.Kind != Integer || k.Max <= k.Min {
		return math.NaN()
	}
	x, lo, hi := v.num, k.Min, k.Max
	switch k.Scale {
	case Log:
		lo = k.floor()
		if x <= lo {
			return 0
		}
		x, lo, hi = math.Log(x), math.Log(lo), math.Log(hi)
	case Complement:
		x, lo, hi = -math.Log(max(1-x, 1e-6)), 0, -math.Log(1e-6)
	}
	return min(max((x-lo)/(hi-lo), 0), 1)
}

// At returns the stop whose position in the range is nearest to p, from 0 to 1: the
// inverse of Position. At the beginning it is the smallest stop, or off. Knobs without a range keep v.
func (k Knob) At(p float64, v Value) Value {
	if math.IsNaN(k.Position(v)) || math.IsNaN(p) {
		return v
	}
	p = min(max(p, 0), 1)
	lo, hi := k.Min, k.Max
	var x float64
	switch k.Scale {
	case Log:
		lo = k.floor()
		x = math.Exp(math.Log(lo) + float64(p*(math.Log(hi)-math.Log(lo))))
	case Complement:
		x = 1 - math.Exp(float64(p*math.Log(1e-6)))
	default:
		x = lo + float64(p*(hi-lo))
	}
	if k.Kind == Integer {
		x = math.Round(x)
	}
	x = min(max(x, k.Min), k.Max)
	if p == 0 && k.Zero != "" {
		return Num(k.Min)
	}
	best, off := v, math.Inf(1)
	below := k.Turn(Num(x), -1)
	for _, s := range []Value{k.Turn(below, 1), k.Turn(Num(x), 1), below, Num(k.Max)} {
		if d := math.Abs(k.Position(s) - p); d < off {
			best, off = s, d
		}
	}
	return best
}
