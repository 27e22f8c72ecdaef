package loss

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Distill returns the distillation loss: value, the loss of the labels, combined with
// that of a teacher's logits,
//
//	α T² mean KL(softmax(teacher/T) ‖ softmax(out/T)) + (1 − α) value
//
// with the mean over the rows. out, teacher and grad are rows×classes; grad holds the
// gradient of value with respect to out and becomes that of the result. scratch needs
// 2·classes elements.
// Hinton, Vinyals, Dean, “Distilling the Knowledge in a Neural Network”, 2015, section 2.
func Distill(grad, out, teacher blas64.General, alpha, temperature, value float64, scratch []float64) float64 {
	p, q := scratch[:out.Cols], scratch[out.Cols:2*out.Cols]
	total, share := 0.0, float64(alpha*temperature)/float64(out.Rows)
	for r := range out.Rows {
		target := tempered(p, row(teacher, r), temperature)
		student := tempered(q, row(out, r), temperature)
		g := row(grad, r)
		for j := range p {
			probability := p[j] / target.Total
			if probability > 0 {
				// log p − log q, of inputs over T
				total += float64(probability * (student.negLog(row(out, r)[j]/temperature) - target.negLog(row(teacher, r)[j]/temperature)))
			}
			g[j] = float64((1-alpha)*g[j]) + float64(share*(q[j]/student.Total-probability))
		}
	}
	kl := total / float64(out.Rows)
	return float64(float64(alpha*float64(temperature*temperature))*kl) + float64((1-alpha)*value)
}

// tempered is the softmax of a row divided by the temperature; the exponentials are
// written to e.
func tempered(e, x []float64, temperature float64) softmax {
	for j, v := range x {
		e[j] = v / temperature
	}
	s := softmax{Top: fromTop(e, e)}
	kernel.ExpAll(e, e)
	s.Total = sum(e)
	s.LogTotal = kernel.Log(s.Total)
	return s
}
