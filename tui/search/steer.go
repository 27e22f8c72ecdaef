package search

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Dialog is a box over the screen that takes all keys until it is closed.
type Dialog interface {
	Key(tea.KeyMsg) (intent tea.Msg, done bool)
	View(w, h int) string
}

// For returns the dialog that an intent asks for, nil if it asks for none; the error says
// why there cannot be one now.
func For(t *draw.Theme, now func() *live.Frame, asked tea.Msg) (Dialog, error) {
	f := now()
	switch i := asked.(type) {
	case intent.StartSearch:
		return New(t, now), nil
	case intent.EditTrial, intent.EditAxis, intent.EditSampler, intent.EditPruner, intent.EditAround, intent.EditTrials, intent.AskWorkers, intent.SearchResult:
		if f.Tuning == nil {
			return nil, errNone
		}
	case intent.SaveTrial:
		switch {
		case i.Path != "":
			return nil, nil
		case f.Tuning == nil:
			return nil, errNone
		}
		return savePrompt(t, f, i.Trial), nil
	}
	switch i := asked.(type) {
	case intent.EditTrial:
		return editTrial(t, f, i.Trial)
	case intent.EditAxis:
		return editAxis(t, f, i.Path), nil
	case intent.EditSampler:
		return editSampler(t, f), nil
	case intent.EditPruner:
		return editPruner(t, f), nil
	case intent.EditAround:
		return editAround(t, f), nil
	case intent.EditTrials:
		return editTrials(t, f), nil
	case intent.AskWorkers:
		return askWorkers(t, f), nil
	case intent.SearchResult:
		return NewResult(t, now), nil
	}
	return nil, nil
}

// editTrial asks for the values of a new trial.
func editTrial(t *draw.Theme, f *live.Frame, number int) (Dialog, error) {
	of, title := f.Tuning.Recipe, "a trial with the knobs as they stand"
	var from search.Point
	if number >= 0 {
		trial := f.Tuning.Trial(number)
		if trial == nil {
			return nil, fmt.Errorf("there is no trial %d", number)
		}
		from, title = trial.Point, fmt.Sprintf("clone of trial %d", number)
	} else if f.Recipe.Name == of.Name {
		of = f.Recipe
	}
	axes := f.Tuning.Study.Plan.Space.Axes
	var entries []*entry
	seen := map[string]bool{}
	add := func(path string, under *search.Condition) {
		k, ok := knobAt(path)
		if !ok || seen[path] {
			return
		}
		seen[path] = true
		v, ok := from[path]
		if !ok {
			v = k.Value()
			if set, err := of.Find(path); err == nil {
				v = set.Value
			}
		}
		entries = append(entries, entryOf(k, v, under))
	}
	for _, a := range axes {
		add(a.Path, a.Condition)
	}
	for _, c := range paths(from) { // of an earlier search space
		add(c, nil)
	}
	done := func() (tea.Msg, error) {
		p := search.Point{}
		for _, e := range entries {
			k, _ := knobAt(e.name)
			v, err := k.Parse(strings.Trim(e.text, "[]"))
			if err != nil {
				return nil, err
			}
			under := (*search.Condition)(nil)
			for _, a := range axes {
				if a.Path == e.name {
					under = a.Condition
				}
			}
			if under.Holds(p) {
				p[e.name] = v
			}
		}
		return intent.Decide{Decision: study.Decision{Actor: "user", Words: "a trial is asked for: " + Words(p), Enqueue: p}}, nil
	}
	return form(t, title, "It is tried next, also where it lies outside the search space.", "", done, entries...), nil
}

// paths are those of a point, in the order of the catalogue.
func paths(p search.Point) []string {
	var out []string
	for _, c := range live.Ordered(p) {
		out = append(out, c.Path)
	}
	return out
}

// entryOf is the line of a knob.
func entryOf(k knob.Knob, v knob.Value, under *search.Condition) *entry {
	help := k.Help
	if under != nil {
		var names []string
		for _, v := range under.In {
			names = append(names, v.String())
		}
		help = "under " + strings.Join(names, ", ") + ": " + help
	}
	e := &entry{name: k.Path, text: v.String(), help: said(help), check: func(text string) error {
		_, err := k.Parse(strings.Trim(text, "[]"))
		return err
	}}
	switch k.Kind {
	case knob.Choice:
		for _, o := range k.Options {
			e.options = append(e.options, o.Name)
		}
	case knob.Switch:
		e.options = []string{knob.Flag(false).String(), knob.Flag(true).String()}
	case knob.Number, knob.Integer:
		e.turn = func(text string, by int) string {
			v, err := k.Parse(text)
			if err != nil {
				return text
			}
			return k.Turn(v, by).String()
		}
	}
	return e
}

// editAxis asks for the range of an axis.
func editAxis(t *draw.Theme, f *live.Frame, path string) Dialog {
	now := axes{of: f.Tuning.Recipe}
	text, title := "", "search over"
	for _, a := range f.Tuning.Study.Plan.Space.Axes {
		now.rows = append(now.rows, axis{a.Path, study.FormatAxis(a), true})
		if a.Path == path {
			text, title = study.FormatAxis(a), "range of "+path
		}
	}
	if text == "" {
		text = path
	}
	e := &entry{name: "axis", text: text}
	done := func() (tea.Msg, error) {
		next := axes{of: now.of, rows: append([]axis(nil), now.rows...)}
		at, err := next.add(e.text)
		if err != nil {
			return nil, err
		}
		return decided(next, "search over "+strings.Replace(next.rows[at].text, "=", " ", 1))
	}
	page := ""
	if path != "" {
		page = "knob " + path
	}
	return form(t, title, "optimizer.lr=1e-4..1e-1, train.batch=8..128 step 8, prune.sparsity=0..0.9, optimizer.name=sgd,adam. What lies outside keeps counting where it can.", page, done, e)
}

