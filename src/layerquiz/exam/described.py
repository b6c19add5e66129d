"""A layer in words, in the language of a question: its kind, and all of its keys that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo

from layerquiz.exam.facts import fact
from layerquiz.languages import ENGLISH, Words, phrase
from layerquiz.network.function_names import WRITTEN
from layerquiz.network.keys import SAYS_NOTHING
from layerquiz.network.layer import Layer
from layerquiz.network.layers.base import KEYS_OF_ALL
from layerquiz.network.network import Network

KINDS = {
    "conv": "convolution",
    "convtranspose": "transposed convolution",
    "depthwiseconv": "depthwise convolution",
    "separableconv": "separable convolution",
    "maxpool": "maximum pooling",
    "avgpool": "average pooling",
    "globalavgpool": "global average pooling",
    "globalmaxpool": "global maximum pooling",
    "batchnorm": "batch normalisation",
    "layernorm": "layer normalisation",
    "groupnorm": "group normalisation",
    "instancenorm": "instance normalisation",
    "rmsnorm": "root-mean-square normalisation",
    "lrn": "local response normalisation",
    "dense": "dense layer",
    "zeropad": "zero padding",
    "adaptiveavgpool": "adaptive average pooling",
    "adaptivemaxpool": "adaptive maximum pooling",
    "upsample": "enlarging",
    "prelu": "parametric ReLU",
    "activation": "activation function",
    "flatten": "flattening",
    "reshape": "reshaping",
    "add": "sum",
    "concat": "concatenation",
    "lppool": "power-average pooling",
    "maxunpool": "maximum unpooling",
    "fractionalmaxpool": "fractional maximum pooling",
    "locallyconnected": "locally connected layer",
    "convlstm": "convolutional LSTM",
    "permute": "exchange of axes",
    "series": "sequence as a series",
    "repeatvector": "repetition",
    "channelshuffle": "channel shuffle",
    "slice": "part along an axis",
    "glu": "gated linear unit",
    "subtract": "difference",
    "average": "mean",
    "maximum": "maximum",
    "minimum": "minimum",
    "parameter": "learned tensor",
    "dot": "dot product",
    "dotattention": "dot-product attention",
    "additiveattention": "additive attention",
    "einsumdense": "dense layer along some axes",
    "embeddingbag": "sum of embeddings",
    "positionembedding": "learned positions",
    "scale": "learned scale",
    "adaptivesoftmax": "adaptive softmax",
    "normalization": "normalisation with stored statistics",
    "rnn": "plain recurrent layer",
    "lstm": "LSTM",
    "gru": "GRU",
    "attention": "multi-head attention",
    "encoderlayer": "encoder layer of a transformer",
    "decoderlayer": "decoder layer of a transformer",
    "tokens": "positions of the image as a sequence of tokens",
    "select": "first token alone",
}
"""Kinds in words; `conv` stands for conv1d, conv2d and conv3d. Other kinds are called as in the notation."""


def as_product(sizes: tuple[int, ...]) -> str:
    """Return sizes as mathematics; a single one is a plain number."""
    if len(sizes) == 1:
        return str(sizes[0])
    return "$" + r"\times ".join(map(str, sizes)) + "$"


class Sign(str):
    """A letter that stands for a number, as mathematics: $C_{\\text{in}}$."""

    __slots__ = ()


SignOf: TypeAlias = Callable[[str, str], Sign | None]
"""The letter that is printed in place of a key of a layer; None where the key prints as it is."""


def described(network: Network, owner: str, sign_of: SignOf = lambda *_: None, words: Words = ENGLISH) -> str:
    """Return a layer in words, with all its keys that matter: what a student needs to recount it."""
    layer = network.by_name.get(owner)
    if layer is None:
        whole = {"input": words("the input"), "total": words("the whole network")}
        return whole.get(owner) or _block(network, owner, sign_of, words)
    family = layer.kind.family
    fields = type(layer.keys).model_fields
    signs = {name: sign for name in fields if (sign := sign_of(owner, name))}
    phrases = [
        _signed(layer, name, signs[name], words)
        if name in signs
        else PHRASES[name](layer, _found(network, layer, name), words)
        for name in PHRASES
        if name in fields
    ]
    others = [name for name in fields if name not in {*PHRASES, *KEYS_OF_ALL, *SAYS_NOTHING}]
    phrases += [
        _signed(layer, name, signs[name], words)
        if name in signs
        else _as_written(fields[name].alias or name, getattr(layer.keys, name), fields[name], words)
        for name in others
    ]
    several, branch = _taken(network, layer, words)
    called = words(KINDS.get(family, family)) + several
    return ", ".join(filter(None, [called, *phrases, branch, *_trained(layer, words)]))


def _taken(network: Network, layer: Layer, words: Words) -> tuple[str, str]:
    """Return what a layer puts together, and else from where it takes its input if not from the layer before it."""
    place = network.layers.index(layer)
    before = network.layers[place - 1].name if place else "input"
    if layer.sources == (before,) or not layer.sources:
        return "", ""
    around = layer.name.rpartition(".")[0]
    named = [_seen_from(around, source, words) for source in layer.sources]
    if len(named) > 1:
        return words(" of {names}", names=words.listed(named)), ""
    return "", words("on {name}", name=named[0])


def _seen_from(around: str, source: str, words: Words) -> str:
    """Return a layer's name as its neighbours in a block call it; what lies around the block is the block's input."""
    owner, _, name = source.rpartition(".")
    if source == "input" or (around and owner != around):
        return words("the input") if not around else words("the block's input")
    return f"`{name if around else source}`"


def _trained(layer: Layer, words: Words) -> Iterator[str]:
    """Yield what a layer says about the training of its parameters."""
    if layer.keys.shares:
        yield words("with the parameters of `{name}`", name=layer.keys.shares)
    if not layer.keys.trainable:
        yield words("frozen")


def _found(network: Network, layer: Layer, name: str) -> Any:
    """Return a key; of a sequence's layer None where it is not written, whatever follows then."""
    return getattr(layer.keys, name) if name in OF_SEQUENCES else fact(network, layer.name, name)


