package nn

import "math"

// floatForm is a float of few bits: a sign, then the exponent, then the
// precision. Infinities and NaN are never written.
type floatForm struct{ exponent, precision, bias int }

var floatForms = map[string]floatForm{
	"bf16": {8, 7, 127}, "fp16": {5, 10, 15}, "fp8-e4m3": {4, 3, 7}, "fp8-e5m2": {5, 2, 15},
}

// FloatForm tells whether there is a float of that name.
func FloatForm(name string) bool { _, ok := floatForms[name]; return ok }

func (f floatForm) encode(v float64) uint64 {
	sign := uint64(0)
	if math.Signbit(v) {
		sign = 1
	}
	sign <<= f.exponent + f.precision
	v = math.Abs(v)
	if v == 0 {
		return sign
	}
	_, e := math.Frexp(v) // v = m 2^e, m in [½, 1)
	e = max(e-1, 1-f.bias)
	m := uint64(math.Ldexp(v, f.precision-e)) // with the leading one, if it is no subnormal
	biased := uint64(0)
	if m >= 1<<f.precision {
		biased, m = uint64(e+f.bias), m-1<<f.precision
	}
	return sign | biased<<f.precision | m
}

func (f floatForm) decode(bits uint64) float64 {
	m := float64(bits & (1<<f.precision - 1))
	biased := int(bits >> f.precision & (1<<f.exponent - 1))
	if biased == 0 {
		biased = 1
	} else {
		m += float64(uint64(1) << f.precision)
	}
	v := math.Ldexp(m, biased-f.bias-f.precision)
	if bits>>(f.exponent+f.precision)&1 == 1 {
		v = -v
	}
	return v
}
