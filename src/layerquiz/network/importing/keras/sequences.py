"""Recurrent layers, attention, embeddings and layers at each step of Keras, each as a kind of the notation."""

from __future__ import annotations

from typing import Any

from layerquiz.network.importing.forms import FORMS, IDS, SEQUENCE, STRIP
from layerquiz.network.importing.keras.layers import (
    LAYERS,
    Write,
    chosen,
    densely,
    entries,
    last,
    pooled,
    windowed,
    word,
)
from layerquiz.network.importing.keras.shapes import SHAPES
from layerquiz.network.importing.keras.use import Tensor, Use

CELLS = {"SimpleRNN": "rnn", "LSTM": "lstm", "GRU": "gru"}


def recurrent(at: Use) -> Tensor:
    """Write a recurrent layer down, or one that is made of a cell of Keras."""
    return _recurrent(at, at.op)


def bidirectional(at: Use) -> Tensor:
    """Write a recurrent layer that reads both ways down; the size of a mean or a product is that of the sum."""
    forward, backward, merge = at.op.forward_layer, at.op.backward_layer, at.op.merge_mode
    if merge is None:
        raise at.refused("its two directions are not merged", cure='Use merge_mode="concat"')
    if _said(at, forward) != _said(at, backward):
        raise at.refused("its two directions are different layers", "In the notation they are alike")
    return _recurrent(at, forward, bidirectional=True, merge="concat" if merge == "concat" else "sum")


def _recurrent(at: Use, layer: Any, **more: Any) -> Tensor:
    if at.argument(1, "initial_state") is not None or len(at.inputs) > 1:
        raise at.refused("it begins with a state that is computed", "A layer of the notation begins with zeros")
    kind, keys = _said(at, layer)
    return at.learned(kind, at.sequence(at.first), sizes=FORMS[at.rank], **keys, **more)


def _said(at: Use, layer: Any) -> tuple[str, dict[str, Any]]:
    """Return the kind and the keys of a recurrent layer."""
    cell: Any = getattr(layer, "cell", None)
    kind = CELLS.get(type(cell).__name__.removesuffix("Cell"))
    if kind is None:
        raise at.refused(f"there is no recurrent layer of {type(cell).__name__} in the notation")
    keys: dict[str, Any] = {"units": cell.units, "bias": cell.use_bias, "sequences": layer.return_sequences}
    keys["activation"] = chosen(at, cell, "tanh")
    if kind == "gru" and not cell.reset_after:
        keys["reset_after"] = False
    return kind, keys


def convolutional_state(at: Use) -> Tensor:
    """Write a convolutional LSTM down, whose first axis is its steps."""
    layer = at.op
    last(at, layer)
    if at.argument(1, "initial_state") is not None:
        raise at.refused("it begins with a state that is computed", "A layer of the notation begins with zeros")
    keys = {
        "filters": layer.filters,
        "kernel": entries(layer.kernel_size),
        "stride": entries(layer.strides),
        "padding": word(layer.padding),
        "dilation": entries(layer.dilation_rate),
        "bias": layer.use_bias,
        "sequences": layer.return_sequences,
        "activation": chosen(at, layer, "tanh"),
    }
    rank = len(layer.kernel_size)
    return at.learned(f"convlstm{rank}d", sizes=STRIP if at.rank == len(STRIP) else FORMS[at.rank], **keys)


def attention(at: Use) -> Tensor:
    """Write attention with heads down; Keras takes the values before the keys."""
    said = at.op.get_config()
    is_grouped = type(at.op).__name__ == "GroupedQueryAttention"
    if said.get("use_gate"):
        raise at.refused("it has a gate, which is not said in the notation")
    if said.get("attention_axes") not in (None, 1, [1], (1,)) or at.rank != len(SEQUENCE):
        raise at.refused("it attends along several axes", "In the notation along the tokens of a sequence")
    query, others = _attended(at, at.argument(0, "query"), at.argument(1, "value"), at.argument(2, "key"))
    each = said["head_dim"] if is_grouped else said["key_dim"]
    heads = said["num_query_heads"] if is_grouped else said["num_heads"]
    width = at.shape[-1]
    keys = {"heads": heads, "bias": said["use_bias"], "features": None if width == query.shape[-1] else width}
    keys["head_features"] = None if each * heads == width else each
    if is_grouped:
        groups = said["num_key_value_heads"]
        keys["kv_heads"] = None if groups == heads else groups
    elif said["value_dim"] not in (None, each):
        keys["value_features"] = said["value_dim"]
    return at.learned("attention", query, *others, **keys)


