package cli

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"descent/core"
	"descent/core/recipe"
	"descent/session/headless"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
	"descent/tui/export"

	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
)

func plotFlag(c *cobra.Command, path *string, what string) {
	c.Flags().StringVar(path, "plot", "", what+" as a picture: FILE.svg, FILE.png, or FILE.txt")
}

// The size of a plot in cells.
const plotW, plotH = 120, 36

// plotFormat is the format of a file of a plot, refused before anything is trained.
func plotFormat(path string, force bool) (format string, err error) {
	switch format = strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."); format {
	case export.SVG, export.PNG, export.Text:
	default:
		return "", usage(fmt.Errorf("--plot %s: the name ends in .svg, .png or .txt", path))
	}
	if !force && export.Exists(path) {
		return "", usage(fmt.Errorf("--plot %s: there is such a file; give another name, or --force to overwrite it", path))
	}
	return format, nil
}

// plotTheme is that of pictures, whatever the terminal.
func plotTheme() *draw.Theme { return draw.NewTheme(termenv.TrueColor, true) }

// writePlot writes a drawn picture.
func writePlot(path, format string, t *draw.Theme, lines []string) error {
	screen := t.Release(draw.Fit(draw.Neutral(strings.Join(lines, "\n")), plotW, plotH))
	content, err := export.Content(format, screen, t, nil)
	if err != nil {
		return err
	}
	return export.Write(path, content)
}

// runPlot is the course of a run, as many columns as a plot has dots.
type runPlot struct {
	path, format   string
	steps          int
	sum, low, high []float64
	count          []float64
	val            []float64 // NaN where there was no evaluation
	last           core.Report
}

func newRunPlot(path, format string, steps int) *runPlot {
	p := &runPlot{path: path, format: format, steps: steps}
	n := 2 * (plotW - draw.ChartMargin - 2)
	for _, s := range []*[]float64{&p.sum, &p.low, &p.high, &p.count, &p.val} {
		*s = make([]float64, n)
	}
	for i := range n {
		p.val[i] = math.NaN()
	}
	return p
}

// add adds the report of a step.
func (p *runPlot) add(step int, r core.Report) {
	p.last = r
	i := min((step-1)*len(p.sum)/max(p.steps, 1), len(p.sum)-1)
	if i < 0 {
		return
	}
	if !math.IsNaN(r.Loss) && !math.IsInf(r.Loss, 0) {
		if p.sum[i] += r.Loss; p.count[i] == 0 {
			p.low[i], p.high[i] = r.Loss, r.Loss
		}
		p.count[i]++
		p.low[i], p.high[i] = min(p.low[i], r.Loss), max(p.high[i], r.Loss)
	}
	if r.Evaluated && r.HasVal {
		p.val[i] = r.ValLoss
	}
}

// held are values of which those that are missing are the last before them.
func held(values []float64) []float64 {
	out, last := make([]float64, len(values)), math.NaN()
	for i, v := range values {
		if !math.IsNaN(v) {
			last = v
		}
		out[i] = last
	}
	return out
}

// write draws the loss, that of validation, and the decisions.
func (p *runPlot) write(r *recipe.Recipe, at []headless.Scheduled) error {
	t := plotTheme()
	train := make([]float64, len(p.sum))
	positive := true
	for i := range train {
		train[i] = math.NaN()
		if p.count[i] > 0 {
			train[i] = p.sum[i] / p.count[i]
			positive = positive && p.low[i] > 0
		}
	}
	reached := p.last.Step * len(p.sum) / max(p.steps, 1)
	low, high := make([]float64, len(train)), make([]float64, len(train))
	for i := range train {
		if low[i], high[i] = p.low[i], p.high[i]; p.count[i] == 0 {
			low[i], high[i] = math.NaN(), math.NaN()
		}
	}
	train, low, high = held(train), held(low), held(high)
	val := held(p.val)
	for i := min(reached+1, len(train)); i < len(train); i++ {
		train[i], low[i], high[i], val[i] = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	curves := []draw.Curve{{Values: train, Low: low, High: high, Trace: t.TrainLine}}
	legend := t.Train.Render("● training loss " + draw.Significant(p.last.Loss))
	if p.last.HasVal {
		curves = append(curves, draw.Curve{Values: val, Trace: t.ValLine})
		legend += "   " + t.Val.Render("○ validation loss "+draw.Significant(p.last.ValLoss))
	}
	if p.last.HasAccuracy && p.last.HasVal {
		legend += "   " + t.Text.Render("accuracy "+draw.Percent(p.last.ValAccuracy))
	}
	kind := ruler.Log
	if !positive {
		kind = ruler.Symlog
	}
	cols := len(p.sum) / 2
	marks, names := []rune(strings.Repeat("─", cols)), []string(nil)
	for _, d := range at {
		if p.steps > 0 && d.Step <= p.last.Step {
			marks[min(d.Step*cols/p.steps, cols-1)] = '▲'
			_, words, _ := strings.Cut(d.String(), ":")
			names = append(names, "▲ "+draw.Thousands(d.Step)+" "+words)
		}
	}
	pad := strings.Repeat(" ", draw.ChartMargin-1)
	lines := []string{
		draw.Between(" "+t.Title.Render(r.Name)+"  "+t.Muted.Render(r.Title), legend+" ", plotW), "",
	}
	lines = append(lines, t.Chart(draw.Plot{Curves: curves, Kind: kind, Fine: true}, cols, plotH-6)...)
	lines = append(lines,
		t.Muted.Render(pad+"└"+string(marks)),
		t.Muted.Render(pad+draw.Between(" 0", draw.Thousands(p.steps)+" steps", cols+1)),
		pad+" "+t.Decision.Render(draw.Crop(strings.Join(names, "   "), cols, "…")))
	return writePlot(p.path, p.format, t, lines)
}

// racePlot is the picture of a race.
type racePlot struct {
	path, format string
	force        bool
}

func (p *racePlot) flags(c *cobra.Command) {
	plotFlag(c, &p.path, "draw the loss curves")
	forceFlag(c, &p.force)
}

func (p *racePlot) check() (err error) {
	if p.path != "" {
		p.format, err = plotFormat(p.path, p.force)
	}
	return err
}

// draw draws the curves of the racers.
func (p *racePlot) draw(c headless.Contest, out []headless.Racer) error {
	if p.path == "" {
		return nil
	}
	t := plotTheme()
	return writePlot(p.path, p.format, t, raceLines(t, curvesOf(out), c.Steps, plotW, plotH))
}
