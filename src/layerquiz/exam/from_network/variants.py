"""What might stand in a layer's place: the other design of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from layerquiz.exam.from_network.regions import Region
from layerquiz.languages import phrase
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import family_of

WINDOW = ("stride", "padding", "dilation", "bias")
RECURRENT = ("layers", "bidirectional", "merge", "bias", "sequences")
CELLS = {"rnn": "lstm", "lstm": "gru", "gru": "lstm"}
CELL_NAMES = {"rnn": phrase("plain recurrent layer"), "lstm": "LSTM", "gru": "GRU"}
NARROWER = 4
FEWEST_CHANNELS = 8

Layers: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Variant:
    """Another design, in the notation of a template: its layers take what they can from the network `a`.

    names: how the two designs are called, to be looked up in a language.
    """

    names: tuple[str, str]
    layers: Layers


def variants(region: Region) -> Iterator[Variant]:
    """Yield what might stand in the place of one layer, or of a flattening and a dense layer."""
    layers = region.written()["layers"]
    kinds = [layer["kind"] for layer in layers]
    if kinds == ["flatten", "dense"]:
        pooled = {"kind": "globalavgpool", "name": "pool"}
        yield Variant(
            (phrase("flattening"), phrase("global average pooling")), [pooled, _same(layers[1], "units", "bias")]
        )
    if len(layers) == 1 and not any(key in layers[0] for key in ("shares", "tied")):
        make = OF.get(family_of(kinds[0]))
        yield from make(region, layers[0]) if make else ()


def _from(layer: Mapping[str, Any], key: str) -> str:
    return f"= a.{layer['name']}.{key}"


def _same(layer: Mapping[str, Any], *keys: str, **others: Any) -> dict[str, Any]:
    """Return a layer with some keys of the one in `a`, as far as they are written there, and others of its own."""
    numbers = {key: _from(layer, key) if _is_number(layer[key]) else layer[key] for key in keys if key in layer}
    return {"kind": layer["kind"], "name": layer["name"], **numbers, **others}


def _is_number(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool)


def _rank(layer: Mapping[str, Any]) -> str:
    return str(layer["kind"])[-2:]


def _of_convolution(region: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    kernel, bias = layer["kernel"], {"bias": layer["bias"]} if "bias" in layer else {}
    if layer.get("groups", 1) > 1:
        names = (phrase("convolution with groups"), phrase("convolution without groups"))
        yield Variant(names, [_same(layer, "filters", "kernel", *WINDOW)])
        return
    if not _is_number(kernel) or kernel == 1:
        return
    depthwise, channels = f"depthwiseconv{_rank(layer)}", region.input.get("channels", 1)
    if depthwise in KINDS and channels >= FEWEST_CHANNELS:
        names = (phrase("plain convolution"), phrase("depthwise separable convolution"))
        first = _same(layer, "kernel", *WINDOW, kind=depthwise, name="depthwise")
        pointwise = {
            "kind": layer["kind"],
            "name": "pointwise",
            "filters": _from(layer, "filters"),
            "kernel": 1,
            **bias,
        }
        yield Variant(names, [first, pointwise])
    if channels == 1 and layer.get("padding", 0) == 0 and layer.get("stride", 1) == 1 and kernel in (5, 7):
        names = (phrase("one large kernel"), phrase("two smaller kernels"))
        second = _same(layer, "filters", kernel=f"= a.{layer['name']}.kernel - 2", **bias, name="second")
        first = _same(layer, "filters", kernel=3, **bias, name="first")
        yield Variant(names, [first, second])


def _of_depthwise(_: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    if layer.get("multiplier", 1) == 1:
        names = (phrase("depthwise convolution"), phrase("plain convolution"))
        plain = {"kind": f"conv{_rank(layer)}", "name": "conv", "filters": "= a.input.channels"}
        yield Variant(names, [_same(layer, "kernel", *WINDOW, **plain)])


def _of_transposed(region: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    """Yield enlarging and a convolution, where both give the same size."""
    stride, values = layer.get("stride", 1), region.network.values[region.target.name]
    grown = _is_number(stride) and all(
        values[axis] == number * stride for axis, number in region.input.items() if axis != "channels"
    )
    if grown and stride > 1:
        bias = {"bias": layer["bias"]} if "bias" in layer else {}
        names = (phrase("transposed convolution"), phrase("enlarging and a convolution"))
        rank = _rank(layer)
        conv = {
            "kind": f"conv{rank}",
            "name": "conv",
            "filters": _from(layer, "filters"),
            "kernel": 3,
            "padding": 1,
            **bias,
        }
        yield Variant(names, [{"kind": "upsample", "name": "up", "factor": _from(layer, "stride")}, conv])


def _of_dense(region: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    if layer["units"] < NARROWER**2 or "features" not in region.input or "lora" in layer:
        return
    narrow = {"kind": "dense", "name": "narrow", "units": f"{_from(layer, 'units')} // {NARROWER}"}
    yield Variant((phrase("one dense layer"), phrase("two dense layers")), [narrow, _same(layer, "units", "bias")])


def _of_recurrent(_: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    if "projection" in layer:
        return
    kind, other = layer["kind"], CELLS[layer["kind"]]
    yield Variant((CELL_NAMES[kind], CELL_NAMES[other]), [_same(layer, "units", *RECURRENT, kind=other, name=other)])


def _of_attention(_: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    if layer["heads"] > 1 and not {"kv_heads", "lora", "value_features"} & layer.keys():
        names = (phrase("own keys and values for each head"), phrase("the same keys and values for all heads"))
        yield Variant(names, [_same(layer, "heads", "features", "head_features", "bias", kv_heads=1)])


def _of_embedding(_: Region, layer: Mapping[str, Any]) -> Iterator[Variant]:
    narrow = _same(layer, "vocabulary", features=f"{_from(layer, 'features')} // {NARROWER}")
    dense = {"kind": "dense", "name": "wide", "units": _from(layer, "features"), "bias": False}
    if layer["features"] > NARROWER**2:
        yield Variant((phrase("one wide table"), phrase("a narrow table and a dense layer")), [narrow, dense])


OF: Mapping[str, Callable[[Region, Mapping[str, Any]], Iterator[Variant]]] = {
    "conv": _of_convolution,
    "depthwiseconv": _of_depthwise,
    "convtranspose": _of_transposed,
    "dense": _of_dense,
    "rnn": _of_recurrent,
    "lstm": _of_recurrent,
    "gru": _of_recurrent,
    "attention": _of_attention,
    "embedding": _of_embedding,
}
"""By family of layers, what might stand in one's place."""
