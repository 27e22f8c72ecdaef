// Package pane holds the panes with a single view. Those with several views have a
// package each below it; none imports another.
package pane

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/microscope"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Network shows the statistics of each layer.
type Network struct {
	t     *draw.Theme
	graph graph
	form  form
	top   int // the first layer of the list
}

// form is how the network is shown.
type form int

const (
	byRoom form = iota // as a list, and beside it drawn where both fit
	drawn
	listed
)

// NewNetwork makes the pane of the layers.
func NewNetwork(t *draw.Theme) *Network { return &Network{t: t, graph: graph{t: t}} }

func (n *Network) Title() string { return "Network" }

func (n *Network) Actions() []intent.Action {
	stack := func(f *live.Frame) string {
		switch _, ok := microscope.Drawable(f.Layers); {
		case f.Data == nil:
			return "a surface has no network"
		case !ok:
			return "only a small stack of dense layers is drawn"
		}
		return ""
	}
	scroll := func(by int) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			n.top = min(max(n.top+by, 0), max(len(f.Layers)-1, 0))
			return nil
		}
	}
	row := func(by int) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			if f.Data != nil {
				n.graph.row = draw.Modulo(n.graph.row+by, max(probe.Rows(f.Data), 1))
			}
			return nil
		}
	}
	return []intent.Action{
		{
			Name: "network.draw", Keys: []string{"S"}, Label: "draw", Now: n.other, Help: "network pane: draw units and connections, or list the layers", Anywhere: true, Off: stack,
			Do: func(*live.Frame) tea.Msg {
				return intent.Bring{Pane: n, Then: func(shown bool) tea.Msg {
					if n.form == drawn && shown {
						n.form = listed
					} else {
						n.form = drawn
					}
					return nil
				}}
			},
		},
		{Name: "network.up", Keys: []string{"up", "pgup"}, Pair: "↑↓", Help: "scroll the list of layers up", Do: scroll(-1)},
		{Name: "network.down", Keys: []string{"down", "pgdown"}, Help: "scroll the list of layers down", Do: scroll(1)},
		{Name: "network.previous-row", Keys: []string{"("}, Pair: "( )", Label: "row", Help: "draw the activations of the previous row", Off: stack, Do: row(-1)},
		{Name: "network.next-row", Keys: []string{")"}, Help: "draw the activations of the next row", Off: stack, Do: row(1)},
	}
}

// other is what the key of the drawing shows.
func (n *Network) other(*live.Frame) string {
	if n.form == drawn {
		return "list"
	}
	return "draw"
}

// box is the size of a part of the pane; 0 lines for what is not shown.
type box struct{ w, h int }

// split gives the list and the drawing their places: one of them, or where there is
// room for both the one beside or above the other.
func (n *Network) split(f *live.Frame, w, h int) (list, drawing box) {
	whole, below := box{w, h}, h-len(f.Layers)-3
	switch {
	case f.Data == nil || n.form == listed:
		return whole, box{}
	case n.form == drawn && subs(f, w, h) > 0:
		return box{}, whole
	case n.form == drawn:
		return whole, box{}
	case subs(f, w-gap-listWidth, h) == 1:
		return box{listWidth, h}, box{w - gap - listWidth, h}
	case below >= leastBelow && subs(f, w, below) > 0:
		return box{w, h - below - 1}, box{w, below}
	}
	return whole, box{}
}

const (
	listWidth  = 66 // of a list beside a drawing
	gap        = 2  // cells between them
	leastBelow = 7  // lines of a drawing below a list
)

// Probes count dead and saturated units, measure the cost of compression, and run a
// row through a network that is drawn.
func (n *Network) Probes(f *live.Frame, w, h int) []live.Probe {
	if f.Data == nil {
		return nil
	}
	out := []live.Probe{probe.Units{}}
	if compressed(f) {
		out = append(out, probe.CompressionLoss{})
	}
	if _, drawing := n.split(f, w, h); drawing.h > 0 {
		out = append(out, n.graph.probe())
	}
	return out
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
func (n *Network) Rows(f *live.Frame) int {
	if n.form == drawn && f.Data != nil {
		return max(len(f.Layers)+2, n.graph.lines(f))
	}
	return len(f.Layers) + 2
}

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
	list, drawing := n.split(f, w, h)
	switch {
	case drawing.h == 0:
		lines := n.list(f, w, h)
		if _, ok := microscope.Drawable(f.Layers); ok && n.form == drawn && f.Data != nil {
			lines = append(lines, n.t.Muted.Render(draw.FirstFitting(w, "there is no room here to draw it: Z gives a pane with the focus the whole screen", "no room to draw it: Z zooms")))
		}
		return draw.FitLines(lines, w, h)
	case list.h == 0:
		return draw.FitLines(n.graph.view(f, w, h), w, h)
	}
	a, b := draw.FitLines(n.list(f, list.w, list.h), list.w, list.h), draw.FitLines(n.graph.view(f, drawing.w, drawing.h), drawing.w, drawing.h)
	if list.w == w {
		return a + "\n" + strings.Repeat(" ", w) + "\n" + b
	}
	between := strings.TrimSuffix(strings.Repeat(strings.Repeat(" ", gap)+"\n", h), "\n")
	return draw.Beside(a, between, b)
}

// list renders a line for each layer and the total, which is always visible; marks
// say how many layers are hidden above and below.
func (n *Network) list(f *live.Frame, w, h int) []string {
	var head strings.Builder
	rows := make([]strings.Builder, len(f.Layers))
	left := w
	for _, c := range networkColumns {
		for _, l := range f.Layers {
			switch {
			case c.head == "layer" && len(l.Kind) > len("batch-norm"): // names that are told apart by their ends
				c.width = min(c.width, -min(draw.Width(c.cell(l))+1, 24))
			case c.head == "shape": // images need more room
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
	shown := len(f.Layers)
	if shown+2 > h {
		shown = max(h-2, 0)
	}
	n.top = min(n.top, len(f.Layers)-shown) // the list ends with its last layer
	top := n.top
	more := draw.Beyond(top, len(f.Layers)-top-shown)
	title := draw.FitLine(head.String(), w)
	if more != "" {
		title = draw.Between(head.String(), more, w)
	}
	lines := []string{n.t.Muted.Render(title)}
	for i, l := range f.Layers[top : top+shown] {
		style := n.t.Text
		if l.Params == 0 {
			style = n.t.Muted
		}
		lines = append(lines, style.Render(rows[top+i].String()))
	}
	return append(lines, n.total(f, w))
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
