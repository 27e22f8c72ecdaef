// Package pane holds the panes with a single view. Those with several views have a
// package each below it; none imports another.
package pane

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// Network shows the statistics of each layer.
type Network struct{ t *draw.Theme }

// NewNetwork makes the pane of the layers.
func NewNetwork(t *draw.Theme) *Network { return &Network{t: t} }

func (n *Network) Title() string            { return "Network" }
func (n *Network) Actions() []intent.Action { return nil }

// Probes count dead and saturated units, and measure the cost of compression.
func (n *Network) Probes(f *live.Frame, _, _ int) []live.Probe {
	if f.Data == nil {
		return nil
	}
	if compressed(f) {
		return []live.Probe{probe.Units{}, probe.CompressionLoss{}}
	}
	return []live.Probe{probe.Units{}}
}

// silent formats the number of dead or saturated units of an activation.
func silent(f *live.Frame, layer string) string {
	units, _ := f.Findings[probe.Units{}].Value.([]probe.LayerUnits)
	for _, u := range units {
		switch {
		case u.Layer != layer:
		case u.Dead > 0:
			return fmt.Sprintf("%d dead", u.Dead)
		case u.Saturated > 0:
			return fmt.Sprintf("%d sat.", u.Saturated)
		}
	}
	return ""
}

// Note is a diagnosis, where many units of a layer do not answer: what is wrong, and
// what to try.
func (n *Network) Note(f *live.Frame) string {
	units, _ := f.Findings[probe.Units{}].Value.([]probe.LayerUnits)
	note, worst := "", many
	for _, u := range units {
		kind := ""
		for _, l := range f.Layers {
			if l.Name == u.Layer {
				kind = l.Kind
			}
		}
		count, what, hint := u.Dead, "dead", "try a lower rate"
		if u.Saturated > u.Dead {
			count, what = u.Saturated, "saturated"
			if f.Data != nil && f.Data.Mean == nil {
				hint = "try data.standardize"
			}
		}
		if share := float64(count) / float64(max(u.Units, 1)); share >= worst {
			worst, note = share, fmt.Sprintf("%s %s %d/%d %s: %s", u.Layer, kind, count, u.Units, what, hint)
		}
	}
	return note
}

// many is the share of a layer's units from which on they are a trouble.
const many = 0.25

// Shown is false for a surface, which has no layers.
func (n *Network) Shown(f *live.Frame) bool { return f.Recipe.Surface.Name == "" }

// Rows returns the preferred height.
func (n *Network) Rows(f *live.Frame) int { return len(f.Layers) + 2 }

// column is a column of the table; those that do not fit are dropped from the end.
type column struct {
	head  string
	width int // right-aligned; left-aligned if negative
	cell  func(core.LayerReport) string
}

var networkColumns = []column{
	{"layer", -11, func(l core.LayerReport) string { return l.Name + " " + l.Kind }},
	{"shape", 9, func(l core.LayerReport) string { return l.Shape() }},
	{"params", 9, func(l core.LayerReport) string { return ofKernel(l, draw.Thousands(l.Params)) }},
	{"‖w‖", 9, func(l core.LayerReport) string { return ofKernel(l, draw.Significant(l.Weight)) }},
	{"‖g‖", 9, func(l core.LayerReport) string { return ofKernel(l, measured(l.Grad)) }},
	{"Δw/w", 9, func(l core.LayerReport) string { return ofKernel(l, measured(l.Ratio)) }},
	{"pruned", 8, func(l core.LayerReport) string {
		if l.Kept == 1 {
			return ofKernel(l, "–")
		}
		return ofKernel(l, draw.Percent(1-l.Kept))
	}},
	{"bits", 6, func(l core.LayerReport) string {
		if l.Bits == 0 {
			return ofKernel(l, "float")
		}
		return ofKernel(l, fmt.Sprint(l.Bits))
	}},
	{"  weights", -18, func(l core.LayerReport) string { return "  " + draw.Sparkline(l.Histogram) }},
}

func ofKernel(l core.LayerReport, text string) string {
	if l.Params == 0 {
		return ""
	}
	return text
}

func measured(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return draw.Significant(v)
}

