package pytorch

import (
	"fmt"
)

// optimizer is the call that makes one, without its parameters and their rate.
type optimizer struct {
	class   string
	args    []argument
	decay   string // the argument of weight decay; "" for none
	apart   bool   // the loop itself takes the decoupled decay off
	full    bool   // all rows at each step
	closure bool   // step takes the gradient itself
}

// own are optimizers that PyTorch lacks, or computes otherwise than their papers.
var own = map[string]string{
	"NAdam": `
class NAdam(Written):
    """Dozat 2016. torch.optim.NAdam lets mu of the next step into the product twice."""

    def update(self, p, g, s, o):
        if not s:
            s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p), product=1.0)
        b1, b2 = o["betas"]
        s["t"] += 1
        mu = b1 * (1 - 0.5 * 0.96 ** (s["t"] * o["momentum_decay"]))
        mu_next = b1 * (1 - 0.5 * 0.96 ** ((s["t"] + 1) * o["momentum_decay"]))
        s["product"] *= mu
        s["m"] = b1 * s["m"] + (1 - b1) * g
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        mean = mu_next * s["m"] / (1 - s["product"] * mu_next) + (1 - mu) * g / (1 - s["product"])
        return mean / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + o["eps"])
`,
	"Lion": `
class Lion(Written):
    """Chen et al. 2023, algorithm 2."""

    def update(self, p, g, s, o):
        if not s:
            s["m"] = torch.zeros_like(p)
        b1, b2 = o["betas"]
        u = (b1 * s["m"] + (1 - b1) * g).sign()
        s["m"] = b2 * s["m"] + (1 - b2) * g
        return u
`,
	"LAMB": `
class LAMB(Written):
    """You et al. 2020, algorithm 2; 1 stands for a quotient with a 0."""

    def move(self, p, g, s, o):
        r = self.adam(p, g, s, o) + o["decay"] * p
        weight, length = p.norm().item(), r.norm().item()
        p.sub_(o["lr"] * r * (weight / length if weight > 0 and length > 0 else 1.0))
`,
	"Adafactor": `
class Adafactor(Written):
    """Shazeer, Stern 2018, algorithms 4 and 5; the rate is rho_t."""

    def update(self, p, g, s, o):
        s["t"] = s.get("t", 0) + 1
        keep = 1 - s["t"] ** -o["decay_rate"]
        square = g**2 + 1e-30
        if p.dim() > 1:
            flat = square.reshape(len(p), -1)
            s["r"] = keep * s.get("r", 0) + (1 - keep) * flat.sum(1)
            s["c"] = keep * s.get("c", 0) + (1 - keep) * flat.sum(0)
            v = (torch.outer(s["r"], s["c"]) / s["r"].sum()).reshape(p.shape)
        else:
            v = s["v"] = keep * s.get("v", 0) + (1 - keep) * square
        u = g / v.sqrt()
        return u / max(1.0, self.rms(u) / o["clip_threshold"]) * max(o["least_scale"], self.rms(p))

    @staticmethod
    def rms(x):
        return (x**2).mean().sqrt().item()
`,
	"Muon": `
class Muon(Written):
    """Jordan et al. 2024: orthogonalized momentum for matrices; biases and norms go by Adam."""

    def update(self, p, g, s, o):
        if p.dim() < 2:
            return o["adam_share"] * self.adam(p, g, s, o)
        s["b"] = o["momentum"] * s.get("b", 0) + g
        x = (g + o["momentum"] * s["b"]).reshape(len(p), -1)
        rows, columns = x.shape
        x = x.T if rows > columns else x
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        x = x.T if rows > columns else x
        return (x * max(1.0, rows / columns) ** 0.5).reshape(p.shape)
`,
	"ScheduleFree": `
class ScheduleFree(Written):
    """Defazio et al. 2024, algorithm 1, with Adam's scale; p is y, "x" is what is evaluated."""

    def move(self, p, g, s, o):
        if not s:
            s.update(t=0, z=p.clone(), x=p.clone(), v=torch.zeros_like(p), total=0.0)
        b1, b2 = o["betas"]
        s["t"] += 1
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        scaled = g / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + o["eps"])
        s["z"] = s["z"] - o["lr"] * scaled - o["lr"] * o["decay"] * p
        s["total"] += o["lr"] ** 2
        c = o["lr"] ** 2 / s["total"]
        s["x"] = (1 - c) * s["x"] + c * s["z"]
        p.copy_((1 - b1) * s["z"] + b1 * s["x"])
`,
	"Written": `
class Written(torch.optim.Optimizer):
    """update() is by how much a tensor falls at a rate of 1, without its decoupled decay."""

    def __init__(self, params, lr, weight_decay=0.0, decay=0.0, **options):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, decay=decay, **options))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.move(p, p.grad + group["weight_decay"] * p, self.state[p], group)

    def move(self, p, g, s, o):
        p.sub_(o["lr"] * (self.update(p, g, s, o) + o["decay"] * p))

    def adam(self, p, g, s, o):
        if "t" not in s:
            s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        b1, b2 = o["betas"]
        s["t"] += 1
        s["m"] = b1 * s["m"] + (1 - b1) * g
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        return s["m"] / (1 - b1 ** s["t"]) / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + o["eps"])
`,
}

