package loss

import (
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Actions returns those of the pane, most of which work anywhere.
func (l *Pane) Actions() []intent.Action {
	quietly := func(do func(f *live.Frame)) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			do(f)
			return nil
		}
	}
	return []intent.Action{
		{
			Name: "loss.scale", Keys: []string{"y"}, Label: "log/linear/symlog", Anywhere: true,
			Now:  func(f *live.Frame) string { return ruler.Kinds[l.scale.of(f, l.drawn()).Next()] },
			Help: "vertical axis: logarithmic, linear, or logarithmic on both sides of 0",
			Do:   quietly(func(f *live.Frame) { l.scale.next(f, l.drawn()) }),
		},
		{
			Name: "loss.smooth", Keys: []string{"m"}, Label: "smooth", Anywhere: true,
			Help: "change the smoothing of the training curve",
			Do:   quietly(func(*live.Frame) { l.smooth = (l.smooth + 1) % len(smoothings) }),
		},
		{
			Name: "loss.over", Keys: []string{"t"}, Label: "over", Anywhere: true,
			Help: "horizontal axis: steps, epochs, gradient evaluations, or training time",
			Do:   quietly(func(*live.Frame) { l.across = (l.across + 1) % len(acrosses) }),
		},
		{
			Name: "loss.zoom", Keys: []string{"x"}, Label: "zoom in time", Anywhere: true,
			Help: "zoom in time: the whole run, its last half, its last tenth, or the last steps one by one",
			Do:   quietly(func(*live.Frame) { l.recent, l.focus.span, l.focus.end = (l.recent+1)%len(windows), 0, 0 }),
		},
		{
			Name: "loss.style", Keys: []string{"D"}, Label: "line/dots", Anywhere: true,
			Now: func(f *live.Frame) string {
				if l.fine(f) {
					return "lines"
				}
				return "dots"
			},
			Help: "draw curves as lines, or in finer dots of braille, 2×4 a cell",
			Do: func(f *live.Frame) tea.Msg {
				if exact(f) {
					l.plain = !l.plain
					return nil
				}
				return intent.CurveStyle{Fine: !l.t.Fine}
			},
		},
		{
			Name: "loss.spikes", Keys: []string{"H"}, Label: "height", Anywhere: true,
			Now: func(*live.Frame) string {
				if l.whole {
					return "cut spikes"
				}
				return "whole height"
			},
			Help: "vertical range: what is usual, with spikes cut and marked, or all of it",
			Do:   quietly(func(*live.Frame) { l.whole = !l.whole }),
		},
		{
			Name: "loss.measure", Keys: []string{"Q"}, Label: "series", Anywhere: true,
			Help: "choose what is drawn: loss, accuracy, a metric of train.metrics, learning rate, gradient norm, bytes",
			Do:   func(f *live.Frame) tea.Msg { return l.choose(f) },
		},
		{Name: "loss.left", Keys: []string{"left"}, Pair: "←→", Label: "cursor", Help: "move the cursor back; it reads the values at its step", Do: quietly(func(f *live.Frame) { l.focus.move(f, -1) })},
		{Name: "loss.right", Keys: []string{"right"}, Help: "move the cursor forward", Do: quietly(func(f *live.Frame) { l.focus.move(f, 1) })},
		{Name: "loss.in", Keys: []string{"up"}, Pair: "↑↓", Label: "zoom", Help: "zoom in around the cursor, or the newest step", Do: quietly(func(f *live.Frame) { l.focus.zoom(f, true, l.focus.point(f)) })},
		{Name: "loss.out", Keys: []string{"down"}, Help: "zoom out", Do: quietly(func(f *live.Frame) { l.focus.zoom(f, false, l.focus.point(f)) })},
		{Name: "loss.back", Keys: []string{"shift+left", "pgup"}, Show: "shift+←", Help: "move what is shown back by a quarter", Off: l.wide, Do: quietly(func(f *live.Frame) { l.focus.pan(f, -1) })},
		{Name: "loss.forward", Keys: []string{"shift+right", "pgdown"}, Show: "shift+→", Help: "move what is shown forward by a quarter", Off: l.wide, Do: quietly(func(f *live.Frame) { l.focus.pan(f, 1) })},
		{Name: "loss.first", Keys: []string{"home"}, Help: "put the cursor on the first step", Do: quietly(func(f *live.Frame) { l.focus.put(f, 1) })},
		{Name: "loss.follow", Keys: []string{"end"}, Help: "drop the cursor and follow training", Do: quietly(func(*live.Frame) { l.focus.follow() })},
		{
			Name: "loss.go", Keys: []string{"enter"}, Help: "go to the step of the cursor",
			Off: func(f *live.Frame) string {
				if _, ok := l.focus.at(f); !ok {
					return "there is no cursor: ← puts one on the curve"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg {
				step, _ := l.focus.at(f)
				return intent.Go{Branch: f.Branch, Step: step}
			},
		},
	}
}

// wide explains why there is nothing to move: all of the run is shown.
func (l *Pane) wide(*live.Frame) string {
	if l.focus.span == 0 {
		return "the whole run is shown; ↑ zooms in"
	}
	return ""
}

// Take takes esc while there is a cursor or a zoom to drop.
func (l *Pane) Take(_ *live.Frame, key string) (intent.Action, bool) {
	if key != "esc" || l.focus == (focus{}) {
		return intent.Action{}, false
	}
	return intent.Action{Keys: []string{"esc"}, Help: "drop the cursor, then the zoom", Do: func(*live.Frame) tea.Msg {
		if l.focus.cursor > 0 {
			l.focus.cursor = 0
		} else {
			l.focus = focus{}
		}
		return nil
	}}, true
}

// choose opens the list of measures.
func (l *Pane) choose(f *live.Frame) tea.Msg {
	out := intent.Choose{Title: "Series", About: "pane " + l.Title()}
	offer := func(m *measure, measure int, score string) {
		out.Items = append(out.Items, intent.Choice{Label: m.name, Help: m.help, Intent: intent.Bring{Pane: l, Then: func(bool) tea.Msg {
			l.measure, l.score, l.scale = measure, score, scale{}
			return nil
		}}})
	}
	for i := range measures {
		offer(&measures[i], i, "")
		if measures[i].name == "accuracy" {
			for _, name := range scoreNames(f) {
				offer(scored(name), i, name)
			}
		}
	}
	return out
}

// Point puts the cursor where the curve is clicked, goes there with a second click,
// zooms by the wheel, and shows or hides the curve that is clicked in the legend.
func (l *Pane) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	d, ok := l.dimensions(e.W, e.H)
	if !ok || f.Step == 0 || f.Ghosts || e.Gesture == intent.Release {
		return nil
	}
	if e.Y == 0 && e.Gesture == intent.Press {
		if key, ok := l.itemAt(f, e.X, e.W); ok {
			l.hidden[key] = !l.hidden[key]
		}
		return nil
	}
	sc := l.scene(f, d.cols)
	c := min(max(e.X-draw.ChartMargin, 0), d.cols-1)
	step := stepAt(sc.place, sc.view.from+1+draw.Floor((float64(c)+0.5)*float64(sc.view.to-sc.view.from)/float64(d.cols)), f.Step)
	switch now, set := l.focus.at(f); {
	case e.Gesture == intent.Wheel:
		l.focus.zoom(f, e.Wheel < 0, step)
	case e.Gesture == intent.Press && set && sc.view.column(sc.place(now)) == c:
		return intent.Go{Branch: f.Branch, Step: now}
	default:
		l.focus.put(f, step)
	}
	return nil
}
