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

// StepPrompt asks for the step to go to.
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

// RewindPrompt asks for the step whose weights to restore.
func RewindPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	most := f.Step
	read := func(text string) (int, bool) {
		n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
		return n, err == nil && n >= 0 && n <= most
	}
	return newPrompt(t, "weights of step", "from 0 to "+draw.Thousands(most)+"; masks and knobs are kept, the optimizer state is reset", "0",
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

// BudgetPrompt asks for the size to fit to.
func BudgetPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	dense := f.Size.Dense
	return newPrompt(t, "fit to a size", fmt.Sprintf("the dense network takes %s; type a file size such as 8 kB, or a fraction of the weights such as 20%%.", draw.Bytes(dense)), "20%",
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
	return newPrompt(t, "name of the branch", "shown in the timeline and beside the curves", now,
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Name{Branch: branch, Label: strings.TrimSpace(text)} })
}

// ValuePrompt asks for a value of a knob, starting with a text.
func ValuePrompt(t *draw.Theme, d live.KnobState, text string) *Prompt {
	help := d.Knob.Help
	if d.Knob.Zero != "" {
		help += " (0 is " + d.Knob.Zero + ")"
	}
	return newPrompt(t, d.Knob.Path, help, text,
		func(text string) error { _, err := d.Knob.Parse(text); return err },
		func(text string) tea.Msg { return intent.Set{Path: d.Knob.Path, Text: text} })
}

// SavePrompt asks for the file name of the preset; best is as in intent.Save.
func SavePrompt(t *draw.Theme, f *live.Frame, best int) *Prompt {
	step := f.Step
	if best > 0 {
		step = best
	}
	name := fmt.Sprintf("%s-%d.toml", f.Recipe.Name, step)
	return newPrompt(t, "save", "saves the current recipe as a preset and the weights as safetensors beside it", name,
		func(text string) error {
			if strings.TrimSpace(filepath.Base(text)) == "" || text == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Save{Path: text, Best: best} })
}

// CompactPrompt asks for the file name of the compact network.
func CompactPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	return newPrompt(t, "save compact", "saves a preset and its packed weights beside it", fmt.Sprintf("%s-%d-small.toml", f.Recipe.Name, f.Step),
		func(text string) error {
			if strings.TrimSpace(text) == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Compact{Path: strings.TrimSpace(text)} })
}
