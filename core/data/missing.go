package data

import (
	"math"

	"descent/core/data/transform"
	"descent/core/knob"
)

var missings = []knob.Option{
	{Name: "refuse", Help: "refuse the file at the first missing value", Doc: knob.Doc{
		Formula: knob.None,
		Source:  knob.None,
		PyTorch: knob.None,
		When:    "Until you know which values are missing, and why.",
		Range:   knob.None,
	}},
	{Name: "drop", Help: "leave out rows with a missing value (complete-case analysis)", Doc: knob.Doc{
		Formula: knob.None,
		Source:  "R. J. A. Little, D. B. Rubin, “Statistical Analysis with Missing Data”, 3rd edition, 2019",
		PyTorch: "pandas.DataFrame.dropna()",
		When:    "When few rows have missing values. Where values are not missing at random, the rows that are left are biased.",
		Range:   knob.None,
	}},
	{Name: "mean", Help: "impute: mean of the training rows; of words the most frequent", Doc: knob.Doc{
		Formula: "x = mean of x over the training rows; words: the mode",
		Source:  "R. J. A. Little, D. B. Rubin, “Statistical Analysis with Missing Data”, 3rd edition, 2019",
		PyTorch: "sklearn.impute.SimpleImputer(strategy=\"mean\")",
		When:    "When too many rows would be lost. Targets are never imputed. The mean is that of the training rows, so that nothing leaks from the validation rows.",
		Range:   knob.None,
	}},
}

// fill replaces the missing values in x: of a number by the mean of the given
// rows, of a word by their most frequent, of equals the first in sorted order. It
// notes what it takes in the columns.
func (t *Table) fill(x []float64, rows []int, columns []transform.Column) error {
	width := len(t.Inputs)
	from := 0
	for k := range columns {
		c := &columns[k]
		before := from + len(c.Inputs)
		if before == from {
			continue
		}
		sums, known := make([]float64, before-from), 0
		for _, r := range rows {
			if math.IsNaN(x[r*width+from]) {
				continue
			}
			known++
			for i := range sums {
				sums[i] += x[r*width+from+i]
			}
		}
		if known == 0 {
			return blame("data.missing", "input %s has no value in the training rows to fill in", quoted(t.Inputs[from]))
		}
		if c.Kind == transform.Category {
			best := 0
			for i, n := range sums {
				if n > sums[best] {
					best = i
				}
			}
			clear(sums)
			sums[best] = 1
		} else {
			if sums[0] /= float64(known); math.IsInf(sums[0], 0) || math.IsNaN(sums[0]) {
				sums[0] = 0 // the sum is too large, the mean is not
				for _, r := range rows {
					if v := x[r*width+from]; !math.IsNaN(v) {
						sums[0] += v / float64(known)
					}
				}
			}
		}
		c.Fill = sums
		for r := range t.Rows {
			if row := x[r*width+from : r*width+before]; math.IsNaN(row[0]) {
				copy(row, sums)
			}
		}
		from = before
	}
	return nil
}
