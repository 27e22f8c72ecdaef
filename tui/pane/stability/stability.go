// Package stability is the pane of the curvature: how near training is to the
// optimizer's limit of stability, how noisy its gradient is, and what the layers do.
package stability

import (
	"math"

	"descent/core/curvature"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane shows the sharpness against the limit over the steps, the norm and the noise
// of the gradient, and histograms of each layer over the steps.
type Pane struct{ sheet }

// New makes the pane, with the histograms of the weights.
func New(t *draw.Theme) *Pane { return &Pane{sheet{t: t}} }

func (p *Pane) Title() string { return "Stability" }

func (p *Pane) Note(f *live.Frame) string {
	found, ok := last(f)
	switch {
	case !ok:
		return "measuring"
	case found.Of > found.Rows:
		return "first " + draw.Thousands(found.Rows) + " of " + draw.Thousands(found.Of) + " rows"
	case found.Of > 0:
		return draw.Thousands(found.Of) + " training rows"
	}
	return f.Recipe.Surface.Name
}

// Shown is always true: a surface has a curvature too.
func (p *Pane) Shown(*live.Frame) bool { return true }

func layerless(f *live.Frame) string {
	if f.Recipe.Surface.Name != "" {
		return "a surface has no layers"
	}
	return ""
}

func (p *Pane) Actions() []intent.Action {
	turn := func(by int) func(*live.Frame) tea.Msg {
		return func(*live.Frame) tea.Msg {
			p.kind = draw.Modulo(p.kind+by, len(kinds))
			return nil
		}
	}
	scroll := func(by int) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			p.top = min(max(p.top+by, 0), max(len(rowsOf(f, kinds[p.kind]))-1, 0))
			return nil
		}
	}
	return []intent.Action{
		{Name: "stability.histograms", Keys: []string{"right"}, Pair: "←→", Label: "histograms", Now: func(*live.Frame) string { return kinds[draw.Modulo(p.kind+1, len(kinds))].name }, Help: "histograms by layer: weights, gradients, or activations", Off: layerless, Do: turn(1)},
		{Name: "stability.histograms-back", Keys: []string{"left"}, Help: "the previous of these histograms", Off: layerless, Do: turn(-1)},
		{Name: "stability.layers-down", Keys: []string{"down"}, Pair: "↑↓", Label: "layers", Help: "further layers", Off: layerless, Do: scroll(1)},
		{Name: "stability.layers-up", Keys: []string{"up"}, Help: "layers before", Off: layerless, Do: scroll(-1)},
	}
}

// Probes are measured in turn, one at a time.
func (p *Pane) Probes(f *live.Frame, _, _ int) []live.Probe {
	if f.Recipe.Surface.Name != "" {
		return []live.Probe{curvature.Sharpness{}}
	}
	return []live.Probe{curvature.Sharpness{}, curvature.Layers{}, curvature.GradientNoise{}}
}

// Heights of the parts, in lines.
const (
	leastChart = 6
	leastTable = 4
	mostChart  = 18
)

func (p *Pane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 8 || h < 1 {
		return draw.Fit("", w, h)
	}
	if err := f.Findings[curvature.Sharpness{}].Err; err != nil {
		return draw.FitLines(p.t.Bad.Lines(draw.Wrap("✗ "+err.Error(), w)), w, h)
	}
	head := p.head(f, w)
	if len(head) > h {
		return draw.FitLines(head, w, h)
	}
	room := h - len(head)
	layers := rowsOf(f, kinds[p.kind])
	chart := room
	if len(layers) > 0 {
		chart = min(max(room*11/20, leastChart), mostChart)
		if rest := room - chart; rest < leastTable {
			chart = room
		} else if each := min((rest-1)/len(layers), mostStripes); each > 0 {
			chart = min(room-1-each*len(layers), mostChart)
		}
	}
	lines := head
	if chart >= leastChart {
		lines = append(lines, p.chart(f, w, chart)...)
	} else {
		chart = 0
	}
	if rest := room - chart; rest >= leastTable && len(layers) > 0 {
		lines = append(lines, p.layers(f, layers, w, rest)...)
	}
	return draw.FitLines(lines, w, h)
}

