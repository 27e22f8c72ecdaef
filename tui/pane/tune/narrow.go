package tune

import (
	"math"
	"slices"
	"strconv"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/tui/draw"
)

// The trials that a range is narrowed to: a fifth of those with a place, but no fewer
// than a few.
const (
	bestShare = 5
	bestLeast = 4
)

// narrowed is an axis around the best trials. why says what is in the way.
func narrowed(g *digest, a axis) (out search.Axis, why string) {
	var values []knob.Value
	n := max((len(g.ranked)+bestShare-1)/bestShare, bestLeast)
	for _, i := range g.ranked[:min(n, len(g.ranked))] {
		if v, ok := g.Trials[i].Point[a.Path]; ok && a.Contains(v) {
			values = append(values, v)
		}
	}
	if len(values) < 2 {
		return out, "too few good trials have a value of " + a.Path + " to narrow it to"
	}
	out = a.Axis
	if a.Kind == search.Choice {
		out.Choices = nil
		for _, c := range a.Choices {
			if slices.ContainsFunc(values, c.Equal) {
				out.Choices = append(out.Choices, c)
			}
		}
		if len(out.Choices) == len(a.Choices) {
			return out, "the best trials have every value of " + a.Path
		}
		return out, ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		at := a.ToInner(v.Num())
		low, high = min(low, at), max(high, at)
	}
	from, to := a.ToInner(a.Low), a.ToInner(a.High)
	pad := (to - from) / 20
	out.Low, out.High = bounded(a.Axis, max(low-pad, from), min(high+pad, to))
	if out.Low <= a.Low && out.High >= a.High {
		return out, "the best trials lie all over the range of " + a.Path
	}
	return out, ""
}

// widened is an axis that reaches farther by half its length on both sides, as far as
// the knob goes, or with the values that were dropped from it.
func widened(a axis, r recipe.Recipe) (out search.Axis, why string) {
	out = a.Axis
	set, err := r.Find(a.Path)
	if a.Kind == search.Choice {
		if out.Choices = a.hull.Choices; len(out.Choices) == len(a.Choices) && err == nil {
			out.Choices = slices.Clone(out.Choices)
			for _, o := range set.Knob.Options {
				if v := knob.Word(o.Name); out.Index(v) < 0 {
					out.Choices = append(out.Choices, v)
				}
			}
		}
		if len(out.Choices) == len(a.Choices) {
			return out, a.Path + " has every value already"
		}
		return out, ""
	}
	from, to := a.ToInner(a.Low), a.ToInner(a.High)
	pad := (to - from) / 2
	if pad == 0 {
		pad = math.Abs(to)/2 + 1e-3
	}
	out.Low, out.High = bounded(a.Axis, from-pad, to+pad)
	if err == nil {
		least, most := set.Knob.Min, set.Knob.Max
		if set.Knob.Kind == knob.Integer && set.Knob.Zero != "" && a.Low > 0 { // 0 is something else, such as the whole set
			least = max(least, 1)
		}
		out.Low, out.High = max(out.Low, least), min(out.High, most)
		if step := stepOf(a.Axis); step > 0 { // on the grid of before
			out.Low = a.Low - math.Floor((a.Low-out.Low)/step+1e-9)*step
		}
	}
	if a.Log && out.Low <= 0 {
		out.Low = a.Low
	}
	if a.Complement && out.High >= 1 {
		out.High = a.High
	}
	if out.Low >= a.Low && out.High <= a.High {
		return out, a.Path + " has its whole range already"
	}
	return out, ""
}

// bounded are two ends on the scale of Inner as numbers: on the grid of a stepped axis,
// rounded outwards to two digits on others.
func bounded(a search.Axis, from, to float64) (low, high float64) {
	back := func(x float64) float64 {
		switch {
		case a.Log:
			return math.Exp(x)
		case a.Complement:
			return 1 - math.Exp(-x)
		}
		return x
	}
	low, high = back(from), back(to)
	switch step := stepOf(a); {
	case step > 0:
		return a.Low + math.Floor((low-a.Low)/step+1e-9)*step, a.Low + math.Ceil((high-a.Low)/step-1e-9)*step
	case a.Complement:
		return 1 - outwards(1-low, 1), 1 - outwards(1-high, -1)
	case a.Log:
		return outwards(low, -1), outwards(high, 1)
	}
	unit := math.Pow(10, math.Floor(math.Log10(max((high-low)/10, 1e-12))))
	return tidy(math.Floor(low/unit) * unit), tidy(math.Ceil(high/unit) * unit)
}

// stepOf is the distance of two values, 0 for none.
func stepOf(a search.Axis) float64 {
	if a.Kind == search.Int && a.Step == 0 {
		return 1
	}
	return a.Step
}