// decided is the decision for other axes.
func decided(next axes, words string) (tea.Msg, error) {
	all, err := next.chosen()
	if err != nil {
		return nil, err
	}
	return intent.Decide{Decision: study.Decision{Actor: "user", Words: words, Axes: all}}, nil
}

// editSampler asks for the sampler and its greed.
func editSampler(t *draw.Theme, f *live.Frame) Dialog {
	plan := f.Tuning.Study.Plan
	name := &entry{name: "sampler", text: plan.Sampler, options: samplers(), help: samplerHelp}
	greed := &entry{name: "greed", text: strconv.FormatFloat(plan.Greed, 'g', -1, 64), check: checkGreed, help: said("-1 explores more, 1 exploits more; 0 is the sampler as published"), turn: func(text string, by int) string {
		return strconv.FormatFloat(min(max(float64(draw.Round(4*greedOf(text))+by)/4, -1), 1), 'g', -1, 64)
	}}
	done := func() (tea.Msg, error) {
		words := "sampler " + name.text
		if g := greedOf(greed.text); g != 0 {
			words += " with greed " + greed.text
		}
		return intent.Decide{Decision: study.Decision{Actor: "user", Words: words, Sampler: &study.Sampling{Name: name.text, Greed: greedOf(greed.text)}}}, nil
	}
	return form(t, "sampler", "It proposes from now on, and knows all that was tried before.", "", done, name, greed)
}

func editPruner(t *draw.Theme, f *live.Frame) Dialog {
	e := &entry{name: "pruner", text: f.Tuning.Study.Plan.Pruner, options: pruner.Names(), help: prunerHelp}
	return form(t, "pruner", "It decides from now on which trials are trained on.", "", func() (tea.Msg, error) {
		if _, ok := pruner.Find(e.text); !ok {
			return nil, errChoices(e.options)
		}
		return intent.Decide{Decision: study.Decision{Actor: "user", Words: "pruner " + e.text, Pruner: &e.text}}, nil
	}, e)
}

// editAround asks for the width of the prior.
func editAround(t *draw.Theme, f *live.Frame) Dialog {
	plan := f.Tuning.Study.Plan
	e := &entry{name: "width", text: off, options: widths, check: checkWidth, help: aroundHelp}
	if plan.Space.Around != nil {
		e.text = strconv.FormatFloat(plan.Space.Around.Width, 'g', 3, 64)
	}
	return form(t, "around here", "A prior centred on the knobs as they stand now, and how wide it is.", "", func() (tea.Msg, error) {
		width := widthOf(e.text)
		a := &search.Around{Center: center(f, plan.Space.Axes), Width: width}
		words := fmt.Sprintf("around %s, width %g", Words(a.Center), width)
		if width == 0 {
			words = "no prior"
		}
		return intent.Decide{Decision: study.Decision{Actor: "user", Words: words, Around: a}}, nil
	}, e)
}

func editTrials(t *draw.Theme, f *live.Frame) Dialog {
	e := number("trials", f.Tuning.Study.Plan.Trials, 0, "")
	return form(t, "number of trials", fmt.Sprintf("After so many the search is over; 0 goes on until you end it. %d were begun.", len(f.Tuning.Study.Trials)), "", func() (tea.Msg, error) {
		n, err := whole(e.text, 0)
		return intent.Decide{Decision: study.Decision{Actor: "user", Words: fmt.Sprintf("%d trials", n), Trials: &n}}, err
	}, e)
}

func askWorkers(t *draw.Theme, f *live.Frame) Dialog {
	n := f.Tuning.Workers
	if n == 0 {
		n = runtime.NumCPU()
	}
	e := number("workers", n, 0, "")
	return form(t, "workers", fmt.Sprintf("How many trials are trained at once by this process; 0 leaves them to others. This machine has %d cores.", runtime.NumCPU()), "", func() (tea.Msg, error) {
		n, err := whole(e.text, 0)
		return intent.SetWorkers{Workers: n}, err
	}, e)
}

// savePrompt asks for the path of the preset of a trial.
func savePrompt(t *draw.Theme, f *live.Frame, number int) Dialog {
	e := &entry{name: "file", text: fmt.Sprintf("%s-tuned.toml", f.Recipe.Name)}
	return form(t, fmt.Sprintf("save trial %d", number), "Saves the recipe with the values of the trial as a preset; without weights: it begins anew.", "", func() (tea.Msg, error) {
		if strings.TrimSpace(e.text) == "" {
			return nil, errName
		}
		return intent.SaveTrial{Trial: number, Path: strings.TrimSpace(e.text)}, nil
	}, e)
}

// knobAt is the knob of a path in the catalogue.
func knobAt(path string) (knob.Knob, bool) {
	for _, e := range catalogue() {
		if e.Knob.Path == path {
			return e.Knob, true
		}
	}
	return knob.Knob{}, false
}
