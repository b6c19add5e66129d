"""What the notation can say and Keras cannot: kinds without a layer, and keys with what is drawn in their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from oracle.drawn import Layer, Sizes

NO_LAYER = {
    "bilinear": "no layer multiplies two inputs with each other and with weights",
    "lrn": "local response normalisation was dropped",
    "encoderlayer": "there are only its parts; the whole is in another package",
    "decoderlayer": "there are only its parts; the whole is in another package",
    "parameter": "weights belong to a layer, none stand alone",
    "mixture": "no layer sends tokens to experts",
    **dict.fromkeys((f"lppool{rank}d" for rank in (1, 2, 3)), "pools take means and maxima"),
    **dict.fromkeys((f"maxunpool{rank}d" for rank in (1, 2, 3)), "pools do not say where a maximum stood"),
    **dict.fromkeys((f"fractionalmaxpool{rank}d" for rank in (2, 3)), "windows are not drawn"),
    **dict.fromkeys((f"locallyconnected{rank}d" for rank in (1, 2)), "Keras 2 had it"),
    **dict.fromkeys(("unfold", "fold"), "windows are cut by a function, not by a layer"),
    **dict.fromkeys(("channelshuffle", "glu", "slice"), "functions make it, no layer"),
    **dict.fromkeys(("scale", "positionembedding"), "models write a layer of their own"),
    "embeddingbag": "an embedding and a pool",
    "adaptivesoftmax": "no layer has clusters of classes",
}
"""Kinds that Keras has no layer for."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One key that Keras cannot say: in which kinds (a pattern), when, which keys are drawn instead, and why."""

    kinds: str
    key: str
    unsaid: Callable[[Any, Layer, Sizes], bool]
    instead: Callable[[Random], Layer]
    reason: str


def always(*_: object) -> bool:
    """Say that Keras has no such key at all."""
    return True


def is_number(padding: Any, *_: object) -> bool:
    """Say whether a padding is a number above 0, or one for each axis."""
    return padding != 0 and not isinstance(padding, str)


def is_off(flag: bool, *_: object) -> bool:
    """Say whether a flag is false."""
    return not flag


def has_fraction(factor: Any, *_: object) -> bool:
    """Say whether a factor is not whole along some axis."""
    return any(isinstance(entry, float) for entry in (factor if isinstance(factor, list) else [factor]))


def has_key_heads(_: Any, layer: Layer, __: Sizes) -> bool:
    """Say whether heads share keys."""
    return bool(layer.get("kv_heads", layer["heads"]) != layer["heads"])


def is_no_picture(_: Any, __: Layer, sizes: Sizes) -> bool:
    """Say whether an input has other axes than a height and a width."""
    return "depth" in sizes or "length" in sizes


def is_no_zero(mode: str, *_: object) -> bool:
    """Say whether something else than zeros stands in the padding."""
    return mode != "zeros"


def is_count(slopes: Any, *_: object) -> bool:
    """Say whether a number of slopes is given."""
    return isinstance(slopes, int) and slopes != 1


def word(draw: Random) -> Layer:
    """Return a padding that is a word."""
    return {"padding": draw.choice(("valid", "same"))}


def factor(draw: Random) -> Layer:
    """Return a whole factor."""
    return {"factor": draw.randint(1, 3)}


def nothing(_: Random) -> Layer:
    """Leave the key out."""
    return {}


CONVOLUTIONS = "(conv|convtranspose|depthwiseconv|separableconv|convlstm)[123]d"
POOLS = "(max|avg)pool[123]d"
GAPS = (
    Gap(CONVOLUTIONS, "padding", is_number, word, "padding is a word"),
    Gap(POOLS, "padding", is_number, word, "padding is a word"),
    Gap(POOLS, "ceil", always, nothing, "sizes are rounded down, or with `same` up"),
    Gap("maxpool.d", "dilation", always, nothing, "pools are not dilated"),
    Gap("convtranspose.d", "groups", always, nothing, "transposed convolutions have no groups"),
    Gap("lstm", "projection", always, nothing, "a cell hands on all of its units"),
    Gap("batchnorm", "statistics", is_off, nothing, "batch normalisation always stores them"),
    Gap("instancenorm", "statistics", always, nothing, "groups of one channel store none"),
    Gap("rmsnorm", "scale", is_off, nothing, "the scale is always learned"),
    Gap("attention", "value_features", has_key_heads, nothing, "grouped heads have one size"),
    Gap("attention", "features", has_key_heads, nothing, "grouped heads give the query's features"),
    Gap("attention", "from", has_key_heads, nothing, "grouped heads want values as wide as queries"),
    Gap("attention", "value_input", has_key_heads, nothing, "grouped heads want values as wide as queries"),
    Gap("attention", "key_value_bias", always, nothing, "no key stands behind the memory's"),
    Gap("attention", "window", always, nothing, "tokens attend to all others"),
    Gap("attention", "position_bias", always, nothing, "nothing is added to the scores"),
    Gap("conv.d|dense", "weight_norm", always, nothing, "there is no such wrapper"),
    Gap("zeropad", "mode", is_no_zero, nothing, "only zeros are put there"),
    Gap("upsample", "factor", has_fraction, factor, "factors are whole"),
    Gap("upsample", "size", is_no_picture, factor, "only pictures are resized"),
    Gap("prelu", "parameters", is_count, lambda _: {"parameters": "channels"}, "axes are named, not slopes counted"),
)
"""A key that is not named here is drawn as it is."""


def fitted(draw: Random, layer: Layer, sizes: Sizes) -> Layer:
    """Return a layer that Keras can say of an input of some sizes, with other keys in place of each gap."""
    found = dict(layer)
    for gap in GAPS:
        if gap.key in found and re.fullmatch(gap.kinds, found["kind"]) and gap.unsaid(found[gap.key], found, sizes):
            found.pop(gap.key)
            found |= gap.instead(draw)
    return found
