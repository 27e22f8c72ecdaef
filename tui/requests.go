package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/session/export"
	"descent/session/export/format"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// requests passes intents on to the runner.
type requests struct {
	steering
	encode  export.Encoder
	repeat  live.Repeater
	exports live.Exports
	on      map[string]float64 // the last nonzero value of each toggled knob
}

// remember stores the values that toggles restore.
func (r *requests) remember(f *live.Frame) {
	for _, d := range f.Panel {
		if d.Value.Num() != 0 {
			r.on[d.Knob.Path] = d.Value.Num()
		}
	}
}

// travel serves intents that go to another step, which may take long; cmd is nil
// for any other.
func (r *requests) travel(f *live.Frame, asked tea.Msg) (cmd tea.Cmd) {
	switch i := asked.(type) {
	case intent.Undo:
		return wait(r.runner.Undo(), "undone: "+f.Decision+"; the weights are those of step "+draw.Thousands(f.DecidedAt))
	case intent.Reset:
		return wait(r.runner.Reset(), "")
	case intent.Redo:
		return wait(r.runner.Redo(), "")
	case intent.Move:
		return wait(r.runner.Move(i.Steps), "")
	case intent.SeekDecision:
		return wait(r.runner.SeekDecision(i.By), "")
	case intent.Go:
		return wait(r.runner.Seek(i.Branch, i.Step), "")
	case intent.Take:
		return wait(r.runner.Take(i.Branch), "")
	case intent.ExportTo:
		return r.exportTo(i)
	case intent.Save:
		if i.Path != "" && i.Best > 0 {
			if isModel(i.Path) {
				return wait(r.runner.SaveModelStep(i.Best, i.Path), "saved "+i.Path+", the model of step "+draw.Thousands(i.Best))
			}
			path := preset(i.Path)
			return wait(r.runner.SaveStep(i.Best, path, r.encode), "saved "+path+" and beside it the weights of step "+draw.Thousands(i.Best))
		}
	case intent.SaveTrial:
		if i.Path != "" {
			path := preset(i.Path)
			return wait(r.runner.SaveTrial(i.Trial, path, r.encode), "saved "+path+"; `descent "+path+"` trains it")
		}
	case intent.AdoptTrial:
		return r.adopt(i.Trial)
	case intent.Recover:
		if d := f.Diagnosis; f.Remedy == nil && d != nil {
			return wait(r.runner.TakeRemedy(d.Rule), remedied(d))
		}
		return wait(r.runner.Recover(), recovered(f))
	}
	return nil
}

// recovered describes what a recovery from divergence has done so far and what
// comes next.
func recovered(f *live.Frame) string {
	r := f.Remedy
	if r.Reached(f.Branch, f.Step) {
		return ""
	}
	said := "this is step " + draw.Thousands(r.Good) + ", the last good one"
	if r.Change != nil {
		said += fmt.Sprintf("; w sets %s to %s, at which training is stable, and space resumes", r.Change.Path, r.Change.Value)
	}
	return said
}

