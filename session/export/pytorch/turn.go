package pytorch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// all is how everything stands at a moment.
func (s *script) all(m *moment) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if m.rank > 0 {
		add("adapt(%s)", number(m.alpha))
	}
	if m.learned {
		add("learn_scales()")
	}
	if m.bits != nil {
		add("quantize = %s", m.quantizer)
		out = append(out, bits(m)...)
	}
	if s.freezes && m.trained != nil {
		add("train_only({%s})", quoted(m.trained))
	}
	if s.norms {
		add("frozen = [%s]  # batch norms that keep their statistics", quoted(m.frozen))
	}
	add("loss_function = %s", m.loss.expression)
	if s.targets("train", "") == "(class_train if by_class else y_train)" {
		add("by_class = %s", boolean(m.loss.classes))
	}
	if s.taught {
		add("alpha, temperature = %s, %s  # of distillation", number(m.alphaOf()), number(m.num("distill.temperature")))
	}
	add("lr = %s", number(m.lr))
	add("rate = %s", s.rates[m.rate])
	if s.trims {
		add("clip_norm, clip_value = %s, %s", number(m.num("train.clip_norm")), number(m.num("train.clip_value")))
	}
	if s.accum {
		add("accumulate = %d  # batches in a step", count(m))
	}
	add("optimizer = %s", s.optimizer(m))
	return out
}

func bits(m *moment) []string {
	var out []string
	for _, layer := range slices.Sorted(maps.Keys(m.bits)) {
		out = append(out, fmt.Sprintf("effective[%q].bits = %d", layer, m.bits[layer]))
	}
	return out
}

// optimizer is the call that makes it.
func (s *script) optimizer(m *moment) string {
	args := slices.Clone(m.optimizer.args)
	first := "model.parameters()"
	decay := m.optimizer.decay
	if m.optimizer.apart {
		decay = "" // in the groups, for the loop
	}
	if len(m.groups) > 1 || m.optimizer.apart && m.groups[0].decay > 0 {
		var parts []string
		for _, g := range m.groups {
			text := fmt.Sprintf(`{"params": [parameters()[n] for n in [%s]]`, quoted(g.names))
			if len(m.groups) == 1 {
				text = `{"params": list(model.parameters())`
			}
			for _, a := range s.group(m, g) {
				text += fmt.Sprintf(", %q: %s", a.name, a.value)
			}
			parts = append(parts, text+"}")
		}
		first = "[" + strings.Join(parts, ", ") + "]"
	} else if d := m.groups[0].decay; decay != "" && d != 0 {
		args = append(args, argument{decay, number(d)})
	}
	return call(m.optimizer.class, first, append([]argument{{"lr", "lr"}}, args...))
}

// group is what a group has of its own.
func (s *script) group(m *moment, g group) []argument {
	var out []argument
	switch {
	case m.optimizer.apart:
		out = append(out, argument{"decay", number(g.decay)})
	case m.optimizer.decay != "":
		out = append(out, argument{m.optimizer.decay, number(g.decay)})
	}
	if s.grouped {
		out = append(out, argument{"base", number(g.base)}, argument{"share", number(g.share)})
	}
	return out
}

// turn is what changes from one moment to the next.
func (s *script) turn(was, m *moment) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	moved := was.word("train.precision") != m.word("train.precision")
	if moved {
		add("precision(weights=%s, passes=%s)", m.weights().torch, m.passes().torch)
	}
	if m.rank > 0 && (was.rank != m.rank || was.alpha != m.alpha) {
		add("adapt(%s)", number(m.alpha))
	}
	if m.learned && !was.learned {
		add("learn_scales()")
	}
	if m.quantizer != was.quantizer && m.quantizer != "" {
		add("quantize = %s", m.quantizer)
	}
	if !maps.Equal(was.bits, m.bits) {
		for layer := range was.bits {
			if _, ok := m.bits[layer]; !ok {
				add("effective[%q].bits = 0", layer)
			}
		}
		out = append(out, bits(m)...)
	}
	if !slices.Equal(was.trained, m.trained) {
		if m.trained == nil {
			add("train_only(parameters())")
		} else {
			add("train_only({%s})", quoted(m.trained))
		}
	}
	if !slices.Equal(was.frozen, m.frozen) {
		add("frozen = [%s]", quoted(m.frozen))
	}
	if was.loss.expression != m.loss.expression || moved && strings.Contains(m.loss.expression, "torch.") { // it holds tensors
		add("loss_function = %s", m.loss.expression)
	}
	if was.loss.classes != m.loss.classes {
		add("by_class = %s", boolean(m.loss.classes))
	}
	if s.taught && (was.alphaOf() != m.alphaOf() || was.num("distill.temperature") != m.num("distill.temperature")) {
		add("alpha, temperature = %s, %s", number(m.alphaOf()), number(m.num("distill.temperature")))
	}
	if was.lr != m.lr {
		add("lr = %s", number(m.lr))
	}
	if was.rate != m.rate {
		add("rate = %s", s.rates[m.rate])
	}
	for _, c := range []string{"clip_norm", "clip_value"} {
		if was.num("train."+c) != m.num("train."+c) {
			add("%s = %s", c, number(m.num("train."+c)))
		}
	}
	if s.accum && count(was) != count(m) {
		add("accumulate = %d", count(m))
	}
	rebuilt := was.word("optimizer.name") != m.word("optimizer.name")
	other := was.optimizer.class != m.optimizer.class || was.optimizer.decay != m.optimizer.decay || regrouped(*was, *m)
	switch {
	case rebuilt:
		add("optimizer = %s", s.optimizer(m))
	case other:
		add("optimizer = moved(optimizer, %s)", s.optimizer(m))
	default:
		var args []argument
		for _, a := range m.optimizer.args {
			if !slices.Contains(was.optimizer.args, a) {
				args = append(args, a)
			}
		}
		if len(args) > 0 {
			add("for group in optimizer.param_groups:")
			add("    %s", call("group.update", "", args))
		}
		for i, g := range m.groups {
			if h := was.groups[i]; g.decay != h.decay || s.grouped && (g.base != h.base || g.share != h.share) {
				add("%s", call(fmt.Sprintf("optimizer.param_groups[%d].update", i), "", s.group(m, g)))
			}
		}
	}
	if was.num("train.batch") != m.num("train.batch") {
		add("# batches of %s rows from here on", m.panel["train.batch"])
	}
	for path, v := range m.panel {
		if strings.HasPrefix(path, "prune.") && !v.Equal(was.panel[path]) {
			add("# what is pruned is in masks")
			break
		}
	}
	if len(out) == 0 {
		add("pass")
	}
	return out
}
