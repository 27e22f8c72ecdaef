#!/usr/bin/python3
"""Rates that torch's ReduceLROnPlateau takes on a made-up sequence of losses.

    /usr/bin/python3 plateau.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13); it
writes plateau.json.
"""

import json
import math
import os

import torch

losses = [1 / (1 + 0.1 * i) if i < 40 else 0.2 + 0.01 * math.sin(i) for i in range(160)]
cases = []
for o in [
    {},
    {"factor": 0.5, "patience": 3},
    {"factor": 0.5, "patience": 3, "cooldown": 5},
    {"factor": 0.3, "patience": 0, "threshold": 0.05, "min_lr": 0.004},
    {"mode": "max", "factor": 0.5, "patience": 4},
    {"mode": "max", "factor": 0.5, "patience": 1, "threshold": 0.02, "cooldown": 2},
]:
    p = torch.nn.Parameter(torch.zeros(1))
    opt = torch.optim.SGD([p], lr=0.1)
    s = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, **o)
    rates = []
    for v in losses:
        s.step(1 - v if o.get("mode") == "max" else v)
        rates.append(opt.param_groups[0]["lr"])
    cases.append({"options": o, "rates": rates})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "plateau.json"), "w") as f:
    json.dump({"losses": losses, "cases": cases}, f)
