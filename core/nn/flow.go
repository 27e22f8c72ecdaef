package nn

// flow is a batch between two layers, integers with a scale for each
// channel, or reals; and the buffers that it goes through.
type flow struct {
	rows, cols int
	integer    bool
	ints       []int32
	scale      []float64 // of a channel
	places     int       // of a channel
	most       int64     // magnitude of ints
	reals      []float64

	codes  []int16 // what goes into a kernel, less the zero point
	memory struct {
		ints  [2][]int32
		reals [2][]float64
	}
}

// begin takes a batch of reals, which it reads and does not change.
func (f *flow) begin(rows, cols int, reals []float64) {
	*f = flow{rows: rows, cols: cols, reals: reals, codes: f.codes, memory: f.memory}
}

// fresh is a buffer for so many integers a row, another than the one that
// holds the batch.
func (f *flow) fresh(cols int) []int32 { return grow(&f.memory.ints[1], f.rows*cols) }

// take makes what was written into fresh the batch.
func (f *flow) take(ints []int32) {
	f.memory.ints[0], f.memory.ints[1] = f.memory.ints[1], f.memory.ints[0]
	f.ints = ints
}

// real turns integers into what they stand for.
func (f *flow) real(out []float64) {
	if f.places == 1 {
		for r := range f.rows {
			row, ints := out[r*f.cols:(r+1)*f.cols], f.ints[r*f.cols:(r+1)*f.cols]
			for i, scale := range f.scale[:f.cols] {
				row[i] = scale * float64(ints[i])
			}
		}
		return
	}
	at := 0
	for range f.rows {
		for _, scale := range f.scale {
			for range f.places {
				out[at] = scale * float64(f.ints[at])
				at++
			}
		}
	}
}

// room is a buffer for so many reals a row, another than the last.
func (f *flow) room(cols int) []float64 {
	f.memory.reals[0], f.memory.reals[1] = f.memory.reals[1], f.memory.reals[0]
	return grow(&f.memory.reals[0], f.rows*cols)
}

// pool takes the largest of each window, or the sum.
func (f *flow) pool(p *pool, sum bool) {
	in, width := p.Width()
	out := f.fresh(width)
	for r := range f.rows {
		row, to := f.ints[r*in:(r+1)*in], out[r*width:(r+1)*width]
		for o, corner := range p.corners {
			line := int(corner)
			most, total := row[line], int32(0)
			lines, columns := p.at(o)
			for range lines {
				for _, v := range row[line : line+columns] {
					most = max(most, v)
					total += v
				}
				line += p.width
			}
			if sum {
				most = total
			}
			to[o] = most
		}
	}
	f.take(out)
	f.cols, f.places = width, p.rows*p.cols
}

// grow is a slice of that length in the memory of *v.
func grow[T any](v *[]T, length int) []T {
	if len(*v) < length {
		*v = make([]T, length)
	}
	return (*v)[:length]
}
