package stability

import (
	"math"
	"sort"

	"descent/core/curvature"
	"descent/session/live"
	"descent/tui/draw"
)

// kind is a quantity of which each layer has a histogram.
type kind struct {
	name, axis string
	of         func(l *curvature.Layer) curvature.Histogram
}

var kinds = []kind{
	{"weights", "weights", func(l *curvature.Layer) curvature.Histogram { return l.Weights }},
	{"gradients", "log₁₀|g|", func(l *curvature.Layer) curvature.Histogram { return l.Gradients }},
	{"activations", "activations", func(l *curvature.Layer) curvature.Histogram { return l.Activations }},
}

// rowsOf are the layers of the latest measurement that have a histogram of a kind.
func rowsOf(f *live.Frame, k kind) []curvature.Layer {
	all, _ := f.Findings[curvature.Layers{}].Value.([]curvature.Layer)
	var out []curvature.Layer
	for _, l := range all {
		if k.of(&l).Total() > 0 {
			out = append(out, l)
		}
	}
	return out
}

// Widths of the table, in cells.
const (
	nameWidth   = 14
	normWidth   = 9
	unitsWidth  = 17
	rangeWidth  = 8
	leastStrip  = 12
	mostStripes = 6 // lines of a layer's strip
)

// layers is the table, each layer with its histograms over the steps: time across,
// values up, the more a value occurs the brighter.
func (p *sheet) layers(f *live.Frame, layers []curvature.Layer, w, h int) []string {
	k := kinds[p.kind]
	units := unitsByLayer(f)
	strip := w - nameWidth - normWidth - unitsWidth - rangeWidth
	showUnits := strip >= leastStrip
	if !showUnits {
		strip = max(strip+unitsWidth, 1) // in a narrow pane the numbers cover it
	}
	head := draw.FitLine("layer", nameWidth) + draw.Align("‖g‖", normWidth-1) + " "
	if showUnits {
		head += draw.FitLine("units", unitsWidth)
	}
	head += draw.Align("range", rangeWidth-1) + " "
	head += draw.FirstFitting(w-draw.Width(head), k.axis+" over the steps, now at the right", k.axis+" over the steps, now right", k.axis+" over the steps", k.axis+" by step", k.axis)
	out := []string{p.t.Muted.Render(draw.Crop(head, w, "…"))}
	room := h - 1
	each := min(max(room/len(layers), 1), mostStripes)
	most := max(room/each, 1)
	top := min(p.top, max(len(layers)-most, 0))
	if len(layers) > most { // a line that says so
		most = max((room-1)/each, 1)
		top = min(p.top, len(layers)-most)
	}
	past := f.Past(curvature.Layers{})
	for _, l := range layers[top:min(top+most, len(layers))] {
		out = append(out, p.row(l, k, units[l.Name], past, showUnits, strip, each)...)
	}
	if more := draw.Beyond(top, len(layers)-top-most); more != "" && len(out) < h {
		out = append(out, p.t.Muted.Render(more))
	}
	return out
}

// unitsByLayer says what the units behind a layer with weights do, and those of an
// activation layer.
func unitsByLayer(f *live.Frame) map[string]string {
	all, _ := f.Findings[curvature.Layers{}].Value.([]curvature.Layer)
	out := map[string]string{}
	before := ""
	for _, l := range all {
		if l.Units == 0 {
			before = l.Name
			continue
		}
		text := ""
		switch {
		case l.Dead > 0:
			text = draw.Thousands(l.Dead) + " of " + draw.Thousands(l.Units) + " dead"
		case l.Saturated > 0:
			text = draw.Thousands(l.Saturated) + " of " + draw.Thousands(l.Units) + " sat."
		default:
			text = draw.Thousands(l.Units) + " active"
		}
		out[l.Name] = text
		if before != "" {
			out[before] = text
		}
		before = ""
	}
	return out
}

