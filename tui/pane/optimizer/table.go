package optimizer

import (
	"math"

	"descent/core/microscope"
	"descent/tui/draw"
)

// columns are those of the table of tensors.
var columns = []struct {
	head string
	of   func(microscope.Tensor) float64
}{
	{"‖θ‖", func(t microscope.Tensor) float64 { return t.Weight }},
	{"‖g‖", func(t microscope.Tensor) float64 { return t.Grad }},
	{"‖m‖", func(t microscope.Tensor) float64 { return t.First }},
	{"√v", func(t microscope.Tensor) float64 { return t.Second }},
	{"rate", func(t microscope.Tensor) float64 { return t.Rate }},
	{"Δθ/θ", func(t microscope.Tensor) float64 { return t.Ratio }},
	{"angle", func(t microscope.Tensor) float64 { return t.Angle }},
}

// table draws a line for each tensor in at most h lines, the selected one among
// them; more says what is hidden.
func (s *sheet) table(v microscope.View, selected, w, h int) (lines []string, more string) {
	if h < 2 || w < 30 {
		return nil, ""
	}
	label := min(max(w-len(columns)*figureWidth, 12), 30)
	head := draw.FitLine("  tensor", label)
	for _, c := range columns {
		head += draw.Between("", c.head, figureWidth)
	}
	shown := h - 1
	top := first(selected, shown, len(v.Tensors))
	last := min(top+shown, len(v.Tensors))
	bar := w - draw.Width(head) - 3 // of the ratio, where there is room
	if bar < leastBar {
		bar = 0
	} else {
		head += "   " + draw.Between(draw.Significant(math.Pow(10, ratios.Low)), draw.Significant(math.Pow(10, ratios.High)), bar)
	}
	out := []string{s.t.Muted.Render(draw.FitLine(head, w))}
	kinds := true // of the layers have room
	for _, t := range v.Tensors {
		kinds = kinds && draw.Width(t.Name+" "+t.Kind) <= label-2
	}
	for i := top; i < last; i++ {
		t := v.Tensors[i]
		style, mark := s.t.Text, "  "
		switch {
		case i == selected:
			style, mark = s.t.Selected, "▸ "
		case t.Age == 0:
			style = s.t.Muted
		}
		name := t.Name
		if kinds {
			name += " " + t.Kind
		}
		line := draw.FitLine(mark+name, label)
		for _, c := range columns {
			text := "–"
			if x := c.of(t); !math.IsNaN(x) {
				text = draw.Significant(x)
				if c.head == "angle" {
					text = degrees(x)
				}
			}
			line += draw.Between("", text, figureWidth)
		}
		if bar > 0 {
			out = append(out, style.Render(line)+"   "+s.ratio(t.Ratio, bar))
			continue
		}
		out = append(out, style.Render(draw.FitLine(line, w)))
	}
	return out, draw.Beyond(top, len(v.Tensors)-last)
}

// first is the first line of a table of n that is shown.
func first(selected, shown, n int) int { return min(max(selected-shown/2, 0), max(n-shown, 0)) }

// ratios are the ends of the axis of update-to-weight ratios, as powers of 10, and
// usual a value that is neither small nor large.
var ratios = draw.Axis{Low: -6, High: 0}

const (
	usual    = -3.0
	leastBar = 24
)

// ratio draws an update-to-weight ratio as a bar of w cells, with a mark at the usual
// value.
func (s *sheet) ratio(v float64, w int) string {
	share := 0.0
	if v > 0 {
		share = draw.Clamp(ratios.Share(math.Log10(v)), 0)
	}
	text := []rune(draw.FitLine(draw.Bar(share, w), w))
	at := draw.Cell(ratios.Share(usual), w)
	before, after := string(text[:at]), string(text[at+1:])
	return s.t.Train.Render(before) + s.t.Text.Render("┆") + s.t.Train.Render(after)
}
