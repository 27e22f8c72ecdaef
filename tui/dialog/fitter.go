package dialog

import (
	"fmt"
	"strings"

	"descent/core/probe"
	"descent/core/whatif"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Fitter is the dialog of the search for a compression within a budget. It shows
// the findings of the probe; training is paused meanwhile.
type Fitter struct {
	t      *draw.Theme
	frame  func() *live.Frame
	ask    whatif.FitTo
	played bool   // training resumes afterwards
	picked string // the selected proposal; "" is the best
	note   string
}

// NewFitter starts the search; frame returns the one on the screen.
func NewFitter(t *draw.Theme, frame func() *live.Frame, to intent.FitTo) *Fitter {
	return &Fitter{t: t, frame: frame, ask: whatif.FitTo{Bytes: to.Bytes, Steps: whatif.RecoverySteps, File: to.File}, played: frame().Playing}
}

func (d *Fitter) Probes() []live.Probe { return []live.Probe{d.ask} }

func (d *Fitter) found() (whatif.Fitting, live.Finding) {
	f := d.frame().Findings[d.ask]
	found, _ := f.Value.(whatif.Fitting)
	return found, f
}

// key identifies a proposal: better ones may be inserted before it during the
// search.
func key(p whatif.Proposal) string { return fmt.Sprint(p.Bits, p.Granularity, p.Sparsity) }

// at returns the index of the selected proposal.
func (d *Fitter) at(all []whatif.Proposal) int {
	for i, p := range all {
		if key(p) == d.picked {
			return i
		}
	}
	return 0
}

func (d *Fitter) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	found, _ := d.found()
	all := found.Proposals
	d.note = ""
	by := 0
	switch msg.String() {
	case "up", "shift+tab":
		by = -1
	case "down", "tab":
		by = 1
	case "home", "pgup":
		by = -len(all)
	case "end", "pgdown":
		by = len(all)
	case "enter":
		switch {
		case len(all) == 0:
			d.note = "there is no proposal yet"
			return nil, false
		case len(all[d.at(all)].Changes) == 0:
			d.note = "the network has these settings already"
			return nil, false
		}
		return intent.SetTogether{Changes: all[d.at(all)].Changes, Play: d.played}, true
	case "esc", "q":
		if d.played {
			return intent.Play{On: true}, true
		}
		return nil, true
	}
	if by != 0 && len(all) > 0 {
		d.picked = key(all[min(max(d.at(all)+by, 0), len(all)-1)])
	}
	return nil, false
}

// proposalColumn is a column of the table; those of the highest rank are dropped
// first if space is short.
type proposalColumn struct {
	head  string
	width int
	rank  int
	cell  func(p whatif.Proposal, found whatif.Fitting) string
}

var proposalColumns = []proposalColumn{
	{"bits", -6, 0, func(p whatif.Proposal, _ whatif.Fitting) string {
		if p.Bits == 0 {
			return "float"
		}
		return fmt.Sprint(p.Bits)
	}},
	{"by", -8, 7, func(p whatif.Proposal, _ whatif.Fitting) string {
		if p.Bits == 0 {
			return "–"
		}
		return p.Granularity
	}},
	{"cut", 5, 1, func(p whatif.Proposal, _ whatif.Fitting) string {
		if p.Sparsity == 0 {
			return "–"
		}
		return fmt.Sprintf("%.0f %%", 100*p.Sparsity)
	}},
	{"size", 9, 5, func(p whatif.Proposal, _ whatif.Fitting) string { return draw.Bytes(p.Bytes) }},
	{"file", 9, 2, func(p whatif.Proposal, _ whatif.Fitting) string { return draw.Bytes(p.File) }},
	{"0 steps", 8, 8, func(p whatif.Proposal, found whatif.Fitting) string { return quality(p.AtOnce, found) }},
	{"recovered", 10, 3, func(p whatif.Proposal, found whatif.Fitting) string { return quality(p.Evaluation, found) }},
	{"loss", 8, 6, func(p whatif.Proposal, _ whatif.Fitting) string { return draw.Significant(p.Loss) }},
	{"against dense", 17, 4, func(p whatif.Proposal, found whatif.Fitting) string {
		return cost(p.Evaluation, found.Dense.Evaluation, found.HasAccuracy)
	}},
}