def scored(at: Use) -> Tensor:
    """Write attention without projections down; Keras takes the values before the keys."""
    if getattr(at.op, "score_mode", "dot") != "dot":
        raise at.refused(f'its score is "{at.op.score_mode}"', "In the notation it is the dot product")
    given = at.argument(0, "inputs")
    query, others = _attended(at, given[0], given[1], given[2] if len(given) > 2 else None)
    kind = "dotattention" if type(at.op).__name__ == "Attention" else "additiveattention"
    return at.learned(kind, query, *others, scale=at.op.use_scale)


def _attended(at: Use, query: Tensor, value: Tensor, key: Tensor | None) -> tuple[Tensor, list[Tensor]]:
    """Return the query, and the keys and values in the order of the notation, none where they are the query."""
    given = [tensor for tensor in (query, value, key) if tensor is not None]
    if len(at.inputs) != len(given):
        raise at.refused("it is given a mask that is computed", "A mask is not said in the notation")
    query, value, key = (at.sequence(tensor) for tensor in (query, value, value if key is None else key))
    if key is value:
        return query, [] if value is query else [value]
    return query, [key, value]


def embedding(at: Use) -> Tensor:
    """Write an embedding down; one that is used backwards is a dense layer with its table."""
    layer = at.op
    if getattr(layer, "lora_enabled", False) or getattr(layer, "quantization_mode", None):
        raise at.refused("it has an adapter, or numbers of fewer bits", cure="Import it before that")
    if at.argument(1, "reverse", False):
        return _reversed(at)
    if not getattr(layer, "tie_weights", True):
        raise at.refused("it has another table for the way back", cure="Use a dense layer")
    tensor = at.ids(at.first)
    if tensor.sizes != IDS:
        raise at.refused(f"its input {tensor.shape} is no row of words", cure="The input is the numbers of words")
    return at.learned("embedding", tensor, sizes=SEQUENCE, vocabulary=layer.input_dim, features=layer.output_dim)


def _reversed(at: Use) -> Tensor:
    if at.lent is None:
        raise at.refused("it is used backwards before it is used")
    return at.layer("dense", tied=at.lent[0], bias=False)


def each_step(at: Use) -> Tensor:
    """Write what is done at each step down: dense layers and norms as they are, convolutions over one axis more."""
    return stepwise(at, at.op.layer)


def stepwise(at: Use, inner: Any) -> Tensor:
    """Write down what a layer does at each step."""
    name = type(inner).__name__
    if name in ("Conv1D", "Conv2D"):
        return windowed(at, inner, framed=True)
    if name in ("MaxPooling2D", "AveragePooling2D"):
        return pooled(at, inner, framed=True)
    if name == "Dense":
        return densely(at, inner)
    if name in ALIKE:
        inside = Use(at.written, inner, at.args, {}, at.title, at.shapes, at.feeds, at.lent, at.layers, at.owning)
        return {**LAYERS, **SHAPES}[name](inside)
    if name == "Flatten" or (name == "Reshape" and at.rank in FORMS):
        return at.layer("reshape", shape=list(at.shape), sizes=FORMS[at.rank])
    if name in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
        last(at, inner)
        kind = "adaptivemaxpool" if "Max" in name else "adaptiveavgpool"
        part, small = ("", at.shape) if inner.keepdims else ("pool", (at.shape[0], 1, 1, at.shape[-1]))
        made = at.layer(kind, part=part, gives=small, size=[at.shape[0], 1, 1])
        return made if inner.keepdims else at.layer("tokens", made, sizes=SEQUENCE)
    raise at.refused(f"{name} at each step is not said in the notation")


ALIKE = frozenset(("Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "BatchNormalization", "Identity", "Rescaling"))
ALIKE |= {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}
"""Layers that do the same to each step as to all of them; those with an axis count it from the front."""


SEQUENCES: dict[str, Write] = {
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "RNN"), recurrent),
    **{f"ConvLSTM{rank}D": convolutional_state for rank in (1, 2)},
    **dict.fromkeys(("MultiHeadAttention", "GroupedQueryAttention"), attention),
    **dict.fromkeys(("Attention", "AdditiveAttention"), scored),
    **dict.fromkeys(("Embedding", "ReversibleEmbedding"), embedding),
    "Bidirectional": bidirectional,
    "TimeDistributed": each_step,
}
"""How each is written, by the name of its class."""
