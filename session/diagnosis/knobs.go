package diagnosis

import (
	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// memo reads knobs that have an effect.
func memo(s recipe.Settings, t *core.Trainer) func(path string) (recipe.Setting, bool) {
	known := map[string]*recipe.Setting{}
	return func(path string) (recipe.Setting, bool) {
		got, ok := known[path]
		if !ok {
			if set, err := s.Find(path); err == nil && t.Inert(path) == "" && !t.Absent(path) {
				got = &set
			}
			known[path] = got
		}
		if got == nil {
			return recipe.Setting{}, false
		}
		return *got, true
	}
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
