#!/usr/bin/python3
"""Cross-entropy with ignore_index and the α-balanced focal loss, by torch in float64.

    /usr/bin/python3 ignored.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13). It writes
ignored.json: of each case the loss and its knobs, outputs, classes, value and gradient.
"""

import json
import os

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, CLASSES = 9, 4


def focal(x, y, gamma, alpha, ignore):
    keep = y != ignore
    logp = F.log_softmax(x, 1)[torch.arange(len(y)), y]
    a = torch.ones(CLASSES) if alpha is None else torch.tensor(alpha)
    return (-a[y] * (1 - logp.exp()) ** gamma * logp)[keep].sum() / keep.sum()


def numbers(v):
    return ",".join("%g" % x for x in v)


cases = []
for seed, ignore in enumerate([-1, 0, 2, 3]):
    g = torch.Generator().manual_seed(seed)
    x = (2 * torch.randn(ROWS, CLASSES, generator=g)).requires_grad_()
    y = torch.randint(CLASSES, (ROWS,), generator=g)
    y[:CLASSES] = torch.arange(CLASSES)
    for weights in [None, [2.0, 0.5, 1.0, 3.0]]:
        runs = []
        for smooth in [0.0, 0.2]:
            w = None if weights is None else torch.tensor(weights)
            knobs = {"loss.label_smoothing": "%g" % smooth}
            if weights:
                knobs["loss.weights"] = numbers(weights)
            runs.append(("cross-entropy", knobs, F.cross_entropy(x, y, weight=w, ignore_index=ignore if ignore >= 0 else -100, label_smoothing=smooth)))
        for gamma in [0.0, 2.0, 1.5]:
            knobs = {"loss.gamma": "%g" % gamma}
            if weights:
                knobs["loss.alpha"] = numbers(weights)
            runs.append(("focal", knobs, focal(x, y, gamma, weights, ignore)))
        for name, knobs, value in runs:
            x.grad = None
            value.backward()
            knobs["loss.ignore_index"] = str(ignore)
            cases.append({
                "name": name, "knobs": knobs, "rows": ROWS, "out": x.flatten().tolist(), "classes": y.tolist(),
                "value": value.item(), "grad": x.grad.flatten().tolist(),
            })

with open(os.path.join(HERE, "ignored.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
