package predict

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"descent/core/kernel"
	"descent/core/loss"
	"descent/core/model"

	"gonum.org/v1/gonum/blas/blas64"
)

// form is how answers are written: the same for all rows.
type form struct {
	head    []string
	m       *model.Model
	chances bool
	classes [][]byte   // of one class a row: their names as cells
	two     [][][]byte // of outputs that hold or not: the names of both; nil for 0 and 1
	comma   byte
}

// newForm settles the columns of the answers.
func newForm(m *model.Model, chances bool, comma byte) (*form, error) {
	f := &form{m: m, chances: chances, comma: comma}
	target := func(j int) string {
		if m.Transform != nil && j < len(m.Transform.Targets) {
			return m.Transform.Targets[j].Name
		}
		if j < len(m.Outputs) && !m.ByClass {
			return m.Outputs[j]
		}
		return "class"
	}
	switch {
	case chances && m.Reads == loss.Numbers:
		return nil, errors.New("--proba: the model predicts numbers, which have no probabilities; leave --proba out")
	case chances && (m.ByClass || m.Reads == loss.Distribution):
		f.head = m.Outputs
	case chances && len(m.Outputs) == 1:
		f.head = m.Words(0)
	case chances:
		f.head = m.Outputs
	case m.ByClass:
		f.head = []string{target(0)}
		for _, name := range m.Outputs {
			f.classes = append(f.classes, f.quoted(nil, []byte(name)))
		}
	default:
		for j := range m.Outputs {
			f.head = append(f.head, target(j))
			if m.Reads == loss.LogOdds {
				n := m.Words(j)
				f.two = append(f.two, [][]byte{f.quoted(nil, []byte(n[0])), f.quoted(nil, []byte(n[1]))})
			}
		}
	}
	return f, nil
}

// line is the line of names, behind those of columns that are kept.
func (f *form) line(kept []string) []byte {
	var out []byte
	for i, name := range append(append([]string{}, kept...), f.head...) {
		if i > 0 {
			out = append(out, f.comma)
		}
		out = f.quoted(out, []byte(name))
	}
	return append(out, '\n')
}

// quoted appends a cell.
func (f *form) quoted(out, cell []byte) []byte {
	if len(cell) > 0 && cell[0] != ' ' && cell[len(cell)-1] != ' ' && bytes.IndexByte(cell, f.comma) < 0 && !bytes.ContainsAny(cell, "\"\r\n") {
		return append(out, cell...)
	}
	if len(cell) == 0 {
		return out
	}
	out = append(out, '"')
	out = append(out, strings.ReplaceAll(string(cell), `"`, `""`)...)
	return append(out, '"')
}

// answers writes what a network answers to the rows of a part.
type answers struct {
	*form
	net  *model.Network
	kept []int
	out  []byte
	side []byte // the cells that are kept of the rows of a batch, each with a separator behind
	ends []int
}

func (a *answers) keep(cells [][]byte) {
	if a.kept == nil {
		return
	}
	for _, i := range a.kept {
		a.side = append(a.quoted(a.side, cells[i]), a.comma)
	}
	a.ends = append(a.ends, len(a.side))
}

func (a *answers) take(out blas64.General, _ []float64, none []bool) error {
	if a.chances || a.m.Reads == loss.Distribution && !a.m.ByClass {
		a.net.Probabilities(out)
	}
	from := 0
	for r := range out.Rows {
		if a.kept != nil {
			a.out = append(a.out, a.side[from:a.ends[r]]...)
			from = a.ends[r]
		}
		row := out.Data[r*out.Stride : r*out.Stride+out.Cols]
		if none[r] {
			for range len(a.head) - 1 {
				a.out = append(a.out, a.comma)
			}
			if len(a.head) == 1 && a.kept == nil {
				a.out = append(a.out, '"', '"') // an empty line is no row to some
			}
		} else {
			a.answer(row)
		}
		a.out = append(a.out, '\n')
	}
	a.side, a.ends = a.side[:0], a.ends[:0]
	return nil
}

// answer appends the cells of a row of outputs.
func (a *answers) answer(row []float64) {
	switch {
	case a.chances && len(row) == 1:
		a.number(1 - row[0])
		a.out = append(a.out, a.comma)
		a.number(row[0])
		return
	case a.chances:
	case a.classes != nil:
		a.out = append(a.out, a.classes[kernel.Argmax(row)]...)
		return
	}
	for j, v := range row {
		if j > 0 {
			a.out = append(a.out, a.comma)
		}
		switch {
		case a.chances || a.m.Reads == loss.Distribution:
			a.number(v)
		case a.two != nil && v > 0:
			a.out = append(a.out, a.two[j][1]...)
		case a.two != nil:
			a.out = append(a.out, a.two[j][0]...)
		default:
			a.number(a.m.Raw(j, v))
		}
	}
}

func (a *answers) number(v float64) { a.out = strconv.AppendFloat(a.out, v, 'g', -1, 64) }
