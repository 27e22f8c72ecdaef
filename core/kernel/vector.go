package kernel

import (
	"fmt"
	"math"
	"unsafe"
)

// The element-wise loops. Each is defined here as a sequence of operations; the
// assembly does the same to four elements at a time. Products are converted to float64
// so that no compiler fuses them with a sum.

const (
	ln2hi     = 0x1.62e42feep-1 // its last 21 bits are 0: n·ln2hi is exact
	ln2lo     = 0x1.a39ef35793c76p-33
	lowest    = -708
	highest   = 709.782712893384
	biasShift = 1022
)

// taylor holds the inverse factorials 1/2! to 1/13!.
var taylor = func() (c [12]float64) {
	factorial := 1.0
	for i := range c {
		factorial *= float64(i + 2)
		c[i] = 1 / factorial
	}
	return c
}()

// reduce returns n and expm1(r) of x = n ln 2 + r with |r| ≤ ½ ln 2.
func reduce(x float64) (n, m float64) {
	n = math.RoundToEven(float64(x * math.Log2E))
	r := math.FMA(-n, ln2lo, math.FMA(-n, ln2hi, x))
	q := taylor[11]
	for i := 10; i >= 0; i-- {
		q = math.FMA(q, r, taylor[i])
	}
	return n, math.FMA(q, float64(r*r), r)
}

// power is 2 to an integer power from −1022 to 1023.
func power(n float64) float64 { return math.Float64frombits(uint64(int64(n)+1023) << 52) }

// Exp is eˣ to about an ulp, 0 below −708.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x < lowest:
		return 0
	case x > highest:
		return math.Inf(1)
	}
	n, m := reduce(x)
	y := float64((1 + m) * power(n-1))
	return y + y
}

// Sigmoid is 1 / (1 + e⁻ˣ).
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Tanh is the hyperbolic tangent to a few ulp: with t = expm1(−2|x|), |t / (t + 2)|.
func Tanh(x float64) float64 {
	if x != x {
		return x
	}
	y := max(-2*math.Abs(x), -60)
	n, m := reduce(y)
	scale := power(n)
	t := math.FMA(m, scale, scale-1)
	return math.Copysign(t/(t+2), x)
}

// Log is the natural logarithm to about an ulp, by the series of
// 2 artanh((m − 1)/(m + 1)) with m in [√½, √2).
func Log(x float64) float64 {
	switch {
	case x != x || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	e := 0.0
	if x < 0x1p-1022 {
		x, e = 0x1p54*x, -54
	}
	const root = 0x3fe6a09e667f3bcd // the bits of √½: its power of two is at the top
	bits := math.Float64bits(x) - root
	e += float64(int64(bits) >> 52)
	m := math.Float64frombits(bits&(1<<52-1) + root)
	f := m - 1
	s := f / (2 + f)
	z := float64(s * s)
	// The coefficients of FreeBSD's e_log.c: a minimax fit of
	// (log(1+f) − 2s)/s in z.
	r := 1.479819860511658591e-01
	r = math.FMA(r, z, 1.531383769920937332e-01)
	r = math.FMA(r, z, 1.818357216161805012e-01)
	r = math.FMA(r, z, 2.222219843214978396e-01)
	r = math.FMA(r, z, 2.857142874366239149e-01)
	r = math.FMA(r, z, 3.999999999940941908e-01)
	r = math.FMA(r, z, 6.666666666666735130e-01)
	r = float64(r * z)
	half := float64(0.5 * float64(f*f))
	return math.FMA(e, ln2hi, f-(half-math.FMA(s, half+r, float64(e*ln2lo))))
}

// Log1p is log(1 + x) for x from 0 to 1.
func Log1p(x float64) float64 {
	u := 1 + x
	return Log(u) - ((u-1)-x)/u
}

// Power is x to an integer power n ≥ 0, by repeated squaring.
func Power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			y = float64(y * x)
		}
		x = float64(x * x)
	}
	return y
}

// Cos is the cosine, to about an ulp where it is not nearly 0.
func Cos(x float64) float64 {
	_, cos := SinCos(x)
	return cos
}

