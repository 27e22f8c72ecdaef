package dialog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"descent/core/knob"
	"descent/core/whatif"
	"descent/session/export"
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
	words := map[string]float64{"start": 0, "end": float64(head)}
	others := "+100, -100, 50%, start and end"
	if f.Best.Known() && !f.Racing {
		words["best"] = float64(f.Best.Step)
		others = "+100, -100, 50%, start, end and best"
	}
	read := func(text string) (int, error) {
		n, err := intent.TypedStep(text, f.Step, head, words)
		if err != nil {
			return 0, fmt.Errorf("type a step from 0 to %s", draw.Thousands(head))
		}
		return draw.Round(n), nil
	}
	return newPrompt(t, "go to step", "from 0 to "+draw.Thousands(head), strconv.Itoa(f.Step),
		func(text string) error { _, err := read(text); return err },
		func(text string) tea.Msg {
			n, _ := read(text) // checked
			return intent.Go{Branch: branch, Step: n}
		}).showing(func(text string) string {
		n, _ := read(text)
		if n == f.Step {
			return draw.Thousands(n) + " now; " + others + " are steps as well"
		}
		return "→ step " + draw.Thousands(n)
	})
}

// RewindPrompt asks for the step whose weights to restore.
func RewindPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	most := f.Step
	read := func(text string) (int, error) {
		n, err := intent.TypedStep(text, most, most, map[string]float64{"start": 0})
		if err != nil {
			return 0, fmt.Errorf("type a step from 0 to %s", draw.Thousands(most))
		}
		return draw.Round(n), nil
	}
	return newPrompt(t, "weights of step", "from 0 to "+draw.Thousands(most)+"; masks and knobs are kept, the optimizer state is reset", "0",
		func(text string) error { _, err := read(text); return err },
		func(text string) tea.Msg {
			n, _ := read(text) // checked
			return intent.Act{Act: journal.Act{Name: journal.Rewind, Step: n}}
		})
}

// BudgetPrompt asks for the size to fit to.
func BudgetPrompt(t *draw.Theme, f *live.Frame) *Prompt {
	dense := f.Size.Dense
	return newPrompt(t, "fit to a size", fmt.Sprintf("the dense network takes %s; type a file size such as 8 kB, or a fraction of the weights such as 20%% or 1/4.", draw.Bytes(dense)), "20%",
		func(text string) error {
			_, err := whatif.Budget(budget(text), dense)
			return err
		},
		func(text string) tea.Msg {
			text = budget(text)
			bytes, _ := whatif.Budget(text, dense) // checked
			return intent.FitTo{Bytes: bytes, File: !whatif.IsShare(text)}
		}).showing(func(text string) string {
		bytes, _ := whatif.Budget(budget(text), dense)
		of := "file of at most "
		if whatif.IsShare(budget(text)) {
			of = "weights of at most "
		}
		return "→ " + of + draw.Bytes(bytes) + ", " + share(bytes, dense)
	})
}

// budget is a size as whatif.Budget reads it: with a decimal point, and a fraction of
// the weights (1/4, ×0.2) as a percentage.
func budget(text string) string {
	text = strings.TrimSpace(text)
	number := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsLetter(r) || r == '%' || r == ' ' })
	unit := strings.TrimSpace(strings.TrimPrefix(text, number))
	factor, times := strings.CutPrefix(strings.Replace(number, "*", "×", 1), "×")
	n, err := intent.Number(factor)
	switch {
	case err != nil:
		return text
	case unit == "" && (times || strings.Contains(number, "/")):
		n, unit = 100*n, "%"
	}
	return strconv.FormatFloat(n, 'g', -1, 64) + " " + unit
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
	read := func(typed string) (knob.Value, error) {
		if typed == text { // which may be rounded
			return d.Value, nil
		}
		return intent.Typed(d.Knob, d.Value, typed)
	}
	return newPrompt(t, d.Knob.Path, help, text,
		func(text string) error { _, err := read(text); return err },
		func(text string) tea.Msg {
			v, _ := read(text) // checked
			return intent.Set{Path: d.Knob.Path, Text: v.String()}
		}).showing(func(text string) string {
		v, _ := read(text)
		now := d.Knob.Format(d.Value)
		switch {
		case v.Equal(d.Value) && d.Knob.Kind <= knob.Integer:
			return now + " now; ×2, /2, +10%, 50%, 3/4 and 0,5 are values as well"
		case v.Equal(d.Value):
			return now + " now"
		}
		return now + " → " + d.Knob.Format(v)
	})
}

// SavePrompt asks for the file name of the model or of the preset, by its ending; best
// is as in intent.Save.
func SavePrompt(t *draw.Theme, f *live.Frame, best int) *Prompt {
	step := f.Step
	if best > 0 {
		step = best
	}
	name := fmt.Sprintf("%s-%d", f.Recipe.Name, step)
	help := "one file with weights, recipe, columns and metrics; a name that ends in .toml saves a preset and the weights beside it"
	if f.Data == nil { // a surface has no network
		name, help = name+".toml", "saves the current recipe as a preset, and the point beside it"
	} else {
		name += export.ModelEnding
	}
	return newPrompt(t, "save", help, name,
		func(text string) error {
			if strings.TrimSpace(filepath.Base(text)) == "" || text == "" {
				return errors.New("type a file name")
			}
			return nil
		},
		func(text string) tea.Msg { return intent.Save{Path: text, Best: best} }).showing(func(text string) string {
		if strings.HasSuffix(text, export.ModelEnding) {
			return "→ a model: descent predict, eval and export take it, or train it on"
		}
		preset := strings.TrimSuffix(text, ".toml")
		return "→ the preset " + preset + ".toml, and the weights in " + preset + ".safetensors"
	})
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
