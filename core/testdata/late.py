#!/usr/bin/python3
"""Tensors that begin to train late, or stop for a while, by torch in float64.

    /usr/bin/python3 late.py

Run by hand, next to this file and reference.py, with Debian's python3-torch
(PyTorch 1.13). A tensor that does not train has no gradient, so that the
optimizers of torch leave it and its state alone. It writes late.json: of each
case the preset's knobs, the decisions with the step before whose batch they are
taken, what is put into the parameters there, and the losses and weights at the
end; and of batch norms frozen in part the running statistics too.
"""

import csv
import json

import reference
import torch
from torch import nn

torch.set_default_dtype(torch.float64)

with open(reference.path("classes.csv")) as f:
    rows = list(csv.reader(f))[1:]
X = torch.tensor([[float(v) for v in r[:3]] for r in rows])
Y = torch.tensor([int(r[3]) for r in rows])
CE = nn.functional.cross_entropy

SIZES = [3, 8, 6, 3]
LAYERS = [0, 2, 4]  # of the kernels: activations take an index
BEFORE, AFTER = 1000, 50
RATES = {"momentum": 0.05, "adam": 0.003, "adamw": 0.003, "nadam": 0.003, "radam": 0.003, "adamax": 0.005, "lamb": 0.001, "lion": 0.0005}


class Shy:
    """An optimizer written here that passes over parameters without a gradient, as torch's own do."""

    def step(self):
        for group in self.param_groups:
            group["params"], every = [p for p in group["params"] if p.grad is not None], group["params"]
            super().step()
            group["params"] = every


class NAdam(Shy, reference.NAdam):
    pass


class Lion(Shy, reference.Lion):
    pass


class LAMB(Shy, reference.LAMB):
    pass


def optimizer(name, params):
    lr = RATES[name]
    if name == "momentum":
        return torch.optim.SGD(params, lr, momentum=0.9)
    if name == "adamw":
        return torch.optim.AdamW(params, lr, weight_decay=0.01)
    if name == "nadam":
        return NAdam(params, lr, betas=(0.9, 0.999), eps=1e-8, momentum_decay=0.004)
    if name == "lion":
        return Lion(params, lr, betas=(0.9, 0.99))
    if name == "lamb":
        return LAMB(params, lr, betas=(0.9, 0.999), eps=1e-6)
    return {"adam": torch.optim.Adam, "radam": torch.optim.RAdam, "adamax": torch.optim.Adamax}[name](params, lr)


def numbers(n, seed):
    return torch.randn(n, generator=torch.Generator().manual_seed(seed))


W = {}
for k, i in enumerate(LAYERS):
    W["%d.weight" % i] = 0.6 * numbers(SIZES[k + 1] * SIZES[k], 10 + i).reshape(SIZES[k + 1], SIZES[k])
    W["%d.bias" % i] = 0.1 * numbers(SIZES[k + 1], 20 + i)


def forward(weights, x):
    for i in LAYERS:
        x = x @ weights["%d.weight" % i].T + weights["%d.bias" % i]
        if i != LAYERS[-1]:
            x = torch.tanh(x)
    return x


def plain(moves):
    """A run in which moves(step, layer) tells what trains."""

    def run(name, order):
        p = {k: v.clone().requires_grad_() for k, v in W.items()}
        o = optimizer(name, list(p.values()))
        losses = []
        for step in range(1, BEFORE + AFTER + 1):
            value = CE(forward(p, X[order]), Y[order])
            losses.append(value.item())
            o.zero_grad(set_to_none=True)
            live = [v for k, v in p.items() if moves(step, int(k.split(".")[0]))]
            for v, g in zip(live, torch.autograd.grad(value, live)):
                v.grad = g
            o.step()
        return losses, p

    return run


def frozen_between(step, layer):
    return not (300 < step <= BEFORE and layer == 0)


A = {"%d.lora_a" % i: 0.3 * numbers(2 * SIZES[k], 30 + i).reshape(2, SIZES[k]) for k, i in enumerate(LAYERS)}
B = {"%d.lora_b" % i: torch.zeros(SIZES[k + 1], 2) for k, i in enumerate(LAYERS)}


def adapters(name, order):
    """Adapters of rank 2, alpha 4, from step 1001; what is below them stands still."""
    p = {k: v.clone().requires_grad_() for k, v in {**W, **A, **B}.items()}
    o = optimizer(name, list(p.values()))
    losses = []
    for step in range(1, BEFORE + AFTER + 1):
        late = step > BEFORE
        w = dict(p)
        if late:
            for i in LAYERS:
                w["%d.weight" % i] = p["%d.weight" % i] + 2 * (p["%d.lora_b" % i] @ p["%d.lora_a" % i])
        value = CE(forward(w, X[order]), Y[order])
        losses.append(value.item())
        o.zero_grad(set_to_none=True)
        live = [v for k, v in p.items() if ("lora" in k) == late]
        for v, g in zip(live, torch.autograd.grad(value, live)):
            v.grad = g
        o.step()
    return losses, p


