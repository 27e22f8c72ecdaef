package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var bceDoc = knob.Doc{
	Formula: "p = 1 / (1 + e⁻ˣ)\n" +
		"L = −(1/N) Σ (yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ)), over all N elements\n" +
		"computed as max(x, 0) − x y + log(1 + e^−|x|)\n" +
		"∂L/∂xᵢ = (pᵢ − yᵢ) / N",
	Source:  "D. R. Cox, “The Regression Analysis of Binary Sequences”, Journal of the Royal Statistical Society B 20(2), 1958 (logistic regression)",
	PyTorch: "torch.nn.BCEWithLogitsLoss(pos_weight)",
	When:    "Two classes with one output, or several labels per row (multi-label classification): outputs are logits, without a sigmoid layer. At chance level it is log 2. For one of several classes take cross-entropy.",
	Range:   knob.None,
}

// bce is binary cross-entropy with logits, in a form that does not overflow.
type bce struct {
	Positive []float64
	balance

	exps, logs []float64 // e^−|x| and log(1 + e^−|x|) of the outputs
}

// read works out the exponentials and logarithms of the outputs.
func (b *bce) read(out blas64.General) {
	b.exps, b.logs = sized(b.exps, out.Rows*out.Cols), sized(b.logs, out.Rows*out.Cols)
	for r := range out.Rows {
		to := b.exps[r*out.Cols:]
		for j, x := range row(out, r) {
			to[j] = -math.Abs(x)
		}
	}
	kernel.ExpAll(b.exps, b.exps)
	kernel.Log1pAll(b.logs, b.exps)
}

func (b *bce) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Floats("loss.pos_weight", &b.Positive, 1e6, "weight of positive targets, as [3], or one for each output; outputs not listed weigh 1").WithZero("equal").Explained(knob.Doc{
			Formula: "L = −(1/N) Σ (w yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ))",
			Source:  knob.None,
			PyTorch: "torch.nn.BCEWithLogitsLoss(pos_weight)",
			When:    "For rare positives: negatives over positives makes both count the same, which loss.class_weight = \"balanced\" works out. Above 1 recall rises, below 1 precision.",
			Range:   "the ratio of negatives to positives",
		}),
		b.balance.knob(),
	}
}

// Balance weighs the positive rows of an output by negatives over positives, where that
// is asked for.
func (b *bce) Balance(of []float64, rows float64) {
	if b.by = nil; b.Name != "balanced" {
		return
	}
	b.by = make([]float64, len(of))
	for j, n := range of {
		if b.by[j] = 1; n > 0 && n < rows {
			b.by[j] = (rows - n) / n
		}
	}
}

// positive is the weight of the positive targets of an output.
func (b *bce) positive(output int) float64 {
	w := b.of(output)
	switch {
	case len(b.Positive) == 1:
		w *= b.Positive[0]
	case output < len(b.Positive):
		w *= b.Positive[output]
	}
	return w
}

func (b *bce) Eval(grad, out blas64.General, target Target) float64 {
	if len(b.Positive) > 0 || b.by != nil {
		return b.weighed(grad, out, target.Values)
	}
	b.read(out)
	return pointwise(grad, out, target.Values, func(i int, x, y float64) (float64, float64) {
		e := b.exps[i]
		p := 1 / (1 + e)
		if x < 0 {
			p = e / (1 + e)
		}
		positive := x
		if x <= 0 {
			positive = 0
		}
		return positive - float64(x*y) + b.logs[i], p - y
	})
}

// weighed is the loss where positive targets have weights of their own.
func (b *bce) weighed(grad, out, target blas64.General) float64 {
	checkValues(out, target)
	b.read(out)
	sum, scale := 0.0, 1/float64(out.Rows*out.Cols)
	for r := range out.Rows {
		o, t, g := row(out, r), row(target, r), gradRow(grad, r)
		for j, x := range o {
			e := b.exps[r*out.Cols+j]
			p, rest := 1/(1+e), e/(1+e) // of yes, and of no
			if x < 0 {
				p, rest = rest, p
			}
			log := b.logs[r*out.Cols+j]
			yes, no := log, log // −log p and −log(1 − p)
			if x > 0 {
				no += x
			} else {
				yes -= x
			}
			w, y := float64(b.positive(j)*t[j]), 1-t[j]
			sum += float64(w*yes) + float64(y*no)
			if g != nil {
				g[j] = float64((float64(y*p) - float64(w*rest)) * scale)
			}
		}
	}
	return sum * scale
}
