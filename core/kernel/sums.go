package kernel

// Integers of 16 bits are multiplied in pairs into sums of 32 bits, which are the same
// in any order. A matrix of pairs is stored row by row, the two numbers of a pair next
// to each other.

// Sums is the shape of a matrix product of integers, with the start (bias) and the
// lower bound of its sums.
type Sums struct {
	Rows, Cols, Pairs int
	Start             []int32 // bias of each column, or of each row if ByRow
	ByRow             bool
	Floor             int32 // lower bound: smaller sums become this
}

// plain computes two rows at once, the second in the upper half of 64 bits: one
// product serves both, and they can be separated again since each sum fits into 32
// bits.
func (s *Sums) plain(c []int32, a, b []int16, i, k int) {
	width := 2 * s.Pairs
	a0, a1 := a[i*width:(i+1)*width], a[k*width:(k+1)*width]
	c0, c1 := c[i*s.Cols:(i+1)*s.Cols], c[k*s.Cols:(k+1)*s.Cols]
	j := 0
	for ; j+4 <= s.Cols; j += 4 {
		var s0, s1, s2, s3 int64
		at := 2 * j
		for p := 1; p < len(a0) && p < len(a1); p += 2 {
			x, y := int64(a1[p-1])<<32+int64(a0[p-1]), int64(a1[p])<<32+int64(a0[p])
			w := (*[8]int16)(b[at:])
			at += 2 * s.Cols
			s0 += x*int64(w[0]) + y*int64(w[1])
			s1 += x*int64(w[2]) + y*int64(w[3])
			s2 += x*int64(w[4]) + y*int64(w[5])
			s3 += x*int64(w[6]) + y*int64(w[7])
		}
		c0[j], c1[j] = apart(s0)
		c0[j+1], c1[j+1] = apart(s1)
		c0[j+2], c1[j+2] = apart(s2)
		c0[j+3], c1[j+3] = apart(s3)
	}
	for ; j < s.Cols; j++ {
		sum, at := int64(0), 2*j
		for p := 0; p < width; p++ {
			sum += (int64(a1[p])<<32 + int64(a0[p])) * int64(b[at+p%2])
			at += p % 2 * 2 * s.Cols
		}
		c0[j], c1[j] = apart(sum)
	}
	s.finish(c0, i)
	if k > i {
		s.finish(c1, k)
	}
}

func apart(sum int64) (low, high int32) {
	low = int32(sum)
	return low, int32((sum - int64(low)) >> 32)
}

// finish adds the bias of a row and applies the lower bound.
func (s *Sums) finish(row []int32, i int) {
	if s.ByRow {
		start := s.Start[i]
		for j, v := range row {
			row[j] = max(v+start, s.Floor)
		}
		return
	}
	for j, start := range s.Start[:len(row)] {
		row[j] = max(row[j]+start, s.Floor)
	}
}

// Argmax is the place of the first of the largest numbers. A NaN is never the largest,
// unless it is the first.
func Argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
