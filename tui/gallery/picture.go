package gallery

import (
	"cmp"
	"math"
	"slices"

	"descent/core/data"
	"descent/core/surface"
	"descent/tui/draw"
)

// picture draws the data of a preset or its surface, in h lines of at most w cells:
// heights, images, points in the plane, or a table as a matrix.
func picture(t *draw.Theme, p Preview, w, h int) []string {
	switch table := p.Table; {
	case table == nil:
		return heights(t, p, min(w, 4*h), h)
	case len(table.Shape) >= 2:
		return images(t, table, w, h)
	case len(table.Inputs) <= 30:
		return points(t, table, min(w, 4*h), h)
	default:
		return matrix(t, table, min(w, 4*h), h)
	}
}

// heights draws a surface from low to high, on a logarithmic scale above its minimum.
func heights(t *draw.Theme, p Preview, w, h int) []string {
	s, ok := surface.Find(p.Recipe.Surface.Name)
	if !ok {
		return nil
	}
	kappa := number(p.Recipe, "surface.kappa", 1)
	values := make([]float64, w*2*h)
	for y := range 2 * h {
		for x := range w {
			px := s.Box.Left + (s.Box.Right-s.Box.Left)*(float64(x)+0.5)/float64(w)
			py := s.Box.Top - (s.Box.Top-s.Box.Bottom)*(float64(y)+0.5)/float64(2*h)
			values[y*w+x], _, _ = s.At(px, py, kappa)
		}
	}
	low, high := bounds(values)
	axis := draw.Axis{Low: 0, High: math.Log1p(1e3)}
	c := draw.NewCanvas(t, w, h)
	for i, v := range values {
		level := draw.Clamp(axis.Share(math.Log1p(1e3*draw.Axis{Low: low, High: high}.Share(v))), 1)
		c.Set(i%w, i/w, t.Palette.Height(level), []rune(" .:-=+*#%@")[draw.Cell(level, 10)])
	}
	put := func(x, y float64, sign rune, ink draw.RGB) {
		cx := draw.Cell(draw.Axis{Low: s.Box.Left, High: s.Box.Right}.Share(x), w)
		cy := draw.Cell(draw.Axis{Low: s.Box.Top, High: s.Box.Bottom}.Share(y), h)
		c.Put(cx, cy, sign, ink)
	}
	for _, m := range s.Minima {
		put(m[0], m[1], '✕', t.Palette.Least)
	}
	put(p.Recipe.Surface.X, p.Recipe.Surface.Y, '○', t.Palette.Start)
	return c.Lines()
}

