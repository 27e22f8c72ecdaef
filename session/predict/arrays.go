package predict

import (
	"errors"
	"fmt"

	"descent/core/data/transform"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// numbers makes the inputs of rows of arrays, of which the first is row number from.
func (w *worker) numbers(x blas64.General, from int) error {
	m := w.p.m
	in := w.net.In()
	for r := range x.Rows {
		raw, to := x.Data[r*x.Stride:r*x.Stride+in], w.x[w.rows*in:(w.rows+1)*in]
		w.none[w.rows] = false
		switch {
		case m.Transform != nil:
			if err := m.Transform.Numbers(to, raw); errors.Is(err, transform.ErrMissing) && w.skips {
				w.none[w.rows] = true
			} else if err != nil {
				return fmt.Errorf("%s: row %d: %w", w.name, from+r+1, err)
			}
		default:
			for i, v := range raw {
				if m.Mean != nil {
					v = (v - m.Mean[i]) / m.Deviation[i]
				}
				to[i] = v
			}
			if !nn.Finite(to) {
				return fmt.Errorf("%s: row %d: a number is not finite", w.name, from+r+1)
			}
		}
		for j := range w.p.targets {
			v, err := m.Transform.Targets[j].Value(w.p.whole.Targets[j].Cell(from + r))
			if err != nil {
				return fmt.Errorf("%s: row %d: the target %q %w", w.name, from+r+1, w.p.whole.Targets[j].Cell(from+r), err)
			}
			w.truth[w.rows*len(w.p.targets)+j] = v
		}
		w.sink.keep(nil)
		if w.rows++; w.rows == batch {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return w.flush()
}
