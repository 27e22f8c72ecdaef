package predict

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"

	"descent/core/data"
	"descent/core/data/text"
	"descent/core/data/transform"
	"descent/core/foreign"
	"descent/core/input"
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

	// The labels of arrays, which hold none themselves.
	LabelsName string
	Labels     []byte
}

// table is an input that was opened.
type table struct {
	o     Options
	plan  *plan
	text  *text.Reader // nil for arrays
	row   [][]byte     // the first line, where that is a row
	whole *data.Table  // arrays
}

// open begins to read an input. With truth the targets have to be in it.
func open(m *model.Model, in io.Reader, o Options, truth bool) (*table, error) {
	if o.Progress != nil {
		in = &counted{in, 0, o.Progress}
	}
	b := bufio.NewReaderSize(in, 1<<16)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("%s: the gzip file is damaged: %w", o.Name, err)
		}
		b = bufio.NewReaderSize(z, 1<<16)
	}
	head, err := b.Peek(512)
	if err != nil && !isEnd(err) {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	t := &table{o: o}
	if data.Arrays(head) {
		return t, t.arrays(m, b, truth)
	}
	if err := foreign.Check(head, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	if m.Transform == nil {
		return nil, fmt.Errorf("%s: the model was trained on arrays, and this is a table of text", o.Name)
	}
	d, err := m.Recipe.Data.Dialect()
	if err != nil {
		return nil, err
	}
	if t.text, err = text.Open(o.Name, b, d); err != nil {
		return nil, err
	}
	return t, t.columns(m, truth)
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

// columns finds the columns of a table of text.
func (t *table) columns(m *model.Model, truth bool) error {
	r := t.text
	cells, err := r.Next()
	switch {
	case isEnd(err):
		return fmt.Errorf("%s: the file holds no row", t.o.Name)
	case err != nil:
		return err
	}
	var first []string
	for _, c := range cells {
		first = append(first, string(c))
	}
	names := t.named(m, first)
	var isRow bool
	if t.plan, isRow, err = newPlan(m, r, names, t.o.Keep, truth); err != nil {
		return err
	}
	if isRow {
		for _, c := range first {
			t.row = append(t.row, []byte(c))
		}
	}
	t.plan.notes = append(t.plan.notes, r.Notes...)
	return nil
}

// named are the names of the columns: the first line, with one more where the rows have
// names and these none, or the comment before it.
func (t *table) named(m *model.Model, first []string) []string {
	r := t.text
	known := func(names []string) bool {
		return !slices.ContainsFunc(m.Transform.Columns, func(c transform.Column) bool { return !slices.Contains(names, c.Name) })
	}
	buffered, _, line := r.Rest()
	if cells, err := r.Part(buffered, line).Next(); err == nil && len(cells) == len(first)+1 {
		return append([]string{"row"}, first...)
	}
	if !known(first) && len(r.Comment) > 0 {
		if cells, err := r.Part(r.Comment, 1).Next(); err == nil && len(cells) == len(first) {
			var names []string
			for _, c := range cells {
				names = append(names, string(c))
			}
			if known(names) {
				return names
			}
		}
	}
	return first
}

// arrays reads arrays as a whole.
func (t *table) arrays(m *model.Model, in io.Reader, truth bool) error {
	if len(t.o.Keep) > 0 {
		return fmt.Errorf("--keep names columns, and %s has none", t.o.Name)
	}
	content, err := io.ReadAll(io.LimitReader(in, input.MaxData+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", t.o.Name, err)
	case len(content) > input.MaxData:
		return fmt.Errorf("%s: it is larger than %d GiB, the most that is read", t.o.Name, input.MaxData>>30)
	}
	spec := m.Recipe.Data
	spec.Row, spec.Target, spec.Labels = m.Recipe.Model.Input, nil, ""
	t.whole, err = data.ReadInputs(data.Source{Name: t.o.Name, Content: content, LabelsName: t.o.LabelsName, Labels: t.o.Labels}, spec)
	if key := (*data.KeyError)(nil); errors.As(err, &key) {
		return fmt.Errorf("%w (%s is as the recipe of the model says)", err, key.Key)
	}
	if err != nil {
		return err
	}
	if in := len(m.Inputs); len(t.whole.Inputs) != in {
		return fmt.Errorf("%s: a row has %d numbers, and the model takes %d", t.o.Name, len(t.whole.Inputs), in)
	}
	t.plan = &plan{m: m, notes: t.whole.Notes, whole: t.whole}
	if !truth {
		return nil
	}
	if t.whole.Targets == nil {
		return fmt.Errorf("%s holds no targets to compare with; --labels names the file of them", t.o.Name)
	}
	if m.Transform == nil || len(t.whole.Targets) != len(m.Transform.Targets) {
		return fmt.Errorf("%s has %d targets, and the model has others", t.o.Name, len(t.whole.Targets))
	}
	t.plan.targets = make([]int, len(t.whole.Targets))
	return nil
}
