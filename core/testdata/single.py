"""Writes single.json: the losses of the cases in cases.json as PyTorch has them in float32.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 single.py [OPTIMIZER...]

Of a run for some names alone, all other cases stay as they were written. Kept is every tenth loss. In float32 rounding alone moves a loss, the more the longer
a run: so every case runs again with its rows in other orders, which changes the order
of sums, and `spread` is by how much of itself a loss moved at most. Where updates hang
on signs alone (rprop, lion), orders change no weight until a sign turns: so every case
also runs from weights and at a rate moved by their last bit. `steady` is for how many
steps no loss moved by 1e-5 in either way.
"""

import csv
import json
import os
import struct
import sys
import tomllib

import torch

import reference

EVERY, BOUND, ORDERS, STARTINGS = 10, 1e-5, 3, 2
torch.set_default_dtype(torch.float32)


def table(name):
    """The rows of a file: inputs, and targets as its loss takes them."""
    with open(reference.path(name + ".csv")) as f:
        head, *rows = csv.reader(f)
    values = torch.tensor([[float(v) for v in row] for row in rows], dtype=torch.float64)
    inputs = reference.SIZES[name][0]
    y = values[:, inputs:]
    return values[:, :inputs].float(), y[:, 0].long() if name == "classes" else y.float()


def weights(name):
    with open(reference.path(name + ".safetensors"), "rb") as f:
        (long,) = struct.unpack("<Q", f.read(8))
        head, body = json.loads(f.read(long)), f.read()
    out = {}
    for key, t in head.items():
        a, b = t["data_offsets"]
        assert t["dtype"] == "F64"
        out[key] = torch.tensor(struct.unpack("<%dd" % ((b - a) // 8), body[a:b]), dtype=torch.float64).reshape(t["shape"]).float()
    return out


def options(table):
    return {k: v for k, v in table.items() if k != "name"}


def case_of(preset, steps):
    p = tomllib.loads(preset)
    optimizer, schedule = options(p["optimizer"]), p.get("schedule")
    return {
        "steps": steps,
        "data": p["data"]["file"].removesuffix(".csv"),
        "activation": p["model"]["activation"],
        "loss": (p["loss"]["name"], options(p["loss"])),
        "optimizer": (p["optimizer"]["name"], optimizer.pop("lr"), optimizer),
        "schedule": schedule and (schedule["name"], options(schedule)),
        "clip": p["train"].get("clip_norm", 0),
        "start": STARTS[p["data"]["file"].removesuffix(".csv")],
    }


def loss_of(name, o):
    """That of reference.py with its constants in float32."""
    if name == "kl":
        kl = torch.nn.KLDivLoss(reduction="batchmean")
        return lambda x, y: kl(torch.nn.functional.log_softmax(x, 1), torch.nn.functional.one_hot(y, x.shape[1]).float())
    loss = DOUBLE_LOSS(name, o)
    return loss.float() if isinstance(loss, torch.nn.Module) else loss


def shaken(start, seed):
    """Every weight is one of its neighbours in float32."""
    g = torch.Generator().manual_seed(seed)
    return {k: torch.nextafter(w, w + torch.randn(w.shape, generator=g)) for k, w in start.items()}


def move(a, b):
    if a != a or b != b:
        return float("inf")
    return abs(a - b) / (abs(a) or 1)


def main():
    with open(reference.path("cases.json")) as f:
        cases = json.load(f)
    only, before, out = sys.argv[1:], {}, []
    if only:
        with open(reference.path("single.json")) as f:
            before = {c["name"]: c for c in json.load(f)}
    for c in cases:
        if c["name"] in before and c["name"].split()[0] not in only:
            out.append(before[c["name"]])
            continue
        case = case_of(c["preset"], len(c["losses"]))
        rows = len(DATA[case["data"]][0])
        losses, _ = reference.train(case, DATA, torch.arange(rows))
        spread, steady = 0.0, len(losses)
        for seed in range(ORDERS + STARTINGS):
            order, again = torch.arange(rows), case
            if seed < ORDERS:
                order = torch.randperm(rows, generator=torch.Generator().manual_seed(seed))
            else:
                kind, lr, options = case["optimizer"]
                lr *= 1 + (-1) ** seed * torch.finfo(torch.float32).eps
                again = {**case, "start": shaken(case["start"], seed), "optimizer": (kind, lr, options)}
            moves = [move(a, b) for a, b in zip(losses, reference.train(again, DATA, order)[0])]
            spread = max([spread] + (moves if seed < ORDERS else []))
            steady = min([steady] + [i for i, m in enumerate(moves) if m >= BOUND])
        away = max(move(a, b) for a, b in zip(c["losses"], losses))
        print("%-60s spread %.1e, steady for %d of %d, %.1e from float64" % (c["name"], spread, steady, len(losses), away))
        out.append({"name": c["name"], "spread": float("%.2g" % spread), "steady": steady, "losses": [float("%.9g" % v) for v in losses[:: EVERY]]})
    reference.write_json("single.json", out)


if __name__ == "__main__":
    DATA = {name: (*table(name), None) for name in reference.SIZES}
    STARTS = {name: weights(name) for name in reference.SIZES}
    DOUBLE_LOSS, reference.loss_of = reference.loss_of, loss_of
    main()
