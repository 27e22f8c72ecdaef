// Package search holds the dialogs of a hyperparameter search: the menu that starts one,
// the forms that steer it, and the card that says what was found.
package search

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// Menu says what is searched over, and how, and starts the search.
type Menu struct {
	t     *draw.Theme
	frame func() *live.Frame
	axes
	settings []*entry
	at       int              // the highlighted line: an axis, or behind them a setting
	edit     *textfield.Field // in which the highlighted line is edited, or a knob to add; nil for none
	adds     bool             // a knob is added
	note     string           // what the last key did, or why it did nothing
}

// The settings, by their places in a menu.
const (
	objective = iota
	second
	constraints
	samplerOf
	prunerOf
	trialsOf
	stepsOf
	seedsOf
	workersOf
	aroundOf
	startOf
)

// New opens the menu for a search with the knobs as they stand.
func New(t *draw.Theme, frame func() *live.Frame) *Menu {
	f := frame()
	m := &Menu{t: t, frame: frame, axes: newAxes(f.Recipe)}
	goals := Goals(f)
	m.settings = []*entry{
		objective:   {name: "objective", text: goals[0], options: goals, help: goalHelp},
		second:      {name: "and", text: off, options: seconds(goals), help: secondHelp},
		constraints: {name: "where", text: off, check: checkWhere, help: said("constraints: bytes<=20000 val_accuracy>=0.9")},
		samplerOf:   {name: "sampler", text: samplers()[0], options: samplers(), help: samplerHelp},
		prunerOf:    {name: "pruner", text: pruner.Names()[0], options: pruner.Names(), help: prunerHelp},
		trialsOf:    number("trials", 50, 0, "after so many the search is over; 0 goes on until you end it"),
		stepsOf:     number("steps", max(f.Steps, 1), 1, "of a trial, at the most"),
		seedsOf:     number("seeds", 1, 1, "runs of a trial; their median counts"),
		workersOf:   number("workers", runtime.NumCPU(), 0, fmt.Sprintf("trials at once; this machine has %d cores", runtime.NumCPU())),
		aroundOf:    {name: "around here", text: off, options: widths, check: checkWidth, help: aroundHelp},
		startOf:     {name: "start from", text: atZero, options: []string{atZero}, help: startHelp},
	}
	if f.Step > 0 && !f.Racing {
		m.settings[startOf].options = []string{atZero, atHere}
	}
	return m
}

// Key handles one key.
func (m *Menu) Key(k tea.KeyMsg) (tea.Msg, bool) {
	m.note = ""
	if m.edit != nil {
		m.edits(k)
		return nil, false
	}
	switch key := k.String(); key {
	case "esc", "q":
		return nil, true
	case "enter":
		return m.start()
	case "up", "k":
		m.move(-1)
	case "down", "j":
		m.move(1)
	case "pgup", "home":
		m.move(-len(m.rows) - len(m.settings))
	case "pgdown", "end":
		m.move(len(m.rows) + len(m.settings))
	case "tab", "shift+tab":
		if m.at < len(m.rows) {
			m.at = len(m.rows)
		} else {
			m.at = 0
		}
	case "right", "l", "+":
		m.turn(1)
	case "left", "h", "-":
		m.turn(-1)
	case " ":
		if m.at < len(m.rows) {
			m.rows[m.at].chosen = !m.rows[m.at].chosen
		} else {
			m.turn(1)
		}
	case "e":
		m.edit, m.adds = textfield.New("", m.typed()), false
	case "a", "/":
		m.edit, m.adds = textfield.New("", ""), true
	case "backspace", "delete", "d":
		if m.at < len(m.rows) {
			m.rows[m.at].chosen = false
		}
	default:
		if s := m.setting(); s != nil && s.options == nil && k.Type == tea.KeyRunes && !k.Alt { // what is typed replaces it
			m.edit, m.adds = textfield.New("", ""), false
			m.edit.Key(k)
		}
	}
	return nil, false
}

// setting is the highlighted setting, nil on an axis.
func (m *Menu) setting() *entry {
	if i := m.at - len(m.rows); i >= 0 {
		return m.settings[i]
	}
	return nil
}

// typed is the text of the highlighted line.
func (m *Menu) typed() string {
	if s := m.setting(); s != nil {
		if s.text == off {
			return ""
		}
		return s.text
	}
	_, values, _ := strings.Cut(m.rows[m.at].text, "=")
	return values
}

func (m *Menu) move(by int) {
	m.at = min(max(m.at+by, 0), len(m.rows)+len(m.settings)-1)
}

// turn chooses another value of a setting, or narrows and widens a range.
func (m *Menu) turn(by int) {
	if s := m.setting(); s != nil {
		s.turned(by)
		return
	}
	r := &m.rows[m.at]
	others, err := m.without(r.path)
	if err != nil {
		m.note = err.Error()
		return
	}
	a, err := study.ParseAxis(m.of, r.text, others)
	if err != nil {
		m.note = err.Error()
		return
	}
	if a.Kind == search.Choice {
		m.note = "e edits the list of values"
		return
	}
	now := (a.Low + a.High) / 2
	if set, err := m.of.Find(a.Path); err == nil {
		now = set.Value.Num()
	}
	factor := 1 / 1.5
	if by > 0 {
		factor = 1.5
	}
	r.text = study.FormatAxis(resize(m.of, a, now, factor))
}

