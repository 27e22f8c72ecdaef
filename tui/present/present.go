// Package present is the presentation mode: a screen for a room, with big figures, one
// or two panes in thick lines, and the keys that are pressed.
package present

import (
	"math"
	"strings"
	"time"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Show is the state of the mode. The zero value is off.
type Show struct {
	On   bool
	keys []pressed

	Stay time.Duration // how long a key is shown; 0 means two seconds
}

// pressed is a key, as the help shows it, and when it was pressed.
type pressed struct {
	key string
	at  time.Time
}

const (
	keyStays = 2 * time.Second // how long a key is shown
	mostKeys = 6
)

// Later tells that a key need no longer be shown.
type Later struct{}

// Press notes a key; the command tells when the screen is to be drawn again.
func (s *Show) Press(key string, now time.Time) tea.Cmd {
	if !s.On {
		return nil
	}
	s.keys = append(s.keys, pressed{intent.Action{Keys: []string{key}}.Key(), now})
	s.keys = s.keys[max(len(s.keys)-mostKeys, 0):]
	return tea.Tick(s.stay(), func(time.Time) tea.Msg { return Later{} })
}

func (s *Show) stay() time.Duration {
	if s.Stay > 0 {
		return s.Stay
	}
	return keyStays
}

// shown returns the keys that were pressed lately.
func (s *Show) shown(now time.Time) []string {
	var out []string
	for _, k := range s.keys {
		if now.Sub(k.at) < s.stay() {
			out = append(out, k.key)
		}
	}
	return out
}

// twoPanes is the width from which two panes stand beside each other.
const twoPanes = 110

// place is where a pane stands: its column and its width.
type place struct {
	pane intent.Pane
	x, w int
}

// layout places the panes below head lines.
func layout(panes []intent.Pane, w, h int) (head int, out []place) {
	if h >= 2*rows+6 {
		head = rows + 2
	}
	if w < twoPanes || len(panes) < 2 {
		return head, []place{{panes[0], 0, w}}
	}
	first := w * 3 / 5
	return head, []place{{panes[0], 0, first}, {panes[1], first, w - first}}
}

// Probes returns the probes that the panes need on a screen of w×h cells.
func (s *Show) Probes(f *live.Frame, panes []intent.Pane, w, h int) []live.Probe {
	var out []live.Probe
	head, places := layout(panes, w, h)
	for _, p := range places {
		if watcher, ok := p.pane.(intent.Watcher); ok {
			out = append(out, watcher.Probes(f, p.w-2, h-head-2)...)
		}
	}
	return out
}

// Lines renders the screen in exactly h lines of w cells: the figures of a frame above
// the panes.
func (s *Show) Lines(t *draw.Theme, f *live.Frame, panes []intent.Pane, w, h int, now time.Time) []string {
	head, places := layout(panes, w, h)
	var out []string
	if head > 0 {
		out = strings.Split(draw.Fit(strings.Join(beside(t, figures(t, f), w), "\n"), w, head), "\n")
	}
	room := h - head
	page := draw.NewPage(w, room)
	for _, p := range places {
		block := t.Box(p.pane.Title(), nil, p.pane.Note(f), p.pane.View(f, p.w-2, room-2, false), p.w, room, false)
		page.Put(draw.Heavy(block), p.x, 0, p.w, room)
	}
	out = append(out, page.Lines()...)
	if keys := s.shown(now); len(keys) > 0 {
		out = s.corner(t, out, keys, w)
	}
	return out
}

// corner lays the keys over the lower right corner.
func (s *Show) corner(t *draw.Theme, lines, keys []string, w int) []string {
	text := "  " + strings.Join(keys, "  ") + "  "
	if width := draw.Width(text) + 2; width > w || len(lines) < 4 {
		return lines
	}
	box := strings.Split(t.Box("", nil, "", t.Selected.Render(text), draw.Width(text)+2, 3, true), "\n")
	for i, line := range box {
		y := len(lines) - len(box) + i
		left := w - draw.Width(line)
		lines[y] = draw.FitLine(draw.Crop(lines[y], left, ""), left) + line
	}
	return lines
}

// figures are the numbers of a frame that a room wants to see.
func figures(t *draw.Theme, f *live.Frame) []figure {
	loss := "–"
	if f.Step > 0 {
		loss = number(f.Last.Loss)
	}
	out := []figure{{"loss", loss, t.Train}}
	switch {
	case f.Eval.HasAccuracy && f.Eval.HasVal:
		out = append(out, figure{"validation accuracy", percent(f.Eval.ValAccuracy), t.Val})
	case f.Eval.HasVal:
		out = append(out, figure{"validation loss", number(f.Eval.ValLoss), t.Val})
	}
	return append(out, figure{"step", count(f.Step), t.Text})
}

// number is a loss in at most six characters.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return draw.Significant(v)
}

func percent(share float64) string {
	if math.IsNaN(share) {
		return "NaN"
	}
	return strings.ReplaceAll(draw.Percent(share), " ", "")
}

// count is a number of steps: 1,234, 123k, 12M.
func count(n int) string {
	switch {
	case n >= 10_000_000:
		return draw.Thousands(n/1_000_000) + "M"
	case n >= 100_000:
		return draw.Thousands(n/1_000) + "k"
	}
	return draw.Thousands(n)
}
