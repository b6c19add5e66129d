"""Drawings varied: the same structure with other numbers, behind another layer, with several inputs of any sizes."""

from __future__ import annotations

from random import Random
from typing import Any

from oracle.drawn import RANKS, Layer
from oracle.sliding import axes_of

Spec = dict[str, Any]
MULTIPLIED = ("channels", "features", "filters", "units")
KEPT = ("kind", "name", "from", "shares", "tied", "axes", "bias", "order", "parameters")


def varied(draw: Random, spec: Spec) -> Spec:
    """Return a network of the same layers with other numbers; some of them no longer fit."""
    sizes = {size: another(draw, number, size) for size, number in spec["input"].items()}
    if draw.random() < 0.2:
        numbers = list(sizes.values())
        draw.shuffle(numbers)
        sizes = dict(zip(sizes, numbers, strict=True))
    layers = [
        {key: found if key in KEPT else another(draw, found, key) for key, found in layer.items()}
        for layer in spec["layers"]
    ]
    by_name = {layer["name"]: layer for layer in layers if "name" in layer}
    for layer in layers:
        lender = by_name.get(layer.get("shares"), {})
        layer |= {key: found for key, found in lender.items() if key in layer and key not in ("name", "from", "kind")}
    if draw.random() < 0.15:
        layers[-1]["trainable"] = False
    return {**spec, "input": sizes, "layers": layers}


def another(draw: Random, found: Any, key: str) -> Any:
    """Return another number where there is one; a 0 and a 1, a flag and a word stay: they say what the structure is."""
    if isinstance(found, list):
        entries = [another(draw, entry, key) for entry in found]
        if draw.random() < 0.3:
            draw.shuffle(entries)
        return entries
    if isinstance(found, bool | str | float | None) or found < 1 or (found == 1 and key in ("dilation", "groups")):
        return found
    if key in MULTIPLIED and found < 7 and draw.random() < 0.4:
        return found * draw.choice((2, 3))
    return max(found + draw.choice((-1, 0, 0, 1, 2)), 1)


