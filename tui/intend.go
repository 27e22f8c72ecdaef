package tui

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"

	"github.com/charmbracelet/bubbletea"
)

// intend carries an intent out: at once, or by the runner.
func (m *root) intend(intent tea.Msg) tea.Cmd {
	switch i := intent.(type) {
	case playIntent:
		return m.wait(m.runner.Play(i.on), "")
	case stepIntent:
		return m.wait(m.runner.Step(), "")
	case speedIntent:
		return m.wait(m.runner.SetSpeed(i.perSecond), "")
	case undoIntent:
		return m.travel(m.runner.Undo(), "taken back: "+m.frame.Decision+"; the weights are those of step "+draw.Thousands(m.frame.DecidedAt))
	case resetIntent:
		return m.travel(m.runner.Reset(), "")
	case redoIntent:
		return m.travel(m.runner.Redo(), "")
	case moveIntent:
		return m.travel(m.runner.Move(i.steps), "")
	case leapIntent:
		return m.travel(m.runner.Leap(i.by), "")
	case goIntent:
		return m.travel(m.runner.Seek(i.branch, i.step), "")
	case askStepIntent:
		m.askStep()
	case forkIntent:
		return m.wait(m.runner.Fork(""), "a branch begins here; the timeline names it")
	case nameIntent:
		return m.nameBranch(i)
	case deleteIntent:
		return m.wait(m.runner.Delete(i.branch), "deleted; u brings it back")
	case compareIntent:
		return m.wait(m.runner.Compare(i.on), "")
	case recoverIntent:
		return m.recover()
	case cancelIntent:
		m.runner.Cancel()
	case findIntent:
		m.dialog = &finder{t: m.t, frame: func() *live.Frame { return m.frame }}
		return m.wait(m.runner.Play(false), "")
	case aheadIntent:
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
	case raceMenuIntent:
		if m.frame.Racing {
			return m.wait(m.runner.EndRace(), "the race is over; the others stay as branches")
		}
		m.dialog = raceMenu(m.t, m.frame, m.selected())
	case actMenuIntent:
		m.dialog = actMenu(m.t, m.frame)
	case actIntent:
		return m.wait(m.runner.Act(i.act), "")
	case compactIntent:
		return m.compact(i.path)
	case askRewindIntent:
		m.askRewind()
	case raceIntent:
		return m.startRace(i)
	case turnIntent:
		return m.wait(m.runner.Change(i.path, func(k knob.Knob, v knob.Value) knob.Value { return k.Turn(v, i.stops) }), "")
	case scaleIntent:
		return m.wait(m.runner.Change(i.path, func(k knob.Knob, v knob.Value) knob.Value {
			return knob.Num(round(min(max(v.Num()*i.factor, k.Min), k.Max)))
		}), "")
	case toggleIntent:
		on := i.on
		if last := m.on[i.path]; last != 0 {
			on = last
		}
		return m.wait(m.runner.Change(i.path, func(_ knob.Knob, v knob.Value) knob.Value {
			if v.Num() != 0 {
				return knob.Num(0)
			}
			return knob.Num(on)
		}), "")
	case setIntent:
		d, ok := m.dial(i.path)
		if !ok {
			return nil
		}
		v, err := d.Knob.Parse(i.text)
		if err != nil {
			m.notice, m.bad = err.Error(), true
			return nil
		}
		if v.Equal(d.Value) {
			return nil // it stands there already
		}
		return m.wait(m.runner.Set(i.path, v), "")
	case saveIntent:
		return m.save(i.path)
	case pickIntent:
		if d, ok := m.dial(i.path); ok {
			m.dialog = newPicker(m.t, d, m.before[i.path], m.opener)
		}
	case typeIntent:
		m.typeValue(i)
	case helpIntent:
		m.dialog = newHelp(m.t, m.frame, m.global, m.panes)
	case zoomIntent:
		m.zoom = !m.zoom
	case focusIntent:
		m.focus = m.house().next(i.by)
		m.front[slots[m.focus]] = m.focus
	case showIntent:
		m.bring(i.pane)
	case viewIntent:
		if m.bring(i.pane) {
			m.panes[i.pane].(interface{ turn() }).turn()
		}
	case explainIntent:
		e := m.panes[dataPane].(*examples)
		e.explain = !m.bring(dataPane) || !e.explain
	case measureIntent:
		m.bring(deskPane)
		return m.measure()
	case fitIntent:
		m.askBudget()
	case fitToIntent:
		m.dialog = &fitter{t: m.t, frame: func() *live.Frame { return m.frame }, ask: probe.FitTo{Bytes: i.bytes, Steps: probe.RecoverySteps, File: i.file}, played: m.frame.Playing}
		return m.wait(m.runner.Play(false), "")
	case takeIntent:
		taken := m.wait(m.runner.SetTogether(i.changes), "")
		if i.play {
			return tea.Batch(taken, m.wait(m.runner.Play(true), ""))
		}
		return taken
	case quitIntent:
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
	if m.front[slots[pane]] = pane; !shown() {
		m.focus = pane
	}
	return false
}

// measure has what the compression shows measured again. What each layer bears
// stays until there is anew; the rest is dropped, so that it is missed.
func (m *root) measure() tea.Cmd {
	desk := m.panes[deskPane].(*compression)
	if desk.view == layersView {
		desk.asked++
		return nil
	}
	again := desk.Probes(m.frame, 0, 0)
	m.watched = slices.DeleteFunc(slices.Clone(m.watched), func(p live.Probe) bool { return slices.Contains(again, p) })
	return m.wait(m.runner.Watch(m.watched), "measured again, as the network is now")
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
			return goIntent{branch, n}
		})
}

