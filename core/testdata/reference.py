"""Writes the fixtures that the tests of core/ are held against.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 reference.py

It writes the data sets (*.csv) and initial weights (*.safetensors) as a user
would have them, and in cases.json the preset of each case with PyTorch's loss
at each of 200 full-batch steps in float64 (of lbfgs at fewer, and the last average, where the
optimizer keeps one); masks.json has PyTorch's pruning
masks, grids.json weights rounded by plain tensor operations.

A trajectory proves something only where rounding does not steer it. So every
case runs again with its rows in other orders, which changes nothing but the
order of sums; where a loss moves by 1e-11 of itself, the rate is halved.
"""

import csv
import json
import sys
import math
import os
import struct

import torch
from torch import nn
from torch.nn.utils import prune

STEPS = 200
HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def path(name):
    return os.path.join(HERE, name)


def write_json(name, value):
    """One line for each item of the list, or key of the object."""
    dump = lambda v: json.dumps(v, separators=(",", ":"))
    if isinstance(value, list):
        lines, ends = [dump(v) for v in value], "[]"
    else:
        lines, ends = [dump(k) + ":" + dump(v) for k, v in value.items()], "{}"
    with open(path(name), "w") as f:
        f.write(ends[0] + "\n" + ",\n".join(lines) + "\n" + ends[1] + "\n")


# Data sets and initial weights.


def write_csv(name, inputs, targets, x, y):
    with open(path(name + ".csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(inputs + targets)
        for row, label in zip(x.tolist(), y.tolist()):
            w.writerow([repr(v) for v in row] + [repr(v) for v in label])


def write_safetensors(name, tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, t in tensors:
        code, dtype = {torch.float64: ("d", "F64"), torch.float32: ("f", "F32")}[t.dtype]
        raw = struct.pack("<%d%s" % (t.numel(), code), *t.flatten().tolist())
        header[key] = {"dtype": dtype, "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    with open(path(name), "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + data)


def make_data():
    g = torch.Generator().manual_seed(7)
    x = torch.randn(24, 4, generator=g)
    y = torch.stack([torch.sin(x[:, 0]) + 0.5 * x[:, 1], x[:, 2] * x[:, 3] - x[:, 0]], 1)
    y += 0.1 * torch.randn(24, 2, generator=g)
    y[3, 0] += 4  # an outlier, for huber
    write_csv("numbers", ["a", "b", "c", "d"], ["u", "v"], x, y)

    xc = torch.randn(30, 3, generator=g)
    c = (torch.atan2(xc[:, 1], xc[:, 0]) / 2.1 + 1.5).long().clamp(0, 2)
    write_csv("classes", ["a", "b", "c"], ["class"], xc, c[:, None])

    xb = torch.randn(28, 3, generator=g)
    b = torch.stack([(xb[:, 0] + xb[:, 1] > 0).double(), (xb[:, 2] ** 2 > 0.5).double()], 1)
    write_csv("flags", ["a", "b", "c"], ["up", "far"], xb, b.long())
    return {"numbers": (x, y, ["u", "v"]), "classes": (xc, c, ["class"]), "flags": (xb, b, ["up", "far"])}


SIZES = {"numbers": [4, 7, 6, 2], "classes": [3, 8, 3], "flags": [3, 6, 2]}
ACTIVATIONS = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "hard-swish": nn.Hardswish,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


def network(sizes, activation):
    layers = []
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


# Optimizers that PyTorch has not, or has wrong, written from their papers.


class Written(torch.optim.Optimizer):
    """update() returns by how much a tensor falls at a rate of 1, but for decoupled decay."""

    def __init__(self, params, lr, weight_decay=0.0, apart=0.0, **options):
        self.weight_decay, self.apart = weight_decay, apart
        self.__dict__.update(options)
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                self.move(p, p.grad + self.weight_decay * p, self.state[p], group["lr"])

    def move(self, p, g, s, lr):
        p.sub_(lr * (self.update(p, g, s) + self.apart * p))

    def adam(self, p, g, s):
        if "t" not in s:
            s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        b1, b2 = self.betas
        s["t"] += 1
        s["m"] = b1 * s["m"] + (1 - b1) * g
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        return s["m"] / (1 - b1 ** s["t"]) / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + self.eps)


class NAdam(Written):
    """Dozat 2016; as torch.optim.NAdam, save that mu_t enters the product for t+1 once."""

    def update(self, p, g, s):
        if not s:
            s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p), product=1.0)
        b1, b2 = self.betas
        s["t"] += 1
        mu = b1 * (1 - 0.5 * 0.96 ** (s["t"] * self.momentum_decay))
        mu_next = b1 * (1 - 0.5 * 0.96 ** ((s["t"] + 1) * self.momentum_decay))
        s["product"] *= mu
        s["m"] = b1 * s["m"] + (1 - b1) * g
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        mean = mu_next * s["m"] / (1 - s["product"] * mu_next) + (1 - mu) * g / (1 - s["product"])
        return mean / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + self.eps)


