"""Asks a sampler of Optuna for trials. Called by bench-search.

Reads a line with the study, {"sampler": ..., "seed": ..., "trials": ..., "axes": [...]},
then for each trial writes the point as a line and reads its value, until there are no
more studies.
"""
import json
import math
import sys
import warnings

import optuna
from optuna import distributions as d

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed),
    "tpe, groups": lambda seed: optuna.samplers.TPESampler(multivariate=True, group=True, constant_liar=True, seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
}


def suggest(trial, axes):
    point, raw = {}, {}
    for a in axes:
        name, when = a["path"], a.get("when")
        if when and point.get(when["path"]) not in when["in"]:
            continue
        if a["kind"] == "choice":
            index = trial.suggest_categorical(name, list(range(len(a["choices"]))))
            point[name], raw[name] = a["choices"][index], index
            continue
        low, high = a.get("low", 0), a.get("high", 0)
        if a.get("complement"):  # a log scale of 1 - x
            point[name] = raw[name] = 1 - trial.suggest_float(name, 1 - high, 1 - low, log=True)
        elif a["kind"] == "int":
            step = 1 if a.get("log") else int(a.get("step", 1))
            point[name] = raw[name] = trial.suggest_int(name, int(low), int(high), step=step, log=a.get("log", False))
        else:
            step = None if a.get("log") else a.get("step")
            point[name] = raw[name] = trial.suggest_float(name, low, high, step=step, log=a.get("log", False))
    return raw


for line in sys.stdin:
    order = json.loads(line)
    study = optuna.create_study(sampler=SAMPLERS[order["sampler"]](order["seed"]))
    for _ in range(order["trials"]):
        trial = study.ask()
        print(json.dumps(suggest(trial, order["axes"])), flush=True)
        value = json.loads(sys.stdin.readline())
        if value is None or not math.isfinite(value):
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, value)
