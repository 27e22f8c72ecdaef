// Package axes reads and writes the axes of a search space as they are typed, and knows
// which of a recipe's knobs are worth searching over.
package axes

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
)

// ParseAll reads axes as --over gives them; see Parse. Names of optimizers,
// schedules and losses come first, since other axes may exist only under some of them.
func ParseAll(r recipe.Recipe, over []string) (out []search.Axis, err error) {
	for _, names := range []bool{true, false} {
		for _, text := range over {
			path, _, _ := strings.Cut(text, "=")
			if strings.HasSuffix(strings.TrimSpace(path), ".name") != names {
				continue
			}
			a, err := Parse(r, text, out)
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// Parse reads one axis: "optimizer.lr=1e-4..1e-1", "train.batch=8..128 step 8",
// "prune.sparsity=0..0.9 linear", "optimizer.name=sgd,adam", "model.layers=[64,32,10],[64,16,10]",
// or a path alone, whose range then is one around the recipe's value. Kind, scale and
// bounds are those of the knob. earlier are the axes before it, under whose choices it may
// exist alone. Errors begin with the text.
func Parse(r recipe.Recipe, text string, earlier []search.Axis) (a search.Axis, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", text, err)
		}
	}()
	path, values, given := strings.Cut(text, "=")
	a.Path = strings.TrimSpace(path)
	if slices.ContainsFunc(earlier, func(e search.Axis) bool { return e.Path == a.Path }) {
		return a, fmt.Errorf("%s is searched over already; give all its values at once", a.Path)
	}
	if table, _, _ := strings.Cut(a.Path, "."); table == "pretrain" || table == "teacher" || a.Path == "data.file" {
		return a, fmt.Errorf("%s says what a trial begins with, and cannot be searched over", a.Path)
	}
	k, value, err := find(r, &a, earlier)
	if err != nil {
		return a, err
	}
	if err := r.Means(a.Path); err != nil {
		return a, err
	}
	if !given {
		if around(&a, k, value); len(a.Choices) == 1 {
			return a, fmt.Errorf("%s has no usual range; give the values to try, as in %s=VALUE,VALUE", a.Path, a.Path)
		}
		return a, a.Check()
	}
	values, scale, step, err := suffixes(values)
	if err != nil {
		return a, err
	}
	low, high, ranged := strings.Cut(values, "..")
	if !ranged || k.Kind != knob.Number && k.Kind != knob.Integer {
		if scale != "" || step != 0 {
			return a, errors.New("only a range, such as 0.1..0.9, has a scale or a step")
		}
		return a, choices(&a, k, values)
	}
	a.Kind = search.Float
	if k.Kind == knob.Integer {
		a.Kind = search.Int
	}
	for _, end := range []struct {
		text string
		to   *float64
	}{{low, &a.Low}, {high, &a.High}} {
		v, err := k.Parse(strings.TrimSpace(end.text))
		if err != nil {
			return a, err
		}
		*end.to = v.Num()
	}
	a.Step = step
	switch scale {
	case "":
		a.Log = k.Scale == knob.Log && a.Low > 0 && step == 0
		a.Complement = k.Scale == knob.Complement && a.High < 1
	case "log":
		a.Log = true
	}
	return a, a.Check()
}

// Offered says of the knob of an axis why no search is begun over it, nil if it can be.
func Offered(a search.Axis) error {
	if by := taken[a.Path]; by != "" {
		return fmt.Errorf("%s is %s", a.Path, by)
	}
	return nil
}

// taken are the knobs that a search sets itself, and by what.
var taken = map[string]string{
	"train.steps": "the same for all trials of a search, so that they can be compared; a pruner stops early those that do badly",
	"seed":        "set by the search: each trial has its own seeds",
}

// suffixes cuts off what may follow a range: "log", "linear" and "step 8".
func suffixes(text string) (values, scale string, step float64, err error) {
	words := strings.Fields(text)
	end := len(words)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "log", "linear":
			scale, end = words[i], min(end, i)
		case "step":
			if i+1 == len(words) {
				return "", "", 0, errors.New("step is followed by a number")
			}
			if step, err = strconv.ParseFloat(words[i+1], 64); err != nil || !(step > 0) {
				return "", "", 0, fmt.Errorf("a step is a number above 0, not %q", words[i+1])
			}
			end = min(end, i)
			i++
		default:
			if end < len(words) {
				return "", "", 0, fmt.Errorf("%q after a range is none of log, linear and step", words[i])
			}
		}
	}
	return strings.Join(words[:end], " "), scale, step, nil
}