// SinCos returns the sine and the cosine of an angle, from one reduction to r within
// π/4 of a multiple of π/2. Cody, Waite 1980. From 2⁵² on, where numbers are as
// far apart as angles, a turn is the float64 next to 2π.
func SinCos(x float64) (sin, cos float64) {
	const pihi, pilo = math.Pi / 2, 6.123233995736766e-17
	if math.Abs(x) >= 1<<52 {
		x = math.Mod(x, 2*math.Pi)
	}
	k := math.RoundToEven(float64(x * (2 / math.Pi)))
	r := math.FMA(-k, pilo, math.FMA(-k, pihi, x))
	if math.Abs(r) > 0.79 { // the product above was rounded to the wrong quarter
		k += math.RoundToEven(float64(r * (2 / math.Pi)))
		r = math.FMA(-k, pilo, math.FMA(-k, pihi, x))
	}
	z := float64(r * r)
	half := float64(0.5 * z)
	// The coefficients of FreeBSD's k_sin.c and k_cos.c: minimax fits.
	s := 1.58969099521155010221e-10
	s = math.FMA(s, z, -2.50507602534068634195e-08)
	s = math.FMA(s, z, 2.75573137070700676789e-06)
	s = math.FMA(s, z, -1.98412698298579493134e-04)
	s = math.FMA(s, z, 8.33333333332248946124e-03)
	s = math.FMA(s, z, -1.66666666666666324348e-01)
	s = math.FMA(s, float64(z*r), r)
	c := -1.13596475577881948265e-11
	c = math.FMA(c, z, 2.08757232129817482790e-09)
	c = math.FMA(c, z, -2.75573143513906633035e-07)
	c = math.FMA(c, z, 2.48015872894767294178e-05)
	c = math.FMA(c, z, -1.38888888888741095749e-03)
	c = math.FMA(c, z, 4.16666666666666019037e-02)
	most := 1 - half
	c = most + math.FMA(c, float64(z*z), (1-most)-half)
	// Which is which, and the signs, by bits: no processor foresees random angles.
	quarter := uint64(int64(k))
	sine, cosine := math.Float64bits(s), math.Float64bits(c)
	swap := (sine ^ cosine) & -(quarter & 1)
	sine, cosine = sine^swap, cosine^swap
	return math.Float64frombits(sine ^ quarter&2<<62), math.Float64frombits(cosine ^ (quarter+1)&2<<62)
}

var (
	expLoops     = loops{vexp, wexp, Exp}
	sigmoidLoops = loops{vsigmoid, wsigmoid, Sigmoid}
	tanhLoops    = loops{vtanh, wtanh, Tanh}
	logLoops     = loops{vlog, wlog, Log}
	log1pLoops   = loops{vlog1p, wlog1p, Log1p}
)

// ExpAll is dst = eˣ, element by element; dst may be src.
func ExpAll(dst, src []float64) { expLoops.each(dst, src) }

// SigmoidAll is dst = 1 / (1 + e⁻ˣ); dst may be src.
func SigmoidAll[T Float](dst, src []T) {
	if d, ok := any(dst).([]float64); ok {
		sigmoidLoops.each(d, any(src).([]float64))
		return
	}
	sigmoidLoops.inDouble(any(dst).([]float32), any(src).([]float32))
}

// TanhAll is dst = tanh x; dst may be src.
func TanhAll[T Float](dst, src []T) {
	if d, ok := any(dst).([]float64); ok {
		tanhLoops.each(d, any(src).([]float64))
		return
	}
	tanhLoops.inDouble(any(dst).([]float32), any(src).([]float32))
}

// LogAll is dst = log x, element by element; dst may be src.
func LogAll(dst, src []float64) {
	for _, x := range src {
		if !(x >= 0x1p-1022 && x <= math.MaxFloat64) { // the assembly takes plain numbers only
			for i, x := range src {
				dst[i] = Log(x)
			}
			return
		}
	}
	logLoops.each(dst, src)
}

// Log1pAll is dst = log(1 + x) for x from 0 to 1; dst may be src.
func Log1pAll(dst, src []float64) {
	for _, x := range src {
		if !(x >= 0 && x <= 1) { // the assembly takes plain numbers only
			for i, x := range src {
				dst[i] = Log1p(x)
			}
			return
		}
	}
	log1pLoops.each(dst, src)
}

// Gather copies rows of src, of width numbers each, to consecutive rows of dst.
func Gather(dst, src []float64, rows []int, width int) {
	if len(dst) != len(rows)*width {
		panic(fmt.Sprintf("kernel: %d rows of %d into %d numbers", len(rows), width, len(dst)))
	}
	if vector && width >= 4 && len(rows) > 0 {
		for _, r := range rows {
			_ = src[r*width+width-1 : (r+1)*width] // the assembly checks nothing
			if r < 0 {
				panic("kernel: a row before the first")
			}
		}
		vgather(&dst[0], &src[0], &rows[0], len(rows), width)
		return
	}
	at := 0
	for _, r := range rows {
		for _, v := range src[r*width : (r+1)*width] {
			dst[at] = v
			at++
		}
	}
}

// TanhBack is dx = dy (1 − y²).
func TanhBack(dx, dy, y []float64) {
	if len(dx) != len(dy) || len(dx) != len(y) {
		panic(fmt.Sprintf("kernel: tanh of %d, %d and %d numbers", len(dx), len(dy), len(y)))
	}
	i := 0
	if vector && len(dx) >= 4 {
		i = len(dx) &^ 3
		vtanhBack(&dx[0], &dy[0], &y[0], i)
	}
	for ; i < len(dx); i++ {
		dx[i] = dy[i] * (1 - float64(y[i]*y[i]))
	}
}

// filling is how many of n numbers fill registers of 32 bytes; none without assembly.
func filling[T Float](n int) int {
	if !vector {
		return 0
	}
	return n &^ (32/size[T]() - 1)
}

