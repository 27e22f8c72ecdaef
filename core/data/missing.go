package data

import (
	"math"
	"slices"
	"strings"

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

// missingCells tells which cells are missing values.
type missingCells struct {
	given []string // data.na; nil for the usual spellings
	lax   bool
}

// always tells whether a cell is missing in any column: an empty one, those of
// data.na, and NA where data.na says nothing.
func (m missingCells) always(cell string) bool {
	if len(m.given) > 0 {
		return cell == "" || slices.Contains(m.given, cell)
	}
	return cell == "" || cell == "NA"
}

// inNumbers tells whether a cell is missing in a column of numbers.
func (m missingCells) inNumbers(cell string) bool {
	return len(m.given) == 0 && !m.lax && usualMissing(cell)
}

// usualMissing tells whether programs write a missing value so.
func usualMissing(cell string) bool {
	if len(cell) > 4 {
		return false
	}
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "#na", "#n/a", "<na>", "nan", "-nan", "null", "none", "?", "-", "--", ".":
		return true
	}
	return false
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
			return blame("data.missing", "input %s has no value in the training rows to fill in", quoted(t.Inputs[s.from]))
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
			if sums[0] /= float64(known); math.IsInf(sums[0], 0) || math.IsNaN(sums[0]) {
				sums[0] = 0 // the sum is too large, the mean is not
				for _, r := range rows {
					if v := x[r*width+s.from]; !math.IsNaN(v) {
						sums[0] += v / float64(known)
					}
				}
			}
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