// head is the verdict in words, and the numbers beside it.
func (p *Pane) head(f *live.Frame, w int) []string {
	s, ok := last(f)
	if !ok {
		return p.t.Muted.Lines(draw.Wrap("measuring the largest eigenvalue of the Hessian on a copy; training goes on", w))
	}
	lines := []string{p.verdict(f, s, w)}
	gradient := "‖∇L‖ " + draw.Significant(s.Gradient)
	if s.Limit.Adaptive {
		gradient += "   λmax of the Hessian itself " + draw.Significant(s.Hessian.Value)
	}
	if n, ok := noise(f); ok {
		lines = append(lines, p.t.Text.Render(draw.Extend(w, gradient, "   noise scale "+rowsText(n.Scale()), "   "+advice(f, n.Scale()))))
	} else {
		lines = append(lines, p.t.Text.Render(gradient))
	}
	return lines
}

// verdict is the sharpness as a share of the limit, in words.
func (p *Pane) verdict(f *live.Frame, s curvature.Sharp, w int) string {
	value := "λmax " + draw.Significant(s.Counts().Value)
	if s.Limit.Adaptive {
		value = "λmax(P⁻¹H) " + draw.Significant(s.Counts().Value)
	}
	share := draw.Significant(s.Share())
	limit := " of the limit " + s.Limit.Formula + " = " + draw.Significant(s.Limit.Limit)
	plain := " of the limit " + draw.Significant(s.Limit.Limit)
	switch s.Regime() {
	case curvature.Stable:
		return p.t.Good.Render(draw.FirstFitting(w, "● stable: "+value+", "+share+limit, "● stable: "+share+limit, "● stable: "+share+plain, "● stable: "+share+" of the limit", "● "+share))
	case curvature.Edge:
		return p.t.Decision.Render(draw.FirstFitting(w, "▲ at the edge of stability: "+value+", "+share+limit, "▲ at the edge of stability: "+share+limit, "▲ at the edge of stability: "+share+plain, "▲ at the edge of stability: "+share, "▲ "+share))
	case curvature.Beyond:
		what := "▲ beyond the limit, it oscillates or diverges: "
		return p.t.Bad.Render(draw.FirstFitting(w, what+value+", "+share+limit, what+share+plain, "▲ beyond the limit: "+share+plain, "▲ beyond the limit: "+share+" of it", "▲ "+share))
	}
	if math.IsNaN(s.Counts().Value) {
		return p.t.Bad.Render(draw.FirstFitting(w, "✗ the gradient is not finite: there is no curvature to measure", "✗ not finite"))
	}
	return p.t.Text.Render(draw.FirstFitting(w, value+": "+s.Limit.None, value))
}

// noise is the latest noise scale.
func noise(f *live.Frame) (n curvature.Noise, ok bool) {
	n, ok = f.Findings[curvature.GradientNoise{}].Value.(curvature.Noise)
	return n, ok
}

// rowsText is a noise scale.
func rowsText(scale float64) string {
	switch {
	case math.IsInf(scale, 1):
		return "beyond the training set"
	case math.IsNaN(scale):
		return "unknown"
	case scale < 1:
		return "below 1 row"
	case scale < 1.5:
		return "1 row"
	case scale >= 1e6:
		return draw.Significant(scale) + " rows"
	}
	return draw.Thousands(draw.Round(scale)) + " rows"
}

// advice compares a noise scale with the rows of a step.
func advice(f *live.Frame, scale float64) string {
	if f.Data == nil {
		return ""
	}
	batch := f.Data.Train.Rows()
	for _, path := range []string{"train.batch", "train.accumulate"} {
		if d, ok := intent.FindKnob(f, path); ok && d.Value.Num() > 0 {
			if n := draw.Floor(d.Value.Num()); path == "train.batch" {
				batch = min(batch, n)
			} else {
				batch = min(batch*n, f.Data.Train.Rows())
			}
		}
	}
	if d, ok := intent.FindKnob(f, "optimizer.name"); ok && (d.Value.Word() == "gd" || d.Value.Word() == "rprop" || d.Value.Word() == "lbfgs") {
		batch = f.Data.Train.Rows()
	}
	what := "batch " + draw.Thousands(batch)
	switch ratio := float64(batch) / scale; {
	case math.IsNaN(ratio):
		return what
	case ratio < 0.5:
		return what + ": below it, steps are mostly noise and larger batches save steps"
	case ratio <= 2:
		return what + ": about right"
	}
	return what + ": above it, smaller batches would cost few steps"
}