// ReluAll is dst = x where x > 0, else 0; NaN passes; dst may be src.
func ReluAll[T Float](dst, src []T) {
	sameLength(dst, src)
	i := filling[T](len(dst))
	if to, from := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src)); i > 0 && size[T]() == 8 {
		vrelu(to, from, i)
	} else if i > 0 {
		vreluSingle(to, from, i)
	}
	for ; i < len(dst); i++ {
		dst[i] = relu(src[i])
	}
}

// ReluBack is dx = dy where y > 0, else 0.
func ReluBack[T Float](dx, dy, y []T) {
	sameLength(dx, dy)
	sameLength(dx, y)
	i := filling[T](len(dx))
	if to, from, by := unsafe.Pointer(unsafe.SliceData(dx)), unsafe.Pointer(unsafe.SliceData(dy)), unsafe.Pointer(unsafe.SliceData(y)); i > 0 && size[T]() == 8 {
		vreluBack(to, from, by, i)
	} else if i > 0 {
		vreluBackSingle(to, from, by, i)
	}
	for ; i < len(dx); i++ {
		dx[i] = dy[i]
		if y[i] <= 0 {
			dx[i] = 0
		}
	}
}

// AdamFactors are the settings and the bias corrections of Adam's update at step t.
type AdamFactors struct {
	Beta1, Beta2 float64
	Unbias, Root float64 // 1 / (1 − β₁ᵗ) and √(1 − β₂ᵗ)
	Eps          float64
}

// Adam updates the moments m and v by the gradient in update, and overwrites update
// with m̂ / (√v̂ + ε). The three slices have one length.
func Adam(update, m, v []float64, f AdamFactors) {
	if len(update) != len(m) || len(update) != len(v) {
		panic(fmt.Sprintf("kernel: adam of %d, %d and %d numbers", len(update), len(m), len(v)))
	}
	i := 0
	rest1, rest2 := 1-f.Beta1, 1-f.Beta2
	if vector && len(update) >= 4 {
		i = len(update) &^ 3
		vadam(&adamArgs{&update[0], &m[0], &v[0], i, f.Beta1, rest1, f.Beta2, rest2, f.Unbias, f.Root, f.Eps})
	}
	for ; i < len(update); i++ {
		g := update[i]
		m[i] = math.FMA(f.Beta1, m[i], float64(g*rest1))
		v[i] = math.FMA(f.Beta2, v[i], float64(float64(g*rest2)*g))
		update[i] = float64(m[i]*f.Unbias) / (math.Sqrt(v[i])/f.Root + f.Eps)
	}
}

// Scale is x ← a x.
func Scale(x []float64, a float64) {
	i := 0
	if vector && len(x) >= 4 {
		i = len(x) &^ 3
		vscale(&x[0], a, i)
	}
	for ; i < len(x); i++ {
		x[i] *= a
	}
}

// Sub is dst ← dst − x.
func Sub(dst, x []float64) {
	sameLength(dst, x)
	i := 0
	if vector && len(dst) >= 4 {
		i = len(dst) &^ 3
		vsub(&dst[0], &x[0], i)
	}
	for ; i < len(dst); i++ {
		dst[i] -= x[i]
	}
}

// Add is dst ← dst + x.
func Add[T Float](dst, x []T) {
	sameLength(dst, x)
	i := filling[T](len(dst))
	if to, from := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(x)); i > 0 && size[T]() == 8 {
		vadd(to, from, i)
	} else if i > 0 {
		vaddSingle(to, from, i)
	}
	for ; i < len(dst); i++ {
		dst[i] += x[i]
	}
}

// Finite reports whether x holds neither NaN nor an infinity.
func Finite(x []float64) bool {
	i, sum := 0, 0.0
	if vector && len(x) >= 4 {
		i = len(x) &^ 3
		sum = vprobe(&x[0], i)
	}
	for ; i < len(x); i++ {
		sum += x[i] - x[i]
	}
	return sum == 0
}

// SquaredError returns Σ (out − target)² and overwrites grad, unless it is nil, with
// 2 (out − target) scale. The sum is that of four interleaved partial sums.
func SquaredError(grad, out, target []float64, scale float64) float64 {
	sameLength(out, target)
	var sums [4]float64
	i := 0
	if grad == nil {
		if vector && len(out) >= 4 {
			i = len(out) &^ 3
			vsquares(&out[0], &target[0], &sums[0], i)
		}
		for ; i < len(out); i++ {
			d := out[i] - target[i]
			sums[i&3] += float64(d * d)
		}
		return sums[0] + sums[1] + (sums[2] + sums[3])
	}
	sameLength(grad, out)
	if vector && len(out) >= 4 {
		i = len(out) &^ 3
		vsquaredError(&grad[0], &out[0], &target[0], &sums[0], scale, i)
	}
	for ; i < len(out); i++ {
		d := out[i] - target[i]
		sums[i&3] += float64(d * d)
		grad[i] = float64((d + d) * scale)
	}
	return sums[0] + sums[1] + (sums[2] + sums[3])
}
