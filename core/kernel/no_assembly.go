//go:build !amd64

package kernel

import "unsafe"

func supported() bool { return false }

func present512() bool { return false }

func supported512() bool { return false }

func supportedVNNI() bool { return false }

func transposed[T Float](dst, src []T, dstStep, srcStep, rows, cols int) {
	for r := range rows {
		for c := range cols {
			dst[c*dstStep+r] = src[r*srcStep+c]
		}
	}
}

func panels[T Float](k int, a view[T], b []T, bStep int, c view[T], from start, row []T, _ ahead) {
	chains(k, a, b, bStep, c, from, row)
}

// Never called: there is no assembly.

func (s *Sums) panels(_ []int32, _, _ []int16)  {}
func vquantize(*levelArgs)                      {}
func vrequantize(*levelArgs)                    {}
func vinterleave8(_, _, _ *int16, _, _, _ int)  {}
func vinterleave4(_, _, _ *int16, _, _, _ int)  {}
func vwindows8(_, _ *int16, _ *int32, _, _ int) {}
func vwindows4(_, _ *int16, _ *int32, _, _ int) {}
func vpool8(_, _ *int32, _, _, _ int)           {}
func vpool4(_, _ *int32, _, _, _ int)           {}

func vexp(_, _ *float64, _ int)                           {}
func wexp(_, _ *float64, _ int)                           {}
func vsigmoid(_, _ *float64, _ int)                       {}
func wsigmoid(_, _ *float64, _ int)                       {}
func vtanh(_, _ *float64, _ int)                          {}
func wtanh(_, _ *float64, _ int)                          {}
func vlog(_, _ *float64, _ int)                           {}
func wlog(_, _ *float64, _ int)                           {}
func vlog1p(_, _ *float64, _ int)                         {}
func wlog1p(_, _ *float64, _ int)                         {}
func vtanhBack(_, _, _ *float64, _ int)                   {}
func vgather(_, _ *float64, _ *int, _, _ int)             {}
func vrelu(_, _ unsafe.Pointer, _ int)                    {}
func vreluBack(_, _, _ unsafe.Pointer, _ int)             {}
func vadam(*adamArgs)                                     {}
func vscale(*float64, float64, int)                       {}
func vsub(_, _ *float64, _ int)                           {}
func vadd(_, _ unsafe.Pointer, _ int)                     {}
func vprobe(*float64, int) float64                        { return 0 }
func vcolumnSums(_, _ *float64, _, _, _ int)              {}
func vsquares(_, _, _ *float64, _ int)                    {}
func vsquaredError(_, _, _, _ *float64, _ float64, _ int) {}

func vnarrow(*float32, *float64, int)               {}
func vwiden(*float64, *float32, int)                {}
func vreluSingle(_, _ unsafe.Pointer, _ int)        {}
func vaddSingle(_, _ unsafe.Pointer, _ int)         {}
func vreluBackSingle(_, _, _ unsafe.Pointer, _ int) {}
func vcolumnSumsSingle(_, _ *float32, _, _, _ int)  {}

func vcopyRows(*rowsArgs)                           {}
func vaddRows(*rowsArgs)                            {}
func vaddRowsSingle(*rowsArgs)                      {}
func vmultiply(_, _, _ unsafe.Pointer, _ int)       {}
func vmultiplySingle(_, _, _ unsafe.Pointer, _ int) {}
func vhalve(*halveArgs)                             {}
func vhalveSingle8(*halveArgs)                      {}
func vhalveSingle4(*halveArgs)                      {}
func vtoSingle(_, _ *float64, _ int)                {}
