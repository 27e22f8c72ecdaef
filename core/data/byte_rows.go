package data

import "bytes"

// byteRows is numbers kept as the bytes of a file, each of which stands for one of 256
// values: an eighth of the memory of a float64.
type byteRows struct {
	data   []byte // rows×width, those of the file: never changed
	width  int
	values []float64 // what a byte stands for: 256 numbers; with own, for each byte a number for each column
	own    bool
}

// bytesFrom is from how many numbers on bytes are kept as they are. Fewer are faster as
// float64, which the cache of a processor holds.
var bytesFrom = 1 << 22

// valuesFrom is how many rows there have to be where each column has its own values,
// which then take less than the numbers themselves would.
const valuesFrom = 2048

// newByteRows keeps bytes that stand for themselves, or for shares of 255.
func newByteRows(b []byte, width int, shares bool) *byteRows {
	p := &byteRows{data: b, width: width, values: make([]float64, 256)}
	for i := range p.values {
		p.values[i] = float64(i)
		if shares {
			p.values[i] /= 255
		}
	}
	return p
}

// read writes a row to dst.
func (p *byteRows) read(dst []float64, row int) {
	from := p.data[row*p.width : (row+1)*p.width]
	dst = dst[:len(from)]
	if !p.own {
		values := (*[256]float64)(p.values)
		for i, b := range from {
			dst[i] = values[b]
		}
		return
	}
	for i, b := range from {
		dst[i] = p.values[int(b)*p.width+i] // where most bytes are the same, most of these lie together
	}
}

// at is one number.
func (p *byteRows) at(row, column int) float64 {
	b := int(p.data[row*p.width+column])
	if !p.own {
		return p.values[b]
	}
	return p.values[b*p.width+column]
}

// block is the numbers of rows from one up to another.
func (p *byteRows) block(from, to int) []float64 {
	out := make([]float64, (to-from)*p.width)
	for r := from; r < to; r++ {
		p.read(out[(r-from)*p.width:], r)
	}
	return out
}

// like tells whether the bytes of another stand for the same.
func (p *byteRows) like(other *byteRows) bool {
	return p.width == other.width && !p.own && !other.own && p.values[255] == other.values[255]
}

// and is these rows with those of another after them.
func (p *byteRows) and(other *byteRows) *byteRows {
	out := *p
	out.data = bytes.Join([][]byte{p.data, other.data}, nil)
	return &out
}

// turned has in each row the number from[i] at place i.
func (p *byteRows) turned(from []int) *byteRows {
	out := *p
	out.data = bytes.Clone(p.data)
	turn(out.data, from)
	return &out
}

// turn puts in each row of x the number from[i] at place i.
func turn[T any](x []T, from []int) {
	width := len(from)
	was := make([]T, width)
	for at := 0; at+width <= len(x); at += width {
		row := x[at : at+width]
		copy(was, row)
		for i, j := range from {
			row[i] = was[j]
		}
	}
}
