package tune

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/study"
	"descent/tui/draw"
)

// column is a column of the table of trials.
type column struct {
	key   string // by which it is sorted; see sorted
	head  string
	width int // right-aligned if positive, left-aligned if negative
	rank  int // those of a high rank go first where there is no room
	text  func(d *digest, t *study.Trial) string
}

// Keys of the columns that are no axes.
const (
	byRank   = ""
	byNumber = "#"
	byState  = "state"
	bySecond = "second"
	bySteps  = "steps"
	byWorker = "worker"
	byReason = "reason"
)

// Widths of columns.
const (
	valueWide = 8
	axisWide  = 10 // at most, with its arrow
	reasonAll = 60
)

// columns are all that a search has, in the order of the table.
func columns(d *digest) []column {
	most := 0
	if n := len(d.Trials); n > 0 {
		most = d.Trials[n-1].Number
	}
	out := []column{
		{byNumber, "#", max(len(fmt.Sprint(most))+1, 4), 0, func(_ *digest, t *study.Trial) string { return fmt.Sprint(t.Number) }},
		{byState, "state", -12, 9, func(_ *digest, t *study.Trial) string { return stateOf(t).word }},
	}
	for k, g := range d.goals[:min(len(d.goals), 2)] {
		key, rank := byRank, 0
		if k > 0 {
			key, rank = bySecond, 1
		}
		out = append(out, column{key, g.name, max(valueWide, min(draw.Width(g.name), 12)+1) + 1, rank, func(_ *digest, t *study.Trial) string {
			return shownNumber(g.shown(value(t, k)))
		}})
	}
	out = append(out, column{bySteps, "steps", 10, 4, func(d *digest, t *study.Trial) string {
		done, _ := d.trained(t)
		return draw.Thousands(done)
	}})
	for i, a := range d.axes {
		out = append(out, column{a.Path, a.name, width(a), 2 + i, func(_ *digest, t *study.Trial) string {
			v, ok := t.Point[a.Path]
			if !ok {
				return "–"
			}
			return brief(v)
		}})
	}
	return append(
		out,
		column{byWorker, "worker", -11, 40, func(_ *digest, t *study.Trial) string { return t.Claim.Worker }},
		column{byReason, "reason", -13, 41, func(_ *digest, t *study.Trial) string { return reason(t) }},
	)
}

// reason says why a trial ended early, and what is odd about it.
func reason(t *study.Trial) string {
	if t.Why == "" && t.Outside {
		return "outside of the space"
	}
	return t.Why
}

// width is that of the column of an axis, with room for an arrow.
func width(a axis) int {
	if a.Kind != search.Choice {
		return max(valueWide, min(draw.Width(a.name)+1, axisWide)) + 1
	}
	most := min(draw.Width(a.name), axisWide)
	for _, c := range a.Choices {
		most = max(most, min(draw.Width(c.String()), axisWide+2))
	}
	return -(max(most+1, 5) + 1)
}

// brief is a setting in few cells.
func brief(v knob.Value) string {
	if text := v.String(); v.Word() != "" || v.Items() != nil || !numeric(v) {
		return text
	}
	return draw.Significant(v.Num())
}

// numeric reports whether a value is a number that is written with a fraction or many
// digits.
func numeric(v knob.Value) bool {
	return v.Equal(knob.Num(v.Num())) && (v.Num() != math.Trunc(v.Num()) || math.Abs(v.Num()) >= 1e6)
}

// shownNumber formats a value, – before there is one.
func shownNumber(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return draw.Significant(v)
}

// fitting are the columns that w cells hold; the last grows into what is left.
func fitting(all []column, w int) []column {
	ranks := make([]int, len(all))
	for i := range all {
		ranks[i] = i
	}
	slices.SortStableFunc(ranks, func(a, b int) int { return cmp.Compare(all[a].rank, all[b].rank) })
	keep := make([]bool, len(all))
	for _, i := range ranks {
		if need := draw.Cells(all[i].width); need <= w {
			keep[i] = true
			w -= need
		} else if all[i].rank > 0 {
			break
		}
	}
	var out []column
	for i, c := range all {
		if keep[i] {
			out = append(out, c)
		}
	}
	for i, c := range out { // cut headings first
		if more := min(draw.Width(c.head)+2-draw.Cells(c.width), w); c.width > 0 && more > 0 {
			out[i].width += more
			w -= more
		}
	}
	if n := len(out); n > 0 && out[n-1].key == byReason {
		out[n-1].width = max(out[n-1].width-w, -reasonAll)
	}
	return out
}

// sorted sorts indices of trials by a column, the pinned ones first; what has no value
// there is last.
func sorted(d *digest, rows []int, key string, down bool) {
	type sortable struct {
		class  int // those that are pinned, the others, those without a value
		number float64
		text   string
		row    int
	}
	keys := make([]sortable, len(rows))
	category := false
	if at := slices.IndexFunc(d.axes, func(a axis) bool { return a.Path == key }); at >= 0 {
		category = d.axes[at].Kind == search.Choice
	}
	for n, i := range rows {
		t := d.Trials[i]
		k := sortable{row: i}
		none := false
		switch key {
		case byRank:
			k.number = order(d, i)
		case bySecond:
			k.number = d.goals[min(1, len(d.goals)-1)].shown(value(t, 1))
		case byNumber:
			k.number = float64(t.Number)
		case byState:
			k.number = float64(standing(t))
		case bySteps:
			done, _ := d.trained(t)
			k.number = float64(done)
		case byWorker:
			k.text = t.Claim.Worker
		case byReason:
			k.text, none = reason(t), reason(t) == ""
		default:
			v, ok := t.Point[key]
			if none = !ok; category {
				k.text = v.String()
			} else {
				k.number = v.Num()
			}
		}
		if none || math.IsNaN(k.number) {
			k.class, k.number = 1, 0
		}
		if d.pinned[t.Number] {
			k.class -= 2
		}
		keys[n] = k
	}
	slices.SortFunc(keys, func(x, y sortable) int {
		if x.class != y.class {
			return x.class - y.class
		}
		by := cmp.Compare(x.number, y.number)
		if by == 0 {
			by = strings.Compare(x.text, y.text)
		}
		if down {
			by = -by
		}
		return cmp.Or(by, x.row-y.row)
	})
	for n, k := range keys {
		rows[n] = k.row
	}
}

// order is the place of a trial in the table by rank: those that compete, then those
// that may yet, then those that were stopped, then those that failed.
func order(d *digest, i int) float64 {
	if p := d.place[i]; p > 0 {
		return float64(p)
	}
	t := d.Trials[i]
	const apart = 1e9
	at := float64(1+standing(t)) * apart
	// Within a state by value, in (0, 1): arctan keeps the order.
	if v := value(t, 0); !math.IsNaN(v) {
		return at + math.Atan(v)*1e6
	}
	return at + 2e6
}

// aligned fits a text into a column, with a blank before numbers and behind words.
func aligned(text string, width int) string {
	if width < 0 {
		return draw.FitLine(" "+draw.Crop(text, max(-width-1, 0), "…"), -width)
	}
	return draw.Between("", draw.Crop(text, max(width-1, 0), "…"), width)
}

// progress is how far a trial is, as a bar and in per cent.
func progress(done, of, w int) string {
	text := draw.ShortPercent(min(float64(done)/float64(max(of, 1)), 1))
	return draw.Progress(done, of, max(w-5, 0)) + draw.Between("", text, 5)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return draw.Thousands(n) + " " + thing + "s"
}
