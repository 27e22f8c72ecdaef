package curvature

import (
	"math"

	"descent/core"
	"descent/core/data"
)

// hessian is D H D as a linear map: H the Hessian of the training loss over rows at
// a trainer's parameters, D a diagonal that is 0 for what does not train.
//
// H v is a central difference of gradients, (∇L(θ + hv) − ∇L(θ − hv)) / 2h, with a
// step of length ‖hv‖ = 1e-5 (1 + ‖θ‖): the error is of the order of its square, some
// 1e-8 of the product.
type hessian struct {
	t      *core.Trainer
	rows   data.Part
	d      []float64
	params []float64
	step   float64

	at, ahead, behind []float64
}

// newHessian is the map at the trainer's present parameters; roots are the diagonal.
func newHessian(t *core.Trainer, rows data.Part, d []float64) *hessian {
	n := len(t.Params())
	h := &hessian{
		t: t, rows: rows, d: d, params: append([]float64(nil), t.Params()...),
		at: make([]float64, n), ahead: make([]float64, n), behind: make([]float64, n),
	}
	h.step = 1e-5 * (1 + norm(h.params))
	return h
}

// apply overwrites dst with D H D v. dst and v may be the same.
func (h *hessian) apply(dst, v []float64) {
	length := 0.0
	for i, x := range v {
		s := float64(h.d[i] * x)
		length += float64(s * s)
	}
	if length == 0 || math.IsNaN(length) {
		for i := range dst {
			dst[i] = length
		}
		return
	}
	step := h.step / math.Sqrt(length)
	look := func(step float64, grad []float64) {
		for i, p := range h.params {
			h.at[i] = p + float64(step*float64(h.d[i]*v[i]))
		}
		h.t.GradientAt(h.at, grad, h.rows)
	}
	look(step, h.ahead)
	look(-step, h.behind)
	for i, a := range h.ahead {
		dst[i] = h.d[i] * ((a - h.behind[i]) / (2 * step))
	}
}
