"""Writes curvature.json, which the tests of core/curvature are held against.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    go test descent/core/curvature -run PyTorch -write   # writes states.json: weights trained by descent
    python3 reference.py

Of each network it computes the exact Hessian of the loss over all rows by PyTorch in
float64, its largest eigenvalue, that of P^(-1/2) H P^(-1/2) with Adam's P = sqrt(v / (1 - beta2^t)) + eps,
and the noise of the gradient from the gradients of single rows by numpy.
"""

import json
import os

import numpy
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)
torch.set_num_threads(2)


def network(widths, flat, x):
    at = 0
    for i, (n, m) in enumerate(zip(widths, widths[1:])):
        w = flat[at : at + n * m].reshape(m, n)
        b = flat[at + n * m : at + n * m + m]
        at += n * m + m
        x = x @ w.T + b
        if i + 2 < len(widths):
            x = torch.tanh(x)
    assert at == len(flat)
    return x


def curvature(s):
    x = torch.tensor(s["X"]).reshape(-1, s["Layers"][0])
    y = torch.tensor(s["Y"]).reshape(-1, s["Layers"][-1])
    w = torch.tensor(s["Weights"], requires_grad=True)
    loss = lambda flat: ((network(s["Layers"], flat, x) - y) ** 2).mean()
    value = loss(w)
    gradient = torch.autograd.grad(value, w, create_graph=True)[0]
    rows = [torch.autograd.grad(g, w, retain_graph=True)[0].numpy() for g in gradient]
    hessian = numpy.array(rows)
    hessian = (hessian + hessian.T) / 2
    eigenvalues = numpy.linalg.eigvalsh(hessian)
    out = {
        "Name": s["Name"],
        "Loss": float(value),
        "Gradient": float(gradient.norm()),
        "Largest": float(eigenvalues[-1]),
        "Least": float(eigenvalues[0]),
        "Preconditioned": 0.0,
        "Limit": 2 / s["LR"],
        "Weights": float((w.detach() ** 2).sum()),
    }
    if "Square" in s:
        v = numpy.array(s["Square"]) / (1 - s["Beta2"] ** s["Step"])
        root = 1 / numpy.sqrt(numpy.sqrt(v) + s["Eps"])
        out["Preconditioned"] = float(numpy.linalg.eigvalsh(root[:, None] * hessian * root[None, :])[-1])
        out["Limit"] = (2 + 2 * s["Beta1"]) / ((1 - s["Beta1"]) * s["LR"])
    each = []
    for i in range(len(x)):
        one = ((network(s["Layers"], w, x[i : i + 1]) - y[i : i + 1]) ** 2).mean()
        each.append(torch.autograd.grad(one, w)[0].numpy())
    each = numpy.array(each)
    out["Trace"] = float(each.var(axis=0, ddof=1).sum())
    out["Square"] = float((each.mean(axis=0) ** 2).sum() - out["Trace"] / len(each))
    return out


def main():
    with open(os.path.join(HERE, "states.json")) as f:
        states = json.load(f)
    lines = [json.dumps(curvature(s), sort_keys=True) for s in states]
    with open(os.path.join(HERE, "curvature.json"), "w") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
