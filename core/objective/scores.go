package objective

import (
	"descent/core/loss"
	"descent/core/metric"

	"gonum.org/v1/gonum/blas/blas64"
)

// scores are the metrics that an evaluation is asked for.
type scores struct {
	rows      []metric.Row // but for the loss over the training rows
	trainLoss bool
	loss      float64 // the last of it

	out  blas64.General // the outputs for all rows of a part
	done int            // of them
}

// follow takes over the names, which are known.
func (s *scores) follow(names []string) {
	s.rows, s.trainLoss = nil, false
	asked := map[string]bool{}
	for _, name := range names {
		row, ok := metric.Find(name)
		switch {
		case !ok || asked[name]:
		case name == metric.TrainLoss:
			s.trainLoss = true
		default:
			s.rows = append(s.rows, row)
		}
		asked[name] = true
	}
}

// any tells whether a metric or the loss over the training rows is asked for.
func (s *scores) any() bool { return len(s.rows) > 0 || s.trainLoss }

// collect returns what takes the outputs of a part of so many rows, block by block.
func (s *scores) collect(rows int) func(out blas64.General) {
	s.done = 0
	return func(out blas64.General) {
		if s.done == 0 {
			if cap(s.out.Data) < rows*out.Cols {
				s.out.Data = make([]float64, rows*out.Cols)
			}
			s.out = blas64.General{Rows: rows, Cols: out.Cols, Stride: out.Cols, Data: s.out.Data[:rows*out.Cols]}
		}
		for r := range out.Rows {
			copy(s.out.Data[(s.done+r)*out.Cols:(s.done+r+1)*out.Cols], out.Data[r*out.Stride:r*out.Stride+out.Cols])
		}
		s.done += out.Rows
	}
}

// of measures what was collected; names begin with a prefix. The accuracy is left out
// where it is measured anyway.
func (s *scores) of(task metric.Task, truth loss.Target, prefix string, hasAccuracy bool) (out []metric.Score) {
	sample := task.Of(s.out, truth, nil)
	for _, row := range s.rows {
		if v, ok := row.Measure(sample); ok && (row.Name != "accuracy" || !hasAccuracy) {
			out = append(out, metric.Score{Name: prefix + row.Name, Value: v})
		}
	}
	return out
}
