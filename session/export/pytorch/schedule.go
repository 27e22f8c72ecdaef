package pytorch

import (
	"fmt"
	"strconv"
	"strings"

	"descent/core/recipe"

	"descent/core/knob"
)

// values are the knobs of a moment by their paths.
type values interface {
	value(path string) knob.Value
	num(path string) float64
	word(path string) string
	list(path string) []float64
}

// schedule is the body of a function of the rate after so many steps, "t", of a rate
// "lr"; like is what does the same in PyTorch.
func schedule(v values) (body, like string, err error) {
	total := func(path string) string {
		n := v.num(path)
		if n == 0 {
			n = v.num("train.steps")
		}
		return number(n)
	}
	n := func(path string) string { return number(v.num(path)) }
	name := v.word("schedule.name")
	half := "%s + (%s - %s) * (1 + math.cos(math.pi * %s)) / 2"
	switch name {
	case "constant", "plateau": // what plateau did is among the decisions
		return "return lr", "", nil
	case "step":
		body = fmt.Sprintf("return lr * %s ** (t // %s)", n("schedule.gamma"), n("schedule.step_size"))
		like = "StepLR"
	case "multi-step":
		body = fmt.Sprintf("return lr * %s ** sum(t >= milestone for milestone in %s)", n("schedule.gamma"), numbers(v.list("schedule.milestones")))
		like = "MultiStepLR"
	case "exponential":
		body, like = fmt.Sprintf("return lr * %s ** t", n("schedule.gamma")), "ExponentialLR"
	case "linear":
		long := total("schedule.total_iters")
		body = fmt.Sprintf("return lr * (%s + (%s - %s) * min(t, %s) / %s)", n("schedule.start_factor"), n("schedule.end_factor"), n("schedule.start_factor"), long, long)
		like = "LinearLR"
	case "polynomial":
		long := total("schedule.total_iters")
		body = fmt.Sprintf("return lr * (1 - min(t, %s) / %s) ** %s", long, long, n("schedule.power"))
		like = "PolynomialLR"
	case "cosine":
		low := n("schedule.eta_min")
		body = "return " + fmt.Sprintf(half, low, "lr", low, "t / "+total("schedule.t_max"))
		like = "CosineAnnealingLR"
	case "cosine-restarts":
		low := n("schedule.eta_min")
		body = fmt.Sprintf("length = %s\nwhile t >= length:\n    t, length = t - length, length * %s\nreturn ", n("schedule.t_0"), n("schedule.t_mult")) + fmt.Sprintf(half, low, "lr", low, "t / length")
		like = "CosineAnnealingWarmRestarts"
	case "one-cycle":
		body = fmt.Sprintf("peak, length = %s, %s\nstart, top = peak / %s, %s * length - 1\nt = min(t, length - 1)\nif top > 0 and t <= top:\n    return ",
			n("schedule.max_lr"), total("schedule.total_steps"), n("schedule.div_factor"), n("schedule.pct_start")) +
			fmt.Sprintf(half, "peak", "start", "peak", "t / top") + "\nif length - 1 <= top:\n    return peak\n" +
			"low = start / " + n("schedule.final_div_factor") + "\nreturn " + fmt.Sprintf(half, "low", "peak", "low", "(t - top) / (length - 1 - top)")
		like = "OneCycleLR"
	case "cyclic":
		up, down := v.num("schedule.step_size_up"), v.num("schedule.step_size_down")
		if down == 0 {
			down = up
		}
		smaller := ""
		if v.word("schedule.mode") == "triangular2" {
			smaller = " / 2**cycle"
		}
		body = fmt.Sprintf("up, down = %s, %s\ncycle, t = divmod(t, up + down)\nheight = t / up if t <= up else (up + down - t) / down\nreturn lr + height * (%s - lr)%s",
			number(up), number(down), n("schedule.max_lr"), smaller)
		like = "CyclicLR"
	case "inverse-sqrt":
		long := n("schedule.timescale")
		body = fmt.Sprintf("return lr * math.sqrt(%s / max(t, %s))", long, long)
	case "wsd":
		low := n("schedule.eta_min")
		body = fmt.Sprintf("length = %s * %s\nleft = max(%s - t, 0)\nreturn lr if left >= length else %s + (lr - %s) * left / length", n("schedule.decay"), n("train.steps"), n("train.steps"), low, low)
	case "chain":
		body, err = chained(v)
		return body, "SequentialLR", err
	default:
		return "", "", fmt.Errorf("the schedule %s has no counterpart in PyTorch that is known here", name)
	}
	return body, like, nil
}

// phase is the knobs of a phase of a chain: those of its schedule, at their defaults but
// for what it says.
type phase struct {
	values
	own   map[string]knob.Value
	steps int
}

func (p phase) value(path string) knob.Value {
	if path == "train.steps" {
		return knob.Num(float64(p.steps))
	}
	return p.own[path]
}
func (p phase) num(path string) float64    { return p.value(path).Num() }
func (p phase) word(path string) string    { return p.value(path).Word() }
func (p phase) list(path string) []float64 { return list(p.value(path)) }

// list are the numbers of a list.
func list(v knob.Value) []float64 {
	var out []float64
	for _, text := range v.Items() {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// chained is the body of schedules one after another.
func chained(v values) (string, error) {
	var out strings.Builder
	begin := 0
	phases := v.value("schedule.phases").Items()
	for i, text := range phases {
		fields := strings.Fields(text)
		s, err := recipe.Settings{}.With(recipe.ScheduleName, knob.Word(fields[0]))
		if err != nil {
			return "", err
		}
		p := phase{values: v, own: map[string]knob.Value{}}
		for _, f := range fields[1:] {
			key, value, given := strings.Cut(f, "=")
			if !given {
				p.steps, _ = strconv.Atoi(f) // checked
				continue
			}
			k, err := s.Find("schedule." + key)
			if err != nil {
				return "", err
			}
			to, err := k.Knob.Parse(value)
			if err != nil {
				return "", err
			}
			if s, err = s.With("schedule."+key, to); err != nil {
				return "", err
			}
		}
		for _, k := range s.Panel() {
			p.own[k.Knob.Path] = k.Value
		}
		long := p.steps
		if p.steps == 0 {
			p.steps = max(int(v.num("train.steps"))-begin, 1)
		}
		body, _, err := schedule(p)
		if err != nil {
			return "", err
		}
		if i+1 == len(phases) {
			out.WriteString(body)
			return out.String(), nil
		}
		fmt.Fprintf(&out, "if t < %d:\n    %s\nt -= %d\n", long, strings.ReplaceAll(body, "\n", "\n    "), long)
		begin += long
	}
	return out.String() + "return lr", nil
}

// warmed is the body of a schedule behind a linear warm-up of so many steps.
func warmed(body string, steps float64) string {
	if steps == 0 {
		return body
	}
	if one, ok := strings.CutPrefix(body, "return "); ok && !strings.Contains(one, "\n") {
		return fmt.Sprintf("warmup = min(1.0, (t + 1) / %s)\nreturn warmup * (%s)", number(steps), one)
	}
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		indent := l[:len(l)-len(strings.TrimLeft(l, " "))]
		if rest, ok := strings.CutPrefix(l[len(indent):], "return "); ok {
			lines[i] = indent + "return warmup * (" + rest + ")"
		}
	}
	return fmt.Sprintf("warmup = min(1.0, (t + 1) / %s)\n", number(steps)) + strings.Join(lines, "\n")
}
