// Package card is what stands over the screen when a run has come to its end: what it
// reached, what it cost, and three things to try, chosen by how it went. It takes no
// key from anybody but those that it names.
package card

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"descent/session/live"
	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
)

// Card is the end of a run.
type Card struct {
	t     *draw.Theme
	title string
	rows  []row
	tips  []tip
}

// row is a line of the balance.
type row struct{ name, text string }

// New makes the card of a frame in which training has come to the end of a run.
func New(t *draw.Theme, f *live.Frame) *Card {
	r := read(f)
	title := "The run ends at step " + draw.Thousands(f.Step)
	if f.Ended != "" {
		title = "Early stopping ends the run at step " + draw.Thousands(f.Step)
	}
	return &Card{t: t, title: title, rows: balance(f, r), tips: advice(f, r)}
}

// Key returns the intents of a key in their order; ok is false for a key that the card
// does not name.
func (c *Card) Key(name string) (asked []tea.Msg, ok bool) {
	for _, tip := range c.tips {
		if tip.key == name {
			return tip.do, true
		}
	}
	return nil, name == "esc"
}

// balance lists what the run reached, its best step and its costs.
func balance(f *live.Frame, r run) []row {
	out := []row{{"reached", r.reached(f)}}
	switch {
	case !f.Best.Known():
	case f.Best.Step == f.Step:
		out = append(out, row{"best", "this step, with a " + r.metric + " of " + draw.Significant(f.Best.Value)})
	default:
		out = append(out, row{"best", fmt.Sprintf("step %s, with a %s of %s (★)", draw.Thousands(f.Best.Step), r.metric, draw.Significant(f.Best.Value))})
	}
	if f.Ended != "" {
		out = append(out, row{"stopped", strings.TrimPrefix(f.Ended, "early stopping: ")})
	}
	if f.Kept > 0 {
		out = append(out, row{"kept", "the weights of step " + draw.Thousands(f.Kept) + ", the best evaluation; u goes back to the last ones"})
	}
	cost := []string{draw.Thousands(f.Last.GradientEvaluations) + " gradient evaluations"}
	if !r.surface {
		cost = append([]string{fmt.Sprintf("%.1f epochs", f.Epoch)}, cost...)
	}
	if f.Spent > 0 {
		cost = append(cost, seconds(f.Spent)+" of computing")
	}
	out = append(out, row{"cost", strings.Join(cost, " · ")})
	if !r.surface {
		out = append(out, row{"size", fmt.Sprintf("%s parameters, %s", draw.Thousands(f.Size.Params), draw.Bytes(f.Size.Bytes))})
	}
	return out
}

// seconds renders a duration with two or three figures.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0.1:
		return fmt.Sprintf("%.0f ms", 1000*s)
	case s < 10:
		return fmt.Sprintf("%.1f s", s)
	case s < 600:
		return fmt.Sprintf("%.0f s", s)
	default:
		return fmt.Sprintf("%.0f min", s/60)
	}
}

// The columns before the texts: names of the balance, and keys of the tips.
const nameWidth = 10

// View renders the card for a screen of w×h cells; where there is little room the tips
// come before the balance.
func (c *Card) View(w, h int) string {
	inner := min(w-4, 76)
	var head, tips []string
	for _, r := range c.rows {
		head = append(head, c.lines(c.t.Muted.Render(draw.FitLine(" "+r.name, nameWidth)), r.text, inner)...)
	}
	for _, tip := range c.tips {
		key := c.t.Focus.Render(draw.Between("", name(tip.key), nameWidth-2)) + "  "
		tips = append(tips, c.lines(key, tip.text, inner)...)
	}
	foot := " " + c.t.Focus.Render("esc") + c.t.Muted.Render(" closes this")
	if !slices.ContainsFunc(c.tips, func(t tip) bool { return t.key == " " }) {
		foot = " " + c.t.Focus.Render("space") + c.t.Muted.Render(" goes on past it  ") + foot
	}
	try, gap := c.t.Muted.Render(" What to try now:"), []string{""}
	if h < 40 { // as much of the curve as there is room for
		gap = nil
	}
	lines := slices.Concat(head, gap, []string{try}, tips, gap, []string{foot})
	if room := max(h-8, 4); len(lines) > room {
		lines = slices.Concat(head[:min(1, len(head))], tips, []string{foot})
	}
	return c.t.Box(c.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// lines wraps a text behind what is nameWidth cells wide.
func (c *Card) lines(lead, text string, inner int) []string {
	out := strings.Split(draw.Wrap(text, max(inner-nameWidth-1, 8)), "\n")
	for i, line := range out {
		before := lead
		if i > 0 {
			before = strings.Repeat(" ", nameWidth)
		}
		out[i] = before + c.t.Text.Render(strings.TrimSpace(line))
	}
	return out
}

// name is a key as the screen shows it.
func name(key string) string {
	if key == " " {
		return "space"
	}
	return key
}
