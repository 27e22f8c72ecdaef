package tune

import (
	"descent/core/recipe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Study shows pictures of what a search has found, one at a time.
type Study struct {
	sheet
	view int
}

// picture is one of the views.
type picture struct {
	name string
	draw func(s *sheet, g *digest, r recipe.Recipe, w, h int) []string
	axes int // that can be chosen for it
}

// without is a picture that needs no recipe.
func without(of func(s *sheet, g *digest, w, h int) []string) func(s *sheet, g *digest, r recipe.Recipe, w, h int) []string {
	return func(s *sheet, g *digest, _ recipe.Recipe, w, h int) []string { return of(s, g, w, h) }
}

// pictures lists the views.
var pictures = []picture{
	{"learning curves", without((*sheet).curves), 0},
	{"history", without((*sheet).history), 0},
	{"parallel coordinates", without((*sheet).parallel), 0},
	{"slice", without((*sheet).slice), 1},
	{"contour", without((*sheet).contour), 2},
	{"importance", without((*sheet).importances), 0},
	{"front", without((*sheet).front), 0},
	{"trial", func(s *sheet, g *digest, r recipe.Recipe, w, h int) []string { return s.detail(g, r, w, h) }, 0},
}

func (p *Study) Title() string { return "Study" }

// Note names the view.
func (p *Study) Note(f *live.Frame) string {
	if idle(f) != "" {
		return ""
	}
	return pictures[p.view].name
}

// Shown is true while there is a search.
func (p *Study) Shown(f *live.Frame) bool { return idle(f) == "" }

func (p *Study) Actions() []intent.Action {
	turn := func(by int) func(*live.Frame) tea.Msg {
		return func(*live.Frame) tea.Msg {
			return intent.Bring{Pane: p, Then: func(shown bool) tea.Msg {
				if shown {
					p.view = draw.Modulo(p.view+by, len(pictures))
				}
				return nil
			}}
		}
	}
	axes := func(n int) func(*live.Frame) string {
		return func(f *live.Frame) string {
			if why := idle(f); why != "" {
				return why
			}
			if pictures[p.view].axes < n {
				return "the view " + pictures[p.view].name + " has no axis to choose; I shows slices and contours"
			}
			return ""
		}
	}
	return []intent.Action{
		{Name: "study.view", Keys: []string{"I"}, Label: "view", Help: "bring the pictures of the search to the front, then show the next", Anywhere: true, Off: idle, Do: turn(1)},
		{Name: "study.back", Keys: []string{"backspace"}, Help: "the previous picture", Off: idle, Do: turn(-1)},
		{Name: "study.up", Keys: []string{"up"}, Pair: "↑↓", Label: "trial", Help: "choose the trial above in the table", Off: idle, Do: p.move(-1)},
		{Name: "study.down", Keys: []string{"down"}, Help: "choose the trial below in the table", Off: idle, Do: p.move(1)},
		{Name: "study.adopt", Keys: []string{"enter"}, Label: "adopt", Help: "the chosen trial becomes a branch, weights and all", Off: func(f *live.Frame) string {
			if why := idle(f); why != "" {
				return why
			}
			return p.adoptable(f)
		}, Do: func(f *live.Frame) tea.Msg { return intent.AdoptTrial{Trial: p.now(f).Number} }},
		{Name: "study.right", Keys: []string{"right"}, Pair: "←→", Label: "axis", Help: "slice and contour: the next axis", Off: axes(1), Do: p.across(1)},
		{Name: "study.left", Keys: []string{"left"}, Help: "slice and contour: the previous axis", Off: axes(1), Do: p.across(-1)},
		{Name: "study.other", Keys: []string{")"}, Label: "other axis", Help: "contour: the next axis upwards", Off: axes(2), Do: func(f *live.Frame) tea.Msg {
			if g := p.digest(f); g != nil {
				a, b, ok := p.pair(g)
				if !ok {
					return nil
				}
				if p.upPath = next(g, b, 1); p.upPath == a.Path {
					p.upPath = next(g, a, 1)
				}
			}
			return nil
		}},
		{Name: "study.scale", Keys: []string{"^"}, Label: "scale", Help: "values on a linear or a logarithmic scale", Off: idle, Do: func(*live.Frame) tea.Msg {
			p.flat = !p.flat
			return nil
		}},
		{Name: "study.objective", Keys: []string{"%"}, Label: "objective", Help: "with two objectives: show the other", Off: func(f *live.Frame) string {
			if why := idle(f); why != "" {
				return why
			}
			if len(f.Tuning.Study.Spec.Objectives) < 2 {
				return "the search has a single objective"
			}
			return ""
		}, Do: func(*live.Frame) tea.Msg {
			p.objective++
			return nil
		}},
	}
}

// across chooses another axis for what leads to the right.
func (p *Study) across(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if g := p.digest(f); g != nil {
			if a, ok := p.axis(g, p.acrossPath, 0); ok {
				p.acrossPath = next(g, a, by)
			}
		}
		return nil
	}
}

// Point moves the choice with the wheel.
func (p *Study) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	if e.Gesture == intent.Wheel {
		return p.move(e.Wheel)(f)
	}
	return nil
}

// View renders the picture.
func (p *Study) View(f *live.Frame, w, h int, _ bool) string {
	g := p.digest(f)
	if g == nil || w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	return draw.FitLines(pictures[p.view].draw(&p.sheet, g, f.Tuning.Recipe, w, h), w, h)
}
