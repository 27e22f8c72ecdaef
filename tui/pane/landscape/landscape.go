// Package landscape is the pane of the loss seen from above: a test surface with the
// trajectories on it, or the loss of a network around its weights.
package landscape

import (
	"fmt"

	"descent/core/curvature"
	"descent/core/surface"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane shows heights as colours, with contour lines, and the way of the weights.
type Pane struct {
	sheet
	grab [2]int // where the mouse was last while it drags
}

// New makes the pane: the whole surface, or random directions.
func New(t *draw.Theme) *Pane { return &Pane{sheet: sheet{t: t, seed: 1, radius: firstRadius}} }

func (p *Pane) Title() string { return "Landscape" }

// Note says what is shown.
func (p *Pane) Note(f *live.Frame) string {
	if onSurface(f) {
		text := f.Recipe.Surface.Name
		switch {
		case p.follow:
			text += " · trajectory"
		case p.zoom == 0 && !p.moved:
			return text + " · " + draw.Significant(f.Last.Loss)
		}
		if p.zoom != 0 {
			text += fmt.Sprintf(" · ×%g", magnified(p.zoom))
		}
		return text
	}
	text := fmt.Sprintf("random directions, radius %g", radii[p.radius])
	if p.along {
		text = "directions of the path"
	}
	for m, found := range f.Findings {
		v, ok := found.Value.(curvature.Heights)
		if _, is := m.(curvature.Landscape); !is || !ok {
			continue
		}
		if v.Explained[0] > 0 {
			text += ": " + draw.ShortPercent(v.Explained[0]) + " and " + draw.ShortPercent(v.Explained[1]) + " of its variance"
		}
		if found.Partial && v.Points > 0 {
			text += " · " + draw.ShortPercent(float64(v.Done)/float64(v.Points))
		}
		break
	}
	return text
}

// magnified is 2 to a power.
func magnified(zoom int) float64 {
	v := 1.0
	for range zoom {
		v *= 2
	}
	for range -zoom {
		v /= 2
	}
	return v
}

func onSurface(f *live.Frame) bool { return f.Recipe.Surface.Name != "" }

// Shown is always true.
func (p *Pane) Shown(*live.Frame) bool { return true }

func surfaceOnly(what string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if !onSurface(f) {
			return "only a surface has " + what
		}
		return ""
	}
}

func networkOnly(f *live.Frame) string {
	if onSurface(f) {
		return "a surface has two directions of its own"
	}
	return ""
}

// mostZoom is how often a surface is halved at most.
const mostZoom = 40

func (p *Pane) Actions() []intent.Action {
	zoom := func(by int) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			p.closer(f, by)
			return nil
		}
	}
	move := func(x, y float64) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			p.move(f, x, y)
			return nil
		}
	}
	return []intent.Action{
		{
			Name: "landscape.follow", Keys: []string{"f"}, Label: "follow", Now: p.follows, Help: "test surface: zoom to the trajectory, or show the whole surface", Anywhere: true,
			Off: surfaceOnly("a trajectory to follow"),
			Do: func(*live.Frame) tea.Msg {
				p.follow, p.zoom, p.moved = !p.follow, 0, false
				return intent.Bring{Pane: p}
			},
		},
		{Name: "landscape.zoom-in", Keys: []string{")"}, Pair: "( )", Label: "zoom", Help: "zoom in, on the cursor or on the current point; of a network a smaller radius", Do: zoom(1)},
		{Name: "landscape.zoom-out", Keys: []string{"("}, Help: "zoom out; of a network a larger radius", Do: zoom(-1)},
		{Name: "landscape.directions", Keys: []string{"d"}, Label: "directions", Now: p.others, Help: "network: random directions, or the principal directions of the path of the weights", Off: networkOnly, Do: func(*live.Frame) tea.Msg {
			p.along = !p.along
			return nil
		}},
		{Name: "landscape.seed", Keys: []string{"%"}, Label: "other directions", Help: "network: other random directions", Off: networkOnly, Do: func(*live.Frame) tea.Msg {
			p.along = false
			p.seed++
			return nil
		}},
		{Name: "landscape.heights", Keys: []string{"^"}, Label: "heights", Now: p.scales, Help: "heights finer near the bottom (logarithmic), or in proportion", Do: func(*live.Frame) tea.Msg {
			p.linear = !p.linear
			return nil
		}},
		{Name: "landscape.left", Keys: []string{"left"}, Pair: "←→↑↓", Label: "cursor", Help: "move the cursor, which tells the height; at the edge of a surface the picture moves", Do: move(-1, 0)},
		{Name: "landscape.right", Keys: []string{"right"}, Help: "the cursor to the right", Do: move(1, 0)},
		{Name: "landscape.up", Keys: []string{"up"}, Help: "the cursor up", Do: move(0, -1)},
		{Name: "landscape.down", Keys: []string{"down"}, Help: "the cursor down", Do: move(0, 1)},
		{Name: "landscape.whole", Keys: []string{"home"}, Label: "whole", Help: "the whole picture, without a cursor", Do: func(*live.Frame) tea.Msg {
			p.follow, p.zoom, p.moved, p.pointed, p.radius = false, 0, false, false, firstRadius
			return nil
		}},
	}
}