class Learned(torch.autograd.Function):
    """LSQ: Esser et al. 2020, eq. 1 to 5, with a range that is the same on both sides of 0."""

    @staticmethod
    def forward(ctx, w, s, top):
        ctx.save_for_backward(w, s)
        ctx.top = top
        return s * torch.round((w / s).clamp(-top, top))

    @staticmethod
    def backward(ctx, g):
        w, s = ctx.saved_tensors
        u, top = w / s, ctx.top
        inside = (u > -top) & (u < top)
        slope = torch.where(inside, torch.round(u) - u, top * torch.sign(u))
        return g * inside, (g * slope).sum().reshape(s.shape) / (w.numel() * top) ** 0.5, None


def learned(name, order):
    """Kernels of 4 bits whose step is learned, from step 1001."""
    top = 2**3 - 1
    p = {k: v.clone().requires_grad_() for k, v in W.items()}
    p.update({"%d.step" % i: torch.zeros(1, requires_grad=True) for i in LAYERS})
    o = optimizer(name, list(p.values()))
    losses = []
    for step in range(1, BEFORE + AFTER + 1):
        late = step > BEFORE
        if step == BEFORE + 1:
            with torch.no_grad():
                for i in LAYERS:
                    p["%d.step" % i].fill_(2 * p["%d.weight" % i].abs().mean() / top**0.5)
        w = dict(p)
        if late:
            for i in LAYERS:
                w["%d.weight" % i] = Learned.apply(p["%d.weight" % i], p["%d.step" % i], top)
        value = CE(forward(w, X[order]), Y[order])
        losses.append(value.item())
        o.zero_grad(set_to_none=True)
        live = [v for k, v in p.items() if late or "step" not in k]
        for v, g in zip(live, torch.autograd.grad(value, live)):
            v.grad = g
        o.step()
    return losses, p


SCENES = [
    ("probe", plain(lambda step, layer: step > BEFORE or layer == 4), ["finetune.probe=%d" % BEFORE], [], {}),
    ("unfreeze", plain(lambda step, layer: (4 - layer) / 2 <= (step - 1) // 500), ["finetune.unfreeze=500"], [], {}),
    ("freeze and thaw", plain(frozen_between), [], [(300, 'finetune.freeze=["0"]'), (BEFORE, "finetune.freeze=[]")], {}),
    ("adapters", adapters, ["finetune.lora_alpha=4"], [(BEFORE, "finetune.lora_rank=2")], A),
    ("learned steps", learned, [], [(BEFORE, "quant.bits=4"), (BEFORE, "quant.step=learned")], {}),
]

cases = []
straight, mixed = torch.arange(len(X)), torch.randperm(len(X), generator=torch.Generator().manual_seed(1))
for scene, run, knobs, decisions, put in SCENES:
    for name, lr in RATES.items():
        losses, p = run(name, straight)
        again, _ = run(name, mixed)
        off = max(abs(a - b) / abs(a) for a, b in zip(losses, again))
        print("%-16s %-9s last loss %.6f, other order of the rows %.1e" % (scene, name, losses[-1], off))
        assert off < 1e-10, "too restless to compare"
        cases.append({
            "name": scene + ", " + name,
            "knobs": ["optimizer.name=" + name, "optimizer.lr=%g" % lr] + knobs,
            "decisions": [{"step": s, "knob": k} for s, k in decisions],
            "begin": {k: v.flatten().tolist() for k, v in W.items()},
            "put": {k: v.flatten().tolist() for k, v in put.items()},
            "losses": losses[BEFORE - 1 :],
            "after": {k: v.detach().flatten().tolist() for k, v in p.items() if "lora" not in k or scene == "adapters"},
        })

# Batch norms, of which the first is frozen with the dense layer before it.
net = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))
with torch.no_grad():
    for k, p in enumerate(net.parameters()):
        p.copy_(0.5 * numbers(p.numel(), 40 + k).reshape(p.shape))
begin = {k: v.clone() for k, v in net.state_dict().items() if "num_batches" not in k}
o = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)  # Adam would make steps of the rounding of gradients that are 0
norms, losses = {}, []
for step in range(1, 121):
    net.train()
    still = [net[0], net[1]] if 40 < step <= 80 else []
    for layer in still:
        layer.eval()
    value = CE(net(X), Y)
    losses.append(value.item())
    o.zero_grad(set_to_none=True)
    value.backward()
    for layer in still:
        for p in layer.parameters():
            p.grad = None
    o.step()
    if step in (40, 80, 120):
        norms[step] = {k: v.flatten().tolist() for k, v in net.state_dict().items() if "running" in k}

with open(reference.path("late.json"), "w") as f:
    json.dump({"cases": cases, "norms": {
        "begin": {k: v.flatten().tolist() for k, v in begin.items() if "running" not in k}, "losses": losses, "statistics": norms,
    }}, f, separators=(",", ":"))
    f.write("\n")
