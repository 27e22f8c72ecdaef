#!/usr/bin/python3
"""Masks of torch.nn.utils.prune, and weights rounded by plain float64 tensor operations.

    /usr/bin/python3 reference.py

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13); it
writes structured.json, schemes.json, observers.json, learned.json,
activations.json and fake.json.
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


def symmetric_grid(top, bits):
    return top / (2 ** (bits - 1) - 1)


def affine_grid(low, high, bits):
    scale = (high - low) / (2**bits - 1)
    return scale, torch.round(-low / scale)


def straight(x, rounded):
    """The value of rounded with the gradient of x."""
    return x + (rounded - x).detach()


def on_grid(v, low, high, scheme, bits):
    """v clamped to a range, with clamp's own gradient, then rounded straight through."""
    v = torch.where(v < low, low, torch.where(v > high, high, v))
    if scheme == "symmetric":
        scale, zero, least, most = symmetric_grid(high, bits), 0.0, -(2 ** (bits - 1) - 1), 2 ** (bits - 1) - 1
    else:
        (scale, zero), least, most = affine_grid(low, high, bits), 0, 2**bits - 1
    return straight(v, scale * ((torch.round(v / scale) + zero).clamp(least, most) - zero))


def extent(rows, scheme):
    if scheme == "symmetric":
        top = rows.abs().amax(1, keepdim=True)
        return -top, top
    return rows.amin(1, keepdim=True).clamp(max=0), rows.amax(1, keepdim=True).clamp(min=0)


def span(rows, scheme, observer, bits, p):
    low, high = extent(rows, scheme)
    if observer == "percentile":
        if scheme == "symmetric":
            high = torch.quantile(rows.abs(), p, dim=1, keepdim=True)
            return -high, high
        return torch.quantile(rows, 1 - p, dim=1, keepdim=True).clamp(max=0), torch.quantile(rows, p, dim=1, keepdim=True).clamp(min=0)
    if observer == "mse":
        best, least = (low, high), torch.full_like(low, float("inf"))
        for i in range(100, 0, -1):
            share = i / 100
            error = ((rows - on_grid(rows, share * low, share * high, scheme, bits)) ** 2).sum(1, keepdim=True)
            better = error < least
            best = (torch.where(better, share * low, best[0]), torch.where(better, share * high, best[1]))
            least = torch.where(better, error, least)
        return best
    return low, high


def observers():
    """Forward and the gradient of sum(dw * rounded) with respect to the weights."""
    g = torch.Generator().manual_seed(13)
    w = torch.randn(5, 20, generator=g)
    w[2] = w[2].abs() + 0.5
    w[3] *= 1e-6
    w[0, 0] = 9.0  # an outlier
    dw = torch.randn(5, 20, generator=g)
    out = []
    for granularity in ["tensor", "channel"]:
        shape = (1, -1) if granularity == "tensor" else (5, 20)
        for scheme in ["symmetric", "affine"]:
            for observer in ["min-max", "moving average", "percentile", "mse"]:
                for bits in [2, 3, 4, 8, 16]:
                    for p in [0.9, 0.999] if observer == "percentile" else [0.999]:
                        v = w.clone().requires_grad_()
                        rows = v.reshape(shape)
                        low, high = (x.detach() for x in span(rows, scheme, observer, bits, p))
                        y = on_grid(rows, low, high, scheme, bits)
                        y.backward(dw.reshape(shape))
                        out.append({"scheme": scheme, "observer": observer, "granularity": granularity, "bits": bits, "percentile": p,
                                    "weights": y.flatten().tolist(), "grad": v.grad.flatten().tolist()})
        v = w.clone().requires_grad_()
        rows = v.reshape(shape)
        s = rows.detach().abs().mean(1, keepdim=True)
        y = straight(rows, s * torch.round((rows / s).clamp(-1, 1)))  # as BitNet: w + (q(w) - w).detach()
        y.backward(dw.reshape(shape))
        out.append({"scheme": "ternary", "observer": "min-max", "granularity": granularity, "bits": 2, "percentile": 0.999,
                    "weights": y.flatten().tolist(), "grad": v.grad.flatten().tolist()})
    write("observers.json", {"rows": 5, "cols": 20, "weights": w.flatten().tolist(), "upstream": dw.flatten().tolist(), "cases": out})


