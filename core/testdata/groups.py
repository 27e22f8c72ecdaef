#!/usr/bin/python3
"""Parameter groups of torch.optim, with schedules, in float64.

    /usr/bin/python3 groups.py

Run by hand, next to this file and behind reference.py, whose classes.csv and
classes.safetensors it reads, with Debian's python3-torch (PyTorch 1.13). It
writes groups.json, in the form of finetune.json: of each case the knobs, the
losses of the steps, and the parameters after them.
"""

import fnmatch
import json
import math

import finetune
import torch
from finetune import CE, LAYERS, SHAPE, W, X, Y, forward, leaves, path

STEPS = 20
cases = []


class Lion(torch.optim.Optimizer):
    """X. Chen et al., 2023, algorithm 2."""

    def __init__(self, params, lr, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            for p in g["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                u = torch.sign(0.9 * m + 0.1 * p.grad)
                m.mul_(0.99).add_(p.grad, alpha=0.01)
                p.sub_(g["lr"] * (u + g["weight_decay"] * p))


def split(params, rules, lr, decay, biases):
    """One group for each tensor, by the rules: (pattern, settings); numbers are
    values, strings with an x are factors."""
    out = []
    for name, p in params.items():
        own = {"lr": lr, "weight_decay": decay if biases or p.ndim > 1 else 0.0}
        for pattern, settings in rules:
            if fnmatch.fnmatchcase(name, pattern):
                for key, v in settings.items():
                    base = {"lr": lr, "weight_decay": decay}[key]
                    own[key] = float(v[:-1]) * base if isinstance(v, str) else v
        out.append(dict(own, params=[p]))
    return out


def run(name, knobs, make, lr, decay, rules, biases=True, schedule=None, maximum=None):
    p = leaves(W)
    groups = split(p, rules, lr, decay, biases)
    top = [maximum * (g["lr"] / lr) for g in groups] if maximum else None
    if decay is None:
        for g in groups:
            del g["weight_decay"]
    o = make(groups)
    s = schedule(o, top) if schedule else None
    losses = []
    for _ in range(STEPS):
        o.zero_grad()
        v = CE(forward(p, X), Y)
        v.backward()
        losses.append(v.item())
        o.step()
        if s:
            s.step()
    text = "; ".join(q + " " + " ".join("%s=%s" % kv for kv in v.items()) for q, v in rules)
    items = ",".join(q + " " + " ".join("%s=%s" % kv for kv in v.items()) for q, v in rules)
    knobs = knobs + ["optimizer.lr=%r" % lr] + (["optimizer.weight_decay=%r" % decay] if decay is not None else [])
    if items:
        knobs.append("optimizer.groups=" + items)
    if not biases:
        knobs.append("optimizer.decay_biases=off")
    cases.append(finetune.case(name + ", " + (text or "biases do not decay"), knobs, {}, p, losses))


T = torch.optim
S = T.lr_scheduler
first, last = str(LAYERS[0]), str(LAYERS[-1])
MIXED = [("*.bias", {"lr": "2x", "weight_decay": 0}), (first + ".*", {"lr": 0.004}), (last + ".weight", {"weight_decay": 0.3})]
named = lambda n: ["optimizer.name=" + n]
for n, make, lr in [
    ("sgd", lambda g: T.SGD(g, lr=1), 0.05),
    ("momentum", lambda g: T.SGD(g, lr=1, momentum=0.9), 0.02),
    ("nesterov", lambda g: T.SGD(g, lr=1, momentum=0.9, nesterov=True), 0.02),
    ("adam", lambda g: T.Adam(g), 0.01),
    ("adamw", lambda g: T.AdamW(g), 0.01),
    ("rmsprop", lambda g: T.RMSprop(g), 0.01),
    ("adagrad", lambda g: T.Adagrad(g), 0.05),
    ("adadelta", lambda g: T.Adadelta(g), 0.5),
    ("adamax", lambda g: T.Adamax(g), 0.01),
    ("radam", lambda g: T.RAdam(g), 0.01),
    ("asgd", lambda g: T.ASGD(g), 0.02),
    ("lion", lambda g: Lion(g, lr=1), 0.003),
]:
    run(n, named(n), make, lr, 0.05, MIXED)
run("rprop", named("rprop"), lambda g: T.Rprop(g), 0.01, None, [("*.bias", {"lr": "2x"}), (first + ".*", {"lr": 0.004})])
for n, make, lr in [("sgd", lambda g: T.SGD(g, lr=1), 0.05), ("adamw", lambda g: T.AdamW(g), 0.01), ("lion", lambda g: Lion(g, lr=1), 0.003)]:
    run(n, named(n), make, lr, 0.1, [], biases=False)
run("only one group moves", named("momentum"), lambda g: T.SGD(g, lr=1, momentum=0.9), 0.0, 0.05, [(last + ".*", {"lr": 0.03})])
cosine = ["schedule.name=cosine", "schedule.t_max=%d" % STEPS, "schedule.eta_min=0.001"]
run("cosine", named("adam") + cosine, lambda g: T.Adam(g), 0.02, 0.0, MIXED[:2], schedule=lambda o, _: S.CosineAnnealingLR(o, STEPS, 0.001))
cycle = ["schedule.name=one-cycle", "schedule.total_steps=%d" % (STEPS + 1), "schedule.max_lr=0.04"]
run(
    "one-cycle", named("sgd") + cycle, lambda g: T.SGD(g, lr=1), 0.01, 0.0, [("*.bias", {"lr": "2x"}), (first + ".*", {"lr": "0.25x"})],
    schedule=lambda o, top: S.OneCycleLR(o, top, total_steps=STEPS + 1, cycle_momentum=False), maximum=0.04,
)

if __name__ == "__main__":
    with open(path("groups.json"), "w") as f:
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
        f.write('{"layers":%s,"cases":[\n%s\n]}\n' % (json.dumps(SHAPE), lines))
