//go:build !amd64

package kernel

// Without assembly these are never called.

func vexp(_, _ *float64, _ int)                  {}
func vsigmoid(_, _ *float64, _ int)              {}
func vtanh(_, _ *float64, _ int)                 {}
func vrelu(_, _ *float64, _ int)                 {}
func vreluBack(_, _, _ *float64, _ int)          {}
func vadam(*adamArgs)                            {}
func vsubScaled(_, _ *float64, _ float64, _ int) {}
