package compression

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

// layers renders the sensitivity of each layer, compressed on its own, the most
// sensitive first.
func (c *sheet) layers(f *live.Frame, w, h int) []string {
	found, ok := f.Findings[c.sensitivity()]
	if !ok {
		found, ok = f.Findings[probe.Sensitivity{Asked: c.asked - 1}]
	}
	if found.Err != nil {
		return c.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w))
	}
	l, _ := found.Value.(probe.Sensitivities)
	if !ok || len(l.Layers) == 0 {
		return []string{"", c.t.Muted.Render("  measuring, on copies")}
	}
	b := newSensitivities(c.t, l, c.right)
	what := "the loss rises"
	if b.accuracy {
		what = "points lost"
	}
	foot := fmt.Sprintf("at step %s", draw.Thousands(found.Step))
	if found.Partial {
		foot = draw.Progress(l.Done, l.Of, 8) + fmt.Sprintf(" %d of %d", l.Done, l.Of)
	}
	how := ", one layer compressed at a time"
	if w < draw.Width(what+how+foot)+2 {
		how = ""
	}
	out := []string{draw.Between(c.t.Text.Render(what)+c.t.Muted.Render(how), c.t.Muted.Render(foot), w)}
	numbers := w >= layerWidth+cellWidth*(len(l.Sparsities)+len(l.Bits))+2
	out = append(out, b.heads(numbers, w)...)
	layers := b.found.Layers
	each := 1 // lines for a layer
	if numbers {
		each = min(max((h-len(out))/len(layers), 1), 3)
	}
	for i, layer := range layers {
		if len(out)+each > h-1 && i < len(layers)-1 {
			out = append(out, c.t.Muted.Render(fmt.Sprintf("and %d less sensitive", len(layers)-i)))
			break
		}
		switch {
		case !numbers:
			out = append(out, b.sparks(layer, w))
		case each == 1:
			out = append(out, b.numbers(layer))
		default:
			out = append(out, b.numbers(layer), b.bars(layer))
		}
		for range each - 2 {
			out = append(out, "")
		}
	}
	return out
}

// newSensitivities sorts the layers by decreasing sensitivity, in accuracy or loss.
func newSensitivities(t *draw.Theme, found probe.Sensitivities, accuracy bool) sensitivities {
	b := sensitivities{t, found, accuracy && found.HasAccuracy, 0}
	mean := map[string]float64{}
	for _, layer := range found.Layers {
		all := append(layer.Cut[:len(layer.Cut):len(layer.Cut)], layer.Rounded...)
		for _, a := range all {
			v := b.lost(a)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				v = math.Inf(1)
			} else {
				b.most = max(b.most, v)
			}
			mean[layer.Layer] += v / float64(len(all))
		}
	}
	b.found.Layers = slices.Clone(found.Layers)
	slices.SortStableFunc(b.found.Layers, func(x, y probe.LayerSensitivity) int { return cmp.Compare(mean[y.Layer], mean[x.Layer]) })
	return b
}

// sensitivities renders the sensitivities of layers on a common scale.
type sensitivities struct {
	t        *draw.Theme
	found    probe.Sensitivities
	accuracy bool
	most     float64
}

const (
	layerWidth = 11 // width of a layer's name in cells
	cellWidth  = 6  // of a number
)

// lost returns the cost of a compression: percentage points of accuracy, or the
// rise of the loss.
func (b sensitivities) lost(a probe.Evaluation) float64 {
	if b.accuracy {
		return 100 * (b.found.Base.Accuracy - a.Accuracy)
	}
	return a.Loss - b.found.Base.Loss
}

// level maps a cost to [0, 1] logarithmically, so that small ones are visible
// beside large ones.
func (b sensitivities) level(v float64) float64 {
	unit := 1.0 // a point
	if !b.accuracy {
		unit = max(0.1*math.Abs(b.found.Base.Loss), 1e-6*b.most)
	}
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 1
	case v <= 0 || b.most <= 0:
		return 0
	}
	return math.Log1p(v/unit) / math.Log1p(b.most/unit)
}

// style colours a cost by its severity.
func (b sensitivities) style(v float64) draw.Style {
	switch level := b.level(v); {
	case level < 0.25:
		return b.t.Muted
	case level < 0.7:
		return b.t.Text
	}
	return b.t.Bad
}

