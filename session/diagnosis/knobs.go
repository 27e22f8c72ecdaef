package diagnosis

import (
	"math"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// effective returns the knobs that have an effect, by path.
func effective(t *core.Trainer) map[string]recipe.Setting {
	out := map[string]recipe.Setting{}
	for _, set := range t.Settings().Panel() {
		if p := set.Knob.Path; t.Inert(p) == "" && !t.Absent(p) {
			out[p] = set
		}
	}
	return out
}

// knob returns a knob that has an effect; ok is false if it has none.
func (f *Facts) knob(path string) (set recipe.Setting, ok bool) {
	set, ok = f.knobs[path]
	return set, ok
}

// num returns its value as a number.
func (f *Facts) num(path string) (v float64, ok bool) {
	s, ok := f.knob(path)
	return s.Value.Num(), ok
}

// word returns its value as a word, "" if it has no effect.
func (f *Facts) word(path string) string {
	s, _ := f.knob(path)
	return s.Value.Word()
}

// times returns the change of a knob by a factor, within its range; nil if it has no
// effect, stands at 0, or would not move.
func (f *Facts) times(path string, factor float64) []recipe.Change {
	s, ok := f.knob(path)
	if !ok || s.Value.Num() == 0 {
		return nil
	}
	v := min(max(tidy(s.Value.Num()*factor), s.Knob.Min), s.Knob.Max)
	if v == s.Value.Num() {
		return nil
	}
	return []recipe.Change{{Path: path, Value: knob.Num(v)}}
}

// to returns the change of a knob to a number, nil if it has no effect or stands
// there.
func (f *Facts) to(path string, v float64) []recipe.Change {
	s, ok := f.knob(path)
	if v = tidy(v); !ok || s.Value.Num() == v || v < s.Knob.Min && v != 0 || v > s.Knob.Max {
		return nil
	}
	return []recipe.Change{{Path: path, Value: knob.Num(v)}}
}

// rate returns the change of the learning rate by a factor, wherever it is set.
func (f *Facts) rate(factor float64) []recipe.Change {
	if c := f.times(recipe.OptimizerLR, factor); c != nil {
		return c
	}
	return f.times("schedule.max_lr", factor)
}

// optimizer returns the change to another optimizer and rate.
func (f *Facts) optimizer(name string, lr float64) []recipe.Change {
	if f.word(recipe.OptimizerName) == name {
		return nil
	}
	return []recipe.Change{
		{Path: recipe.OptimizerName, Value: knob.Word(name)},
		{Path: recipe.OptimizerLR, Value: knob.Num(lr)},
	}
}

// adaptive reports whether the optimizer scales each parameter by itself, so that
// the size of a gradient matters little.
func (f *Facts) adaptive() bool {
	switch f.word(recipe.OptimizerName) {
	case "sgd", "gd", "momentum", "nesterov", "asgd", "sam":
		return false
	}
	return true
}

// words returns the change of a knob to a word.
func (f *Facts) words(path, to string) []recipe.Change {
	if now := f.word(path); now == "" || now == to {
		return nil
	}
	return []recipe.Change{{Path: path, Value: knob.Word(to)}}
}

// level is a loss at which nothing has been learnt: that of the first steps, or half
// of that of guessing where training goes on from a network that knew more.
func (f *Facts) level() float64 {
	level := math.Abs(f.Initial)
	if f.Data != nil && f.Data.ByClass && f.word(recipe.LossName) == "cross-entropy" {
		level = max(level, math.Log(float64(len(f.Data.Targets)))/2)
	}
	return level
}
