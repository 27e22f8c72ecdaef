package draft

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxDistinct = 20_000 // different values that are counted in a column
	sampled     = 8192   // values of which a histogram is drawn
	bins        = 24     // of a histogram
	most        = 5      // values that are named
)

// gather gathers the cells of a column.
type gather struct {
	name            string
	rows, missing   int
	counts          map[string]int
	more            bool
	numbers, whole  int
	commas          int // numbers with a decimal comma
	dates, booleans int
	letters         int
	min, max, sum   float64
	sample          []float64
	every           int // each so many numbers one is sampled
	sequence        bool
	sorted          bool
	last            float64
	lastWord        string
	example         string
}

func newGather(name string) *gather {
	return &gather{name: name, counts: map[string]int{}, min: math.Inf(1), max: math.Inf(-1), every: 1, sequence: true, sorted: true}
}

var dateLike = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ].*)?$|^\d{1,2}:\d{2}(:\d{2})?$`)

// add takes the next cell.
func (g *gather) add(cell string, na []string) {
	if isMissing(cell, na) {
		g.missing++
		return
	}
	g.rows++
	if n, ok := g.counts[cell]; ok {
		g.counts[cell] = n + 1
	} else if len(g.counts) < maxDistinct {
		g.counts[strings.Clone(cell)] = 1
	} else {
		g.more = true
	}
	if g.example == "" {
		g.example = strings.Clone(cell)
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil && strings.Count(cell, ",") == 1 {
		if v, err = strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64); err == nil {
			g.commas++
		}
	}
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		g.letters += len(cell)
		g.sequence = false
		if g.sorted && g.lastWord > cell {
			g.sorted = false
		}
		g.lastWord = strings.Clone(cell)
		if dateLike.MatchString(cell) {
			g.dates++
		}
		switch strings.ToLower(cell) {
		case "yes", "no", "true", "false", "t", "f", "y", "n", "on", "off":
			g.booleans++
		}
		return
	}
	if v == math.Trunc(v) {
		g.whole++
	}
	if g.numbers > 0 {
		g.sequence = g.sequence && v == g.last+1
		g.sorted = g.sorted && v >= g.last
	}
	g.last = v
	if g.numbers%g.every == 0 {
		if len(g.sample) == sampled {
			for i := range sampled / 2 {
				g.sample[i] = g.sample[2*i]
			}
			g.sample, g.every = g.sample[:sampled/2], 2*g.every
		}
		g.sample = append(g.sample, v)
	}
	g.numbers++
	g.min, g.max, g.sum = min(g.min, v), max(g.max, v), g.sum+v
}

// column is what was gathered.
func (g *gather) column() Column {
	c := Column{
		Name: g.name, Rows: g.rows, Missing: g.missing, Distinct: len(g.counts), More: g.more, Example: g.example,
		Min: math.NaN(), Max: math.NaN(), Mean: math.NaN(), sorted: g.sorted && g.rows > 1,
	}
	words := g.rows - g.numbers
	switch {
	case g.rows == 0:
		c.Kind = Empty
	case words == 0:
		c.Kind = Number
		if g.whole == g.numbers {
			c.Kind = Integer
		}
		if g.commas > 0 {
			c.Spoken = "decimal comma"
		}
		c.Min, c.Max, c.Mean = g.min, g.max, g.sum/float64(g.numbers)
		c.sequence = g.sequence && g.whole == g.numbers && g.numbers > 1
		c.Bins = histogram(g.sample, g.min, g.max)
	case g.dates == words && g.numbers == 0:
		c.Kind = Date
	case g.booleans == g.rows && len(g.counts) == 2:
		c.Kind = Boolean
	default:
		c.Kind = Category
		c.letters = g.letters / max(words, 1)
		if hardlyRepeats(len(g.counts), g.rows, g.more) {
			c.Kind = Text
		}
	}
	if len(g.counts) <= 1000 && c.Kind != Number || len(g.counts) <= 12 {
		c.Top = top(g.counts)
	}
	c.seen = c.Kind
	return c
}

// hardlyRepeats tells whether so many different words in so many rows are too many for
// categories.
func hardlyRepeats(distinct, rows int, more bool) bool {
	return more || distinct > 100 || distinct > 10 && 2*distinct > rows
}

// top are the most frequent values, equals in their order.
func top(counts map[string]int) []Count {
	out := make([]Count, 0, len(counts))
	for v, n := range counts {
		out = append(out, Count{v, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Value, b.Value)
	})
	return slices.Clip(out[:min(len(out), most)])
}

// histogram counts values in equal parts of a range.
func histogram(values []float64, low, high float64) []int {
	out := make([]int, bins)
	width := high/2 - low/2 // of a range beyond what a float64 holds
	for _, v := range values {
		at := 0
		if width > 0 {
			at = int(float64(bins) * ((v/2 - low/2) / width))
		}
		out[min(max(at, 0), bins-1)]++
	}
	return out
}

// isMissing tells whether programs write a missing value so, or na does.
func isMissing(cell string, na []string) bool {
	if len(na) > 0 {
		return cell == "" || slices.Contains(na, cell)
	}
	if len(cell) > 4 {
		return false
	}
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "#na", "#n/a", "<na>", "nan", "-nan", "null", "none", "?", "-", "--", ".":
		return true
	}
	return false
}
