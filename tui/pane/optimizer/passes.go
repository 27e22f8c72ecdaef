package optimizer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/microscope"
	"descent/session/live"
	"descent/tui/draw"
)

// nameWidth is the width of a layer's name and kind, figureWidth that of a number.
const (
	nameWidth   = 13
	figureWidth = 9
)

// forward draws what every layer makes of the row.
func (s *sheet) forward(_ *live.Frame, v microscope.View, w, h int) []string {
	if v.Surface {
		return []string{s.t.Text.Render(s.points(v)[forwardFrame])}
	}
	return s.layers(v.Pass.Layers, h, func(l microscope.Layer, lines int) []string {
		room := max(w-nameWidth-figureWidth, 0)
		return beside(lines, s.t.Text.Render(draw.FitLine(layerName(l), nameWidth)), nameWidth, s.strip(l.Units, magnitude(l.Units), room, lines),
			s.t.Muted.Render(draw.Between("", draw.Significant(magnitude(l.Units)), figureWidth)))
	})
}

// beside puts a name before the first of several lines and a figure behind it.
func beside(lines int, name string, wide int, strip []string, figure string) []string {
	out := []string{name + strip[0] + figure}
	for _, more := range strip[1:lines] {
		out = append(out, strings.Repeat(" ", wide)+more)
	}
	return out
}

func forwardNote(v microscope.View) string {
	if v.Surface {
		return "a point"
	}
	return fmt.Sprintf("row %d of %d: units of each layer, and the largest", v.Pass.Row+1, max(v.Pass.Rows, 1))
}

func lossNote(v microscope.View) string {
	if v.Surface {
		return "the height"
	}
	return "the outputs of the row, and their target"
}

func backwardNote(v microscope.View) string {
	if v.Surface {
		return "the slope"
	}
	return "‖∂L/∂a‖ over the batch (log), and of the row"
}

func layerName(l microscope.Layer) string {
	if l.Kind == l.Name {
		return l.Kind
	}
	return l.Name + " " + l.Kind
}

// mostStrip is how many lines a layer has at most.
const mostStrip = 3

// layers draws each in as many lines as all have room for; where there are more than
// lines, the middle is left out.
func (s *sheet) layers(all []microscope.Layer, h int, line func(l microscope.Layer, lines int) []string) []string {
	var out []string
	lines := min(max(h/max(len(all), 1), 1), mostStrip)
	for i, l := range all {
		if len(all) > h && h > 1 && i == h/2 {
			out = append(out, s.t.Muted.Render(fmt.Sprintf("  … %d layers more", len(all)-h+1)))
		}
		if len(all) > h && i >= h/2 && i < len(all)-(h-h/2-1) {
			continue
		}
		out = append(out, line(l, lines)...)
	}
	return out
}

// points are the four frames of a surface, which has no layers: the two parameters
// are the point itself.
func (s *sheet) points(v microscope.View) []string {
	if len(v.Point) != 2 {
		return make([]string, 4)
	}
	x, y, t := v.Point[0], v.Point[1], v.Tensors[0]
	pair := func(a, b float64) string { return "(" + figure(a) + ", " + figure(b) + ")" }
	return []string{
		forwardFrame:  "(x, y) = " + pair(x.Before, y.Before),
		lossFrame:     t.Kind + "(x, y) = " + figure(v.Loss),
		backwardFrame: "g = " + pair(x.Grad, y.Grad) + "   ‖g‖ " + figure(t.Grad),
		updateFrame:   "Δ = " + pair(x.Update, y.Update) + "   ‖Δ‖ / ‖g‖ " + figure(t.Rate) + "   " + degrees(t.Angle) + " from −g",
	}
}