// choices are the values between commas.
func choices(a *search.Axis, k knob.Knob, values string) error {
	a.Kind = search.Choice
	for _, text := range knob.Split(values) {
		v, err := k.Parse(text)
		if err != nil {
			return err
		}
		if a.Index(v) >= 0 {
			return fmt.Errorf("the value %s stands twice", text)
		}
		a.Choices = append(a.Choices, v)
	}
	return a.Check()
}

// find is the knob of an axis with its value in the recipe, or one that a name among the
// earlier axes brings: then the axis exists only under the names that offer it.
func find(r recipe.Recipe, a *search.Axis, earlier []search.Axis) (k knob.Knob, value knob.Value, err error) {
	set, err := r.Find(a.Path)
	table, _, _ := strings.Cut(a.Path, ".")
	name := table + ".name"
	i := slices.IndexFunc(earlier, func(e search.Axis) bool { return e.Path == name })
	if i < 0 || a.Path == name {
		return set.Knob, set.Value, err
	}
	var in []knob.Value
	for _, v := range earlier[i].Choices {
		other := r
		if failed := other.Set(name, v); failed != nil {
			continue
		}
		if s, failed := other.Find(a.Path); failed == nil {
			if len(in) == 0 && err != nil {
				set = s
			}
			in = append(in, v)
		}
	}
	switch len(in) {
	case 0:
		return k, value, errors.Join(err, nil)
	case len(earlier[i].Choices):
	default:
		a.Condition = &search.Condition{Path: name, In: in}
	}
	return set.Knob, set.Value, nil
}

// around is the range of an axis that was given none: by and large what is usual around
// the value as it stands.
func around(a *search.Axis, k knob.Knob, v knob.Value) {
	x := v.Num()
	switch k.Kind {
	case knob.Switch:
		a.Kind, a.Choices = search.Choice, []knob.Value{knob.Flag(false), knob.Flag(true)}
		return
	case knob.Choice:
		a.Kind = search.Choice
		for _, o := range k.Options {
			a.Choices = append(a.Choices, knob.Word(o.Name))
		}
		return
	case knob.Integer:
		a.Kind = search.Int
		a.Log = x > 0
		a.Low, a.High = max(k.Min, x/4), min(k.Max, max(4*x, 4))
		if a.Low = float64(int(a.Low)); a.Log {
			a.Low = max(a.Low, 1)
		}
		return
	case knob.Number:
	default:
		a.Kind, a.Choices = search.Choice, []knob.Value{v}
		return
	}
	a.Kind = search.Float
	switch {
	case k.Scale == knob.Log && x > 0:
		a.Log, a.Low, a.High = true, max(k.Min, x/30), min(k.Max, x*30)
		if a.Low <= 0 {
			a.Low = x / 30
		}
	case k.Scale == knob.Log:
		a.Log, a.Low = true, max(k.Floor, 1e-6)
		a.High = min(k.Max, max(0.1, 100*a.Low))
	case k.Scale == knob.Complement:
		a.Low, a.High = max(k.Min, 0.8), min(k.Max, 0.9999)
		a.Complement = true
	default:
		a.Low, a.High = k.Min, k.Max
		if a.High-a.Low > 100 { // a bound, not a range
			a.Low, a.High = max(k.Min, x/4), min(k.Max, max(4*x, 1))
		}
	}
	if !a.Complement && a.Low < x && x < a.High {
		a.Low, a.High = twoDigits(a.Low), twoDigits(a.High)
	}
}

