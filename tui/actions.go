package tui

import (
	"slices"

	"descent/session/live"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// speeds are the steps per second that the speed keys go through; 0 is no limit.
var speeds = []int{1, 5, 20, 100, 500, 0}

// faster is the speed some places further on.
func faster(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		i := slices.Index(speeds, f.Speed)
		return intent.Speed{PerSecond: speeds[min(max(i+by, 0), len(speeds)-1)]}
	}
}

func atSpeed(speed int, why string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if f.Speed == speed {
			return why
		}
		return ""
	}
}

// either is a word that depends on how things stand.
func either(so func(*live.Frame) bool, yes, no string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if so(f) {
			return yes
		}
		return no
	}
}

// on tells whether a knob stands off 0.
func on(path string) func(*live.Frame) bool {
	return func(f *live.Frame) bool {
		d, ok := intent.Dial(f, path)
		return ok && d.Value.Num() != 0
	}
}

// globalActions work wherever the focus is. zoomed tells whether a pane has the
// whole screen.
func globalActions(zoomed func() bool) []intent.Action {
	return []intent.Action{
		{Keys: []string{" "}, Label: "play", Now: either(func(f *live.Frame) bool { return f.Playing }, "pause", "play"), Help: "train, or pause", Do: func(f *live.Frame) tea.Msg { return intent.Play{On: !f.Playing} }},
		{Keys: []string{"."}, Label: "step", Help: "pause and train one step", Do: intent.Always(intent.Step{})},
		{Keys: []string{"o"}, Label: "optimizer", Help: "choose another optimizer; the weights stay", Do: intent.Always(intent.Pick{Path: "optimizer.name"})},
		{Keys: []string{"-"}, Pair: "- +", Label: "rate", Help: "halve the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 0.5})},
		{Keys: []string{"+", "="}, Help: "double the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 2})},
		{Keys: []string{"p"}, Label: "prune", Now: either(on("prune.sparsity"), "unprune", "prune"), Help: "prune on or off; the weights stay", Off: intent.Has("prune.sparsity"), Do: intent.Always(intent.Toggle{Path: "prune.sparsity", On: 0.7})},
		{Keys: []string{"i"}, Label: "quantize", Now: either(on("quant.bits"), "float", "quantize"), Help: "quantize on or off; the float weights stay", Off: intent.Has("quant.bits"), Do: intent.Always(intent.Toggle{Path: "quant.bits", On: 4})},
		{Keys: []string{"l"}, Label: "loss", Help: "choose another loss; the weights stay", Off: intent.Has("loss.name"), Do: intent.Always(intent.Pick{Path: "loss.name"})},
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
			Do: intent.Always(intent.Undo{}),
		},
		{
			Keys: []string{"U"}, Label: "redo", Help: "take the last undo back",
			Off: func(f *live.Frame) string {
				if !f.CanRedo {
					return "there is nothing to do again"
				}
				return ""
			},
			Do: intent.Always(intent.Redo{}),
		},
		{Keys: []string{"["}, Pair: "[ ]", Label: "rewind", Help: "one step back in time; what lies ahead stays", Off: intent.AtStart, Do: intent.Always(intent.Move{Steps: -1})},
		{Keys: []string{"]"}, Help: "one step forward, as far as it was trained", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1})},
		{Keys: []string{"{"}, Pair: "{ }", Help: "back to before the last decision, without taking it back", Off: intent.AtStart, Do: intent.Always(intent.Leap{By: -1})},
		{Keys: []string{"}"}, Help: "forward to the next change, or to the end", Off: intent.AtEnd, Do: intent.Always(intent.Leap{By: 1})},
		{Keys: []string{"g"}, Label: "go to", Help: "go to a step that you type", Do: intent.Always(intent.AskStep{})},
		{Keys: []string{"G"}, Help: "go to the end of the branch", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1 << 60})},
		{Keys: []string{"b"}, Label: "branch", Help: "begin a branch here, with no change yet; the present one stays", Do: intent.Always(intent.Fork{})},
		{
			Keys: []string{"c"}, Label: "compare", Now: either(func(f *live.Frame) bool { return len(f.Others) > 0 }, "this one alone", "compare"), Help: "the curves of all branches over each other, or this one alone",
			Off: func(f *live.Frame) string {
				if len(f.Branches) < 2 {
					return "there is one branch only: b begins another, as does a change after going back"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg { return intent.Compare{On: len(f.Others) == 0} },
		},
		{Keys: []string{"a"}, Label: "ahead", Help: "look ahead: what the selected knob would do, before it is changed", Do: intent.Always(intent.LookAhead{})},
		{Keys: []string{"R"}, Label: "race", Now: either(func(f *live.Frame) bool { return f.Racing }, "end race", "race"), Help: "race optimizers, rates or the selected knob from here; or end the race", Do: intent.Always(intent.RaceMenu{})},
		{
			Keys: []string{"A"}, Label: "act", Help: "rewind the weights, merge adapters, set the teacher, save a compact network",
			Off: func(f *live.Frame) string {
				if f.Data == nil {
					return "a surface has no weights"
				}
				return ""
			},
			Do: intent.Always(intent.ActMenu{}),
		},
		{Keys: []string{"F"}, Label: "find rate", Help: "learning-rate range test: ever larger rates on a copy, and suggestions", Do: intent.Always(intent.Find{})},
		{
			Keys: []string{"w"}, Label: "recover", Help: "after a blow-up: to the last good step, and then the rate that lasts from there",
			Off: func(f *live.Frame) string {
				if f.Remedy == nil {
					return "there is nothing to recover from: w helps when the loss has blown up"
				}
				return ""
			},
			Do: intent.Always(intent.Recover{}),
		},
		{Keys: []string{"esc"}, Help: "break off going through time", Do: intent.Always(intent.Cancel{})},
		{Keys: []string{"tab"}, Label: "next pane", Help: "focus the next pane", Do: intent.Always(intent.Focus{By: 1})},
		{Keys: []string{"?"}, Label: "help", Help: "explain what is selected; ? once more lists all keys", Do: intent.Always(intent.Explain{})},
		{Keys: []string{"q"}, Label: "quit", Help: "leave; the log is kept (ctrl+c does the same)", Do: intent.Always(intent.Quit{})},
		{Keys: []string{"s"}, Label: "save", Help: "save the recipe as a preset and the weights as safetensors", Do: intent.Always(intent.Save{})},
		{Keys: []string{"<", ","}, Pair: "< >", Label: "speed", Help: "slower", Off: atSpeed(speeds[0], "this is the slowest speed"), Do: faster(-1)},
		{Keys: []string{">"}, Help: "faster", Off: atSpeed(0, "it goes as fast as it can"), Do: faster(1)},
		{Keys: []string{"r"}, Label: "reset", Help: "begin again at step 0 with the knobs as they stand (undo brings it back)", Do: intent.Always(intent.Reset{})},
		{Keys: []string{"Z", "z"}, Label: "zoom", Now: either(func(*live.Frame) bool { return zoomed() }, "all panes", "zoom"), Help: "the focused pane on the whole screen, and back", Do: intent.Always(intent.Zoom{})},
		{Keys: []string{"shift+tab"}, Help: "focus the pane before", Do: intent.Always(intent.Focus{By: -1})},
		{Keys: []string{"ctrl+z"}, Help: "suspend; fg comes back", Do: intent.Always(nil)},
	}
}
