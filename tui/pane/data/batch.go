package data

import (
	"fmt"
	"strings"

	"descent/core/data"
	"descent/core/objective"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

const batchView = "batch, before and after"

// Lines of the heading of the view, and cells of a number of a table: seven, a mark
// and a space. A row of a table takes two lines.
const (
	batchHead  = 2
	numberWide = 9
)

// layPairs chooses the largest scale at which three images fit, each before and
// after with a line between, or at least one.
func layPairs(height, width, w, h int) album {
	var best album
	for shrink := 1; shrink <= max(height, width); shrink++ {
		a := album{shrink: shrink, grow: 1, w: max((width+shrink-1)/shrink, 7), h: 2*((height+2*shrink-1)/(2*shrink)) + 2}
		a.across, a.down = (w+1)/(a.w+1), max(h+1, 0)/a.h
		if n := a.across * a.down; n >= 3 {
			return a
		} else if n > best.across*best.down {
			best = a
		}
	}
	return best
}

// pairs returns the layout of images, or the number of table rows that fit.
func (e *sheet) pairs(d *data.Set, w, h int) (a album, count int) {
	image, height, width := picture(d)
	if !image {
		return a, max((h-batchHead-1)/2, 1)
	}
	a = layPairs(height, width, w, h-batchHead)
	return a, a.across * a.down
}

func batchProbe(e *sheet, f *live.Frame, w, h int) live.Probe {
	_, count := e.pairs(f.Data, w, h)
	if count > 0 { // the last page ends with the batch
		e.page = min(e.page, (batchRows(f)-1)/count)
	}
	return probe.Batch{First: e.page * count, Count: count}
}

// batchRows returns the maximum number of rows of a batch.
func batchRows(f *live.Frame) int {
	rows := f.Data.Train.Rows()
	for _, d := range f.Panel {
		if n := draw.Floor(d.Value.Num()); d.Knob.Path == "train.batch" && d.Inert == "" && n > 0 {
			return min(n, rows)
		}
	}
	return rows
}

// batch renders rows of the next step's batch before and, below, after
// augmentation.
func (e *sheet) batch(f *live.Frame, found any, w, h int) []string {
	b, _ := found.(objective.Batch)
	if !b.On {
		return e.unchanged(f, w)
	}
	out := []string{e.t.Text.Render(fmt.Sprintf("%d–%d of %d in step %s, before", b.First+1, b.First+b.Before.Rows(), b.Of, draw.Thousands(b.Step)))}
	after := "after " + strings.Join(strengths(f), ", ")
	if image, _, _ := picture(f.Data); image {
		out = append(out, e.t.Muted.Render("below, "+after))
		return append(out, e.pictures(f.Data, b, w, h)...)
	}
	out = append(out, e.t.Muted.Render("→ "+after+"; * changed"))
	return append(out, e.numbers(f.Data, b, w)...)
}

// unchanged explains that augmentation is off, and lists its knobs.
func (e *sheet) unchanged(f *live.Frame, w int) []string {
	say := "Augmentation is off: batches are used unchanged. Its knobs:"
	var names []string
	for _, d := range f.Panel {
		if strength(d) {
			names = append(names, d.Knob.Path)
		}
	}
	out := e.t.Text.Lines(draw.Wrap(say, w))
	return append(out, e.t.Muted.Lines(draw.Wrap(strings.Join(names, ", "), w))...)
}

// strength reports whether a knob controls the strength of an augmentation that
// applies to the data.
func strength(d live.KnobState) bool {
	return strings.HasPrefix(d.Knob.Path, "augment.") && d.Knob.Zero != "" && d.Inert == ""
}

// strengths lists the knobs of the active augmentations, with their values.
func strengths(f *live.Frame) []string {
	var out []string
	for _, d := range f.Panel {
		if strength(d) && d.Value.Num() > 0 {
			out = append(out, strings.TrimPrefix(d.Knob.Path, "augment.")+" "+d.Knob.Format(d.Value))
		}
	}
	return out
}

// pictures draws images in pairs, one above the other, with their labels between.
func (e *sheet) pictures(d *data.Set, b objective.Batch, w, h int) []string {
	a, _ := e.pairs(d, w, h)
	var out []string
	for y := range a.down {
		var blocks []string
		for x := range a.across {
			if i := y*a.across + x; i < b.Before.Rows() {
				if x > 0 {
					blocks = append(blocks, gap(a.h))
				}
				blocks = append(blocks, e.pair(d, b, i, a))
			}
		}
		if len(blocks) > 0 {
			out = append(out, strings.Split(draw.Beside(blocks...), "\n")...)
		}
	}
	return out
}

// pair draws one image before and after augmentation, on the same brightness scale.
func (e *sheet) pair(d *data.Set, b objective.Batch, i int, a album) string {
	before, after := rawOf(d, rowOf(b.Before, i)), rawOf(d, rowOf(b.After, i))
	low, high := limits(before)
	lines := e.paint(d, before, low, high, nil, a, a.h/2-1).Lines()
	label, mixed := labelOf(d, b, i, a.w)
	style := e.t.Muted
	if mixed {
		style = e.t.Decision
	}
	lines = append(lines, style.Render(draw.FitLine(label, a.w)))
	lines = append(lines, e.paint(d, after, low, high, nil, a, a.h/2-1).Lines()...)
	return strings.Join(append(lines, strings.Repeat(" ", a.w)), "\n")
}

// numbers renders rows of a table, each before and, marked by an arrow, after
// augmentation.
func (e *sheet) numbers(d *data.Set, b objective.Batch, w int) []string {
	label := 4
	for i := range b.Before.Rows() {
		text, _ := labelOf(d, b, i, w/2)
		label = max(label, draw.Width(text))
	}
	columns := min(max(w-2-label, 0)/numberWide, len(d.Inputs))
	head := strings.Repeat(" ", 2+label)
	for _, name := range d.Inputs[:columns] {
		head += draw.Between("", draw.Crop(name, numberWide-2, "…")+" ", numberWide)
	}
	if more := len(d.Inputs) - columns; more > 0 {
		head = draw.Between(head, fmt.Sprintf("+%d", more), max(w, 1))
	}
	out := []string{e.t.Muted.Render(head)}
	for i := range b.Before.Rows() {
		own, _ := labelOf(d, objective.Batch{Before: b.Before, Share: 1}, i, label)
		was, is := e.t.Muted.Render("  "+draw.FitLine(own, label)), ""
		text, mixed := labelOf(d, b, i, label)
		style := e.t.Text
		if mixed {
			style = e.t.Decision
		}
		is = e.t.Text.Render("→ ") + style.Render(draw.FitLine(text, label))
		for j := range columns {
			before, after := rowOf(b.Before, i)[j], rowOf(b.After, i)[j]
			was += e.t.Muted.Render(draw.Between("", draw.Significant(d.Raw(j, before))+" ", numberWide))
			style, mark := e.t.Text, " "
			if before != after {
				style, mark = e.t.Decision, "*"
			}
			is += style.Render(draw.Between("", draw.Significant(d.Raw(j, after))+mark, numberWide))
		}
		out = append(out, was, is)
	}
	return out
}

func rowOf(p data.Part, i int) []float64 { return p.X.Data[i*p.X.Stride : i*p.X.Stride+p.X.Cols] }

// labelOf formats the target of a row of a batch, "3 70% 8" if it is mixed from 70
// % of a 3 and 30 % of an 8, in at most w cells.
func labelOf(d *data.Set, b objective.Batch, i, w int) (text string, mixed bool) {
	own := targetOf(d, b.Before, i)
	if b.Share == 1 {
		return draw.Crop(own, w, "…"), false
	}
	other := targetOf(d, b.Partner, i)
	if own == other {
		return draw.Crop(own, w, "…"), false
	}
	share := " " + draw.ShortPercent(b.Share) + " "
	if room := w - draw.Width(share); draw.Width(own)+draw.Width(other) > room {
		half := max(room/2, 1)
		own, other = draw.Cut(own, max(half, room-draw.Width(other))), draw.Cut(other, max(half, room-draw.Width(own)))
	}
	return draw.Cut(own+share+other, w), true
}

// targetOf formats the class of a row, or its first target value.
func targetOf(d *data.Set, p data.Part, i int) string {
	if p.Classes != nil {
		return d.Targets[p.Classes[i]]
	}
	return draw.Significant(d.RawTarget(0, p.Values.Data[i*p.Values.Stride]))
}