class Lion(Written):
    """Chen et al. 2023, algorithm 2."""

    def update(self, p, g, s):
        if not s:
            s["m"] = torch.zeros_like(p)
        b1, b2 = self.betas
        u = (b1 * s["m"] + (1 - b1) * g).sign()
        s["m"] = b2 * s["m"] + (1 - b2) * g
        return u


class LAMB(Written):
    """You et al. 2020, algorithm 2; phi is the identity, and 1 stands for a quotient with a 0."""

    def move(self, p, g, s, lr):
        r = self.adam(p, g, s) + self.apart * p
        weight, long = p.norm().item(), r.norm().item()
        p.sub_(lr * r * (weight / long if weight > 0 and long > 0 else 1.0))


class Adafactor(Written):
    """Shazeer, Stern 2018, algorithms 4 and 5; the rate is rho_t."""

    def update(self, p, g, s):
        s["t"] = s.get("t", 0) + 1
        keep = 1 - s["t"] ** -self.decay_rate
        square = g**2 + 1e-30
        if p.dim() == 2:
            s["r"] = keep * s.get("r", 0) + (1 - keep) * square.sum(1)
            s["c"] = keep * s.get("c", 0) + (1 - keep) * square.sum(0)
            v = torch.outer(s["r"], s["c"]) / s["r"].sum()
        else:
            v = s["v"] = keep * s.get("v", 0) + (1 - keep) * square
        rms = lambda x: (x**2).mean().sqrt().item()
        u = g / v.sqrt()
        return u / max(1.0, rms(u) / self.clip_threshold) * max(self.least_scale, rms(p))


class Muon(Written):
    """Jordan et al. 2024; biases go by Adam."""

    def update(self, p, g, s):
        if p.dim() != 2:
            return self.adam_share * self.adam(p, g, s)
        s["b"] = self.momentum * s.get("b", 0) + g
        x = g + self.momentum * s["b"]
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        return (x.T if tall else x) * max(1.0, p.shape[0] / p.shape[1]) ** 0.5


class ScheduleFree(Written):
    """Defazio et al. 2024, algorithm 1, with Adam's scale; p is y, "ax" is x."""

    def move(self, p, g, s, lr):
        if not s:
            s.update(t=0, z=p.clone(), ax=p.clone(), v=torch.zeros_like(p), total=0.0)
        b1, b2 = self.betas
        s["t"] += 1
        s["v"] = b2 * s["v"] + (1 - b2) * g**2
        scaled = g / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + self.eps)
        s["z"] = s["z"] - lr * scaled - lr * self.apart * p
        s["total"] += lr**2
        c = lr**2 / s["total"]
        s["ax"] = (1 - c) * s["ax"] + c * s["z"]
        p.copy_((1 - b1) * s["z"] + b1 * s["ax"])


