package dialog

import (
	"fmt"
	"math"
	"strings"

	"descent/core/whatif"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// RateFinder is the range test with the settings of the workbench and the command
// line.
var RateFinder = whatif.RateFinder{From: 1e-6, To: 10, Steps: 300}

// Suggestion is a learning rate that the range test suggests.
type Suggestion struct {
	Name string
	Rate float64
}

// Suggestions returns those of a curve, the most robust rule first.
func Suggestions(c whatif.RateCurve) []Suggestion {
	var out []Suggestion
	for _, s := range []Suggestion{{"valley", c.Valley}, {"steepest", c.Steepest}, {"a tenth of the minimum", c.Tenth}} {
		if s.Rate > 0 {
			out = append(out, s)
		}
	}
	return out
}

// DrawRates renders the curve, with the numbers of the suggestions below it.
func DrawRates(t *draw.Theme, c whatif.RateCurve, w, h int) []string {
	cols := w - draw.ChartMargin - 1
	if len(c.Rates) < 3 {
		return nil
	}
	if cols < 10 || h < 5 {
		return []string{t.Muted.Render("there is no room for the curve")}
	}
	n := len(c.Rates)
	values := make([]float64, cols)
	for i := range values {
		values[i] = c.Smooth[i*(n-1)/(cols-1)]
	}
	top := c.Smooth[0] + 0.5*math.Abs(c.Smooth[0])
	for i, v := range values {
		values[i] = min(v, top) // larger losses are not shown
	}
	out := t.Chart(draw.Plot{Curves: []draw.Curve{{Values: values, Trace: t.TrainLine}}, Kind: ruler.Linear}, cols, h-3)
	along := draw.Axis{Low: math.Log10(c.Rates[0]), High: math.Log10(c.Rates[n-1])}
	column := func(rate float64) int { return draw.Tick(along.Share(math.Log10(rate)), cols) }
	axis, labels := []rune(strings.Repeat("─", cols)), []rune(strings.Repeat(" ", cols+draw.ChartMargin+8))
	for e := math.Ceil(math.Log10(c.Rates[0]) - 1e-9); e <= math.Log10(c.Rates[n-1])+1e-9; e++ {
		at := column(math.Pow(10, e))
		axis[at] = '┬'
		copy(labels[at+draw.ChartMargin-1:], []rune(fmt.Sprintf("1e%g", e)))
	}
	marks := []rune(strings.Repeat(" ", cols))
	for i, s := range Suggestions(c) {
		at := column(s.Rate)
		for at < cols-1 && marks[at] != ' ' {
			at++
		}
		marks[at] = rune('1' + i)
	}
	pad := strings.Repeat(" ", draw.ChartMargin-1)
	return append(out,
		t.Muted.Render(pad+"└"+string(axis)),
		pad+" "+t.Decision.Render(string(marks)),
		t.Muted.Render(strings.TrimRight(string(labels), " ")))
}

// Finder is the dialog of the range test. It shows the finding of the probe: from
// the initial weights, since the loss of a trained network has little left to fall,
// or from the current ones.
type Finder struct {
	t     *draw.Theme
	frame func() *live.Frame
	at    int
	here  bool   // from the current weights
	note  string // why the last key did nothing
}

// NewFinder tests rates from the initial weights; frame returns the one on the
// screen.
func NewFinder(t *draw.Theme, frame func() *live.Frame) *Finder { return &Finder{t: t, frame: frame} }

func (d *Finder) probe() live.Probe {
	p := RateFinder
	p.Reset = !d.here && d.frame().Step > 0
	return p
}

func (d *Finder) Probes() []live.Probe { return []live.Probe{d.probe()} }

// found returns the curve; ok is false while it is being measured.
func (d *Finder) found() (c whatif.RateCurve, ok bool, err error) {
	f, ok := d.frame().Findings[d.probe()]
	c, _ = f.Value.(whatif.RateCurve)
	return c, ok, f.Err
}

func (d *Finder) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	c, ok, _ := d.found()
	all := Suggestions(c)
	d.note = ""
	switch key := msg.String(); key {
	case "left", "up", "right", "down", "tab":
		if n := len(all); n > 0 {
			by := 1
			if key == "left" || key == "up" {
				by = -1
			}
			d.at = min(max(d.at+by, 0), n-1)
		}
		return nil, false
	case "1", "2", "3", "enter":
		i := min(d.at, max(len(all)-1, 0))
		if key != "enter" {
			i = strings.Index("123", key)
		}
		switch {
		case i < len(all):
			return intent.Set{Path: "optimizer.lr", Text: fmt.Sprintf("%.3g", all[i].Rate)}, true
		case !ok:
			d.note = "the rates are still being tried"
		case len(all) == 0:
			d.note = "there is no rate to set"
		default:
			d.note = "there is no suggestion " + key
		}
		return nil, false
	case "s":
		if d.frame().Step == 0 {
			d.note = "training is at step 0 already"
			return nil, false
		}
		d.here, d.at = !d.here, 0
		return nil, false
	case "esc", "q", "F":
		return nil, true
	}
	return nil, false
}

func (d *Finder) View(w, h int) string {
	bw, bh := min(w-4, 90), min(h-2, 24)
	inner := bw - 2
	c, ok, err := d.found()
	all := Suggestions(c)
	step := d.frame().Step
	where, other := "from step 0", "s from step "+draw.Thousands(step)
	if d.here {
		where, other = "from step "+draw.Thousands(step), "s from step 0"
	}
	keys := "enter set the rate   "
	if ok && len(all) == 0 {
		keys = ""
	}
	if step > 0 {
		keys += other + "   "
	}
	var below []string // the curve
	for i, s := range all {
		text := fmt.Sprintf(" %d  %-22s %s", i+1, s.Name, draw.Significant(s.Rate))
		if i == min(d.at, len(all)-1) {
			below = append(below, d.t.Selected.Render("▸"+text))
		} else {
			below = append(below, d.t.Text.Render(" "+text))
		}
	}
	switch {
	case err != nil:
		below = append(below, d.t.Bad.Lines(draw.Wrap("✗ "+err.Error(), inner))...)
	case !ok:
		below = append(below, d.t.Muted.Render(fmt.Sprintf("trying rates from %g to %g on a copy; the run is not affected", RateFinder.From, RateFinder.To)))
	case c.Note != "":
		below = append(below, d.t.Text.Lines(draw.Wrap(c.Note, inner))...)
	}
	if d.note != "" {
		below = append(below, d.t.Text.Render(d.note))
	}
	below = append(below, d.t.Muted.Render(keys+"esc close"))
	var lines []string
	if ok {
		lines = DrawRates(d.t, c, inner, bh-2-len(below))
	}
	return d.t.Box("Learning-rate range test", nil, "loss over the rate, "+where, strings.Join(append(lines, below...), "\n"), bw, bh, true)
}

// Subject is the range test.
func (d *Finder) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog " + finderPage}}
}
