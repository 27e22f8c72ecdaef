package tune

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// New makes the panes, which share the choice of a trial.
func New(t *draw.Theme) (trials *Trials, pictures *Study, space *Space) {
	d := &desk{t: t}
	return &Trials{desk: d}, &Study{sheet: sheet{desk: d}}, &Space{desk: d}
}

// Space shows where a search looks and how: the ranges with the trials on them, the
// sampler, the pruner, the budget, the workers, and what fresh seeds have shown.
type Space struct {
	*desk
	at     string // the selected row
	strips struct {
		of     *digest
		w      int
		chosen int
		lines  map[string][]string
	}
}

// Rows of the pane that are no axes.
const (
	addRow     = "+"
	samplerRow = "sampler"
	greedRow   = "greed"
	prunerRow  = "pruner"
	budgetRow  = "trials"
	aroundRow  = "around"
	workersRow = "workers"
)

func (p *Space) Title() string { return "Space" }

// Note gives the number of axes.
func (p *Space) Note(f *live.Frame) string {
	if g := p.digest(f); g != nil && len(g.Plan.Space.Axes) > 0 {
		text := counted(len(g.Plan.Space.Axes), "axis")
		if strings.HasSuffix(text, "axiss") {
			text = strings.TrimSuffix(text, "axiss") + "axes"
		}
		return text
	}
	return ""
}

// Shown is true while there is a search.
func (p *Space) Shown(f *live.Frame) bool { return idle(f) == "" }

// rows are what can be selected: paths of axes, then settings of the search.
func (p *Space) rows(g *digest) []string {
	var out []string
	for _, a := range g.axes {
		out = append(out, a.Path)
	}
	return append(out, addRow, samplerRow, greedRow, prunerRow, budgetRow, aroundRow, workersRow)
}

// row is the selected row, the first at the begin.
func (p *Space) row(g *digest) string {
	rows := p.rows(g)
	if slices.Contains(rows, p.at) {
		return p.at
	}
	return rows[0]
}

// axisAt is the selected axis; ok is false on other rows.
func (p *Space) axisAt(g *digest) (a axis, ok bool) {
	i := slices.IndexFunc(g.axes, func(a axis) bool { return a.Path == p.row(g) })
	if i < 0 {
		return a, false
	}
	return g.axes[i], true
}

func (p *Space) choose(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if g := p.digest(f); g != nil {
			rows := p.rows(g)
			p.at = rows[min(max(slices.Index(rows, p.row(g))+by, 0), len(rows)-1)]
		}
		return nil
	}
}

// onAxis explains why a key of axes is not available.
func (p *Space) onAxis(why func(f *live.Frame, g *digest, a axis) string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		g := p.digest(f)
		if g == nil {
			return idle(f)
		}
		a, ok := p.axisAt(g)
		switch {
		case !ok:
			return "this is no axis: choose one with ↑ and ↓"
		case why != nil:
			return why(f, g, a)
		}
		return ""
	}
}

func (p *Space) Actions() []intent.Action {
	return []intent.Action{
		{Name: "space.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the axis or setting above", Off: idle, Do: p.choose(-1)},
		{Name: "space.down", Keys: []string{"down"}, Help: "the axis or setting below", Off: idle, Do: p.choose(1)},
		{Name: "space.edit", Keys: []string{"enter"}, Label: "edit", Help: "type another range, or another value of the setting", Off: idle, Do: p.edit},
		{Name: "space.narrow", Keys: []string{")"}, Pair: "( )", Label: "widen, narrow", Help: "narrow the axis to where the best fifth of the trials lies", Off: p.onAxis(func(_ *live.Frame, g *digest, a axis) string {
			if a.gone {
				return a.Path + " is not searched over any more; enter adds it again"
			}
			_, why := narrowed(g, a)
			return why
		}), Do: func(f *live.Frame) tea.Msg {
			g := p.digest(f)
			a, _ := p.axisAt(g)
			now, _ := narrowed(g, a)
			return intent.SetAxis{Axis: now}
		}},
		{Name: "space.widen", Keys: []string{"("}, Help: "widen the axis by half of its range on both sides", Off: p.onAxis(func(f *live.Frame, _ *digest, a axis) string {
			if a.gone {
				return ""
			}
			_, why := widened(a, f.Tuning.Recipe)
			return why
		}), Do: func(f *live.Frame) tea.Msg {
			a, _ := p.axisAt(p.digest(f))
			if a.gone {
				return intent.SetAxis{Axis: a.hull}
			}
			now, _ := widened(a, f.Tuning.Recipe)
			return intent.SetAxis{Axis: now}
		}},
		{Name: "space.drop", Keys: []string{"d"}, Label: "drop", Help: "search no more over the axis; what was tried keeps counting", Off: p.onAxis(func(_ *live.Frame, g *digest, a axis) string {
			switch {
			case a.gone:
				return a.Path + " is not searched over any more"
			case len(g.Plan.Space.Axes) < 2:
				return "it is the only axis"
			}
			return ""
		}), Do: func(f *live.Frame) tea.Msg {
			a, _ := p.axisAt(p.digest(f))
			return intent.DropAxis{Path: a.Path}
		}},
		{Name: "space.less", Keys: []string{"left"}, Pair: "←→", Label: "turn", Help: "turn the setting down: sampler, greed, pruner, trials, width, workers", Off: p.turnable, Do: p.turn(-1)},
		{Name: "space.more", Keys: []string{"right"}, Help: "turn the setting up, or on to the next", Off: p.turnable, Do: p.turn(1)},
	}
}

