package kernel

// The element-wise loops over float32.

// Narrow rounds numbers to float32, to nearest even. It panics if the lengths differ.
func Narrow(dst []float32, src []float64) {
	sameLength(dst, src)
	for i, v := range src {
		dst[i] = float32(v)
	}
}

// Widen writes float32 as float64. It panics if the lengths differ.
func Widen(dst []float64, src []float32) {
	sameLength(dst, src)
	for i, v := range src {
		dst[i] = float64(v)
	}
}

// blockOfDoubles is how many float32 are computed in float64 at a time.
const blockOfDoubles = 256

// inDouble computes a function in float64 and rounds it.
func inDouble(dst, src []float32, four func(dst, src *float64, n int), one func(float64) float64) {
	sameLength(dst, src)
	b := borrow[float64](blockOfDoubles)
	for from := 0; from < len(src); from += blockOfDoubles {
		to := min(from+blockOfDoubles, len(src))
		wide := b.data[:to-from]
		Widen(wide, src[from:to])
		each(wide, wide, four, one)
		Narrow(dst[from:to], wide)
	}
	b.giveBack()
}

func relu32(dst, src []float32) {
	sameLength(dst, src)
	for i, v := range src {
		dst[i] = relu(v)
	}
}

func reluBack32(dx, dy, y []float32) {
	sameLength(dx, dy)
	sameLength(dx, y)
	for i, d := range dy {
		if y[i] <= 0 {
			d = 0
		}
		dx[i] = d
	}
}

func add32(dst, x []float32) {
	sameLength(dst, x)
	for i, v := range x {
		dst[i] += v
	}
}
