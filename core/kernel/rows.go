package kernel

import (
	"fmt"
	"unsafe"
)

// CopyRows copies a matrix into one of its shape elsewhere in memory. It panics if the
// shapes differ.
func CopyRows[T Float](dst, src Matrix[T]) {
	sameShape(dst, src)
	bytes := size[T]() * src.Cols
	if vector && bytes >= 16 && src.Rows > 0 {
		vcopyRows(&rowsArgs{
			unsafe.Pointer(&dst.Data[0]), unsafe.Pointer(&src.Data[0]),
			size[T]() * dst.Stride, size[T]() * src.Stride, src.Rows, bytes,
		})
		return
	}
	for r := range src.Rows {
		to, from := dst.Data[r*dst.Stride:r*dst.Stride+dst.Cols], src.Data[r*src.Stride:r*src.Stride+src.Cols]
		//lint:ignore S1001 for few numbers a call of copy costs more than they do
		for i, v := range from {
			to[i] = v
		}
	}
}

// AddRows is dst ← dst + src of matrices of one shape, which share no memory. It panics
// if the shapes differ.
func AddRows[T Float](dst, src Matrix[T]) {
	sameShape(dst, src)
	bytes := size[T]() * src.Cols
	if vector && bytes >= 16 && src.Rows > 0 {
		args := rowsArgs{
			unsafe.Pointer(&dst.Data[0]), unsafe.Pointer(&src.Data[0]),
			size[T]() * dst.Stride, size[T]() * src.Stride, src.Rows, bytes,
		}
		if size[T]() == 8 {
			vaddRows(&args)
		} else {
			vaddRowsSingle(&args)
		}
		return
	}
	for r := range src.Rows {
		to, from := dst.Data[r*dst.Stride:r*dst.Stride+dst.Cols], src.Data[r*src.Stride:r*src.Stride+src.Cols]
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
