"""What Optuna makes of a journal, as JSON; and a journal of Optuna's own.

    journal.py read FILE...    prints a list of the studies that they hold
    journal.py make FILE       writes a journal of 13 trials: rates.journal
"""

import json
import math
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage(path):
    return optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(path))


def read(path):
    study = optuna.load_study(study_name=None, storage=storage(path))
    trials = [
        {
            "number": t.number,
            "state": t.state.name,
            "params": t.params,
            "values": t.values,
            "intermediate": {str(k): v for k, v in t.intermediate_values.items()},
            "hash": t.user_attrs.get("hash", ""),
            "distributions": {k: repr(d) for k, d in t.distributions.items()},
            "seconds": (t.datetime_complete - t.datetime_start).total_seconds() if t.datetime_complete else -1,
        }
        for t in study.trials
    ]
    best = [t.number for t in study.best_trials]
    if len(study.directions) == 1 and any(t["state"] == "COMPLETE" for t in trials):
        best = [study.best_trial.number]
    return {"name": study.study_name, "directions": [d.name for d in study.directions], "trials": trials, "best": best}


def make(path):
    study = optuna.create_study(study_name="rates", storage=storage(path), sampler=optuna.samplers.TPESampler(seed=1))

    def objective(trial):
        rate = trial.suggest_float("optimizer.lr", 1e-5, 1, log=True)
        batch = trial.suggest_int("train.batch", 8, 64)
        name = trial.suggest_categorical("optimizer.name", ["sgd", "adam"])
        if trial.number == 3:
            raise ValueError
        if trial.number == 4:
            return math.nan
        value = (math.log10(rate) + 2) ** 2 + batch / 64 + (name == "sgd")
        trial.report(value + 1, 10)
        if trial.number == 5:
            raise optuna.TrialPruned
        return value

    study.optimize(objective, n_trials=12, catch=(ValueError,))
    study.ask()  # it stays running


if sys.argv[1] == "read":
    json.dump([read(path) for path in sys.argv[2:]], sys.stdout)
else:
    make(sys.argv[2])
