"""Writes reference.json: what scikit-learn says of a Gaussian process with a Matern 5/2
kernel, and log EI and log Phi in many digits by mpmath.

    /usr/bin/python3 reference.py
"""

import json

import mpmath as mp
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

rng = np.random.default_rng(5)


def process(n, d, signal, noise):
    x = rng.random((n, d))
    y = np.sin(5 * x[:, 0]) + x.sum(axis=1) ** 2 + 0.1 * rng.standard_normal(n)
    y = (y - y.mean()) / y.std()
    lengths = 0.3 + rng.random(d)
    kernel = ConstantKernel(signal, "fixed") * Matern(lengths, "fixed", nu=2.5)
    model = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(x, y)
    noisy = GaussianProcessRegressor(kernel + WhiteKernel(noise, "fixed"), alpha=0, optimizer=None).fit(x, y)
    at = rng.random((5, d)) * 1.4 - 0.2
    mean, deviation = model.predict(at, return_std=True)
    return {
        "x": x.tolist(), "y": y.tolist(), "scales": (1 / lengths**2).tolist(), "signal": signal, "noise": noise,
        "at": at.tolist(), "mean": mean.tolist(), "variance": (deviation**2).tolist(),
        "likelihood": float(noisy.log_marginal_likelihood()),
    }


mp.mp.dps = 60


def tails(z):
    z = mp.mpf(z)
    h = mp.npdf(z) + z * mp.ncdf(z)
    return {"z": float(z), "log_h": float(mp.log(h)), "log_cdf": float(mp.log(mp.ncdf(z)))}


out = {
    "processes": [process(7, 1, 1.0, 0.01), process(40, 3, 2.5, 1e-3), process(100, 6, 0.7, 0.05)],
    "tails": [tails(z) for z in (-1e5, -300, -40, -25.5, -24.5, -14, -6, -2, -1.01, -0.99, -0.3, 0, 0.7, 3, 12)],
}
with open("reference.json", "w") as f:
    json.dump(out, f, indent=1)
    f.write("\n")
