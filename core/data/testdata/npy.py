# Writes npy.json: arrays as numpy.save writes them, in base64, and their numbers in C order.
# Run: /usr/bin/python3 npy.py > npy.json
import base64
import io
import json

import numpy as np

halves = [0, -0.0, 1, -1.5, 65504, 6e-8, 6.1e-5, 0.33325, 1 / 3, -2, 7, 0.1]
whole = [0, 1, 2, 3, 100, 5, 6, 7, 8, 9, 10, 127]
cases = []
for kind in "<f2 >f2 >f4 >f8 ?".split():
    cases.append((kind, (12,), "C"))
for kind in "|i1 |u1 >i2 >i4 >i8 >u2 >u4 >u8".split():
    cases.append((kind, (12, 1), "C"))
for kind in "<f8 >f4 |u1 ?".split():
    for shape in [(4, 3), (3, 2, 2), (2, 2, 3, 1), (2, 1, 3, 2)]:
        cases.append((kind, shape, "F"))
out = []
for kind, shape, order in cases:
    numbers = np.array(halves if kind[-2:-1] == "f" else whole).astype(kind)
    a = np.array(numbers.reshape(shape), order=order)
    file = io.BytesIO()
    np.save(file, a)
    out.append({"kind": kind, "shape": shape, "order": order, "npy": base64.b64encode(file.getvalue()).decode(), "values": a.astype("f8").ravel(order="C").tolist()})
print("[" + ",\n".join(json.dumps(o) for o in out) + "]")
