"""Writes the images that core/images_test.go reads, in every layout in which a
user may have them, and PyTorch's losses on them.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 images.py

Images of 1, 3 and 4 channels, none of them square, lie as N×H×W×C and N×C×H×W
arrays and as CSV files. images.json has for each case a preset and the loss of
its first three steps. PyTorch is given N×C×H×W for convolutions and the rows as
they lie in the file for a flat network.
"""

import json
import os
import struct

import numpy
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.manual_seed(1)
HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, HEIGHT, WIDTH, CLASSES, STEPS, RATE = 5, 4, 6, 2, 3, 0.1


def path(name):
    return os.path.join(HERE, name)


def write_safetensors(name, tensors):
    header, data = {}, b""
    for key, t in tensors.items():
        raw = struct.pack("<%dd" % t.numel(), *t.reshape(-1).tolist())
        header[key] = {"dtype": "F64", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with open(path(name), "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + data)


def write_csv(name, rows):
    with open(path(name), "w") as f:
        f.write(",".join("p%d" % i for i in range(rows.shape[1])) + ",label\n")
        for row, label in zip(rows, labels):
            f.write(",".join(str(v) for v in row) + ",%d\n" % label)


def conv(channels):
    return nn.Sequential(nn.Conv2d(channels, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(2 * (HEIGHT - 2) * (WIDTH - 2), CLASSES))


def flat(channels):
    return nn.Sequential(nn.Linear(channels * HEIGHT * WIDTH, CLASSES))


def losses(model, x, start):
    model.load_state_dict(start)
    out = []
    for _ in range(STEPS):
        value = nn.functional.cross_entropy(model(x), torch.tensor(labels, dtype=torch.long))
        out.append(value.item())
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= RATE * p.grad
    return out


def case(name, data, model, x, start, weights, augment=""):
    lines = ["[data]", *data, "[model]", 'weights = "%s.safetensors"' % weights]
    if weights.startswith("conv"):
        lines += ["input = [%d, %d, %d]" % (x.shape[1], HEIGHT, WIDTH), 'stack = ["conv2d 2 kernel=3", "tanh", "flatten", "dense 2"]']
    else:
        lines += ["layers = [%d, %d]" % (x.shape[1], CLASSES)]
    lines += ["[loss]", 'name = "cross-entropy"', "[optimizer]", 'name = "gd"', "lr = %s" % RATE, "[train]", "batch = 0"]
    if augment:
        lines += ["[augment]", augment + " = 1.0"]
    cases.append({"name": name, "preset": "\n".join(lines) + "\n", "losses": losses(model, x, start)})


rng = numpy.random.RandomState(1)
labels = rng.randint(0, CLASSES, ROWS).astype("<i4")
numpy.save(path("labels.npy"), labels)
cases = []
for channels in (1, 3, 4):
    last = rng.randint(0, 256, (ROWS, HEIGHT, WIDTH, channels)).astype("uint8")
    first = numpy.ascontiguousarray(last.transpose(0, 3, 1, 2))
    numpy.save(path("hwc%d.npy" % channels), last)
    numpy.save(path("chw%d.npy" % channels), first)
    x = torch.tensor(first / 255.0)
    model, start = {}, {}
    for kind, make in (("conv", conv), ("flat", flat)):
        m = make(channels)
        start[kind] = {k: v.clone() for k, v in m.state_dict().items()}
        model[kind] = m
        write_safetensors("%s%d.safetensors" % (kind, channels), start[kind])
    lies = {"hwc": torch.tensor(last / 255.0).reshape(ROWS, -1), "chw": x.reshape(ROWS, -1)}
    for layout in ("hwc", "chw"):
        files = ['file = "%s%d.npy"' % (layout, channels), 'labels = "labels.npy"']
        name = "%s of %d channels" % (layout, channels)
        shape = "shape = [%d, %d, %d]" % (HEIGHT, WIDTH, channels)
        case(name, files, model["conv"], x, start["conv"], "conv%d" % channels)
        case(name + ", data.shape", files + [shape], model["conv"], x, start["conv"], "conv%d" % channels)
        case(name + ", flat", files + [shape], model["flat"], lies[layout], start["flat"], "flat%d" % channels)
        for knob, axis in (("flip", 3), ("flip_vertical", 2)):
            case(name + ", " + knob, files, model["conv"], x.flip(axis), start["conv"], "conv%d" % channels, knob)
    if channels == 3:
        small = (first // 64).astype("uint8")
        x = torch.tensor(small.astype("float64"))
        write_csv("hwc3.csv", small.transpose(0, 2, 3, 1).reshape(ROWS, -1))
        write_csv("chw3.csv", small.reshape(ROWS, -1))
        for name, file, shape in (
            ("table, channels last", "hwc3.csv", "shape = [4, 6, 3]"),
            ("table, channels first", "chw3.csv", "shape = [3, 4, 6]"),
            ("table, channels first, by layout", "chw3.csv", 'shape = [4, 6, 3]\nlayout = "chw"'),
            ("table, channels last, by layout and model.input", "hwc3.csv", 'layout = "hwc"'),
        ):
            case(name, ['file = "%s"' % file, shape], model["conv"], x, start["conv"], "conv3")

with open(path("images.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
