package draw

import (
	"fmt"
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

// numberWidth is the width of a column of numbers.
const numberWidth = 9

// rows returns the number of rows.
func (c Column) rows() int { return max(len(c.Words), len(c.Numbers)) }

// width returns the width of a column in a table of w cells, without bars.
func (c Column) width(w int) int {
	if c.Words == nil {
		return max(numberWidth, Width(c.head())+1)
	}
	widest := 4
	for _, text := range c.Words {
		widest = max(widest, Width(text))
	}
	return min(widest, w/3)
}

func (c Column) head() string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + ", " + c.Unit
}

// Table renders columns under a title in at most h lines of w cells, starting at
// row top or as close to it as fills the space; columns without room are dropped
// from the end. If rows are hidden, the last line gives their number above and
// below.
func (t *Theme) Table(title string, columns []Column, w, h, top int) []string {
	out := []string{t.Muted.Render(title)}
	rows, room, widths, bars := 0, w, []int{}, 0
	for _, c := range columns {
		rows = max(rows, c.rows())
	}
	for i, c := range columns {
		wide := c.width(w)
		if room -= wide; room < 0 {
			columns = columns[:i]
			break
		}
		if room--; c.Bars { // a blank after each
			bars++
		}
		widths = append(widths, wide)
	}
	if len(columns) > 2 { // the title describes a single one
		var head strings.Builder
		for i, c := range columns {
			if c.Words != nil {
				head.WriteString(FitLine(c.head(), widths[i]) + " ")
			} else {
				head.WriteString(Between("", c.head(), widths[i]) + " ")
			}
		}
		out = append(out, t.Muted.Render(strings.TrimRight(head.String(), " ")))
	}
	shown := max(h-len(out), 0)
	if rows > shown {
		shown = max(shown-1, 0)
	}
	top = min(max(top, 0), max(rows-shown, 0))
	bar := max(room, 0) / max(bars, 1)
	for r := top; r < min(top+shown, rows); r++ {
		var line strings.Builder
		for i, c := range columns {
			line.WriteString(t.tableCell(c, r, widths[i], bar))
		}
		out = append(out, line.String())
	}
	if more := Beyond(top, rows-top-shown); more != "" && len(out) < h {
		out = append(out, t.Muted.Render(strings.TrimSpace(more)))
	}
	return out
}

// tableCell renders one row of a column, with its bar and a blank.
func (t *Theme) tableCell(c Column, row, w, bar int) string {
	switch {
	case c.Words != nil && row < len(c.Words):
		return t.Text.Render(FitLine(c.Words[row], w)) + " "
	case c.Words != nil || row >= len(c.Numbers):
		return strings.Repeat(" ", w+1)
	case !c.Bars:
		return t.Text.Render(Between("", Significant(c.Numbers[row]), w)) + " "
	}
	most, share := 0.0, 0.0
	for _, v := range c.Numbers {
		most = max(most, v)
	}
	if most > 0 {
		share = max(c.Numbers[row], 0) / most
	}
	return t.Train.Render(FitLine(Bar(share, bar), bar)) + t.Text.Render(Between("", Significant(c.Numbers[row]), w)) + " "
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
