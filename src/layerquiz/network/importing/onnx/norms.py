"""Norms that an exporter wrote as means, squares and roots, found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from layerquiz.network.importing.onnx.file import Node


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm in several nodes: what it takes, the node that takes the mean, and whether the mean is subtracted."""

    source: str
    mean: Node
    centered: bool


def found(nodes: Sequence[Node], uses: Counter[str]) -> tuple[dict[str, Norm], set[str]]:
    """Return the norms by the name of their output, and the outputs of all nodes that they are put together from."""
    makers = {name: node for node in nodes for name in node.outputs}
    readers: dict[str, list[Node]] = {}
    for node in nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    norms: dict[str, Norm] = {}
    inner: set[str] = set()
    for node in nodes:
        if node.op == "ReduceMean":
            match = _of(node, makers, readers, uses)
            if match:
                output, norm, passed = match
                norms[output] = norm
                inner |= passed
    return norms, inner


def _of(
    mean: Node, makers: dict[str, Node], readers: dict[str, list[Node]], uses: Counter[str]
) -> tuple[str, Norm, set[str]] | None:
    """Match x / sqrt(mean(x^2) + eps) around a mean of squares; x may be y - mean(y)."""
    square = makers.get(mean.inputs[0]) if mean.inputs else None
    if square is None or not (square.op == "Pow" or (square.op == "Mul" and len({*square.inputs}) == 1)):
        return None
    source = square.inputs[0]
    passed = {square.outputs[0], mean.outputs[0]}
    place = mean
    for ops in (("Add",), ("Sqrt",)):
        after = readers.get(place.outputs[0], [])
        if len(after) != 1 or after[0].op not in ops:
            return None
        place = after[0]
        passed.add(place.outputs[0])
    (last, *more) = readers.get(place.outputs[0], [None])
    if last is not None and (last.op == "Reciprocal" or (last.op == "Div" and source not in last.inputs)):
        passed.add(last.outputs[0])
        (last, *more) = readers.get(last.outputs[0], [None])
    if last is None or more or last.op not in ("Div", "Mul") or source not in last.inputs:
        return None
    middle = makers.get(source)
    if middle is not None and middle.op == "Sub" and uses[source] == 2:
        average = makers.get(middle.inputs[1])
        if average is not None and average.op == "ReduceMean" and average.inputs[0] == middle.inputs[0]:
            passed |= {source, average.outputs[0]}
            return last.outputs[0], Norm(middle.inputs[0], mean, True), passed
    return last.outputs[0], Norm(source, mean, False), passed
