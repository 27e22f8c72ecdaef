// Package predict answers for new rows with a model: it reads them by the names of their
// columns, a part of a stream at a time, and writes what the model makes of them in their
// order. Memory does not grow with the rows.
package predict

import (
	"bufio"
	"cmp"
	"context"
	"io"

	"descent/core/model"
)

// Rows answers to the rows of a table of text, found by the names of its columns, or of
// arrays (IDX, NPY, NPZ, q4), which are read as a whole; either may be in a gzip. An error
// names the place of the cell that cannot be read; what was answered before it is written.
func Rows(ctx context.Context, m *model.Model, in io.Reader, out io.Writer, o Options) (Summary, error) {
	if o.Comma == 0 {
		o.Comma = ','
	}
	f, err := newForm(m, o.Probabilities, o.Comma)
	if err != nil {
		return Summary{}, err
	}
	t, err := open(m, in, o, false)
	if err != nil {
		return Summary{}, err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	head := f.line(t.plan.names) // only where a row was answered
	s, err := t.stream(ctx, func(w *worker) sink {
		return &answers{form: f, net: w.net, kept: t.plan.kept}
	}, func(a sink) error {
		of := a.(*answers)
		if len(of.out) == 0 {
			return nil
		}
		_, _ = w.Write(head)
		_, err := w.Write(of.out)
		of.out, head = of.out[:0], nil
		return err
	})
	return s, cmp.Or(err, w.Flush())
}
