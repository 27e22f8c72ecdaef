package intent

import (
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// AheadSteps is how many steps a look-ahead trains.
const AheadSteps = 200

// Always asks for the same whatever the frame.
func Always(asked tea.Msg) func(*live.Frame) tea.Msg {
	return func(*live.Frame) tea.Msg { return asked }
}

// Dial is a knob of the panel; ok is false if the panel has none of that path.
func Dial(f *live.Frame, path string) (d live.KnobState, ok bool) {
	for _, d := range f.Panel {
		if d.Knob.Path == path {
			return d, true
		}
	}
	return live.KnobState{}, false
}

// Has is "" where the panel has a knob, else why its key does nothing.
func Has(path string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if _, ok := Dial(f, path); !ok {
			return "there is no " + path + " on a surface"
		}
		return ""
	}
}

// AtStart is why nothing goes back, "" after the first step.
func AtStart(f *live.Frame) string {
	if f.Step == 0 {
		return "this is the beginning"
	}
	return ""
}

// AtEnd is why nothing goes forth, "" before the end of the branch.
func AtEnd(f *live.Frame) string {
	for _, b := range f.Branches {
		if b.ID == f.Branch && f.Step >= b.Head {
			return "this is as far as the branch was trained; space goes on"
		}
	}
	return ""
}

// BranchName is the label of the branch that is looked at.
func BranchName(f *live.Frame) string {
	for _, b := range f.Branches {
		if b.ID == f.Branch {
			return b.Label
		}
	}
	return ""
}

// KnobLabel is the name of a knob on the screen: settings stand under their choice
// or their table.
func KnobLabel(path string) string {
	table, name, _ := strings.Cut(path, ".")
	if name == "name" {
		return table
	}
	name = strings.ReplaceAll(name, "_", " ")
	if table == "train" || table == "surface" {
		return name
	}
	return "  " + name
}

// Scaled is a number times a factor, within the knob's bounds and without the
// digits that doubling and halving leave behind.
func Scaled(k knob.Knob, v knob.Value, factor float64) knob.Value {
	n := min(max(v.Num()*factor, k.Min), k.Max)
	if tidy, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 12, 64), 64); err == nil {
		n = tidy
	}
	return knob.Num(n)
}