// optimizerOf is the optimizer of a moment.
func optimizerOf(v values) (optimizer, error) {
	n := func(path string) string { return decimal(v.num("optimizer." + path)) }
	pair := func(a, b string) string { return "(" + n(a) + ", " + n(b) + ")" }
	betas := argument{"betas", pair("beta1", "beta2")}
	eps := argument{"eps", n("eps")}
	o := optimizer{class: "torch.optim.SGD", decay: "weight_decay"}
	name := v.word("optimizer.name")
	switch name {
	case "gd":
		o.full = true
	case "sgd":
	case "momentum":
		o.args = []argument{{"momentum", n("momentum")}}
		if v.num("optimizer.dampening") != 0 {
			o.args = append(o.args, argument{"dampening", n("dampening")})
		}
	case "nesterov":
		o.args = []argument{{"momentum", n("momentum")}, {"nesterov", "True"}}
	case "adagrad":
		o.class, o.args = "torch.optim.Adagrad", []argument{{"lr_decay", n("lr_decay")}, {"initial_accumulator_value", n("initial_accumulator_value")}, eps}
	case "adadelta":
		o.class, o.args = "torch.optim.Adadelta", []argument{{"rho", n("rho")}, eps}
	case "rmsprop":
		o.class, o.args = "torch.optim.RMSprop", []argument{{"alpha", n("alpha")}, eps, {"momentum", n("momentum")}, {"centered", boolean(v.num("optimizer.centered") != 0)}}
	case "adam", "adamw":
		o.class, o.args = "torch.optim.Adam", []argument{betas, eps}
		if v.num("optimizer.amsgrad") != 0 {
			o.args = append(o.args, argument{"amsgrad", "True"})
		}
	case "adamax":
		o.class, o.args = "torch.optim.Adamax", []argument{betas, eps}
	case "radam":
		o.class, o.args = "torch.optim.RAdam", []argument{betas, eps}
	case "rprop":
		o.class, o.args, o.decay, o.full = "torch.optim.Rprop", []argument{{"etas", pair("etaminus", "etaplus")}, {"step_sizes", pair("step_size_min", "step_size_max")}}, "", true
	case "asgd":
		o.class, o.args = "torch.optim.ASGD", []argument{{"lambd", n("lambd")}, {"alpha", n("alpha")}, {"t0", n("t0")}}
	case "lbfgs":
		o.class, o.decay, o.full, o.closure = "torch.optim.LBFGS", "", true, true
		o.args = []argument{{"max_iter", number(v.num("optimizer.max_iter"))}, {"history_size", number(v.num("optimizer.history_size"))}, {"tolerance_grad", n("tolerance_grad")}, {"tolerance_change", n("tolerance_change")}}
		if e := v.num("optimizer.max_eval"); e > 0 {
			o.args = append(o.args, argument{"max_eval", number(e)})
		}
		if search := v.word("optimizer.line_search_fn"); search == "strong_wolfe" || search == "strong-wolfe" {
			o.args = append(o.args, argument{"line_search_fn", `"strong_wolfe"`})
		}
	case "nadam":
		o.class, o.args = "NAdam", []argument{betas, eps, {"momentum_decay", n("momentum_decay")}}
	case "lion":
		o.class, o.args = "Lion", []argument{betas}
	case "lamb":
		o.class, o.args = "LAMB", []argument{betas, eps}
	case "adafactor":
		o.class, o.args = "Adafactor", []argument{{"decay_rate", n("decay_rate")}, {"clip_threshold", n("clip_threshold")}, {"least_scale", n("least_scale")}}
	case "muon":
		o.class, o.args = "Muon", []argument{{"momentum", n("momentum")}, {"adam_share", n("adam_share")}, betas, eps}
	case "schedule-free":
		o.class, o.args = "ScheduleFree", []argument{betas, eps}
	default:
		return o, fmt.Errorf("the optimizer %s has no counterpart in PyTorch that is known here", name)
	}
	if v.num("optimizer.decoupled") != 0 && o.decay != "" {
		switch {
		case o.class == "torch.optim.Adam":
			o.class = "torch.optim.AdamW"
		default:
			o.decay, o.apart = "decay", own[o.class] == ""
		}
	}
	return o, nil
}