// nameBranch asks for a branch's name, or gives it.
func (m *root) nameBranch(i nameIntent) tea.Cmd {
	if i.label != "" {
		return m.wait(m.runner.Label(i.branch, i.label), "")
	}
	now := ""
	for _, b := range m.frame.Branches {
		if b.ID == i.branch {
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
		func(text string) tea.Msg { return nameIntent{i.branch, strings.TrimSpace(text)} })
	return nil
}

// selected is the knob that is selected in the panel.
func (m *root) selected() live.Dial {
	k := m.panes[knobsPane].(*knobs)
	return m.frame.Panel[k.selected(m.frame)]
}

// startRace reads the values and lets them run.
func (m *root) startRace(i raceIntent) tea.Cmd {
	d, ok := m.dial(i.path)
	if !ok {
		return nil
	}
	var values []knob.Value
	for _, text := range i.values {
		v, err := d.Knob.Parse(text)
		if err != nil {
			m.notice, m.bad = err.Error(), true
			return nil
		}
		values = append(values, v)
	}
	m.front[timeSlot] = timePane
	return tea.Batch(m.wait(m.runner.Race(i.path, values), "racing "+i.path+"; R ends it, the timeline says who leads: tab"), m.wait(m.runner.Play(true), ""))
}

// round drops the digits that doubling and halving leave behind.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// wait reports when a request has been served.
func (m *root) wait(p live.Pending, said string) tea.Cmd {
	return func() tea.Msg { return doneMsg{p.Wait(), said} }
}

func (m *root) dial(path string) (live.Dial, bool) {
	for _, d := range m.frame.Panel {
		if d.Knob.Path == path {
			return d, true
		}
	}
	return live.Dial{}, false
}

func (m *root) typeValue(i typeIntent) {
	d, ok := m.dial(i.path)
	if !ok {
		return
	}
	text := i.text
	if text == "" {
		text = m.opener // the digit that began it
	}
	help := d.Knob.Help
	if d.Knob.Zero != "" {
		help += " (0 is " + d.Knob.Zero + ")"
	}
	p := newPrompt(m.t, i.path, help, text,
		func(text string) error { _, err := d.Knob.Parse(text); return err },
		func(text string) tea.Msg { return setIntent{i.path, text} })
	p.fresh = i.text != ""
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
		func(text string) tea.Msg { return saveIntent{text} })
	return nil
}
