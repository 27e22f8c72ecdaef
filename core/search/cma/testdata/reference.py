"""Writes reference.json: where the CMA-ES of Debian's python3-cmaes (0.9.1) moves its
distribution, plain and with margin, told made-up generations.

    /usr/bin/python3 reference.py
"""

import json

import numpy as np
from cmaes import CMA, CMAwM

rng = np.random.default_rng(3)
out = {"plain": [], "margin": []}
for d, lam in ((2, 6), (5, 8), (5, 12)):
    opt = CMA(mean=np.full(d, 0.4), sigma=0.2, population_size=lam, seed=d)
    generations = []
    for _ in range(9):
        x = np.array([opt.ask() for _ in range(lam)])
        x = x[np.argsort(((x - 0.7) ** 2 * np.arange(1, d + 1)).sum(axis=1))]
        opt.tell([(v, i) for i, v in enumerate(x)])
        generations.append({"members": x.tolist(), "mean": opt._mean.tolist(), "covariance": (opt._sigma**2 * opt._C).ravel().tolist()})
    out["plain"].append({"mean": [0.4] * d, "sigma": 0.2, "generations": generations})

# One dimension with the values 0.1, 0.3, 0.5, 0.7 and 0.9, and two that are continuous.
for lam in (6, 10):
    opt = CMAwM(mean=np.array([0.52, 0.4, 0.4]), sigma=0.15, bounds=np.array([[0.1, 0.9], [-5, 5], [-5, 5]]),
                steps=np.array([0.2, 0, 0]), population_size=lam, seed=lam)
    generations = []
    for _ in range(9):
        x = np.array([opt.ask()[1] for _ in range(lam)])
        x = x[np.argsort((x[:, 0] - 0.71) ** 2 + ((x[:, 1:] - 0.7) ** 2).sum(axis=1))]
        opt.tell([(v, i) for i, v in enumerate(x)])
        generations.append({"members": x.tolist(), "mean": opt._cma._mean.tolist(), "stretch": opt._A.tolist(),
                            "covariance": (opt._cma._sigma**2 * opt._cma._C).ravel().tolist()})
    out["margin"].append({"mean": [0.52, 0.4, 0.4], "sigma": 0.15, "generations": generations})

with open("reference.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
