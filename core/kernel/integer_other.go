//go:build !amd64

package kernel

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