class SAM(torch.optim.Optimizer):
    """Foret et al. 2021, algorithm 1: the base optimizer at p by the gradient at p + rho g / |g|."""

    BASES = {"sgd": torch.optim.SGD, "momentum": torch.optim.SGD, "adam": torch.optim.Adam}

    def __init__(self, params, lr, base="sgd", rho=0.05, momentum=0.9, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        own = {"sgd": {}, "momentum": {"momentum": momentum}, "adam": {"betas": betas, "eps": eps}}
        self.rho = rho
        self.base = self.BASES[base](params, lr, weight_decay=weight_decay, **own[base])
        super().__init__(params, {"lr": lr})

    def step(self, closure):
        closure()
        params = self.param_groups[0]["params"]
        start, grads = [p.detach().clone() for p in params], [p.grad.clone() for p in params]
        long = torch.cat([g.flatten() for g in grads]).norm()
        with torch.no_grad():
            for p, g in zip(params, grads):
                p.add_(self.rho * g / long)
        closure()
        with torch.no_grad():
            for p, s in zip(params, start):
                p.copy_(s)
        self.base.param_groups[0]["lr"] = self.param_groups[0]["lr"]
        self.base.step()


class Sophia(torch.optim.Optimizer):
    """Liu et al. 2023, algorithm 3, the curvature by algorithm 1: Hutchinson's u (H u), with signs for u and
    a difference of gradients for H u."""

    REACH = 2.0**-20

    def __init__(self, params, lr, betas=(0.96, 0.99), gamma=0.01, period=10, eps=1e-12, weight_decay=0.0, apart=0.0):
        super().__init__(params, {"lr": lr, "betas": betas})
        self.gamma, self.period, self.eps, self.decay, self.apart, self.t = gamma, period, eps, weight_decay, apart, 0
        n = sum(p.numel() for p in self.param_groups[0]["params"])
        self.mean, self.curve = torch.zeros(n), torch.zeros(n)

    def signs(self, n):
        out, mask = [], 2**64 - 1
        for i in range(n):
            h = (self.t * 0x9E3779B97F4A7C15 + i * 0xD1B54A32D192ED03) & mask
            h = ((h ^ h >> 30) * 0xBF58476D1CE4E5B9) & mask
            h = ((h ^ h >> 27) * 0x94D049BB133111EB) & mask
            out.append(1.0 if (h ^ h >> 31) & 1 else -1.0)
        return torch.tensor(out)

    def step(self, closure):
        group = self.param_groups[0]
        params, (b1, b2), lr = group["params"], group["betas"], group["lr"]
        self.t += 1
        closure()
        p, g = (torch.cat([x.detach().flatten() for x in xs]) for xs in (params, [q.grad for q in params]))
        if (self.t - 1) % self.period == 0:
            u = self.signs(len(p))
            nn.utils.vector_to_parameters(p + self.REACH * u, params)
            closure()
            ahead = torch.cat([q.grad.flatten() for q in params])
            nn.utils.vector_to_parameters(p, params)
            self.curve = b2 * self.curve + (1 - b2) * u * ((ahead - g) / self.REACH)
        self.mean = b1 * self.mean + (1 - b1) * (g + self.decay * p)
        u = (self.mean / torch.clamp(self.gamma * self.curve, min=self.eps)).clamp(-1, 1)
        nn.utils.vector_to_parameters(p - lr * (u + self.apart * p), params)


# Cases: what a preset says and what PyTorch makes of it.

# The constructor and the arguments whose defaults are ours.
OPTIMIZERS = {
    "gd": (torch.optim.SGD, {}),
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.Adam, {"weight_decay": 0.01}),
    "adamax": (torch.optim.Adamax, {}),
    "nadam": (NAdam, {"betas": (0.9, 0.999), "eps": 1e-8, "momentum_decay": 0.004}),
    "radam": (torch.optim.RAdam, {}),
    "rprop": (torch.optim.Rprop, {}),
    "asgd": (torch.optim.ASGD, {}),
    "lion": (Lion, {"betas": (0.9, 0.99)}),
    "lamb": (LAMB, {"betas": (0.9, 0.999), "eps": 1e-6}),
    "adafactor": (Adafactor, {"decay_rate": 0.8, "clip_threshold": 1.0, "least_scale": 0.001}),
    "muon": (Muon, {"momentum": 0.95, "adam_share": 0.015, "betas": (0.9, 0.95), "eps": 1e-8}),
    "schedule-free": (ScheduleFree, {"betas": (0.9, 0.999), "eps": 1e-8}),
    "lbfgs": (torch.optim.LBFGS, {}),
    "sam": (SAM, {"betas": (0.9, 0.999)}),
    "sophia": (Sophia, {"betas": (0.96, 0.99), "gamma": 0.01, "period": 10, "eps": 1e-12}),
}
LOOKING = (torch.optim.LBFGS, SAM, Sophia)  # which take the gradient themselves, more than once a step
DECOUPLED = {"adamw", "lion", "lamb", "adafactor", "muon", "schedule-free", "sophia"}
TUPLES = {"betas": ("beta1", "beta2"), "etas": ("etaminus", "etaplus"), "step_sizes": ("step_size_min", "step_size_max")}


