package loss

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const quantilePaper = "R. Koenker, G. Bassett, “Regression Quantiles”, Econometrica 46(1), 1978"

var quantileDoc = knob.Doc{
	Formula: "e = yᵢ − ŷᵢ\n" +
		"l(e) = max(τ e, (τ − 1) e)\n" +
		"L = (1/N) Σ l(eᵢ)",
	Source:  quantilePaper,
	PyTorch: knob.None,
	When:    "To predict a quantile instead of the mean: train at τ = 0.05 and 0.95 for an interval that holds 90 % of the targets. At τ = 0.5 it is half of mae.",
	Range:   "τ from 0.05 to 0.95; 0.5 is the median",
}

// quantile is the pinball loss; its derivative on the target is 0.
type quantile struct{ Tau float64 }

func (q *quantile) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.tau", &q.Tau, 0, 1, knob.Linear, "τ: quantile that is estimated, the fraction of targets below the output").WithStep(0.05).Explained(knob.Doc{
			Formula: "l(e) = max(τ e, (τ − 1) e)",
			Source:  quantilePaper,
			PyTorch: knob.None,
			When:    "The closer τ is to 0 or 1, the more data it takes to estimate the quantile.",
			Range:   "0.05 to 0.95; 0.5 to begin with",
		}),
	}
}

func (q *quantile) Quantile() float64 { return q.Tau }

func (q *quantile) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(_ int, o, t float64) (float64, float64) {
		e := t - o
		switch {
		case e > 0:
			return float64(q.Tau * e), -q.Tau
		case e < 0:
			return float64((q.Tau - 1) * e), 1 - q.Tau
		}
		return e, e // 0, or NaN
	})
}
