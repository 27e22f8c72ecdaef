package predict

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"descent/core/data/text"
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Summary is what there is to say afterwards.
type Summary struct {
	Rows    int
	Integer bool     // the rows went through integer arithmetic
	Notes   []string // a sentence each
}

// part is a part of a table on its way.
type part struct {
	data []byte
	line int
	row  [][]byte       // the first row, where the first line is one
	rows blas64.General // of arrays
	sink sink
	err  error
	done chan struct{}
}

// stream reads the rows of a table on all processors, and gives the sinks of the parts to
// take in their order.
func (t *table) stream(ctx context.Context, open func(*worker) sink, take func(sink) error) (Summary, error) {
	p, r, o, row := t.plan, t.text, t.o, t.row
	threads := kernel.Threads()
	workers := make([]*worker, threads)
	for i := range workers {
		w, err := newWorker(p, o.Name, !o.Floats)
		if err != nil {
			return Summary{}, err
		}
		workers[i] = w
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	free := make(chan *part, 2*threads)
	for range cap(free) {
		free <- &part{}
	}
	todo, order := make(chan *part, cap(free)), make(chan *part, cap(free))
	go func() {
		defer close(todo)
		defer close(order)
		next := t.parts()
		for {
			var q *part
			select {
			case <-ctx.Done():
				return
			case q = <-free:
			}
			var err error
			q.row, q.err, q.done = row, nil, make(chan struct{})
			row = nil
			err = next(q)
			if isEnd(err) && q.row == nil {
				return
			}
			if err != nil && !isEnd(err) {
				q.err = err
				close(q.done)
				order <- q
				return
			}
			if err != nil {
				q.data, q.rows = q.data[:0], blas64.General{}
			}
			todo <- q
			order <- q
		}
	}()
	ended := make(chan struct{}, threads)
	for _, w := range workers {
		go func() {
			defer func() { ended <- struct{}{} }()
			for q := range todo {
				if q.sink == nil {
					q.sink = open(w)
				}
				w.sink = q.sink
				if a, ok := q.sink.(*answers); ok {
					a.net = w.net
				}
				q.err = w.part(r, q)
				close(q.done)
			}
		}()
	}
	var failed error
	for q := range order {
		<-q.done
		if failed == nil {
			failed = errors.Join(handOver(q, take), q.err)
			if failed == nil {
				failed = context.Cause(ctx)
			}
			if failed != nil {
				stop()
			}
		}
		select {
		case free <- q:
		default:
		}
	}
	for range workers {
		<-ended
	}
	if failed == nil {
		failed = context.Cause(ctx) // before the first part was read
	}
	s := Summary{Integer: workers[0].net.Integer(), Notes: p.notes}
	var all findings
	for _, w := range workers {
		all.add(w.found)
	}
	s.Rows = all.rows
	if why := workers[0].net.WhyNotInteger; why != "" && !o.Floats {
		s.Notes = append(s.Notes, "the quantized network runs in float64: "+why)
	}
	s.Notes = append(s.Notes, all.sentences()...)
	if failed == nil && s.Rows == 0 {
		failed = fmt.Errorf("%s: there is a line of column names and no row below it", o.Name)
	}
	return s, failed
}

// parts gives the parts of the table one after the other, io.EOF after the last.
func (t *table) parts() func(q *part) error {
	if t.text == nil {
		at := 0
		return func(q *part) error {
			all := t.whole.Rows
			if at >= all {
				return io.EOF
			}
			to, width := min(at+4*batch, all), len(t.whole.Inputs)
			q.rows, q.line = blas64.General{Rows: to - at, Cols: width, Stride: width, Data: t.whole.Block(at, to)}, at
			at = to
			return nil
		}
	}
	b := newBlocks(t.text)
	return func(q *part) (err error) {
		q.data, q.line, err = b.next(q.data)
		return err
	}
}

// handOver gives what there is of a part.
func handOver(q *part, take func(sink) error) error {
	if q.sink == nil {
		return nil
	}
	return take(q.sink)
}

// part answers to the rows of a part.
func (w *worker) part(r *text.Reader, q *part) error {
	w.rows = 0
	if r == nil {
		return w.numbers(q.rows, q.line)
	}
	of := r.Part(q.data, q.line)
	if q.row != nil {
		if err := w.row(of, q.row); err != nil {
			return err
		}
	}
	return w.all(of)
}

// sentences say what was found.
func (f *findings) sentences() (out []string) {
	for _, name := range slices.Sorted(maps.Keys(f.unknown)) {
		u := f.unknown[name]
		words := few(u.words)
		if len(u.words) == mostWords {
			words += ", ..."
		}
		out = append(out, fmt.Sprintf("column %q: %d %s no category that the model was trained on (%s)", name, u.cells, plural(u.cells, "cell holds", "cells hold"), words))
	}
	if n := f.aimless; n > 0 {
		out = append(out, fmt.Sprintf("%d %s no target to compare with and %s left out", n, plural(n, "row has", "rows have"), plural(n, "is", "are")))
	}
	if n := f.skipped - f.aimless; n > 0 {
		out = append(out, fmt.Sprintf("%d %s no answer, since a value is missing and such rows were left out of training (data.missing = \"drop\")", n, plural(n, "row has", "rows have")))
	}
	return out
}
