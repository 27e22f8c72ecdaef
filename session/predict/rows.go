package predict

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"descent/core/data/text"
	"descent/core/data/transform"
	"descent/core/model"

	"gonum.org/v1/gonum/blas/blas64"
)

// batch is how many rows go through the network together.
const batch = 256

// mostKnown bounds the cells of a column whose inputs are remembered.
const mostKnown = 4096

// worker makes the inputs of rows, has the network answer, and hands the answers on.
type worker struct {
	p    *plan
	net  *model.Network
	sink sink
	name string // of the input

	x     []float64 // batch×inputs
	rows  int       // in x
	none  []bool    // of these: rows without an answer
	skips bool      // rows with a missing value are not refused
	known []map[string]cached
	truth []float64 // batch×targets, where they are asked for
	found findings
}

// cached is what a cell makes.
type cached struct {
	x       []float64
	unknown bool
}

// sink takes the answers to a batch of rows.
type sink interface {
	// keep is called for each row, with its cells.
	keep(cells [][]byte)
	// take is called for each batch: out are the outputs, truth the targets as the model
	// has them. none tells which rows have no answer.
	take(out blas64.General, truth []float64, none []bool) error
}

// findings are what there is to say of the cells of rows.
type findings struct {
	rows    int
	skipped int                 // rows without an answer
	aimless int                 // of these: rows that only lack a target to compare with
	unknown map[string]*unknown // by column
}

// unknown are cells that hold a category which no training row held.
type unknown struct {
	cells int
	words []string // the first of them
}

func (f *findings) add(o findings) {
	f.rows += o.rows
	f.skipped += o.skipped
	f.aimless += o.aimless
	for name, u := range o.unknown {
		f.note(name, u.cells, u.words)
	}
}

const mostWords = 5

func (f *findings) note(column string, cells int, words []string) {
	if f.unknown == nil {
		f.unknown = map[string]*unknown{}
	}
	u := f.unknown[column]
	if u == nil {
		u = &unknown{}
		f.unknown[column] = u
	}
	u.cells += cells
	for _, w := range words {
		if len(u.words) < mostWords && !slices.Contains(u.words, w) {
			u.words = append(u.words, w)
		}
	}
}

func newWorker(p *plan, name string, integer bool) (*worker, error) {
	net, err := p.m.Network(integer)
	if err != nil {
		return nil, err
	}
	w := &worker{p: p, net: net, name: name, x: make([]float64, batch*net.In()), none: make([]bool, batch), known: make([]map[string]cached, len(p.columns)), skips: p.skips()}
	for i := range w.known {
		w.known[i] = map[string]cached{}
	}
	if p.targets != nil {
		w.truth = make([]float64, batch*len(p.targets))
	}
	return w, nil
}

// skips tells whether rows with a missing value were left out of training.
func (p *plan) skips() bool { return p.m.Recipe.Data.Missing == "drop" }

// gap tells whether a target cell is a missing value.
func (p *plan) gap(t *transform.Target, cell string) bool {
	missing := transform.Missing{Given: p.m.Transform.NA, Lax: p.m.Transform.Lax}
	return missing.Always(cell) || t.Classes == nil && missing.InNumbers(cell)
}

// all reads the rows of a part.
func (w *worker) all(r *text.Reader) error {
	for {
		cells, err := r.Next()
		if err != nil {
			if isEnd(err) {
				return w.flush()
			}
			return err
		}
		if err := w.row(r, cells); err != nil {
			return err
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }

// row makes the inputs of a row.
func (w *worker) row(r *text.Reader, cells [][]byte) error {
	if len(cells) != w.p.width {
		return fmt.Errorf("%s: the row has %d %s, and the first line %d", r.At(min(len(cells)-1, w.p.width)), len(cells), plural(len(cells), "cell", "cells"), w.p.width)
	}
	in := w.net.In()
	x := w.x[w.rows*in : (w.rows+1)*in]
	w.none[w.rows] = false
	for i := range w.p.columns {
		c := &w.p.columns[i]
		if c.plain {
			if v, ok := number(cells[c.cell]); ok {
				if of := c.of; of.Mean != nil {
					scale := 0
					if of.Scale != nil {
						scale = of.Scale[0]
					}
					v = transform.Standardized(v, of.Mean[0], of.Deviation[0], scale)
				}
				if x[c.at] = v; c.n == 1 {
					continue
				}
			}
		}
		err := w.cell(i, x[c.at:c.at+c.n], cells[c.cell])
		switch {
		case err == nil:
		case errors.Is(err, transform.ErrMissing) && w.skips:
			w.none[w.rows] = true
		default:
			return fmt.Errorf("%s: %w", r.At(c.cell), err)
		}
	}
	for j, cell := range w.p.targets {
		t := &w.p.m.Transform.Targets[j]
		v, err := t.Value(string(cells[cell]))
		if err != nil && w.p.gap(t, string(cells[cell])) {
			if w.p.m.Recipe.Data.Missing == "refuse" {
				return fmt.Errorf("%s: column %q: the target is missing", r.At(cell), t.Name)
			}
			if !w.none[w.rows] {
				w.none[w.rows] = true
				w.found.aimless++
			}
			v, err = 0, nil // training left such rows out
		}
		switch {
		case errors.Is(err, transform.ErrUnknown):
			return fmt.Errorf("%s: column %q: %q is no class of the model (they are %s)", r.At(cell), t.Name, cells[cell], few(t.Classes))
		case err != nil:
			return fmt.Errorf("%s: column %q: %q %w", r.At(cell), t.Name, cells[cell], err)
		}
		w.truth[w.rows*len(w.p.targets)+j] = v
	}
	w.sink.keep(cells)
	if w.rows++; w.rows == batch {
		return w.flush()
	}
	return nil
}

// cell makes the inputs of a cell of the i-th column.
func (w *worker) cell(i int, x []float64, cell []byte) error {
	c := &w.p.columns[i]
	if k, ok := w.known[i][string(cell)]; ok {
		copy(x, k.x)
		if k.unknown {
			w.found.note(c.of.Name, 1, nil)
		}
		return nil
	}
	text := string(cell)
	err := c.alone.Row(x, func(int) string { return text })
	isUnknown := false
	if u := transform.Unknown(nil); errors.As(err, &u) {
		isUnknown, err = true, nil
		w.found.note(c.of.Name, 1, []string{text})
	}
	if err == nil && len(w.known[i]) < mostKnown && !(c.plain && len(text) > 0 && text[0] >= '0' && text[0] <= '9') {
		w.known[i][text] = cached{slices.Clone(x), isUnknown}
	}
	return err
}

// flush has the network answer to the rows so far.
func (w *worker) flush() error {
	if w.rows == 0 {
		return nil
	}
	in := w.net.In()
	x := blas64.General{Rows: w.rows, Cols: in, Stride: in, Data: w.x[:w.rows*in]}
	for r, none := range w.none[:w.rows] {
		if none {
			clear(w.x[r*in : (r+1)*in])
			w.found.skipped++
		}
	}
	if err := w.net.CheckInput(x); err != nil {
		return err
	}
	out := w.net.Forward(x)
	w.found.rows += w.rows
	truth := w.truth
	if truth != nil {
		truth = truth[:w.rows*len(w.p.targets)]
	}
	err := w.sink.take(out, truth, w.none[:w.rows])
	w.rows = 0
	return err
}
