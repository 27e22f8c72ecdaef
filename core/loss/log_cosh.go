package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var logCoshDoc = knob.Doc{
	Formula: "L = (1/N) Σ log cosh(ŷᵢ − yᵢ)\n" +
		"∂L/∂ŷᵢ = tanh(ŷᵢ − yᵢ) / N",
	Source:  knob.None,
	PyTorch: "none; Keras has keras.losses.LogCosh()",
	When:    "Regression with outliers, where the loss should be twice differentiable, as for lbfgs or sophia. Close to huber with δ = 1; scale the target so that typical errors are near 1.",
	Range:   knob.None,
}

// logCosh is log cosh of the error, in two forms so that neither cancels nor overflows.
type logCosh struct{ errors, tanhs, logs []float64 }

func (*logCosh) Knobs() []knob.Knob { return nil }

// turn is the error from which on log cosh is a + log(1 + e^−2a) − log 2. Below, where
// that would cancel, it is ½ log(1 + sinh²), with sinh² = tanh² / (1 − tanh²).
const turn = 0.8

func (l *logCosh) Eval(grad, out blas64.General, target Target) float64 {
	checkValues(out, target.Values)
	l.read(out, target.Values)
	return pointwise(grad, out, target.Values, func(i int, _, _ float64) (float64, float64) {
		a := math.Abs(l.errors[i])
		if a < turn {
			return float64(0.5 * l.logs[i]), l.tanhs[i]
		}
		return a + l.logs[i] - math.Ln2, l.tanhs[i]
	})
}

// read works out the errors, their hyperbolic tangents and the logarithms.
func (l *logCosh) read(out, target blas64.General) {
	n := out.Rows * out.Cols
	l.errors, l.tanhs, l.logs = sized(l.errors, n), sized(l.tanhs, n), sized(l.logs, n)
	for r := range out.Rows {
		t, d := row(target, r), l.errors[r*out.Cols:]
		for j, o := range row(out, r) {
			d[j] = o - t[j]
		}
	}
	kernel.TanhAll(l.tanhs, l.errors)
	for i, d := range l.errors {
		l.logs[i] = -2 * math.Abs(d)
	}
	kernel.ExpAll(l.logs, l.logs)
	for i, d := range l.errors {
		if math.Abs(d) < turn {
			square := float64(l.tanhs[i] * l.tanhs[i])
			l.logs[i] = square / (1 - square)
		}
	}
	kernel.Log1pAll(l.logs, l.logs)
}
