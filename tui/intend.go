package tui

import (
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/dialog"
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
		m.dialog = dialog.StepPrompt(m.t, m.frame)
	case intent.Fork:
		return m.wait(m.runner.Fork(""), "a branch begins here; the timeline names it")
	case intent.Name:
		if i.Label != "" {
			return m.wait(m.runner.Label(i.Branch, i.Label), "")
		}
		m.dialog = dialog.NamePrompt(m.t, m.frame, i.Branch)
	case intent.Delete:
		return m.wait(m.runner.Delete(i.Branch), "deleted; u brings it back")
	case intent.Compare:
		return m.wait(m.runner.Compare(i.On), "")
	case intent.Recover:
		return m.recover()
	case intent.Cancel:
		m.runner.Cancel()
	case intent.Find:
		m.dialog = dialog.NewFinder(m.t, m.now)
		return m.wait(m.runner.Play(false), "")
	case intent.LookAhead:
		d := m.selected()
		if d.Inert != "" {
			m.notice, m.bad = d.Inert, true
			return nil
		}
		if a := dialog.NewAhead(d, m.frame.Step); len(a.Values) > 1 {
			m.ahead = a
			return m.wait(m.runner.Play(false), "")
		}
		m.notice, m.bad = "there is nothing to compare for "+d.Knob.Path, true
	case intent.RaceMenu:
		if m.frame.Racing {
			return m.wait(m.runner.EndRace(), "the race is over; the others stay as branches")
		}
		m.dialog = dialog.RaceMenu(m.t, m.frame, m.selected())
	case intent.ActMenu:
		m.dialog = dialog.ActMenu(m.t, m.frame)
	case intent.Act:
		return m.wait(m.runner.Act(i.Act), "")
	case intent.Compact:
		if i.Path != "" {
			return m.compact(i.Path)
		}
		m.dialog = dialog.CompactPrompt(m.t, m.frame)
	case intent.AskRewind:
		m.dialog = dialog.RewindPrompt(m.t, m.frame)
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
		if i.Path == "" {
			m.dialog = dialog.SavePrompt(m.t, m.frame)
			return nil
		}
		path := i.Path
		if !strings.HasSuffix(path, ".toml") {
			path += ".toml"
		}
		return m.wait(m.runner.Save(path, m.o.Encode), "saved "+path+" and its weights beside it")
	case intent.Pick:
		if d, ok := intent.Dial(m.frame, i.Path); ok {
			m.dialog = dialog.NewPicker(m.t, d, m.before[i.Path], m.opener)
		}
	case intent.Type:
		if d, ok := intent.Dial(m.frame, i.Path); ok && i.Text != "" {
			m.dialog = dialog.ValuePrompt(m.t, d, i.Text, true)
		} else if ok {
			m.dialog = dialog.ValuePrompt(m.t, d, m.opener, false) // the digit that began it
		}
	case intent.Help:
		m.dialog = dialog.NewHelp(m.t, m.frame, m.global, m.panes)
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
		m.dialog = dialog.BudgetPrompt(m.t, m.frame)
	case intent.FitTo:
		m.dialog = dialog.NewFitter(m.t, m.now, i)
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

// compact saves the network cut to what is left of it.
func (m *root) compact(path string) tea.Cmd {
	said := ""
	p := m.runner.Compact(path, m.o.Encode, func(s *core.Small) {
		said = fmt.Sprintf("saved %s: %s in %s instead of %s, a file of %s; %s", path, s.Spec.Shape(), draw.Bytes(s.Bytes), draw.Bytes(s.Dense), draw.Bytes(len(s.File)), s.Agreement())
	})
	return func() tea.Msg {
		err := p.Wait() // said is written before
		return doneMsg{err, said}
	}
}
