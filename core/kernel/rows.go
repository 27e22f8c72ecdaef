package kernel

import (
	"fmt"
	"unsafe"
)

// CopyRows copies a matrix into one of its shape elsewhere in memory. It panics if the
// shapes differ.
func CopyRows[T Float](dst, src Matrix[T]) {
	sameShape(dst, src)
	copyRun(dst.Data, dst.Stride, src.Data, src.Stride, src.Rows, src.Cols)
}

// AddRows is dst ← dst + src of matrices of one shape, which share no memory. It panics
// if the shapes differ.
func AddRows[T Float](dst, src Matrix[T]) {
	sameShape(dst, src)
	addRun(dst.Data, dst.Stride, src.Data, src.Stride, src.Rows, src.Cols)
}

// Run is a run of rows that lies in two places: where its first number is in either.
type Run struct{ Here, There, Rows, Cols int }

// CopyRuns copies runs from there to here; step is that between their rows. It panics if
// one is not within the numbers.
func CopyRuns[T Float](here []T, step int, there []T, stepThere int, runs []Run) {
	for i := range runs {
		if r := &runs[i]; r.Rows > 0 {
			copyRun(here[r.Here:r.end(r.Here, step)], step, there[r.There:r.end(r.There, stepThere)], stepThere, r.Rows, r.Cols)
		}
	}
}

// AddRuns adds runs from here to what is there, one after the other. It panics if one is
// not within the numbers.
func AddRuns[T Float](there []T, stepThere int, here []T, step int, runs []Run) {
	for i := range runs {
		if r := &runs[i]; r.Rows > 0 {
			addRun(there[r.There:r.end(r.There, stepThere)], stepThere, here[r.Here:r.end(r.Here, step)], step, r.Rows, r.Cols)
		}
	}
}

// end is where a run of at least one row ends.
func (r *Run) end(at, step int) int { return at + (r.Rows-1)*step + r.Cols }

func copyRun[T Float](dst []T, dstStep int, src []T, srcStep, rows, cols int) {
	bytes := size[T]() * cols
	if vector && bytes >= 16 && rows > 0 {
		vcopyRows(&rowsArgs{unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), size[T]() * dstStep, size[T]() * srcStep, rows, bytes})
		return
	}
	for r := range rows {
		to, from := dst[r*dstStep:r*dstStep+cols], src[r*srcStep:r*srcStep+cols]
		//lint:ignore S1001 for few numbers a call of copy costs more than they do
		for i, v := range from {
			to[i] = v
		}
	}
}

func addRun[T Float](dst []T, dstStep int, src []T, srcStep, rows, cols int) {
	bytes := size[T]() * cols
	if vector && bytes >= 16 && rows > 0 {
		args := rowsArgs{unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]), size[T]() * dstStep, size[T]() * srcStep, rows, bytes}
		if size[T]() == 8 {
			vaddRows(&args)
		} else {
			vaddRowsSingle(&args)
		}
		return
	}
	for r := range rows {
		to, from := dst[r*dstStep:r*dstStep+cols], src[r*srcStep:r*srcStep+cols]
		for i, v := range from {
			to[i] += v
		}
	}
}

func sameShape[T Float](dst, src Matrix[T]) {
	if dst.Rows != src.Rows || dst.Cols != src.Cols {
		panic(fmt.Sprintf("kernel: %d×%d numbers and %d×%d", dst.Rows, dst.Cols, src.Rows, src.Cols))
	}
	check("dst", 'N', dst.Rows, dst.Cols, dst.Data, dst.Stride)
	check("src", 'N', src.Rows, src.Cols, src.Data, src.Stride)
}

// Transpose writes the transpose of src. It panics if dst has not its shape.
func Transpose[T Float](dst, src Matrix[T]) {
	if dst.Rows != src.Cols || dst.Cols != src.Rows {
		panic(fmt.Sprintf("kernel: the transpose of %d×%d into %d×%d", src.Rows, src.Cols, dst.Rows, dst.Cols))
	}
	check("dst", 'N', dst.Rows, dst.Cols, dst.Data, dst.Stride)
	check("src", 'N', src.Rows, src.Cols, src.Data, src.Stride)
	transposed(dst.Data, src.Data, dst.Stride, src.Stride, src.Rows, src.Cols)
}

