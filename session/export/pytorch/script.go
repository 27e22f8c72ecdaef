package pytorch

import (
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
)

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
	if s.mixed {
		s.masters()
	}
	s.line(`model.load_state_dict(saved["start"])`)
	s.line("")
	if s.effective {
		s.views()
	}
	if s.mixed {
		s.rounds()
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
				if !slices.ContainsFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "#") }) {
					s.line("pass")
				}
			})
		}
		if s.masked {
			s.line("if step in masks:")
			s.block(func() {
				s.line("for name, mask in masks[step].items():")
				s.block(func() { s.line("effective[name].mask = mask") })
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
