package data

// readCSV reads lines of cells between commas, tabs or semicolons, whichever
// the first line holds most of. That line names the columns, or s.Header says
// that it is a row like the others: then they are c0, c1 and so on. Where
// s.Header leaves it open, a line of numbers alone is a row, and a line that
// looks like a row and is not all numbers is refused.
//
// s.Target names the columns to predict, by default the last; all others are
// inputs. A column of numbers must hold finite ones throughout. An input column
// in which no cell is a number is text: it becomes an input of 0 and 1 for each
// of its words, named column=word, in sorted order in the column's place.
// s.NA says which cells are missing values; s.Missing what becomes of them.
//
// The rows of held and tested, files of the same columns in any order, follow as
// rows to validate and to test; nil for none.
func readCSV(file string, plain []byte, held, tested *Source, s Spec) (*Table, error) {
	l, err := openLines(file, plain, s)
	if err != nil {
		return nil, err
	}
	size := len(plain)
	g := sheet{spec: s, file: file}
	if err := g.begin(l); err != nil {
		return nil, err
	}
	order := make([]int, len(g.names))
	for i := range order {
		order[i] = i
	}
	if err := g.take(l, order); err != nil {
		return nil, err
	}
	for _, more := range []struct {
		of  *Source
		key string
	}{{held, "data.validation_file"}, {tested, "data.test_file"}} {
		if more.of == nil {
			continue
		}
		if g.parts == 0 {
			g.parts, g.held = g.rows, more.of.Name
		}
		if more.of == tested {
			g.tests = g.rows
		}
		if l, err = openLines(more.of.Name, more.of.Content, g.like()); err != nil {
			return nil, err
		}
		if order, err = g.match(l, more.key); err != nil {
			return nil, err
		}
		if err := g.take(l, order); err != nil {
			return nil, err
		}
	}
	l = nil // and with it the bytes
	giveBack(size)
	t, err := g.table()
	if err != nil {
		return nil, err
	}
	giveBack(size) // what the columns held
	return t, nil
}

// table is what was gathered.
func (g *sheet) table() (*Table, error) {
	if err := g.settle(); err != nil {
		return nil, err
	}
	if g.spec.Former() {
		if err := g.header(); err != nil {
			return nil, err
		}
	}
	t := &Table{Rows: g.rows, Missing: g.missing, Read: g.read}
	if g.parts > 0 {
		t.Held = g.rows - g.parts
	}
	if g.tests > 0 {
		t.Tested = g.rows - g.tests
	}
	if g.dropped > 0 {
		t.Numbers = g.numbers
	}
	for _, i := range g.place {
		t.Targets = append(t.Targets, g.columns[i].predicted())
	}
	if err := t.aside(g.file, g.columns, g.spec); err != nil {
		return nil, err
	}
	if err := t.join(g.file, g.columns, g.spec.Missing == "indicator"); err != nil {
		return nil, err
	}
	g.tell()
	t.Notes = g.notes
	return t, nil
}
