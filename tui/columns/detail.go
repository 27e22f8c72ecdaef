package columns

import (
	"fmt"
	"strings"

	"descent/presets/draft"
	"descent/tui/draw"
)

// detail renders the selected column in a box of w×h cells.
func (v *View) detail(w, h int) string {
	c := v.d.Columns[v.at]
	in := w - 4
	var out []string
	say := func(name, text string) {
		for i, l := range wrap(draw.Line(text), max(in-11, 8)) {
			if i > 0 {
				name = ""
			}
			out = append(out, v.t.Muted.Render(draw.FitLine(name, 11))+v.t.Text.Render(l))
		}
	}
	say("role", string(c.Role))
	say("kind", string(c.Kind))
	say("becomes", c.Becomes())
	if c.Note != "" {
		say("because", c.Note)
	}
	if c.Spoken != "" {
		say("written", c.Spoken)
	}
	say("values", draw.Thousands(c.Rows))
	if c.Missing > 0 {
		what := fmt.Sprintf("%s (%s)", draw.Thousands(c.Missing), missingText(c))
		if c.Role == draft.Input {
			what += ": " + treatment(v.d)
		}
		say("missing", what)
	}
	say("unique", c.Unique())
	if !isNaN(c.Min) && !c.Words() {
		say("range", draft.Short(c.Min)+" to "+draft.Short(c.Max))
		say("mean", draw.Significant(c.Mean))
	} else if c.Example != "" {
		say("such as", c.Example)
	}
	if len(c.Bins) > 0 && c.Numeric() {
		out = append(append(out, ""), v.histogram(c, in)...)
	}
	if len(c.Top) > 0 && (!c.Numeric() || c.Distinct <= 12) {
		out = append(append(out, "", v.t.Title.Render("most frequent")), v.frequent(c, in)...)
	}
	for i, l := range out {
		out[i] = " " + l
	}
	return v.t.Box(draw.Line(c.Name), nil, "", draw.FitLines(out, w-2, h-2), w, h, false)
}

func isNaN(v float64) bool { return v != v }

// tall is how many lines a histogram has.
const tall = 6

// histogram draws the bins as bars that stand.
func (v *View) histogram(c draft.Column, w int) []string {
	counts := c.Bins
	if w < 2*len(counts) {
		counts = merged(counts, max(w/2, 1))
	}
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	each := max(min(w/len(counts), 2), 1)
	const steps = " ▁▂▃▄▅▆▇█"
	rows := make([]string, tall)
	for y := range rows {
		var b strings.Builder
		for _, n := range counts {
			level := float64(n)/float64(most)*tall - float64(tall-1-y)
			at := draw.Cell(min(max(level, 0), 1), 9)
			if n > 0 && y == tall-1 {
				at = max(at, 1)
			}
			b.WriteString(strings.Repeat(string([]rune(steps)[at]), each))
		}
		rows[y] = v.t.Train.Render(b.String())
	}
	width := each * len(counts)
	return append(rows, v.t.Muted.Render(draw.Between(draft.Short(c.Min), draft.Short(c.Max), width)))
}

// frequent draws the most frequent values with bars.
func (v *View) frequent(c draft.Column, w int) []string {
	wide := 4
	for _, t := range c.Top {
		wide = max(wide, draw.Width(draw.Line(t.Value)))
	}
	wide = min(wide, max(w-20, 6))
	var out []string
	for _, t := range c.Top {
		share := float64(t.Rows) / float64(max(c.Rows, 1))
		out = append(out, v.t.Text.Render(draw.FitLine(draw.Line(t.Value), wide))+" "+v.t.Train.Render(draw.FitLine(draw.Bar(share, max(w-wide-8, 4)), max(w-wide-8, 4)))+v.t.Muted.Render(fmt.Sprintf("%5.0f %%", 100*share)))
	}
	if more := c.Distinct - len(c.Top); more > 0 {
		out = append(out, v.t.Muted.Render(fmt.Sprintf("and %d more", more)))
	}
	return out
}

// guideLines explain the keys.
var guideLines = [][2]string{
	{"enter", "train: begins a session with the recipe as it is shown"},
	{"t", "makes the column the target, the one that is predicted"},
	{"T", "adds it to the targets, or takes it from them: several numbers at once"},
	{"i", "leaves the column out, or uses it"},
	{"c", "takes its numbers for categories, an input each, or for numbers again"},
	{"o", "ordinal: one input, the place of the category in their order"},
	{"m", "goes through the treatments of missing values"},
	{"u", "takes the last change back"},
	{"w", "writes the recipe, a TOML file with comments, beside the data"},
	{"↑↓", "chooses a column; the wheel and a click do too"},
	{"esc", "goes back; nothing was trained"},
}

func (v *View) guideBox(w, h int) string {
	var lines []string
	for _, l := range wrap("A row for each column of the file: what it is for, what its cells are, and what the network gets to see of it. All of it is a proposal.", w-4) {
		lines = append(lines, " "+v.t.Text.Render(l))
	}
	lines = append(lines, "")
	for _, g := range guideLines {
		for i, l := range wrap(g[1], max(w-13, 10)) {
			key := ""
			if i == 0 {
				key = v.t.Keys(g[0])
			}
			lines = append(lines, " "+v.t.Focus.Render(draw.FitLine(key, 7))+v.t.Text.Render(l))
		}
	}
	lines = append(lines, "", v.t.Muted.Render(" any key closes this"))
	return v.t.Box("Columns: keys", nil, "", draw.FitLines(lines, w-2, min(len(lines), h-2)), w, min(len(lines)+2, h), true)
}
