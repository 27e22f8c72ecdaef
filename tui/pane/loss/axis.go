package loss

import (
	"fmt"
	"math"
	"strings"

	"descent/session"
	"descent/tui/draw"
)

// axisLines renders the horizontal axis, with the best step on it unless negative, and
// its labels, at round numbers of units.
func axisLines(t *draw.Theme, v window, best int, unit float64) []string {
	line := []rune(strings.Repeat("─", v.cols))
	labels := []rune(strings.Repeat(" ", v.cols+draw.ChartMargin+12))
	free := 0
	for _, label := range ticks(draw.Floor(float64(v.from)/unit), draw.Floor(float64(v.to)/unit), v.cols/12) {
		c := min(max(v.column(draw.Round(float64(label)*unit)), 0), v.cols-1)
		line[c] = '┬'
		text := []rune(draw.Thousands(label))
		at := min(max(c+draw.ChartMargin-len(text)/2, 0), v.cols+draw.ChartMargin-len(text))
		if at < free || at+len(text) > v.cols+draw.ChartMargin {
			continue
		}
		copy(labels[at:], text)
		free = at + len(text) + 1
	}
	axis := t.Muted.Render(strings.Repeat(" ", draw.ChartMargin-1) + "└" + string(line))
	if c := v.column(best); best > v.from && c < v.cols {
		axis = t.Muted.Render(strings.Repeat(" ", draw.ChartMargin-1)+"└"+string(line[:c])) + t.Good.Render("★") + t.Muted.Render(string(line[c+1:]))
	}
	return []string{
		axis,
		t.Muted.Render(strings.TrimRight(string(labels), " ")),
	}
}

// ticks returns about n round numbers between two steps.
func ticks(from, to, n int) []int {
	raw := float64(to-from) / float64(max(n, 1))
	unit := math.Pow(10, math.Floor(math.Log10(max(raw, 1))))
	for _, m := range []float64{1, 2, 5, 10} {
		if unit*m >= raw {
			unit *= m
			break
		}
	}
	step := max(draw.Floor(unit), 1)
	var out []int
	for s := (from/step + 1) * step; s <= to; s += step {
		out = append(out, s)
	}
	return out
}

// markLines writes each decision with its number below its step, in at most the given
// number of lines. If there are too many, the latest keep their labels.
func markLines(t *draw.Theme, marks []session.Mark, v window, lines int) []string {
	width := v.cols + draw.ChartMargin
	cells := make([][]string, lines)
	free := make([]int, lines) // cells from here on are occupied
	for i := range cells {
		cells[i], free[i] = make([]string, width), width
	}
	for i := len(marks) - 1; i >= 0; i-- {
		c := v.column(marks[i].Step)
		if c < 0 || c >= v.cols {
			continue
		}
		at := c + draw.ChartMargin
		mark(i+1, marks[i].Text, at, i == len(marks)-1, cells, free)
	}
	out := make([]string, lines)
	for i, row := range cells {
		var line strings.Builder
		for x := 0; x < width; {
			if row[x] == "" {
				line.WriteByte(' ')
				x++
				continue
			}
			line.WriteString(t.Decision.Render(row[x]))
			x += draw.Width(row[x])
		}
		out[i] = line.String()
	}
	return out
}

// mark puts one decision into the first line with room for its label, to the right
// of its step or, for the latest, to the left at the edge; otherwise only the sign,
// with its number where that has room.
func mark(number int, text string, at int, latest bool, cells [][]string, free []int) {
	sign := fmt.Sprintf("▲%d", number)
	right, left := sign+" "+text, fmt.Sprintf("%s %d▲", text, number)
	for i := range cells {
		edge := latest && at+draw.Width(right) > len(cells[i])
		from := at + 1 - draw.Width(left)
		switch {
		case at+draw.Width(right) < free[i]:
			cells[i][at], free[i] = right, at
			return
		case edge && at < free[i] && from >= 0:
			cells[i][from], free[i] = left, from-1
			return
		}
	}
	switch {
	case at+draw.Width(sign) < free[0]:
		cells[0][at], free[0] = sign, at
	case at < free[0]:
		cells[0][at], free[0] = "▲", at
	}
}