def optimizer_of(params, name, lr, o):
    """The optimizer, and the decoupled decay that it does not know itself."""
    kind, defaults = OPTIMIZERS[name]
    o = {**defaults, **o}
    for joined, parts in TUPLES.items():
        if any(k in o for k in parts):
            ours = kind(params, lr).defaults.get(joined) if joined not in o else o[joined]
            o[joined] = tuple(o.pop(k, d) for k, d in zip(parts, ours))
    decay = o.pop("weight_decay", 0.0)
    if not o.pop("decoupled", name in DECOUPLED):
        apart = 0.0
    else:
        decay, apart = 0.0, decay
    if issubclass(kind, (Written, Sophia)):
        o["apart"], apart = apart, 0.0
    if kind is torch.optim.Adam and apart:
        return torch.optim.AdamW(params, lr=lr, weight_decay=apart, **o), 0.0
    if kind not in (torch.optim.Rprop, torch.optim.LBFGS):
        o["weight_decay"] = decay
    return kind(params, lr=lr, **o), apart


def schedule_of(opt, name, o):
    """The scheduler, and how often it can step."""
    s, base = torch.optim.lr_scheduler, opt.param_groups[0]["lr"]
    if name == "constant":
        return s.ConstantLR(opt, factor=1.0), STEPS
    if name == "step":
        return s.StepLR(opt, **o), STEPS
    if name == "multi-step":
        return s.MultiStepLR(opt, **o), STEPS
    if name == "exponential":
        return s.ExponentialLR(opt, **o), STEPS
    if name == "linear":
        return s.LinearLR(opt, **o), STEPS
    if name == "polynomial":
        return s.PolynomialLR(opt, **o), STEPS
    if name == "cosine":
        return s.CosineAnnealingLR(opt, o.get("t_max", STEPS), o.get("eta_min", 0.0)), STEPS
    if name == "cosine-restarts":
        return s.CosineAnnealingWarmRestarts(opt, o["t_0"], o.get("t_mult", 1), o.get("eta_min", 0.0)), STEPS
    if name == "one-cycle":
        o = {"total_steps": STEPS, "max_lr": 0.01, **o}
        return s.OneCycleLR(opt, cycle_momentum=False, **o), o["total_steps"] - 1
    if name == "cyclic":
        return s.CyclicLR(opt, base, cycle_momentum=False, **{"max_lr": 0.01, **o}), STEPS
    if name == "inverse-sqrt":
        long = o["timescale"]
        return s.LambdaLR(opt, lambda t: math.sqrt(long / max(t, long))), STEPS
    assert name == "wsd"
    low, length = o.get("eta_min", 0.0) / base, o["decay"] * STEPS
    return s.LambdaLR(opt, lambda t: low + (1 - low) * min(1.0, (STEPS - t) / length)), STEPS


