package compression

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/probe"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
)

// The signs of the chart of sizes.
const (
	signNow   = '●'
	signFront = '◆'
	signOther = '○'
)

// sizes plots every size that was evaluated against its loss or accuracy, with a
// table of the best of each size.
func (c *sheet) sizes(f *live.Frame, w, h int) []string {
	visits, now, hasNow := c.points(f)
	if len(visits) == 0 && !hasNow {
		return []string{
			"", c.t.Muted.Render("  nothing evaluated yet:"), c.t.Muted.Render("  space trains, p prunes,"),
			c.t.Muted.Render("  i quantizes, B fits to a size"),
		}
	}
	accuracy := c.byAccuracy(visits)
	front := session.ParetoFront(visits, func(v session.Visit) float64 {
		if accuracy {
			return -v.BestCorrect
		}
		return v.BestLoss
	})
	rows := min(len(front)+2, max(h*2/5, 3)) // of the table: its heading, the current state, and at least the best
	var out []string
	if plot := h - rows - 3; plot >= 3 && w >= 24 {
		out = append(out, c.legend(f, w))
		out = append(out, c.plot(visits, front, now, hasNow, w, plot)...)
	}
	return append(out, c.table(f, visits, front, now, hasNow, w, h-len(out))...)
}

// points returns the visits and the current state, measured at this step or else as
// last evaluated at this size.
func (c *sheet) points(f *live.Frame) (visits []session.Visit, now session.Visit, ok bool) {
	for _, v := range f.Visits {
		if v.Branch == f.Branch && v.Bytes == f.Size.Bytes {
			now, ok = v, true
			now.BestLoss, now.BestCorrect, now.BestStep = v.Loss, v.Accuracy, v.Step
		}
	}
	here := func(a probe.Evaluation, hasAccuracy bool) {
		s := f.Size
		now, ok = session.Visit{
			Branch: f.Branch, Bytes: s.Bytes, Dense: s.Dense, Kept: float64(s.Kept) / float64(max(s.Params, 1)), Bits: s.Bits,
			BestStep: f.Step, BestLoss: a.Loss, BestCorrect: a.Accuracy, HasAccuracy: hasAccuracy,
		}, true
	}
	if m, found := f.Findings[probe.CompressionLoss{}].Value.(probe.Comparison); !ok && found && !math.IsNaN(m.Now.Loss) {
		here(m.Now, m.HasAccuracy)
	}
	if e := f.Eval; e.Evaluated && e.HasVal && e.Step == f.Step && !math.IsNaN(e.ValLoss) {
		here(probe.Evaluation{Loss: e.ValLoss, Accuracy: e.ValAccuracy}, e.HasAccuracy)
	}
	return f.Visits, now, ok
}

func (c *sheet) byAccuracy(visits []session.Visit) bool {
	for _, v := range visits {
		if !v.HasAccuracy {
			return false
		}
	}
	return c.right
}

func (c *sheet) legend(f *live.Frame, w int) string {
	judged := "validation "
	if f.Data != nil && f.Data.Val.Rows() == 0 {
		judged = "training "
	}
	what := judged + "loss"
	if c.byAccuracy(f.Visits) {
		what = judged + "accuracy"
	}
	signs := c.t.Decision.Render(string(signNow)) + c.t.Muted.Render(" now ") + c.t.Val.Render(string(signFront)) + c.t.Muted.Render(" best ")
	if w >= 44 {
		signs += c.t.Muted.Render(string(signOther) + " others ")
	}
	return draw.Between(c.t.Text.Render("↑ "+what), signs, w)
}

