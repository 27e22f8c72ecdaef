package dialog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"descent/core/whatif"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// StepPrompt asks for a step of the branch to go to.
func StepPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	head, branch := 0, f.Branch
	for _, b := range f.Branches {
		if b.ID == branch {
			head = b.Head
		}
	}
	return newPrompt(t, "go to step", "from 0 to "+draw.Thousands(head), strconv.Itoa(f.Step),
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

// RewindPrompt asks for the step whose weights are wanted.
func RewindPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	most := f.Step
	read := func(text string) (int, bool) {
		n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
		return n, err == nil && n >= 0 && n <= most
	}
	return newPrompt(t, "weights of step", "from 0 to "+draw.Thousands(most)+"; masks and knobs stay, the optimizer begins afresh", "0",
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

// BudgetPrompt asks for a size to fit to.
func BudgetPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	dense := f.Size.Dense
	return newPrompt(t, "fit to a size", fmt.Sprintf("dense it takes %s; type a size for the file, as 8 kB, or a share of the weights, as 20%%.", draw.Bytes(dense)), "20%",
		func(text string) error {
			_, err := whatif.Budget(text, dense)
			return err
		},
		func(text string) tea.Msg {
			bytes, _ := whatif.Budget(text, dense) // checked
			return intent.FitTo{Bytes: bytes, File: !whatif.IsShare(text)}
		})
}

// NamePrompt asks for the name of a branch.
func NamePrompt(t *draw.Theme, f *live.Frame, branch journal.BranchID) *Prompt {
	now := ""
	for _, b := range f.Branches {
		if b.ID == branch {
			now = b.Label
		}
	}
	return newPrompt(t, "name of the branch", "as the timeline and the curves show it", now,
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Name{Branch: branch, Label: strings.TrimSpace(text)} })
}

// ValuePrompt asks for a value of a knob. A fresh text gives way to what is typed.
func ValuePrompt(t *draw.Theme, d live.KnobState, text string, fresh bool) *Prompt {
	help := d.Knob.Help
	if d.Knob.Zero != "" {
		help += " (0 is " + d.Knob.Zero + ")"
	}
	p := newPrompt(t, d.Knob.Path, help, text,
		func(text string) error { _, err := d.Knob.Parse(text); return err },
		func(text string) tea.Msg { return intent.Set{Path: d.Knob.Path, Text: text} })
	p.fresh = fresh
	return p
}

// SavePrompt asks under which name to save.
func SavePrompt(t *draw.Theme, f *live.Frame) *Prompt {
	name := fmt.Sprintf("%s-%d.toml", f.Recipe.Name, f.Step)
	return newPrompt(t, "save", "the recipe as it stands as a preset, the weights as safetensors beside it", name,
		func(text string) error {
			if strings.TrimSpace(filepath.Base(text)) == "" || text == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Save{Path: text} })
}

// CompactPrompt asks under which name to save the compact network.
func CompactPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	return newPrompt(t, "save compact", "a preset and its packed weights beside it", fmt.Sprintf("%s-%d-small.toml", f.Recipe.Name, f.Step),
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Compact{Path: strings.TrimSpace(text)} })
}
