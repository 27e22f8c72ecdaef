package data

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
)

func simplex(values []float64, width int) bool {
	for ; len(values) > 0; values = values[width:] {
		sum := 0.0
		for _, v := range values[:width] {
			if v < 0 {
				return false
			}
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 {
			return false
		}
	}
	return true
}

func zeroOne(values []float64) bool {
	for _, v := range values {
		if v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// twoNames reads a column of two names as 0 and 1 in sorted order.
func twoNames(c Column, rows int, allowed bool) (numbers []float64, names []string, err error) {
	labels := sorted(c, rows)
	if !allowed {
		if c.Numbers != nil {
			return c.Numbers, nil, nil
		}
		if like, example := common(labels); like != "" {
			return nil, nil, blame("loss.name", "column %s holds words that look like %s (%s), and this loss needs plain numbers, as in -1234.5", quoted(c.Name), like, quoted(example))
		}
		return nil, nil, blame("loss.name", "column %s holds names (%s, ...), and this loss needs numbers; give the model an output for each of the %d classes", quoted(c.Name), brief(labels[0]), len(labels))
	}
	if len(labels) > 2 {
		return nil, nil, blame("loss.name", "column %s holds %d different values; bce needs 0 and 1, or two names", quoted(c.Name), len(labels))
	}
	out := make([]float64, rows)
	for r := range out {
		if len(labels) == 2 && c.word(r) == labels[1] {
			out[r] = 1
		}
	}
	return out, labels, nil
}

// manyClasses is from how many different numbers on a column hardly holds classes.
const manyClasses = 20

// number gives each row its class, and each class its name.
func number(c Column, rows, outputs int) ([]int, []string, error) {
	direct := c.Numbers != nil && c.Labels == nil
	for _, v := range c.Numbers {
		if v != math.Trunc(v) {
			return nil, nil, blame("model.layers", "column %s holds %v, which is no class; for %d outputs give %d target columns", quoted(c.Name), v, outputs, outputs)
		}
		direct = direct && v >= 0 && v < float64(outputs)
	}
	classes := make([]int, rows)
	names := make([]string, outputs)
	if direct {
		for i := range names {
			names[i] = strconv.Itoa(i)
			if i < len(c.Classes) {
				names[i] = c.Classes[i]
			}
		}
		for r, v := range c.Numbers {
			classes[r] = int(v)
		}
		return classes, names, nil
	}
	labels := sorted(c, rows)
	if len(labels) > outputs {
		advice := ""
		if c.Numbers != nil && len(labels) > manyClasses {
			advice = "; to predict the number itself, give it 1 output"
		}
		return nil, nil, blame("model.layers", "column %s holds %d classes but the model has %d outputs%s", quoted(c.Name), len(labels), outputs, advice)
	}
	index := make(map[string]int, len(labels))
	for i, l := range labels {
		index[l] = i
	}
	for i := range names {
		names[i] = nobody
		if i < len(labels) {
			names[i] = labels[i]
		}
	}
	for r := range classes {
		classes[r] = index[c.word(r)]
	}
	return classes, names, nil
}

// sorted are the different values of a column, numbers as numbers.
func sorted(c Column, rows int) []string {
	seen := map[string]float64{} // the number, 0 for names
	for r := range rows {
		n := 0.0
		if c.Numbers != nil {
			n = c.Numbers[r]
		}
		seen[c.word(r)] = n
	}
	out := make([]string, 0, len(seen))
	for w := range seen {
		out = append(out, w)
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := seen[out[i]], seen[out[j]]; a != b {
			return a < b
		}
		if c.Labels != nil {
			return lessInteger(out[i], out[j])
		}
		return out[i] < out[j]
	})
	return out
}

// tell notes the classes that have no row to train on or none to validate.
func (s *Set) tell(spec Spec) {
	parts := []struct {
		part Part
		name string
	}{{s.Train, "training"}, {s.Val, "validation"}, {s.Test, "test"}}
	for _, p := range parts {
		if p.part.Rows() == 0 {
			continue
		}
		var absent []string
		switch {
		case s.ByClass:
			seen := make([]bool, len(s.Targets))
			for _, c := range p.part.Classes {
				seen[c] = true
			}
			for c, name := range s.Targets {
				if !seen[c] && name != nobody && (len(spec.Only) == 0 || slices.Contains(spec.Only, name)) {
					absent = append(absent, name)
				}
			}
		case s.Binary:
			for j, name := range s.Targets {
				values := p.part.Values
				first := values.Data[j]
				same := true
				for r := range values.Rows {
					same = same && values.Data[r*values.Stride+j] == first
				}
				if same {
					absent = append(absent, fmt.Sprintf("%s = %v", name, 1-first))
				}
			}
		}
		if absent != nil {
			s.Notes = append(s.Notes, fmt.Sprintf("no %s row is of class %s", p.name, some(absent)))
		}
	}
}