def _signed(layer: Layer, key: str, sign: Sign, words: Words) -> str:
    """Return the phrase of a key whose letter is printed in place of its number."""
    if key in ("filters", "units", "groups"):
        return f"{sign} {words(key)}"
    return f"{_called(layer, words) if key == 'kernel' else words(key.replace('_', ' '))} {sign}"


def _as_written(key: str, found: Any, field: FieldInfo, words: Words) -> str:
    """Return a key that has no phrase of its own by its name, unless it has its plain value."""
    called = words(key.replace("_", " "))
    if found is None or found == field.default:
        return ""
    if isinstance(found, bool):
        return called if found else words("without {name}", name=called)
    entries = found if isinstance(found, list) else [found]
    return f"{called} {', '.join('-' if entry is None else str(entry) for entry in entries)}"


def _block(network: Network, owner: str, sign_of: SignOf, words: Words) -> str:
    """Return a block in words: what stands in it, in order; copies that are alike are said once."""
    inside = [name for name in (*network.blocks, *network.by_name) if name.rpartition(".")[0] == owner]
    order = {name: place for place, name in enumerate(network.by_name)}
    inside.sort(key=lambda name: next(place for part, place in order.items() if f"{part}.".startswith(f"{name}.")))
    parts = [described(network, name, sign_of, words) for name in inside]
    if len(parts) == 1 or len(set(parts)) > 1:
        return "; ".join(parts)
    return words.counted(len(parts), "{number} copy of: {text}", "{number} copies of: {text}", text=parts[0])


def _kernel(layer: Layer, found: Any, words: Words) -> str:
    sizes = found if isinstance(found, tuple) else (found,) * len(layer.kind.axes)
    return f"{_called(layer, words)} {as_product(sizes)}"


def _called(layer: Layer, words: Words) -> str:
    return words("window") if "pool" in layer.kind.name else words("kernel")


def _per_axis(found: Any) -> str:
    return as_product(found) if isinstance(found, tuple) else str(found)


def _padding(layer: Layer, found: Any, words: Words) -> str:
    if layer.kind.name == "zeropad":
        return words("{number} on each side", number=_per_axis(found))
    if found in (0, "valid"):
        return words("no padding")
    said = f'"{found}"' if isinstance(found, str) else _per_axis(found)
    return words("padding {number}", number=said)


Phrase: TypeAlias = Callable[[Layer, Any, Words], str]
"""Says a key of a layer."""


def _unless(plain: Any, text: str) -> Phrase:
    """Return a phrase that is said only where the key is not the plain value."""
    return lambda _, found, words: "" if found == plain else words(text, number=_per_axis(found))