// bounds returns the least and the largest finite number.
func bounds(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// labels returns a class for each row, nil if the targets are not a few classes.
func labels(table *data.Table) []int {
	if len(table.Targets) == 0 {
		return nil
	}
	index := map[string]int{}
	out := make([]int, table.Rows)
	c := table.Targets[0]
	for i := range out {
		key := ""
		if c.Words != nil {
			key = c.Words[i]
		} else if v := c.Numbers[i]; v == math.Trunc(v) {
			key = draw.Significant(v)
		} else {
			return nil
		}
		if _, ok := index[key]; !ok {
			if index[key] = len(index); len(index) > 40 {
				return nil
			}
		}
		out[i] = index[key]
	}
	return out
}

// images draws the first images of each class side by side.
func images(t *draw.Theme, table *data.Table, w, h int) []string {
	height, width := table.Shape[0], table.Shape[1]
	channels := 1
	if len(table.Shape) > 2 {
		channels = table.Shape[2]
	}
	shrink := 1
	for height > shrink*2*h {
		shrink++
	}
	tall, wide := (height+shrink-1)/shrink, (width+shrink-1)/shrink
	across, down := max((w+1)/(wide+1), 1), max((h+1)/((tall+1)/2+1), 1)
	low, high := bounds(table.Block(0, min(table.Rows, 200)))
	c := draw.NewCanvas(t, min(across*(wide+1), w), h)
	for i, row := range shownFirst(table, across*down) {
		x0, y0 := i%across*(wide+1), i/across*(tall+2+tall%2)
		pixels := table.Block(row, row+1)
		for y := range tall {
			for x := range wide {
				at := y*shrink*width + x*shrink
				if table.Last {
					at *= channels
				}
				level := draw.Clamp(draw.Axis{Low: low, High: high}.Share(pixels[at]), 0)
				c.Set(x0+x, y0+y, draw.Mix(draw.RGB{R: 20, G: 20, B: 24}, draw.RGB{R: 245, G: 245, B: 245}, level), []rune(" .:-=+*#%@")[draw.Cell(level, 10)])
			}
		}
	}
	return c.Lines()
}

// shownFirst returns up to n rows, one of each class first.
func shownFirst(table *data.Table, n int) []int {
	classes := labels(table)
	var out, later []int
	seen := map[int]bool{}
	for i := range table.Rows {
		if classes != nil && !seen[classes[i]] {
			seen[classes[i]] = true
			out = append(out, i)
		} else if len(later) < n {
			later = append(later, i)
		}
	}
	if classes != nil {
		slices.SortStableFunc(out, func(a, b int) int {
			return compare(table.Targets[0], a, b)
		})
	}
	out = append(out, later...)
	return out[:min(n, len(out))]
}

// compare orders the targets of two rows.
func compare(c data.Column, a, b int) int {
	if c.Numbers == nil {
		return 0
	}
	return cmp.Compare(c.Numbers[a], c.Numbers[b])
}

// points draws the rows in the plane of two inputs, in the colours of their classes;
// of a regression, the best input and the target.
func points(t *draw.Theme, table *data.Table, w, h int) []string {
	classes := labels(table)
	x, y := table.Input(0), table.Input(min(1, len(table.Inputs)-1))
	if classes != nil {
		if best := separating(table, classes); len(best) > 1 {
			x, y = table.Input(best[0]), table.Input(best[1])
		}
	} else if len(table.Targets) > 0 && table.Targets[0].Numbers != nil {
		y = table.Targets[0].Numbers
		x = table.Input(correlated(table, y))
	}
	left, right := bounds(x)
	bottom, top := bounds(y)
	c := draw.NewCanvas(t, w, h)
	for i := range table.Rows {
		px := draw.Axis{Low: left, High: right}.Share(x[i])
		py := draw.Axis{Low: top, High: bottom}.Share(y[i])
		if math.IsNaN(px) || math.IsNaN(py) {
			continue
		}
		class := 0
		if classes != nil {
			class = classes[i]
		}
		c.Set(draw.Cell(px, w), draw.Cell(py, 2*h), t.Palette.Class(class), draw.ClassMark(class))
	}
	return c.Lines()
}

// separating orders the inputs by the variance of their class means over that within
// the classes, the largest first (R. A. Fisher 1936).
func separating(table *data.Table, classes []int) []int {
	ratio := make([]float64, len(table.Inputs))
	order := make([]int, len(table.Inputs))
	for i := range order {
		order[i] = i
		ratio[i] = fisher(table.Input(i), classes)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ratio[a] > ratio[b]:
			return -1
		case ratio[a] < ratio[b]:
			return 1
		}
		return 0
	})
	return order
}

func fisher(x []float64, classes []int) float64 {
	n, sum, square := map[int]float64{}, map[int]float64{}, map[int]float64{}
	total, all := 0.0, 0.0
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		n[classes[i]]++
		sum[classes[i]] += v
		square[classes[i]] += v * v
		total, all = total+v, all+1
	}
	between, within := 0.0, 0.0
	for c := range slices.Max(classes) + 1 {
		if n[c] == 0 {
			continue
		}
		mean := sum[c] / n[c]
		between += n[c] * (mean - total/all) * (mean - total/all)
		within += square[c] - n[c]*mean*mean
	}
	if within <= 0 {
		return 0
	}
	return between / within
}

// correlated returns the input of largest correlation with the target.
func correlated(table *data.Table, y []float64) int {
	best, most := 0, -1.0
	for i := range table.Inputs {
		x := table.Input(i)
		var n, sx, sy, sxx, syy, sxy float64
		for r, v := range x {
			if math.IsNaN(v) || math.IsNaN(y[r]) {
				continue
			}
			n, sx, sy, sxx, syy, sxy = n+1, sx+v, sy+y[r], sxx+v*v, syy+y[r]*y[r], sxy+v*y[r]
		}
		if r := math.Abs(n*sxy-sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy)); r > most {
			best, most = i, r
		}
	}
	return best
}

// matrix draws the first rows of a table, a pixel for each value.
func matrix(t *draw.Theme, table *data.Table, w, h int) []string {
	n := len(table.Inputs)
	low, high := bounds(table.Block(0, min(table.Rows, 4*h)))
	first := table.Block(0, min(2*h, table.Rows))
	c := draw.NewCanvas(t, min(w, n), h)
	for y := range min(2*h, table.Rows) {
		for x := range min(w, n) {
			level := draw.Clamp(draw.Axis{Low: low, High: high}.Share(first[y*n+x]), 0)
			c.Set(x, y, t.Palette.Height(level), []rune(" .:-=+*#%@")[draw.Cell(level, 10)])
		}
	}
	return c.Lines()
}
