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
}

//go:noescape
func panel12(args *panelArgs)

//go:noescape
func panel8(args *panelArgs)

//go:noescape
func panel4(args *panelArgs)

//go:noescape
func panelMasked(args *panelArgs)

//go:noescape
func wide24(args *panelArgs)

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
func transpose4(dst, src *float64, dstStep, srcStep, rows, cols int)

// transposed writes dst, cols×rows, from src, rows×cols; steps in elements.
func transposed[T Float](dst, src []T, dstStep, srcStep, rows, cols int) {
	r4, c4 := rows&^3, cols&^3
	if rows == 0 || cols == 0 {
		return
	}
	_, _ = dst[(cols-1)*dstStep+rows-1], src[(rows-1)*srcStep+cols-1] // the assembly checks nothing
	if vector && size[T]() == 8 && r4 > 0 && c4 > 0 {
		transpose4(&any(dst).([]float64)[0], &any(src).([]float64)[0], 8*dstStep, 8*srcStep, r4, c4)
	} else {
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

// widePanel runs the next panel of up to 24 columns, the last of its vectors
// with a mask where it is not full, and returns how many it took.
func widePanel(args *panelArgs, left int) int {
	args.wideMask = 1<<(left&7) - 1
	switch {
	case left >= 24:
		wide24(args)
		return 24
	case left > 16:
		wide24Masked(args)
	case left == 16:
		wide16(args)
	case left > 8:
		wide16Masked(args)
	case left == 8:
		wide8(args)
	default:
		wide8Masked(args)
	}
	return left
}

// panels runs the column panels of c = a b, for chains of length k that start
// from zero, from c or from a row.
func panels[T Float](k int, a view[T], b []T, bStep int, c view[T], from start, row []T) {
	if !vector || size[T]() == 4 {
		chains(k, a, b, bStep, c, from, row)
		return
	}
	// The assembly checks nothing: the far corners are looked at here.
	_ = a.data[(c.rows-1)*a.row+(k-1)*a.col]
	_ = b[(k-1)*bStep+c.cols-1]
	_ = c.data[(c.rows-1)*c.row+c.cols-1]
	size := size[T]()
	args := panelArgs{
		k: k, rows: c.rows,
		a: unsafe.Pointer(&a.data[0]), aRow: size * a.row, aK: size * a.col,
		bK: size * bStep, cRow: size * c.row, from: from,
	}
	if from == fromRow {
		_ = row[c.cols-1]
	}
	for j := 0; j < c.cols; {
		args.b, args.c = unsafe.Pointer(&b[j]), unsafe.Pointer(&c.data[j])
		if from == fromRow {
			args.row = unsafe.Pointer(&row[j])
		}
		switch left := c.cols - j; {
		case wide:
			j += widePanel(&args, left)
		case left >= 12 && left != 16:
			panel12(&args)
			j += 12
		case left >= 8:
			panel8(&args)
			j += 8
		case left >= 4:
			panel4(&args)
			j += 4
		default:
			for i := range left {
				args.lastMask[i] = -1
			}
			panelMasked(&args)
			j += left
		}
	}
}
