package tui

import (
	"slices"

	"descent/session/live"

	"github.com/charmbracelet/bubbletea"
)

// speeds are the steps per second that the speed keys go through; 0 is no limit.
var speeds = []int{1, 5, 20, 100, 500, 0}

func always(intent tea.Msg) func(*live.Frame) tea.Msg {
	return func(*live.Frame) tea.Msg { return intent }
}

// faster is the speed some places further on.
func faster(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		i := slices.Index(speeds, f.Speed)
		return speedIntent{speeds[min(max(i+by, 0), len(speeds)-1)]}
	}
}

// here is "" where the panel has a knob, else why its key does nothing.
func here(path string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		for _, d := range f.Panel {
			if d.Knob.Path == path {
				return ""
			}
		}
		return "there is no " + path + " on a surface"
	}
}

func atStart(f *live.Frame) string {
	if f.Step == 0 {
		return "this is the beginning"
	}
	return ""
}

func atEnd(f *live.Frame) string {
	for _, b := range f.Branches {
		if b.ID == f.Branch && f.Step >= b.Head {
			return "this is as far as the branch was trained; space goes on"
		}
	}
	return ""
}

func atSpeed(speed int, why string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if f.Speed == speed {
			return why
		}
		return ""
	}
}

func playOrPause(f *live.Frame) string {
	if f.Playing {
		return "pause"
	}
	return "play"
}

// globalActions work wherever the focus is.
func globalActions() []Action {
	return []Action{
		{Keys: []string{" "}, Label: "play", Now: playOrPause, Help: "train, or pause", Do: func(f *live.Frame) tea.Msg { return playIntent{!f.Playing} }},
		{Keys: []string{"."}, Label: "step", Help: "pause and train one step", Do: always(stepIntent{})},
		{Keys: []string{"o"}, Label: "optimizer", Help: "choose another optimizer; the weights stay", Do: always(pickIntent{"optimizer.name"})},
		{Keys: []string{"-"}, Pair: "- +", Label: "rate", Help: "halve the learning rate", Do: always(scaleIntent{"optimizer.lr", 0.5})},
		{Keys: []string{"+", "="}, Help: "double the learning rate", Do: always(scaleIntent{"optimizer.lr", 2})},
		{Keys: []string{"p"}, Label: "prune", Help: "prune on or off; nothing is lost", Off: here("prune.sparsity"), Do: always(toggleIntent{"prune.sparsity", 0.7})},
		{Keys: []string{"i"}, Label: "quantize", Help: "quantize to whole numbers on or off; nothing is lost", Off: here("quant.bits"), Do: always(toggleIntent{"quant.bits", 4})},
		{Keys: []string{"l"}, Label: "loss", Help: "choose another loss; the weights stay", Off: here("loss.name"), Do: always(pickIntent{"loss.name"})},
		{
			Keys: []string{"u"}, Label: "undo", Help: "back to before the last decision, training included",
			Off: func(f *live.Frame) string {
				switch {
				case !f.CanUndo && f.Remedy != nil:
					return "there is no decision to take back; w goes back to the last good step"
				case !f.CanUndo:
					return "there is no decision to take back"
				}
				return ""
			},
			Do: always(undoIntent{}),
		},
		{
			Keys: []string{"U"}, Label: "redo", Help: "take the last undo back",
			Off: func(f *live.Frame) string {
				if !f.CanRedo {
					return "there is nothing to do again"
				}
				return ""
			},
			Do: always(redoIntent{}),
		},
		{Keys: []string{"["}, Pair: "[ ]", Label: "rewind", Help: "one step back in time; what lies ahead stays", Off: atStart, Do: always(moveIntent{-1})},
		{Keys: []string{"]"}, Help: "one step forth, as far as was trained", Off: atEnd, Do: always(moveIntent{1})},
		{Keys: []string{"{"}, Pair: "{ }", Help: "back to before the last decision, without taking it back", Off: atStart, Do: always(leapIntent{-1})},
		{Keys: []string{"}"}, Help: "forth to the next decision, or to the end", Off: atEnd, Do: always(leapIntent{1})},
		{Keys: []string{"g"}, Label: "go to", Help: "go to a step that you type", Do: always(askStepIntent{})},
		{Keys: []string{"G"}, Help: "go to the end of the branch", Off: atEnd, Do: always(moveIntent{1 << 60})},
		{Keys: []string{"b"}, Label: "branch", Help: "begin a branch here, with no change yet; the present one stays", Do: always(forkIntent{})},
		{
			Keys: []string{"c"}, Label: "compare", Help: "the curves of all branches over each other, or this one alone",
			Off: func(f *live.Frame) string {
				if len(f.Branches) < 2 {
					return "there is one branch only: b begins another, as does a change after going back"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg { return compareIntent{len(f.Others) == 0} },
		},
		{Keys: []string{"a"}, Label: "ahead", Help: "look ahead: what the selected knob would do, before it is turned", Do: always(aheadIntent{})},
		{Keys: []string{"R"}, Label: "race", Help: "race optimizers, rates or the selected knob from here; or end the race", Do: always(raceMenuIntent{})},
		{
			Keys: []string{"A"}, Label: "act", Help: "the weights back to a step, adapters merged, a branch as the teacher",
			Off: func(f *live.Frame) string {
				if f.Data == nil {
					return "a surface has no weights"
				}
				return ""
			},
			Do: always(actMenuIntent{}),
		},
		{Keys: []string{"F"}, Label: "find rate", Help: "try ever larger rates on a copy and suggest one", Do: always(findIntent{})},
		{
			Keys: []string{"w"}, Label: "recover", Help: "after a blow-up: to the last good step, and then the rate that lasts from there",
			Off: func(f *live.Frame) string {
				if f.Remedy == nil {
					return "there is nothing to recover from: w helps when the loss has blown up"
				}
				return ""
			},
			Do: always(recoverIntent{}),
		},
		{Keys: []string{"esc"}, Help: "break off going through time", Do: always(cancelIntent{})},
		{Keys: []string{"tab"}, Label: "next pane", Help: "focus the next pane", Do: always(focusIntent{1})},
		{Keys: []string{"?"}, Label: "help", Help: "all keys", Do: always(helpIntent{})},
		{Keys: []string{"q"}, Label: "quit", Help: "leave; the log is kept (ctrl+c does the same)", Do: always(quitIntent{})},
		{Keys: []string{"s"}, Label: "save", Help: "save the recipe as a preset and the weights as safetensors", Do: always(saveIntent{})},
		{Keys: []string{"<", ","}, Pair: "< >", Label: "speed", Help: "slower", Off: atSpeed(speeds[0], "this is the slowest speed"), Do: faster(-1)},
		{Keys: []string{">"}, Help: "faster", Off: atSpeed(0, "it goes as fast as it can"), Do: faster(1)},
		{Keys: []string{"r"}, Label: "reset", Help: "begin again at step 0 with the knobs as they stand (undo brings it back)", Do: always(resetIntent{})},
		{Keys: []string{"Z", "z"}, Label: "zoom", Help: "the focused pane on the whole screen, and back", Do: always(zoomIntent{})},
		{Keys: []string{"shift+tab"}, Help: "focus the pane before", Do: always(focusIntent{-1})},
		{Keys: []string{"ctrl+z"}, Help: "suspend; fg comes back", Do: always(nil)},
	}
}
