#!/usr/bin/env python3
"""What scikit-learn makes of the columns of a table: columns.json, for the tests.

    python3 columns.py > columns.json
"""

import json
import warnings

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

warnings.filterwarnings("ignore")

rng = np.random.default_rng(7)
ROWS = 40
size = rng.choice(["small", "medium", "large"], ROWS)
code = rng.choice([3, 10, 200], ROWS)
town = rng.choice(["Ulm", "Bonn", "Köln"], ROWS, p=[0.2, 0.5, 0.3]).astype(object)
town[rng.random(ROWS) < 0.2] = None
age = np.round(rng.lognormal(3, 1, ROWS), 2)
age[rng.random(ROWS) < 0.25] = np.nan
count = rng.poisson(2, ROWS).astype(float)
count[rng.random(ROWS) < 0.2] = np.nan

lines = ["age,count,town,code,size,y"]
for i in range(ROWS):
    a = "" if np.isnan(age[i]) else repr(float(age[i]))
    c = "" if np.isnan(count[i]) else repr(int(count[i]))
    lines.append(f"{a},{c},{town[i] or ''},{code[i]},{size[i]},{i}")

numbers = np.column_stack([age, count])
codes = OneHotEncoder(sparse=False).fit_transform(code.reshape(-1, 1))
sizes = OrdinalEncoder(categories=[["small", "medium", "large"]]).fit_transform(size.reshape(-1, 1))
sorted_sizes = OrdinalEncoder().fit_transform(size.reshape(-1, 1))
words = SimpleImputer(strategy="most_frequent", missing_values=None).fit_transform(town.reshape(-1, 1))
words = OneHotEncoder(sparse=False, categories=[["Bonn", "Köln", "Ulm"]]).fit_transform(words)

imputed = {}
for name, strategy in {"mean": "mean", "median": "median", "mode": "most_frequent"}.items():
    x = np.column_stack([SimpleImputer(strategy=strategy).fit_transform(numbers), words, codes, sizes])
    imputed[name] = {"plain": x.tolist(), "standardized": StandardScaler().fit_transform(x).tolist()}
x = SimpleImputer(strategy="mean", add_indicator=True).fit_transform(numbers)
absent = np.array([t is None for t in town])
none = words * ~absent[:, None]
x = np.column_stack([x[:, 0], x[:, 2], x[:, 1], x[:, 3], none, absent, codes, sizes])
imputed["indicator"] = {"plain": x.tolist(), "standardized": StandardScaler().fit_transform(x).tolist()}

splits = []
for counts, held, tested in [([50, 30, 20], 0.2, 0), ([7, 11, 2], 0.25, 0), ([33, 33, 34], 0.1, 0), ([101, 57, 13, 4], 0.3, 0), ([60, 25, 15], 0.2, 0.2), ([61, 26, 7], 0.15, 0.25)]:
    y = np.repeat(np.arange(len(counts)), counts)
    n = len(y)
    n_val, n_test = int(held * n + 0.5), int(tested * n + 0.5)
    train, rest = next(StratifiedShuffleSplit(1, train_size=n - n_val - n_test, test_size=n_val + n_test, random_state=0).split(y, y))
    split = {"counts": counts, "validation": held, "test": tested, "train": np.bincount(y[train], minlength=len(counts)).tolist()}
    splits.append(split)

folds = []
for counts, k in [([50, 30, 20], 5), ([7, 11, 3], 3), ([13, 4, 9, 9], 4)]:
    y = np.repeat(np.arange(len(counts)), counts)
    sizes_of = [np.bincount(y[test], minlength=len(counts)).tolist() for _, test in StratifiedKFold(k, shuffle=True, random_state=0).split(y, y)]
    folds.append({"counts": counts, "k": k, "sizes": sizes_of})

print(json.dumps({"table": "\n".join(lines) + "\n", "imputed": imputed, "sorted_sizes": sorted_sizes[:, 0].tolist(), "splits": splits, "folds": folds}, ensure_ascii=False))
