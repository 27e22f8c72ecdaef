package probe

import (
	"context"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

// most is how many rows a probe uses.
const most = 512

// Held are the rows that probes judge by: those held out, or where there are
// none those trained on; the first Rows of them.
func Held(t *core.Trainer) data.Part { return t.Data().Held().Cut(0, Rows(t.Data())) }

// Rows is how many rows of a set probes use.
func Rows(s *data.Set) int { return min(s.Held().Rows(), most) }

// blockRows is how many rows go through the network at a time.
const blockRows = 128

// eachBlock calls f with blocks of rows and what the network makes of them,
// until ctx ends.
func eachBlock(ctx context.Context, t *core.Trainer, p data.Part, f func(first int, p data.Part, out blas64.General)) {
	for from := 0; from < p.Rows() && ctx.Err() == nil; from += blockRows {
		block := p.Cut(from, min(from+blockRows, p.Rows()))
		f(from, block, t.Outputs(block.X))
	}
}

func row(m blas64.General, r int) []float64 { return m.Data[r*m.Stride : r*m.Stride+m.Cols] }

// judged is the class of a row, the one it is given to, and the output of that one. The
// single output of a target of two values is the logit, or the number, of the second;
// said is then the probability of the class that it is given to.
func judged(t *core.Trainer, p data.Part, out blas64.General, r int) (truth, guess int, said float64) {
	if p.Classes != nil {
		guess = kernel.Argmax(row(out, r))
		return p.Classes[r], guess, row(out, r)[guess]
	}
	said = row(out, r)[0]
	if _, logits := reads(t); logits {
		said = kernel.Sigmoid(said)
	}
	if said = min(max(said, 0), 1); said > 0.5 {
		guess = 1
	} else {
		said = 1 - said
	}
	return int(row(p.Values, r)[0]), guess, said
}

// reads tells how the loss reads the network's outputs: as one class a row, as a
// yes or no each, or as numbers.
func reads(t *core.Trainer) (byClass, logits bool) {
	n, ok := t.Network()
	if !ok {
		return false, false
	}
	how := n.Reads()
	return n.Task().Classes && how == loss.Distribution, how == loss.LogOdds
}