// edits gives a key to the field.
func (m *Menu) edits(k tea.KeyMsg) {
	switch k.String() {
	case "esc":
		m.edit = nil
	case "enter":
		if err := m.take(m.edit.Text()); err != nil {
			m.note = err.Error()
			return
		}
		m.edit = nil
	case "tab":
		if all := m.matching(m.edit.Text()); m.adds && len(all) > 0 {
			m.edit = textfield.New("", all[0]+"=")
		}
	default:
		m.edit.Key(k)
	}
}

// take takes what was typed.
func (m *Menu) take(text string) error {
	switch s := m.setting(); {
	case m.adds && strings.TrimSpace(text) == "":
	case m.adds:
		at, err := m.add(text)
		if err != nil {
			return err
		}
		m.at = at
	case s != nil:
		if strings.TrimSpace(text) == "" {
			text = off
			if s.turn != nil {
				text = s.text
			}
		}
		return s.set(text)
	default:
		_, err := m.add(m.rows[m.at].path + "=" + text)
		return err
	}
	return nil
}

// spec is what the menu says; the error tells what is wrong with it.
func (m *Menu) spec() (s study.Spec, err error) {
	get := func(i int) string { return m.settings[i].text }
	f := m.frame()
	s = study.Spec{
		Name: f.Recipe.Name, Seed: f.Recipe.Seed, Objectives: []string{goal(get(objective))},
		Steps: m.settings[stepsOf].int(), Seeds: m.settings[seedsOf].int(), Trials: m.settings[trialsOf].int(),
		Sampler: get(samplerOf), Pruner: get(prunerOf), Confirm: confirmed, Fresh: freshSeeds,
	}
	if s.Axes, err = m.chosen(); err != nil {
		return s, err
	}
	if len(s.Axes) == 0 {
		return s, fmt.Errorf("nothing is searched over: space chooses a knob, a adds one")
	}
	if slices.ContainsFunc(s.Axes, func(a search.Axis) bool { return strings.HasPrefix(a.Path, "loss.") }) && !strings.HasSuffix(get(objective), "accuracy") {
		return s, fmt.Errorf("values of different loss functions cannot be compared: choose an accuracy as the objective")
	}
	if two := get(second); two != off {
		if two == get(objective) {
			return s, fmt.Errorf("both objectives are the same")
		}
		s.Objectives = append(s.Objectives, goal(two))
	}
	if s.Where, err = where(get(constraints)); err != nil {
		return s, err
	}
	if width := widthOf(get(aroundOf)); width > 0 {
		s.Around = &search.Around{Center: center(f, s.Axes), Width: width}
	}
	return s, s.Check()
}

// How many of the best are trained again at the end, and on how many fresh seeds.
const (
	confirmed  = 3
	freshSeeds = 5
)

// start starts the search.
func (m *Menu) start() (tea.Msg, bool) {
	s, err := m.spec()
	if err != nil {
		m.note = err.Error()
		return nil, false
	}
	return intent.BeginSearch{Spec: s, Here: m.settings[startOf].text == atHere, Workers: m.settings[workersOf].int()}, true
}

// Subject is the knob or the setting that is highlighted, with the menu behind it.
func (m *Menu) Subject() intent.Subject {
	pages := []string{"dialog " + PageName}
	if m.at < len(m.rows) {
		pages = append(pages, "knob "+m.rows[m.at].path)
	}
	return intent.Subject{Pages: pages}
}

// Goals are the objectives that can be measured in a session, the usual one first.
func Goals(f *live.Frame) []string {
	surface := f.Recipe.Surface.Name != ""
	validated := !surface && (f.Eval.HasVal || f.Data != nil && f.Data.Val.Rows() > 0)
	classes := !surface && (f.Eval.HasAccuracy || f.Last.HasAccuracy)
	old := f.Recipe.Pretrain.Preset != ""
	var out []string
	for _, m := range study.Metrics {
		ok := true
		switch m.Name {
		case "val_loss":
			ok = validated
		case "val_accuracy":
			ok = validated && classes
		case "accuracy":
			ok = classes
		case "old_loss":
			ok = old
		case "old_accuracy":
			ok = old && classes
		case "bytes", "params", "multiply_adds":
			ok = !surface
		}
		if ok {
			out = append(out, m.Name)
		}
	}
	for _, s := range f.Panel {
		if s.Knob.Path != "train.metrics" {
			continue
		}
		for _, name := range s.Value.Items() {
			if validated && name != "train_loss" {
				name = "val_" + name
			}
			if study.Searched(name) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// seconds are the second objectives that can be chosen: what a network costs before what
// it reaches.
func seconds(goals []string) []string {
	out := []string{off}
	for _, costs := range []bool{true, false} {
		for _, g := range goals {
			if costs == slices.Contains([]string{"bytes", "params", "multiply_adds"}, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// samplers are the names of the samplers that propose points in a space of axes.
func samplers() []string {
	return slices.DeleteFunc(search.Names(), func(name string) bool { return name == "list" })
}

// center is where a prior has its center: the knobs as they stand, as far as they lie on
// the axes.
func center(f *live.Frame, axes []search.Axis) search.Point {
	p := search.Point{}
	for _, a := range axes {
		if set, err := f.Recipe.Find(a.Path); err == nil && a.Condition.Holds(p) && a.Contains(set.Value) {
			p[a.Path] = set.Value
		}
	}
	return p
}
