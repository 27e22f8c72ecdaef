package intent

import (
	"strings"

	"descent/core/knob"
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// AheadSteps is the number of steps that a look-ahead trains.
const AheadSteps = 200

// Always returns the same intent for every frame.
func Always(asked tea.Msg) func(*live.Frame) tea.Msg {
	return func(*live.Frame) tea.Msg { return asked }
}

// FindKnob finds a knob of the panel by its path; ok is false if there is none.
func FindKnob(f *live.Frame, path string) (d live.KnobState, ok bool) {
	for _, d := range f.Panel {
		if d.Knob.Path == path {
			return d, true
		}
	}
	return live.KnobState{}, false
}

// Has returns "" if the panel has a knob, else why its key is not available.
func Has(path string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if _, ok := FindKnob(f, path); !ok {
			return "there is no " + path + " on a surface"
		}
		return ""
	}
}

// AtStart explains why there is no earlier step, "" after step 0.
func AtStart(f *live.Frame) string {
	if f.Step == 0 {
		return "this is step 0"
	}
	return ""
}

// AtEnd explains why there is no later step, "" before the end of the branch.
func AtEnd(f *live.Frame) string {
	for _, b := range f.Branches {
		if b.ID == f.Branch && f.Step >= b.Head {
			return "this is the last trained step of the branch; space continues training"
		}
	}
	return ""
}

// BranchName returns the label of the current branch.
func BranchName(f *live.Frame) string {
	for _, b := range f.Branches {
		if b.ID == f.Branch {
			return b.Label
		}
	}
	return ""
}

// KnobLabel returns the name of a knob on the screen: settings are indented below
// their choice or their table.
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

// Scaled multiplies a number by a factor, within the bounds of the knob and without
// the rounding noise of repeated doubling and halving.
func Scaled(k knob.Knob, v knob.Value, factor float64) knob.Value {
	return knob.Num(tidied(min(max(v.Num()*factor, k.Min), k.Max)))
}
