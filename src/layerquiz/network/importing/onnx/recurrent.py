"""Recurrent layers of ONNX, one node for each layer and its directions."""

from __future__ import annotations

from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import FEATURES, SEQUENCE
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.values import Atom, Pending, Value, Weight, axis_of

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def recurrent(run: Run, node: Node) -> None:
    """LSTM, GRU and RNN: W and R of each direction, B with both bias vectors; layers of one module are one layer."""
    kernel, inner, bias = (run.weight(node, place) for place in (1, 2, 3))
    for place, what in ((4, "lengths"), (5, "a first state"), (6, "a first state"), (7, "peepholes")):
        if isinstance(run.found(node, place), Value) or (place == 7 and run.found(node, place) is not None):
            raise cannot(node.where, f"it takes {what}", "A recurrent layer of the notation starts from zeros")
    if kernel is None or inner is None or len(kernel.shape) != 3:
        raise cannot(node.where, "its weights are not there")
    for place in (5, 6):
        for name, _ in (run.weight(node, place) or Weight((), ())).parts:
            run.note(name, "first state")
    directions, units = kernel.shape[0], inner.shape[2]
    value, batched = run.value(node), bool(node.attributes.get("layout", 0))
    every = bool(run.uses[node.outputs[0]]) if node.outputs else False
    last = [place for place, name in enumerate(node.outputs[1:], 1) if name and run.uses[name]]
    below = value.layer if isinstance(value.layer, Pending) and value.layer.kind == node.op.lower() else None
    if below and not below.name and not last and _is_stacked(node, below, value, (directions, units), bias is not None):
        layer = below.keys.get("layers", 1)
        below.keys["layers"] = layer + 1
        below.weights |= {
            f"kernel{layer}": kernel,
            f"recurrent{layer}": inner,
            **({f"bias{layer}": bias} if bias else {}),
        }
        below.held["reader"] = run.reader(node.outputs[0])
        _give_states(run, node, below, (value.sizes[0], directions, units), [], batched)
        return
    laid = run.settled(node, value, "tokens")
    if laid.form != SEQUENCE or units < 1 or kernel.shape[1] != GATES[node.op] * units:
        raise cannot(node.where, "its input is no sequence of features, or its weights do not fit it")
    tokens, features = laid.sizes[0], directions * units
    pending = run.pend(node, node.op.lower(), laid.layer, units=units, bidirectional=directions == 2)
    pending.keys |= {"bias": bias is not None, "sequences": every or not last}
    pending.called = node.scope
    pending.weights = {"kernel": kernel, "recurrent": inner, **({"bias": bias} if bias else {})}
    pending.held["shape"] = (tokens, features) if pending.keys["sequences"] else (features,)
    pending.held["reader"] = run.reader(node.outputs[0]) if every and not last else ""

    _give_states(run, node, pending, (tokens, directions, units), last, batched)


def _is_stacked(node: Node, below: Pending, value: Value, sizes: tuple[int, int], has_bias: bool) -> bool:
    """Say whether a node is the next layer of the same module, which nothing else reads."""
    same = (below.keys["bidirectional"], below.keys["units"], below.keys["bias"]) == (sizes[0] == 2, sizes[1], has_bias)
    is_read_alone = below.held.get("reader") == node.op and bool(node.scope) and below.scope == node.scope
    keys = [[atom.key for atom in axis if atom.key[0]] for axis in value.axes]
    is_whole = [key for key in keys if key] == [[(axis,)] for axis, size in enumerate(value.sizes, 1) if size > 1]
    return same and is_read_alone and is_whole and below.keys["sequences"]


def _give_states(
    run: Run, node: Node, pending: Pending, sizes: tuple[int, int, int], last: list[int], batched: bool
) -> None:
    """Give all steps, (T, D, B, H) or (B, T, D, H), and the last state, (D, B, H) or (B, D, H)."""
    tokens, directions, units = sizes
    batch, features = axis_of(0, run.batch), directions * units
    form = SEQUENCE if pending.keys["sequences"] else FEATURES
    made = (tokens, features) if len(form) == 2 else (features,)
    step = axis_of(1, tokens)
    split = _split(len(form), directions, units)
    axes = (batch, step, *split) if batched else (step, split[0], batch, split[1])
    if len(form) == 2:
        run.give(node, Value(pending, form, made, axes))
    for place in last:
        held: Any = pending
        if len(form) == 2:
            held = Pending("select", [pending], {}, node.where, held={"shape": (features,)})
        state = _split(1, directions, units)
        run.give(
            node,
            Value(held, FEATURES, (features,), (batch, *state) if batched else (state[0], batch, state[1])),
            place,
        )


def _split(axis: int, directions: int, units: int) -> tuple[Any, Any]:
    """Return the axes of directions and units, which are one axis of features in the notation."""
    if directions == 1:
        return (), axis_of(axis, units)
    return (Atom((axis, 0), directions),), ((Atom((axis, 1), units),) if units > 1 else ())


HANDLERS = dict.fromkeys(GATES, recurrent)
