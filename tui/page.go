package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"descent/session"
	"descent/session/live"
	"descent/tui/card"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/present"
	"descent/tui/stage"
	"descent/tui/tour"
)

// page is the screen as it is drawn: the views with their panes, what lies over them,
// and the lines around them.
type page struct {
	t *draw.Theme
	stage.Stage
	boxes
	tour *tour.Tour
	hand
	hall   present.Show
	ending card.Ending

	frame  *live.Frame
	global []intent.Action
	w, h   int
	ahead  *dialog.Ahead // the look-ahead that is open
	notice notice        // the result of the last key, cleared by the next
	loaded string        // the note on the data, cleared by the next key
}

// report collects the input of the lines above the footer.
func (m *page) report() report {
	return report{
		t: m.t, f: m.frame, ahead: m.ahead, notice: m.notice, loaded: m.loaded,
		timeline: m.Focused().Title() == "Timeline",
	}
}

func (m *page) tooSmall() bool { return m.w < minWidth || m.h < minHeight }

// portrait is the screen, or the pane with the focus alone.
func (m *page) portrait(what string) string {
	if what == intent.OnePane {
		return m.t.Release(m.Portrait(m.t, m.frame, m.w, m.h))
	}
	return m.draw()
}

func (m *page) draw() string {
	if m.w == 0 || m.h == 0 {
		return ""
	}
	if m.tooSmall() {
		return m.t.Release(draw.Fit(draw.Crop(fmt.Sprintf("needs %d×%d cells", minWidth, minHeight), m.w, ""), m.w, m.h))
	}
	f := m.frame
	if m.ahead != nil {
		ghostly := *f
		ghostly.Others = m.ahead.Ghosts(f)
		ghostly.Ghosts = true
		f = &ghostly
	}
	messages := m.report().lines(m.w)
	lines := []string{status(m.t, f, m.w)}
	if m.hall.On {
		lines = append(lines, m.hall.Lines(m.t, f, m.Presented(f), m.w, m.h-1-len(messages), time.Now())...)
		return m.laid(strings.Join(append(lines, messages...), "\n"), messages)
	}
	if m.head() == 2 {
		lines = append(lines, m.Tabs(m.t, f, m.w))
	}
	body := m.Draw(m.t, f, m.w, m.bodyHeight())
	body = body[:min(len(body), m.h-1-len(lines)-len(messages)-m.tourLines())] // on the smallest screens a long message covers the last lines
	lines = append(lines, body...)
	if m.tourLines() > 0 {
		lines = append(lines, m.tour.Line(m.t, m.w))
	}
	lines = append(lines, messages...)
	m.foot = footer(m.t, m.frame, m.global, m.Focused(), m.w)
	return m.laid(strings.Join(append(lines, m.foot.line), "\n"), messages)
}

// laid lays the card and the dialog over a screen.
func (m *page) laid(screen string, messages []string) string {
	if m.dialog == nil && m.ahead == nil {
		screen = m.ending.Lay(m.t, m.frame, screen, m.w, m.h, 1+len(messages)+m.tourLines())
	}
	if m.dialog != nil {
		if _, low := m.dialog.(dialog.Low); low {
			screen = draw.LayLeft(screen, m.dialog.View(m.w, m.h), m.w, m.h, belowLow)
		} else {
			screen = draw.Overlay(screen, m.dialog.View(m.w, m.h), m.w, m.h)
		}
	}
	return m.t.Release(draw.Fit(screen, m.w, m.h))
}

// head is the number of lines above the panes: the status and, where there is room,
// the views.
func (m *page) head() int {
	if m.h < tabbedHeight {
		return 1
	}
	return 2
}

// tourLines is the number of lines of the tour, 0 or 1.
func (m *page) tourLines() int {
	if m.h >= tabbedHeight && m.tour.Shown() {
		return 1
	}
	return 0
}

// bodyHeight is the number of lines of the panes: all but the head, the messages
// and the footer.
func (m *page) bodyHeight() int {
	return max(m.h-m.head()-m.tourLines()-1-len(m.report().lines(m.w)), minHeight-3)
}

// needed returns the probes of what is visible.
func (m *page) needed() []live.Probe {
	var probes []live.Probe
	switch {
	case m.tooSmall():
	case m.hall.On:
		probes = m.hall.Probes(m.frame, m.Presented(m.frame), m.w, m.h-1-len(m.report().lines(m.w)))
	default:
		probes = m.Probes(m.frame, m.w, m.bodyHeight())
	}
	if m.ahead != nil {
		probes = append(probes, m.ahead.Probe())
	}
	return append(probes, m.wanted()...)
}

// Film draws the workbench on a session that somebody else moves, without a runner and
// without keys.
type Film struct{ page page }

// NewFilm is one of a size in cells.
func NewFilm(t *draw.Theme, s *session.Session, w, h int) *Film {
	f := &Film{page{t: t, Stage: stage.New(t), tour: tour.New(""), w: w, h: h}}
	f.page.frame = live.Still(context.Background(), s, nil)
	f.page.global = globalActions(f.page.Zoomed)
	f.page.ending.Begin(f.page.frame)
	return f
}

// Screen is what the workbench shows of the session as it stands: lines of text with
// codes for colours and nothing else. With playing it is one that trains.
func (f *Film) Screen(ctx context.Context, s *session.Session, playing bool) string {
	if f.page.tooSmall() {
		return f.page.draw()
	}
	f.page.frame = live.Still(ctx, s, f.page.needed())
	f.page.frame.Playing = playing
	return f.page.draw()
}