def loss_of(name, o):
    o = dict(o)
    if name == "mse":
        return nn.MSELoss()
    if name == "mae":
        return nn.L1Loss()
    if name == "cross-entropy":
        if "weights" in o:
            o["weight"] = torch.tensor(o.pop("weights"), dtype=torch.float64)
        return nn.CrossEntropyLoss(**o)
    if name == "huber":
        return nn.HuberLoss(**o)
    if name == "smooth-l1":
        return nn.SmoothL1Loss(**o)
    if name == "log-cosh":
        return lambda x, y: torch.log(torch.cosh(x - y)).mean()
    if name == "quantile":  # Koenker, Bassett 1978
        tau = o.get("tau", 0.5)
        return lambda x, y: torch.max(tau * (y - x), (tau - 1) * (y - x)).mean()
    if name == "hinge":
        return nn.MultiMarginLoss(**o)
    if name == "focal":  # Lin et al. 2017, eq. 4, on a softmax

        def focal(x, y):
            log_p = nn.functional.log_softmax(x, 1)[torch.arange(len(y)), y]
            return -((1 - log_p.exp()) ** o.get("gamma", 2.0) * log_p).mean()

        return focal
    if name == "kl":
        kl = nn.KLDivLoss(reduction="batchmean")
        return lambda x, y: kl(nn.functional.log_softmax(x, 1), nn.functional.one_hot(y, x.shape[1]).double())
    assert name == "bce"
    return nn.BCEWithLogitsLoss()


def train(case, data, order):
    """The loss at every step; of an optimizer that averages, the last average."""
    x, y, _ = data[case["data"]]
    x, y = x[order], y[order]
    net = network(SIZES[case["data"]], case["activation"])
    net.load_state_dict(case["start"])
    opt, apart = optimizer_of(list(net.parameters()), *case["optimizer"])
    loss = loss_of(*case["loss"])
    name, options = case["schedule"] or ("constant", {})
    options = dict(options)
    warmup = options.pop("warmup", 0)
    schedule, stops = schedule_of(opt, name, options)
    losses, group = [], opt.param_groups[0]

    def again():
        opt.zero_grad()
        value = loss(net(x), y)
        value.backward()
        return value

    for step in range(case.get("steps", STEPS)):
        opt.zero_grad()
        value = loss(net(x), y)
        losses.append(value.item())
        value.backward()
        if case["clip"]:
            nn.utils.clip_grad_norm_(net.parameters(), case["clip"])
        rate = group["lr"]  # what most schedulers go on from
        if step < warmup:
            group["lr"] = rate * (step + 1) / warmup
        if apart:
            with torch.no_grad():
                for p in net.parameters():
                    p.mul_(1 - group["lr"] * apart)
        opt.step(again) if isinstance(opt, LOOKING) else opt.step()
        group["lr"] = rate
        if step < stops:
            schedule.step()
    averages = [opt.state[p]["ax"].flatten() for p in net.parameters() if "ax" in opt.state[p]]
    return losses, torch.cat(averages).tolist() if averages else []


def steady(case, data):
    """The losses and average, and by how much of itself a loss moves when the rows change places."""
    rows = len(data[case["data"]][0])
    (losses, average), shift = train(case, data, torch.arange(rows)), 0.0
    for seed in range(3):
        other, _ = train(case, data, torch.randperm(rows, generator=torch.Generator().manual_seed(seed)))
        shift = max([shift] + [abs(a - b) / (abs(a) or 1) for a, b in zip(losses, other)])
    return losses, average, shift


