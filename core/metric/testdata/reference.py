"""Writes reference.json: the metrics of made-up outputs, by scikit-learn 1.2.

    /usr/bin/python3 reference.py > reference.json
"""
import json
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def averages(y, g, w, two):
    out = {}
    for name, f in (("f1", m.f1_score), ("precision", m.precision_score), ("recall", m.recall_score)):
        usual = dict(average="binary", pos_label=1) if two else dict(average="macro")
        out[name] = f(y, g, sample_weight=w, zero_division=0, **usual)
        for by in ("macro", "weighted", "micro"):
            out[f"{name}_{by}"] = f(y, g, sample_weight=w, zero_division=0, average=by)
    return out


def by_output(hot, p, w, f, empty):
    """The mean over the outputs that have what f needs."""
    out = [f(hot[:, j], p[:, j], sample_weight=w) for j in range(p.shape[1]) if not empty(hot[:, j])]
    return float(np.mean(out)) if out else None


def calibration(p, y, g, w):
    said, total, error = p.max(1), w.sum(), 0.0
    said = p[np.arange(len(g)), g]
    at = np.minimum((15 * said).astype(int), 14)
    for b in range(15):
        if (at == b).any():
            v = w[at == b]
            error += abs(np.average(said[at == b], weights=v) - np.average((g == y)[at == b], weights=v)) * v.sum() / total
    return error


def classes(y, z, p, w, two):
    k = p.shape[1]
    g = (z[:, 0] > 0).astype(int) if z.shape[1] == 1 else z.argmax(1)
    every = list(range(k))
    v = np.ones(len(y)) if w is None else w
    hot = np.eye(k)[y]
    one = lambda t: t.all() or not t.any()
    out = averages(y, g, w, two)
    out["accuracy"] = m.accuracy_score(y, g, sample_weight=w)
    out["balanced_accuracy"] = m.balanced_accuracy_score(y, g, sample_weight=w)
    out["mcc"] = m.matthews_corrcoef(y, g, sample_weight=w)
    out["kappa"] = m.cohen_kappa_score(y, g, sample_weight=w)
    out["log_loss"] = m.log_loss(y, p, sample_weight=w, labels=every)
    out["ece"] = calibration(p, y, g, v)
    for n in (2, 3, 5):
        out[f"top{n}_accuracy"] = 1.0 if n >= k else m.top_k_accuracy_score(y, p, k=n, sample_weight=w, labels=every)
    if two:
        out["auc"] = None if one(y) else m.roc_auc_score(y, p[:, 1], sample_weight=w)
        out["average_precision"] = m.average_precision_score(y, p[:, 1], sample_weight=w) if y.any() else None
        out["brier"] = m.brier_score_loss(y, p[:, 1], sample_weight=w)
    else:
        out["auc"] = by_output(hot, p, w, m.roc_auc_score, one)
        out["average_precision"] = by_output(hot, p, w, m.average_precision_score, lambda t: not t.any())
        out["brier"] = np.average(((p - hot) ** 2).sum(1), weights=v)
        if len(set(y)) == k and np.allclose(p.sum(1), 1):
            assert abs(out["auc"] - m.roc_auc_score(y, p, sample_weight=w, multi_class="ovr")) < 1e-14
    parts = m.precision_recall_fscore_support(y, g, sample_weight=w, labels=every, zero_division=0)
    return out, [list(map(float, part)) for part in zip(*parts)]


def labels(y, z, p, w):
    g = (p > 0.5).astype(int)
    v = np.ones(len(y)) if w is None else w
    out = averages(y, g, w, False)
    out["accuracy"] = np.average((g == y).mean(1), weights=v)
    out["auc"] = m.roc_auc_score(y, p, sample_weight=w, average="macro")
    out["average_precision"] = m.average_precision_score(y, p, sample_weight=w, average="macro")
    out["log_loss"] = np.mean([m.log_loss(y[:, j], p[:, j], sample_weight=w, labels=[0, 1]) for j in range(y.shape[1])])
    out["brier"] = np.mean([m.brier_score_loss(y[:, j], p[:, j], sample_weight=w) for j in range(y.shape[1])])
    parts = m.precision_recall_fscore_support(y, g, sample_weight=w, zero_division=0)
    return out, [list(map(float, part)) for part in zip(*parts)]


def numbers(y, p, w, tau):
    v = np.ones(len(y)) if w is None else w
    return {
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "mse": m.mean_squared_error(y, p, sample_weight=w),
        "rmse": m.mean_squared_error(y, p, sample_weight=w, squared=False),
        "r2": m.r2_score(y, p, sample_weight=w) if len(y) > 1 else None,
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w),
        "median_error": m.median_absolute_error(y, p, sample_weight=w),
        "max_error": max(m.max_error(y[:, j], p[:, j]) for j in range(y.shape[1])),
        "explained_variance": m.explained_variance_score(y, p, sample_weight=w),
        "pinball": m.mean_pinball_loss(y, p, sample_weight=w, alpha=tau),
        "coverage": np.average((y <= p).mean(1), weights=v),
    }


