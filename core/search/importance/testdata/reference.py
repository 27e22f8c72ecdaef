#!/usr/bin/python3
"""Writes reference.json: trials, their fANOVA importances by Optuna, and PED-ANOVA
importances computed from the formulas of the paper with SciPy.

Usage: reference.py > reference.json (Optuna 3.1, scikit-learn 1.2, SciPy 1.10)
"""
import json
import math
import sys
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import create_trial
from scipy.stats import norm

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.default_rng(230410255)

# path, kind, low, high, log, step; a choice has high + 1 values, whose index is used
AXES = [
    ("lr", "float", 1e-4, 1.0, True, 0.0),
    ("momentum", "float", 0.0, 0.95, False, 0.0),
    ("layers", "int", 1, 8, False, 0.0),
    ("batch", "int", 1, 128, True, 0.0),
    ("sparsity", "float", 0.0, 1.0, False, 0.25),
    ("activation", "choice", 0, 3, False, 0.0),
]


def draw(axis):
    _, kind, low, high, log, step = axis
    if kind == "choice":
        return float(rng.integers(0, high + 1))
    x = math.exp(rng.uniform(math.log(low), math.log(high))) if log else rng.uniform(low, high)
    if kind == "int":
        return float(rng.integers(low, high + 1)) if not log else float(round(x))
    return round(x / step) * step if step else float("%.6g" % x)


def inner(axis, x):
    return math.log(x) if axis[4] else x


def density(cells, size, choice):
    """The Parzen estimate in each of size cells."""
    n = len(cells)
    total = np.zeros(size)
    if choice:
        kernels = len(set(cells)) + 1
        for c in cells:
            row = np.full(size, 1 / kernels)
            row[c] += 1
            total += row / row.sum()
        total += 1 / size
        return total / (n + 1)
    x = np.sort(cells)
    first = x[max(0, n // 4 - 1)] if n >= 4 else x[0]
    third = x[min(n - 1, 3 * n // 4)]
    sigma = max(1.059 * min((third - first) / 1.34, np.std(x, ddof=1)) * n**-0.2, 0.5 / 1.64)
    grid = np.arange(size)

    def window(mu, s):
        p = norm.cdf((grid + 0.5 - mu) / s) - norm.cdf((grid - 0.5 - mu) / s)
        return p / p.sum()

    for c in cells:
        total += window(c, sigma)
    total += window((size - 1) / 2, size)
    return total / (n + 1)


def pedanova(axis, xs, ys):
    _, kind, low, high, log, step = axis
    if kind == "choice":
        size, cells = high + 1, [int(x) for x in xs]
    else:
        size = 50
        if kind == "int" and log:
            size = min(50, math.ceil(math.log2(high - low + 1)) + 1)
        elif kind == "int" or step:
            size = min(50, round((high - low) / (step or 1)) + 1)
        grid = np.linspace(inner(axis, low), inner(axis, high), size)
        half = (grid[1] - grid[0]) / 2
        cells = [int(np.searchsorted(grid, inner(axis, x) - half)) for x in xs]
    cut = np.sort(ys)[max(2, math.ceil(0.1 * len(ys))) - 1]
    top = density([c for c, y in zip(cells, ys) if y <= cut], size, kind == "choice") + 1e-12
    every = density(cells, size, kind == "choice") + 1e-12
    return float(every @ (top / every - 1) ** 2)


def objective(name, p):
    lr = math.log10(p["lr"])
    if name == "one axis":
        return (lr + 2) ** 2 + 0.01 * p["momentum"]
    if name == "all axes":
        return ((lr + 2) ** 2 + 0.8 * p["momentum"] + 0.1 * abs(p["layers"] - 3)
                + 0.02 * math.log(p["batch"]) + 0.3 * p["sparsity"] + [0, 1.5, 0.4, 0.1][int(p["activation"])])
    return [0, 3, 1, 5][int(p["activation"])] + 0.4 * (lr + 2) ** 2 * (1 + p["momentum"])  # mostly a choice


cases = []
for name, n in [("one axis", 120), ("all axes", 300), ("mostly a choice", 60)]:
    points = [[draw(a) for a in AXES] for _ in range(n)]
    values = [objective(name, dict(zip([a[0] for a in AXES], p))) for p in points]
    study = optuna.create_study()
    spaces = {a[0]: CategoricalDistribution([str(i) for i in range(a[3] + 1)]) if a[1] == "choice"
              else FloatDistribution(inner(a, a[2]), inner(a, a[3])) for a in AXES}
    for p, v in zip(points, values):
        params = {a[0]: str(int(x)) if a[1] == "choice" else min(max(inner(a, x), inner(a, a[2])), inner(a, a[3])) for a, x in zip(AXES, p)}
        study.add_trial(create_trial(value=v, params=params, distributions=spaces))
    fanova = FanovaImportanceEvaluator(seed=1).evaluate(study)
    ped = [pedanova(a, [p[i] for p in points], values) for i, a in enumerate(AXES)]
    cases.append({
        "name": name, "points": [[float("%.6g" % x) for x in p] for p in points], "values": values,
        "fanova": [fanova[a[0]] for a in AXES], "pedanova": [v / sum(ped) for v in ped]})

json.dump({"axes": [dict(zip(["path", "kind", "low", "high", "log", "step"], a)) for a in AXES], "cases": cases}, sys.stdout)
print()
