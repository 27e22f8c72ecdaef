package loss

import (
	"strings"

	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// item is an entry of the legend: a curve that a click shows or hides.
type item struct {
	key, text string
}

// legend names the curves with their values, those under the cursor if there is one.
func (l *Pane) legend(f *live.Frame, w int) string {
	if f.Ghosts {
		return ghostly(l.t, f, w)
	}
	var texts []string
	for _, it := range l.items(f, w) {
		texts = append(texts, it.text)
	}
	text := strings.Join(texts, "  ")
	if len(f.Others) == 0 && l.drawn().curves(l, f, f.Curves)[0].smooth || l.onLoss() && len(f.Others) == 0 {
		text = draw.Extend(w, text, l.t.Muted.Render(" ░ min–max "))
	}
	return draw.Between("", apart(text, w), w)
}

// items are the entries, as many as fit into w cells.
func (l *Pane) items(f *live.Frame, w int) []item {
	m := l.drawn()
	var all []item
	step, pointed := l.focus.at(f)
	if pointed {
		all = append(all, item{"", l.t.Focus.Render("at " + draw.Thousands(step))})
	}
	if len(f.Others) > 0 {
		here := intent.BranchName(f)
		if here == "" {
			here = "this branch"
		}
		if own := m.curves(l, f, f.Curves); pointed {
			here += valueAt(own[len(own)-1].buckets, step)
		}
		all = append(all, item{"", l.t.Train.Render(string(l.t.TrainLine.Sign) + " " + here)})
		for i, name := range names(l.t, f) {
			o := f.Others[i]
			if pointed && m.other != nil {
				name += l.t.Branch(o.Hue).Render(valueAt(m.other(o.Curves), step))
			}
			all = append(all, l.item(o.Label, name))
		}
		return fitting(all, w)
	}
	own := m.curves(l, f, f.Curves)
	for i := len(own) - 1; i >= 0; i-- {
		c := own[i]
		if len(c.buckets) == 0 {
			continue
		}
		value := draw.Significant(c.buckets[len(c.buckets)-1].Mean())
		switch {
		case pointed:
			value = strings.TrimSpace(valueAt(c.buckets, step))
		case !l.onLoss():
		case c.name == "train":
			value = draw.Significant(f.Last.Loss)
		case c.name == "val" && f.Eval.Evaluated:
			value = draw.Significant(f.Eval.ValLoss)
		case c.name == "old" && f.Eval.Evaluated:
			value = draw.Significant(f.Eval.OldLoss)
		}
		text := string(c.Sign) + " " + c.name + " " + draw.FitLine(value, 8)
		all = append(all, l.item(c.name, l.styled(c.Trace, text)))
	}
	return fitting(all, w)
}

// styled is a text in the colour of a curve.
func (l *Pane) styled(c draw.Trace, text string) string {
	switch c {
	case l.t.ValLine:
		return l.t.Val.Render(text)
	case l.t.OldLine:
		return l.t.Old.Render(text)
	case wholeLine(l.t):
		return l.t.Branch(1).Render(text)
	}
	return l.t.Train.Render(text)
}

// item is an entry, muted if its curve is not drawn.
func (l *Pane) item(key, text string) item {
	if l.hidden[key] {
		text = l.t.Muted.Render(draw.Bare(text))
	}
	return item{key, text}
}

// valueAt is the value of a curve at a step, behind a blank.
func valueAt(b []history.Bucket, step int) string {
	if k, ok := at(b, step); ok {
		return " " + draw.Significant(k.Mean())
	}
	return " –"
}

// fitting are the first entries that fit, with two blanks between them.
func fitting(all []item, w int) []item {
	used := 0
	for i, it := range all {
		if used += draw.Width(it.text) + 2; used-2 > w && i > 0 {
			return all[:i]
		}
	}
	return all
}

// itemAt is the entry in a column of the legend; ok is false beside them.
func (l *Pane) itemAt(f *live.Frame, x, w int) (key string, ok bool) {
	text := l.legend(f, w)
	all := l.items(f, w)
	at := draw.Width(text) - draw.Width(strings.TrimLeft(draw.Bare(text), " "))
	for _, it := range all {
		if n := draw.Width(it.text); x >= at && x < at+n {
			return it.key, it.key != ""
		} else {
			at += n + 2
		}
	}
	return "", false
}

// names returns the labels of the further curves, in their colours.
func names(t *draw.Theme, f *live.Frame) []string {
	out := make([]string, len(f.Others))
	for i, o := range f.Others {
		out[i] = t.Legend(o.Hue, draw.Crop(o.Label, 20, "…"))
	}
	return out
}

// ghostly is the legend of a look-ahead: the values in the colours of their curves.
func ghostly(t *draw.Theme, f *live.Frame, w int) string {
	train, names := t.Train.Render(string(t.TrainLine.Sign)+" train"), names(t, f)
	if len(names) == 0 {
		return draw.Between("", train+t.Muted.Render("  trying the values"), w)
	}
	text := train + t.Muted.Render("  ahead with  ") + strings.Join(names, "  ")
	for _, shorter := range []string{train + "  " + strings.Join(names, "  "), train + " " + strings.Join(names, " "), strings.Join(names, " ")} {
		if draw.Width(text) > w {
			text = shorter
		}
	}
	return draw.Between("", apart(text, w), w)
}

// apart is a text with a blank before the border, where there is room.
func apart(text string, w int) string {
	if draw.Width(text) < w && !strings.HasSuffix(draw.Bare(text), " ") {
		text += " "
	}
	return text
}