// follows is the word for the key that follows the trajectory.
func (p *Pane) follows(*live.Frame) string {
	if p.follow {
		return "whole surface"
	}
	return "follow"
}

// others are the directions that are not shown.
func (p *Pane) others(*live.Frame) string {
	if p.along {
		return "random"
	}
	return "path"
}

// scales is the scale of heights that is not shown.
func (p *Pane) scales(*live.Frame) string {
	if p.linear {
		return "log heights"
	}
	return "linear heights"
}

// closer zooms in, or out with −1.
func (p *Pane) closer(f *live.Frame, by int) {
	if !onSurface(f) {
		p.radius = min(max(p.radius-by, 0), len(radii)-1)
		return
	}
	zoom := min(max(p.zoom+by, -4), mostZoom)
	if zoom == p.zoom {
		return
	}
	now, whole := p.box(f), p.whole(f)
	x, y := f.Point.X, f.Point.Y
	if p.pointed {
		x, y = draw.Axis{Low: now.Left, High: now.Right}.At(p.cx), draw.Axis{Low: now.Top, High: now.Bottom}.At(p.cy)
	}
	across, down := draw.Axis{Low: whole.Left, High: whole.Right}.Share(x), draw.Axis{Low: whole.Top, High: whole.Bottom}.Share(y)
	if p.zoom = zoom; zoom > 0 && across > -1 && across < 2 && down > -1 && down < 2 {
		p.x, p.y, p.moved, p.cx, p.cy = across, down, true, 0.5, 0.5
	} else if zoom <= 0 {
		p.moved = false
	}
}

// whole is the box of which a part is shown.
func (p *Pane) whole(f *live.Frame) surface.Box {
	all := p.sheet
	all.zoom, all.moved = 0, false
	return all.box(f)
}

// Steps of the cursor, as shares of the picture.
const (
	stepAcross = 1.0 / 40
	stepDown   = 1.0 / 24
)

// move moves the cursor by steps, and at the edge of a surface the picture.
func (p *Pane) move(f *live.Frame, x, y float64) {
	if !p.pointed {
		p.pointed, p.cx, p.cy = true, 0.5, 0.5
		return
	}
	p.cx, p.cy = p.cx+x*stepAcross, p.cy+y*stepDown
	over := func(v *float64) (by float64) {
		by = min(*v-stepAcross/2, 0) + max(*v-(1-stepAcross/2), 0)
		*v -= by
		return by
	}
	dx, dy := over(&p.cx), over(&p.cy)
	if onSurface(f) && (dx != 0 || dy != 0) {
		p.pan(dx, dy)
	}
}

// pan moves the picture by shares of itself.
func (p *Pane) pan(dx, dy float64) {
	if !p.moved {
		p.moved, p.x, p.y = true, 0.5, 0.5
	}
	share := 1 / magnified(p.zoom)
	p.x, p.y = min(max(p.x+dx*share, -1), 2), min(max(p.y+dy*share, -1), 2)
}

// Point sets the cursor, drags a surface, or zooms.
func (p *Pane) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	rows := max(e.H-1, 1)
	switch e.Gesture {
	case intent.Press:
		p.pointed = true
		p.cx, p.cy = draw.Clamp((float64(e.X)+0.5)/float64(max(e.W, 1)), 0), draw.Clamp((float64(e.Y)+0.5)/float64(rows), 0)
		p.grab = [2]int{e.X, e.Y}
	case intent.Drag:
		if onSurface(f) {
			p.pan(float64(p.grab[0]-e.X)/float64(max(e.W, 1)), float64(p.grab[1]-e.Y)/float64(rows))
		}
		p.grab = [2]int{e.X, e.Y}
	case intent.Wheel:
		p.closer(f, -e.Wheel)
	}
	return nil
}

// Probes are the heights behind the picture.
func (p *Pane) Probes(f *live.Frame, w, h int) []live.Probe {
	switch {
	case w < 4 || h < 4:
		return nil
	case !onSurface(f):
		return []live.Probe{p.asked(w, h)}
	case len(f.Others) > 0 && h >= 8:
		return []live.Probe{p.field(f, w, h-2)}
	}
	return []live.Probe{p.field(f, w, h-1)}
}

func (p *Pane) View(f *live.Frame, w, h int, _ bool) string {
	switch {
	case w < 4 || h < 4:
		return draw.Fit("", w, h)
	case onSurface(f):
		return draw.FitLines(p.surface(f, w, h), w, h)
	}
	return draw.FitLines(p.network(f, w, h), w, h)
}
