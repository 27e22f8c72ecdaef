#!/usr/bin/python3
"""Fine-tuning, distillation and pruning by gradients, by torch autograd in float64.

    /usr/bin/python3 finetune.py

Run by hand, next to this file and behind reference.py, whose classes.csv and
classes.safetensors it reads, with Debian's python3-torch (PyTorch 1.13). It
writes finetune.json: of each case the knobs, what is put into the parameters
first (by tensor), the losses of the steps, and the parameters after them.
"""

import csv
import json
import os
import struct

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


with open(path("classes.csv")) as f:
    rows = list(csv.reader(f))[1:]
X = torch.tensor([[float(v) for v in r[:3]] for r in rows])
Y = torch.tensor([int(r[3]) for r in rows])

with open(path("classes.safetensors"), "rb") as f:
    raw = f.read()
size = struct.unpack("<Q", raw[:8])[0]
head, data = json.loads(raw[8 : 8 + size]), raw[8 + size :]
head.pop("__metadata__", None)
W = {}
for key, t in head.items():
    a, b = t["data_offsets"]
    W[key] = torch.tensor(struct.unpack("<%dd" % ((b - a) // 8), data[a:b])).reshape(t["shape"])
LAYERS = sorted({int(k.split(".")[0]) for k in W})
SHAPE = [W["%d.weight" % LAYERS[0]].shape[1]] + [W["%d.weight" % i].shape[0] for i in LAYERS]


def forward(weights, x):
    for i in LAYERS:
        x = x @ weights["%d.weight" % i].T + weights["%d.bias" % i]
        if i != LAYERS[-1]:
            x = torch.tanh(x)
    return x


def leaves(tensors):
    return {k: v.clone().requires_grad_() for k, v in tensors.items()}


def case(name, knobs, begin, final, losses, mask=None):
    return {
        "name": name, "knobs": knobs, "begin": {k: v.flatten().tolist() for k, v in begin.items()}, "losses": losses,
        "after": {k: v.detach().flatten().tolist() for k, v in final.items()}, "mask": mask,
    }


def train(params, groups, optimizer, value, steps=25):
    o = optimizer(groups)
    losses = []
    for _ in range(steps):
        o.zero_grad()
        v = value()
        v.backward()
        losses.append(v.item())
        o.step()
    return losses


CE = nn.functional.cross_entropy
cases = []

# Adapters: y = x (W + α/r B A)ᵀ + b, of which A and B train.
for rank, alpha, optimizer, name in [(2, 5.0, lambda g: torch.optim.Adam(g, lr=0.01), "adam"), (1, 0.5, lambda g: torch.optim.SGD(g, lr=0.1), "sgd")]:
    gen = torch.Generator().manual_seed(rank)
    begin = {}
    for i in LAYERS:
        out, fan = W["%d.weight" % i].shape
        r = min(rank, out, fan)
        begin["%d.lora_a" % i] = torch.randn(r, fan, generator=gen)
        begin["%d.lora_b" % i] = 0.1 * torch.randn(out, r, generator=gen)
    p = leaves(begin)

    def merged():
        w = dict(W)
        for i in LAYERS:
            a, b = p["%d.lora_a" % i], p["%d.lora_b" % i]
            w["%d.weight" % i] = W["%d.weight" % i] + alpha / a.shape[0] * (b @ a)
        return w

    losses = train(p, list(p.values()), optimizer, lambda: CE(forward(merged(), X), Y))
    lr = {"adam": 0.01, "sgd": 0.1}[name]
    cases.append(case("lora " + name, ["optimizer.name=" + name, "optimizer.lr=%g" % lr, "finetune.lora_rank=%d" % rank, "finetune.lora_alpha=%g" % alpha], begin, p, losses))

# A rate for each layer.
p = leaves(W)
groups = [{"params": [p["%d.weight" % i], p["%d.bias" % i]], "lr": 0.05 * 0.5 ** (len(LAYERS) - 1 - n)} for n, i in enumerate(LAYERS)]
losses = train(p, groups, lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9), lambda: CE(forward(p, X), Y))
cases.append(case("rates by layer", ["optimizer.name=momentum", "optimizer.lr=0.05", "finetune.rate_decay=0.5"], {}, p, losses))

# L2-SP joins the gradient, not the loss.
p = leaves(W)
o = torch.optim.Adam(list(p.values()), lr=0.02)
losses = []
for _ in range(25):
    o.zero_grad()
    v = CE(forward(p, X), Y)
    losses.append(v.item())
    (v + 0.3 / 2 * sum(((p[k] - W[k]) ** 2).sum() for k in p)).backward()
    o.step()
cases.append(case("l2-sp", ["optimizer.name=adam", "optimizer.lr=0.02", "finetune.l2_sp=0.3"], {}, p, losses))

# Masks by |w g| and by −Σ w g: the half of least score goes, over all kernels.
kernels = ["%d.weight" % i for i in LAYERS]


def half(score):
    flat = torch.cat([score[k].flatten() for k in kernels])
    gone = torch.argsort(flat, stable=True)[: round(0.5 * len(flat))]
    keep = torch.ones(len(flat))
    keep[gone] = 0
    return "".join(str(int(v)) for v in keep)


p = leaves(W)
losses = train(p, list(p.values()), lambda g: torch.optim.SGD(g, lr=0.1), lambda: CE(forward(p, X), Y), 5)
for v in p.values():
    v.grad = None
CE(forward(p, X), Y).backward()
cases.append(case("taylor", ["optimizer.name=sgd", "optimizer.lr=0.1", "prune.method=taylor"], {}, p, losses, half({k: (p[k] * p[k].grad).abs().detach() for k in kernels})))

p = leaves(W)
o = torch.optim.SGD(list(p.values()), lr=0.1)
moved = {k: torch.zeros_like(W[k]) for k in kernels}
losses = []
for _ in range(12):
    o.zero_grad()
    v = CE(forward(p, X), Y)
    v.backward()
    losses.append(v.item())
    for k in kernels:
        moved[k] -= (p[k] * p[k].grad).detach()
    o.step()
cases.append(case("movement", ["optimizer.name=sgd", "optimizer.lr=0.1", "prune.method=movement"], {}, p, losses, half(moved)))

if __name__ == "__main__":
    with open(path("finetune.json"), "w") as f:
        json.dump({"layers": SHAPE, "cases": cases}, f)
