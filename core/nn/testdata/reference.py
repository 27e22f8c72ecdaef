"""Writes layers.json: what PyTorch's layers make of numbers, and their gradients.

Every case is a Sequential in double precision that is run `passes` times in
training, the loss being the sum of the outputs times `c`. Kept are the weights,
the outputs and gradients of the last pass, the buffers after it, and the
outputs in evaluation. Run by hand,
next to this file, with Debian's python3-torch (PyTorch 1.13).
"""

import json
import pathlib

import torch
from torch import nn

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


CASES = [
    ("conv2d", ["conv2d out=3 kernel=3x2"], [2, 5, 4], nn.Sequential(nn.Conv2d(2, 3, (3, 2)))),
    ("conv2d, padded and with a stride", ["conv2d out=2 kernel=3x5 stride=2x1 padding=1x2"], [3, 7, 5],
     nn.Sequential(nn.Conv2d(3, 2, (3, 5), stride=(2, 1), padding=(1, 2)))),
    ("conv2d beside itself", ["conv2d 4 kernel=3 padding=1", "tanh", "conv2d out=3 kernel=2 stride=3"], [1, 6, 5],
     nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.Tanh(), nn.Conv2d(4, 3, 2, stride=3))),
    ("conv2d, more padding than image", ["conv2d out=2 kernel=3 stride=2 padding=4"], [1, 2, 1],
     nn.Sequential(nn.Conv2d(1, 2, 3, stride=2, padding=4))),
    ("max-pool", ["conv2d out=2 kernel=1", "max-pool 2"], [1, 5, 7], nn.Sequential(nn.Conv2d(1, 2, 1), nn.MaxPool2d(2))),
    ("max-pool, overlapping", ["conv2d out=2 kernel=2", "max-pool size=3x2 stride=1x2"], [2, 6, 6],
     nn.Sequential(nn.Conv2d(2, 2, 2), nn.MaxPool2d((3, 2), stride=(1, 2)))),
    ("avg-pool", ["conv2d out=2 kernel=2", "avg-pool size=3x2 stride=1x2"], [2, 6, 6],
     nn.Sequential(nn.Conv2d(2, 2, 2), nn.AvgPool2d((3, 2), stride=(1, 2)))),
    ("batch-norm of rows", ["dense 4", "batch-norm", "tanh", "dense 3"], [5],
     nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 3))),
    ("batch-norm of images", ["conv2d out=3 kernel=2", "batch-norm", "relu", "flatten", "dense 2"], [2, 4, 3],
     nn.Sequential(nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(18, 2))),
    ("layer-norm of rows", ["dense 6", "layer-norm", "dense 2"], [3],
     nn.Sequential(nn.Linear(3, 6), nn.LayerNorm(6), nn.Linear(6, 2))),
    ("layer-norm of images", ["conv2d out=2 kernel=2", "layer-norm"], [1, 4, 3],
     nn.Sequential(nn.Conv2d(1, 2, 2), nn.LayerNorm([2, 3, 2]))),
    ("residual", ["dense 5", "residual { dense 3; tanh; dense 5 }", "relu", "dense 2"], [4],
     nn.Sequential(nn.Linear(4, 5), Residual(nn.Linear(5, 3), nn.Tanh(), nn.Linear(3, 5)), nn.ReLU(), nn.Linear(5, 2))),
    ("residual blocks of images, one in the other",
     ["residual { conv2d out=2 kernel=3 padding=1; batch-norm; residual { relu; conv2d 2 kernel=1 } }", "avg-pool 4x3", "flatten"],
     [2, 4, 3],
     nn.Sequential(Residual(nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2), Residual(nn.ReLU(), nn.Conv2d(2, 2, 1))),
                   nn.AvgPool2d((4, 3)), nn.Flatten())),
    ("embedding", ["embedding num=7 dim=3", "flatten", "dense 2"], [4],
     nn.Sequential(nn.Embedding(7, 3), nn.Flatten(), nn.Linear(12, 2))),
]


def coarse(t):
    """In sixteenths: short in the file."""
    return torch.round(t * 16) / 16


def flat(t):
    return t.detach().reshape(-1).tolist()


out = []
rows, passes = 4, 2
for name, stack, shape, model in CASES:
    for p in model.parameters():
        nn.init.normal_(p, std=0.5)
    for key, p in model.named_parameters():
        p.data = coarse(p.data + (1 if key.endswith("weight") and p.dim() == 1 else 0))
    batches = [coarse(torch.randn(rows, *shape)) for _ in range(passes)]
    if "embedding" in name:
        batches = [torch.randint(0, 7, (rows, *shape)) for _ in range(passes)]
    for x in batches:
        y = model(x)
    c = coarse(torch.randn_like(y))
    model.zero_grad()
    (y * c).sum().backward()
    model.eval()
    buffers = {k: flat(b) for k, b in model.named_buffers() if not k.endswith("num_batches_tracked")}
    out.append({
        "name": name, "stack": stack, "input": shape, "rows": rows,
        "batches": [flat(x.double()) for x in batches], "c": flat(c), "y": flat(y),
        "weights": {k: flat(p) for k, p in model.named_parameters()},
        "shapes": {k: list(p.shape) for k, p in model.named_parameters()},
        "grads": {k: flat(p.grad) for k, p in model.named_parameters()},
        "buffers": buffers, "evaluated": flat(model(batches[-1])), "out": list(y.shape[1:]),
    })

path = pathlib.Path(__file__).with_name("layers.json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in out) + "\n]\n")
