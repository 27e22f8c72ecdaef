package kernel

// The element-wise loops over float32.

// Narrow rounds numbers to float32, to nearest even. It panics if the lengths differ.
func Narrow(dst []float32, src []float64) {
	sameLength(dst, src)
	i := 0
	if vector && len(dst) >= 8 {
		i = len(dst) &^ 7
		vnarrow(&dst[0], &src[0], i)
	}
	for ; i < len(dst); i++ {
		dst[i] = float32(src[i])
	}
}

// Widen writes float32 as float64. It panics if the lengths differ.
func Widen(dst []float64, src []float32) {
	sameLength(dst, src)
	i := 0
	if vector && len(dst) >= 8 {
		i = len(dst) &^ 7
		vwiden(&dst[0], &src[0], i)
	}
	for ; i < len(dst); i++ {
		dst[i] = float64(src[i])
	}
}

// ToSingle rounds numbers to float32 where they are, to nearest even.
func ToSingle(x []float64) {
	i := 0
	if vector && len(x) >= 8 {
		i = len(x) &^ 7
		vtoSingle(&x[0], &x[0], i)
	}
	for ; i < len(x); i++ {
		x[i] = float64(float32(x[i]))
	}
}

// blockOfDoubles is how many float32 are computed in float64 at a time.
const blockOfDoubles = 256

// inDouble computes a function in float64 and rounds it.
func (l loops) inDouble(dst, src []float32) {
	sameLength(dst, src)
	b := borrow[float64](blockOfDoubles)
	for from := 0; from < len(src); from += blockOfDoubles {
		to := min(from+blockOfDoubles, len(src))
		wide := b.data[:to-from]
		Widen(wide, src[from:to])
		l.each(wide, wide)
		Narrow(dst[from:to], wide)
	}
	b.giveBack()
}
