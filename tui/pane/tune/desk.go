package tune

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// desk is what the panes of a search share: the theme, the chosen trial, and how the
// table is sorted and filtered.
type desk struct {
	t      *draw.Theme
	number int  // of the chosen trial
	chosen bool // the user chose it; otherwise it is the best
	sort   string
	down   bool // from the worst to the best
	filter filter
	only   int // of the states, see views of the filter

	kept  *digest          // of the last frame
	panel []live.KnobState // for which names were found
	names []string
	order struct {
		of     *digest
		sort   string
		down   bool
		filter string
		only   int
		rows   []int
	}
}

// digest returns that of the frame, nil without a search.
func (d *desk) digest(f *live.Frame) *digest {
	if f.Tuning == nil || f.Tuning.Study == nil {
		return nil
	}
	if d.kept == nil || d.kept.Reading != f.Tuning.Study {
		d.kept = newDigest(f.Tuning.Study, d.kept)
	}
	return d.kept
}

// rows are the indices of the trials that the table lists, in its order.
func (d *desk) rows(g *digest) []int {
	o := &d.order
	if o.of != g || o.sort != d.sort || o.down != d.down || o.filter != d.filter.text || o.only != d.only {
		o.of, o.sort, o.down, o.filter, o.only = g, d.sort, d.down, d.filter.text, d.only
		listed := make([]bool, len(g.Trials))
		for i, t := range g.Trials {
			listed[i] = keeps[d.only].has(g, t) && d.filter.has(g, t)
		}
		earlier := o.rows // an order that is nearly right
		o.rows = nil
		for _, i := range earlier {
			if i < len(listed) && listed[i] {
				o.rows, listed[i] = append(o.rows, i), false
			}
		}
		for i, is := range listed {
			if is {
				o.rows = append(o.rows, i)
			}
		}
		sorted(g, o.rows, d.sort, d.down)
	}
	return o.rows
}

// current returns the number of the chosen trial, or of the best, or of the first that is
// listed where a filter hides that one; −1 if there is none.
func (d *desk) current(g *digest) int {
	rows := d.rows(g)
	for _, c := range []struct {
		number int
		is     bool
	}{{d.number, d.chosen}, {g.Best, true}} {
		if i := g.index(c.number); c.is && i >= 0 && (len(rows) == len(g.Trials) || slices.Contains(rows, i)) {
			return c.number
		}
	}
	if len(rows) > 0 {
		return g.Trials[rows[0]].Number
	}
	return -1
}

// now returns the chosen trial, nil if there is none.
func (d *desk) now(f *live.Frame) *study.Trial {
	g := d.digest(f)
	if g == nil {
		return nil
	}
	return g.trial(d.current(g))
}

// row returns the place of the chosen trial among rows, 0 if it is not listed.
func (d *desk) row(g *digest, rows []int) int {
	number := d.current(g)
	return max(slices.IndexFunc(rows, func(i int) bool { return g.Trials[i].Number == number }), 0)
}

// move chooses another trial, by places further in the order of the table.
func (d *desk) move(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if g := d.digest(f); g != nil {
			if rows := d.rows(g); len(rows) > 0 {
				at := min(max(d.row(g, rows)+by, 0), len(rows)-1)
				d.number, d.chosen = g.Trials[rows[at]].Number, true
			}
		}
		return nil
	}
}

// style is that of a state.
func (s state) style(t *draw.Theme) draw.Style {
	switch s.tone {
	case busy:
		return t.Focus
	case fine:
		return t.Good
	case quiet:
		return t.Muted
	case bad:
		return t.Bad
	}
	return t.Text
}

// idle explains why there is nothing to do here, "" during a search.
func idle(f *live.Frame) string {
	if f.Tuning == nil || f.Tuning.Study == nil {
		return "no search has been started"
	}
	return ""
}

// empty says what a search is and how one is started.
func (d *desk) empty(f *live.Frame, w, h int) []string {
	out := []string{""}
	say := func(style draw.Style, text string) {
		for line := range strings.SplitSeq(draw.Wrap(text, max(min(w-4, 84), 1)), "\n") {
			out = append(out, "  "+style.Render(line))
		}
	}
	say(d.t.Title, "No search yet: enter starts one.")
	out = append(out, "")
	say(d.t.Text, "A search trains this recipe many times, each time with other settings: every such trial is a recipe and a log of its own. What was learnt from earlier trials says where to look next, and those that do badly are stopped early.")
	out = append(out, "")
	if names := d.usual(f); len(names) > 0 {
		say(d.t.Text, "Here it would look for "+enumerated(names)+", unless you choose other knobs.")
		out = append(out, "")
	}
	say(d.t.Muted, "While it runs you narrow or widen the ranges, stop trials, try settings of your own, and adopt a trial as a branch, weights and all.")
	if len(out) > h {
		out = out[:max(h, 0)]
	}
	return out
}

// usual names the knobs that matter most for the recipe, with their ranges. They are
// kept until a knob changes.
func (d *desk) usual(f *live.Frame) (out []string) {
	if n := len(f.Panel); n > 0 && n == len(d.panel) && &f.Panel[0] == &d.panel[0] {
		return d.names
	}
	defer func() { d.panel, d.names = f.Panel, out }()
	for _, a := range study.DefaultAxes(f.Recipe) {
		text := draw.Line(a.Path)
		if a.Kind != search.Choice {
			text += " from " + ruler.Brief(a.Low) + " to " + ruler.Brief(a.High)
		}
		out = append(out, text)
	}
	return out
}

// enumerated is a list in words.
func enumerated(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