def toml(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    return json.dumps(v) if not isinstance(v, float) else repr(v)


def preset(case, targets):
    def table(name, pairs):
        return ["[%s]" % name] + ["%s = %s" % (k, toml(v)) for k, v in pairs]

    name, lr, options = case["optimizer"]
    loss, loss_options = case["loss"]
    lines = table("data", [("file", case["data"] + ".csv"), ("target", targets), ("validation", 0)])
    lines += table("model", [("layers", SIZES[case["data"]]), ("activation", case["activation"]), ("weights", case["data"] + ".safetensors")])
    lines += table("loss", [("name", loss)] + list(loss_options.items()))
    lines += table("optimizer", [("name", name), ("lr", lr)] + list(options.items()))
    if case["schedule"] is not None:
        lines += table("schedule", [("name", case["schedule"][0])] + list(case["schedule"][1].items()))
    clip = [("clip_norm", case["clip"])] if case["clip"] else []
    lines += table("train", [("batch", 0), ("steps", STEPS)] + clip)
    return "\n".join(lines) + "\n"


def make_cases(data, starts):
    cases = []

    # Of a run for some names alone, all other cases stay as they were written.
    only, before = sys.argv[1:], {}
    if only:
        with open("cases.json") as f:
            before = {c["name"]: c for c in json.load(f)}

    def add(name, optimizer, on="numbers", activation="tanh", loss=("mse", {}), clip=0, schedule=None, steps=STEPS):
        if name in before and name.split()[0] not in only:
            cases.append(before[name])
            return
        case = {"steps": steps, "data": on, "activation": activation, "loss": loss, "clip": clip, "schedule": schedule, "start": starts[on]}
        kind, lr, options = optimizer
        shift = 1.0
        while shift > 1e-11:  # a rate at which the run is steady
            assert lr > 1e-5, name
            case["optimizer"] = (kind, lr, options)
            losses, average, shift = steady(case, data)
            lr /= 2
        print("%-60s lr %-8g %8.4f to %-8.4f shift %.1e" % (name, 2 * lr, losses[0], losses[-1], shift))
        cases.append({"name": name, "preset": preset(case, data[on][2]), "losses": losses})
        if average:
            cases[-1]["average"] = average

    def words(o):
        return ["%s=%s" % (k, toml(v)) for k, v in o.items()]

    decay, apart, l2 = {"weight_decay": 0.01}, {"weight_decay": 0.02, "decoupled": True}, {"weight_decay": 0.01, "decoupled": False}
    moments = [{}, {"beta1": 0.8, "beta2": 0.95}, {"beta1": 0.0}, {"eps": 0.001}]
    settings = {
        "gd": (0.05, [{}, decay, apart]),
        "sgd": (0.1, [{}, decay, apart]),
        "momentum": (0.02, [{}, {"momentum": 0.5}, {"momentum": 0.95, "dampening": 0.5}, {"momentum": 0.0}, decay, apart]),
        "nesterov": (0.02, [{}, {"momentum": 0.5}, {"momentum": 0.97}, decay, apart]),
        "adagrad": (0.05, [{}, {"lr_decay": 0.01}, {"initial_accumulator_value": 0.5}, {"eps": 0.01, "lr_decay": 0.001}, decay, apart]),
        "rmsprop": (0.002, [{}, {"alpha": 0.9}, {"momentum": 0.5}, {"centered": True}, {"centered": True, "momentum": 0.5, "alpha": 0.95}, {"eps": 0.001}, decay, apart]),
        "adadelta": (1.0, [{}, {"rho": 0.95}, {"rho": 0.5}, {"eps": 0.001}, decay, apart]),
        "adam": (0.005, moments + [{"amsgrad": True}, {"amsgrad": True, "beta2": 0.9}, decay, apart, {**apart, "amsgrad": True}]),
        "adamw": (0.005, moments + [{"amsgrad": True}, {"weight_decay": 0.1}, l2, {"weight_decay": 0.0}]),
        "adamax": (0.005, moments + [decay, apart]),
        "nadam": (0.005, moments + [{"momentum_decay": 0.1}, {"momentum_decay": 0.0}, decay, apart]),
        "radam": (0.005, moments + [{"beta2": 0.99}, {"beta2": 0.5}, decay, apart]),
        "rprop": (0.01, [{}, {"etaminus": 0.3, "etaplus": 1.05}, {"step_size_max": 0.02}, {"step_size_min": 0.001}]),
        "asgd": (0.05, [{}, {"lambd": 0.1}, {"lambd": 0.1, "alpha": 0.5, "t0": 50.0}, {"t0": 0.0}, {"t0": 198.0}, {"t0": 199.0}, decay]),
        "lion": (0.001, [{}, {"beta1": 0.5, "beta2": 0.8}, {"weight_decay": 0.1}, l2]),
        "lamb": (0.005, [{}, {"beta1": 0.8, "beta2": 0.95}, {"eps": 0.001}, {"weight_decay": 0.1}, l2]),
        "adafactor": (0.01, [{}, {"decay_rate": 0.5}, {"clip_threshold": 0.2, "least_scale": 0.3}, {"weight_decay": 0.1}, l2]),
        "muon": (0.01, [{}, {"momentum": 0.5, "adam_share": 0.5}, {"beta1": 0.8, "beta2": 0.9}, {"weight_decay": 0.1}, l2]),
        "schedule-free": (0.01, [{}, {"beta1": 0.98, "beta2": 0.95}, {"beta1": 0.5, "eps": 0.001}, {"weight_decay": 0.1}, l2]),
        "sam": (0.05, [{}, {"rho": 0.5}, {"base": "momentum", "momentum": 0.8, "weight_decay": 0.01}, {"base": "adam", "beta1": 0.8, "beta2": 0.95, "eps": 0.001}]),
        "sophia": (0.003, [{}, {"beta1": 0.8, "beta2": 0.9, "period": 3}, {"gamma": 0.5, "eps": 0.01}, {"weight_decay": 0.1}, l2]),
    }
    for name, (lr, variants) in settings.items():
        for o in variants:
            add(" ".join([name] + words(o)), (name, lr, o))
    # Differences of gradients lose digits on the way down: what rounding makes of them soon steers.
    for steps, o in [(3, {}), (20, {"max_iter": 3, "history_size": 4}), (14, {"max_iter": 8, "max_eval": 5}), (6, {"line_search_fn": "strong_wolfe"}), (12, {"line_search_fn": "strong_wolfe", "max_iter": 4})]:
        add(" ".join(["lbfgs"] + words(o)), ("lbfgs", 0.5, o), steps=steps)

    add("clip sgd", ("sgd", 0.2, {}), clip=0.5)
    add("clip before L2", ("sgd", 0.2, {"weight_decay": 0.1}), clip=0.25)
    add("clip adam", ("adam", 0.005, {}), clip=0.1)

    schedules = {
        "constant": [{"warmup": 50}],
        "step": [{"step_size": 30}, {"step_size": 7, "gamma": 0.9}, {"step_size": 60, "gamma": 0.5, "warmup": 75}],
        "multi-step": [{"milestones": [50, 120]}, {"milestones": [150, 20, 20, 90], "gamma": 0.5}],
        "exponential": [{"gamma": 0.99}, {"gamma": 1.005}, {"gamma": 0.98, "warmup": 20}],
        "linear": [{"total_iters": 5}, {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 120}, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": STEPS}],
        "polynomial": [{"total_iters": 150}, {"total_iters": 180, "power": 2.0}, {"total_iters": 250, "power": 0.5}],
        "cosine": [{}, {"t_max": 60, "eta_min": 0.002}, {"eta_min": 0.0001, "warmup": 1}],
        "cosine-restarts": [{"t_0": 40}, {"t_0": 25, "t_mult": 2}, {"t_0": 13, "t_mult": 3, "eta_min": 0.002, "warmup": 30}],
        "one-cycle": [{}, {"max_lr": 0.05, "total_steps": 120}, {"max_lr": 0.03, "pct_start": 0.55, "div_factor": 5.0, "final_div_factor": 100.0}],
        "cyclic": [{"max_lr": 0.05, "step_size_up": 30}, {"max_lr": 0.04, "step_size_up": 10, "step_size_down": 35}, {"max_lr": 0.05, "step_size_up": 12, "step_size_down": 23, "mode": "triangular2"}, {"max_lr": 0.001}],
        "inverse-sqrt": [{"timescale": 20}, {"timescale": 100, "warmup": 100}],
        "wsd": [{"decay": 0.2}, {"decay": 0.45, "eta_min": 0.001, "warmup": 33}, {"decay": 1.0}],
    }
    for name, variants in schedules.items():
        for o in variants:
            add(" ".join(["schedule", name] + words(o)), ("momentum", 0.02, {}), schedule=(name, o))
    for name, o in [("cosine", {"eta_min": 0.0001}), ("one-cycle", {"max_lr": 0.01}), ("step", {"step_size": 50, "warmup": 20})]:
        add("adamw under " + name, ("adamw", 0.01, {"weight_decay": 0.05}), schedule=(name, o))

    for activation in ACTIVATIONS:
        for on, loss in [("numbers", ("mse", {})), ("classes", ("cross-entropy", {})), ("flags", ("bce", {}))]:
            add("%s %s" % (activation, loss[0]), ("momentum", 0.02, {}), on, activation, loss)
    losses = {
        "mse": ["flags", {}],
        "mae": ["numbers", {}],
        "huber": ["numbers", {}, {"delta": 0.25}, {"delta": 3.5}],
        "smooth-l1": ["numbers", {}, {"beta": 0.25}, {"beta": 3.5}],
        "log-cosh": ["numbers", {}],
        "quantile": ["numbers", {}, {"tau": 0.9}, {"tau": 0.05}],
        "cross-entropy": ["classes", {"label_smoothing": 0.1}, {"label_smoothing": 1.0}, {"weights": [1, 3, 2]}, {"weights": [0.5, 1, 2.25], "label_smoothing": 0.2}],
        "focal": ["classes", {}, {"gamma": 0.5}, {"gamma": 0.0}, {"gamma": 5.0}],
        "hinge": ["classes", {}, {"margin": 0.25}, {"margin": 3.0}],
        "kl": ["classes", {}],
    }
    for name, (on, *variants) in losses.items():
        for o in variants:
            add(" ".join([name, on] + words(o)), ("adam", 0.01, {}), on, "tanh", (name, o))
    write_json("cases.json", cases)


# Masks and grids.


def make_masks(start):
    keys = [k for k in start if k.endswith("weight")]
    out = []
    for sparsity in [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0]:
        for scope in ["global", "layer"]:
            layers = [nn.Linear(start[k].shape[1], start[k].shape[0]) for k in keys]
            for l, k in zip(layers, keys):
                l.weight.data.copy_(start[k])
            if scope == "global":
                prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=sparsity)
            else:
                for l in layers:
                    prune.l1_unstructured(l, "weight", amount=sparsity)
            bits = ["".join(str(int(v)) for v in l.weight_mask.flatten().tolist()) for l in layers]
            out.append({"sparsity": sparsity, "scope": scope, "masks": dict(zip(keys, bits))})
    write_json("masks.json", out)


def make_grids():
    w = torch.randn(6, 5, generator=torch.Generator().manual_seed(3))
    w[1] = 0  # a row of zeros
    w[2, 3] = 0
    w[4] = torch.tensor([-1.0, -0.5, 0.5, 1.0, 0.25])  # halves lie between two stops
    out = []
    for bits in range(1, 17):
        for granularity in ["tensor", "channel"]:
            rows = w.reshape(1, -1) if granularity == "tensor" else w
            if bits == 1:
                q = torch.sign(rows) * rows.abs().mean(1, keepdim=True)
            else:
                scale = rows.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 1)
                q = torch.where(scale > 0, scale * torch.round(rows / scale), rows)
            out.append({"bits": bits, "granularity": granularity, "weights": q.flatten().tolist()})
    write_json("grids.json", {"rows": 6, "cols": 5, "weights": w.flatten().tolist(), "cases": out})


def main():
    data = make_data()
    starts = {}
    for i, (name, sizes) in enumerate(SIZES.items()):
        torch.manual_seed(i + 1)
        starts[name] = network(sizes, "tanh").state_dict()
        write_safetensors(name + ".safetensors", starts[name].items())
    # In another order, in float32, and with what a writer may add.
    mixed = [(k, t.float()) for k, t in reversed(list(starts["classes"].items()))]
    write_safetensors("classes_f32.safetensors", mixed, {"format": "pt"})
    write_json("classes_f32.json", {k: t.double().flatten().tolist() for k, t in mixed})
    make_cases(data, starts)
    if sys.argv[1:]:
        return
    make_masks(starts["numbers"])
    make_grids()


if __name__ == "__main__":
    main()
