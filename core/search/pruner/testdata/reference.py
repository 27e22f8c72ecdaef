#!/usr/bin/python3
"""Writes reference.json: decisions of Optuna's pruners and p-values of SciPy.

Usage: reference.py > reference.json (Optuna 3.1, SciPy 1.10)
"""
import json
import math
import sys
import warnings

import numpy as np
import optuna
import scipy.stats
from optuna.pruners import _successive_halving
from optuna.trial import TrialState, create_trial

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.default_rng(20180604)


def text(values):
    """Numbers as strings, since JSON has neither NaN nor infinities."""
    return [repr(float(v)) for v in values]


def curve(steps):
    """A curve that falls, with noise; some diverge."""
    a, b = rng.uniform(0, 1), rng.uniform(0.5, 3)
    values = a + b * np.exp(-np.asarray(steps) / rng.uniform(2, 20)) + rng.normal(0, 0.2, len(steps))
    at = rng.integers(0, len(steps)) if len(steps) else 0
    kind = rng.uniform()
    if kind < 0.15 and len(steps):
        values[at:] = math.nan
    elif kind < 0.25 and len(steps):
        values[at:] = values[at:] + np.arange(len(steps) - at)
    elif kind < 0.3 and len(steps):
        values[at] = math.nan
    return values.round(2)  # so that some tie


def steps_of(most):
    steps = np.arange(1, most + 1)
    return steps[rng.uniform(size=most) < rng.choice([1.0, 0.9])].tolist()


def case(name, options, pruner):
    study = optuna.create_study(pruner=pruner)
    others = []
    for _ in range(rng.integers(3, 14)):
        state = TrialState.PRUNED if rng.uniform() < 0.25 else TrialState.COMPLETE
        steps = steps_of(rng.integers(1, 25) if state == TrialState.PRUNED else 25)
        values = curve(steps)
        final = values[-1] if len(values) and np.isfinite(values[-1]) else 9.0
        study.add_trial(create_trial(
            state=state, value=final if state == TrialState.COMPLETE else None,
            intermediate_values={int(s): float(v) for s, v in zip(steps, values)}))
        others.append({"complete": state == TrialState.COMPLETE, "steps": steps, "values": text(values)})
    trial = study.ask()
    steps = steps_of(rng.integers(1, 25))
    values = curve(steps)
    stop = []
    for s, v in zip(steps, values):
        trial.report(float(v), int(s))
        stop.append(bool(pruner.prune(study, study._storage.get_trial(trial._trial_id))))
    return {"pruner": name, "options": options, "others": others, "steps": steps, "values": text(values), "stop": stop}


cases = []
for i in range(12):
    startup, warmup = int(rng.integers(1, 9)), int(rng.choice([0, 0, 5]))
    cases.append(case("median", {"Startup": startup, "MinSteps": warmup},
                      optuna.pruners.MedianPruner(startup, warmup)))
    q = float(rng.choice([0.1, 10, 25, 33, 75, 100]))
    cases.append(case("percentile", {"Percentile": q, "Startup": startup, "MinSteps": warmup},
                      optuna.pruners.PercentilePruner(q, startup, warmup)))
    patience = int(rng.integers(1, 8))
    cases.append(case("patience", {"Patience": patience}, optuna.pruners.PatientPruner(None, patience)))
    lower, upper = float(rng.uniform(-0.2, 0.5)), float(rng.uniform(1, 3))
    cases.append(case("threshold", {"Lower": lower, "Upper": upper, "MinSteps": warmup},
                      optuna.pruners.ThresholdPruner(lower, upper, n_warmup_steps=warmup)))
cases.append(case("median", {}, optuna.pruners.MedianPruner()))
cases.append(case("percentile", {}, optuna.pruners.PercentilePruner(25.0)))

promotable = []
for _ in range(30):
    factor = int(rng.integers(2, 5))
    competing = rng.uniform(size=rng.integers(factor, 30)).round(3)
    promotable.append({
        "factor": factor, "values": text(competing),
        "promoted": [bool(_successive_halving._is_trial_promotable_to_next_rung(
            v, list(competing), factor, optuna.study.StudyDirection.MINIMIZE)) for v in competing]})

brackets = []
for factor, most in [(3, 81), (4, 256), (4, 1000), (2, 64)]:
    pruner = optuna.pruners.HyperbandPruner(1, most, factor)
    pruner._try_initialization(optuna.create_study())
    brackets.append({"factor": factor, "steps": most, "trials": pruner._trial_allocation_budgets})

signed_rank = []
for n in [1, 2, 3, 4, 5, 6, 8, 12, 20, 33, 50, 51, 80]:
    for kind in ["plain", "zeros", "ties"]:
        d = rng.normal(0.3, 1, n)
        if kind == "zeros":
            d = d.round(0)
            d[0] = 0
        if kind == "ties":
            d = d.round(1)
            d[d == 0] = 0.1
        if kind == "ties" and n <= 50:  # which SciPy 1.10 computes as if there were none
            if n > 12:
                continue
            ranks = scipy.stats.rankdata(abs(d))
            sums = [sum(r for i, r in enumerate(ranks) if k >> i & 1) for k in range(2**n)]
            p = np.mean(np.asarray(sums) >= ranks[d > 0].sum() - 1e-9)
        else:
            p = scipy.stats.wilcoxon(d, alternative="greater", zero_method="zsplit").pvalue
        signed_rank.append({"differences": text(d), "p": float(p)})

json.dump({"cases": cases, "promotable": promotable, "brackets": brackets, "signed_rank": signed_rank},
          sys.stdout)
print()
