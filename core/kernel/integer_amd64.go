package kernel

import "unsafe"

//go:noescape
func pairs16(args *panelArgs)

//go:noescape
func pairs8(args *panelArgs)

//go:noescape
func pairsMasked(args *panelArgs)

//go:noescape
func vnni48(args *panelArgs)

//go:noescape
func vnni32(args *panelArgs)

//go:noescape
func vnni16(args *panelArgs)

//go:noescape
func vnni48Masked(args *panelArgs)

//go:noescape
func vnni32Masked(args *panelArgs)

//go:noescape
func vnni16Masked(args *panelArgs)

//go:noescape
func vquantize(args *levelArgs)

//go:noescape
func vrequantize(args *levelArgs)

//go:noescape
func vinterleave8(dst, a, b *int16, lines, width, step int)

//go:noescape
func vinterleave4(dst, a, b *int16, lines, width, step int)

//go:noescape
func vwindows8(dst, src *int16, corners *int32, n, width int)

//go:noescape
func vwindows4(dst, src *int16, corners *int32, n, width int)

//go:noescape
func vpool8(dst, src *int32, lines, width, step int)

//go:noescape
func vpool4(dst, src *int32, lines, width, step int)

// panels runs the column panels of Multiply; its caller has looked at lengths.
func (s *Sums) panels(c []int32, a, b []int16) {
	args := panelArgs{
		k: s.Pairs, rows: s.Rows,
		a: unsafe.Pointer(&a[0]), aRow: 4 * s.Pairs, aK: 4,
		bK: 4 * s.Cols, cRow: 4 * s.Cols, from: fromRow, floor: s.Floor,
		row: unsafe.Pointer(&s.Start[0]),
	}
	if s.ByRow {
		args.from = fromEach
	}
	for j := 0; j < s.Cols; {
		args.b, args.c = unsafe.Pointer(&b[2*j]), unsafe.Pointer(&c[j])
		if !s.ByRow {
			args.row = unsafe.Pointer(&s.Start[j])
		}
		switch left := s.Cols - j; {
		case dots:
			j += dotPanel(&args, left)
		case left >= 16:
			pairs16(&args)
			j += 16
		case left >= 8:
			pairs8(&args)
			j += 8
		default:
			mask := (*[8]int32)(unsafe.Pointer(&args.lastMask))
			for i := range left {
				mask[i] = -1
			}
			pairsMasked(&args)
			j += left
		}
	}
}

// dotPanel runs the next panel of up to 48 columns, the last of its vectors with
// a mask where it is not full, and returns how many it took.
func dotPanel(args *panelArgs, left int) int {
	args.wideMask = 1<<(left&15) - 1
	switch {
	case left >= 48:
		vnni48(args)
		return 48
	case left > 32:
		vnni48Masked(args)
	case left == 32:
		vnni32(args)
	case left > 16:
		vnni32Masked(args)
	case left == 16:
		vnni16(args)
	default:
		vnni16Masked(args)
	}
	return left
}
