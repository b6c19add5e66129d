"""Layers of sequences, as the functions that modules of PyTorch call: embeddings, recurrent layers, attention."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from layerquiz.network.importing.forms import FEATURES, IDS
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.cutting import State, States, part
from layerquiz.network.importing.torch.layers import behind
from layerquiz.network.importing.torch.values import Base, Value, full, has_batch, is_batch


def embedding(call: Call) -> Value:
    """Return rows of a table: those of the token ids, or of the positions 0, 1, 2 ..."""
    found = call.bound("input weight")
    parameters, ids = call.parameters(found["weight"]), call.value(found["input"])
    rows, features = found["weight"].shape
    if ids is None:
        return looked_up(call, found, rows, features)
    call.tracing.needs_ids(ids)
    value = call.writing.layout.settled(ids)
    if len(value.base.extents) != 1:
        raise call.writing.refuse(f"an embedding of {len(value.base.extents)} axes of ids", "Token ids have one axis")
    base = call.writing.layer(
        "embedding", [value], (value.base.extents[0], features), parameters, vocabulary=rows, features=features
    )
    return Value(base, (*value.dims, full(1, features)))


def looked_up(call: Call, found: dict[str, Any], rows: int, features: int) -> Value:
    """Return rows of a table that are the same for each input: positions, or one row for all tokens."""
    table, numbers = call.value(found["weight"]), call.tracing.numbers_of(found["input"])
    ids, shape = found["input"], call.shape
    tokens = shape[-2] if len(shape) > 1 else 1
    root = None if table is None else learned(table.base)
    if table is None or root is None:
        raise call.writing.refuse("an embedding whose table is no parameter")
    is_batched = len(shape) == 3 and shape[0] == call.tracing.examples
    if numbers is None and tokens > rows:
        raise call.writing.refuse("an embedding of ids that are no input of the network", cure="Give it the token ids")
    if prod(shape[is_batched:-2]) > 1:  # as the distances of each token to each other
        return call.derived([table])  # type: ignore[no-any-return]
    lead = ((call.tracing.batch,),) if is_batched else ((),) * (len(shape) - 2)
    if numbers is None or numbers == list(range(numbers[0], numbers[0] + tokens)):
        first = numbers[0] if numbers else 0
        base: Base = root
        if tokens < rows:
            base = part(call, root, 0, first, tokens)
        return Value(base, (*lead, full(0, tokens), full(1, features)))
    entry = call.tracing.input
    if entry.form == IDS and entry.extents == (tokens,) and len(ids.shape) <= 2:
        given = Value(entry, ((call.tracing.batch,), *entry.plain))
        base = call.writing.layer(
            "embedding", [given], (tokens, features), root.parameters, vocabulary=rows, features=features
        )
        return Value(base, ((call.tracing.batch,), *base.plain))
    raise call.writing.refuse("an embedding of ids that are no input of the network", cure="Give it the token ids")


def embedding_bag(call: Call) -> Any:
    """Return the sum of rows of a table."""
    found = call.bound("input weight")
    table, ids = (found["weight"], found["input"]) if found["weight"].dim() == 2 else (found["input"], found["weight"])
    value = call.value(ids)
    if value is None:
        raise call.writing.refuse("an embedding of ids that are no input of the network")
    call.tracing.needs_ids(value)
    settled = call.writing.layout.settled(value)
    rows, features = table.shape
    base = call.writing.layer(
        "embeddingbag", [settled], (features,), call.parameters(table), vocabulary=rows, features=features
    )
    made = Value(base, (settled.dims[0], full(0, features)))
    return made if hasattr(call.output, "shape") else [made]


def recurrent(call: Call) -> Any:
    """Return the steps of a recurrent layer, and its last states."""
    found = call.bound("input hx weights bias layers dropout training both batch_first")
    if call.known(found["hx"]):
        what = "a recurrent layer begins with a state that comes from another layer"
        raise call.writing.refuse(what, "A recurrent layer of the notation begins with zeros, and has one input")
    kind = call.name.partition("_")[0]
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    value, weights = call.first, found["weights"]
    if len(value.dims) == 3 and is_batch(value.dims[0 if not found["batch_first"] else 1]):
        raise call.tracing.turned("a recurrent layer takes the batch for its steps, as batch_first is not set")
    settled = call.writing.layout.settled(value, "tokens")
    units, ways, layers = weights[0].shape[0] // gates, 1 + bool(found["both"]), int(found["layers"])
    given = call.output[0].shape[-1] // ways
    keys: dict[str, Any] = {"units": units, "layers": layers, "bidirectional": bool(found["both"])}
    keys |= {"bias": bool(found["bias"])} | ({"projection": given} if given != units else {})
    keys |= {"activation": "relu"} if call.name == "rnn_relu" else {}
    parameters = tuple(parameter for weight in weights for parameter in call.parameters(weight))
    tokens = settled.base.extents[0]
    steps = call.writing.layer(kind, [settled], (tokens, ways * given), parameters, **keys)
    made = Value(steps, (*settled.dims[:2], full(1, ways * given)))
    return [made, *(_states(call, steps, layers, ways, width) for width in (given, units)[: len(call.output) - 1])]


def _states(call: Call, steps: Base, layers: int, ways: int, width: int) -> Value:
    """Return the last states of all layers and directions, of which those of the last layer are the last step."""
    name = call.writing.beside("select")
    make = lambda _: call.writing.draft.add("select", steps.name, name=name)  # noqa: E731
    last = State((ways * width,), FEATURES, make=make)
    batch = (call.tracing.batch,)
    if layers == 1:
        return Value(last, (((0, ways, width),) if ways > 1 else (), batch, full(0, width)))

    def refuse(_: Base) -> str:
        raise call.writing.refuse("it uses the states of all layers", cure="Take the last state")

    states = States((layers, ways * width), (), make=refuse, last=last)
    ahead = ((0, layers, 1), (1, ways, width)) if ways > 1 else ((0, layers, 1),)
    return Value(states, (ahead, batch, full(1, width)))


CALLED, OUTPUT = "in_proj_weight in_proj_bias bias_k bias_v", "out_proj_weight out_proj_bias"
ATTENTION = f"{CALLED} {OUTPUT} q_proj_weight k_proj_weight v_proj_weight"
"""The parameters of attention."""


def attention(call: Call) -> Any:
    """Return attention with its projections, as nn.MultiheadAttention calls it."""
    found = call.bound(f"query key value embed_dim_to_check num_heads {CALLED} add_zero_attn dropout_p {OUTPUT}")
    values = [call.value(found[name]) for name in ("query", "key", "value")]
    known = [value for value in values if value is not None]
    if len(known) < 3 or not all(has_batch(value.dims) for value in known):
        raise call.writing.refuse("attention gets a tensor that is not of the input")
    if is_batch(known[0].dims[0]):
        raise call.tracing.turned("attention takes the batch for its tokens, as batch_first is not set")
    parameters = [parameter for name in ATTENTION.split() for parameter in call.parameters(found.get(name))]
    settled = [call.writing.layout.settled(value, "tokens") for value in known]
    count = 3 if known[2] != known[1] else 2 if known[1] != known[0] else 1
    keys = {"heads": int(found["num_heads"]), "bias": found.get("in_proj_bias") is not None}
    keys["key_value_bias"] = found.get("bias_k") is not None
    shape = tuple(call.output[0].shape)
    made = behind(call, "attention", settled[:count], shape, parameters, **keys)
    return [made, scores_of(call)]


def scores_of(call: Call) -> Value:
    """Return the scores of attention, which nothing but an output can take."""

    def refuse(_: Base) -> str:
        raise call.writing.refuse("it goes on with the scores of attention", "The notation gives what is attended to")

    base = Base((1,), FEATURES, make=refuse)
    call.writing.attended.add(base)
    return Value(base, ())


def cell(call: Call) -> Any:
    """Refuse a recurrent cell, which a model calls for one step after another."""
    raise call.writing.refuse("a recurrent cell is called step by step", cure="Use nn.LSTM, nn.GRU or nn.RNN")


SEQUENCES: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), cell),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), recurrent),
    "embedding": embedding,
    "embedding_bag": embedding_bag,
    "multi_head_attention_forward": attention,
}
"""How each function is taken."""
