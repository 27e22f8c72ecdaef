// Package predict answers for new rows with a model: it reads them by the names of their
// columns, a part of a stream at a time, and writes what the model makes of them in their
// order. Memory does not grow with the rows.
package predict

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"

	"descent/core/data/text"
	"descent/core/model"
)

// Options are how rows are read and answers written.
type Options struct {
	Name          string   // of the input, in errors
	Keep          []string // columns that are written before the answers
	Probabilities bool     // one column for each class instead of the class
	Comma         byte     // between the cells of the answers; 0 for a comma
	Floats        bool     // quantized networks run in float64 all the same
	Progress      func(bytes int64)
}

// Summary is what there is to say afterwards.
type Summary struct {
	Rows    int
	Integer bool     // the rows went through integer arithmetic
	Notes   []string // a sentence each
}

// Rows answers to the rows of a table of text, which may be in a gzip. An error names
// the place of the cell that cannot be read; what was answered before it is written.
func Rows(ctx context.Context, m *model.Model, in io.Reader, out io.Writer, o Options) (Summary, error) {
	if m.Transform == nil {
		return Summary{}, errors.New("the model was trained on data without columns")
	}
	if o.Comma == 0 {
		o.Comma = ','
	}
	f, err := newForm(m, o.Probabilities, o.Comma)
	if err != nil {
		return Summary{}, err
	}
	r, p, row, err := open(m, in, o, false)
	if err != nil {
		return Summary{}, err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	head := f.line(p.names) // only where a row was answered
	s, err := stream(ctx, p, r, row, o, func(w *worker) sink {
		return &answers{form: f, net: w.net, kept: p.kept}
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
	return s, errors.Join(err, w.Flush())
}

// open begins to read a table. row are the cells of the first line where that is a row.
func open(m *model.Model, in io.Reader, o Options, truth bool) (r *text.Reader, p *plan, row [][]byte, err error) {
	b := bufio.NewReaderSize(in, 1<<16)
	var src io.Reader = b
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		if src, err = gzip.NewReader(b); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: the gzip file is damaged: %w", o.Name, err)
		}
	}
	if o.Progress != nil {
		src = &counted{src, 0, o.Progress}
	}
	if r, err = text.Open(o.Name, src, text.Found()); err != nil {
		return nil, nil, nil, err
	}
	cells, err := r.Next()
	switch {
	case isEnd(err):
		return nil, nil, nil, fmt.Errorf("%s: the file holds no row", o.Name)
	case err != nil:
		return nil, nil, nil, err
	}
	var first []string
	for _, c := range cells {
		first = append(first, string(c))
	}
	p, isRow, err := newPlan(m, r, first, o.Keep, truth)
	if err != nil {
		return nil, nil, nil, err
	}
	if isRow {
		for _, c := range first {
			row = append(row, []byte(c))
		}
	}
	p.notes = append(p.notes, r.Notes...)
	return r, p, row, nil
}

// counted tells how much was read.
type counted struct {
	io.Reader
	n    int64
	tell func(int64)
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}

// part is a part of a table on its way.
type part struct {
	data []byte
	line int
	row  [][]byte // the first row, where the first line is one
	sink sink
	err  error
	done chan struct{}
}

// stream reads the rows of a table on all processors, and gives the sinks of the parts to
// take in their order.
func stream(ctx context.Context, p *plan, r *text.Reader, row [][]byte, o Options, open func(*worker) sink, take func(sink) error) (Summary, error) {
	threads := runtime.GOMAXPROCS(0)
	workers := make([]*worker, threads)
	for i := range workers {
		w, err := newWorker(p, !o.Floats, nil)
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
		b := newBlocks(r)
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
			q.data, q.line, err = b.next(q.data)
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
				q.data = q.data[:0]
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
	if f.skipped > 0 {
		out = append(out, fmt.Sprintf("%d %s no answer, since a value is missing and such rows were left out of training (data.missing = \"drop\")", f.skipped, plural(f.skipped, "row has", "rows have")))
	}
	return out
}