cases = []


def case(name, reads, z, w=None, **more):
    c = dict(name=name, reads=reads, outputs=z.tolist(), weights=None if w is None else w.tolist())
    if reads == "numbers":
        y, mean, deviation, tau = more["y"], more.get("mean"), more.get("deviation"), more.get("tau", 0.5)
        c.update(values=y.tolist(), tau=tau)
        if mean is not None:
            c.update(mean=mean.tolist(), deviation=deviation.tolist())
            y, z = y * deviation + mean, z * deviation + mean
        scores, c["byclass"] = numbers(y, z, w, tau), []
    elif reads == "labels":
        y = more["y"]
        c["values"] = y.tolist()
        scores, c["byclass"] = labels(y, z, sigmoid(z), w)
    else:
        y = more["y"]
        if z.shape[1] == 1:
            p = sigmoid(z)
            p = np.hstack([1 - p, p])
        else:
            p = softmax(z) if reads == "softmax" else sigmoid(z)
        c["classes"] = y.tolist()
        scores, c["byclass"] = classes(y, z, p, w, p.shape[1] == 2)
    c["scores"] = {k: None if v is None or np.isnan(v) else float(v) for k, v in scores.items()}
    cases.append(c)


n = 30
weights = rng.uniform(0, 3, n).round(2)
y = rng.integers(0, 2, n)
z = (rng.normal(0, 1.5, (n, 1)) + (2 * y[:, None] - 1)).round(3)
case("two classes by one output", "sigmoid", z, y=y)
case("two classes by one output, weighted", "sigmoid", z, weights, y=y)
case("two classes by one output, with ties", "sigmoid", (z * 2).round() / 2, weights, y=y)
case("two classes by two outputs", "softmax", np.hstack([-z, z]), y=y)
case("one class alone, some found", "sigmoid", z, y=np.ones(n, int))
case("one class alone, which is the first", "sigmoid", z, y=np.zeros(n, int))
case("one class alone, all found", "sigmoid", np.full((n, 1), 2.5), y=np.ones(n, int))
case("always the first class", "sigmoid", np.full((n, 1), -1.5), y=y)
case("sure of itself", "sigmoid", z * 100, weights, y=y)

y = rng.integers(0, 4, n)
z = (rng.normal(0, 1, (n, 4)) + 1.5 * np.eye(4)[y]).round(3)
case("four classes", "softmax", z, y=y)
case("four classes, weighted", "softmax", z, weights, y=y)
case("four classes, three rows alike each", "softmax", np.repeat(z[:10], 3, axis=0), y=y)
case("four classes, by log-odds", "sigmoid", z, weights, y=y)
case("four classes, sure of itself", "softmax", z * 400, y=y)
case("always one of four classes", "softmax", np.tile([0.0, 1, 0, 0], (n, 1)), y=y)
case("one of four classes alone", "softmax", z, y=np.full(n, 2))

y = rng.choice([0, 1, 4], n)
z = (rng.normal(0, 1, (n, 6)) + 1.5 * np.eye(6)[y]).round(3)
z[:, 5] = -9
case("classes that no row has", "softmax", z, y=y)
case("classes that no row has, weighted", "softmax", z, weights, y=y)

y = (rng.uniform(size=(n, 3)) < [0.5, 0.2, 0.8]).astype(int)
z = (rng.normal(0, 1.5, (n, 3)) + (2 * y - 1)).round(3)
case("three labels", "labels", z, y=y)
case("three labels, weighted", "labels", z, weights, y=y)
case("a label that is never said", "labels", z - [0, 50, 0], y=y)

y = rng.normal(0, 1, (n, 1)).round(3)
p = (y + rng.normal(0, 0.5, (n, 1))).round(3)
case("numbers", "numbers", p, y=y)
case("numbers, weighted", "numbers", p, weights, y=y, tau=0.9)
case("numbers in units of the data", "numbers", p, weights, y=y, mean=np.array([120.5]), deviation=np.array([33.25]), tau=0.1)
case("numbers, an odd number of rows", "numbers", p[:29], y=y[:29])
case("targets that are all equal", "numbers", p, y=np.full((n, 1), 3.0))
case("targets that are all equal, and found", "numbers", np.full((n, 1), 3.0), y=np.full((n, 1), 3.0))
case("targets of 0", "numbers", p, y=(y > 0).astype(float))
case("a single row", "numbers", p[:1], y=y[:1])
y = rng.normal(0, 1, (n, 3)).round(3)
p = (y * [1, 0.5, -1] + rng.normal(0, 0.5, (n, 3))).round(3)
case("three numbers", "numbers", p, y=y)
case("three numbers in units of the data", "numbers", p, weights, y=y, mean=np.array([1.0, -50, 0.001]), deviation=np.array([2.0, 1000, 1e-4]), tau=0.75)

print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
