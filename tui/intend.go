package tui

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/whatif"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// intend carries an intent out: at once, or by the runner.
func (m *root) intend(asked tea.Msg) tea.Cmd {
	switch i := asked.(type) {
	case intent.Play:
		return m.wait(m.runner.Play(i.On), "")
	case intent.Step:
		return m.wait(m.runner.Step(), "")
	case intent.Speed:
		return m.wait(m.runner.SetSpeed(i.PerSecond), "")
	case intent.Undo:
		return m.travel(m.runner.Undo(), "taken back: "+m.frame.Decision+"; the weights are those of step "+draw.Thousands(m.frame.DecidedAt))
	case intent.Reset:
		return m.travel(m.runner.Reset(), "")
	case intent.Redo:
		return m.travel(m.runner.Redo(), "")
	case intent.Move:
		return m.travel(m.runner.Move(i.Steps), "")
	case intent.Leap:
		return m.travel(m.runner.Leap(i.By), "")
	case intent.Go:
		return m.travel(m.runner.Seek(i.Branch, i.Step), "")
	case intent.AskStep:
		m.askStep()
	case intent.Fork:
		return m.wait(m.runner.Fork(""), "a branch begins here; the timeline names it")
	case intent.Name:
		return m.nameBranch(i)
	case intent.Delete:
		return m.wait(m.runner.Delete(i.Branch), "deleted; u brings it back")
	case intent.Compare:
		return m.wait(m.runner.Compare(i.On), "")
	case intent.Recover:
		return m.recover()
	case intent.Cancel:
		m.runner.Cancel()
	case intent.Find:
		m.dialog = &finder{t: m.t, frame: func() *live.Frame { return m.frame }}
		return m.wait(m.runner.Play(false), "")
	case intent.LookAhead:
		d := m.selected()
		if d.Inert != "" {
			m.notice, m.bad = d.Inert, true
			return nil
		}
		if a := newAhead(d, m.frame.Step); len(a.values) > 1 {
			m.ahead = a
			return m.wait(m.runner.Play(false), "")
		}
		m.notice, m.bad = "there is nothing to compare for "+d.Knob.Path, true
	case intent.RaceMenu:
		if m.frame.Racing {
			return m.wait(m.runner.EndRace(), "the race is over; the others stay as branches")
		}
		m.dialog = raceMenu(m.t, m.frame, m.selected())
	case intent.ActMenu:
		m.dialog = actMenu(m.t, m.frame)
	case intent.Act:
		return m.wait(m.runner.Act(i.Act), "")
	case intent.Compact:
		return m.compact(i.Path)
	case intent.AskRewind:
		m.askRewind()
	case intent.Race:
		return m.startRace(i)
	case intent.Turn:
		return m.wait(m.runner.Change(i.Path, func(k knob.Knob, v knob.Value) knob.Value { return k.Turn(v, i.Stops) }), "")
	case intent.Scale:
		return m.wait(m.runner.Change(i.Path, func(k knob.Knob, v knob.Value) knob.Value {
			return intent.Scaled(k, v, i.Factor)
		}), "")
	case intent.Toggle:
		on := i.On
		if last := m.on[i.Path]; last != 0 {
			on = last
		}
		return m.wait(m.runner.Change(i.Path, func(_ knob.Knob, v knob.Value) knob.Value {
			if v.Num() != 0 {
				return knob.Num(0)
			}
			return knob.Num(on)
		}), "")
	case intent.Set:
		d, ok := intent.Dial(m.frame, i.Path)
		if !ok {
			return nil
		}
		v, err := d.Knob.Parse(i.Text)
		if err != nil {
			m.notice, m.bad = err.Error(), true
			return nil
		}
		if v.Equal(d.Value) {
			return nil // it stands there already
		}
		return m.wait(m.runner.Set(i.Path, v), "")
	case intent.Save:
		return m.save(i.Path)
	case intent.Pick:
		if d, ok := intent.Dial(m.frame, i.Path); ok {
			m.dialog = newPicker(m.t, d, m.before[i.Path], m.opener)
		}
	case intent.Type:
		m.typeValue(i)
	case intent.Help:
		m.dialog = newHelp(m.t, m.frame, m.global, m.panes)
	case intent.Zoom:
		m.zoom = !m.zoom
	case intent.Focus:
		m.focus = m.house().next(i.By)
		m.front[panes[m.focus].slot] = m.focus
	case intent.Bring:
		if shown := m.bring(slices.Index(m.panes, i.Pane)); i.Then != nil {
			return m.intend(i.Then(shown))
		}
	case intent.Measure:
		m.watched = slices.DeleteFunc(slices.Clone(m.watched), func(p live.Probe) bool { return slices.Contains(i.Probes, p) })
		return m.wait(m.runner.Watch(m.watched), "measured again, as the network is now")
	case intent.AskBudget:
		m.askBudget()
	case intent.FitTo:
		m.dialog = &fitter{t: m.t, frame: func() *live.Frame { return m.frame }, ask: whatif.FitTo{Bytes: i.Bytes, Steps: whatif.RecoverySteps, File: i.File}, played: m.frame.Playing}
		return m.wait(m.runner.Play(false), "")
	case intent.SetTogether:
		taken := m.wait(m.runner.SetTogether(i.Changes), "")
		if i.Play {
			return tea.Batch(taken, m.wait(m.runner.Play(true), ""))
		}
		return taken
	case intent.Quit:
		return tea.Quit
	}
	return nil
}

