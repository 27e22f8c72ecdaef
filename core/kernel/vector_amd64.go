package kernel

import "unsafe"

//go:noescape
func vexp(dst, src *float64, n int)

//go:noescape
func wexp(dst, src *float64, n int)

//go:noescape
func vsigmoid(dst, src *float64, n int)

//go:noescape
func wsigmoid(dst, src *float64, n int)

//go:noescape
func vtanh(dst, src *float64, n int)

//go:noescape
func wtanh(dst, src *float64, n int)

//go:noescape
func vlog(dst, src *float64, n int)

//go:noescape
func wlog(dst, src *float64, n int)

//go:noescape
func vlog1p(dst, src *float64, n int)

//go:noescape
func wlog1p(dst, src *float64, n int)

//go:noescape
func vtanhBack(dx, dy, y *float64, n int)

//go:noescape
func vgather(dst, src *float64, rows *int, n, width int)

//go:noescape
func vrelu(dst, src unsafe.Pointer, n int)

//go:noescape
func vreluBack(dx, dy, y unsafe.Pointer, n int)

//go:noescape
func vadam(args *adamArgs)

//go:noescape
func vscale(dst *float64, a float64, n int)

//go:noescape
func vsub(dst, x *float64, n int)

//go:noescape
func vadd(dst, x unsafe.Pointer, n int)

//go:noescape
func vcolumnSums(dst, m *float64, step, rows, cols int)

//go:noescape
func vsquaredError(grad, out, target, sums *float64, scale float64, n int)

//go:noescape
func vsquares(out, target, sums *float64, n int)

//go:noescape
func vprobe(x *float64, n int) float64

//go:noescape
func vnarrow(dst *float32, src *float64, n int)

//go:noescape
func vwiden(dst *float64, src *float32, n int)

//go:noescape
func vreluSingle(dst, src unsafe.Pointer, n int)

//go:noescape
func vaddSingle(dst, x unsafe.Pointer, n int)

//go:noescape
func vreluBackSingle(dx, dy, y unsafe.Pointer, n int)

//go:noescape
func vcolumnSumsSingle(dst, m *float32, step, rows, cols int)

//go:noescape
func vcopyRows(args *rowsArgs)

//go:noescape
func vaddRows(args *rowsArgs)

//go:noescape
func vaddRowsSingle(args *rowsArgs)

//go:noescape
func vmultiply(dst, x, y unsafe.Pointer, n int)

//go:noescape
func vmultiplySingle(dst, x, y unsafe.Pointer, n int)

//go:noescape
func vhalve(args *halveArgs)

//go:noescape
func vhalveSingle8(args *halveArgs)

//go:noescape
func vhalveSingle4(args *halveArgs)

//go:noescape
func vtoSingle(dst, src *float64, n int)
