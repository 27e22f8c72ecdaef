package data

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/data/transform"
)

// Summary is a table in one line: its rows, inputs and targets, how the
// classes are shared out, and what is missing.
func (t *Table) Summary() string {
	rows := count(t.Rows, "row")
	if t.Held > 0 {
		rows += fmt.Sprintf(" (the last %d a test part)", t.Held)
	}
	inputs := count(len(t.Inputs), "input")
	if t.Shape != nil {
		inputs += " (" + times(t.Shape)
		if t.order != "" {
			inputs += ", " + t.order
		}
		inputs += ")"
	}
	parts := []string{rows, inputs, t.predicted()}
	if t.Missing > 0 {
		parts = append(parts, count(t.Missing, "missing value"))
	}
	return strings.Join(parts, ", ")
}

func (t *Table) predicted() string {
	if len(t.Targets) != 1 {
		return count(len(t.Targets), "target")
	}
	c := t.Targets[0]
	if c.Numbers != nil && !areClasses(c.Numbers) {
		return fmt.Sprintf("1 target from %.4g to %.4g", slices.Min(c.Numbers), slices.Max(c.Numbers))
	}
	names := sorted(c, t.Rows)
	rows := make(map[string]float64, len(names))
	for r := range t.Rows {
		rows[c.word(r)]++
	}
	shown := make([]string, len(names))
	low, high := math.Inf(1), 0.0
	for i, name := range names {
		percent := 100 * rows[name] / float64(t.Rows)
		shown[i] = fmt.Sprintf("%s %.0f%%", brief(name), percent)
		low, high = min(low, percent), max(high, percent)
	}
	classes := count(len(names), "class")
	format := "%.0f%%"
	if low < 1 {
		format = "%.2g%%"
	}
	from, to := fmt.Sprintf(format, low), fmt.Sprintf(format, high)
	switch {
	case from == to:
		return classes + " (" + from + " each)"
	case len(names) <= 4:
		return classes + " (" + strings.Join(shown, ", ") + ")"
	}
	return classes + " (" + from + " to " + to + " each)"
}

// areClasses tells whether numbers look like classes: all integers from 0
// to the largest occur, and no more than half as many as there are rows.
func areClasses(numbers []float64) bool {
	seen := make([]bool, len(numbers)/2)
	top := 0
	for _, v := range numbers {
		if v != math.Trunc(v) || v < 0 || v >= float64(len(seen)) {
			return false
		}
		seen[int(v)] = true
		top = max(top, int(v))
	}
	return top > 0 && !slices.Contains(seen[:top], false)
}

// Words says which inputs stand for the words of text columns, "" if none do:
// the columns with most of them first.
func (t *Table) Words() string {
	var texts []transform.Column
	for _, c := range t.Columns {
		if c.Kind == transform.Category && len(c.Inputs) > 0 {
			texts = append(texts, c)
		}
	}
	slices.SortStableFunc(texts, func(a, b transform.Column) int { return len(b.Inputs) - len(a.Inputs) })
	const most = 3
	var parts []string
	for i, c := range texts {
		if i == most {
			parts = append(parts, "and those of "+count(len(texts)-most, "column")+" more")
			break
		}
		word := c.Categories[0]
		part := fmt.Sprintf("%d for the words of column %s, such as %s", len(c.Inputs), quoted(c.Name), quoted(word))
		if like := looksLike(word); like != "" {
			part += " (they look like " + like + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
