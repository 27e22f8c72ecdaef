package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Result is the card of what a search has found: the best trials on fresh seeds, beside
// the values that it started from.
type Result struct {
	t     *draw.Theme
	frame func() *live.Frame
	at    int // the highlighted candidate
	note  string

	unasked time.Time // when the card came by itself; zero if it was asked for
}

// startled is how long a card that came by itself takes no keys: those that are on their
// way were meant for what it covers.
const startled = 700 * time.Millisecond

// Unasked makes the card one that came by itself, at a time.
func (r *Result) Unasked(now time.Time) *Result {
	r.unasked = now
	return r
}

// NewResult makes the card of the search in the frame.
func NewResult(t *draw.Theme, frame func() *live.Frame) *Result {
	r := &Result{t: t, frame: frame}
	for i, c := range candidates(frame().Tuning) {
		if w, ok := winner(frame().Tuning); ok && c.Trial == w.Trial {
			r.at = i
		}
	}
	return r
}

// candidates are what was trained on fresh seeds, the best first, or else the best trials.
func candidates(t *live.Tuning) []study.Candidate {
	if t == nil {
		return nil
	}
	out := slices.Clone(t.Study.Candidates)
	if len(out) == 0 {
		for _, n := range t.Study.Front {
			if trial := t.Trial(n); trial != nil && len(trial.Values) > 0 {
				v := trial.Values[0]
				out = append(out, study.Candidate{Trial: n, Point: trial.Point, Median: math.NaN(), Low: math.NaN(), High: math.NaN(), Claimed: v})
			}
		}
		return out
	}
	slices.SortStableFunc(out, func(a, b study.Candidate) int {
		switch x, y := order(a.Median), order(b.Median); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}

func order(v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

// winner is the best candidate that is a trial; ok is false if there is none.
func winner(t *live.Tuning) (c study.Candidate, ok bool) {
	for _, c := range candidates(t) {
		if c.Trial >= 0 && (!math.IsInf(c.Median, 1) || math.IsNaN(c.Median)) {
			return c, true
		}
	}
	return c, false
}

// own is the candidate of the values that the search started from.
func own(t *live.Tuning) (c study.Candidate, ok bool) {
	for _, c := range candidates(t) {
		if c.Trial < 0 {
			return c, len(c.Values) > 0
		}
	}
	return c, false
}

// measured writes a value of the first objective as it is measured: what is to be high
// without its minus.
func measured(t *live.Tuning, v float64) string {
	if len(t.Study.Spec.Objectives) > 0 && strings.HasPrefix(t.Study.Spec.Objectives[0], "-") {
		v = -v
	}
	switch {
	case math.IsInf(v, 0):
		return "diverged"
	case math.IsNaN(v):
		return "–"
	}
	return draw.Significant(v)
}

// metric is the first objective.
func metric(t *live.Tuning) string {
	if len(t.Study.Spec.Objectives) == 0 {
		return "value"
	}
	return strings.TrimPrefix(t.Study.Spec.Objectives[0], "-")
}

// spread writes the median with the quartiles.
func spread(t *live.Tuning, c study.Candidate) string {
	low, high := c.Low, c.High
	if len(t.Study.Spec.Objectives) > 0 && strings.HasPrefix(t.Study.Spec.Objectives[0], "-") {
		low, high = high, low
	}
	return fmt.Sprintf("%s (%s to %s)", measured(t, c.Median), measured(t, low), measured(t, high))
}

// luck says by how much the search had found a trial better than it is, "" if it is not
// known.
func luck(t *live.Tuning, c study.Candidate) string {
	by := c.Median - c.Claimed
	switch {
	case math.IsNaN(by) || math.IsInf(by, 0):
		return ""
	case by <= 0:
		return "in the search " + measured(t, c.Claimed) + ": no luck was in it"
	}
	return fmt.Sprintf("in the search %s, %s better by luck", measured(t, c.Claimed), draw.Significant(by))
}

// Said tells in a sentence what the search has found.
func Said(f *live.Frame) string {
	t := f.Tuning
	w, ok := winner(t)
	if !ok {
		return "the search is over, and no trial was trained to its end: wider ranges, or fewer constraints, may help"
	}
	text := fmt.Sprintf("the search is over: trial %d (%s), ", w.Trial, Words(w.Point))
	if len(w.Values) == 0 {
		return text + metric(t) + " " + measured(t, w.Claimed)
	}
	text += fmt.Sprintf("%s %s on %d fresh seeds", metric(t), spread(t, w), len(w.Values))
	if o, ok := own(t); ok {
		text += "; the values that it started from have " + spread(t, o)
		if better := better(o.Median, w.Median); better != "" {
			text += ": " + better
		}
	}
	if l := luck(t, w); l != "" {
		text += "; " + l
	}
	if t.Study.Spec.List == nil && t.Study.Spec.Population == 0 && len(t.Study.Spec.Objectives) == 1 {
		ends := make(search.Point)
		for _, a := range study.WiderAxes(t.Recipe, t.Study.Plan.Space.Axes, w.Point) {
			ends[a.Path] = w.Point[a.Path]
		}
		if len(ends) > 0 {
			text += "; at the end of its range: " + Words(ends) + " (widen it in the Space pane)"
		}
	}
	return text
}

// better says by how much one value is lower than another.
func better(before, after float64) string {
	by := (before - after) / math.Abs(before)
	switch {
	case math.IsInf(before, 0) && !math.IsInf(after, 0):
		return "it no longer diverges"
	case math.IsNaN(by) || math.IsInf(by, 0):
		return ""
	case by > 0.0005:
		return draw.Percent(by) + " better"
	case by < -0.0005:
		return draw.Percent(-by) + " worse"
	}
	return "no better"
}

// Low is that of dialog.Low.
func (r *Result) Low() {}

// Key handles one key.
func (r *Result) Key(k tea.KeyMsg) (tea.Msg, bool) {
	if time.Since(r.unasked) < startled {
		return nil, false
	}
	all := candidates(r.frame().Tuning)
	r.note = ""
	if len(all) > 0 {
		r.at = min(r.at, len(all)-1)
	}
	trial := func(ask func(number int) tea.Msg) (tea.Msg, bool) {
		switch {
		case len(all) == 0:
			r.note = "there is no trial to take"
			return nil, false
		case all[r.at].Trial < 0:
			r.note = "these are the values that the search started from: ↑↓ choose a trial"
			return nil, false
		}
		return ask(all[r.at].Trial), true
	}
	switch k.String() {
	case "esc", "q":
		return nil, true
	case "enter":
		return trial(func(n int) tea.Msg { return intent.AdoptTrial{Trial: n} })
	case "s":
		return trial(func(n int) tea.Msg { return intent.SaveTrial{Trial: n} })
	case "h":
		return intent.StartSearch{}, true
	case "8":
		return intent.View{Title: "Tune"}, true
	case "up", "k":
		r.at = max(r.at-1, 0)
	case "down", "j":
		r.at = min(r.at+1, max(len(all)-1, 0))
	}
	return nil, false
}

// View renders the card.
func (r *Result) View(w, h int) string {
	f := r.frame()
	inner := min(w-4, 96)
	t := f.Tuning
	if t == nil {
		return r.t.Box("Search", nil, "", " "+draw.FitLine(errNone.Error(), inner-1), inner+2, 3, true)
	}
	said := Said(f)
	title := "Search over"
	if !t.Study.Over {
		title = "Search so far"
		said = strings.Replace(said, "the search is over", "so far", 1)
	}
	sign, style := " ★ ", r.t.Selected
	if _, ok := winner(t); !ok {
		sign, style = " ", r.t.Bad
	}
	lines := style.Lines(sign + strings.ReplaceAll(draw.Wrap(draw.Line(said), max(inner-4, 1)), "\n", "\n   "))
	lines = append(lines, "")
	foot := r.foot(f, inner)
	all := candidates(t)
	r.at = min(r.at, max(len(all)-1, 0))
	if len(all) > 0 {
		lines = append(lines, r.t.Muted.Render(draw.FitLine("   "+draw.FitLine("", 11)+draw.FitLine(metric(t), 30)+"in the search", inner)))
	}
	room := max(h-len(lines)-len(foot)-3, 1)
	top := min(max(r.at-room/2, 0), max(len(all)-room, 0))
	for i := top; i < min(top+room, len(all)); i++ {
		c := all[i]
		mark, style := " ", r.t.Text
		if i == r.at {
			mark, style = "▸", r.t.Selected
		}
		name, claimed, words := "as it was", "", "the values that the search started from"
		if c.Trial >= 0 {
			name, claimed, words = fmt.Sprintf("trial %d", c.Trial), measured(t, c.Claimed), Words(c.Point)
		}
		value := spread(t, c)
		switch {
		case c.Of == 0:
			value = "–"
		case len(c.Values) < c.Of:
			value = fmt.Sprintf("%d of %d seeds", len(c.Values), c.Of)
		}
		lines = append(lines, style.Render(" "+mark+" "+draw.FitLine(name, 11))+r.t.Decision.Render(draw.FitLine(value, 30))+r.t.Text.Render(draw.FitLine(claimed, 10))+r.t.Muted.Render(draw.Crop(words, max(inner-56, 1), "…")))
	}
	lines = append(append(lines, ""), foot...)
	note := fmt.Sprintf("%s trials · %s steps", draw.Thousands(len(t.Study.Trials)), draw.Thousands(t.Study.Steps))
	return r.t.Box(title, nil, note, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// foot are the last lines: a note, and the keys.
func (r *Result) foot(f *live.Frame, inner int) []string {
	var out []string
	if r.note != "" {
		out = append(out, " "+r.t.Title.Render(draw.Crop(r.note, inner-2, "…")))
	}
	line := draw.FirstFitting(inner-1,
		r.t.Keys("enter adopt it as a branch   s save it as a preset   ↑↓ another   8 all trials   h new search   esc close"),
		r.t.Keys("enter adopt   s save as a preset   ↑↓ another   8 all trials   h new   esc close"),
		r.t.Keys("enter adopt   s save   ↑↓   8 all   h new   esc"))
	return append(out, " "+r.t.Muted.Render(line))
}

// Subject is the page of searches.
func (r *Result) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog " + PageName, "pane Trials"}}
}
