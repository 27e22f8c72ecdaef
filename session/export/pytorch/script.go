package pytorch

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
)

// script is a Python script on its way.
type script struct {
	source
	r       *record
	file    string // beside it, with weights and data
	name    string
	version string

	rates     map[string]string // functions by their bodies
	order     []string          // of the bodies
	effective bool              // weights are masked, rounded or have adapters
	closure   bool              // an optimizer takes the gradient itself
	apart     bool              // the loop takes decoupled decay off
	accum     bool
	grouped   bool // a group has a rate of its own
	trims     bool // gradients are clipped
	freezes   bool
	norms     bool // batch norms are frozen
	classes   bool // the loss takes classes
	masked    bool
	named     bool // parameters are found by name
	moved     bool
}

// write is the whole script.
func (s *script) write() (string, error) {
	s.survey()
	net := network{masks: map[string]bool{}}
	for name := range s.r.kept {
		net.masks[name] = true
	}
	layers, err := s.layers(&net)
	if err != nil {
		return "", err
	}
	s.head(&net)
	s.line("model = nn.Sequential(")
	s.b.WriteString(layers)
	s.line(")")
	s.line(`model.load_state_dict(saved["start"])`)
	s.line("")
	if s.effective {
		s.views()
	}
	s.begin()
	s.loop()
	return s.b.String(), nil
}

// layers is the stack, indented.
func (s *script) layers(net *network) (string, error) {
	n, _ := s.r.trainer.Network()
	stack, err := n.Spec().Describe()
	if err != nil {
		return "", err
	}
	inner := source{indent: 1}
	if err := net.layers(&inner, stack); err != nil {
		return "", err
	}
	return inner.b.String(), nil
}

// survey finds what the script needs at all.
func (s *script) survey() {
	s.rates = map[string]string{}
	s.masked = len(s.r.masks) > 0
	s.effective = s.masked
	taken := map[string]bool{}
	for i, m := range s.r.moments {
		if s.rates[m.rate] == "" {
			first := strings.ReplaceAll(m.word("schedule.name"), "-", "_") + "_rate"
			if m.word("schedule.name") == "plateau" {
				first = "constant_rate"
			}
			name := first
			for k := 2; taken[name]; k++ {
				name = first + "_" + strconv.Itoa(k)
			}
			taken[name] = true
			s.rates[m.rate] = name
			s.order = append(s.order, m.rate)
		}
		s.effective = s.effective || m.bits != nil || m.rank > 0
		s.closure = s.closure || m.optimizer.closure
		s.accum = s.accum || m.parts.Train.Accumulate > 1 && !m.optimizer.full
		s.trims = s.trims || m.num("train.clip_norm") > 0 || m.num("train.clip_value") > 0
		s.freezes = s.freezes || m.trained != nil
		s.norms = s.norms || len(m.frozen) > 0
		s.classes = s.classes || m.loss.classes
		s.named = s.named || len(m.groups) > 1 || s.freezes || s.masked
		for _, g := range m.groups {
			s.apart = s.apart || m.optimizer.apart && g.decay > 0
			s.grouped = s.grouped || g.share != 1 || g.base != m.lr
		}
		if i > 0 {
			was := s.r.moments[i-1]
			s.moved = s.moved || was.word("optimizer.name") == m.word("optimizer.name") && (was.optimizer.class != m.optimizer.class || was.optimizer.decay != m.optimizer.decay || regrouped(was, m))
		}
	}
}

// regrouped tells whether the groups of two moments hold other tensors.
func regrouped(a, b moment) bool {
	return !slices.EqualFunc(a.groups, b.groups, func(g, h group) bool { return slices.Equal(g.names, h.names) })
}

