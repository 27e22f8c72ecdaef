#!/usr/bin/python3
"""Masks of torch.nn.utils.prune, and weights rounded by plain float64 tensor operations.

    /usr/bin/python3 reference.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13); it
writes structured.json and schemes.json.
"""

import json
import os

import torch
from torch import nn
from torch.nn.utils import prune

torch.set_default_dtype(torch.float64)
HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, content):
    with open(os.path.join(HERE, name), "w") as f:
        json.dump(content, f)


def structured():
    g = torch.Generator().manual_seed(11)
    dense, conv = torch.randn(7, 4, generator=g), torch.randn(5, 3, 2, 2, generator=g)
    out = []
    for amount in [0.2, 0.4, 0.5, 0.75, 1.0]:
        masks = []
        for w in (dense, conv):
            layer = nn.Linear(4, 7) if w is dense else nn.Conv2d(3, 5, 2)
            layer.weight.data.copy_(w)
            prune.ln_structured(layer, "weight", amount=amount, n=2, dim=0)
            masks.append("".join(str(int(v)) for v in layer.weight_mask.flatten().tolist()))
        out.append({"sparsity": amount, "masks": masks})
    write("structured.json", {"dense": dense.flatten().tolist(), "conv": conv.flatten().tolist(), "cases": out})


def affine(w, bits):
    low, high = w.amin(1, keepdim=True).clamp(max=0), w.amax(1, keepdim=True).clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return scale * ((torch.round(w / scale) + zero).clamp(0, 2**bits - 1) - zero)


def schemes():
    g = torch.Generator().manual_seed(12)
    w = torch.randn(6, 8, generator=g)
    w[3] = w[3].abs() + 0.5  # all above 0
    w[4] *= 1e-5
    out = []
    for granularity in ["tensor", "channel"]:
        rows = w.reshape(1, -1) if granularity == "tensor" else w
        for bits in [1, 2, 3, 4, 8, 12, 16]:
            out.append({"scheme": "affine", "bits": bits, "granularity": granularity, "weights": affine(rows, bits).flatten().tolist()})
        s = rows.abs().mean(1, keepdim=True)
        out.append({"scheme": "ternary", "bits": 2, "granularity": granularity, "weights": (s * torch.round((rows / s).clamp(-1, 1))).flatten().tolist()})
        out.append({"scheme": "binary", "bits": 1, "granularity": granularity, "weights": (s * torch.sign(rows)).flatten().tolist()})
    # Every finite half and bfloat16 is itself, and what lies between goes to the nearest.
    halves = torch.arange(0, 0x7C00, 7, dtype=torch.int16).view(torch.half).double()
    between = torch.cat([halves * (1 + 2.0**-13), halves * (1 - 2.0**-12.5), halves + 2.0**-26])
    values = torch.cat([halves, between, -between]).clamp(-65504, 65504)
    out.append({"scheme": "fp16", "bits": 16, "in": values.tolist(), "weights": values.half().double().tolist()})
    wide = torch.randn(3000, generator=g) * 10.0 ** torch.randint(-30, 30, (3000,), generator=g).double()
    out.append({"scheme": "bf16", "bits": 16, "in": wide.tolist(), "weights": wide.bfloat16().double().tolist()})
    write("schemes.json", {"rows": 6, "cols": 8, "weights": w.flatten().tolist(), "cases": out})


structured()
schemes()
