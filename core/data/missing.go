package data

import (
	"math"

	"descent/core/knob"
)

var missings = []knob.Option{
	{Name: "refuse", Help: "the file is refused at the first one"},
	{Name: "drop", Help: "rows with one are left out"},
	{Name: "mean", Help: "numbers become the mean of the training rows, words their most frequent one; targets are refused"},
}

// fill replaces the missing values in x: of a number by the mean of the given
// rows, of a word by their most frequent, of equals the first in sorted order.
func (t *Table) fill(x []float64, rows []int) error {
	texts := t.texts
	width := len(t.Inputs)
	for j := 0; j < width; {
		s, text := span{j, j + 1}, false
		if len(texts) > 0 && texts[0].from == j {
			s, text, texts = texts[0], true, texts[1:]
		}
		sums, known := make([]float64, s.before-s.from), 0
		for _, r := range rows {
			if math.IsNaN(x[r*width+s.from]) {
				continue
			}
			known++
			for i := range sums {
				sums[i] += x[r*width+s.from+i]
			}
		}
		if known == 0 {
			return blame("data.missing", "input %q has no value in the training rows to fill in", t.Inputs[s.from])
		}
		if text {
			best := 0
			for i, n := range sums {
				if n > sums[best] {
					best = i
				}
			}
			clear(sums)
			sums[best] = 1
		} else {
			sums[0] /= float64(known)
		}
		for r := range t.Rows {
			if row := x[r*width+s.from : r*width+s.before]; math.IsNaN(row[0]) {
				copy(row, sums)
			}
		}
		j = s.before
	}
	return nil
}
