#!/usr/bin/python3
"""Chained schedules, and schedules that cycle the momentum, by torch in float64.

    /usr/bin/python3 schedules.py

Run by hand, next to this file and behind reference.py, whose classes.csv and
classes.safetensors it reads, with Debian's python3-torch (PyTorch 1.13). It writes
schedules.json, in the form of finetune.json.
"""

import json

import finetune
import torch
from finetune import CE, SHAPE, W, X, Y, forward, leaves, path

T, S = torch.optim, torch.optim.lr_scheduler
STEPS = 30
cases = []


def run(name, knobs, make, schedule):
    p = leaves(W)
    o = make(list(p.values()))
    s = schedule(o)
    losses = []
    for _ in range(STEPS):
        o.zero_grad()
        v = CE(forward(p, X), Y)
        v.backward()
        losses.append(v.item())
        o.step()
        s.step()
    cases.append(finetune.case(name, knobs, {}, p, losses))


sgd = ("momentum", 0.05, lambda p: T.SGD(p, lr=0.05, momentum=0.9))
nesterov = ("nesterov", 0.05, lambda p: T.SGD(p, lr=0.05, momentum=0.9, nesterov=True))
adam = ("adam", 0.01, lambda p: T.Adam(p, lr=0.01))
adamw = ("adamw", 0.01, lambda p: T.AdamW(p, lr=0.01, weight_decay=0.01))
for name, lr, make in [sgd, nesterov, adam, adamw]:
    knobs = ["optimizer.name=" + name, "optimizer.lr=%g" % lr]
    run(
        "one-cycle " + name,
        knobs + ["schedule.name=one-cycle", "schedule.max_lr=0.06", "schedule.total_steps=%d" % (STEPS + 1), "schedule.cycle_momentum=on"],
        make, lambda o: S.OneCycleLR(o, 0.06, total_steps=STEPS + 1),
    )
for name, lr, make in [sgd, nesterov]:
    for mode in ["triangular", "triangular2"]:
        knobs = ["optimizer.name=" + name, "optimizer.lr=%g" % lr, "schedule.name=cyclic", "schedule.max_lr=0.1", "schedule.step_size_up=4", "schedule.step_size_down=6"]
        run(
            "cyclic " + name, knobs + ["schedule.mode=" + mode, "schedule.cycle_momentum=on", "schedule.base_momentum=0.7"],
            make, lambda o: S.CyclicLR(o, lr, 0.1, 4, 6, mode=mode, base_momentum=0.7, max_momentum=0.9),
        )
for name, lr, make in [sgd, adam]:
    knobs = ["optimizer.name=" + name, "optimizer.lr=%g" % lr, "schedule.name=chain"]
    run(
        "warm-up, cosine, step", knobs + ["schedule.phases=linear 5 start_factor=0.2 total_iters=0,cosine 12 eta_min=0.001,step step_size=4 gamma=0.5"],
        make, lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.2, 1, 5), S.CosineAnnealingLR(o, 12, 0.001), S.StepLR(o, 4, 0.5)], [5, 17]),
    )
    run(
        "constant, exponential, restarts", knobs + ["schedule.phases=constant 6,exponential 8 gamma=0.8,cosine-restarts t_0=3 t_mult=2"],
        make, lambda o: S.SequentialLR(o, [S.ConstantLR(o, 1), S.ExponentialLR(o, 0.8), S.CosineAnnealingWarmRestarts(o, 3, 2)], [6, 14]),
    )

if __name__ == "__main__":
    with open(path("schedules.json"), "w") as f:
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
        f.write('{"layers":%s,"cases":[\n%s\n]}\n' % (json.dumps(SHAPE), lines))
