package draft

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"

	"descent/core/data"
	"descent/core/data/text"
)

// sheet is what was read of a file.
type sheet struct {
	rows     int
	columns  []Column
	form     string   // "separated by commas", "arrays": in words
	notes    []string // what was found and is not evident
	words    bool     // the columns have names and cells
	headless bool     // no line names the columns
	shape    []int    // of images: height, width and, if there are several, channels
	content  []byte   // of the file, and of its labels, to read it as a recipe says
	labels   []byte
}

// lines reads a table of text.
func lines(file string, plain []byte, na []string) (*sheet, error) {
	spec := data.NewSpec()
	spec.NA = na
	p, err := data.Inspect(file, plain, spec)
	if err != nil {
		return nil, err
	}
	out := &sheet{rows: p.Rows, headless: !p.Named, form: "separated by " + p.Dialect.Between(), words: true, notes: p.Notes}
	switch p.Dialect.Encoding {
	case text.UTF16LE, text.UTF16BE:
		out.form += ", in UTF-16"
	case text.Windows1252:
		out.form += ", in Windows-1252 (Latin-1)"
	}
	for _, c := range p.Columns {
		out.columns = append(out.columns, profiled(c, p.Rows))
	}
	return out, look(p, plain, out.columns)
}

// arrays describes a table of numbers without cells.
func arrays(t *data.Table) *sheet {
	out := &sheet{rows: t.Rows, form: "arrays", notes: t.Notes, shape: t.Shape}
	if t.Shape != nil || len(t.Inputs) > 1000 {
		c := Column{Name: "inputs", Kind: Number, Rows: t.Rows, Inputs: len(t.Inputs), Distinct: 1000, More: true, Min: math.Inf(1), Max: math.Inf(-1), Bins: make([]int, bins), seen: Number}
		sum := 0.0
		for _, v := range t.X {
			c.Min, c.Max, sum = min(c.Min, v), max(c.Max, v), sum+v
		}
		c.Mean = sum / float64(max(len(t.X), 1))
		for _, v := range t.X[:min(len(t.X), looked)] {
			c.Bins[place(v, c.Min, c.Max)]++
		}
		c.Note = fmt.Sprintf("%d numbers a row", len(t.Inputs))
		out.columns = append(out.columns, c)
	} else {
		for i, name := range t.Inputs {
			out.columns = append(out.columns, numbers(name, t.Rows, func(r int) float64 { return t.X[r*len(t.Inputs)+i] }))
		}
	}
	for _, c := range t.Targets {
		if c.Numbers == nil {
			out.columns = append(out.columns, words(c.Name, c.Words))
			continue
		}
		out.columns = append(out.columns, numbers(c.Name, t.Rows, func(r int) float64 { return c.Numbers[r] }))
	}
	return out
}

// unzipped is the content of a gzip file, or the content itself.
func unzipped(name string, content []byte) ([]byte, error) {
	if !bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		return content, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(z, 1<<30))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the gzip file is damaged: %w", name, err)
	}
	return content, nil
}
