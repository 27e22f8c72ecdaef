"""Writes layers.json: what PyTorch's layers make of numbers, and their gradients.

Every case is a Sequential in double precision that is run `passes` times in
training, the loss being the sum of the outputs times `c`. Kept are the weights,
the outputs and gradients of the last pass, that of the input too, the buffers
after it, and the outputs in evaluation. Run by hand,
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


class GRU(nn.GRU):
    """The states of all time steps, or the last."""

    def __init__(self, *args, every=False, **kwargs):
        super().__init__(*args, batch_first=True, **kwargs)
        self.every = every

    def forward(self, x):
        states, _ = super().forward(x)
        return states if self.every else states[:, -1]


class Transpose(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


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
    ("conv2d, dilated", ["conv2d 2 kernel=2x3 dilation=3x2 padding=2x1 stride=1x2"], [2, 5, 5],
     nn.Sequential(nn.Conv2d(2, 2, (2, 3), dilation=(3, 2), padding=(2, 1), stride=(1, 2)))),
    ("conv2d of groups", ["conv2d 6 kernel=2 groups=2 padding=1", "tanh", "conv2d 3 kernel=3 groups=3 bias=false"], [4, 3, 3],
     nn.Sequential(nn.Conv2d(4, 6, 2, groups=2, padding=1), nn.Tanh(), nn.Conv2d(6, 3, 3, groups=3, bias=False))),
    ("conv2d, depthwise separable", ["conv2d 6 kernel=3 groups=3 dilation=2 padding=2 bias=false", "relu", "conv2d 2 kernel=1"], [3, 4, 3],
     nn.Sequential(nn.Conv2d(3, 6, 3, groups=3, dilation=2, padding=2, bias=False), nn.ReLU(), nn.Conv2d(6, 2, 1))),
    ("dense without bias", ["dense 4 bias=false", "tanh", "dense 3 bias=false"], [3],
     nn.Sequential(nn.Linear(3, 4, bias=False), nn.Tanh(), nn.Linear(4, 3, bias=False))),
    ("conv1d", ["conv1d 4 kernel=3 stride=2 padding=2 dilation=2", "tanh", "conv1d 2 kernel=2 groups=2 bias=false"], [3, 8],
     nn.Sequential(nn.Conv1d(3, 4, 3, stride=2, padding=2, dilation=2), nn.Tanh(), nn.Conv1d(4, 2, 2, groups=2, bias=False))),
    ("pools of sequences", ["conv1d 2 kernel=1", "max-pool 3 stride=2 padding=1", "avg-pool 2 stride=1", "flatten"], [2, 9],
     nn.Sequential(nn.Conv1d(2, 2, 1), nn.MaxPool1d(3, stride=2, padding=1), nn.AvgPool1d(2, stride=1), nn.Flatten())),
    ("max-pool, padded", ["conv2d 2 kernel=1", "max-pool 3x2 stride=2x3 padding=1 ceil=true"], [1, 6, 5],
     nn.Sequential(nn.Conv2d(1, 2, 1), nn.MaxPool2d((3, 2), stride=(2, 3), padding=1, ceil_mode=True))),
    ("max-pool, incomplete windows", ["max-pool 3 stride=2 ceil=true"], [2, 6, 4], nn.Sequential(nn.MaxPool2d(3, stride=2, ceil_mode=True))),
    ("max-pool, the last window outside", ["max-pool 2 stride=3 ceil=true"], [1, 6, 7], nn.Sequential(nn.MaxPool2d(2, stride=3, ceil_mode=True))),
    ("avg-pool, padded", ["avg-pool 3x2 stride=2x3 padding=1 ceil=true"], [2, 6, 5],
     nn.Sequential(nn.AvgPool2d((3, 2), stride=(2, 3), padding=1, ceil_mode=True))),
    ("avg-pool, padding not counted", ["avg-pool 3 stride=2 padding=1 count_include_pad=false"], [2, 5, 4],
     nn.Sequential(nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False))),
    ("avg-pool, incomplete windows", ["avg-pool 3 stride=2 ceil=true"], [1, 6, 4], nn.Sequential(nn.AvgPool2d(3, stride=2, ceil_mode=True))),
    ("adaptive-avg-pool", ["adaptive-avg-pool 3x2"], [2, 7, 5], nn.Sequential(nn.AdaptiveAvgPool2d((3, 2)))),
    ("adaptive-max-pool", ["adaptive-max-pool 2x4"], [2, 5, 3], nn.Sequential(nn.AdaptiveMaxPool2d((2, 4)))),
    ("adaptive-avg-pool of a sequence", ["adaptive-avg-pool 3"], [2, 8], nn.Sequential(nn.AdaptiveAvgPool1d(3))),
    ("adaptive-max-pool of a sequence", ["adaptive-max-pool 5"], [2, 7], nn.Sequential(nn.AdaptiveMaxPool1d(5))),
    ("global-avg-pool", ["global-avg-pool", "dense 2"], [3, 4, 3], nn.Sequential(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), nn.Linear(3, 2))),
    ("global-max-pool", ["global-max-pool", "dense 2"], [3, 7], nn.Sequential(nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten()), nn.Linear(3, 2))),
    ("group-norm of images", ["conv2d 4 kernel=2", "group-norm 2", "tanh"], [2, 3, 4],
     nn.Sequential(nn.Conv2d(2, 4, 2), nn.GroupNorm(2, 4), nn.Tanh())),
    ("group-norm of rows", ["dense 6", "group-norm groups=3 eps=0.01"], [4], nn.Sequential(nn.Linear(4, 6), nn.GroupNorm(3, 6, eps=0.01))),
    ("batch-norm of a sequence, slower", ["batch-norm momentum=0.03 eps=0.001", "conv1d 2 kernel=2"], [3, 4],
     nn.Sequential(nn.BatchNorm1d(3, momentum=0.03, eps=0.001), nn.Conv1d(3, 2, 2))),
    ("layer-norm, softer", ["layer-norm eps=0.1", "dense 2"], [5], nn.Sequential(nn.LayerNorm(5, eps=0.1), nn.Linear(5, 2))),
    ("leaky_relu of another slope", ["dense 6", "leaky_relu slope=0.2"], [3], nn.Sequential(nn.Linear(3, 6), nn.LeakyReLU(0.2))),
    ("elu of another alpha", ["dense 6", "elu alpha=0.3"], [3], nn.Sequential(nn.Linear(3, 6), nn.ELU(0.3))),
    ("gru", ["gru 4", "dense 2"], [5, 3], nn.Sequential(GRU(3, 4), nn.Linear(4, 2))),
    ("gru, all states", ["gru hidden=3 return_sequences=true"], [6, 2], nn.Sequential(GRU(2, 3, every=True))),
    ("gru behind another, without biases", ["gru 3 return_sequences=true bias=false", "tanh", "gru 2 bias=false"], [4, 2],
     nn.Sequential(GRU(2, 3, every=True, bias=False), nn.Tanh(), GRU(3, 2, bias=False))),
    ("gru of one step", ["gru 3"], [1, 4], nn.Sequential(GRU(4, 3))),
    ("embedding, transposed", ["embedding num=7 dim=3", "transpose", "conv1d 2 kernel=2", "transpose", "gru 2"], [5],
     nn.Sequential(nn.Embedding(7, 3), Transpose(), nn.Conv1d(3, 2, 2), Transpose(), GRU(2, 2))),
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
    else:
        batches[-1].requires_grad_()
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
        "dx": [] if x.grad is None else flat(x.grad),
        "buffers": buffers, "evaluated": flat(model(batches[-1])), "out": list(y.shape[1:]),
    })

path = pathlib.Path(__file__).with_name("layers.json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in out) + "\n]\n")
