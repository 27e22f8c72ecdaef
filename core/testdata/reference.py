"""Writes the fixtures that the tests of core/ are held against.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 reference.py

It writes the data sets (*.csv) and initial weights (*.safetensors) as a user
would have them, and in cases.json the preset of each case with PyTorch's loss
at each of 200 full-batch steps in float64; masks.json has PyTorch's pruning
masks, grids.json weights rounded by plain tensor operations.

A trajectory proves something only where rounding does not steer it. So every
case runs again with its rows in other orders, which changes nothing but the
order of sums; where a loss moves by 1e-11 of itself, the rate is halved.
"""

import csv
import json
import os
import struct

import torch
from torch import nn
from torch.nn.utils import prune

STEPS = 200
HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def path(name):
    return os.path.join(HERE, name)


def write_json(name, value):
    """One line for each item of the list, or key of the object."""
    dump = lambda v: json.dumps(v, separators=(",", ":"))
    if isinstance(value, list):
        lines, ends = [dump(v) for v in value], "[]"
    else:
        lines, ends = [dump(k) + ":" + dump(v) for k, v in value.items()], "{}"
    with open(path(name), "w") as f:
        f.write(ends[0] + "\n" + ",\n".join(lines) + "\n" + ends[1] + "\n")


# Data sets and initial weights.


