package loss

import (
	"fmt"
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// crossEntropy is the mean over the rows of −Σ q log softmax(x), where q gives
// 1 − ε to the right class and ε/C to every one of the C classes besides, as
// torch.nn.CrossEntropyLoss. Smoothing: Szegedy et al. 2016, section 7.
type crossEntropy struct{ Smoothing float64 }

func (c *crossEntropy) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.label_smoothing", &c.Smoothing, 0, 1, knob.Linear, "the share of each label that is spread over all classes").WithZero("off").WithStep(0.05),
	}
}

func (c *crossEntropy) Eval(grad, out blas64.General, target Target) float64 {
	if len(target.Classes) != out.Rows {
		panic(fmt.Sprintf("loss: %d rows of outputs against %d classes", out.Rows, len(target.Classes)))
	}
	scale := 1 / float64(out.Rows)
	even := c.Smoothing / float64(out.Cols)
	sum := 0.0
	for r := range out.Rows {
		x, class := row(out, r), target.Classes[r]
		top := x[0]
		for _, v := range x[1:] {
			if v > top || v != v {
				top = v
			}
		}
		total, mean := 0.0, 0.0
		for _, v := range x {
			total += math.Exp(v - top)
		}
		logTotal := math.Log(total)
		value := (1 - c.Smoothing) * (logTotal + top - x[class])
		if c.Smoothing > 0 {
			for _, v := range x {
				mean += logTotal + top - v
			}
			value += even * mean
		}
		sum += value
		if grad.Data == nil {
			continue
		}
		g := row(grad, r)
		for j, v := range x {
			g[j] = (math.Exp(v-top)/total - even) * scale
		}
		g[class] -= (1 - c.Smoothing) * scale
	}
	return sum * scale
}
