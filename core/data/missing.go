package data

import (
	"math"
	"slices"

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
		When:    "When too many rows would be lost. The mean is that of the training rows, so that nothing leaks from the validation rows. Targets are never imputed: rows without one are left out.",
		Range:   knob.None,
	}},
	{Name: "median", Help: "impute: median of the training rows; of words the most frequent", Doc: knob.Doc{
		Formula: "x = median of x over the training rows; words: the mode",
		Source:  "R. J. A. Little, D. B. Rubin, “Statistical Analysis with Missing Data”, 3rd edition, 2019",
		PyTorch: "sklearn.impute.SimpleImputer(strategy=\"median\")",
		When:    "For columns with a long tail or outliers, such as incomes and prices, whose mean is no typical value.",
		Range:   knob.None,
	}},
	{Name: "mode", Help: "impute: most frequent value of the training rows", Doc: knob.Doc{
		Formula: "x = the value that most training rows hold; of equals the smallest",
		Source:  "R. J. A. Little, D. B. Rubin, “Statistical Analysis with Missing Data”, 3rd edition, 2019",
		PyTorch: "sklearn.impute.SimpleImputer(strategy=\"most_frequent\")",
		When:    "For counts and codes, of which a mean may not be a value at all.",
		Range:   knob.None,
	}},
	{Name: "indicator", Help: "impute the mean, and add an input that is 1 where the value is missing", Doc: knob.Doc{
		Formula: "x = mean over the training rows, m = [x is missing]; words: all of the inputs of the column are 0, m = 1",
		Source:  "M. P. Jones, “Indicator and Stratification Methods for Missing Explanatory Variables in Multiple Linear Regression”, Journal of the American Statistical Association 91, 1996",
		PyTorch: "sklearn.impute.SimpleImputer(add_indicator=True)",
		When:    "When that a value is missing tells something itself, as the missing cabin of a passenger does.",
		Range:   knob.None,
	}},
}

// imputes tells whether missing values of inputs are filled in.
func imputes(missing string) bool {
	switch missing {
	case "mean", "median", "mode", "indicator":
		return true
	}
	return false
}

// fill replaces the missing values in x by the given rows: of a number by their mean,
// median or most frequent, of a word by the most frequent, of equals the first in
// sorted order; with an indicator, a word by none. It notes what it takes in the
// columns.
func (t *Table) fill(x []float64, rows []int, columns []transform.Column, how string) error {
	width := len(t.Inputs)
	from := 0
	for k := range columns {
		c := &columns[k]
		n := len(c.Inputs)
		if c.Indicator {
			n--
		}
		part := columnOf{x[from:], width, n}
		from += len(c.Inputs)
		if n <= 0 {
			continue
		}
		if !slices.ContainsFunc(rows, part.known) {
			return blame("data.missing", "input %s has no value in the training rows to fill in", quoted(c.Inputs[0]))
		}
		switch {
		case c.Kind == transform.Category && how == "indicator":
			c.Fill = make([]float64, n)
		case c.Kind == transform.Category:
			c.Fill = part.commonest(rows)
		case c.Kind == transform.Boolean || how == "mode":
			c.Fill = part.means(rows)
			c.Fill[0] = part.mode(rows)
		case how == "median":
			c.Fill = part.means(rows)
			c.Fill[0] = part.median(rows)
		default:
			c.Fill = part.means(rows)
		}
		for r := range t.Rows {
			if !part.known(r) {
				copy(part.row(r), c.Fill)
			}
		}
	}
	return nil
}

// columnOf are the inputs of a column: n from the first number on, and a row further in
// so many numbers.
type columnOf struct {
	x        []float64
	width, n int
}

func (c columnOf) row(r int) []float64 { return c.x[r*c.width : r*c.width+c.n] }

// known tells whether a row has a value.
func (c columnOf) known(r int) bool { return !math.IsNaN(c.x[r*c.width]) }

// commonest is 1 at the input that is 1 in most rows.
func (c columnOf) commonest(rows []int) []float64 {
	sums := make([]float64, c.n)
	for _, r := range rows {
		if c.known(r) {
			for i, v := range c.row(r) {
				sums[i] += v
			}
		}
	}
	best := 0
	for i, n := range sums {
		if n > sums[best] {
			best = i
		}
	}
	clear(sums)
	sums[best] = 1
	return sums
}

// means are those of the inputs.
func (c columnOf) means(rows []int) []float64 {
	sums, known := make([]float64, c.n), 0
	for _, r := range rows {
		if c.known(r) {
			known++
			for i, v := range c.row(r) {
				sums[i] += v
			}
		}
	}
	for i := range sums {
		if sums[i] /= float64(known); math.IsInf(sums[i], 0) || math.IsNaN(sums[i]) {
			sums[i] = 0 // the sum is too large, the mean is not
			for _, r := range rows {
				if c.known(r) {
					sums[i] += c.row(r)[i] / float64(known)
				}
			}
		}
	}
	return sums
}

// sorted are the values of the first input.
func (c columnOf) sorted(rows []int) []float64 {
	var out []float64
	for _, r := range rows {
		if c.known(r) {
			out = append(out, c.x[r*c.width])
		}
	}
	slices.Sort(out)
	return out
}

// median is that of the first input: of an even number of values the mean of the two in
// the middle.
func (c columnOf) median(rows []int) float64 {
	all := c.sorted(rows)
	low, high := all[(len(all)-1)/2], all[len(all)/2]
	if mean := (low + high) / 2; !math.IsInf(mean, 0) {
		return mean
	}
	return float64(low/2) + float64(high/2)
}

// mode is the most frequent value of the first input, of equals the smallest.
func (c columnOf) mode(rows []int) float64 {
	all := c.sorted(rows)
	best, most := 0.0, 0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		if j-i > most {
			best, most = all[i], j-i
		}
		i = j
	}
	return best
}