func (n *Network) View(f *live.Frame, w, h int, _ bool) string {
	var head strings.Builder
	rows := make([]strings.Builder, len(f.Layers))
	left := w
	for _, c := range networkColumns {
		if c.head == "shape" { // images need more room
			for _, l := range f.Layers {
				c.width = min(max(c.width, draw.Width(l.Shape())+2), 24)
			}
		}
		if left -= draw.Cells(c.width); left < 0 {
			break
		}
		head.WriteString(draw.Align(c.head, c.width))
		for i, l := range f.Layers {
			text := c.cell(l)
			if c.head == "params" && l.Params == 0 { // which has none
				text = silent(f, l.Name)
			}
			rows[i].WriteString(draw.Align(text, c.width))
		}
	}
	lines := []string{n.t.Muted.Render(head.String())}
	for i, l := range f.Layers {
		style := n.t.Text
		if l.Params == 0 {
			style = n.t.Muted
		}
		lines = append(lines, style.Render(rows[i].String()))
	}
	lines = append(lines, n.total(f, w))
	if len(lines) > h && h > 1 { // the total is always visible
		lines = append(lines[:h-1], lines[len(lines)-1])
	}
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// compressed reports whether a network differs from the dense one: in its stored
// weights or in the inputs of its layers.
func compressed(f *live.Frame) bool {
	for _, d := range f.Panel {
		if d.Knob.Path == "quant.activations" && d.Value.Num() > 0 {
			return true
		}
	}
	return f.Size.Kept < f.Size.Params || f.Size.Bytes != f.Size.Dense
}

// total renders the line below the layers: parameters, size and multiply-adds and,
// if compressed, the fraction kept and its cost. Parts without room are
// abbreviated, then dropped.
func (n *Network) total(f *live.Frame, w int) string {
	s := f.Size
	if !compressed(f) {
		return n.t.Muted.Render(draw.FitLine(denseTotal(f, w), w))
	}
	size := draw.Align(draw.Bytes(s.Bytes), 8) + " of " + draw.Bytes(s.Dense)
	share := " (" + draw.Percent(float64(s.Bytes)/float64(max(s.Dense, 1))) + ")"
	kept := "  " + draw.Align(draw.Percent(float64(s.Kept)/float64(max(s.Params, 1))), 7) + " kept"
	work := "  " + draw.Align(draw.Percent(float64(s.Work)/float64(max(s.DenseWork, 1))), 7)
	head, lost := draw.Align("total", -11), []string{""}
	if c, ok := f.Findings[probe.CompressionLoss{}].Value.(probe.Comparison); ok {
		lost = lostTexts(c, dense(f, c))
	}
	for _, lost := range lost {
		for _, line := range []string{
			head + size + share + kept + work + " of the multiply-adds", head + size + share + kept + work + " mul-adds",
			"total " + size + kept + work + " mul-adds", size + kept + work + " mul-adds",
		} {
			if draw.Width(line+lost) <= w {
				return n.t.Muted.Render(line) + n.t.Text.Render(lost)
			}
		}
	}
	// The cost comes last, and is dropped last.
	last := lost[len(lost)-1]
	if draw.Width(head+size+last) > w {
		head = ""
	}
	return n.t.Muted.Render(draw.Extend(w-draw.Width(last), head+size, share, kept)) + n.t.Text.Render(last)
}

// denseTotal is the line for a network that is not compressed, with the number of
// trainable parameters if not all are.
func denseTotal(f *live.Frame, w int) string {
	s, params := f.Size, 0
	for _, l := range f.Layers {
		params += l.Params
	}
	count, trains := draw.Thousands(params)+" params", ""
	if s.Params > 0 && s.Trains < s.Params {
		trains = "   " + draw.Thousands(s.Trains) + " train"
	}
	wide, tight := draw.Align("total", -11)+draw.Align(count, 18)+trains, "total  "+count+trains
	if s.Dense == 0 {
		return wide
	}
	size, work := "   "+draw.Bytes(s.Dense), "   "+draw.Thousands(s.DenseWork)
	return draw.FirstFitting(w,
		wide+size+" in float32"+work+" multiply-adds per row", wide+size+" in float32"+work+" mul-adds",
		tight+size+" in float32"+work+" mul-adds", tight+size+work+" mul-adds",
		wide+size+" in float32", tight+size, tight)
}

// lostTexts returns texts on the cost of compression, the longest first. Their
// widths do not depend on the numbers.
func lostTexts(c probe.Comparison, dense probe.Evaluation) []string {
	long, wide := "accuracy equals dense", 32
	rise := c.Now.Loss - dense.Loss
	switch points := math.Round(1000*(dense.Accuracy-c.Now.Accuracy)) / 10; {
	case !c.HasAccuracy && rise < 0:
		long, wide = "loss "+draw.Significant(-rise)+" below dense", 24
	case !c.HasAccuracy:
		long, wide = "loss "+draw.Significant(rise)+" above dense", 24
	case points > 0:
		long = fmt.Sprintf("accuracy %.1f points below dense", points)
	case points < 0:
		long = fmt.Sprintf("accuracy %.1f points above dense", -points)
	}
	out := []string{"   " + draw.FitLine(long, wide)}
	if text, ok := strings.CutPrefix(long, "accuracy "); ok && strings.HasSuffix(text, " dense") && text != "as dense" {
		out = append(out, "   "+draw.FitLine(text, wide-len("accuracy ")))
	}
	return append(out, "   "+draw.FitLine(draw.Cost(100*(dense.Accuracy-c.Now.Accuracy), rise, c.HasAccuracy), 17))
}

// dense returns the quality without compression: of the current weights, or of the
// last dense evaluation, whichever is better. Pruned weights do not train, so the
// longer ago they were pruned the less the first is worth.
func dense(f *live.Frame, c probe.Comparison) probe.Evaluation {
	for _, v := range slices.Backward(f.Visits) {
		if v.Bytes != v.Dense || v.Kept < 1 {
			continue
		}
		if c.HasAccuracy && v.Accuracy > c.Dense.Accuracy || !c.HasAccuracy && v.Loss < c.Dense.Loss {
			return probe.Evaluation{Loss: v.Loss, Accuracy: v.Accuracy}
		}
		break
	}
	return c.Dense
}
