package draft

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"descent/core/data"
)

// sheet is what was read of a file.
type sheet struct {
	rows    int
	columns []Column
	form    string // "separated by commas", "arrays": in words
	shape   []int  // of images
	words   bool   // the columns have names and cells
}

// lines reads a table of text.
func lines(file string, plain []byte, na []string) (*sheet, error) {
	plain = bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf"))
	comma, name := separator(plain)
	r := csv.NewReader(bytes.NewReader(plain))
	r.Comma, r.ReuseRecord = comma, true
	first, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; it needs a line of column names and rows below it", file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	out := &sheet{form: name, words: true}
	header, all := false, true
	var columns []*gather
	for i, cell := range first {
		cell = strings.TrimSpace(cell)
		_, err := strconv.ParseFloat(cell, 64)
		number := err == nil || errors.Is(err, strconv.ErrRange)
		header = header || !number && (cell == "" || !isMissing(cell, na))
		all = all && !number
		columns = append(columns, newGather(strings.Clone(cell)))
		_ = i
	}
	if header = header || all; !header {
		out.form += ", no line of names"
		for i, cell := range first {
			columns[i].name = "c" + strconv.Itoa(i)
			columns[i].add(strings.TrimSpace(cell), na)
		}
		out.rows++
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for i, cell := range record {
			columns[i].add(strings.TrimSpace(cell), na)
		}
		out.rows++
	}
	for _, g := range columns {
		out.columns = append(out.columns, g.column())
	}
	return out, nil
}

// separator is what stands most often between the cells of the first line.
func separator(plain []byte) (rune, string) {
	line, _, _ := bytes.Cut(bytes.TrimLeft(plain, "\r\n"), []byte("\n"))
	best, most, name := ',', 0, "separated by commas"
	for _, s := range []struct {
		sign rune
		name string
	}{{',', "separated by commas"}, {'\t', "separated by tabs"}, {';', "separated by semicolons"}} {
		n, quoted := 0, false
		for _, b := range string(line) {
			switch {
			case b == '"':
				quoted = !quoted
			case b == s.sign && !quoted:
				n++
			}
		}
		if n > most {
			best, most, name = s.sign, n, s.name
		}
	}
	return best, name
}

// arrays describes a table of numbers without cells.
func arrays(t *data.Table) *sheet {
	out := &sheet{rows: t.Rows, form: "arrays", shape: t.Shape}
	number := func(name string, at func(row int) float64) Column {
		g := newGather(name)
		for r := range t.Rows {
			if v := at(r); math.IsNaN(v) {
				g.add("", nil)
			} else {
				g.add(strconv.FormatFloat(v, 'g', -1, 64), nil)
			}
		}
		return g.column()
	}
	if t.Shape != nil || len(t.Inputs) > 1000 {
		c := Column{Name: "inputs", Kind: Number, Rows: t.Rows, Inputs: len(t.Inputs), Min: math.Inf(1), Max: math.Inf(-1), seen: Number}
		sum := 0.0
		for _, v := range t.X {
			c.Min, c.Max, sum = min(c.Min, v), max(c.Max, v), sum+v
		}
		c.Mean = sum / float64(max(len(t.X), 1))
		c.Bins = histogram(t.X[:min(len(t.X), 1<<20)], c.Min, c.Max)
		c.Note = fmt.Sprintf("%d numbers a row", len(t.Inputs))
		out.columns = append(out.columns, c)
	} else {
		for i, name := range t.Inputs {
			out.columns = append(out.columns, number(name, func(r int) float64 { return t.X[r*len(t.Inputs)+i] }))
		}
	}
	for _, c := range t.Targets {
		if c.Numbers == nil {
			g := newGather(c.Name)
			for _, w := range c.Words {
				g.add(w, nil)
			}
			out.columns = append(out.columns, g.column())
			continue
		}
		out.columns = append(out.columns, number(c.Name, func(r int) float64 { return c.Numbers[r] }))
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