// serve passes all other intents to the runner; cmd is nil if an intent is not for
// the runner or is refused.
func (r *requests) serve(f *live.Frame, asked tea.Msg) (cmd tea.Cmd, err error) {
	switch i := asked.(type) {
	case intent.Play:
		return wait(r.runner.Play(i.On), ""), nil
	case intent.Step:
		return wait(r.runner.Step(), ""), nil
	case intent.Cancel:
		r.runner.Cancel()
	case intent.Fork:
		return wait(r.runner.Fork(""), "started a branch here; the timeline lists it"), nil
	case intent.Name:
		if i.Label != "" {
			return wait(r.runner.Label(i.Branch, i.Label), ""), nil
		}
	case intent.Delete:
		return wait(r.runner.Delete(i.Branch), "deleted; u restores it"), nil
	case intent.Compare:
		return wait(r.runner.Compare(i.On, i.Branches...), ""), nil
	case intent.Race:
		said := fmt.Sprintf("%d racers start; the key ; shows another, R ends the race", len(i.Racers))
		return tea.Batch(wait(r.runner.Race(i.Racers), said), wait(r.runner.Play(true), "")), nil
	case intent.Repeat:
		if r.repeat == nil {
			return nil, errors.New("races cannot be repeated here")
		}
		return wait(r.runner.Repeat(r.repeat), ""), nil
	case intent.CancelRepeat:
		return wait(r.runner.CancelRepeat(), ""), nil
	case intent.DismissRace:
		return wait(r.runner.DismissRace(), ""), nil
	case intent.Turn:
		return wait(r.runner.Change(i.Path, func(k knob.Knob, v knob.Value) knob.Value { return k.Turn(v, i.Stops) }), ""), nil
	case intent.Scale:
		return wait(r.runner.Change(i.Path, func(k knob.Knob, v knob.Value) knob.Value {
			return intent.Scaled(k, v, i.Factor)
		}), ""), nil
	case intent.Toggle:
		return wait(r.runner.Change(i.Path, r.toggled(i)), ""), nil
	case intent.Set:
		return r.set(f, i)
	case intent.SetTogether:
		taken := wait(r.runner.SetTogether(i.Changes), "")
		if i.Play {
			return tea.Batch(taken, wait(r.runner.Play(true), "")), nil
		}
		return taken, nil
	case intent.Act:
		return wait(r.runner.Act(i.Act), ""), nil
	case intent.Compact:
		if i.Path != "" {
			return r.compact(i.Path), nil
		}
	case intent.Save:
		if i.Path != "" {
			if isModel(i.Path) {
				return wait(r.runner.SaveModel(i.Path), "saved "+i.Path+"; `descent predict "+i.Path+" FILE` answers for new rows"), nil
			}
			path := preset(i.Path)
			return wait(r.runner.Save(path, r.encode), "saved "+path+" and its weights beside it"), nil
		}
	default:
		return r.steer(f, asked)
	}
	return nil, nil
}

// isModel reports whether a file to save to is one of a model, by its ending; others are
// of presets.
func isModel(path string) bool { return strings.HasSuffix(path, export.ModelEnding) }

// preset is the name of a preset's file.
func preset(path string) string { return strings.TrimSuffix(path, ".toml") + ".toml" }

// toggled sets a knob to 0, or from 0 to its last other value.
func (r *requests) toggled(i intent.Toggle) func(knob.Knob, knob.Value) knob.Value {
	on := i.On
	if last := r.on[i.Path]; last != 0 {
		on = last
	}
	return func(_ knob.Knob, v knob.Value) knob.Value {
		if v.Num() != 0 {
			return knob.Num(0)
		}
		return knob.Num(on)
	}
}

// set parses a value and sets a knob to it, unless the knob has that value.
func (r *requests) set(f *live.Frame, i intent.Set) (tea.Cmd, error) {
	d, ok := intent.FindKnob(f, i.Path)
	if !ok {
		return nil, nil
	}
	v, err := d.Knob.Parse(i.Text)
	if err != nil || v.Equal(d.Value) {
		return nil, err
	}
	return wait(r.runner.Set(i.Path, v), ""), nil
}

// compact saves the compact network, without its pruned units.
func (r *requests) compact(path string) tea.Cmd {
	said := ""
	p := r.runner.Compact(path, r.encode, func(s *core.CompactNetwork) {
		said = fmt.Sprintf("saved %s: %s in %s instead of %s, a file of %s; %s", path, s.Spec.Shape(), draw.Bytes(s.Bytes), draw.Bytes(s.Dense), draw.Bytes(len(s.File)), s.Agreement())
	})
	return func() tea.Msg {
		err := p.Wait() // said is written first
		return doneMsg{err, said}
	}
}

// Desk is the workbench without a screen.
type Desk struct{ requests }

