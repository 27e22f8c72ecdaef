package draft

import (
	"math"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/data/cell"
	"descent/core/data/text"
)

const (
	looked = 200_000 // rows of which histograms are drawn
	bins   = 24      // of a histogram
	most   = 5       // values that are named
)

// profiled is a column as an inspection found it.
func profiled(p data.ColumnProfile, rows int) Column {
	c := Column{
		Name: p.Name, Rows: rows - p.Missing, Missing: p.Missing, Distinct: p.Distinct, More: p.Values == nil && !p.Unique, Unlike: p.Unique,
		Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), Spoken: p.Format.String(), sequence: p.Counting, odd: p.Odd,
	}
	if len(p.Examples) > 0 {
		c.Example = p.Examples[0]
	}
	switch p.Kind {
	case cell.Number:
		c.Kind = Number
		if p.Integers {
			c.Kind = Integer
		}
	case cell.Date:
		c.Kind = Date
	case cell.Boolean:
		c.Kind = Boolean
	case cell.Empty:
		c.Kind = Empty
	default:
		c.Kind, c.Spoken = Category, ""
		if p.Kind == cell.Text {
			c.Kind = Text
		}
	}
	if c.Kind == Number || c.Kind == Integer || c.Kind == Date {
		c.Min, c.Max = p.Min, p.Max
	}
	if c.Kind != Number || p.Distinct <= 12 {
		for _, v := range p.Values[:min(len(p.Values), most)] {
			c.Top = append(c.Top, Count{v.Value, v.Count})
		}
	}
	c.seen = c.Kind
	return c
}

// look goes through the first rows of a table for what an inspection does not keep: the
// mean, a histogram, and whether values are in order.
func look(p *data.Profile, plain []byte, columns []Column) error {
	r, err := text.Bytes(p.File, plain, p.Dialect)
	if err != nil {
		return err
	}
	last := make([]float64, len(columns))
	ordered := make([]bool, len(columns))
	counted := make([]int, len(columns))
	sums := make([]float64, len(columns))
	for i := range columns {
		columns[i].Bins = make([]int, bins)
		last[i], ordered[i] = math.Inf(-1), true
	}
	for row := range looked {
		cells, err := r.Next()
		if err != nil || len(cells) > len(columns) { // the end: what is wrong was said by the inspection
			break
		}
		if row == 0 && p.Named && string(cells[0]) == p.Columns[len(columns)-len(cells)].Name {
			continue
		}
		for i, b := range cells {
			if i >= len(columns) {
				break
			}
			c := &columns[i]
			if math.IsNaN(c.Min) {
				continue
			}
			v, ok := p.Columns[i].Format.Value(b)
			if !ok {
				continue
			}
			ordered[i] = ordered[i] && v >= last[i]
			last[i] = v
			counted[i]++
			sums[i] += v
			c.Bins[place(v, c.Min, c.Max)]++
		}
	}
	for i := range columns {
		c := &columns[i]
		if counted[i] == 0 {
			c.Bins = nil
			continue
		}
		c.Mean, c.sorted = sums[i]/float64(counted[i]), ordered[i] && counted[i] > 1
	}
	return nil
}

// place is the bin of a value in a range.
func place(v, low, high float64) int {
	width := high/2 - low/2 // of a range beyond what a float64 holds
	if !(width > 0) {
		return 0
	}
	return min(max(int(bins*((v/2-low/2)/width)), 0), bins-1)
}

// numbers describes a column of numbers without cells.
func numbers(name string, n int, at func(row int) float64) Column {
	c := Column{Name: name, Kind: Integer, Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), sorted: true}
	low, high, sum, last := math.Inf(1), math.Inf(-1), 0.0, math.Inf(-1)
	different := map[float64]int{}
	for r := range n {
		v := at(r)
		if math.IsNaN(v) {
			c.Missing++
			continue
		}
		c.Rows++
		low, high, sum = min(low, v), max(high, v), sum+v
		c.sorted = c.sorted && v >= last
		last = v
		if v != math.Trunc(v) {
			c.Kind = Number
		}
		if _, known := different[v]; known || len(different) < 1000 {
			different[v]++
		} else {
			c.More = true
		}
	}
	c.Distinct = len(different)
	if c.Rows == 0 {
		c.Kind, c.seen = Empty, Empty
		return c
	}
	c.Min, c.Max, c.Mean, c.Bins = low, high, sum/float64(c.Rows), make([]int, bins)
	for r := range min(n, looked) {
		if v := at(r); !math.IsNaN(v) {
			c.Bins[place(v, low, high)]++
		}
	}
	if !c.More && (c.Kind == Integer || c.Distinct <= 12) {
		for v, rows := range different {
			c.Top = append(c.Top, Count{Short(v), rows})
		}
		c.Top = ranked(c.Top)
	}
	c.Example, c.seen = Short(at(0)), c.Kind
	return c
}

// words describes a column of words without cells.
func words(name string, cells []string) Column {
	c := Column{Name: name, Kind: Category, Rows: len(cells), Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), seen: Category}
	different := map[string]int{}
	for _, w := range cells {
		different[w]++
	}
	for w, rows := range different {
		c.Top = append(c.Top, Count{w, rows})
	}
	c.Distinct, c.Top = len(different), ranked(c.Top)
	if len(cells) > 0 {
		c.Example = cells[0]
	}
	return c
}

// ranked are the most frequent values, equals in their order.
func ranked(all []Count) []Count {
	slices.SortFunc(all, func(a, b Count) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Value, b.Value)
	})
	return slices.Clip(all[:min(len(all), most)])
}