// twoDigits rounds a number, so that the end of a range can be read and typed.
func twoDigits(x float64) float64 {
	if math.Abs(x) < 1 || math.Abs(x) >= 100 {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64) // it was written by a line of its own
	}
	return x
}

// matters lists what is worth tuning, the most important first, and when.
var matters = []struct {
	path string
	when func(v knob.Value) bool // of the value as it stands; nil for always
}{
	{"optimizer.lr", nil},
	{"distill.temperature", nil}, // only with a teacher does it mean anything
	{"prune.sparsity", func(v knob.Value) bool { return v.Num() > 0 }},
	{"finetune.rate_decay", func(v knob.Value) bool { return v.Num() < 1 }},
	{"finetune.lora_rank", func(v knob.Value) bool { return v.Num() > 0 }},
	{"augment.rotate", func(v knob.Value) bool { return v.Num() > 0 }},
	{"train.batch", nil},
	{"optimizer.weight_decay", nil},
	{"optimizer.momentum", nil},
	{"optimizer.beta1", nil},
	{"schedule.warmup", nil},
}

// Default are the three axes that matter most for a recipe, with ranges around its
// values; fewer where there are no more.
func Default(r recipe.Recipe) (out []search.Axis) {
	for _, m := range matters {
		set, err := r.Find(m.path)
		if err != nil || r.Means(m.path) != nil || m.when != nil && !m.when(set.Value) {
			continue
		}
		if strings.HasPrefix(m.path, "distill.") && r.Teacher.Preset == "" && r.Teacher.Weights == "" {
			continue
		}
		if a, err := Parse(r, m.path, out); err == nil && len(out) < 3 {
			out = append(out, a)
		}
	}
	return out
}

// Wider returns the axes at an end of whose range a point lies, each with a range that
// goes on beyond that end: by a factor of ten, four for integers, or as far again. Those
// whose knob takes nothing beyond it are left out.
func Wider(r recipe.Recipe, all []search.Axis, p search.Point) (out []search.Axis) {
	for _, a := range all {
		v, ok := p[a.Path]
		set, err := r.Find(a.Path)
		if !ok || err != nil || a.Kind == search.Choice || a.Complement || !(a.Low < a.High) {
			continue
		}
		wide := a
		low, high := a.ToInner(a.Low), a.ToInner(a.High)
		at := (a.ToInner(v.Num()) - low) / (high - low)
		factor, further := 10.0, a.High-a.Low
		if a.Kind == search.Int {
			factor = 4
		}
		switch {
		case at <= 0.01 && a.Log:
			wide.Low = a.Low / factor
		case at <= 0.01:
			wide.Low = a.Low - further
		case at >= 0.99 && a.Log:
			wide.High = a.High * factor
		case at >= 0.99:
			wide.High = a.High + further
		default:
			continue
		}
		wide.Low, wide.High = max(wide.Low, set.Knob.Min), min(wide.High, set.Knob.Max)
		if a.Kind == search.Int {
			wide.Low = math.Ceil(wide.Low)
		} else {
			wide.Low, wide.High = twoDigits(wide.Low), twoDigits(wide.High)
		}
		if wide.Low < a.Low || wide.High > a.High {
			if _, err := Parse(r, Format(wide), nil); err == nil {
				out = append(out, wide)
			}
		}
	}
	return out
}

// Format writes an axis so that Parse reads it back.
func Format(a search.Axis) string {
	if a.Kind == search.Choice {
		var values []string
		for _, v := range a.Choices {
			text := v.String()
			if v.Items() != nil {
				text = "[" + text + "]"
			}
			values = append(values, text)
		}
		return a.Path + "=" + strings.Join(values, ",")
	}
	text := fmt.Sprintf("%s=%s..%s", a.Path, knob.Num(a.Low), knob.Num(a.High))
	switch {
	case a.Log:
		text += " log"
	case !a.Complement:
		text += " linear"
	}
	if a.Step > 0 {
		text += " step " + knob.Num(a.Step).String()
	}
	return text
}
