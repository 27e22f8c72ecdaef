package plain

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	core "descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/search"
)

// tuneForm says what may follow "tune".
const tuneForm = "[start | pause | go | wait | table | result | adopt | save | try | stop | over | drop | sampler | pruner | around | trials | workers | finish]"

// tuneHelp explains the words of "tune".
var tuneHelp = []string{
	"tune start [PATH=LOW..HIGH]... [trials=N] [steps=N] [seeds=N] [workers=N] [sampler=NAME] [pruner=NAME] [objective=METRIC] [where=METRIC<=NUMBER] [around=WIDTH] [here]: search hyperparameters in the background; without paths those that matter most",
	"tune: how the search stands; tune table [N]: its trials, the best first; tune result: what was found",
	"tune pause, tune go: pause the search, or go on with it; tune wait: read no further command before it ends",
	"tune adopt [TRIAL], tune save TRIAL PATH: make a trial (without a number the best) a branch; save its recipe as a preset",
	"tune try PATH=VALUE...: a trial with these values next; tune stop TRIAL: stop one",
	"tune over PATH=LOW..HIGH, tune drop PATH: search over a knob, or no more",
	"tune sampler NAME [GREED], tune pruner NAME, tune around WIDTH, tune trials N, tune workers N: change them",
	"tune finish: no further trial; the best run again on fresh seeds",
}

// tune carries out the words behind "tune".
func (s *talk) tune(f *live.Frame, words []string) error {
	word := ""
	if len(words) > 0 {
		word, words = words[0], words[1:]
	}
	switch word {
	case "help":
		for _, line := range tuneHelp {
			s.say(line)
		}
		return nil
	case "start":
		asked, err := search.Typed(f, words)
		if err != nil {
			return err
		}
		return s.ask(asked)
	}
	t := f.Tuning
	if t == nil {
		return errors.New("there is no search yet: tune start begins one, tune help says how")
	}
	switch word {
	case "":
		s.say(search.Standing(t))
		return nil
	case "wait":
		s.searching = true
		return nil
	case "table":
		return s.trials(t, words)
	case "result":
		s.say(strings.Replace(search.Said(f), "the search is over", map[bool]string{true: "the search is over", false: "so far"}[t.Study.Over], 1))
		return nil
	case "pause", "go":
		if on := word == "go"; on == (!t.Paused && t.Workers > 0) {
			return fmt.Errorf("the search %s already", map[bool]string{true: "runs", false: "is paused"}[on])
		}
		return s.ask(intent.PauseSearch{})
	case "finish":
		return s.ask(intent.FinishSearch{})
	case "adopt":
		n, err := trial(t, words)
		if err != nil {
			return err
		}
		return s.ask(intent.AdoptTrial{Trial: n})
	case "save":
		if len(words) < 2 {
			return errors.New("the form is tune save TRIAL PATH")
		}
		n, err := trial(t, words[:1])
		if err != nil {
			return err
		}
		return s.ask(intent.SaveTrial{Trial: n, Path: strings.Join(words[1:], " ")})
	case "drop":
		return s.ask(intent.DropAxis{Path: strings.Join(words, "")})
	}
	d, err := decision(t, word, words)
	if err != nil {
		return err
	}
	if word == "workers" {
		return s.ask(intent.SetWorkers{Workers: *d.Trials})
	}
	d.Actor = "user"
	return s.ask(intent.Decide{Decision: d})
}

// trial reads the number of a trial; without one it is the best.
func trial(t *live.Tuning, words []string) (int, error) {
	if len(words) == 0 {
		if t.Study.Best < 0 {
			return 0, errors.New("no trial was trained to its end yet")
		}
		return t.Study.Best, nil
	}
	n, err := strconv.Atoi(words[0])
	if err != nil || t.Trial(n) == nil {
		return 0, fmt.Errorf("there is no trial %q; tune table lists them", words[0])
	}
	return n, nil
}

