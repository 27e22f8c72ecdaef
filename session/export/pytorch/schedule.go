package pytorch

import (
	"fmt"
	"strings"

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
	default:
		return "", "", fmt.Errorf("the schedule %s has no counterpart in PyTorch that is known here", name)
	}
	return body, like, nil
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