def behind(draw: Random, spec: Spec) -> Spec:
    """Return a network behind a pool that gives what was its input: it then sees more than one pixel."""
    axes = axes_of(spec["input"])
    most = 6 if len(axes) < 3 else 3  # more in three axes is more than can be walked through
    kernel, stride = [draw.randint(1, most) for _ in axes], [draw.randint(2, most) for _ in axes]
    image, around = {**spec["input"]}, []
    for axis, reach, step in zip(axes, kernel, stride, strict=True):
        covered = (image[axis] - 1) * step + reach
        around.append(min(draw.randint(0, reach // 2), (covered - 1) // 2))
        image[axis] = covered - 2 * around[-1]
    first = {"kind": f"maxpool{len(axes)}d", "name": "first", "from": "input", "kernel": kernel, "stride": stride}
    first["padding"] = around
    layers = [{**layer, **after_first(layer)} for layer in spec["layers"]]
    return {**spec, "input": image, "layers": [first, *layers]}


def after_first(layer: Layer) -> Layer:
    """Return the inputs that a layer names, with `first` in the place of the network's own."""
    names = layer.get("from")
    if names is None:
        return {}
    return {"from": ["first" if name == "input" else name for name in ([names] if isinstance(names, str) else names)]}


def parameters(shapes: list[list[int]], **layer: Any) -> Spec:
    """Return a network of one layer `x` that takes learned tensors of some shapes."""
    names = [f"p{number}" for number in range(len(shapes))]
    tensors = [{"kind": "parameter", "name": name, "shape": shape} for name, shape in zip(names, shapes, strict=True)]
    return {"input": {"features": 1}, "layers": [*tensors, {"name": "x", "from": names, **layer}]}


def merged(draw: Random, kind: str) -> Spec:
    """Return a sum, a product or a concatenation of tensors, most of which fit; some have sizes of 1."""
    rank = draw.randint(1, 4)
    one = [draw.randint(2, 5) for _ in range(rank)]
    stretch = 1 if kind != "concat" else draw.randint(2, 5)
    shapes = [[*one] for _ in range(draw.randint(2, 3))]
    for place in range(rank):
        whole = draw.choice((None, *range(len(shapes))))
        for number, shape in enumerate(shapes):
            if whole is not None and number != whole and draw.random() < 0.8:
                shape[place] = stretch
    if kind == "concat":
        grown = draw.randrange(rank)
        shapes = [[draw.randint(1, 5) if place == grown else size for place, size in enumerate(one)] for _ in shapes]
    if draw.random() < 0.4:
        place = draw.randrange(rank)
        draw.choice(shapes)[place] += draw.randint(1, 3)
    return parameters(shapes, kind=kind)


def seeing(draw: Random, kind: str) -> Spec:
    """Return a sum, a product or a concatenation of what convolutions of different windows see."""
    rank = draw.choice((1, 2, 3))
    sizes = {"channels": 2, **{axis: draw.randint(3, 5) for axis in RANKS[rank]}}
    names = "abc"[: 2 if kind == "subtract" else draw.randint(2, 3)]
    step = [draw.randint(1, 2) for _ in range(rank)]
    layers = []
    for name in names:
        stride = [draw.choice((each, each, each, 1, 2, 6, 7)) for each in step]  # 6 and 7 leave one place, stretched
        layers.append({"kind": f"conv{rank}d", "name": name, "from": "input", "filters": 2, "padding": "same"})
        layers[-1] |= {"kernel": [draw.randint(1, 7 if rank < 3 else 4) for _ in range(rank)], "stride": stride}
    return {"input": sizes, "layers": [*layers, {"kind": kind, "name": "x", "from": list(names)}]}


def subtracted(draw: Random, kind: str) -> Spec:
    """Return a difference of two tensors."""
    found = merged(draw, kind)
    tensors = found["layers"][:2]
    return {**found, "layers": [*tensors, {"kind": kind, "name": "x", "from": [each["name"] for each in tensors]}]}


def shared(draw: Random, spec: Spec) -> Spec:
    """Return a network whose layer `x` uses the parameters of its twin, now and then on more places or tokens."""
    layer, axes = spec["layers"][-1], axes_of(spec["input"])
    twin = {**layer, "name": "twin", "from": "input"}
    wider: Layer = {"name": "wider", "from": "input"}
    if axes:
        wider |= {"kind": "zeropad", "padding": [[draw.randint(0, 2), draw.randint(0, 2)] for _ in axes]}
    elif "features" in spec["input"] and "tokens" in spec["input"]:
        wider |= {"kind": "concat", "from": ["input", "input"], "axis": "tokens"}
    if "kind" not in wider or draw.random() < 0.4:
        return {**spec, "layers": [twin, {**layer, "from": "input", "shares": "twin"}]}
    return {**spec, "layers": [wider, twin, {**layer, "from": "wider", "shares": "twin"}]}


def attention(draw: Random, kind: str) -> Spec:
    """Return attention of a query to one memory or to keys and values, some of which have no equal lengths."""
    features, heads = draw.choice((4, 6, 8, 12)), draw.choice((1, 2, 2, 3))
    memory = draw.randint(1, 6)
    shapes = [[draw.randint(1, 6), features], [memory, draw.choice((features, draw.randint(1, 9)))]]
    if kind == "decoderlayer":
        layer: Layer = {"feedforward": draw.randint(1, 9)}
    else:
        sizes = {name: draw.randint(1, 4) * heads for name in ("features", "head_features", "value_features")}
        layer = {name: number for name, number in sizes.items() if draw.random() < 0.3}
        layer |= {"kv_heads": draw.choice((1, 2))} if draw.random() < 0.3 else {}
        layer |= {"key_value_bias": True} if draw.random() < 0.2 else {}
        layer |= {"position_bias": draw.randint(0, 9)} if draw.random() < 0.2 else {}
        shapes += [[draw.choice((memory, memory, memory + 1)), draw.randint(1, 9)]] if draw.random() < 0.5 else []
        given = {"key_input": shapes[1][1], "value_input": shapes[-1][1]}
        layer |= {name: number + draw.choice((0, 0, 1)) for name, number in given.items() if draw.random() < 0.3}
    return parameters(shapes, kind=kind, heads=heads, bias=draw.random() < 0.7, **layer)


def with_adapter(draw: Random, spec: Spec) -> Spec:
    """Return a dense layer or attention with an adapter, now and then; normalised weights cannot have one."""
    layer = spec["layers"][-1]
    if layer["kind"] not in ("dense", "attention") or "weight_norm" in layer or draw.random() < 0.6:
        return spec
    everywhere = {"adapted": "all"} if layer["kind"] == "attention" and draw.random() < 0.5 else {}
    return {**spec, "layers": [*spec["layers"][:-1], {**layer, "lora": draw.randint(1, 3), **everywhere}]}


def tied(draw: Random, _: str) -> Spec:
    """Return a dense layer behind an embedding whose table it uses; some do not fit."""
    table = {"kind": "embedding", "name": "words", "vocabulary": draw.randint(1, 9), "features": draw.randint(1, 6)}
    layer: Layer = {"kind": "dense", "name": "x", "tied": "words", "bias": draw.random() < 0.5}
    if draw.random() < 0.5:
        layer["units"] = table["vocabulary"] + draw.choice((0, 0, 1))
    behind = [{"kind": "dense", "name": "width", "units": draw.randint(1, 6)}] if draw.random() < 0.3 else []
    return {"input": {"tokens": draw.randint(1, 5)}, "layers": [table, *behind, layer]}


def written_again(draw: Random, spec: Spec) -> Spec:
    """Return an Einstein sum whose shape says, now and then, a size that stays; some say another one."""
    layer = spec["layers"][-1]
    names = [size for size in spec["input"] if size != "channels"]
    if len(names) < len(spec["input"]):
        names = ["channels", *names] if spec["conventions"] == "pytorch" else [*names, "channels"]
    letters = dict(zip(layer["equation"][1:], names, strict=False))
    given = zip(layer["shape"], layer["equation"].split("->")[1][1:], strict=True)
    shape = [
        spec["input"][letters[letter]] + draw.choice((0, 0, 1)) if entry == -1 and draw.random() < 0.3 else entry
        for entry, letter in given
    ]
    return {**spec, "layers": [{**layer, "shape": shape}]}


def bilinear(draw: Random, kind: str) -> Spec:
    """Return a bilinear layer of two tensors, some of which do not fit."""
    one = [draw.randint(1, 4) for _ in range(draw.randint(1, 2))]
    other = [*one[:-1], draw.randint(1, 4)]
    if draw.random() < 0.3:
        other = [draw.randint(1, 4) for _ in one]
    return parameters([one, other], kind=kind, units=draw.randint(1, 4), bias=draw.random() < 0.7)
