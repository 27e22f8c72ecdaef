package cli

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/study"
	"descent/session/tune"
)

// steering is what decides something in a study.
var steering = []verb{
	{"stop", "TRIAL...", "stop trials; what they have reached counts", 1, -1, nil, (*studying).stop},
	{"enqueue", "PATH=VALUE...", "try a setting next; what is left out is as in the preset", 1, -1, nil, (*studying).enqueue},
	{"narrow", "PATH=RANGE...", "search within a part of a range", 1, -1, nil, (*studying).narrow},
	{"widen", "PATH=RANGE...", "search a range that goes further", 1, -1, nil, (*studying).widen},
	{"add", "PATH=RANGE...", "search over a further knob", 1, -1, nil, (*studying).add},
	{"drop", "PATH...", "leave a knob as the preset has it", 1, -1, nil, (*studying).drop},
	{"around", "WIDTH|off", "look more closely around the center: the standard deviation in shares of the ranges", 1, 1, nil, (*studying).around},
	{"sampler", "NAME", "choose otherwise; with --greed", 1, 1, []string{"greed"}, (*studying).sampler},
	{"pruner", "NAME", "stop trials otherwise", 1, 1, nil, (*studying).pruner},
	{"trials", "N", "the number of trials; 0 for no limit", 1, 1, nil, (*studying).trials},
	{"pin", "TRIAL...", "keep trials in sight, and their logs", 1, -1, nil, func(f *studying, s *study.Study, args []string) error { return f.pin(s, args, true) }},
	{"unpin", "TRIAL...", "undo pin", 1, -1, nil, func(f *studying, s *study.Study, args []string) error { return f.pin(s, args, false) }},
	{"pause", "", "all workers wait", 0, 0, nil, func(f *studying, s *study.Study, _ []string) error { return f.pause(s, true) }},
	{"resume", "", "all workers go on", 0, 0, nil, func(f *studying, s *study.Study, _ []string) error { return f.pause(s, false) }},
	{"finish", "", "begin no further trial; the best run on fresh seeds", 0, 0, nil, (*studying).finish},
}

// decide takes a decision, and says which.
func (f *studying) decide(s *study.Study, d study.Decision, format string, parts ...any) error {
	d.Actor, d.Words = "user", fmt.Sprintf(format, parts...)
	if err := s.Decide(d); err != nil {
		return usage(err)
	}
	stderr.printf("%s\n", d.Words)
	return nil
}

// each reads several trials before anything is done.
func each(s *study.Study, args []string, do func(n int) error) error {
	var numbers []int
	for _, text := range args {
		n, err := trialOf(s, text)
		if err != nil {
			return usage(err)
		}
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		if err := do(n); err != nil {
			return err
		}
	}
	return nil
}

func (f *studying) stop(s *study.Study, args []string) error {
	return each(s, args, func(n int) error { return f.decide(s, study.Decision{Stop: &n}, "stop trial %d", n) })
}

func (f *studying) pin(s *study.Study, args []string, on bool) error {
	return each(s, args, func(n int) error {
		return f.decide(s, study.Decision{Pin: &study.Pin{Trial: n, On: on}}, "%s trial %d", or(on, "pin", "unpin"), n)
	})
}

func (f *studying) pause(s *study.Study, on bool) error {
	if r := s.Reading(); r.Plan.Paused == on {
		return usage(fmt.Errorf("the study is %s already", or(on, "paused", "going on")))
	}
	return f.decide(s, study.Decision{Pause: &on}, "%s", or(on, "pause", "resume"))
}

func (f *studying) finish(s *study.Study, _ []string) error {
	yes := true
	if s.Reading().Plan.Finish {
		return usage(fmt.Errorf("the study is at its end already; `trials N` goes on"))
	}
	return f.decide(s, study.Decision{Finish: &yes}, "no further trial is begun")
}

func (f *studying) trials(s *study.Study, args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return usage(fmt.Errorf("a number of trials is a whole number, not %q", args[0]))
	}
	return f.decide(s, study.Decision{Trials: &n}, "%s", or(n == 0, "no limit of the trials", several(n, "trial")))
}

func (f *studying) sampler(s *study.Study, args []string) error {
	greed := s.Reading().Plan.Greed
	if f.given("greed") {
		greed = f.greed
	}
	if !(greed >= -1 && greed <= 1) {
		return usage(fmt.Errorf("--greed takes a number from -1 to 1, not %g", greed))
	}
	return f.decide(s, study.Decision{Sampler: &study.Sampling{Name: args[0], Greed: greed}}, "sampler %s, greed %g", args[0], greed)
}

func (f *studying) pruner(s *study.Study, args []string) error {
	return f.decide(s, study.Decision{Pruner: &args[0]}, "pruner %s", args[0])
}

func (f *studying) around(s *study.Study, args []string) error {
	r := s.Reading()
	if args[0] == "off" {
		return f.decide(s, study.Decision{Around: &search.Around{}}, "no prior")
	}
	width, err := strconv.ParseFloat(args[0], 64)
	if err != nil || !(width > 0) || math.IsInf(width, 0) {
		return usage(fmt.Errorf("a width is a number above 0, such as 0.1, or off, not %q", args[0]))
	}
	around := search.Around{Center: centerOf(s.Recipe(), r.Plan.Space.Axes), Width: width}
	if now := r.Plan.Space.Around; now != nil {
		around.Center = now.Center
	}
	return f.decide(s, study.Decision{Around: &around}, "around %s, width %g", around.Center, width)
}