// decision is what words ask for.
func decision(t *live.Tuning, word string, words []string) (d study.Decision, err error) {
	text := strings.Join(words, " ")
	d.Words = strings.TrimSpace(word + " " + text)
	switch word {
	case "over":
		var over []string
		for _, a := range t.Study.Plan.Space.Axes {
			if path, _, _ := strings.Cut(text, "="); a.Path != strings.TrimSpace(path) {
				over = append(over, study.FormatAxis(a))
			}
		}
		d.Axes, err = study.ParseAxes(t.Recipe, append(over, text))
		d.Words = "search " + d.Words
	case "sampler":
		if len(words) == 0 {
			return d, errors.New("the name of a sampler is missing")
		}
		d.Sampler = &study.Sampling{Name: words[0]}
		if len(words) > 1 {
			if d.Sampler.Greed, err = intent.Number(words[1]); err != nil || math.Abs(d.Sampler.Greed) > 1 {
				return d, fmt.Errorf("greed is a number from -1 to 1, not %q", words[1])
			}
		}
	case "pruner":
		d.Pruner = &text
	case "around":
		width, err := intent.Number(text)
		if err != nil || width < 0 {
			return d, fmt.Errorf("a width is a share of the range, such as 0.2, or 0 for none, not %q", text)
		}
		d.Around = &core.Around{Center: core.Point{}, Width: width}
		for _, a := range t.Study.Plan.Space.Axes {
			if set, err := t.Recipe.Find(a.Path); err == nil && a.Contains(set.Value) {
				d.Around.Center[a.Path] = set.Value
			}
		}
	case "trials", "workers", "stop":
		n, err := number(words, 1<<40)
		if err != nil {
			return d, fmt.Errorf("%s: an integer is missing", word)
		}
		if d.Trials = &n; word == "stop" {
			d.Trials, d.Stop, d.Words = nil, &n, fmt.Sprintf("stop trial %d", n)
		}
	case "try":
		d.Enqueue, err = point(t, words)
		d.Words = "a trial is asked for: " + search.Words(d.Enqueue)
	default:
		err = fmt.Errorf("tune knows no %q; tune help says what it does", word)
	}
	return d, err
}

// point reads the values of a trial; what is not said has the recipe's value.
func point(t *live.Tuning, words []string) (core.Point, error) {
	given := map[string]string{}
	for _, w := range words {
		path, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, fmt.Errorf("%s: the form is PATH=VALUE", w)
		}
		given[path] = value
	}
	r, p := t.Recipe, core.Point{}
	var paths []string
	for _, a := range t.Study.Plan.Space.Axes {
		paths = append(paths, a.Path)
	}
	for path := range given {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	slices.SortStableFunc(paths, func(a, b string) int { // names first, since they bring others
		return cmp.Compare(strings.Count(b, ".name"), strings.Count(a, ".name"))
	})
	for _, path := range paths {
		set, err := r.Find(path)
		text, said := given[path]
		switch {
		case err != nil && !said: // under another name
			continue
		case err != nil:
			return nil, err
		case said:
			if set.Value, err = set.Knob.Parse(strings.Trim(text, "[]")); err != nil {
				return nil, err
			}
		}
		if err := r.Set(path, set.Value); err != nil {
			return nil, err
		}
		p[path] = set.Value
	}
	return p, nil
}

// trials lists trials, the best first.
func (s *talk) trials(t *live.Tuning, words []string) error {
	most := 20
	if len(words) > 0 {
		n, err := number(words, 1<<40)
		if err != nil {
			return err
		}
		most = n
	}
	all := slices.Clone(t.Study.Trials)
	value := func(a *study.Trial) float64 {
		if len(a.Values) == 0 || math.IsNaN(a.Values[0]) || a.State != core.Complete {
			return math.Inf(1)
		}
		return a.Values[0]
	}
	slices.SortStableFunc(all, func(a, b *study.Trial) int { return cmp.Compare(value(a), value(b)) })
	for i, a := range all {
		if i == most {
			s.say(fmt.Sprintf("and %s more: tune table %d", draw.Thousands(len(all)-i), len(all)))
			break
		}
		s.say(search.TrialWords(t, a))
	}
	if len(all) == 0 {
		s.say("no trial has begun yet")
	}
	return nil
}