// outwards rounds a positive number up or, with −1, down to two digits.
func outwards(v float64, by float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return v
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	at := math.Floor(v/unit + 1e-9)
	if by > 0 {
		at = math.Ceil(v/unit - 1e-9)
	}
	if t, err := strconv.ParseFloat(strconv.FormatFloat(at*unit, 'g', 6, 64), 64); err == nil {
		return t
	}
	return v
}

// strip draws an axis in a few lines of w cells: how many trials lie where, and the
// range as it is searched, with the best and the chosen one.
func (d *desk) strip(g *digest, a axis, w int) []string {
	if w < 4 {
		return nil
	}
	c := draw.NewCanvas(d.t, w, 2)
	p := d.t.Palette
	quiet, line := draw.Mix(p.Ground, p.Path, 0.45), draw.Mix(p.Ground, p.Path, 0.35)
	counts, good := make([]int, w), make([]int, w)
	n := len(a.hull.Choices)
	for i := range g.Trials {
		u, ok := g.unit(a, i)
		if !ok {
			continue
		}
		x := draw.Cell(u, w)
		counts[x]++
		if g.place[i] > 0 && g.place[i] <= max(len(g.ranked)/10, 1) {
			good[x]++
		}
	}
	if a.hull.Kind == search.Choice && n > 0 {
		d.choices(c, g, a, counts, w)
		return c.Lines()
	}
	most := 0.0 // share of good trials in a column
	for x, n := range counts {
		most = max(most, float64(good[x])/float64(max(n, 1)))
	}
	for x, r := range []rune(draw.Sparkline(counts)) {
		if r != ' ' {
			share := float64(good[x]) / float64(counts[x])
			c.Put(x, 0, r, draw.Mix(quiet, p.Here, share/max(most, 1e-9)))
		}
	}
	place := func(v float64) int {
		u, ok := a.place(knob.Num(v))
		if !ok {
			return -1
		}
		return draw.Cell(u, w)
	}
	low, high := place(a.Low), place(a.High)
	for x := range w {
		sign := '┄'
		if x >= low && x <= high {
			sign = '─'
		}
		c.Put(x, 1, sign, line)
	}
	if around := g.Plan.Space.Around; around != nil && around.Width > 0 {
		if v, ok := around.Center[a.Path]; ok {
			if u, ok := a.place(v); ok {
				for x := draw.Cell(u-around.Width, w); x <= draw.Cell(u+around.Width, w); x++ {
					c.Put(x, 1, '━', draw.Mix(p.Ground, p.Class(4), 0.8))
				}
			}
		}
	}
	if !a.gone && low >= 0 && high >= 0 {
		c.Put(low, 1, '├', quiet)
		c.Put(high, 1, '┤', quiet)
	}
	d.marks(c, g, a, w)
	return c.Lines()
}

// marks puts the best and the chosen trial onto a strip.
func (d *desk) marks(c *draw.Canvas, g *digest, a axis, w int) {
	for _, m := range []struct {
		number int
		sign   rune
		ink    draw.RGB
	}{{d.current(g), '■', d.t.Palette.Least}, {g.Best, '★', d.t.Palette.Here}} {
		if i := g.index(m.number); i >= 0 {
			if u, ok := g.unit(a, i); ok {
				c.Put(draw.Cell(u, w), 1, m.sign, m.ink)
			}
		}
	}
}

// choices draws an axis of choices: above how many trials each has, below its name; a
// star stands before that of the best.
func (d *desk) choices(c *draw.Canvas, g *digest, a axis, counts []int, w int) {
	p := d.t.Palette
	n := len(a.hull.Choices)
	wide := max(w/n, 1)
	each := make([]int, n)
	for x, k := range counts {
		each[min(draw.Cell((float64(x)+0.5)/float64(w), n), n-1)] += k
	}
	best := -1
	if t := g.trial(g.Best); t != nil {
		if v, ok := t.Point[a.Path]; ok {
			best = a.hull.Index(v)
		}
	}
	heights := []rune(draw.Sparkline(each))
	for i, choice := range a.hull.Choices {
		at := i * w / n
		ink, name := draw.Mix(p.Ground, p.Path, 0.45), draw.Mix(p.Ground, p.Path, 0.62)
		text := choice.String()
		if a.Index(choice) < 0 {
			name = draw.Mix(p.Ground, p.Path, 0.3)
		}
		if i == best {
			ink, name, text = p.Here, p.Here, "★"+text
		}
		for x := at; x < at+max(wide-1, 1) && heights[i] != ' '; x++ {
			c.Put(x, 0, heights[i], ink)
		}
		runes := []rune(draw.Cut(draw.Line(text), max(wide-1, 1)))
		if draw.Width(string(runes)) != len(runes) {
			runes = []rune(draw.ASCII(string(runes)))
		}
		for x, r := range runes {
			c.Put(at+x, 1, r, name)
		}
	}
}
