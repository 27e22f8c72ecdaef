package tui

import (
	"slices"

	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// speeds are the limits that the speed keys cycle through, in steps per second; 0
// is no limit.
var speeds = []int{1, 5, 20, 100, 500, 0}

// faster selects the speed by entries further in speeds.
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

// on reports whether a knob is nonzero.
func on(path string) func(*live.Frame) bool {
	return func(f *live.Frame) bool {
		d, ok := intent.FindKnob(f, path)
		return ok && d.Value.Num() != 0
	}
}

// globalActions are available whichever pane has the focus. zoomed reports whether
// a pane is enlarged.
func globalActions(zoomed func() bool) []intent.Action {
	return append([]intent.Action{
		{Name: "play", Keys: []string{" "}, Label: "play", Now: either(func(f *live.Frame) bool { return f.Playing }, "pause", "play"), Help: "start or pause training", Do: func(f *live.Frame) tea.Msg { return intent.Play{On: !f.Playing} }},
		{Name: "step", Keys: []string{"."}, Label: "step", Help: "pause and train a single step", Do: intent.Always(intent.Step{})},
		{Name: "optimizer", Keys: []string{"o"}, Label: "optimizer", Help: "choose another optimizer; the weights are kept", Do: intent.Always(intent.Pick{Path: "optimizer.name"})},
		{Name: "rate-down", Keys: []string{"-"}, Pair: "- +", Label: "rate", Help: "halve the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 0.5})},
		{Name: "rate-up", Keys: []string{"+"}, Help: "double the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 2})},
		{Name: "prune", Keys: []string{"p"}, Label: "prune", Now: either(on("prune.sparsity"), "unprune", "prune"), Help: "turn pruning on or off; the weights are kept", Off: intent.Has("prune.sparsity"), Do: intent.Always(intent.Toggle{Path: "prune.sparsity", On: 0.7})},
		{Name: "quantize", Keys: []string{"i"}, Label: "quantize", Now: either(on("quant.bits"), "float", "quantize"), Help: "turn quantization on or off; the float weights are kept", Off: intent.Has("quant.bits"), Do: intent.Always(intent.Toggle{Path: "quant.bits", On: 4})},
		{Name: "loss", Keys: []string{"l"}, Label: "loss", Help: "choose another loss function; the weights are kept", Off: intent.Has("loss.name"), Do: intent.Always(intent.Pick{Path: "loss.name"})},
		{
			Name: "undo", Keys: []string{"u"}, Label: "undo", Help: "undo the last decision and the training since",
			Off: func(f *live.Frame) string {
				switch {
				case !f.CanUndo && f.Remedy != nil:
					return "there is no decision to undo; w returns to the last good step"
				case !f.CanUndo:
					return "there is no decision to undo"
				}
				return ""
			},
			Do: intent.Always(intent.Undo{}),
		},
		{
			Name: "redo", Keys: []string{"U"}, Label: "redo", Help: "redo what was undone last",
			Off: func(f *live.Frame) string {
				if !f.CanRedo {
					return "there is nothing to redo"
				}
				return ""
			},
			Do: intent.Always(intent.Redo{}),
		},
		{Name: "back", Keys: []string{"["}, Pair: "[ ]", Label: "rewind", Help: "go back one step; later steps are kept", Off: intent.AtStart, Do: intent.Always(intent.Move{Steps: -1})},
		{Name: "forward", Keys: []string{"]"}, Help: "go forward one step, up to the last trained step", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1})},
		{Name: "previous-decision", Keys: []string{"{"}, Pair: "{ }", Help: "go back to the previous decision without undoing it", Off: intent.AtStart, Do: intent.Always(intent.SeekDecision{By: -1})},
		{Name: "next-decision", Keys: []string{"}"}, Help: "go forward to the next decision, or to the end of the branch", Off: intent.AtEnd, Do: intent.Always(intent.SeekDecision{By: 1})},
		{Name: "go-to", Keys: []string{"g"}, Label: "go to", Help: "go to a given step", Do: intent.Always(intent.AskStep{})},
		{Name: "go-to-end", Keys: []string{"G"}, Help: "go to the end of the branch", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1 << 60})},
		{Name: "branch", Keys: []string{"b"}, Label: "branch", Help: "start a branch here without a change; the current one is kept", Do: intent.Always(intent.Fork{})},
		{
			Name: "compare", Keys: []string{"c"}, Label: "compare", Now: either(func(f *live.Frame) bool { return len(f.Others) > 0 }, "this one alone", "compare"), Help: "overlay the curves of all branches, or show only this one",
			Off: func(f *live.Frame) string {
				if len(f.Branches) < 2 {
					return "there is only one branch: b starts another, as does a change after going back"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg { return intent.Compare{On: len(f.Others) == 0} },
		},
		{Name: "look-ahead", Keys: []string{"a"}, Label: "ahead", Help: "look-ahead: preview the loss for several values of the selected knob", Do: intent.Always(intent.LookAhead{})},
		{Name: "race", Keys: []string{"R"}, Label: "race", Now: either(func(f *live.Frame) bool { return f.Racing }, "end race", "race"), Help: "race optimizers, rates or values of the selected knob from here, or end the race", Do: intent.Always(intent.RaceMenu{})},
		{
			Name: "act", Keys: []string{"A"}, Label: "act", Help: "rewind the weights, merge adapters, set the teacher, save a compact network",
			Off: func(f *live.Frame) string {
				if f.Data == nil {
					return "a surface has no weights"
				}
				return ""
			},
			Do: intent.Always(intent.ActMenu{}),
		},
		{Name: "find-rate", Keys: []string{"F"}, Label: "find rate", Help: "learning-rate range test: train a copy at increasing rates and suggest one", Do: intent.Always(intent.Find{})},
		{
			Name: "recover", Keys: []string{"w"}, Label: "recover", Help: "after divergence: return to the last good step, then set a stable learning rate",
			Off: func(f *live.Frame) string {
				if f.Remedy == nil {
					return "there is nothing to recover from: w works after the loss has diverged"
				}
				return ""
			},
			Do: intent.Always(intent.Recover{}),
		},
		{Name: "cancel", Keys: []string{"esc"}, Help: "cancel a jump to another step", Do: intent.Always(intent.Cancel{})},
		{Name: "next-pane", Keys: []string{"tab"}, Label: "next pane", Help: "focus the next pane", Do: intent.Always(intent.Focus{By: 1})},
		{Name: "help", Keys: []string{"?"}, Label: "help", Help: "explain what is selected; ? once more lists all keys", Do: intent.Always(intent.Explain{})},
		{Name: "quit", Keys: []string{"q"}, Label: "quit", Help: "quit; the log is kept (also ctrl+c)", Do: intent.Always(intent.Quit{})},
		{Name: "save", Keys: []string{"s"}, Label: "save", Help: "save the recipe as a preset and the weights as safetensors", Do: intent.Always(intent.Save{})},
		{Name: "slower", Keys: []string{"<", ","}, Pair: "< >", Label: "speed", Help: "slower", Off: atSpeed(speeds[0], "this is the slowest speed"), Do: faster(-1)},
		{Name: "faster", Keys: []string{">"}, Help: "faster", Off: atSpeed(0, "training already runs at full speed"), Do: faster(1)},
		{Name: "reset", Keys: []string{"r"}, Label: "reset", Help: "restart at step 0 with the current knobs (can be undone)", Do: intent.Always(intent.Reset{})},
		{Name: "zoom", Keys: []string{"Z", "z"}, Label: "zoom", Now: either(func(*live.Frame) bool { return zoomed() }, "all panes", "zoom"), Help: "enlarge the focused pane to full screen, or restore it", Do: intent.Always(intent.Zoom{})},
		{Name: "previous-pane", Keys: []string{"shift+tab"}, Help: "focus the previous pane", Do: intent.Always(intent.Focus{By: -1})},
		{Name: "suspend", Keys: []string{"ctrl+z"}, Help: "suspend; fg resumes", Do: intent.Always(nil)},
	}, stage.Actions()...)
}