// loss draws how the loss reads the outputs for the row.
func (s *sheet) loss(f *live.Frame, v microscope.View, w, h int) []string {
	if v.Surface {
		return []string{s.t.Text.Render(s.points(v)[lossFrame])}
	}
	p := v.Pass
	mixed := ""
	if p.Mixed {
		mixed = ", which augmentation mixes with another"
	}
	out := []string{
		s.t.Muted.Render("L of the row ") + s.t.Text.Render(draw.Significant(p.Loss)) + s.t.Muted.Render(fmt.Sprintf("   of all %d ", p.Rows)) + s.t.Text.Render(draw.Significant(v.Loss)),
	}
	if mixed != "" {
		out[0] += s.t.Muted.Render(mixed)
	}
	grad := p.Layers[len(p.Layers)-1].Grad
	order := make([]int, len(p.Outputs))
	for i := range order {
		order[i] = i
	}
	room := max(h-len(out)-1, 1)
	if len(order) > room { // the true ones and the likeliest
		slices.SortStableFunc(order, func(a, b int) int {
			if c := cmp.Compare(p.Targets[b], p.Targets[a]); c != 0 && p.Exclusive {
				return c
			}
			return cmp.Compare(p.Outputs[b], p.Outputs[a])
		})
		order = order[:room]
		slices.Sort(order)
	}
	label := 6
	for _, i := range order {
		label = min(max(label, draw.Width(targetName(f, i))+1), max(w-4*figureWidth, 6))
	}
	columns := []string{"z", "p", "target", "∂L/∂z"}
	if p.Shares == nil {
		columns[1] = ""
	}
	head := strings.Repeat(" ", label)
	bar := max(w-label-figureWidth*4, 0)
	for i, c := range columns {
		head += draw.Between("", c, figureWidth)
		if i == 1 {
			head += strings.Repeat(" ", bar)
		}
	}
	out = append(out, s.t.Muted.Render(draw.FitLine(head, w)))
	for _, i := range order {
		style := s.t.Text
		if p.Targets[i] > 0.5 && p.Shares != nil {
			style = s.t.Selected
		}
		share, drawn := "", ""
		if p.Shares != nil {
			share = draw.Significant(p.Shares[i])
			drawn = draw.Bar(p.Shares[i], max(bar-2, 0))
		}
		line := style.Render(draw.FitLine(targetName(f, i), label)+draw.Between("", draw.Significant(p.Outputs[i]), figureWidth)+draw.Between("", share, figureWidth)) +
			strings.Repeat(" ", min(bar, 2)) + s.t.Train.Render(draw.FitLine(drawn, max(bar-2, 0))) +
			style.Render(draw.Between("", figure(p.Targets[i]), figureWidth)) + s.t.Muted.Render(draw.Between("", draw.Significant(grad[i]), figureWidth))
		out = append(out, line)
	}
	if n := len(p.Outputs) - len(order); n > 0 && len(out) < h {
		out = append(out, s.t.Muted.Render(fmt.Sprintf("  %d outputs more", n)))
	}
	return out
}

func targetName(f *live.Frame, i int) string {
	if f.Data != nil && i < len(f.Data.Targets) {
		return f.Data.Targets[i]
	}
	return fmt.Sprint(i)
}

// backward draws the gradients of the layers' outputs, the last first.
func (s *sheet) backward(_ *live.Frame, v microscope.View, w, h int) []string {
	if v.Surface {
		return []string{s.t.Text.Render(s.points(v)[backwardFrame])}
	}
	layers := slices.Clone(v.Pass.Layers[1:])
	slices.Reverse(layers)
	most, least := 0.0, math.Inf(1)
	for _, l := range layers {
		if l.GradNorm > 0 && !math.IsInf(l.GradNorm, 0) {
			most, least = max(most, l.GradNorm), min(least, l.GradNorm)
		}
	}
	axis := draw.Axis{Low: math.Log10(min(least, most/100)), High: math.Log10(most)}
	bar := max((w-nameWidth-figureWidth)/3, 0)
	room := max(w-nameWidth-figureWidth-bar-1, 0)
	return s.layers(layers, h, func(l microscope.Layer, lines int) []string {
		drawn := ""
		if l.GradNorm > 0 {
			drawn = draw.Bar(max(draw.Clamp(axis.Share(math.Log10(l.GradNorm)), 0), 0.03), bar)
		}
		name := s.t.Text.Render(draw.FitLine(layerName(l), nameWidth)) + s.t.Val.Render(draw.FitLine(drawn, bar)) +
			s.t.Text.Render(draw.Between("", draw.Significant(l.GradNorm), figureWidth)) + " "
		return beside(lines, name, nameWidth+bar+figureWidth+1, s.strip(l.Grad, magnitude(l.Grad), room, lines), "")
	})
}
