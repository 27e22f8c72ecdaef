#!/usr/bin/python3
"""Losses with weights of rows, classes and positive targets, and with soft labels, by PyTorch.

    /usr/bin/python3 weights.py

It writes weights.json beside itself.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from sklearn.utils.class_weight import compute_class_weight

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)

cases = []


def case(name, knobs, out, values, classes=None, rows=None, counts=None, loss=None):
    out.requires_grad_(True)
    value = loss(out)
    value.backward()
    cases.append({
        "loss": name, "knobs": knobs, "cols": out.shape[1], "out": out.detach().flatten().tolist(), "values": values.flatten().tolist(),
        "classes": None if classes is None else classes.tolist(), "rows": None if rows is None else rows.tolist(), "counts": counts,
        "value": value.item(), "grad": out.grad.flatten().tolist(),
    })


def mean(losses, rows):
    return (losses * rows).sum() / rows.sum()


n, k = 6, 4
classes = torch.tensor([1, 0, 3, 1, 1, 2])
onehot = F.one_hot(classes, k).double()
soft = torch.rand(n, k)
soft = soft / soft.sum(1, keepdim=True)
w = torch.tensor([2.0, 0.5, 1.0, 3.0])
rows = torch.tensor([0.0, 1.0, 2.5, 1.0, 0.3, 4.0])
x = lambda *size: 3 * torch.randn(*size)  # noqa: E731
text = lambda t: [str(v) for v in t.tolist()]  # noqa: E731

# soft labels
case("cross-entropy", {}, x(n, k), soft, loss=lambda o: F.cross_entropy(o, soft))
case("cross-entropy", {"loss.weights": text(w)}, x(n, k), soft, loss=lambda o: F.cross_entropy(o, soft, weight=w))
case("cross-entropy", {"loss.label_smoothing": 0.2}, x(n, k), soft, loss=lambda o: F.cross_entropy(o, soft, label_smoothing=0.2))
case("cross-entropy", {"loss.label_smoothing": 0.2, "loss.weights": text(w)}, x(n, k), soft, loss=lambda o: F.cross_entropy(o, soft, weight=w, label_smoothing=0.2))
case("cross-entropy", {}, x(n, k), soft, rows=rows, loss=lambda o: mean(F.cross_entropy(o, soft, reduction="none"), rows))

# balanced classes: of 60 training rows
counts = [30, 6, 0, 24]
y = [0] * 30 + [1] * 6 + [3] * 24
present = compute_class_weight("balanced", classes=[0, 1, 3], y=y)
balanced = torch.tensor([present[0], present[1], 1.0, present[2]])
case("cross-entropy", {"loss.class_weight": "balanced"}, x(n, k), onehot, classes, counts=counts, loss=lambda o: F.cross_entropy(o, classes, weight=balanced))
case("cross-entropy", {"loss.class_weight": "balanced", "loss.weights": text(w)}, x(n, k), onehot, classes, counts=counts, loss=lambda o: F.cross_entropy(o, classes, weight=balanced * w))

# positive weights
binary = (torch.rand(n, 3) < 0.4).double()
p = torch.tensor([3.0, 0.5, 1.0])
case("bce", {"loss.pos_weight": text(p)}, x(n, 3), binary, loss=lambda o: F.binary_cross_entropy_with_logits(o, binary, pos_weight=p))
case("bce", {"loss.pos_weight": ["5"]}, x(n, 3), binary, loss=lambda o: F.binary_cross_entropy_with_logits(o, binary, pos_weight=torch.tensor([5.0])))
case("bce", {"loss.class_weight": "balanced"}, x(n, 3), binary, counts=[10, 45, 0], loss=lambda o: F.binary_cross_entropy_with_logits(o, binary, pos_weight=torch.tensor([5.0, 15 / 45, 1.0])))

# weights of rows
numbers = torch.randn(n, 2)
case("mse", {}, x(n, 2), numbers, rows=rows, loss=lambda o: mean(F.mse_loss(o, numbers, reduction="none").mean(1), rows))
case("mae", {}, x(n, 2), numbers, rows=rows, loss=lambda o: mean(F.l1_loss(o, numbers, reduction="none").mean(1), rows))
case("huber", {}, x(n, 2), numbers, rows=rows, loss=lambda o: mean(F.huber_loss(o, numbers, reduction="none").mean(1), rows))
case("cross-entropy", {}, x(n, k), onehot, classes, rows, loss=lambda o: mean(F.cross_entropy(o, classes, reduction="none"), rows))
case("cross-entropy", {"loss.weights": text(w)}, x(n, k), onehot, classes, rows,
     loss=lambda o: (F.cross_entropy(o, classes, weight=w, reduction="none") * rows).sum() / (w[classes] * rows).sum())
case("bce", {"loss.pos_weight": text(p)}, x(n, 3), binary, rows=rows, loss=lambda o: mean(F.binary_cross_entropy_with_logits(o, binary, pos_weight=p, reduction="none").mean(1), rows))

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1).replace("\n   ", "") + "\n")
