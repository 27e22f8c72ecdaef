"""Writes files as torch.save writes them, and in values.json what is in them.

Run by hand, next to this file, with Debian's python3-torch (PyTorch 1.13, CPU):

    python3 reference.py

In values.json an object for each file: its tensors by name, the shape and the
elements as hexadecimal floats, so that they can be compared to the bit.
"""

import collections
import json
import os

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
values = {}


def plain(t):
    numbers = t.detach().contiguous().flatten()
    if numbers.dtype not in (torch.int64, torch.uint8, torch.bool):
        numbers = numbers.double()
    return {"shape": list(t.shape), "data": [float(v).hex() for v in numbers.tolist()]}


def write(name, value, weights, **how):
    torch.save(value, os.path.join(HERE, name), **how)
    values[name] = {k: plain(v) for k, v in weights.items()}


torch.manual_seed(0)
base = torch.tensor([0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 6e-8, 3.0, -2.0, 0.333251953125, 200.0, 7.0], dtype=torch.float64)

dtypes = collections.OrderedDict()
for kind in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
    dtypes[str(kind)[6:]] = base.to(kind).reshape(3, 4)
for kind in (torch.int64, torch.int32, torch.int16, torch.int8):
    dtypes[str(kind)[6:]] = torch.tensor([0, -1, 100, -128, 127]).to(kind)
dtypes["uint8"] = torch.tensor([0, 1, 200, 255], dtype=torch.uint8)
dtypes["bool"] = torch.tensor([[True], [False]])
dtypes["scalar"] = torch.tensor(2**53)
dtypes["empty"] = torch.zeros(0, 3)
dtypes["tiny"] = torch.tensor([5e-324, 1.7976931348623157e308, float("inf"), float("-inf")], dtype=torch.float64)
dtypes["tiny32"] = torch.tensor([1e-45, 3.4028234663852886e38], dtype=torch.float32)
write("dtypes.pt", dtypes, dtypes)

# Views: transposed, cut, with steps, expanded, of one storage, from an offset.
m = torch.arange(24, dtype=torch.float32).reshape(4, 6)
views = {
    "whole": m, "transposed": m.t(), "cut": m[1:3, 2:5], "steps": m[::2, ::3], "column": m[:, 1], "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
    "permuted": torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1), "channels_last": torch.arange(16.0).reshape(1, 2, 2, 4).contiguous(memory_format=torch.channels_last),
    "none": m[2:2], "one": m[3, 5],
}
write("views.pt", views, views)

net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)).double()
optimizer = torch.optim.Adam(net.parameters())
net(torch.ones(2, 1, 4, 4, dtype=torch.float64)).sum().backward()
optimizer.step()
write("module.pt", net.state_dict(), net.state_dict())
write("old.pt", net.state_dict(), net.state_dict(), _use_new_zipfile_serialization=False)
write("oldviews.pth", views, views, _use_new_zipfile_serialization=False)
checkpoint = {
    "epoch": 3, "best": 0.25, "args": {"lr": 1e-3, "name": "net", "sizes": [1, 2], "flags": (True, None), "set": {1, 2}, "big": 1 << 70},
    "size": torch.Size([2, 3]), "device": torch.device("cuda", 1), "dtype": torch.bfloat16, "bytes": b"\x00\x01", "defaults": collections.defaultdict(int, {"a": 1}),
    "model_state_dict": net.state_dict(), "optimizer_state_dict": optimizer.state_dict(), "loss": torch.tensor(0.5),
}
write("checkpoint.pt", checkpoint, net.state_dict())
parameters = {k: p for k, p in net.named_parameters()}
write("parameters.pt", parameters, parameters)
write("list.pt", list(net.parameters()), {str(i): p for i, p in enumerate(net.parameters())})
for protocol in (3, 4, 5):
    write("protocol%d.pt" % protocol, checkpoint, net.state_dict(), pickle_protocol=protocol)

# What is refused.
torch.save(net, os.path.join(HERE, "whole.pt"))
torch.save({"gan": {"a": m}, "critic": {"a": m}}, os.path.join(HERE, "two.pt"))
torch.save({"a": torch.zeros(2, dtype=torch.complex64)}, os.path.join(HERE, "complex.pt"))
torch.save({"a": m.to_sparse()}, os.path.join(HERE, "sparse.pt"))
torch.save({"a": m.numpy()}, os.path.join(HERE, "numpy.pt"))
torch.save({"epoch": 3}, os.path.join(HERE, "nothing.pt"))


class Run:
    def __init__(self, f, *args):
        self.f, self.args = f, args

    def __reduce__(self):
        return self.f, self.args


torch.save({"a": m, "b": Run(os.system, "echo it ran")}, os.path.join(HERE, "system.pt"))
torch.save({"a": m, "b": Run(eval, "1")}, os.path.join(HERE, "eval.pt"), pickle_protocol=4)
torch.save({"a": m, "b": Run(torch.storage._load_from_bytes, b"x")}, os.path.join(HERE, "bytes.pt"))

with open(os.path.join(HERE, "values.json"), "w") as f:
    f.write("{\n" + ",\n".join('"%s": %s' % (k, json.dumps(v)) for k, v in values.items()) + "\n}\n")
