package tui

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"descent/core"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// actMenu offers what changes the weights or the teacher and is no knob's.
func actMenu(t *draw.Theme, f *live.Frame) *menu {
	m := &menu{t: t, title: "Do at step " + draw.Thousands(f.Step)}
	add := func(name, help string, do tea.Msg) { m.items = append(m.items, menuItem{name, help, do}) }
	add("rewind", "the weights back to those of a step you type; masks and knobs stay", intent.AskRewind{})
	for _, d := range f.Panel {
		if d.Knob.Path == "finetune.lora_rank" && d.Value.Num() > 0 {
			add("merge", "add the adapters to the weights for good, and begin new ones", intent.Act{Act: journal.Act{Name: journal.Merge}})
		}
	}
	add("teach", "the network as it is now becomes the teacher (distill.alpha says how much it counts)", teach(f.Branch, f.Step))
	if f.Step > 0 {
		add("teach 0", "the network as it began becomes the teacher", teach(f.Branch, 0))
	}
	for i := len(f.Branches) - 1; i >= 0 && len(m.items) < 10; i-- {
		if b := f.Branches[i]; b.ID != f.Branch && !b.Deleted && b.Head > 0 {
			add("teach", fmt.Sprintf("%s, step %s, becomes the teacher", b.Label, draw.Thousands(b.Head)), teach(b.ID, b.Head))
		}
	}
	add("compact", "cut out what is removed, pack the rest to its bits, and save that as a network of its own", intent.Compact{})
	return m
}

// compact asks for a name, or saves under the one given.
func (m *root) compact(path string) tea.Cmd {
	if path != "" {
		said := ""
		p := m.runner.Compact(path, m.o.Encode, func(s *core.Small) {
			said = fmt.Sprintf("saved %s: %s in %s instead of %s, a file of %s; %s", path, s.Spec.Shape(), draw.Bytes(s.Bytes), draw.Bytes(s.Dense), draw.Bytes(len(s.File)), s.Agreement())
		})
		return func() tea.Msg {
			err := p.Wait() // said is written before
			return doneMsg{err, said}
		}
	}
	m.dialog = newPrompt(m.t, "save compact", "a preset and its packed weights beside it", fmt.Sprintf("%s-%d-small.toml", m.frame.Recipe.Name, m.frame.Step),
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Compact{Path: strings.TrimSpace(text)} })
	return nil
}

func teach(b journal.BranchID, step int) intent.Act {
	return intent.Act{Act: journal.Act{Name: journal.Teach, Branch: b, Step: step}}
}

// askRewind opens a field for the step whose weights are wanted.
func (m *root) askRewind() {
	most := m.frame.Step
	read := func(text string) (int, bool) {
		n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
		return n, err == nil && n >= 0 && n <= most
	}
	m.dialog = newPrompt(m.t, "weights of step", "from 0 to "+draw.Thousands(most)+"; masks and knobs stay, the optimizer begins afresh", "0",
		func(text string) error {
			if _, ok := read(text); !ok {
				return fmt.Errorf("type a step from 0 to %s", draw.Thousands(most))
			}
			return nil
		},
		func(text string) tea.Msg {
			n, _ := read(text)
			return intent.Act{Act: journal.Act{Name: journal.Rewind, Step: n}}
		})
}