def learned():
    """LSQ, as the paper's appendix A writes it, by autograd."""
    g = torch.Generator().manual_seed(14)
    w, dw = torch.randn(4, 30, generator=g), torch.randn(4, 30, generator=g)
    out = []
    for granularity in ["tensor", "channel"]:
        shape = (1, -1) if granularity == "tensor" else (4, 30)
        for bits in [2, 3, 4, 8]:
            q = 2 ** (bits - 1) - 1
            begin = 2 * w.reshape(shape).abs().mean(1, keepdim=True) / q**0.5
            for factor in [1.0, 0.3, 2.5]:
                v, s = w.clone().requires_grad_(), (factor * begin).requires_grad_()
                rows = v.reshape(shape)
                scale = 1 / (rows.shape[1] * q) ** 0.5
                step = straight(s * scale, s)  # gradscale
                u = (rows / step).clamp(-q, q)
                y = straight(u, torch.round(u)) * step
                y.backward(dw.reshape(shape))
                out.append({"granularity": granularity, "bits": bits, "begin": begin.flatten().tolist(), "steps": s.flatten().tolist(),
                            "weights": y.flatten().tolist(), "grad": v.grad.flatten().tolist(), "gradSteps": s.grad.flatten().tolist()})
    write("learned.json", {"rows": 4, "cols": 30, "weights": w.flatten().tolist(), "upstream": dw.flatten().tolist(), "cases": out})


def activations():
    """What goes into a layer over four batches: the range after each, the last batch rounded, and its gradient."""
    g = torch.Generator().manual_seed(15)
    batches = [torch.randn(6, 7, generator=g) * (1 + 0.5 * i) + 0.3 for i in range(4)]
    up = torch.randn(6, 7, generator=g)
    out = []
    for scheme in ["symmetric", "affine"]:
        for observer in ["min-max", "moving average", "percentile", "mse"]:
            for bits in [2, 4, 8]:
                ranges = []
                for i, x in enumerate(batches):
                    seen = span(x.reshape(1, -1), scheme, observer, bits, 0.95)
                    if i == 0:
                        low, high = seen
                    elif observer == "min-max":
                        low, high = torch.minimum(low, seen[0]), torch.maximum(high, seen[1])
                    else:
                        low, high = low + 0.01 * (seen[0] - low), high + 0.01 * (seen[1] - high)
                    ranges.append([low.item(), high.item()])
                x = batches[-1].clone().requires_grad_()
                y = on_grid(x.reshape(1, -1), low, high, scheme, bits)
                y.backward(up.reshape(1, -1))
                out.append({"scheme": scheme, "observer": observer, "bits": bits, "ranges": ranges,
                            "rounded": y.flatten().tolist(), "grad": x.grad.flatten().tolist()})
    write("activations.json", {"rows": 6, "cols": 7, "percentile": 0.95, "batches": [b.flatten().tolist() for b in batches], "upstream": up.flatten().tolist(), "cases": out})


def fake():
    """torch's own fake quantization, in float32, on the grids of min-max ranges."""
    g = torch.Generator().manual_seed(16)
    w = torch.randn(4, 9, generator=g).float().double()  # numbers that float32 holds
    out = []
    for scheme in ["symmetric", "affine"]:
        for bits in [2, 4, 8]:
            for granularity in ["tensor", "channel"]:
                rows = w.reshape(1, -1) if granularity == "tensor" else w
                low, high = extent(rows, scheme)
                if scheme == "symmetric":
                    scale, zero, least, most = symmetric_grid(high, bits), torch.zeros_like(high), -(2 ** (bits - 1) - 1), 2 ** (bits - 1) - 1
                else:
                    (scale, zero), least, most = affine_grid(low, high, bits), 0, 2**bits - 1
                if granularity == "tensor":
                    y = torch.fake_quantize_per_tensor_affine(w.float(), scale.item(), int(zero.item()), least, most)
                else:
                    y = torch.fake_quantize_per_channel_affine(w.float(), scale.flatten().float(), zero.flatten().int(), 0, least, most)
                out.append({"scheme": scheme, "bits": bits, "granularity": granularity, "weights": y.double().flatten().tolist()})
    write("fake.json", {"rows": 4, "cols": 9, "weights": w.flatten().tolist(), "cases": out})


structured()
schemes()
observers()
learned()
activations()
fake()
