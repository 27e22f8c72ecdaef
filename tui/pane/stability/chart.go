package stability

import (
	"math"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
	"descent/tui/intent"
)

// chart draws the sharpness over the steps, with the limit as a line of dashes.
func (p *sheet) chart(f *live.Frame, w, h int) []string {
	c := intent.CurvatureOf(f)
	cols, rows := w-draw.ChartMargin-1, h-3
	if len(c.Steps) < 2 || cols < 8 || rows < 2 {
		text := "the curve begins with the second measurement: train on"
		if len(c.Steps) == 0 {
			text = ""
		}
		return p.t.Muted.Lines(draw.Crop(text, w, "…"))
	}
	reach := draw.Axis{Low: float64(c.Steps[0]), High: float64(c.Steps[len(c.Steps)-1])}
	side, log := scale(c.Largest, c.Limit)
	picture := draw.NewCanvas(p.t, cols, rows)
	at := func(i int, v float64) (x, y float64) {
		u, ok := draw.Scaled(v, log)
		if !ok {
			return math.NaN(), math.NaN()
		}
		return reach.Share(float64(c.Steps[i])) * float64(cols), (1 - side.Share(u)) * float64(rows)
	}
	limit, value := p.t.Ink(p.t.ValLine), p.t.Ink(p.t.TrainLine)
	dashes(picture, len(c.Steps), func(i int) (float64, float64) { return at(i, c.Limit[i]) }, limit)
	for i := 1; i < len(c.Steps); i++ {
		x0, y0 := at(i-1, c.Largest[i-1])
		x1, y1 := at(i, c.Largest[i])
		picture.Line(x0, y0, x1, y1, value)
	}
	name := "λmax"
	if s, ok := last(f); ok && s.Limit.Adaptive {
		name = "λmax preconditioned"
	}
	legend := p.t.Train.Render("── "+name) + p.t.Val.Render("  ╌╌ limit")
	out := []string{draw.Between("", draw.Extend(w, legend, p.t.Muted.Render("  ‖∇L‖ "+trend(c.Gradient))), w)}
	labels := axis(side, log, rows)
	for i, line := range picture.Lines() {
		out = append(out, p.t.Muted.Render(draw.Align(labels[i], draw.LabelWidth-1)+" ┤")+line)
	}
	ends := draw.Between(draw.Thousands(draw.Floor(reach.Low)), draw.Thousands(draw.Floor(reach.High))+" steps", cols)
	return append(out, p.t.Muted.Render(draw.Align("", draw.ChartMargin)+ends))
}

// scale is the range of the axis, in powers of ten where log.
func scale(series ...[]float64) (side draw.Axis, log bool) {
	low, high, least := math.Inf(1), math.Inf(-1), math.Inf(1)
	for _, s := range series {
		for _, v := range s {
			if u, ok := draw.Scaled(v, false); ok {
				low, high = min(low, u), max(high, u)
				if u > 0 {
					least = min(least, u)
				}
			}
		}
	}
	if log = high > 30*least; log {
		return draw.Axis{Low: math.Floor(math.Log10(max(least, high*1e-8))), High: math.Ceil(math.Log10(high))}, true
	}
	if low > high {
		return draw.Axis{Low: 0, High: 1}, false
	}
	if low > 0 && low < high/2 {
		low = 0
	}
	step := tick(max(high-low, math.Abs(high)/20), 4)
	side = draw.Axis{Low: math.Floor(low/step) * step, High: math.Ceil(high/step) * step}
	if side.Low == side.High {
		side.High += step
	}
	return side, false
}

// tick is 1, 2 or 5 times a power of ten, at least a length by a number.
func tick(length float64, by float64) float64 {
	if !(length > 0) || math.IsInf(length, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(length/by)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= length/by {
			return m * power
		}
	}
	return 10 * power
}

// axis are the labels of the lines of an axis, round numbers in the lines where they
// lie; "" for none.
func axis(side draw.Axis, log bool, rows int) []string {
	out := make([]string, rows)
	step := tick(side.High-side.Low, float64(max(rows/2, 1)))
	if log {
		step = max(math.Ceil(step), 1)
	}
	for k := range 64 {
		v := (math.Ceil(side.Low/step) + float64(k)) * step
		if !(v <= side.High+step*1e-9) {
			break
		}
		text := ruler.Brief(v)
		if log {
			text = ruler.Brief(math.Pow(10, v))
		}
		if i := draw.Cell(1-side.Share(v), rows); out[i] == "" {
			out[i] = text
		}
	}
	return out
}

// dashes draws a line through points of which every other cell is left out.
func dashes(c *draw.Canvas, n int, at func(i int) (x, y float64), ink draw.RGB) {
	for i := 1; i < n; i++ {
		x0, y0 := at(i - 1)
		x1, y1 := at(i)
		if math.IsNaN(y0) || math.IsNaN(y1) {
			continue
		}
		for dot := draw.Floor(2 * x0); dot <= draw.Floor(2*x1); dot++ {
			if draw.Modulo(dot, 4) < 2 {
				share := draw.Clamp(draw.Axis{Low: 2 * x0, High: 2 * x1}.Share(float64(dot)), 0)
				c.Dot(dot, draw.Floor(4*draw.Axis{Low: y0, High: y1}.At(share)), ink)
			}
		}
	}
}

// trend is the recent course of a series in a few cells, on a logarithmic scale.
func trend(values []float64) string {
	const cells = 12
	values = values[max(len(values)-cells, 0):]
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if u, ok := draw.Scaled(v, true); ok {
			low, high = min(low, u), max(high, u)
		}
	}
	var counts []int
	for _, v := range values {
		u, ok := draw.Scaled(v, true)
		if !ok {
			counts = append(counts, 0)
			continue
		}
		counts = append(counts, 1+draw.Cell(draw.Axis{Low: low, High: high}.Share(u), 8))
	}
	return draw.Sparkline(counts)
}