// text formats a cost in at most 5 cells; no cost is a dot.
func (b sensitivities) text(v float64) string {
	switch {
	case b.accuracy && v < 0.05:
		return "·"
	case b.accuracy:
		return fmt.Sprintf("%.1f", v)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "NaN"
	case v < 0.0005:
		return "·"
	case v >= 1e5:
		return fmt.Sprintf("%.0e", v)
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 100:
		return fmt.Sprintf("%.1f", v)
	case v >= 10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func (b sensitivities) heads(numbers bool, w int) []string {
	first, last := b.found.Sparsities[0], b.found.Sparsities[len(b.found.Sparsities)-1]
	bits := fmt.Sprintf("%d–%d bits", b.found.Bits[0], b.found.Bits[len(b.found.Bits)-1])
	if len(b.found.Bits) == 1 {
		bits = fmt.Sprintf("%d bits", b.found.Bits[0])
	}
	if !numbers {
		name, half := b.halves(w)
		return []string{b.t.Muted.Render(draw.FitLine("layer", name) + draw.FitLine(fmt.Sprintf("pruned %.0f–%.0f%%", 100*first, 100*last), half) + bits)}
	}
	var out strings.Builder
	out.WriteString(draw.FitLine("layer", layerWidth))
	for i, s := range b.found.Sparsities {
		head := fmt.Sprintf("%.0f", 100*s)
		switch i {
		case 0:
			head = "cut " + head
		case len(b.found.Sparsities) - 1:
			head += " %"
		}
		out.WriteString(draw.Between("", head, cellWidth))
	}
	out.WriteString("  ")
	for i, n := range b.found.Bits {
		head := fmt.Sprint(n)
		if i == 0 {
			head += " bits"
		}
		out.WriteString(draw.Between("", head, cellWidth))
	}
	return []string{b.t.Muted.Render(out.String())}
}

func layerLabel(l probe.LayerSensitivity, w int) string {
	return draw.FitLine(l.Layer+" "+l.Kind, w-1) + " "
}

// numbers renders the line of a layer with all its values.
func (b sensitivities) numbers(l probe.LayerSensitivity) string {
	var out strings.Builder
	out.WriteString(b.t.Text.Render(layerLabel(l, layerWidth)))
	for _, a := range l.Cut {
		out.WriteString(b.style(b.lost(a)).Render(draw.Between("", b.text(b.lost(a)), cellWidth)))
	}
	out.WriteString("  ")
	for _, a := range l.Rounded {
		out.WriteString(b.style(b.lost(a)).Render(draw.Between("", b.text(b.lost(a)), cellWidth)))
	}
	return out.String()
}

// bars renders a line of bars below the numbers.
func (b sensitivities) bars(l probe.LayerSensitivity) string {
	var out strings.Builder
	out.WriteString(strings.Repeat(" ", layerWidth))
	for i, a := range append(l.Cut[:len(l.Cut):len(l.Cut)], l.Rounded...) {
		if i == len(l.Cut) {
			out.WriteString("  ")
		}
		v := b.lost(a)
		out.WriteString(b.style(v).Render(" " + strings.Repeat(b.block(v), cellWidth-1)))
	}
	return out.String()
}

// block renders the level of a cost as a block character.
func (b sensitivities) block(v float64) string {
	return string([]rune("▁▂▃▄▅▆▇█")[draw.Cell(b.level(v), 8)])
}

// halves returns the widths of a layer's name and of each of the two parts beside
// it.
func (b sensitivities) halves(w int) (name, half int) {
	name = min(layerWidth, max(w/4, 4))
	return name, (w - name) / 2
}

// sparks renders the compact line of a layer: a bar for each value, and the last of
// each kind as a number.
func (b sensitivities) sparks(l probe.LayerSensitivity, w int) string {
	name, half := b.halves(w)
	part := func(answers []probe.Evaluation) string {
		var bars strings.Builder
		worst := 0.0
		for _, a := range answers {
			worst = b.lost(a)
			bars.WriteString(b.block(worst))
		}
		return b.style(worst).Render(draw.FitLine(bars.String()+" "+b.text(worst), half))
	}
	return b.t.Text.Render(layerLabel(l, name)) + part(l.Cut) + part(l.Rounded)
}

func (c *sheet) sensitivity() probe.Sensitivity { return probe.Sensitivity{Asked: c.asked} }
