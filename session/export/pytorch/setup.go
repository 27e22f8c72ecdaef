package pytorch

import "slices"

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
	if s.learned {
		s.line("def learn_scales():")
		s.block(func() {
			s.line(`"""Scales of the quantizers that train, from those in the file."""`)
			s.line("for name, e in effective.items():")
			s.block(func() {
				s.line(`if e.step is None and name + ".step" in saved["adapters"]:`)
				s.block(func() { s.line(`e.step = nn.Parameter(saved["adapters"][name + ".step"]%s)`, s.fresh()) })
			})
		})
		s.line("")
		s.line("")
	}
	if !slices.ContainsFunc(s.r.moments, func(m moment) bool { return m.rank > 0 }) {
		return
	}
	s.line("def adapt(alpha):")
	s.block(func() {
		s.line(`"""Adapters of low rank beside the weights, from those in the file."""`)
		s.line("for name, e in effective.items():")
		s.block(func() {
			s.line("e.alpha = alpha")
			s.line("if e.lora_a is None:")
			s.block(func() {
				s.line(`e.lora_a = nn.Parameter(saved["adapters"][name + ".lora_a"]%s)`, s.fresh())
				s.line(`e.lora_b = nn.Parameter(saved["adapters"][name + ".lora_b"]%s)`, s.fresh())
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
			switch {
			case s.mixed:
				s.line(`plain = lambda n: re.sub(r"parametrizations\.\w+\.\d+\.", "", re.sub(r"parametrizations\.(\w+)\.original", r"\1", n))`)
				s.line(`return {plain(n): p for n, p in model.named_parameters()}`)
			case s.effective:
				s.line(`return {n.replace("parametrizations.weight.original", "weight").replace("parametrizations.weight.0.", ""): p for n, p in model.named_parameters()}`)
			default:
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
	if s.varied {
		s.precision()
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

// value is the loss of a batch.
func (s *script) value(out *source, inputs string) {
	if !s.taught {
		out.line("value = loss_function(model(%s), %s)", inputs, s.targets("train", "[rows]"))
		return
	}
	out.line("x = model(%s)", inputs)
	out.line("value = distilled(loss_function(x, %s), x, teacher[rows])", s.targets("train", "[rows]"))
}

// gradient is the function that leaves the gradient of a step.
func (s *script) gradient() string {
	out := source{}
	batches := "batch"
	if s.accum {
		batches = "batches"
	}
	inputs := "x_train[rows]"
	if s.r.seen != nil {
		inputs = "x"
	}
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
			if s.r.seen != nil {
				out.line("x = x_seen[ends[%s - 1] if %s else 0 : ends[%s]]", batch, batch, batch)
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
				s.value(&out, inputs)
				out.line("value = value * (%s)", weight)
				out.line("value.backward()")
				out.line("total += value.item()")
			})
		} else {
			one("batch")
			s.value(&out, inputs)
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
