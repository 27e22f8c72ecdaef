package loss

import "gonum.org/v1/gonum/blas/blas64"

// EvalRows is Eval with a weight of each row besides those that the loss has itself:
// the mean Σᵢ wᵢ cᵢ Lᵢ / Σᵢ wᵢ cᵢ, of the rows' own losses Lᵢ and own weights cᵢ
// (1 unless it is Weighted). Where all rows weigh 0 value and gradient are 0.
func EvalRows(l Loss, grad, out blas64.General, target Target, weights []float64) float64 {
	sum, total, own := 0.0, 0.0, 0.0
	for r := range out.Rows {
		one := target.Row(r)
		c := weight(l, one)
		own += c
		if w := float64(weights[r] * c); w > 0 {
			total += w
			sum += float64(w * l.Eval(blas64.General{}, block(out, r), one))
		}
	}
	if total > 0 {
		sum /= total
	}
	if grad.Data == nil {
		return sum
	}
	l.Eval(grad, out, target)
	for r := range grad.Rows {
		g := row(grad, r)
		if total == 0 {
			clear(g)
			continue
		}
		scale := float64(weights[r]*own) / total
		for j := range g {
			g[j] *= scale
		}
	}
	return sum
}

// WeightRows is the total weight of the rows of a batch with a weight each: as the mean
// of EvalRows divides by.
func WeightRows(l Loss, target Target, weights []float64) float64 {
	total := 0.0
	for r, w := range weights {
		total += float64(w * weight(l, target.Row(r)))
	}
	return total
}

// weight is what a batch counts, rows of one weight.
func weight(l Loss, target Target) float64 {
	if w, ok := l.(Weighted); ok {
		return w.Weight(target)
	}
	return float64(target.Values.Rows)
}

func block(m blas64.General, r int) blas64.General {
	m.Rows, m.Data = 1, row(m, r)
	return m
}

// Row is the target of one row.
func (t Target) Row(r int) Target {
	out := Target{Values: block(t.Values, r)}
	if t.Classes != nil {
		out.Classes = t.Classes[r : r+1]
	}
	return out
}
