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
	top := min(max(selected-shown/2, 0), max(len(v.Tensors)-shown, 0))
	last := min(top+shown, len(v.Tensors))
	out := []string{s.t.Muted.Render(draw.FitLine(head, w))}
	for i := top; i < last; i++ {
		t := v.Tensors[i]
		style, mark := s.t.Text, "  "
		switch {
		case i == selected:
			style, mark = s.t.Selected, "▸ "
		case t.Age == 0:
			style = s.t.Muted
		}
		line := draw.FitLine(mark+draw.FirstFitting(label-2, t.Name+" "+t.Kind, t.Name), label)
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
		out = append(out, style.Render(draw.FitLine(line, w)))
	}
	return out, draw.Beyond(top, len(v.Tensors)-last)
}
