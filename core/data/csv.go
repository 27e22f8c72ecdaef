package data

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// maxPlain bounds what a gzip file may unpack to.
const maxPlain = 4 << 30

// ReadCSV reads a table from the bytes of a CSV file or of a gzip of one. The
// first line names the columns; target names those to predict, by default the
// last; all others are inputs and must be finite numbers. file stands in
// errors, which read "file:line:column: what is wrong".
func ReadCSV(file string, content []byte, target []string) (*Table, error) {
	plain, err := unzip(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf"))))
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; it wants a line of column names and rows below it", file)
	}
	if err != nil {
		return nil, broken(file, err)
	}
	columns := slices.Clone(header)
	for i := range columns {
		columns[i] = strings.TrimSpace(columns[i])
		if at := slices.Index(columns[:i], columns[i]); at >= 0 {
			line, col := r.FieldPos(i)
			return nil, fmt.Errorf("%s:%d:%d: two columns are named %q; give each its own name", file, line, col, columns[i])
		}
	}
	if len(target) == 0 {
		target = columns[len(columns)-1:]
	}
	place := make([]int, len(target)) // of each target among the columns
	for i, name := range target {
		if place[i] = slices.Index(columns, name); place[i] < 0 {
			hint := ""
			if near := knob.Nearest(name, columns); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, fmt.Errorf("%s:1: there is no column %q for data.target%s (the columns are %s)", file, name, hint, strings.Join(columns, ", "))
		}
		if slices.Contains(place[:i], place[i]) {
			return nil, fmt.Errorf("%s:1: data.target names column %q twice", file, name)
		}
	}
	t := &Table{}
	for i, name := range columns {
		if !slices.Contains(place, i) {
			t.Inputs = append(t.Inputs, name)
		}
	}
	if len(t.Inputs) == 0 {
		return nil, fmt.Errorf("%s:1: every column is a target; there is no input left", file)
	}
	t.Targets = make([]Column, len(target))
	numbers := make([]bool, len(target))
	for i, name := range target {
		t.Targets[i].Name, numbers[i] = name, true
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(file, err)
		}
		for i, cell := range record {
			cell = strings.TrimSpace(cell)
			v, err := strconv.ParseFloat(cell, 64)
			finite := err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
			j := slices.Index(place, i)
			switch {
			case j < 0 && finite:
				t.X = append(t.X, v)
			case j >= 0 && finite:
				t.Targets[j].Numbers = append(t.Targets[j].Numbers, v)
				t.Targets[j].Words = append(t.Targets[j].Words, strings.Clone(cell))
			case j >= 0 && errors.Is(err, strconv.ErrSyntax) && cell != "" && cell != "NA":
				numbers[j] = false
				t.Targets[j].Words = append(t.Targets[j].Words, strings.Clone(cell))
			default:
				line, col := r.FieldPos(i)
				what := fmt.Sprintf("%q is not a number", cell)
				if cell == "" {
					what = "the cell is empty"
				} else if err == nil || errors.Is(err, strconv.ErrRange) {
					what = fmt.Sprintf("%q is not a finite number", cell)
				}
				return nil, fmt.Errorf("%s:%d:%d: column %q: %s", file, line, col, columns[i], what)
			}
		}
		t.Rows++
	}
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: there is a line of column names and no row below it", file)
	}
	for i := range t.Targets {
		if numbers[i] {
			t.Targets[i].Words = nil
		} else {
			t.Targets[i].Numbers = nil
		}
	}
	return t, nil
}

func broken(file string, err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		if errors.Is(p.Err, csv.ErrFieldCount) {
			return fmt.Errorf("%s:%d: the row has not as many fields as the header", file, p.Line)
		}
		return fmt.Errorf("%s:%d:%d: %w", file, p.Line, p.Column, p.Err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

func unzip(content []byte) ([]byte, error) {
	if !bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		return content, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("the gzip file is damaged: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxPlain))
	if err != nil {
		return nil, fmt.Errorf("the gzip file is damaged: %w", err)
	}
	return plain, nil
}
