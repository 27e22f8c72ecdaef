"""Writes parzen.json: log-densities of Parzen estimators by Optuna and SciPy.

    python3 parzen.py > parzen.json

The estimator is Optuna's own (optuna 3.1: weights with their ramp, the prior kernel,
smoothed categories, masses of steps), with three changes, in which Optuna 5 differs from
3.1 and the sampler follows 5:

- the bandwidths are gaps to neighbours, the prior's mean not among them, for several
  axes too, where 3.1 has Scott's rule or counts the prior's mean as a neighbour;
- the log-density of a truncated normal is SciPy's: that of 3.1 lacks −log σ;
- integers on a log scale have the mass of their step, where 3.1 has a density.
"""
import json
import warnings

import numpy as np
from optuna import distributions as d
from optuna.samplers._tpe import parzen_estimator as pe
from optuna.samplers._tpe.sampler import default_weights
from scipy import stats

warnings.simplefilter("ignore")
rng = np.random.RandomState(7)
PARAMETERS = pe._ParzenEstimatorParameters(True, 1.0, True, False, default_weights, False)


def logpdf(x, a, b, loc=0, scale=1):
    return stats.truncnorm.logpdf(x, a, b, loc=loc, scale=scale)


pe.truncnorm.logpdf = logpdf


class Estimator(pe._ParzenEstimator):
    def _calculate_numerical_params(self, observations, name):
        low, high, n = self._low[name], self._high[name], len(observations)
        width = high - low
        sigma = np.full(n, width)
        for i, x in enumerate(observations):
            others = np.delete(observations, i)
            if n == 1:
                sigma[i] = max(x - low, high - x)
                continue
            gaps = []
            # Of equal observations the one before counts as smaller.
            less = [o for j, o in enumerate(observations) if j != i and (o < x or (o == x and j < i))]
            more = [o for j, o in enumerate(observations) if j != i and (o > x or (o == x and j > i))]
            if less:
                gaps.append(x - max(less))
            if more:
                gaps.append(min(more) - x)
            sigma[i] = max(gaps)
        sigma = np.clip(sigma, width / min(100.0, n + 2.0), width)
        return np.append(observations, 0.5 * (low + high)), np.append(sigma, width)

    def log_pdf(self, samples):
        log_ints = [k for k, v in self._search_space.items() if isinstance(v, d.IntDistribution) and v.log]
        if not log_ints:
            return super().log_pdf(samples)
        (name,) = log_ints  # alone in its space
        mu, sigma = self._mus[name], self._sigmas[name]
        low, high = self._low[name], self._high[name]
        x = samples[name][:, None]
        mass = stats.norm.cdf((np.log(x + 0.5) - mu) / sigma) - stats.norm.cdf((np.log(x - 0.5) - mu) / sigma)
        mass /= stats.norm.cdf((high - mu) / sigma) - stats.norm.cdf((low - mu) / sigma)
        return np.log(mass @ self._weights)


def axis(path, kind, low=0, high=0, log=False, step=0, choices=None):
    a = {"path": path, "kind": kind}
    if kind == "choice":
        return {**a, "choices": choices}
    a.update(low=low, high=high)
    if log:
        a["log"] = True
    if step:
        a["step"] = step
    return a


def distribution(a):
    if a["kind"] == "choice":
        return d.CategoricalDistribution(a["choices"])
    if a["kind"] == "int":
        return d.IntDistribution(a["low"], a["high"], log=a.get("log", False), step=a.get("step", 1))
    return d.FloatDistribution(a["low"], a["high"], log=a.get("log", False), step=a.get("step"))


def draw(a, n):
    if a["kind"] == "choice":
        return rng.randint(len(a["choices"]), size=n).astype(float)
    low, high = a["low"], a["high"]
    step = a.get("step", 1 if a["kind"] == "int" else 0)
    if a.get("log"):
        x = np.exp(rng.uniform(np.log(low), np.log(high), size=n))
    else:
        x = rng.uniform(low, high, size=n)
    return low + np.round((x - low) / step) * step if step else x


LR = axis("lr", "float", 1e-5, 1, log=True)
X = axis("x", "float", -5, 10)
STEP = axis("width", "float", 0.5, 2.5, step=0.25)
BATCH = axis("batch", "int", 8, 128, step=8)
COUNT = axis("count", "int", 1, 1000, log=True)
FINE = axis("fine", "int", 0, 1000000)
NAME = axis("name", "choice", choices=["sgd", "adam", "lion"])

cases = []
for axes in [[X], [LR], [STEP], [BATCH], [COUNT], [FINE], [NAME], [X, LR], [LR, BATCH, NAME], [X, STEP, FINE, NAME]]:
    for n in [0, 1, 2, 7, 25, 26, 27, 60, 150]:
        observed = {a["path"]: draw(a, n) for a in axes}
        points = {a["path"]: draw(a, 8) for a in axes}
        space = {a["path"]: distribution(a) for a in axes}
        integer = {k: v.astype(int) if isinstance(space[k], d.CategoricalDistribution) else v for k, v in points.items()}
        density = Estimator(observed, space, PARAMETERS).log_pdf(integer)
        cases.append({
            "axes": axes,
            "observed": [list(observed[a["path"]]) for a in axes],
            "points": [list(points[a["path"]]) for a in axes],
            "log": list(density),
        })

print("[")
print(",\n".join(json.dumps(c) for c in cases))
print("]")
