"""Writes adam.json: what the microscope shows of each tensor, from PyTorch.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 adam.py

Full-batch training in float64 on the data and from the weights that
core/testdata/reference.py wrote.
"""

import csv
import json
import os
import struct

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "testdata")
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

PRESET = """[data]
file = "numbers.csv"
target = ["u", "v"]
validation = 0

[model]
layers = [4, 7, 6, 2]
activation = "tanh"
weights = "numbers.safetensors"

[optimizer]
name = "adam"
lr = 0.01

[loss]
name = "mse"

[train]
batch = 0
"""


def weights(name):
    with open(os.path.join(DATA, name), "rb") as f:
        raw = f.read()
    size = struct.unpack("<Q", raw[:8])[0]
    head, body = json.loads(raw[8 : 8 + size]), raw[8 + size :]
    out = {}
    for key, t in head.items():
        if key != "__metadata__":
            a, b = t["data_offsets"]
            out[key] = torch.tensor(struct.unpack("<%dd" % ((b - a) // 8), body[a:b])).reshape(t["shape"])
    return out


def case(steps):
    with open(os.path.join(DATA, "numbers.csv")) as f:
        rows = [[float(v) for v in row] for row in list(csv.reader(f))[1:]]
    table = torch.tensor(rows)
    x, y = table[:, :4], table[:, 4:]
    model = nn.Sequential(nn.Linear(4, 7), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, 2))
    model.load_state_dict(weights("numbers.safetensors"))
    adam = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        before = {n: p.detach().clone() for n, p in model.named_parameters()}
        acts, a = [], x
        for layer in model:
            a = layer(a)
            a.retain_grad()
            acts.append(a)
        adam.zero_grad()
        nn.functional.mse_loss(a, y).backward()
        adam.step()
    tensors = []
    for n, p in model.named_parameters():
        g, d, s = p.grad, p.detach() - before[n], adam.state[p]
        cosine = -(d * g).sum() / (d.norm() * g.norm())
        tensors.append({
            "name": n, "weight": before[n].norm().item(), "grad": g.norm().item(),
            "first": s["exp_avg"].norm().item(), "second": s["exp_avg_sq"].mean().sqrt().item(),
            "rate": (d.norm() / g.norm()).item(), "ratio": (d.norm() / before[n].norm()).item(),
            "angle": torch.rad2deg(torch.acos(cosine)).item(),
        })
    return {"preset": PRESET, "steps": steps, "tensors": tensors, "backward": [a.grad.norm().item() for a in acts]}


with open(os.path.join(HERE, "adam.json"), "w") as f:
    json.dump([case(1), case(12), case(100)], f, indent=1)
    f.write("\n")