// plot draws the points: bytes on a logarithmic axis; loss logarithmic too if all
// are positive; accuracy linear. It is h+2 lines high.
func (c *sheet) plot(visits []session.Visit, front []int, now session.Visit, hasNow bool, w, h int) []string {
	all := visits
	if hasNow {
		all = append(visits[:len(visits):len(visits)], now)
	}
	accuracy := c.byAccuracy(all)
	value := func(v session.Visit) float64 {
		if accuracy {
			return 100 * v.BestCorrect
		}
		return v.BestLoss
	}
	log := !accuracy
	least, most := math.Inf(1), 0.0
	for _, v := range all {
		log = log && value(v) > 0
		least, most = min(least, float64(v.Bytes)), max(most, float64(v.Bytes), float64(v.Dense))
	}
	left, right := math.Log(max(least, 1)*0.8), math.Log(max(most, 2)*1.15)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range all {
		if y, ok := draw.Scaled(value(v), log); ok {
			low, high = min(low, y), max(high, y)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	around := 0.002 * max(math.Abs(high), 1) // identical points: widened, so that the labels differ
	if log {
		around = 0.02
	}
	pad := max((high-low)*0.08, around)
	low, high = low-pad, high+pad
	cols := w - draw.LabelWidth - 1
	can := draw.NewCanvas(c.t, cols, h)
	place := func(v session.Visit) (x, y float64) {
		u, _ := draw.Scaled(value(v), log)
		return draw.Axis{Low: left, High: right}.Share(math.Log(max(float64(v.Bytes), 1))) * float64(cols-1), draw.Axis{Low: high, High: low}.Share(u) * float64(h-1)
	}
	put := func(v session.Visit, sign rune, ink draw.RGB) {
		x, y := place(v)
		can.Put(draw.Round(x), draw.Round(y), sign, ink)
	}
	pic := c.t.Palette
	quiet := draw.Mix(pic.Ground, pic.Path, 0.5)
	for i := 1; i < len(front); i++ {
		x0, y0 := place(visits[front[i-1]])
		x1, y1 := place(visits[front[i]])
		can.Line(math.Round(x0)+0.5, math.Round(y0)+0.5, math.Round(x1)+0.5, math.Round(y1)+0.5, quiet)
	}
	for _, v := range visits {
		put(v, signOther, quiet)
	}
	for _, i := range front {
		put(visits[i], signFront, pic.Class(1))
	}
	if hasNow {
		put(now, signNow, pic.Least)
	}
	every := max((h+3)/4, 2)
	out := make([]string, 0, h+2)
	for i, line := range can.Lines() {
		label := ""
		if i%every == 0 || i == h-1 && i%every >= 2 {
			u := draw.Axis{Low: high, High: low}.At(float64(i) / float64(max(h-1, 1)))
			switch {
			case log:
				label = draw.Significant(math.Pow(10, u))
			case accuracy:
				label = fmt.Sprintf("%.1f %%", u)
			default:
				label = draw.Significant(u)
			}
		}
		out = append(out, c.t.Muted.Render(draw.Between("", label, draw.LabelWidth)+"┤")+line)
	}
	axis, labels := sizeAxis(left, right, math.Log(max(most, 2)), cols)
	pad8 := strings.Repeat(" ", draw.LabelWidth)
	return append(out, c.t.Muted.Render(pad8+"└"+axis), c.t.Muted.Render(pad8+" "+labels))
}

// sizeAxis labels round sizes on a logarithmic axis, as many as fit or, if there
// are none, the dense size.
func sizeAxis(left, right, dense float64, cols int) (ruler, labels string) {
	line, names := []rune(strings.Repeat("─", cols)), []rune(strings.Repeat(" ", cols))
	for _, steps := range [][]float64{{1}, {5}, {2}} { // the roundest first
		for decade := 0; decade <= 12; decade++ {
			for _, m := range steps {
				bytes := m * math.Pow(10, float64(decade))
				at := draw.Round(draw.Axis{Low: left, High: right}.Share(math.Log(bytes)) * float64(cols-1))
				name := []rune(roundSize(bytes))
				from := min(max(at-len(name)/2, 0), cols-len(name))
				if at < 0 || at >= cols || from < 0 {
					continue
				}
				free := true
				for i := max(from-2, 0); i < min(from+len(name)+2, cols); i++ {
					free = free && names[i] == ' '
				}
				if free {
					line[at] = '┬'
					copy(names[from:], name)
				}
			}
		}
	}
	if strings.TrimSpace(string(names)) == "" {
		name := []rune(draw.Bytes(draw.Round(math.Exp(dense))))
		at := draw.Round(draw.Axis{Low: left, High: right}.Share(dense) * float64(cols-1))
		if from := min(max(at-len(name)/2, 0), cols-len(name)); from >= 0 && at >= 0 && at < cols {
			line[at] = '┬'
			copy(names[from:], name)
		}
	}
	return string(line), string(names)
}

// roundSize formats a round size: "500 B", "20 kB", "1 MB".
func roundSize(bytes float64) string {
	for _, u := range []struct {
		name string
		of   float64
	}{{"MB", 1e6}, {"kB", 1e3}} {
		if bytes >= u.of {
			return fmt.Sprintf("%g %s", math.Round(bytes/u.of), u.name)
		}
	}
	return fmt.Sprintf("%g B", math.Round(bytes))
}

// sizeColumn is a column of the table.
type sizeColumn struct {
	head  string
	width int
	cell  func(v session.Visit) string
}

// sizeColumns are the columns of the table; those at the end are dropped first.
var sizeColumns = []sizeColumn{
	{"size", 9, func(v session.Visit) string { return draw.Bytes(v.Bytes) }},
	{"loss", 8, func(v session.Visit) string { return draw.Significant(v.BestLoss) }},
	{"acc", 8, func(v session.Visit) string {
		return draw.Percent(v.BestCorrect)
	}},
	{"kept", 5, func(v session.Visit) string { return draw.ShortPercent(v.Kept) }},
	{"bits", 6, func(v session.Visit) string {
		switch v.Bits {
		case 0:
			return "float"
		case core.Mixed:
			return "mixed"
		}
		return fmt.Sprint(v.Bits)
	}},
	{"of dense", 10, func(v session.Visit) string { return draw.Percent(float64(v.Bytes) / float64(max(v.Dense, 1))) }},
	{"step", 9, func(v session.Visit) string { return draw.Thousands(v.BestStep) }},
}

// columnsFor returns the columns that fit into w cells. If not all fit, settings
// that are the same in every row are dropped first, so that the step, which
// distinguishes the rows, is kept.
func columnsFor(rows []session.Visit, w int) []sizeColumn {
	columns, wide := slices.Clone(sizeColumns), 0
	if len(rows) > 0 && !rows[0].HasAccuracy {
		columns = slices.DeleteFunc(columns, func(c sizeColumn) bool { return c.head == "acc" })
	}
	for _, c := range columns {
		wide += c.width
	}
	if wide > w {
		columns = slices.DeleteFunc(columns, func(c sizeColumn) bool {
			alike := c.head == "kept" || c.head == "bits" || c.head == "of dense"
			for _, v := range rows {
				alike = alike && c.cell(v) == c.cell(rows[0])
			}
			return alike
		})
	}
	for i, left := 0, w; i < len(columns); i++ {
		if left -= columns[i].width; left < 0 {
			return columns[:i]
		}
	}
	return columns
}

// table lists the current state and the best of each size, as many as fit.
func (c *sheet) table(f *live.Frame, visits []session.Visit, front []int, now session.Visit, hasNow bool, w, h int) []string {
	names := map[journal.BranchID]string{}
	for _, b := range f.Branches {
		names[b.ID] = b.Label
	}
	var rows []session.Visit
	if hasNow {
		rows = append(rows, now)
	}
	for _, i := range thinned(front, h-1-len(rows)) {
		rows = append(rows, visits[i])
	}
	columns := columnsFor(rows, w-1)
	row := func(mark string, style draw.Style, cell func(sizeColumn) string, last string) string {
		var out strings.Builder
		left := w - 1
		for _, col := range columns {
			left -= col.width
			out.WriteString(draw.Between("", cell(col), col.width))
		}
		if left > 8 && last != "" {
			out.WriteString("  " + last)
		}
		return mark + style.Render(draw.FitLine(out.String(), w-1))
	}
	out := []string{row(" ", c.t.Muted, func(col sizeColumn) string { return col.head }, "branch")}
	for i, v := range rows {
		mark, style := c.t.Val.Render(string(signFront)), c.t.Text
		if hasNow && i == 0 {
			mark, style = c.t.Decision.Render(string(signNow)), c.t.Title
		}
		out = append(out, row(mark, style, func(col sizeColumn) string { return col.cell(v) }, names[v.Branch]))
	}
	return out
}

// thinned returns an even selection of a list that fits, including its ends.
func thinned(list []int, room int) []int {
	if len(list) <= room {
		return list
	}
	out := make([]int, max(room, 0))
	for i := range out {
		out[i] = list[i*(len(list)-1)/max(room-1, 1)]
	}
	return out
}
