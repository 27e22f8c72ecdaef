package search

import (
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/study"
)

// axis is a knob that may be searched over.
type axis struct {
	path   string
	text   string // as study.ParseAxis reads it
	chosen bool
}

// axes are those of a menu.
type axes struct {
	of   recipe.Recipe
	rows []axis
}

// newAxes offers the axes that matter most, chosen, and some more.
func newAxes(r recipe.Recipe) axes {
	a := axes{of: r}
	for _, one := range study.DefaultAxes(r) {
		a.rows = append(a.rows, axis{one.Path, study.FormatAxis(one), true})
	}
	for _, path := range usual {
		if len(a.rows) < 7 && a.row(path) < 0 {
			if one, err := study.ParseAxis(r, few(r, path), nil); err == nil && one.Count() != 1 {
				a.rows = append(a.rows, axis{path, study.FormatAxis(one), false})
			}
		}
	}
	return a
}

// few is the axis of a path, of names with the most used ones alone and the present one.
func few(r recipe.Recipe, path string) string {
	names, ok := names[path]
	set, err := r.Find(path)
	if !ok || err != nil {
		return path
	}
	if now := set.Value.Word(); !slices.Contains(names, now) {
		names = append([]string{now}, names...)
	}
	return path + "=" + strings.Join(names, ",")
}

var names = map[string][]string{
	recipe.OptimizerName: {"sgd", "momentum", "rmsprop", "adam", "lion"},
	recipe.ScheduleName:  {"constant", "linear", "cosine"},
}

// usual are offered beside those that matter most.
var usual = []string{"optimizer.name", "schedule.name", "train.batch", "optimizer.weight_decay", "optimizer.momentum", "optimizer.beta1", "schedule.warmup", "train.clip_norm", "train.noise"}

func (a *axes) row(path string) int {
	return slices.IndexFunc(a.rows, func(r axis) bool { return r.path == path })
}

// chosen are the axes that are searched over, names first; the error says what is wrong
// with one.
func (a *axes) chosen() ([]search.Axis, error) {
	var texts []string
	for _, r := range a.rows {
		if r.chosen {
			texts = append(texts, r.text)
		}
	}
	return study.ParseAxes(a.of, texts)
}

// add adds an axis from a path or from a text such as "optimizer.lr=1e-4..1e-1", or
// changes one that is there, and returns its row. A path may be abbreviated: lr.
func (a *axes) add(text string) (int, error) {
	path, values, given := strings.Cut(text, "=")
	if path = strings.TrimSpace(path); path == "" {
		path = text
	}
	if all := a.matching(path); len(all) > 0 && !slices.Contains(all, path) {
		path = all[0]
	}
	if text = few(a.of, path); given {
		text = path + "=" + values
	}
	others, err := a.without(path)
	if err != nil {
		return 0, err
	}
	one, err := study.ParseAxis(a.of, text, others)
	if err != nil {
		return 0, err
	}
	i := a.row(path)
	if i < 0 {
		i = len(a.rows)
		a.rows = append(a.rows, axis{path: path})
	}
	a.rows[i] = axis{path, study.FormatAxis(one), true}
	return i, nil
}

// without are the chosen axes but one.
func (a *axes) without(path string) ([]search.Axis, error) {
	all, err := a.chosen()
	return slices.DeleteFunc(all, func(x search.Axis) bool { return x.Path == path }), err
}

// matching are the paths that hold a text: those whose last word it begins first.
func (a *axes) matching(text string) []string {
	if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
		return nil
	}
	var exact, begin, have []string
	for _, path := range Paths(a.of) {
		_, last, _ := strings.Cut(path, ".")
		switch {
		case path == text || last == text:
			exact = append(exact, path)
		case strings.HasPrefix(last, text) || strings.HasPrefix(path, text):
			begin = append(begin, path)
		case strings.Contains(path, text):
			have = append(have, path)
		}
	}
	return slices.Concat(exact, begin, have)
}

// Paths are the knobs of a recipe that can be searched over.
func Paths(r recipe.Recipe) []string {
	var out []string
	for _, e := range recipe.Catalogue() {
		k := e.Knob
		table, _, _ := strings.Cut(k.Path, ".")
		if k.Kind == knob.Text || table == "pretrain" || table == "teacher" || k.Path == "train.steps" || r.Means(k.Path) != nil {
			continue
		}
		out = append(out, k.Path)
	}
	return out
}

// resize narrows a range around a value by a factor below 1, or widens it within the
// bounds of the knob.
func resize(r recipe.Recipe, a search.Axis, around float64, factor float64) search.Axis {
	if a.Kind == search.Choice || a.Count() == 1 && factor < 1 {
		return a
	}
	low, high := a.ToInner(a.Low), a.ToInner(a.High)
	center := a.ToInner(min(max(around, a.Low), a.High))
	if math.IsNaN(center) {
		center = (low + high) / 2
	}
	if low == high {
		high += 1e-3
	}
	b := a
	b.Low, b.High = tidy(center+(low-center)*factor, a), tidy(center+(high-center)*factor, a)
	if set, err := r.Find(a.Path); err == nil {
		b.Low, b.High = max(b.Low, set.Knob.Min), min(b.High, set.Knob.Max)
	}
	if a.Kind == search.Int {
		b.Low, b.High = math.Round(b.Low), math.Round(b.High)
	}
	if a.Step > 0 {
		b.Low = a.Low + math.Round((b.Low-a.Low)/a.Step)*a.Step
	}
	if b.Check() != nil || b.Low == a.Low && b.High == a.High {
		return a
	}
	return b
}

// tidy is a number on the scale of an axis, with three digits.
func tidy(inner float64, a search.Axis) float64 {
	x := inner
	switch {
	case a.Log:
		x = math.Exp(inner)
	case a.Complement:
		rest := rounded(math.Exp(-inner))
		return 1 - rest
	}
	return rounded(x)
}

func rounded(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-2)
	return math.Round(x/unit) * unit
}