// row is one layer in some lines: its numbers in the first, its range at the edge.
func (p *sheet) row(l curvature.Layer, k kind, units string, past []live.Finding, showUnits bool, w, lines int) []string {
	over := make([]curvature.Histogram, w)
	for x := range over {
		over[x] = k.of(&l)
		if x < w-1 && len(past) > 0 && lines > 1 {
			from, to := past[0].Step, past[len(past)-1].Step
			at := from + draw.Floor(float64(to-from)*float64(x)/float64(w-1))
			i := sort.Search(len(past), func(i int) bool { return past[i].Step > at }) - 1
			over[x] = k.of(named(past[max(i, 0)].Value.([]curvature.Layer), l.Name))
		}
	}
	low, high := extent(over)
	strip := p.strip(over, low, high, w, lines)
	out := make([]string, lines)
	for i := range out {
		name, norm, count := "", "", ""
		if i == 0 {
			name, count = l.Name+" "+l.Kind, units
			if !math.IsNaN(l.Gradient) {
				norm = draw.Significant(l.Gradient)
			}
		}
		text := p.t.Text.Render(draw.FitLine(name, nameWidth)) + p.t.Text.Render(draw.Align(norm, normWidth-1)+" ")
		if showUnits {
			style := p.t.Muted
			if l.Dead > 0 || l.Saturated > 0 {
				style = p.t.Bad
			}
			text += style.Render(draw.FitLine(count, unitsWidth))
		}
		edge := ""
		switch {
		case i == 0:
			edge = draw.Significant(high)
		case i == lines-1:
			edge = draw.Significant(low)
		}
		out[i] = text + p.t.Muted.Render(draw.Align(edge, rangeWidth-1)+" ") + strip[i]
	}
	return out
}

// named is the layer of a name, an empty one if there is none.
func named(layers []curvature.Layer, name string) *curvature.Layer {
	for i := range layers {
		if layers[i].Name == name {
			return &layers[i]
		}
	}
	return &curvature.Layer{}
}

// extent is the range of all histograms, 0 to 0 where they hold nothing.
func extent(over []curvature.Histogram) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, h := range over {
		if h.Total() > h.Zeros+h.Infinite {
			low, high = min(low, h.Low), max(high, h.High)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}

// shades stand for shares without colours, ascending.
var shades = []rune("·░▒▓")

// strip draws histograms over time in w×lines cells; in a single line it is that of
// now alone.
func (p *sheet) strip(over []curvature.Histogram, low, high float64, w, lines int) []string {
	if lines == 1 {
		return []string{p.t.Train.Render(draw.Sparkline(rebinned(over[len(over)-1], low, high, min(w, curvature.Bins))))}
	}
	c := draw.NewCanvas(p.t, w, lines)
	palette := p.t.Palette
	for x := range w {
		bins := rebinned(over[x], low, high, 2*lines)
		most := 0
		for _, n := range bins {
			most = max(most, n)
		}
		for y, n := range bins {
			if n == 0 {
				continue
			}
			share := math.Sqrt(float64(n) / float64(most))
			c.Set(x, 2*lines-1-y, draw.Mix(palette.Ground, palette.Here, 0.12+0.88*share), shades[draw.Cell(share, len(shades))])
		}
	}
	return c.Lines()
}

// rebinned counts a histogram anew in n bins from low to high, each bin where its
// middle is.
func rebinned(h curvature.Histogram, low, high float64, n int) []int {
	out := make([]int, n)
	side, own := draw.Axis{Low: low, High: high}, draw.Axis{Low: h.Low, High: h.High}
	// Each old bin is spread over as many parts as keep its edges: no gaps appear.
	parts := max(2*n/curvature.Bins+1, 2)
	for i, count := range h.Counts {
		for k := range parts {
			share := (float64(i) + (float64(k)+0.5)/float64(parts)) / curvature.Bins
			at := draw.Cell(side.Share(own.At(share)), n)
			out[at] += count
		}
	}
	return out
}