// enqueue asks for a setting. Axes that are left out have the preset's values.
func (f *studying) enqueue(s *study.Study, args []string) error {
	p, own, err := pointOf(s.Recipe(), args)
	if err != nil {
		return usage(err)
	}
	for _, a := range s.Reading().Plan.Space.Axes {
		if _, ok := p[a.Path]; !ok && a.Condition.Holds(p) {
			if k, err := own.Find(a.Path); err == nil {
				p[a.Path] = k.Value
			}
		}
	}
	if _, err := tune.Recipe(s.Recipe(), p); err != nil {
		return usage(err)
	}
	return f.decide(s, study.Decision{Enqueue: p}, "next: %s", p)
}

// pointOf reads PATH=VALUE, names first, and sets them in a recipe.
func pointOf(r recipe.Recipe, words []string) (search.Point, recipe.Recipe, error) {
	p := search.Point{}
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b string) int { return named(a) - named(b) })
	for _, word := range words {
		path, text, ok := strings.Cut(word, "=")
		if !ok {
			return nil, r, fmt.Errorf("%s: the form is PATH=VALUE", word)
		}
		if _, twice := p[path]; twice {
			return nil, r, fmt.Errorf("%s stands twice", path)
		}
		k, err := r.Find(path)
		if err != nil {
			return nil, r, err
		}
		v, err := k.Knob.Parse(text)
		if err == nil {
			err = r.Set(path, v)
		}
		if err != nil {
			return nil, r, fmt.Errorf("%s: %w", word, err)
		}
		p[path] = v
	}
	return p, r, nil
}

// axesOf are the axes as they are written, by path.
func axesOf(s *study.Study) (texts, paths []string) {
	for _, a := range s.Reading().Plan.Space.Axes {
		texts, paths = append(texts, study.FormatAxis(a)), append(paths, a.Path)
	}
	return texts, paths
}

// search puts other axes in force. Which exist under which choices is found anew.
func (f *studying) search(s *study.Study, texts []string, what string) error {
	axes, err := study.ParseAxes(s.Recipe(), texts)
	if err != nil {
		return usage(err)
	}
	if len(axes) == 0 {
		return usage(fmt.Errorf("there would be nothing to search over; `finish` ends a search"))
	}
	return f.decide(s, study.Decision{Axes: axes}, "%s", what)
}

// pathOf is the path of an axis as it is typed.
func pathOf(text string) string {
	path, _, _ := strings.Cut(text, "=")
	return strings.TrimSpace(path)
}

func (f *studying) add(s *study.Study, args []string) error {
	texts, paths := axesOf(s)
	for _, arg := range args {
		if slices.Contains(paths, pathOf(arg)) {
			return usage(fmt.Errorf("%s is searched over already; `narrow` and `widen` change its range", pathOf(arg)))
		}
	}
	return f.search(s, append(texts, args...), "search over "+strings.Join(args, ", ")+" too")
}

func (f *studying) drop(s *study.Study, args []string) error {
	texts, paths := axesOf(s)
	for _, path := range args {
		i := slices.Index(paths, path)
		if i < 0 {
			return usage(fmt.Errorf("%s is not searched over; there are %s", path, strings.Join(paths, ", ")))
		}
		texts, paths = slices.Delete(texts, i, i+1), slices.Delete(paths, i, i+1)
	}
	return f.search(s, texts, "search no more over "+strings.Join(args, ", "))
}

func (f *studying) narrow(s *study.Study, args []string) error { return f.reach(s, args, true) }

func (f *studying) widen(s *study.Study, args []string) error { return f.reach(s, args, false) }

// reach replaces ranges; within tells that the new lie within the old, and otherwise the
// old within the new.
func (f *studying) reach(s *study.Study, args []string, within bool) error {
	texts, paths := axesOf(s)
	now := s.Reading().Plan.Space.Axes
	for _, arg := range args {
		i := slices.Index(paths, pathOf(arg))
		if i < 0 {
			return usage(fmt.Errorf("%s is not searched over; there are %s, and `add` searches over more", pathOf(arg), strings.Join(paths, ", ")))
		}
		a, err := study.ParseAxis(s.Recipe(), arg, now[:i])
		if err != nil {
			return usage(err)
		}
		small, large := a, now[i]
		if !within {
			small, large = large, small
		}
		if !covers(large, small) {
			if a.Kind == search.Choice && !within {
				return usage(fmt.Errorf("%s leaves out values of %s; give all that shall be tried", study.FormatAxis(a), study.FormatAxis(now[i])))
			}
			return usage(fmt.Errorf("%s goes beyond %s; `%s` is for that", study.FormatAxis(small), study.FormatAxis(large), or(within, "widen", "narrow")))
		}
		texts[i] = arg
	}
	return f.search(s, texts, or(within, "narrow ", "widen ")+strings.Join(args, ", "))
}

// covers reports whether an axis holds all values of another, steps aside.
func covers(large, small search.Axis) bool {
	if large.Kind == search.Choice || small.Kind == search.Choice {
		return large.Kind == small.Kind && !slices.ContainsFunc(small.Choices, func(v knob.Value) bool { return large.Index(v) < 0 })
	}
	return large.Low <= small.Low && small.High <= large.High
}
