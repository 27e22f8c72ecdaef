package kernel

import "unsafe"

// panelArgs is what a column panel needs; the assembly reads it by offset.
// Steps are in bytes.
type panelArgs struct {
	k, rows  int
	a        unsafe.Pointer
	aRow     int // step down a row
	aK       int // step along the chain
	b        unsafe.Pointer
	bK       int
	c        unsafe.Pointer
	cRow     int
	from     start
	lastMask [4]int64
	row      unsafe.Pointer
	wideMask uint64
	floor    int32
	ahead    ahead
	_        uintptr // where the assembly keeps c
}

//go:noescape
func panel12(args *panelArgs)

//go:noescape
func panel12Ahead(args *panelArgs)

//go:noescape
func panel8(args *panelArgs)

//go:noescape
func panel4(args *panelArgs)

//go:noescape
func panelMasked(args *panelArgs)

//go:noescape
func wide24(args *panelArgs)

//go:noescape
func wide24Ahead(args *panelArgs)

//go:noescape
func wide16(args *panelArgs)

//go:noescape
func wide8(args *panelArgs)

//go:noescape
func wide24Masked(args *panelArgs)

//go:noescape
func wide16Masked(args *panelArgs)

//go:noescape
func wide8Masked(args *panelArgs)

//go:noescape
func panelSingle24(args *panelArgs)

//go:noescape
func panelSingle24Ahead(args *panelArgs)

//go:noescape
func panelSingle16(args *panelArgs)

//go:noescape
func panelSingle8(args *panelArgs)

//go:noescape
func panelSingleMasked(args *panelArgs)

//go:noescape
func wideSingle48(args *panelArgs)

//go:noescape
func wideSingle48Ahead(args *panelArgs)

//go:noescape
func wideSingle32(args *panelArgs)

//go:noescape
func wideSingle16(args *panelArgs)

//go:noescape
func wideSingle48Masked(args *panelArgs)

//go:noescape
func wideSingle32Masked(args *panelArgs)

//go:noescape
func wideSingle16Masked(args *panelArgs)

//go:noescape
func transpose4(dst, src *float64, dstStep, srcStep, rows, cols int)

//go:noescape
func transpose8(dst, src *float32, dstStep, srcStep, rows, cols int)

// transposed writes dst, cols×rows, from src, rows×cols; steps in elements.
func transposed[T Float](dst, src []T, dstStep, srcStep, rows, cols int) {
	if rows == 0 || cols == 0 {
		return
	}
	block := 32 / size[T]()
	r4, c4 := rows/block*block, cols/block*block
	_, _ = dst[(cols-1)*dstStep+rows-1], src[(rows-1)*srcStep+cols-1] // the assembly checks nothing
	switch d := any(dst).(type) {
	case []float64:
		if vector && r4 > 0 && c4 > 0 {
			transpose4(&d[0], &any(src).([]float64)[0], 8*dstStep, 8*srcStep, r4, c4)
		}
	case []float32:
		if vector && r4 > 0 && c4 > 0 {
			transpose8(&d[0], &any(src).([]float32)[0], 4*dstStep, 4*srcStep, r4, c4)
		}
	}
	if !vector || r4 == 0 || c4 == 0 {
		r4, c4 = 0, 0
	}
	for r := range rows {
		from := c4
		if r >= r4 {
			from = 0
		}
		for c := from; c < cols; c++ {
			dst[c*dstStep+r] = src[r*srcStep+c]
		}
	}
}

// wideVectors runs the next panel of up to three vectors of AVX-512, the last of them
// with a mask where it is not full, and returns how many columns it took.
func wideVectors(args *panelArgs, left int, single bool) int {
	lanes := 8
	if single {
		lanes = 16
	}
	vectors, last := min((left+lanes-1)/lanes, 3), left%lanes
	masked := last != 0 && left < 3*lanes
	args.wideMask = 1<<last - 1
	switch {
	case args.ahead.along != 0 && vectors == 3 && !masked && single:
		wideSingle48Ahead(args)
	case args.ahead.along != 0 && vectors == 3 && !masked:
		wide24Ahead(args)
	case single && masked:
		switch vectors {
		case 1:
			wideSingle16Masked(args)
		case 2:
			wideSingle32Masked(args)
		case 3:
			wideSingle48Masked(args)
		}
	case single:
		switch vectors {
		case 1:
			wideSingle16(args)
		case 2:
			wideSingle32(args)
		case 3:
			wideSingle48(args)
		}
	case masked:
		switch vectors {
		case 1:
			wide8Masked(args)
		case 2:
			wide16Masked(args)
		case 3:
			wide24Masked(args)
		}
	default:
		switch vectors {
		case 1:
			wide8(args)
		case 2:
			wide16(args)
		case 3:
			wide24(args)
		}
	}
	return min(left, 3*lanes)
}

// vectors is wideVectors of AVX2. Four vectors are two and two.
func vectors(args *panelArgs, left int) int {
	switch {
	case left >= 12 && left != 16 && args.ahead.along != 0:
		panel12Ahead(args)
		return 12
	case left >= 12 && left != 16:
		panel12(args)
		return 12
	case left >= 8:
		panel8(args)
		return 8
	case left >= 4:
		panel4(args)
		return 4
	}
	for i := range left {
		args.lastMask[i] = -1
	}
	panelMasked(args)
	return left
}

// singleVectors is vectors of float32.
func singleVectors(args *panelArgs, left int) int {
	switch {
	case left >= 24 && left != 32 && args.ahead.along != 0:
		panelSingle24Ahead(args)
		return 24
	case left >= 24 && left != 32:
		panelSingle24(args)
		return 24
	case left >= 16:
		panelSingle16(args)
		return 16
	case left >= 8:
		panelSingle8(args)
		return 8
	}
	mask := (*[8]int32)(unsafe.Pointer(&args.lastMask))
	for i := range left {
		mask[i] = -1
	}
	panelSingleMasked(args)
	return left
}

// wholeBytes is two vectors of AVX-512.
const wholeBytes = 128

// panels runs the column panels of c = a b, for chains of length k that start
// as chains says.
func panels[T Float](k int, a view[T], b []T, bStep int, c view[T], from start, row []T, next ahead) {
	if !vector {
		chains(k, a, b, bStep, c, from, row)
		return
	}
	// The assembly checks nothing: the far corners are looked at here.
	_ = a.data[(c.rows-1)*a.row+(k-1)*a.col]
	_ = b[(k-1)*bStep+c.cols-1]
	_ = c.data[(c.rows-1)*c.row+c.cols-1]
	switch from {
	case fromRow:
		_ = row[c.cols-1]
	case fromEach:
		_ = row[c.rows-1]
	}
	size := size[T]()
	args := panelArgs{
		k: k, rows: c.rows,
		a: unsafe.Pointer(&a.data[0]), aRow: size * a.row, aK: size * a.col,
		bK: size * bStep, cRow: size * c.row, from: from,
		ahead: next,
	}
	for j := 0; j < c.cols; {
		args.b, args.c = unsafe.Pointer(&b[j]), unsafe.Pointer(&c.data[j])
		switch from {
		case fromRow:
			args.row = unsafe.Pointer(&row[j])
		case fromEach:
			args.row = unsafe.Pointer(&row[0])
		}
		switch left := c.cols - j; {
		case wide, present && (left >= panelBytes/size || left == wholeBytes/size): // faster by it everywhere
			j += wideVectors(&args, left, size == 4)
		case size == 4:
			j += singleVectors(&args, left)
		default:
			j += vectors(&args, left)
		}
		args.ahead = ahead{}
	}
}
