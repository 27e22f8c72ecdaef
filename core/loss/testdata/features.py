#!/usr/bin/python3
"""Feature losses and their gradients by torch autograd in float64.

    /usr/bin/python3 features.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13); it
writes features.json.
"""

import json
import os

import torch

torch.set_default_dtype(torch.float64)
g = torch.Generator().manual_seed(21)
out = []
for rows, own, theirs in [(1, 3, 3), (6, 4, 4), (5, 3, 7), (9, 8, 2)]:
    s = torch.randn(rows, own, generator=g).relu().requires_grad_()
    t = torch.randn(rows, theirs, generator=g).relu()
    weight = 0.7

    # A row of zeros is like no other: keep it out of the division
    safe = lambda f: torch.where((f @ f.T).norm(dim=1, keepdim=True) > 0, f @ f.T / (f @ f.T).norm(dim=1, keepdim=True).clamp(min=1e-300), torch.zeros(rows, rows))
    losses = {"similarity": weight * (safe(t) - safe(s)).square().sum() / rows**2}
    if own == theirs:
        losses["hint"] = weight * torch.nn.functional.mse_loss(s, t)
    for name, value in losses.items():
        s.grad = None
        value.backward(retain_graph=True)
        out.append({"name": name, "rows": rows, "weight": weight, "student": s.detach().flatten().tolist(),
                    "teacher": t.flatten().tolist(), "value": value.item(), "grad": torch.nan_to_num(s.grad).flatten().tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "features.json"), "w") as f:
    json.dump(out, f)
