package card

import (
	"fmt"
	"strings"

	"descent/core/recipe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// tip is something to try: a key, what it does and why, and the intents.
type tip struct {
	key, text string
	do        []tea.Msg
}

// tips is the number of things to try on a card.
const tips = 3

// rule offers something to try; the text is "" where it does not suit the run.
type rule struct {
	key  string
	text func(f *live.Frame, r run) string
	do   func(f *live.Frame) []tea.Msg
}

// rules are in the order of what is most worth trying.
var rules = []rule{
	{"w", func(f *live.Frame, _ run) string {
		d := f.Diagnosis
		if d == nil || d.Past || !d.Remedy.Can() {
			return ""
		}
		var parts []string
		if d.Remedy.Back {
			parts = append(parts, "back to step "+draw.Thousands(d.Remedy.Step))
		}
		for _, c := range d.Remedy.Set {
			parts = append(parts, recipe.Words(c.Path, c.Value))
		}
		return d.Brief + ": " + strings.Join(parts, ", ")
	}, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.Recover{}} }},
	{"*", func(f *live.Frame, r run) string { // early stopping: L. Prechelt, “Early Stopping — But When?”, 1998
		if !r.overfits(f) {
			return ""
		}
		return fmt.Sprintf("overfitted: back to step %s; since then the loss rose by %.0f %%", draw.Thousands(f.Best.Step), 100*r.worse)
	}, func(f *live.Frame) []tea.Msg { return []tea.Msg{intent.Go{Branch: f.Branch, Step: f.Best.Step}} }},
	{"D", func(f *live.Frame, r run) string { // I. Loshchilov, F. Hutter, “Decoupled Weight Decay Regularization”, ICLR 2019
		if v, ok := number(f, decay); !ok || v != 0 || !r.overfits(f) {
			return ""
		}
		return "again from step 0, with weight decay 0.01 against overfitting"
	}, func(*live.Frame) []tea.Msg {
		return []tea.Msg{intent.Set{Path: decay, Text: "0.01"}, intent.Reset{}, intent.Play{On: true}}
	}},
	{" ", func(f *live.Frame, r run) string {
		if !r.falls() || r.overfits(f) || f.Ended != "" {
			return ""
		}
		return fmt.Sprintf("go on: the %s still falls, by %.0f %% in the last tenth", r.metric, 100*r.fall)
	}, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.Play{On: true}} }},
	{"r", func(_ *live.Frame, r run) string {
		if !r.surface {
			return ""
		}
		return "again from step 0: o takes another optimizer, - + turn the rate"
	}, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.Reset{}} }},
	{"-", func(f *live.Frame, r run) string { // step decay, as in K. He et al., “Deep Residual Learning”, CVPR 2016, section 3.4
		if r.falls() || r.overfits(f) || word(f, "schedule.name") != "constant" || !(r.fall > -1) {
			return ""
		}
		return "halve the rate and go on: the " + r.metric + " is on a plateau"
	}, func(*live.Frame) []tea.Msg {
		return []tea.Msg{intent.Scale{Path: "optimizer.lr", Factor: 0.5}, intent.Play{On: true}}
	}},
	{"p", func(f *live.Frame, _ run) string {
		if v, ok := number(f, "prune.sparsity"); !ok || v != 0 {
			return ""
		}
		return "prune 70 % of the weights and go on: how many does it need?"
	}, func(*live.Frame) []tea.Msg {
		return []tea.Msg{intent.Toggle{Path: "prune.sparsity", On: 0.7}, intent.Play{On: true}}
	}},
	{"i", func(f *live.Frame, _ run) string {
		if v, ok := number(f, "quant.bits"); !ok || v != 0 {
			return ""
		}
		return "quantize to 4 bits and go on: an eighth of the size"
	}, func(*live.Frame) []tea.Msg {
		return []tea.Msg{intent.Toggle{Path: "quant.bits", On: 4}, intent.Play{On: true}}
	}},
	{"R", func(f *live.Frame, r run) string {
		if r.surface {
			return "race optimizers or rates from here"
		}
		return "race optimizers, rates or values of the selected knob"
	}, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.RaceMenu{}} }},
	{"F", func(*live.Frame, run) string {
		return "learning-rate range test: which rate would have been better?"
	}, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.Find{}} }},
	{"s", func(*live.Frame, run) string { return "save the recipe and the weights" }, func(*live.Frame) []tea.Msg { return []tea.Msg{intent.Save{}} }},
}

const decay = "optimizer.weight_decay"

// advice are the first rules that suit a run.
func advice(f *live.Frame, r run) []tip {
	var out []tip
	for _, rule := range rules {
		if text := rule.text(f, r); text != "" && len(out) < tips {
			out = append(out, tip{rule.key, text, rule.do(f)})
		}
	}
	return out
}
