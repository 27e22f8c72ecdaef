package tui

import (
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/search"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// faster selects the pace by places further.
func faster(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg { return intent.Pace{Pace: f.Pace.Faster(by)} }
}

func atPace(p live.Pace, why string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if f.Pace == p {
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

// atBest explains why there is no better step to go to, "" if there is one.
func atBest(f *live.Frame) string {
	switch {
	case f.Racing:
		return "in a race each branch has a best step of its own; R ends it"
	case f.Step == 0:
		return "nothing is trained yet: space starts"
	case !f.Best.Known():
		return "no step has been evaluated yet: training goes on with space"
	case f.Best.Step == f.Step:
		return "this is the best step so far"
	}
	return ""
}

// noColumns explains why there is no table of columns, "" if there is one.
func noColumns(f *live.Frame) string {
	switch {
	case f.Data == nil:
		return "a surface has no data"
	case f.Recipe.Data.File == "":
		return "only files have columns: descent data.csv opens yours"
	}
	return ""
}

// raceWord is what the key of races does.
func raceWord(f *live.Frame) string {
	switch {
	case f.Racing:
		return "end race"
	case f.Race != nil:
		return "result"
	}
	return "race"
}

// tuneWord is what the key of searches does.
func tuneWord(f *live.Frame) string {
	switch {
	case f.Tuning == nil:
		return "tune"
	case f.Tuning.Study.Over:
		return "found"
	}
	return "steer"
}

// tune starts a search, or offers what can be done with the one that is shown.
func tune(f *live.Frame) tea.Msg {
	t := f.Tuning
	if t == nil {
		return intent.StartSearch{}
	}
	out := intent.Choose{Title: "Hyperparameter search", About: "dialog " + search.PageName}
	add := func(label, help string, asked tea.Msg) {
		out.Items = append(out.Items, intent.Choice{Label: label, Help: help, Intent: asked})
	}
	if len(t.Study.Front) > 0 || t.Study.Over {
		add("result", "what was found, beside the values that the search started from; adopt it or save it", intent.SearchResult{})
	}
	if !t.Study.Over {
		if t.Paused || t.Workers == 0 {
			add("go on", "with the search, where it stands", intent.PauseSearch{})
		} else {
			add("pause", "the search; nothing is lost", intent.PauseSearch{})
		}
	}
	add("view", "the trials, their curves, and what matters", intent.View{Title: "Tune"})
	add("add an axis", "search over one more knob", intent.EditAxis{})
	add("ask for a trial", "with values of your own, tried next", intent.EditTrial{Trial: t.Study.Best})
	add("sampler", "which proposes the trials, now "+t.Study.Plan.Sampler+", and its greed", intent.EditSampler{})
	add("pruner", "which stops trials early, now "+t.Study.Plan.Pruner, intent.EditPruner{})
	add("around here", "a prior centred on the knobs as they stand, and its width", intent.EditAround{})
	for _, a := range t.Study.Plan.Space.Axes {
		add(a.Path, search.Ranged(a)+"; what was tried keeps counting where it can", intent.EditAxis{Path: a.Path})
	}
	add("trials", "after how many the search is over", intent.EditTrials{})
	add("workers", "how many trials are trained at once", intent.AskWorkers{})
	if !t.Study.Over && !t.Study.Ending {
		add("finish", "begin no further trial; the best are trained again on fresh seeds", intent.FinishSearch{})
	}
	add("new search", "in place of this one, which is kept", intent.StartSearch{})
	return out
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
		{Name: "play", Section: intent.Training, Keys: []string{" "}, Label: "play", Now: either(func(f *live.Frame) bool { return f.Playing }, "pause", "play"), Help: "start or pause training", Do: func(f *live.Frame) tea.Msg { return intent.Play{On: !f.Playing} }},
		{Name: "step", Section: intent.Training, Keys: []string{"."}, Label: "step", Help: "pause and train a single step", Do: intent.Always(intent.Step{})},
		{Name: "optimizer", Section: intent.Optimizer, Keys: []string{"o"}, Label: "optimizer", Help: "choose another optimizer; the weights are kept", Do: intent.Always(intent.Pick{Path: "optimizer.name"})},
		{Name: "rate-down", Section: intent.Optimizer, Keys: []string{"-"}, Pair: "- +", Label: "rate", Help: "halve the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 0.5})},
		{Name: "rate-up", Section: intent.Optimizer, Keys: []string{"+"}, Help: "double the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 2})},
		{Name: "prune", Section: intent.Compression, Keys: []string{"p"}, Label: "prune", Now: either(on("prune.sparsity"), "unprune", "prune"), Help: "turn pruning on or off; the weights are kept", Off: intent.Has("prune.sparsity"), Do: intent.Always(intent.Toggle{Path: "prune.sparsity", On: 0.7})},
		{Name: "quantize", Section: intent.Compression, Keys: []string{"i"}, Label: "quantize", Now: either(on("quant.bits"), "float", "quantize"), Help: "turn quantization on or off; the float weights are kept", Off: intent.Has("quant.bits"), Do: intent.Always(intent.Toggle{Path: "quant.bits", On: 4})},
		{Name: "loss", Section: intent.Optimizer, Keys: []string{"l"}, Label: "loss", Help: "choose another loss function; the weights are kept", Off: intent.Has("loss.name"), Do: intent.Always(intent.Pick{Path: "loss.name"})},
		{
			Name: "undo", Section: intent.Time, Keys: []string{"u"}, Label: "undo", Help: "undo the last decision and the training since",
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
			Name: "redo", Section: intent.Time, Keys: []string{"U"}, Label: "redo", Help: "redo what was undone last",
			Off: func(f *live.Frame) string {
				if !f.CanRedo {
					return "there is nothing to redo"
				}
				return ""
			},
			Do: intent.Always(intent.Redo{}),
		},
		{Name: "back", Section: intent.Time, Keys: []string{"["}, Pair: "[ ]", Label: "rewind", Help: "go back one step; later steps are kept", Off: intent.AtStart, Do: intent.Always(intent.Move{Steps: -1})},
		{Name: "forward", Section: intent.Time, Keys: []string{"]"}, Help: "go forward one step, up to the last trained step", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1})},
		{Name: "previous-decision", Section: intent.Time, Keys: []string{"{"}, Pair: "{ }", Help: "go back to the previous decision without undoing it", Off: intent.AtStart, Do: intent.Always(intent.SeekDecision{By: -1})},
		{Name: "next-decision", Section: intent.Time, Keys: []string{"}"}, Help: "go forward to the next decision, or to the end of the branch", Off: intent.AtEnd, Do: intent.Always(intent.SeekDecision{By: 1})},
		{Name: "go-to", Section: intent.Time, Keys: []string{"g"}, Label: "go to", Help: "go to a given step", Do: intent.Always(intent.AskStep{})},
		{Name: "go-to-end", Section: intent.Time, Keys: []string{"G"}, Help: "go to the end of the branch", Off: intent.AtEnd, Do: intent.Always(intent.Move{Steps: 1 << 60})},
		{Name: "go-to-best", Section: intent.Time, Keys: []string{"*"}, Label: "best", Help: "go to the best step so far, by validation loss if there is one", Off: atBest, Do: func(f *live.Frame) tea.Msg { return intent.Go{Branch: f.Branch, Step: f.Best.Step} }},
		{Name: "branch", Section: intent.Time, Keys: []string{"b"}, Label: "branch", Help: "start a branch here without a change; the current one is kept", Do: intent.Always(intent.Fork{})},
		{
			Name: "compare", Section: intent.Time, Keys: []string{"c"}, Label: "compare", Now: either(func(f *live.Frame) bool { return len(f.Others) > 0 }, "this one alone", "compare"), Help: "overlay the curves of all branches, or show only this one",
			Off: func(f *live.Frame) string {
				if len(f.Branches) < 2 {
					return "there is only one branch: b starts another, as does a change after going back"
				}
				return ""
			},
			Do: func(f *live.Frame) tea.Msg { return intent.Compare{On: len(f.Others) == 0} },
		},
		{Name: "look-ahead", Section: intent.Optimizer, Keys: []string{"a"}, Label: "ahead", Help: "look-ahead: preview the loss for several values of the selected knob", Do: intent.Always(intent.LookAhead{})},
		{Name: "race", Section: intent.Time, Keys: []string{"R"}, Label: "race", Now: raceWord, Help: "race optimizers, rates or values of a knob from here; end the race; its result", Do: intent.Always(intent.RaceMenu{})},
		{Name: "tune", Section: intent.Time, Keys: []string{"h"}, Label: "tune", Now: tuneWord, Help: "hyperparameter search: start one from here; then steer it: ranges, sampler, pruner, workers, its result", Do: tune},
		{
			Name: "tune-pause", Section: intent.Time, Keys: []string{"N"}, Now: func(f *live.Frame) string {
				switch t := f.Tuning; {
				case t == nil || t.Study.Over:
					return ""
				case t.Paused || t.Workers == 0:
					return "search on"
				}
				return "hold search"
			}, Help: "pause the hyperparameter search, or go on with it",
			Off: func(f *live.Frame) string {
				switch {
				case f.Tuning == nil:
					return "there is no search yet: h starts one"
				case f.Tuning.Study.Over:
					return "the search is over: h shows what it found, or starts another"
				}
				return ""
			},
			Do: intent.Always(intent.PauseSearch{}),
		},
		{
			Name: "act", Section: intent.Compression, Keys: []string{"A"}, Label: "act", Help: "rewind the weights, merge adapters, set the teacher, save a compact network",
			Off: func(f *live.Frame) string {
				if f.Data == nil {
					return "a surface has no weights"
				}
				return ""
			},
			Do: intent.Always(intent.ActMenu{}),
		},
		{Name: "find-rate", Section: intent.Optimizer, Keys: []string{"F"}, Label: "find rate", Help: "learning-rate range test: train a copy at increasing rates and suggest one", Do: intent.Always(intent.Find{})},
		{Name: "cancel", Section: intent.Time, Keys: []string{"esc"}, Help: "cancel a jump to another step; hide the line of steps to try", Do: intent.Always(intent.Cancel{})},
		{Name: "try-next", Section: intent.Look, Keys: []string{"n"}, Help: "the next step to try; after the last, the next preset of the gallery", Do: intent.Always(intent.NextTry{})},
		{Name: "gallery", Section: intent.Files, Keys: []string{"O"}, Label: "open", Help: "the gallery: open another preset or session; this one is kept", Do: intent.Always(intent.Gallery{})},
		{Name: "columns", Section: intent.Files, Keys: []string{"K"}, Help: "the columns of a file of data, and what they become; changes begin a new session", Off: noColumns, Do: intent.Always(intent.Columns{})},
		{Name: "next-pane", Section: intent.Look, Keys: []string{"tab"}, Label: "next pane", Help: "focus the next pane", Do: intent.Always(intent.Focus{By: 1})},
		{Name: "help", Section: intent.Files, Keys: []string{"?"}, Label: "help", Help: "explain what is selected; ? once more lists all keys", Do: intent.Always(intent.Explain{})},
		{Name: "palette", Section: intent.Files, Keys: []string{"ctrl+p", ":"}, Label: "anything", Help: "command palette: find anything by typing; lr 1e-3 sets a knob", Do: intent.Always(intent.Palette{})},
		{Name: "quit", Section: intent.Files, Keys: []string{"q"}, Label: "quit", Help: "quit; the log is kept (also ctrl+c)", Do: intent.Always(intent.Quit{})},
		{Name: "save", Section: intent.Files, Keys: []string{"s"}, Label: "save", Help: "save the model as one file, or a preset and its weights; now or the best step", Do: intent.Always(intent.Save{})},
		{Name: "slower", Section: intent.Training, Keys: []string{"<", ","}, Pair: "< >", Label: "pace", Help: "slower: a run of train.steps takes longer", Off: atPace(live.Slowest, "this is the slowest pace"), Do: faster(-1)},
		{Name: "faster", Section: intent.Training, Keys: []string{">"}, Help: "faster, in the end as fast as it goes", Off: atPace(live.Unlimited, "training already runs as fast as it goes"), Do: faster(1)},
		{Name: "reset", Section: intent.Training, Keys: []string{"r"}, Label: "reset", Help: "restart at step 0 with the current knobs (can be undone)", Do: intent.Always(intent.Reset{})},
		{Name: "zoom", Section: intent.Look, Keys: []string{"Z", "z"}, Label: "zoom", Now: either(func(*live.Frame) bool { return zoomed() }, "all panes", "zoom"), Help: "enlarge the focused pane to full screen, or restore it", Do: intent.Always(intent.Zoom{})},
		{Name: "previous-pane", Section: intent.Look, Keys: []string{"shift+tab"}, Help: "focus the previous pane", Do: intent.Always(intent.Focus{By: -1})},
		{Name: "export", Section: intent.Files, Keys: []string{"X"}, Help: "export a picture, the curves, a report or recording of the session, or the network for PyTorch and ONNX", Do: intent.Always(intent.ExportMenu{})},
		{Name: "present", Section: intent.Look, Keys: []string{"P"}, Help: "presentation mode: big figures, one or two panes in thick lines, the pressed keys; P again leaves", Do: intent.Always(intent.Present{})},
		{Name: "theme", Section: intent.Look, Keys: []string{"T"}, Help: "next theme: auto, dark, light, high-contrast, colour-blind, 16, none; remembered", Do: intent.Always(intent.NextTheme{})},
		{Name: "suspend", Section: intent.Files, Keys: []string{"ctrl+z"}, Help: "suspend; fg resumes", Do: intent.Always(nil)},
	}, append(diagnosisActions(), stage.Actions()...)...)
}
