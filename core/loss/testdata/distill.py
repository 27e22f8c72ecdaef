#!/usr/bin/python3
"""The distillation loss and its gradient, by PyTorch.

    /usr/bin/python3 distill.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13); it
writes distill.json.
"""

import json
import os

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
g = torch.Generator().manual_seed(5)
cases = []
for rows, classes, alpha, temperature in [(4, 3, 0.7, 2.0), (6, 10, 0.9, 4.0), (1, 2, 1.0, 1.0), (5, 4, 0.1, 0.5), (3, 3, 0.5, 20.0)]:
    x = (3 * torch.randn(rows, classes, generator=g)).requires_grad_()
    teacher = 5 * torch.randn(rows, classes, generator=g)
    y = torch.randint(0, classes, (rows,), generator=g)
    kl = F.kl_div(F.log_softmax(x / temperature, 1), F.log_softmax(teacher / temperature, 1), reduction="batchmean", log_target=True)
    loss = alpha * temperature**2 * kl + (1 - alpha) * F.cross_entropy(x, y)
    loss.backward()
    cases.append({
        "alpha": alpha, "temperature": temperature, "classes": y.tolist(), "cols": classes,
        "out": x.flatten().tolist(), "teacher": teacher.flatten().tolist(),
        "loss": loss.item(), "grad": x.grad.flatten().tolist(),
    })
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "distill.json"), "w") as f:
    json.dump(cases, f)