// ColumnSums is dst[j] = Σᵢ m[i, j], in the order of the rows. It panics unless dst has
// one element for each column.
func ColumnSums[T Float](dst []T, m Matrix[T]) {
	clear(dst)
	AddColumnSums(dst, m)
}

// AddColumnSums is dst[j] ← dst[j] + m[0, j] + m[1, j] + ..., in this order. It panics
// unless dst has one element for each column.
func AddColumnSums[T Float](dst []T, m Matrix[T]) {
	check("m", 'N', m.Rows, m.Cols, m.Data, m.Stride)
	if len(dst) != m.Cols {
		panic(fmt.Sprintf("kernel: the columns of %d×%d into %d sums", m.Rows, m.Cols, len(dst)))
	}
	lanes := 32 / size[T]()
	if vector && m.Cols >= lanes && m.Rows > 0 {
		var last [8]T // the last vector, some of it once more
		j, rest := m.Cols/lanes*lanes, m.Cols-lanes
		copy(last[:lanes], dst[rest:])
		vectorSums(dst, m.Data, m, j)
		if j < m.Cols {
			vectorSums(last[:], m.Data[rest:], m, lanes)
			copy(dst[rest:], last[:lanes])
		}
		return
	}
	for j := range m.Cols {
		sum := dst[j]
		for r := range m.Rows {
			sum += m.Data[r*m.Stride+j]
		}
		dst[j] = sum
	}
}

// vectorSums is AddColumnSums of the first columns of numbers that lie as those of m,
// of whole vectors.
func vectorSums[T Float](dst, data []T, m Matrix[T], cols int) {
	switch dst := any(dst).(type) {
	case []float64:
		vcolumnSums(&dst[0], &any(data).([]float64)[0], 8*m.Stride, m.Rows, cols)
	case []float32:
		vcolumnSumsSingle(&dst[0], &any(data).([]float32)[0], 4*m.Stride, m.Rows, cols)
	}
}

// Multiply is dst = x ⊙ y; dst may be either. It panics if the lengths differ.
func Multiply[T Float](dst, x, y []T) {
	sameLength(dst, x)
	sameLength(dst, y)
	i := filling[T](len(dst))
	if i > 0 {
		to, a, b := unsafe.Pointer(&dst[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])
		if size[T]() == 8 {
			vmultiply(to, a, b, i)
		} else {
			vmultiplySingle(to, a, b, i)
		}
	}
	for ; i < len(dst); i++ {
		dst[i] = x[i] * y[i]
	}
}

// Halve takes the largest number of each window of 2×2 that lie side by side in an
// image, two lines of it a line of y, and writes where it is: the place of the image's
// first number and how far on. Of equal numbers it is the first; NaN is larger than
// any, the last of several. It panics if the image is smaller than y asks for.
func Halve[T Float](y Matrix[T], from []int32, image Matrix[T], first int) {
	check("y", 'N', y.Rows, y.Cols, y.Data, y.Stride)
	check("the image", 'N', image.Rows, image.Cols, image.Data, image.Stride)
	if image.Rows < 2*y.Rows || image.Cols < 2*y.Cols || len(from) < y.Rows*y.Cols || y.Stride != y.Cols {
		panic(fmt.Sprintf("kernel: an image of %d×%d halved to %d×%d", image.Rows, image.Cols, y.Rows, y.Cols))
	}
	if vector && y.Cols >= 4 && y.Rows > 0 {
		args := halveArgs{
			unsafe.Pointer(&y.Data[0]), unsafe.Pointer(&image.Data[0]), &from[0],
			y.Rows, y.Cols, size[T]() * image.Stride, image.Stride, first,
		}
		switch {
		case size[T]() == 8:
			vhalve(&args)
		case y.Cols >= 8:
			vhalveSingle8(&args)
		default:
			vhalveSingle4(&args)
		}
		return
	}
	for r := range y.Rows {
		out := y.Data[r*y.Stride : r*y.Stride+y.Cols]
		above := image.Data[2*r*image.Stride:]
		below := above[image.Stride:]
		at := first + 2*r*image.Stride
		for i := range out {
			best, where := above[2*i], 2*i
			for k, v := range [3]T{above[2*i+1], below[2*i], below[2*i+1]} {
				if v > best || v != v {
					best, where = v, 2*i+(k+1)&1+(k+1)>>1*image.Stride
				}
			}
			out[i], from[r*y.Cols+i] = best, int32(at+where)
		}
	}
}