// edit asks for another value of the selected row.
func (p *Space) edit(f *live.Frame) tea.Msg {
	g := p.digest(f)
	if a, ok := p.axisAt(g); ok {
		if a.gone {
			return intent.SetAxis{Axis: a.hull}
		}
		return intent.EditAxis{Path: a.Path}
	}
	return map[string]tea.Msg{
		addRow: intent.EditAxis{}, samplerRow: intent.EditSampler{}, greedRow: intent.EditSampler{}, prunerRow: intent.EditPruner{},
		budgetRow: intent.EditTrials{}, aroundRow: intent.EditAround{}, workersRow: intent.AskWorkers{},
	}[p.row(g)]
}

// turnable explains why a row cannot be turned.
func (p *Space) turnable(f *live.Frame) string {
	g := p.digest(f)
	if g == nil {
		return idle(f)
	}
	switch _, ok := p.axisAt(g); {
	case ok:
		return "an axis is narrowed with ) and widened with (; enter types its range"
	case p.row(g) == addRow:
		return "enter adds an axis"
	case p.row(g) == aroundRow && g.Plan.Space.Around == nil:
		return "there is no prior: enter centres one on the knobs as they stand"
	}
	return ""
}

// Steps of the settings that are turned.
const (
	trialsStep = 10
	greedStep  = 0.1
	widthStep  = 1.25 // a factor
)

// turn asks for the next value of a setting.
func (p *Space) turn(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		g := p.digest(f)
		plan := &g.Plan
		decide := func(d study.Decision) tea.Msg { return intent.Decide{Decision: d} }
		switch p.row(g) {
		case samplerRow:
			i := slices.IndexFunc(search.Catalogue, func(r search.Row) bool { return r.Name == plan.Sampler })
			name := search.Catalogue[draw.Modulo(i+by, len(search.Catalogue))].Name
			if name == "list" && len(g.Spec.List) == 0 { // which it would need
				name = search.Catalogue[draw.Modulo(i+2*by, len(search.Catalogue))].Name
			}
			return decide(study.Decision{Words: "sampler " + name, Sampler: &study.Sampling{Name: name, Greed: plan.Greed}})
		case greedRow:
			greed := tidy(min(max(plan.Greed+float64(by)*greedStep, -1), 1))
			return decide(study.Decision{Words: fmt.Sprintf("greed %g", greed), Sampler: &study.Sampling{Name: plan.Sampler, Greed: greed}})
		case prunerRow:
			i := slices.IndexFunc(pruner.Catalogue, func(r pruner.Row) bool { return r.Name == plan.Pruner })
			name := pruner.Catalogue[draw.Modulo(i+by, len(pruner.Catalogue))].Name
			return decide(study.Decision{Words: "pruner " + name, Pruner: &name})
		case budgetRow:
			n := max((plan.Trials/trialsStep+by)*trialsStep, len(g.Trials), 1)
			return decide(study.Decision{Words: fmt.Sprintf("%d trials", n), Trials: &n})
		case aroundRow:
			around := *plan.Space.Around
			if by > 0 {
				around.Width *= widthStep
			} else {
				around.Width /= widthStep
			}
			around.Width = tidy(float64(draw.Round(min(max(around.Width, 0.01), 1)*1000)) / 1000)
			return decide(study.Decision{Words: fmt.Sprintf("width of the prior %g", around.Width), Around: &around})
		case workersRow:
			return intent.SetWorkers{Workers: max(f.Tuning.Workers+by, 0)}
		}
		return nil
	}
}

// Point chooses with the wheel.
func (p *Space) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	if e.Gesture == intent.Wheel {
		return p.choose(e.Wheel)(f)
	}
	return nil
}
