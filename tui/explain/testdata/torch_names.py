"""Verifies the names of PyTorch that the pages mention.

    descent explain --all --json | python3 torch_names.py > torch_names.txt

Every dotted name of torch and torchvision in the PyTorch field of a page, and every
parameter that it is written with, is looked up in the torch that is installed. Those
that resolve are written with its version, "name" or "name(parameter)" a line. The
others must be in torch_documented.txt, which has the documentation of names that this
torch lacks. What is in neither is listed on standard error, and the exit status is 1.

TestTorchNamesAreVerified finds names and parameters by the same rules.
"""

import importlib
import inspect
import json
import pathlib
import re
import sys

import torch

NAME = re.compile(r"(?<![\w.])(torch|torchvision)(\.\w+)+", re.ASCII)
BEFORE = re.compile(r"(\w+)(\[\d\])? of $", re.ASCII)
SIBLING = re.compile(r"(?:, | and )([A-Z]\w+)(?![\w.(])", re.ASCII)


def arguments(text):
    """The parts of a call's arguments, for text that begins behind its parenthesis."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "([":
            depth += 1
        elif c in ")]":
            if depth == 0:
                return parts + [text[start:i]]
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return []


def parameters(parts):
    """The parameters among arguments: all that have a value, and, where there are no
    other expressions, those that stand by themselves."""
    parts = [p.strip() for p in parts]
    given = [p.split("=")[0] for p in parts if re.match(r"\w+=", p, re.ASCII)]
    alone = [p for p in parts if re.fullmatch(r"[A-Za-z_]\w*", p, re.ASCII)]
    return given + alone if len(given) + len(alone) == len(parts) else given


def mentions(text):
    """The names of a text and their parameters."""
    for m in NAME.finditer(text):
        names, behind = [m[0]], text[m.end():]
        module = m[0].rpartition(".")[0]
        while s := SIBLING.match(behind):
            names.append(module + "." + s[1])
            behind = behind[s.end():]
        yield from names
        if behind.startswith("(") and len(names) == 1:
            yield from (f"{m[0]}({p})" for p in parameters(arguments(behind[1:])))
        if p := BEFORE.search(text[:m.start()]):
            yield from (f"{name}({p[1]})" for name in names)


def resolve(name):
    """The object of that name; LookupError if there is none."""
    found, path = None, ""
    for part in name.split("."):
        path = f"{path}.{part}" if path else part
        try:
            found = importlib.import_module(path)
        except ImportError:
            try:
                found = getattr(found, part)
            except AttributeError:
                raise LookupError(name) from None
    return found


def verified(mention):
    """Whether a name, or a name with a parameter, exists."""
    name, _, parameter = mention.rstrip(")").partition("(")
    try:
        found = resolve(name)
    except LookupError:
        return False
    if not parameter:
        return True
    try:
        return parameter in inspect.signature(found).parameters
    except ValueError:  # written in C++
        return False


def main():
    documented = pathlib.Path(__file__).with_name("torch_documented.txt").read_text()
    documented = {line.split("\t")[0] for line in documented.splitlines() if not line.startswith("#")}
    every = sorted({m for p in json.load(sys.stdin) for m in mentions(p.get("pytorch", ""))})
    version = torch.__version__.split("a")[0]
    print("# Names of torch that pages mention, and the version in which torch_names.py found them.")
    missing = []
    for m in every:
        if verified(m):
            print(f"{m}\t{version}")
        elif m not in documented:
            missing.append(m)
    for m in missing:
        print(m, "is neither in torch", version, "nor in torch_documented.txt", file=sys.stderr)
    for m in sorted(documented - set(every)):
        print(m, "is in torch_documented.txt, but on no page", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