// NewDesk makes the workbench of a runner. encode writes the recipe when it is saved, and
// searches has hyperparameters searched.
func NewDesk(r *live.Runner, encode export.Encoder, searches live.Searches) *Desk {
	_ = r.FindSearch(searches).Wait() // one that cannot be opened is not shown
	return &Desk{requests{steering: steering{runner: r, search: searches}, encode: encode, on: map[string]float64{}}}
}

// Frame returns the state of the session.
func (d *Desk) Frame() *live.Frame { return d.runner.Frame() }

// Panes returns all panes, which draw without colours.
func (d *Desk) Panes() []intent.Pane { return stage.Panes(draw.NewTheme(termenv.Ascii, true)) }

// Actions returns all actions, the global ones first.
func (d *Desk) Actions() []intent.Action {
	out := globalActions(func() bool { return false })
	for _, p := range stage.Panes(nil) {
		out = append(out, p.Actions()...)
	}
	return out
}

// Do carries out an intent and waits for it; served is false for those that only a
// screen has.
func (d *Desk) Do(asked tea.Msg) (said string, served bool, err error) {
	f := d.Frame()
	d.remember(f)
	switch i := asked.(type) {
	case intent.Pace:
		return "the pace is " + i.Pace.Words(), true, d.runner.SetPace(i.Pace).Wait()
	case intent.RaceMenu:
		if f.Racing {
			return "the race has ended; all racers are kept as branches", true, d.runner.EndRace().Wait()
		}
	case intent.Cancel:
		d.runner.Cancel()
		return "", true, nil
	case intent.Set:
		if k, ok := intent.FindKnob(f, i.Path); ok && k.Inert != "" {
			said = "note: " + k.Inert
		}
	}
	cmd := d.travel(f, asked)
	if cmd == nil {
		if cmd, err = d.serve(f, asked); err != nil {
			return "", true, err
		}
	}
	if cmd == nil {
		_, served = asked.(intent.Set) // which the knob has already
		return said, served, nil
	}
	for _, done := range outcomes(cmd) {
		if done.err != nil && err == nil {
			err = done.err
		}
		if done.said != "" {
			said = done.said
		}
	}
	return said, true, err
}

// outcomes runs a command, or those that it is made of.
func outcomes(cmd tea.Cmd) (out []doneMsg) {
	switch msg := cmd().(type) {
	case doneMsg:
		return []doneMsg{msg}
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil {
				out = append(out, outcomes(c)...)
			}
		}
	}
	return out
}

// Explain returns the page of a name, or the pages that mention it.
func (d *Desk) Explain(name string) (string, error) {
	book, err := explain.New(Manual()...)
	if err != nil {
		return "", err
	}
	const columns = 78
	pages := book.Named(name)
	if len(pages) > 0 {
		return pages[0].Text(columns), nil
	}
	if near := book.Nearest(name); near != "" {
		return "", fmt.Errorf("nothing is named %q; did you mean %s?", name, near)
	}
	var out strings.Builder
	for _, p := range book.Search(name) {
		fmt.Fprintf(&out, "%s: %s\n", p.Name, p.Summary)
	}
	if out.Len() == 0 {
		return "", fmt.Errorf("nothing is named %q", name)
	}
	return out.String(), nil
}

// exportTo writes the session or its network in a format of other programs.
func (r *requests) exportTo(i intent.ExportTo) tea.Cmd {
	at := slices.IndexFunc(r.exports.Formats, func(f format.Format) bool { return f.Name == i.Format })
	if at < 0 {
		return nil
	}
	var said string
	done := r.runner.Export(r.exports.Formats[at], r.exports, i.Path, func(files, notes []string) {
		said = "written: " + draw.Line(strings.Join(files, ", "))
		for _, n := range notes {
			said += "; " + draw.Line(n)
		}
	})
	return func() tea.Msg {
		err := done.Wait()
		return doneMsg{err, said}
	}
}