// bring brings a pane to the front of its place, and where it has no other room
// gives it the focus. It tells whether the pane was on the screen before.
func (m *root) bring(pane int) bool {
	shown := func() bool {
		return slices.ContainsFunc(layout(m.w, m.bodyHeight(), m.house()), func(p place) bool { return p.pane == pane })
	}
	if shown() {
		return true
	}
	if m.front[panes[pane].slot] = pane; !shown() {
		m.focus = pane
	}
	return false
}

// recover takes the remedy of a blow-up, one step of it at a time.
func (m *root) recover() tea.Cmd {
	r, said := m.frame.Remedy, ""
	if !r.There(m.frame.Branch, m.frame.Step) {
		said = "this is step " + draw.Thousands(r.Good) + ", the last good one"
		if r.Turn != nil {
			said += fmt.Sprintf("; w sets %s to %s, with which training lasts, and space goes on", r.Turn.Path, r.Turn.Value)
		}
	}
	return m.travel(m.runner.Recover(), said)
}

// travel waits for a way through time; meanwhile the screen is asked how far
// it has come. said is the notice when it has arrived.
func (m *root) travel(p live.Pending, said string) tea.Cmd {
	m.travelling++
	wait := m.wait(p, said)
	return tea.Batch(func() tea.Msg { return travelledMsg{wait().(doneMsg)} }, m.poll())
}

// askStep opens a field for a step of the branch.
func (m *root) askStep() {
	head, branch := 0, m.frame.Branch
	for _, b := range m.frame.Branches {
		if b.ID == branch {
			head = b.Head
		}
	}
	m.dialog = newPrompt(m.t, "go to step", "from 0 to "+draw.Thousands(head), strconv.Itoa(m.frame.Step),
		func(text string) error {
			if n, err := strconv.Atoi(strings.ReplaceAll(text, ",", "")); err != nil || n < 0 || n > head {
				return fmt.Errorf("type a step from 0 to %s", draw.Thousands(head))
			}
			return nil
		},
		func(text string) tea.Msg {
			n, _ := strconv.Atoi(strings.ReplaceAll(text, ",", "")) // checked
			return intent.Go{Branch: branch, Step: n}
		})
}

// nameBranch asks for a branch's name, or gives it.
func (m *root) nameBranch(i intent.Name) tea.Cmd {
	if i.Label != "" {
		return m.wait(m.runner.Label(i.Branch, i.Label), "")
	}
	now := ""
	for _, b := range m.frame.Branches {
		if b.ID == i.Branch {
			now = b.Label
		}
	}
	m.dialog = newPrompt(m.t, "name of the branch", "as the timeline and the curves show it", now,
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Name{Branch: i.Branch, Label: strings.TrimSpace(text)} })
	return nil
}

// selected is the knob that is selected in the panel.
func (m *root) selected() live.Dial {
	for _, p := range m.panes {
		if c, ok := p.(intent.Chooser); ok {
			return c.Chosen(m.frame)
		}
	}
	return m.frame.Panel[0]
}

// startRace reads the values and lets them run.
func (m *root) startRace(i intent.Race) tea.Cmd {
	d, ok := intent.Dial(m.frame, i.Path)
	if !ok {
		return nil
	}
	var values []knob.Value
	for _, text := range i.Values {
		v, err := d.Knob.Parse(text)
		if err != nil {
			m.notice, m.bad = err.Error(), true
			return nil
		}
		values = append(values, v)
	}
	m.front[timeSlot] = first(timeSlot)
	return tea.Batch(m.wait(m.runner.Race(i.Path, values), "racing "+i.Path+"; R ends it, the timeline says who leads: tab"), m.wait(m.runner.Play(true), ""))
}

// wait reports when a request has been served.
func (m *root) wait(p live.Pending, said string) tea.Cmd {
	return func() tea.Msg { return doneMsg{p.Wait(), said} }
}

func (m *root) typeValue(i intent.Type) {
	d, ok := intent.Dial(m.frame, i.Path)
	if !ok {
		return
	}
	text := i.Text
	if text == "" {
		text = m.opener // the digit that began it
	}
	help := d.Knob.Help
	if d.Knob.Zero != "" {
		help += " (0 is " + d.Knob.Zero + ")"
	}
	p := newPrompt(m.t, i.Path, help, text,
		func(text string) error { _, err := d.Knob.Parse(text); return err },
		func(text string) tea.Msg { return intent.Set{Path: i.Path, Text: text} })
	p.fresh = i.Text != ""
	m.dialog = p
}

// save asks for a name, or saves under the one given.
func (m *root) save(path string) tea.Cmd {
	if path != "" {
		if !strings.HasSuffix(path, ".toml") {
			path += ".toml"
		}
		return m.wait(m.runner.Save(path, m.o.Encode), "saved "+path+" and its weights beside it")
	}
	name := fmt.Sprintf("%s-%d.toml", m.frame.Recipe.Name, m.frame.Step)
	m.dialog = newPrompt(m.t, "save", "the recipe as it stands as a preset, the weights as safetensors beside it", name,
		func(text string) error {
			if strings.TrimSpace(filepath.Base(text)) == "" || text == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Save{Path: text} })
	return nil
}
