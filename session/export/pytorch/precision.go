package pytorch

import (
	"slices"
	"strconv"
	"strings"

	"descent/core/recipe"
)

// dtype is a floating-point format as the script and its file name it.
type dtype struct{ torch, file string }

var (
	single = dtype{"torch.float32", "F32"}
	double = dtype{"torch.float64", "F64"}
)

// weights is the format of parameters and of the optimizer's state, passes that of what
// goes through the network.
func (m *moment) weights() dtype {
	if m.word("train.precision") == recipe.Float32 {
		return single
	}
	return double
}

func (m *moment) passes() dtype {
	if m.parts.Train.Single() {
		return single
	}
	return double
}

// kept is the format that holds what every moment asks for.
func (s *script) kept(of func(*moment) dtype) dtype {
	for i := range s.r.moments {
		if of(&s.r.moments[i]) == double {
			return double
		}
	}
	return single
}

// rows are the formats of the rows in the file.
func (s *script) rows() dtype { return s.kept((*moment).passes) }

// exactly says in which numbers the script trains.
func (s *script) exactly() string {
	switch m := &s.r.moments[0]; {
	case s.varied:
		return "in the precision of each step"
	case m.weights() == single:
		return "in float32"
	case m.passes() == single:
		return "in mixed precision"
	}
	return "in float64"
}

// anySingle tells whether passes are in float32 at a step.
func (s *script) anySingle() bool {
	return slices.ContainsFunc(s.r.moments, func(m moment) bool { return m.passes() == single })
}

// rounded is what mixed precision puts before each parameter.
func (s *script) rounded() string {
	to := "w.float()"
	if s.varied {
		to = "w.to(torch.get_default_dtype())"
	}
	return `
class Rounded(nn.Module):
    """What a pass has in place of a parameter in float64: its rounding to float32. The
    gradient goes back through it into the parameter, as float64."""

    def forward(self, w):
        return ` + to + `
`
}

// gathers lets a GRU see what Rounded makes of its parameters.
func gathers(class string) string {
	const run = "        states, _ = "
	return strings.Replace(class, run, "        self._flat_weights = [getattr(self, name) for name in self._flat_weights_names]\n"+run, 1)
}

// masters makes the parameters float64, before the weights are loaded.
func (s *script) masters() {
	while := "Mixed precision:"
	if s.varied {
		while = "While precision is mixed"
	}
	s.line("# %s parameters are master weights in float64, and so is the optimizer's", while)
	s.line("# state; Rounded stands before each of them, so that passes are in float32.")
	s.line("names = [name for name, _ in model.named_parameters()]")
	if m := &s.r.moments[0]; m.weights() != m.passes() {
		s.line("for p in model.parameters():")
		s.block(func() { s.line("p.data = p.data.double()") })
	}
}

// rounds lets passes run under what Rounded makes of the parameters, behind masks,
// quantizers and adapters.
func (s *script) rounds() {
	s.line("for name in names:")
	s.block(func() {
		s.line(`layer, _, tensor = name.rpartition(".")`)
		s.line("parametrize.register_parametrization(model.get_submodule(layer), tensor, Rounded(), unsafe=True)")
	})
	s.line("")
}

// cast is what brings a tensor of the file into the format of the first step.
func (s *script) cast() string {
	if s.rows() != s.r.moments[0].passes() {
		return ".float()"
	}
	return ""
}

// fresh is what makes a tensor of the file one that trains.
func (s *script) fresh() string {
	if s.varied {
		return ".to(next(model.parameters()).dtype, copy=True)"
	}
	return ".clone()"
}

// precision is the function that changes it while training.
func (s *script) precision() {
	s.line("")
	s.line("def cast(value, dtype):")
	s.block(func() {
		s.line(`"""Tensors of an optimizer's state in a dtype; counts stay as they are."""`)
		s.line("if isinstance(value, list):")
		s.block(func() { s.line("return [cast(v, dtype) for v in value]") })
		s.line("return value.to(dtype) if torch.is_tensor(value) and value.is_floating_point() and value.dim() else value")
	})
	s.line("")
	s.line("")
	s.line("def precision(weights, passes):")
	s.block(func() {
		s.line(`"""Parameters and the optimizer's state in one dtype, data and passes in another."""`)
		s.line("global %s", s.globals())
		s.line("torch.set_default_dtype(passes)")
		s.line("for p in model.parameters():")
		s.block(func() { s.line("p.data, p.grad = p.data.to(weights), None") })
		s.line("for state in optimizer.state.values():")
		s.block(func() { s.line("state.update({k: cast(v, weights) for k, v in state.items()})") })
		s.line("for b in model.buffers():")
		s.block(func() { s.line("b.data = b.data.to(passes) if b.is_floating_point() else b.data") })
		s.numbers(".to(passes)")
	})
	s.line("")
}

// numbers loads what the file holds of data, but for classes.
func (s *script) numbers(cast string) {
	n, _ := s.r.trainer.Network()
	shape := cast
	if dims := n.Model().InShape(); len(dims) > 1 {
		texts := make([]string, len(dims))
		for i, d := range dims {
			texts[i] = strconv.Itoa(d)
		}
		shape += ".reshape(-1, " + strings.Join(texts, ", ") + ")"
	}
	if n.Model().Layers()[0].Kind() == "embedding" {
		shape += ".long()"
	}
	s.line(`x_train, x_val = data["x_train"]%s, data["x_val"]%s`, shape, shape)
	if s.plain() {
		s.line(`y_train, y_val = data["y_train"]%s, data["y_val"]%s`, cast, cast)
	}
	if s.taught {
		s.line(`teacher = data["teacher"]%s  # its outputs for the training rows`, cast)
	}
	if s.r.seen != nil {
		s.line(`x_seen = saved["seen"]%s  # the rows of all batches as augmentation made them`, shape)
	}
}

// plain tells whether a loss takes numbers.
func (s *script) plain() bool {
	return slices.ContainsFunc(s.r.moments, func(m moment) bool { return !m.loss.classes }) || !s.classes
}

// globals are the names that numbers gives.
func (s *script) globals() string {
	out := []string{"x_train", "x_val"}
	if s.plain() {
		out = append(out, "y_train", "y_val")
	}
	if s.taught {
		out = append(out, "teacher")
	}
	if s.r.seen != nil {
		out = append(out, "x_seen")
	}
	return strings.Join(out, ", ")
}