def write_csv(name, inputs, targets, x, y):
    with open(path(name + ".csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(inputs + targets)
        for row, label in zip(x.tolist(), y.tolist()):
            w.writerow([repr(v) for v in row] + [repr(v) for v in label])


def write_safetensors(name, tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, t in tensors:
        code, dtype = {torch.float64: ("d", "F64"), torch.float32: ("f", "F32")}[t.dtype]
        raw = struct.pack("<%d%s" % (t.numel(), code), *t.flatten().tolist())
        header[key] = {"dtype": dtype, "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    with open(path(name), "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + data)


def make_data():
    g = torch.Generator().manual_seed(7)
    x = torch.randn(24, 4, generator=g)
    y = torch.stack([torch.sin(x[:, 0]) + 0.5 * x[:, 1], x[:, 2] * x[:, 3] - x[:, 0]], 1)
    y += 0.1 * torch.randn(24, 2, generator=g)
    y[3, 0] += 4  # an outlier, for huber
    write_csv("numbers", ["a", "b", "c", "d"], ["u", "v"], x, y)

    xc = torch.randn(30, 3, generator=g)
    c = (torch.atan2(xc[:, 1], xc[:, 0]) / 2.1 + 1.5).long().clamp(0, 2)
    write_csv("classes", ["a", "b", "c"], ["class"], xc, c[:, None])

    xb = torch.randn(28, 3, generator=g)
    b = torch.stack([(xb[:, 0] + xb[:, 1] > 0).double(), (xb[:, 2] ** 2 > 0.5).double()], 1)
    write_csv("flags", ["a", "b", "c"], ["up", "far"], xb, b.long())
    return {"numbers": (x, y, ["u", "v"]), "classes": (xc, c, ["class"]), "flags": (xb, b, ["up", "far"])}


SIZES = {"numbers": [4, 7, 6, 2], "classes": [3, 8, 3], "flags": [3, 6, 2]}
ACTIVATIONS = {"identity": nn.Identity, "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def network(sizes, activation):
    layers = []
    for i, o in zip(sizes, sizes[1:]):
        layers += [nn.Linear(i, o), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


# Cases: what a preset says and what PyTorch makes of it.


def optimizer_of(params, name, lr, o):
    """The optimizer, and the decoupled decay that it does not know itself."""
    o = dict(o)
    decay = o.pop("weight_decay", 0.0)
    apart = decay if o.pop("decoupled", False) else 0.0
    l2 = 0.0 if apart else decay
    if name in ("gd", "sgd"):
        return torch.optim.SGD(params, lr=lr, weight_decay=l2, **o), apart
    if name == "momentum":
        return torch.optim.SGD(params, lr=lr, weight_decay=l2, **{"momentum": 0.9, **o}), apart
    if name == "adagrad":
        return torch.optim.Adagrad(params, lr=lr, weight_decay=l2, **o), apart
    if name == "rmsprop":
        return torch.optim.RMSprop(params, lr=lr, weight_decay=l2, **o), apart
    assert name == "adam"
    o["betas"] = (o.pop("beta1", 0.9), o.pop("beta2", 0.999))
    if apart:
        return torch.optim.AdamW(params, lr=lr, weight_decay=apart, **o), 0.0
    return torch.optim.Adam(params, lr=lr, weight_decay=l2, **o), 0.0


def loss_of(name, o):
    if name == "mse":
        return nn.MSELoss()
    if name == "cross-entropy":
        return nn.CrossEntropyLoss(**o)
    if name == "huber":
        return nn.HuberLoss(**o)
    assert name == "bce"
    return nn.BCEWithLogitsLoss()


def train(case, data, order):
    x, y, _ = data[case["data"]]
    x, y = x[order], y[order]
    net = network(SIZES[case["data"]], case["activation"])
    net.load_state_dict(case["start"])
    name, lr, options = case["optimizer"]
    opt, apart = optimizer_of(net.parameters(), name, lr, options)
    loss = loss_of(*case["loss"])
    schedule = None
    if case["schedule"] is not None:
        t_max = case["schedule"].get("t_max", STEPS)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, t_max, case["schedule"].get("eta_min", 0.0))
    losses = []
    for _ in range(STEPS):
        opt.zero_grad()
        value = loss(net(x), y)
        losses.append(value.item())
        value.backward()
        if case["clip"]:
            nn.utils.clip_grad_norm_(net.parameters(), case["clip"])
        if apart:
            with torch.no_grad():
                for p in net.parameters():
                    p.mul_(1 - opt.param_groups[0]["lr"] * apart)
        opt.step()
        if schedule:
            schedule.step()
    return losses


def steady(case, data):
    """The losses, and by how much of itself one moves when the rows change places."""
    rows = len(data[case["data"]][0])
    losses, shift = train(case, data, torch.arange(rows)), 0.0
    for seed in range(3):
        other = train(case, data, torch.randperm(rows, generator=torch.Generator().manual_seed(seed)))
        shift = max([shift] + [abs(a - b) / abs(a) for a, b in zip(losses, other)])
    return losses, shift


def toml(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    return json.dumps(v) if not isinstance(v, float) else repr(v)


def preset(case, targets):
    def table(name, pairs):
        return ["[%s]" % name] + ["%s = %s" % (k, toml(v)) for k, v in pairs]

    name, lr, options = case["optimizer"]
    loss, loss_options = case["loss"]
    lines = table("data", [("file", case["data"] + ".csv"), ("target", targets), ("validation", 0)])
    lines += table("model", [("layers", SIZES[case["data"]]), ("activation", case["activation"]), ("weights", case["data"] + ".safetensors")])
    lines += table("loss", [("name", loss)] + list(loss_options.items()))
    lines += table("optimizer", [("name", name), ("lr", lr)] + list(options.items()))
    if case["schedule"] is not None:
        lines += table("schedule", [("name", "cosine")] + list(case["schedule"].items()))
    clip = [("clip_norm", case["clip"])] if case["clip"] else []
    lines += table("train", [("batch", 0), ("steps", STEPS)] + clip)
    return "\n".join(lines) + "\n"


def make_cases(data, starts):
    cases = []

    def add(name, optimizer, on="numbers", activation="tanh", loss=("mse", {}), clip=0, schedule=None):
        case = {"data": on, "activation": activation, "loss": loss, "clip": clip, "schedule": schedule, "start": starts[on]}
        kind, lr, options = optimizer
        shift = 1.0
        while shift > 1e-11:  # a rate at which the run is steady
            assert lr > 1e-4, name
            case["optimizer"] = (kind, lr, options)
            losses, shift = steady(case, data)
            lr /= 2
        print("%-52s lr %-8g %8.4f to %-8.4f shift %.1e" % (name, 2 * lr, losses[0], losses[-1], shift))
        cases.append({"name": name, "preset": preset(case, data[on][2]), "losses": losses})

    decay, apart = {"weight_decay": 0.01}, {"weight_decay": 0.02, "decoupled": True}
    settings = {
        "gd": (0.05, [{}, decay, apart]),
        "sgd": (0.1, [{}, decay, apart]),
        "momentum": (0.02, [{}, {"momentum": 0.5}, {"momentum": 0.95, "dampening": 0.5}, {"momentum": 0.0}, decay, apart]),
        "adagrad": (0.05, [{}, {"lr_decay": 0.01}, {"initial_accumulator_value": 0.5}, {"eps": 0.01, "lr_decay": 0.001}, decay, apart]),
        "rmsprop": (0.002, [{}, {"alpha": 0.9}, {"momentum": 0.5}, {"centered": True}, {"centered": True, "momentum": 0.5, "alpha": 0.95}, {"eps": 0.001}, decay, apart]),
        "adam": (0.005, [{}, {"beta1": 0.8, "beta2": 0.95}, {"beta1": 0.0}, {"amsgrad": True}, {"amsgrad": True, "beta2": 0.9}, {"eps": 0.001}, decay, apart, {**apart, "amsgrad": True}]),
    }
    for name, (lr, variants) in settings.items():
        for o in variants:
            add(" ".join([name] + ["%s=%s" % (k, toml(v)) for k, v in o.items()]), (name, lr, o))

    add("clip sgd", ("sgd", 0.2, {}), clip=0.5)
    add("clip before L2", ("sgd", 0.2, {"weight_decay": 0.1}), clip=0.25)
    add("clip adam", ("adam", 0.005, {}), clip=0.1)
    add("cosine over the run", ("sgd", 0.2, {}), schedule={})
    add("cosine up again, eta_min", ("momentum", 0.02, {}), schedule={"t_max": 60, "eta_min": 0.002})
    add("cosine adamw", ("adam", 0.01, apart), schedule={"eta_min": 0.0001})

    for activation in ACTIVATIONS:
        for on, loss in [("numbers", ("mse", {})), ("classes", ("cross-entropy", {})), ("flags", ("bce", {}))]:
            add("%s %s" % (activation, loss[0]), ("momentum", 0.02, {}), on, activation, loss)
    for on, loss in [
        ("classes", ("cross-entropy", {"label_smoothing": 0.1})),
        ("classes", ("cross-entropy", {"label_smoothing": 1.0})),
        ("numbers", ("huber", {})),
        ("numbers", ("huber", {"delta": 0.25})),
        ("numbers", ("huber", {"delta": 3.5})),
        ("flags", ("mse", {})),
    ]:
        add(" ".join([loss[0], on] + ["%s=%s" % (k, toml(v)) for k, v in loss[1].items()]), ("adam", 0.01, {}), on, "tanh", loss)
    write_json("cases.json", cases)


# Masks and grids.


def make_masks(start):
    keys = [k for k in start if k.endswith("weight")]
    out = []
    for sparsity in [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0]:
        for scope in ["global", "layer"]:
            layers = [nn.Linear(start[k].shape[1], start[k].shape[0]) for k in keys]
            for l, k in zip(layers, keys):
                l.weight.data.copy_(start[k])
            if scope == "global":
                prune.global_unstructured([(l, "weight") for l in layers], prune.L1Unstructured, amount=sparsity)
            else:
                for l in layers:
                    prune.l1_unstructured(l, "weight", amount=sparsity)
            bits = ["".join(str(int(v)) for v in l.weight_mask.flatten().tolist()) for l in layers]
            out.append({"sparsity": sparsity, "scope": scope, "masks": dict(zip(keys, bits))})
    write_json("masks.json", out)


def make_grids():
    w = torch.randn(6, 5, generator=torch.Generator().manual_seed(3))
    w[1] = 0  # a row of zeros
    w[2, 3] = 0
    w[4] = torch.tensor([-1.0, -0.5, 0.5, 1.0, 0.25])  # halves lie between two stops
    out = []
    for bits in range(1, 17):
        for granularity in ["tensor", "channel"]:
            rows = w.reshape(1, -1) if granularity == "tensor" else w
            if bits == 1:
                q = torch.sign(rows) * rows.abs().mean(1, keepdim=True)
            else:
                scale = rows.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 1)
                q = torch.where(scale > 0, scale * torch.round(rows / scale), rows)
            out.append({"bits": bits, "granularity": granularity, "weights": q.flatten().tolist()})
    write_json("grids.json", {"rows": 6, "cols": 5, "weights": w.flatten().tolist(), "cases": out})


def main():
    data = make_data()
    starts = {}
    for i, (name, sizes) in enumerate(SIZES.items()):
        torch.manual_seed(i + 1)
        starts[name] = network(sizes, "tanh").state_dict()
        write_safetensors(name + ".safetensors", starts[name].items())
    # In another order, in float32, and with what a writer may add.
    mixed = [(k, t.float()) for k, t in reversed(list(starts["classes"].items()))]
    write_safetensors("classes_f32.safetensors", mixed, {"format": "pt"})
    write_json("classes_f32.json", {k: t.double().flatten().tolist() for k, t in mixed})
    make_cases(data, starts)
    make_masks(starts["numbers"])
    make_grids()


if __name__ == "__main__":
    main()