func (s *script) head(net *network) {
	set := s.r.trainer.Data()
	s.line(`"""%s, written by descent %s.`, strings.ReplaceAll(comment(s.name), `"`, "'"), s.version)
	s.line("")
	s.line("%s", comment(strings.ReplaceAll(set.Summary, `\`, "/")))
	s.line("")
	s.line("Run: python3 %s.py [CURVE.csv]", strings.TrimSuffix(s.file, ".pt"))
	s.line("")
	s.line("It trains the same network on the same rows in the same order, in float64, from the")
	s.line("same weights: the losses are those of descent but for rounding. %s has", s.file)
	s.line("these weights (\"start\"), those at the end (\"model\"), the data and the batches.")
	s.line(`"""`)
	s.line("")
	s.line("import math")
	s.line("import os")
	s.line("import sys")
	s.line("")
	s.line("import torch")
	s.line("from torch import nn")
	if s.effective {
		s.line("from torch.nn.utils import parametrize")
	}
	s.line("")
	s.line("torch.set_default_dtype(torch.float64)")
	s.line("torch.set_num_threads(1)")
	s.line("")
	s.line("saved = torch.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), %q), weights_only=True)", s.file)
	s.line(`data = saved["data"]`)
	in := s.r.trainer
	n, _ := in.Network()
	shape := ""
	if dims := n.Model().InShape(); len(dims) > 1 {
		texts := make([]string, len(dims))
		for i, d := range dims {
			texts[i] = strconv.Itoa(d)
		}
		shape = ".reshape(-1, " + strings.Join(texts, ", ") + ")"
	}
	if n.Model().Layers()[0].Kind() == "embedding" {
		shape += ".long()"
	}
	s.line(`x_train, x_val = data["x_train"]%s, data["x_val"]%s`, shape, shape)
	target := "y"
	if s.classes {
		s.line(`class_train, class_val = data["class_train"], data["class_val"]`)
		target = "class"
	}
	if slices.ContainsFunc(s.r.moments, func(m moment) bool { return !m.loss.classes }) || !s.classes {
		s.line(`y_train, y_val = data["y_train"], data["y_val"]`)
	}
	_ = target
	if !s.r.whole {
		s.line(`order, ends = saved["order"], saved["ends"].tolist()  # rows of the batches, and where each ends`)
	}
	if len(s.r.kept) > 0 {
		if s.r.whole {
			s.line(`ends = saved["ends"].tolist()`)
		}
		s.line(`kept = saved["kept"]  # what dropout lets through`)
	}
	s.line("")
	defined := map[string]bool{}
	define := func(text string) {
		if text == "" || defined[text] {
			return
		}
		defined[text] = true
		s.line("")
		s.text(text)
		s.line("")
	}
	for _, class := range net.needs {
		define(classes[class])
	}
	if s.effective {
		define(classes["Effective"])
	}
	for _, m := range s.r.moments {
		if own[m.optimizer.class] != "" {
			define(own["Written"])
			define(own[m.optimizer.class])
		}
		define(m.loss.define)
	}
	for _, m := range s.r.moments {
		define(m.quantize)
	}
	for _, body := range s.order {
		s.line("")
		s.line("def %s(t, lr):", s.rates[body])
		s.block(func() {
			for _, m := range s.r.moments {
				if m.rate == body {
					like := "The learning rate after t steps"
					if m.like != "" {
						like += ", as torch.optim.lr_scheduler." + m.like
					}
					s.line(`"""%s."""`, like)
					break
				}
			}
			s.text(body)
		})
		s.line("")
	}
	s.line("")
}

// views lets masks, quantizers and adapters stand between weights and passes.
func (s *script) views() {
	var kernels []string
	for _, seg := range s.r.trainer.Layout().Kernels() {
		kernels = append(kernels, seg.Layer)
	}
	s.line("effective = {}  # what stands before the weights of a layer")
	s.line("for name in [%s]:", quoted(kernels))
	s.block(func() {
		s.line("effective[name] = Effective()")
		s.line(`parametrize.register_parametrization(model.get_submodule(name), "weight", effective[name])`)
	})
	s.line("")
	s.line("")
	s.line("def adapt(alpha):")
	s.block(func() {
		s.line(`"""Adapters of low rank beside the weights, from those in the file."""`)
		s.line("for name, e in effective.items():")
		s.block(func() {
			s.line("e.alpha = alpha")
			s.line("if e.lora_a is None:")
			s.block(func() {
				s.line(`e.lora_a = nn.Parameter(saved["adapters"][name + ".lora_a"].clone())`)
				s.line(`e.lora_b = nn.Parameter(saved["adapters"][name + ".lora_b"].clone())`)
			})
		})
	})
	s.line("")
	s.line("")
}

// begin sets all up as it stands at the first step.
func (s *script) begin() {
	m := &s.r.moments[0]
	if s.named {
		s.line("")
		s.line("def parameters():")
		s.block(func() {
			s.line(`"""All parameters by name."""`)
			if s.effective {
				s.line(`return {n.replace("parametrizations.weight.original", "weight").replace("parametrizations.weight.0.", ""): p for n, p in model.named_parameters()}`)
			} else {
				s.line("return dict(model.named_parameters())")
			}
		})
		s.line("")
	}
	if s.freezes {
		s.line("")
		s.line("def train_only(names):")
		s.block(func() {
			s.line("for name, p in parameters().items():")
			s.block(func() {
				s.line("p.requires_grad_(name in names)")
				s.line("if name not in names:")
				s.block(func() { s.line("p.grad = None  # the optimizer passes it over") })
			})
		})
		s.line("")
	}
	if s.moved {
		s.line("")
		s.line("def moved(old, new):")
		s.block(func() {
			s.line(`"""An optimizer that goes on from what another has gathered."""`)
			s.line("new.state.update(old.state)")
			s.line("return new")
		})
		s.line("")
	}
	s.line("")
	for _, line := range s.all(m) {
		s.line("%s", line)
	}
	s.line("STEPS = %d", len(s.r.losses))
	s.line("curve = []")
	s.line("")
	s.line("")
	s.line("@torch.no_grad()")
	s.line("def validation_loss():")
	s.block(func() {
		s.line("model.eval()")
		s.line("value = loss_function(model(x_val), %s).item() if len(x_val) else math.nan", s.targets("val", ""))
		s.line("model.train()")
		s.line("return value")
	})
	s.line("")
	s.line("")
	s.text(s.gradient())
	s.line("")
	s.line("")
}

// targets is the expression of what the outputs are held against.
func (s *script) targets(part, rows string) string {
	both := false
	for _, m := range s.r.moments {
		both = both || m.loss.classes != s.r.moments[0].loss.classes
	}
	switch {
	case both:
		return "(class_" + part + rows + " if by_class else y_" + part + rows + ")"
	case s.classes:
		return "class_" + part + rows
	}
	return "y_" + part + rows
}

// gradient is the function that leaves the gradient of a step.
func (s *script) gradient() string {
	out := source{}
	batches, last := "batch", ""
	if s.accum {
		batches, last = "batches", ""
	}
	_ = last
	out.line("def gradient(%s):", batches)
	out.block(func() {
		out.line(`"""The loss of a step, and its gradient in the parameters."""`)
		out.line("optimizer.zero_grad(set_to_none=True)")
		one := func(batch string) {
			if s.r.whole {
				out.line("rows = slice(None)")
			} else {
				out.line("rows = order[ends[%s - 1] if %s else 0 : ends[%s]]", batch, batch, batch)
			}
			if len(s.r.kept) > 0 {
				out.line("Dropout.rows = slice(ends[%s - 1] if %s else 0, ends[%s])", batch, batch, batch)
			}
		}
		if s.accum {
			out.line("total = 0.0")
			byRows := slices.ContainsFunc(s.r.moments, func(m moment) bool { return m.parts.Train.AccumulateBy == "rows" })
			weight := "1 / len(batches)"
			if byRows {
				out.line("sizes = [ends[b] - (ends[b - 1] if b else 0) for b in batches]")
				weight = "(ends[b] - (ends[b - 1] if b else 0)) / sum(sizes)"
			}
			out.line("for b in batches:")
			out.block(func() {
				one("b")
				out.line("value = loss_function(model(x_train[rows]), %s) * (%s)", s.targets("train", "[rows]"), weight)
				out.line("value.backward()")
				out.line("total += value.item()")
			})
		} else {
			one("batch")
			out.line("value = loss_function(model(x_train[rows]), %s)", s.targets("train", "[rows]"))
			out.line("value.backward()")
		}
		if s.trims {
			out.line("if clip_value:")
			out.block(func() { out.line("nn.utils.clip_grad_value_(model.parameters(), clip_value)") })
			out.line("if clip_norm:")
			out.block(func() { out.line("nn.utils.clip_grad_norm_(model.parameters(), clip_norm)") })
		}
		if s.accum {
			out.line("return torch.tensor(total)")
		} else {
			out.line("return value")
		}
	})
	return out.b.String()
}

// all is how everything stands at a moment.
func (s *script) all(m *moment) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if m.rank > 0 {
		add("adapt(%s)", number(m.alpha))
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

func count(m *moment) int {
	if m.optimizer.full {
		return 1
	}
	return m.parts.Train.Accumulate
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
	if m.rank > 0 && (was.rank != m.rank || was.alpha != m.alpha) {
		add("adapt(%s)", number(m.alpha))
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
	if was.loss.expression != m.loss.expression {
		add("loss_function = %s", m.loss.expression)
	}
	if was.loss.classes != m.loss.classes {
		add("by_class = %s", boolean(m.loss.classes))
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
	if len(out) == 0 {
		add("pass")
	}
	return out
}

// loop is the training.
func (s *script) loop() {
	if s.masked {
		s.line(`masks = saved["masks"]  # by the step from which they hold`)
		s.line("")
	}
	if s.accum {
		s.line("batch = 0")
	}
	s.line("model.train()")
	s.line("for step in range(1, STEPS + 1):")
	s.block(func() {
		for i := 1; i < len(s.r.moments); i++ {
			was, m := &s.r.moments[i-1], &s.r.moments[i]
			s.line("if step == %d:  # %s", m.step, comment(strings.Join(m.words, "; ")))
			s.block(func() {
				lines := s.turn(was, m)
				for _, l := range lines {
					s.line("%s", l)
				}
				if strings.HasPrefix(lines[len(lines)-1], "#") && len(lines) == 1 {
					s.line("pass")
				}
			})
		}
		if s.masked {
			s.line("if step in masks:")
			s.block(func() {
				s.line("for name, mask in masks[step].items():")
				s.block(func() { s.line("effective[name].mask = mask.double()") })
			})
		}
		if s.norms {
			s.line("model.train()")
			s.line("for name in frozen:")
			s.block(func() { s.line("model.get_submodule(name).eval()") })
		}
		s.line("for group in optimizer.param_groups:")
		s.block(func() {
			if s.grouped {
				s.line(`group["lr"] = group.get("share", 1) * rate(step - 1, group.get("base", lr))`)
			} else {
				s.line(`group["lr"] = rate(step - 1, lr)`)
			}
		})
		batch := "step - 1"
		if s.accum {
			batch = "range(batch, batch + accumulate)"
		}
		if s.closure {
			s.line("if isinstance(optimizer, torch.optim.LBFGS):")
			s.block(func() { s.line("value = optimizer.step(lambda: gradient(%s))", batch) })
			s.line("else:")
			s.indent++
		}
		s.line("value = gradient(%s)", batch)
		if s.masked {
			s.line("before = {name: p.detach().clone() for name, p in parameters().items()}")
		}
		if s.apart {
			s.line("with torch.no_grad():  # decoupled weight decay")
			s.block(func() {
				s.line("for group in optimizer.param_groups:")
				s.block(func() {
					s.line(`for p in (p for p in group["params"] if p.grad is not None):`)
					s.block(func() { s.line(`p.mul_(1 - group["lr"] * group.get("decay", 0))`) })
				})
			})
		}
		s.line("optimizer.step()")
		if s.closure {
			s.indent--
		}
		if s.masked {
			s.line("with torch.no_grad():  # weights that are pruned stay as they are")
			s.block(func() {
				s.line("for name, e in effective.items():")
				s.block(func() {
					s.line("if e.mask is not None:")
					s.block(func() {
						s.line(`w = parameters()[name + ".weight"]`)
						s.line(`w.copy_(torch.where(e.mask > 0, w, before[name + ".weight"]))`)
					})
				})
			})
		}
		if s.accum {
			s.line("batch += accumulate")
		}
		s.line("curve.append(value.item())")
		s.line("if step %% max(1, STEPS // 20) == 0 or step == STEPS:")
		s.block(func() {
			s.line(`print(f"step {step} of {STEPS}  loss {curve[-1]:.6g}  val_loss {validation_loss():.6g}")`)
			if s.norms {
				s.line("")
			}
		})
	})
	s.line("")
	s.line("if len(sys.argv) > 1:")
	s.block(func() {
		s.line(`with open(sys.argv[1], "w") as f:`)
		s.block(func() {
			s.line(`f.write("step,loss\n" + "".join(f"{i + 1},{v!r}\n" for i, v in enumerate(curve)))`)
		})
	})
}

// kernelMasks are the masks of the kernels of a mask of all parameters.
func kernelMasks(layout knob.Layout, mask []float64) (names []string, of map[string][]float64, shapes map[string][]int) {
	of, shapes = map[string][]float64{}, map[string][]int{}
	for _, seg := range layout.Kernels() {
		names = append(names, seg.Layer)
		of[seg.Layer], shapes[seg.Layer] = seg.Of(mask), seg.Shape
	}
	return names, of, shapes
}

// recurrent tells whether a network has a layer of several kernels.
func recurrent(stack []nn.Described) bool {
	return slices.ContainsFunc(stack, func(d nn.Described) bool { return d.Kind == "gru" || recurrent(d.Body) })
}
