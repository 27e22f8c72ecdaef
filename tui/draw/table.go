package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Column is a column of a table: words, or numbers with a unit. Bars are drawn
// beside the numbers if there is room.
type Column struct {
	Name, Unit string
	Words      []string
	Numbers    []float64
	Bars       bool
}

// Widths within a table, in cells.
const (
	numberWidth = 9 // least of a column of numbers
	wordWidth   = 4 // least of a column of words
	barWidth    = 8 // what bars keep where words are longer than their share
)

// rows returns the number of rows.
func (c Column) rows() int { return max(len(c.Words), len(c.Numbers)) }

func (c Column) head() string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + ", " + c.Unit
}

// cells formats the rows: numbers as integers if all of them are.
func (c Column) cells() []string {
	if c.Words != nil {
		return c.Words
	}
	format := Significant
	if integers(c.Numbers) {
		format = func(v float64) string {
			if math.IsNaN(v) {
				return "NaN"
			}
			return grouped(strconv.FormatFloat(v, 'f', 0, 64))
		}
	}
	out := make([]string, len(c.Numbers))
	for i, v := range c.Numbers {
		out[i] = format(v)
	}
	return out
}

// integers reports whether all values are integers that a float64 holds exactly;
// NaN, a missing value, may be among them.
func integers(values []float64) bool {
	some := false
	for _, v := range values {
		switch {
		case math.IsNaN(v):
		case v != math.Trunc(v) || math.Abs(v) > 1<<53:
			return false
		default:
			some = true
		}
	}
	return some
}

// column is a Column with its cells as text and its place in a table.
type column struct {
	Column
	cells []string
	width int // without a bar
	most  float64
}

// fit returns the columns that w cells hold, dropped from the end, and the width of
// a bar. Words wider than a third of w are truncated only as far as later columns
// and bars need the room.
func fit(columns []Column, headed bool, w int) (out []column, bar int) {
	room, bars := w, 0
	var whole []int // the widths without a cut
	for _, c := range columns {
		p := column{Column: c, cells: c.cells(), width: numberWidth}
		if c.Words != nil {
			p.width = wordWidth
		}
		for _, text := range p.cells {
			p.width = max(p.width, Width(text))
		}
		switch head := Width(c.head()); {
		case headed && c.Words != nil:
			p.width = max(p.width, head)
		case headed:
			p.width = max(p.width, head+1)
		}
		natural := p.width
		if c.Words != nil {
			p.width = min(p.width, w/3)
		}
		if room -= p.width; room < 0 {
			room += p.width
			break
		}
		if room--; c.Bars { // a blank after each
			bars++
			for _, v := range c.Numbers {
				p.most = max(p.most, v)
			}
		}
		out, whole = append(out, p), append(whole, natural)
	}
	for i := range out {
		more := max(min(whole[i]-out[i].width, room-bars*barWidth), 0)
		out[i].width += more
		room -= more
	}
	return out, max(room, 0) / max(bars, 1)
}

// Table renders columns under a title in at most h lines of w cells, starting at
// row top or as close to it as fills the space; columns without room are dropped
// from the end. The title goes on in further lines if these hide no row, or else is
// cut with a mark. If rows are hidden, the last line gives their number above and
// below.
func (t *Theme) Table(title string, columns []Column, w, h, top int) []string {
	rows := 0
	for _, c := range columns {
		rows = max(rows, c.rows())
	}
	headed := len(columns) > 2 // the title describes a single one
	fitting, bar := fit(columns, headed, w)
	var out []string
	if headed && len(fitting) > 0 {
		var head strings.Builder
		for _, c := range fitting {
			if c.Words != nil {
				head.WriteString(FitLine(c.head(), c.width) + " ")
			} else {
				if c.Bars {
					head.WriteString(strings.Repeat(" ", bar))
				}
				head.WriteString(Between("", c.head(), c.width) + " ")
			}
		}
		out = append(out, t.Muted.Render(strings.TrimRight(head.String(), " ")))
	}
	if lines := strings.Split(Wrap(title, w), "\n"); len(lines)+len(out)+rows <= h {
		out = append(t.Muted.Lines(strings.Join(lines, "\n")), out...)
	} else {
		out = append([]string{t.Muted.Render(Crop(title, w, "…"))}, out...)
	}
	shown := max(h-len(out), 0)
	if rows > shown {
		shown = max(shown-1, 0)
	}
	top = min(max(top, 0), max(rows-shown, 0))
	for r := top; r < min(top+shown, rows); r++ {
		var line strings.Builder
		for _, c := range fitting {
			line.WriteString(t.tableCell(c, r, bar))
		}
		out = append(out, line.String())
	}
	if more := Beyond(top, rows-top-shown); more != "" && len(out) < h {
		out = append(out, t.Muted.Render(strings.TrimSpace(more)))
	}
	return out
}

// tableCell renders one row of a column, with its bar and a blank.
func (t *Theme) tableCell(c column, row, bar int) string {
	if !c.Bars {
		bar = 0
	}
	switch {
	case row >= len(c.cells):
		return strings.Repeat(" ", bar+c.width+1)
	case c.Words != nil:
		return t.Text.Render(FitLine(c.cells[row], c.width)) + " "
	}
	number := t.Text.Render(Between("", c.cells[row], c.width)) + " "
	if !c.Bars {
		return number
	}
	share := 0.0
	if c.most > 0 {
		share = max(c.Numbers[row], 0) / c.most
	}
	return t.Train.Render(FitLine(Bar(share, bar), bar)) + number
}

// Beyond formats the number of hidden lines above and below.
func Beyond(above, below int) string {
	switch {
	case above > 0 && below > 0:
		return fmt.Sprintf(" ↑ %d ↓ %d more ", above, below)
	case above > 0:
		return fmt.Sprintf(" ↑ %d more ", above)
	case below > 0:
		return fmt.Sprintf(" ↓ %d more ", below)
	}
	return ""
}