// quality formats the accuracy or, if there is none, the loss.
func quality(a probe.Evaluation, found whatif.Fitting) string {
	if found.HasAccuracy {
		return draw.Percent(a.Accuracy)
	}
	return draw.Significant(a.Loss)
}

// proposalTable returns the columns that fit into w cells.
func proposalTable(w int, hasAccuracy bool) []proposalColumn {
	for most := len(proposalColumns); ; most-- {
		var out []proposalColumn
		width := 0
		for _, c := range proposalColumns {
			if c.rank < most && (hasAccuracy || c.head != "loss") {
				out = append(out, c)
				width += draw.Cells(c.width)
			}
		}
		if width <= w || most == 1 {
			return out
		}
	}
}

// proposalsShown is the number of visible rows.
const proposalsShown = 8

func (d *Fitter) View(w, h int) string {
	inner := min(w-6, 84)
	found, f := d.found()
	columns := proposalTable(inner-3, found.HasAccuracy)
	row := func(cell func(c proposalColumn) string) string {
		var out strings.Builder
		for _, c := range columns {
			out.WriteString(draw.Align(cell(c), c.width))
		}
		return out.String()
	}
	said := draw.Extend(inner, fmt.Sprintf(" copies train for %d steps", d.ask.Steps), "; the run is not affected")
	lines := []string{d.t.Muted.Render(said), ""}
	switch {
	case f.Err != nil:
		lines[1] = " " + d.t.Bad.Render("✗ "+f.Err.Error())
	case found.Finished && len(found.Proposals) == 0:
		lines[1] = " " + d.t.Text.Render("nothing fits: the smallest found takes "+draw.Bytes(found.Least))
	default:
		if !found.Finished {
			lines[1] = " " + d.t.Focus.Render(draw.Progress(found.Done, found.Of, 24)) + d.t.Muted.Render(" "+draw.Thousands(found.Done)+" of "+draw.Thousands(found.Of)+" steps")
		}
		room := min(max(h-8, 1), proposalsShown) // the box keeps its size during the search
		at := d.at(found.Proposals)
		top := min(max(at-room/2, 0), max(len(found.Proposals)-room, 0))
		shown := found.Proposals[top:min(top+room, len(found.Proposals))]
		lines = append(lines, d.t.Muted.Render("   "+row(func(c proposalColumn) string { return c.head })))
		for i := range room {
			switch {
			case i >= len(shown):
				lines = append(lines, "")
			case top+i == at:
				lines = append(lines, d.t.Selected.Render(" ▸ "+row(func(c proposalColumn) string { return c.cell(shown[i], found) })))
			default:
				lines = append(lines, d.t.Text.Render("   "+row(func(c proposalColumn) string { return c.cell(shown[i], found) })))
			}
		}
		if dense := found.Dense; dense.Bytes > 0 {
			lines = append(lines, d.t.Muted.Render("   "+row(func(c proposalColumn) string {
				if c.head == "against dense" {
					return "dense"
				}
				return c.cell(dense, found)
			})))
		} else {
			lines = append(lines, "")
		}
	}
	style, foot := d.t.Muted, d.t.Keys("↑↓ choose   enter apply   esc close")
	if n := len(found.Proposals); n > proposalsShown && inner >= 60 {
		foot = fmt.Sprintf("%d of %d   ", d.at(found.Proposals)+1, n) + foot
	}
	foot = draw.Extend(inner-1, foot, " without a change")
	if d.note != "" {
		foot, style = d.note, d.t.Text
	}
	lines = append(lines, " "+style.Render(foot))
	return d.t.Box("Fit to "+draw.Bytes(d.ask.Bytes), nil, share(d.ask.Bytes, d.frame().Size.Dense), strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// cost compares one measurement with another; see draw.Cost.
func cost(now, dense probe.Evaluation, hasAccuracy bool) string {
	return draw.Cost(100*(dense.Accuracy-now.Accuracy), now.Loss-dense.Loss, hasAccuracy)
}

// share formats a size as a fraction of the dense size.
func share(bytes, dense int) string {
	return draw.Percent(float64(bytes)/float64(max(dense, 1))) + " of dense"
}

// Subject is the search for what fits.
func (d *Fitter) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"dialog " + fitterPage}}
}
