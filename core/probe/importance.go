package probe

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"descent/core"
)

// Importance asks how much worse the loss is when one column of the table is
// shuffled among the rows, Repeats times: what the network does not use
// costs nothing. Inputs that stand for one column are shuffled together. It
// finds Importances, the most important first.
// Breiman, "Random Forests", 2001, section 10; Fisher, Rudin, Dominici 2019.
type Importance struct{ Repeats int }

// Importances are those of all columns.
type Importances []ColumnImportance

// Table is the rise of each column.
func (all Importances) Table() Table {
	names, rises := Column{Name: "column"}, Column{Name: "rise", Bars: true}
	for _, c := range all {
		names.Words, rises.Numbers = append(names.Words, c.Name), append(rises.Numbers, c.Rise)
	}
	return Table{Title: "permutation importance: rise of the loss", Columns: []Column{names, rises}}
}

// ColumnImportance is by how much the loss rises, on average and in deviation
// over the repeats.
type ColumnImportance struct {
	Name            string
	Rise, Deviation float64
}

// Measure shuffles on a copy of the rows, each column and repeat by a seed of
// its own.
func (m Importance) Measure(ctx context.Context, t *core.Trainer) any {
	p := Held(t)
	p.X.Data = slices.Clone(p.X.Data)
	base, _ := t.Measure(p)
	out := make(Importances, 0, len(t.Data().Columns))
	order := make([]int, p.Rows())
	for c, g := range t.Data().Columns {
		if ctx.Err() != nil {
			break
		}
		width := g.To - g.From
		kept := make([]float64, p.Rows()*width)
		for r := range p.Rows() {
			copy(kept[r*width:], row(p.X, r)[g.From:g.To])
		}
		sum, square := 0.0, 0.0
		for k := range m.Repeats {
			for i := range order {
				order[i] = i
			}
			rand.New(rand.NewPCG(uint64(c), uint64(k))).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			for r, from := range order {
				copy(row(p.X, r)[g.From:g.To], kept[from*width:(from+1)*width])
			}
			worse, _ := t.Measure(p)
			sum += worse - base
			square += float64((worse - base) * (worse - base))
		}
		for r := range p.Rows() {
			copy(row(p.X, r)[g.From:g.To], kept[r*width:(r+1)*width])
		}
		n := float64(m.Repeats)
		mean := sum / n
		out = append(out, ColumnImportance{g.Name, mean, math.Sqrt(max(0, square/n-float64(mean*mean)))})
	}
	slices.SortStableFunc(out, func(a, b ColumnImportance) int { return cmp.Compare(b.Rise, a.Rise) })
	return out
}