def _number_of(one: str, many: str) -> Phrase:
    """Return a phrase about a number of things."""
    return lambda _, found, words: words.counted(found, one, many)


def _unless_none(said: Phrase) -> Phrase:
    """Return a phrase that is said only where the key is written, and no zero."""
    return lambda layer, found, words: said(layer, found, words) if found else ""


def _scale_and_shift(layer: Layer, found: Any, words: Words) -> str:
    """Return what a normalisation learns, unless it is a scale and a shift and nobody would think otherwise."""
    shift = getattr(layer.keys, "center", None)
    usual = all(info.default for name, info in type(layer.keys).model_fields.items() if name in ("scale", "center"))
    if usual and found and shift is not False:
        return ""
    if not found and not shift:
        return words("without scale and shift")
    if found and shift:
        return words("with a learned scale and a learned shift")
    return words("with a learned scale") if found else words("with a learned shift")


def _axes(_: Layer, found: Any, words: Words) -> str:
    return "" if found == "last" else words("over all axes") if found == "all" else words(LAST_AXES, number=found)


LAST_AXES = phrase("over the last {number} axes")


def counted(number: int, one: str, many: str = "", words: Words = ENGLISH) -> str:
    """Return a number with its noun: 1 filter, 96 filters."""
    return f"{words.number(number)} {one if words.is_one(number) else many or plural(one)}"


def plural(noun: str) -> str:
    """Return the regular plural of an English noun."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _features(layer: Layer, found: Any, words: Words) -> str:
    if found is None:
        return ""
    if layer.kind.name.startswith("embedding"):
        return words.counted(found, "{number} feature for each word", "{number} features for each word")
    return words.counted(found, "{number} feature", "{number} features")


def _reset(_: Layer, found: Any, words: Words) -> str:
    if found is None:
        return ""
    return words("reset after the product") if found else words("reset before the product")


def _merge(layer: Layer, found: Any, words: Words) -> str:
    is_both = found == "sum" and getattr(layer.keys, "bidirectional", False)
    return words("the two directions added") if is_both else ""


OF_SEQUENCES: Mapping[str, Phrase] = {
    "vocabulary": _number_of("vocabulary of {number} word", "vocabulary of {number} words"),
    "heads": _number_of("{number} head", "{number} heads"),
    "kv_heads": _unless_none(_number_of("{number} head of keys and values", "{number} heads of keys and values")),
    "embedding": _features,
    "head_features": _unless_none(_number_of("{number} feature in each head", "{number} features in each head")),
    "window": _unless_none(_number_of("windows of {number} token", "windows of {number} tokens")),
    "position_bias": _unless(0, "{number} position biases in each head"),
    "feedforward": _number_of(
        "{number} unit between its two dense layers", "{number} units between its two dense layers"
    ),
    "layers": _unless(1, "{number} stacked layers"),
    "bidirectional": lambda _, found, words: words("in both directions") if found else "",
    "merge": _merge,
    "projection": _unless(0, "projected to {number} features"),
    "reset_after": _reset,
    "sequences": lambda _, found, words: "" if found else words("only the last step is handed on"),
}
"""Phrases of keys that layers on sequences have; what is not written is not said."""


GROUPS = _number_of("{number} group", "{number} groups")

PHRASES: Mapping[str, Phrase] = {
    "filters": _number_of("{number} filter", "{number} filters"),
    "units": _number_of("{number} unit", "{number} units"),
    "kernel": _kernel,
    "stride": _unless(None, "stride {number}"),
    "padding": _padding,
    "dilation": _unless(1, "dilation {number}"),
    "groups": lambda layer, found, words: (
        "" if found == 1 and "bias" in type(layer.keys).model_fields else GROUPS(layer, found, words)
    ),
    "multiplier": _unless(1, "{number} outputs of each channel"),
    "shape": lambda _, found, words: words("to {text}", text=as_product(found)),
    **OF_SEQUENCES,
    "ceil": lambda _, found, words: words("sizes rounded up") if found else "",
    "function": lambda _layer, found, _words: WRITTEN.get(found, str(found)),
    "keepdims": lambda _, found, words: words("each axis kept with size 1") if found else "",
    "rate": _unless(None, "rate {number}"),
    "bias": lambda _, found, words: "" if found else words("without bias"),
    "axes": _axes,
    "scale": _scale_and_shift,
    "center": lambda *_: "",
}
"""Keys in the order in which they are said, each with its phrase; an empty phrase is left out."""
