package tensor

import (
	"encoding/binary"
	"math"
)

// DType is the type of the elements of a tensor, by its name in safetensors.
type DType struct {
	Name  string
	Width int // bytes of an element, which are little-endian
	// at is the number that stands at the begin of b; exact is false where float64
	// does not hold it.
	at func(b []byte) (v float64, exact bool)
}

// dtypes are those of safetensors, and of PyTorch, that stand for real numbers.
var dtypes = []DType{
	{"F64", 8, func(b []byte) (float64, bool) { return math.Float64frombits(binary.LittleEndian.Uint64(b)), true }},
	{"F32", 4, func(b []byte) (float64, bool) {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
	}},
	{"F16", 2, func(b []byte) (float64, bool) { return small(uint64(binary.LittleEndian.Uint16(b)), 5, 10, true), true }},
	{"BF16", 2, func(b []byte) (float64, bool) {
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)), true
	}},
	{"F8_E5M2", 1, func(b []byte) (float64, bool) { return small(uint64(b[0]), 5, 2, true), true }},
	{"F8_E4M3", 1, func(b []byte) (float64, bool) { return small(uint64(b[0]), 4, 3, false), true }},
	{"I64", 8, func(b []byte) (float64, bool) {
		n := int64(binary.LittleEndian.Uint64(b))
		v := float64(n)
		return v, v < 1<<63 && int64(v) == n
	}},
	{"I32", 4, func(b []byte) (float64, bool) { return float64(int32(binary.LittleEndian.Uint32(b))), true }},
	{"I16", 2, func(b []byte) (float64, bool) { return float64(int16(binary.LittleEndian.Uint16(b))), true }},
	{"I8", 1, func(b []byte) (float64, bool) { return float64(int8(b[0])), true }},
	{"U64", 8, func(b []byte) (float64, bool) {
		n := binary.LittleEndian.Uint64(b)
		v := float64(n)
		return v, v < 1<<64 && uint64(v) == n
	}},
	{"U32", 4, func(b []byte) (float64, bool) { return float64(binary.LittleEndian.Uint32(b)), true }},
	{"U16", 2, func(b []byte) (float64, bool) { return float64(binary.LittleEndian.Uint16(b)), true }},
	{"U8", 1, func(b []byte) (float64, bool) { return float64(b[0]), true }},
	{"BOOL", 1, func(b []byte) (float64, bool) {
		if b[0] == 0 {
			return 0, true
		}
		return 1, true
	}},
}

// FindDType is the type of a name, as in "BF16".
func FindDType(name string) (DType, bool) {
	for _, d := range dtypes {
		if d.Name == name {
			return d, true
		}
	}
	return DType{}, false
}

// Decode overwrites dst with the elements that lie in b from its begin on, one
// behind the other. It returns the number of the first that float64 does not hold
// exactly, an integer beyond 2^53, or −1. It panics if b is too short.
func (d DType) Decode(dst []float64, b []byte) (inexact int) {
	inexact = -1
	for i := range dst {
		v, exact := d.at(b[i*d.Width:])
		if !exact && inexact < 0 {
			inexact = i
		}
		dst[i] = v
	}
	return inexact
}

// At is the element number i of b, and whether float64 holds it exactly.
func (d DType) At(b []byte, i int) (v float64, exact bool) { return d.at(b[i*d.Width:]) }

// small is a float of one sign bit, so many bits of exponent, with the usual bias,
// and of mantissa. Without infinities the largest exponent is one like the others,
// but for a mantissa of ones, which is NaN (Micikevicius et al., "FP8 Formats for
// Deep Learning", 2022, table 1).
func small(bits uint64, exponent, mantissa uint, infinities bool) float64 {
	most := uint64(1)<<exponent - 1
	e, m := bits>>mantissa&most, bits&(1<<mantissa-1)
	bias := int(most >> 1)
	var v float64
	switch {
	case e == 0:
		v = math.Ldexp(float64(m), 1-bias-int(mantissa))
	case e == most && infinities && m == 0:
		v = math.Inf(1)
	case e == most && (infinities || m == 1<<mantissa-1):
		v = math.NaN()
	default:
		v = math.Ldexp(float64(m|1<<mantissa), int(e)-bias-int(mantissa))
	}
	if bits>>(exponent+mantissa)&1 != 0 {
		v = -v
	}
	return v
}
