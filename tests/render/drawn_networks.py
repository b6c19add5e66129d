"""Networks drawn at random for pictures: chains, branches that meet again, wires that cross, and blocks with copies."""

from __future__ import annotations

from random import Random
from typing import Any

CONV = {"kind": "conv2d", "filters": 16, "kernel": 3, "padding": 1}


def drawn(seed: int) -> dict[str, Any]:
    """Return the notation of a network; all maps have one size, so that anything can be added to anything."""
    draw = Random(seed)  # noqa: S311 -- numbers of tests are no secrets
    layers: list[dict[str, Any]] = [{**CONV, "name": "first"}]
    names = ["first"]
    for number in range(draw.randint(2, 24)):
        name = f"layer{number}"
        choice = draw.random()
        if choice < 0.35 and len(names) > 1:
            taken = draw.sample(names[-8:], min(len(names), draw.randint(2, 3)))
            layers.append({"kind": draw.choice(["add", "multiply", "concat"]), "name": name, "from": taken})
            if layers[-1]["kind"] == "concat":
                layers.append({**CONV, "name": f"{name}b"})
                name = f"{name}b"
        elif choice < 0.55:
            layers.append({"kind": "activation", "name": name, "function": "relu", "from": draw.choice(names[-3:])})
        elif choice < 0.7:
            inner = [CONV, {"kind": "batchnorm"}, {"kind": "add", "from": ["conv2d_1", "input"]}]
            layers.append({"name": name, "layers": inner, "repeat": draw.randint(2, 4), "from": names[-1]})
        elif choice < 0.8:
            layers.append({"kind": "parameter", "name": f"{name}p", "shape": [1, 1, 16]})
            layers.append({"kind": "add", "name": name, "from": [names[-1], f"{name}p"]})
        else:
            layers.append({**CONV, "name": name, "from": draw.choice(names[-4:])})
        names.append(name)
    layers += [{"kind": "globalavgpool", "from": names[-1]}, {"kind": "dense", "name": "out", "units": 10}]
    return {"name": f"drawn {seed}", "input": {"channels": 16, "height": 32, "width": 32}, "layers": layers}
