package kernel

//go:noescape
func vexp(dst, src *float64, n int)

//go:noescape
func vsigmoid(dst, src *float64, n int)

//go:noescape
func vtanh(dst, src *float64, n int)

//go:noescape
func vrelu(dst, src *float64, n int)

//go:noescape
func vreluBack(dx, dy, y *float64, n int)

//go:noescape
func vadam(args *adamArgs)

//go:noescape
func vsubScaled(dst, x *float64, a float64, n int)
