"""What a layer offers to the wording: its quantities and keys, and its description in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo

from layerquiz.errors import LayerquizError, TemplateError, nearest
from layerquiz.exam.facts import fact
from layerquiz.formula.expr import Reference
from layerquiz.network.keys import SAYS_NOTHING
from layerquiz.network.layer import Layer
from layerquiz.network.layers.base import KEYS_OF_ALL
from layerquiz.network.network import Network

RANKS = ("1d", "2d", "3d")

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


class Shape(tuple[int, ...]):
    """Sizes that print as a product: $32\\times 32\\times 3$."""

    __slots__ = ()


class Window(int):
    """One number that stands for every axis: a kernel of 3 prints as $3\\times 3$, and counts as 3."""

    rank: int

    def __new__(cls, number: int, rank: int) -> Window:
        """Return a number with its count of axes."""
        window = super().__new__(cls, number)
        window.rank = rank
        return window


def as_product(sizes: tuple[int, ...]) -> str:
    """Return sizes as mathematics; a single one is a plain number."""
    if len(sizes) == 1:
        return str(sizes[0])
    return "$" + r"\times ".join(map(str, sizes)) + "$"


class Sign(str):
    """A letter that stands for a number, as mathematics: $C_{\\text{in}}$."""

    __slots__ = ()


class LayerView:
    """One layer (or `input`, `total`, a block) in a wording: `conv.kernel`, `conv.shape`, `stage.block1.conv.shape`.

    Where a formula is asked for, `letters` are the signs in TeX that are printed in place of numbers.
    """

    __slots__ = ("_letters", "_name", "_network")

    def __init__(self, network: Network, name: str, letters: Mapping[Reference, str] | None = None) -> None:
        self._network, self._name, self._letters = network, name, letters or {}

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        if attribute == "description":
            if self._letters:
                cure = "Name what it has one by one, such as conv.kernel"
                raise TemplateError("a description has numbers, and this question has letters", cure=cure)
            return described(self._network, self._name)
        inner = f"{self._name}.{attribute}"
        if inner in self._network.graph.parts:
            return self._inner(inner)
        return self._in_letters(attribute) or offered(self._network, self._name, attribute)

    def _inner(self, name: str) -> LayerView:
        return LayerView(self._network, name, self._letters)

    def _in_letters(self, attribute: str) -> Sign | None:
        """Return a quantity as its letter, a shape as a product of letters and numbers; None where it has none."""
        if not self._letters:
            return None
        try:
            refs = self._network.members(f"{self._name}.{attribute}")
        except LayerquizError:
            return None
        if not any(ref in self._letters for ref in refs):
            return None
        texts = [self._letters.get(ref, str(self._network.values[ref.owner][ref.name])) for ref in refs]
        layer = self._network.by_name.get(self._name)
        if attribute == "kernel" and layer and len(texts) == 1:
            texts *= max(1, len(layer.kind.axes))
        return Sign("$" + r" \times ".join(texts) + "$")


def offered(network: Network, owner: str, name: str) -> Any:
    """Return a layer's quantity or key as the wording prints it."""
    found = fact(network, owner, name)
    if isinstance(found, tuple):
        return Shape(found)
    layer = network.by_name.get(owner)
    if name == "kernel" and layer and len(layer.kind.axes) > 1:
        return Window(found, len(layer.kind.axes))
    return found


def views(network: Network, letters: Mapping[Reference, str] | None = None) -> dict[str, Any]:
    """Return a network's names for the wording: every layer, `input`, `total`, and `layers` for loops."""
    return arranged(network, lambda name: LayerView(network, name, letters))


def arranged(network: Network, view: Callable[[str], LayerView]) -> dict[str, Any]:
    """Return a network's names for the wording, each with its view."""
    parts = {name: view(name) for name in network.graph.parts}
    layers = [parts[layer.name] for layer in network.layers]
    return {"layers": layers, **{name: view for name, view in parts.items() if "." not in name}}


class NetworkView:
    """One of several networks in a wording: `a.name`, `a.conv.filters`, `a.layers`, `a.total.parameters`."""

    __slots__ = ("_network", "_views")

    def __init__(self, network: Network) -> None:
        self._network, self._views = network, views(network)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        if attribute == "name":
            return self._network.name
        if attribute not in self._views:
            cure = nearest(attribute, self._views)
            raise TemplateError(f'the network has no "{attribute}"', cure=cure, slug="unknown-name")
        return self._views[attribute]


SignOf: TypeAlias = Callable[[str, str], Sign | None]
"""The letter that is printed in place of a key of a layer; None where the key prints as it is."""


def described(network: Network, owner: str, sign_of: SignOf = lambda *_: None) -> str:
    """Return a layer in words, with all its keys that matter: what a student needs to recount it."""
    layer = network.by_name.get(owner)
    if layer is None:
        return {"input": "the input", "total": "the whole network"}.get(owner) or _block(network, owner, sign_of)
    family = layer.kind.name[:-2] if layer.kind.name.endswith(RANKS) else layer.kind.name
    fields = type(layer.keys).model_fields
    signs = {name: sign for name in fields if (sign := sign_of(owner, name))}
    phrases = [
        _signed(layer, name, signs[name]) if name in signs else PHRASES[name](layer, _found(network, layer, name))
        for name in PHRASES
        if name in fields
    ]
    others = [name for name in fields if name not in {*PHRASES, *KEYS_OF_ALL, *SAYS_NOTHING}]
    phrases += [
        _signed(layer, name, signs[name])
        if name in signs
        else _as_written(fields[name].alias or name, getattr(layer.keys, name), fields[name])
        for name in others
    ]
    several, branch = _taken(network, layer)
    return ", ".join(filter(None, [KINDS.get(family, family) + several, *phrases, branch, *_trained(layer)]))


def _taken(network: Network, layer: Layer) -> tuple[str, str]:
    """Return what a layer puts together, and else from where it takes its input if not from the layer before it."""
    place = network.layers.index(layer)
    before = network.layers[place - 1].name if place else "input"
    if layer.sources == (before,) or not layer.sources:
        return "", ""
    around = layer.name.rpartition(".")[0]
    named = [_seen_from(around, source) for source in layer.sources]
    return (f" of {listed(named)}", "") if len(named) > 1 else ("", f"on {named[0]}")


def _seen_from(around: str, source: str) -> str:
    """Return a layer's name as its neighbours in a block call it; what lies around the block is the block's input."""
    owner, _, name = source.rpartition(".")
    if source == "input" or (around and owner != around):
        return "the input" if not around else "the block's input"
    return f"`{name if around else source}`"


def _trained(layer: Layer) -> Iterator[str]:
    """Yield what a layer says about the training of its parameters."""
    if layer.keys.shares:
        yield f"with the parameters of `{layer.keys.shares}`"
    if not layer.keys.trainable:
        yield "frozen"


def _found(network: Network, layer: Layer, name: str) -> Any:
    """Return a key; of a sequence's layer None where it is not written, whatever follows then."""
    return getattr(layer.keys, name) if name in OF_SEQUENCES else fact(network, layer.name, name)


def _signed(layer: Layer, key: str, sign: Sign) -> str:
    """Return the phrase of a key whose letter is printed in place of its number."""
    if key in ("filters", "units", "groups"):
        return f"{sign} {key}"
    return f"{_called(layer) if key == 'kernel' else key.replace('_', ' ')} {sign}"


def _as_written(key: str, found: Any, field: FieldInfo) -> str:
    """Return a key that has no phrase of its own by its name, unless it has its plain value."""
    called = key.replace("_", " ")
    if found is None or found == field.default:
        return ""
    if isinstance(found, bool):
        return called if found else f"without {called}"
    entries = found if isinstance(found, list) else [found]
    return f"{called} {', '.join('-' if entry is None else str(entry) for entry in entries)}"


def _block(network: Network, owner: str, sign_of: SignOf) -> str:
    """Return a block in words: what stands in it, in order; copies that are alike are said once."""
    inside = [name for name in (*network.blocks, *network.by_name) if name.rpartition(".")[0] == owner]
    order = {name: place for place, name in enumerate(network.by_name)}
    inside.sort(key=lambda name: next(place for part, place in order.items() if f"{part}.".startswith(f"{name}.")))
    parts = [described(network, name, sign_of) for name in inside]
    return (
        f"{counted(len(parts), 'copy')} of: {parts[0]}" if len(parts) > 1 and len(set(parts)) == 1 else "; ".join(parts)
    )


def _kernel(layer: Layer, found: Any) -> str:
    sizes = found if isinstance(found, tuple) else (found,) * len(layer.kind.axes)
    return f"{_called(layer)} {as_product(sizes)}"


def _called(layer: Layer) -> str:
    return "window" if "pool" in layer.kind.name else "kernel"


def _per_axis(found: Any) -> str:
    return as_product(found) if isinstance(found, tuple) else str(found)


def _padding(layer: Layer, found: Any) -> str:
    if layer.kind.name == "zeropad":
        return f"{_per_axis(found)} on each side"
    if found in (0, "valid"):
        return "no padding"
    return f'padding "{found}"' if isinstance(found, str) else f"padding {_per_axis(found)}"


def _unless(plain: Any, text: str) -> Callable[[Layer, Any], str]:
    """Return a phrase that is said only where the key is not the plain value."""
    return lambda _, found: "" if found == plain else text.format(_per_axis(found))


def _scale_and_shift(layer: Layer, found: Any) -> str:
    """Return what a normalisation learns, unless it is a scale and a shift and nobody would think otherwise."""
    shift = getattr(layer.keys, "center", None)
    words = [word for word, learned in (("scale", found), ("shift", shift)) if learned]
    usual = all(info.default for name, info in type(layer.keys).model_fields.items() if name in ("scale", "center"))
    if usual and found and shift is not False:
        return ""
    return "with a learned " + " and a learned ".join(words) if words else "without scale and shift"


def _groups(layer: Layer, found: Any) -> str:
    is_plain = found == 1 and type(layer.keys).model_fields["groups"].default == 1
    return "" if is_plain else counted(found, "group")


def _axes(_: Layer, found: Any) -> str:
    return {"last": "", "all": "over all axes"}.get(found, f"over the last {found} axes")


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 filter, 96 filters."""
    return f"{number:,} {one if number == 1 else many or plural(one)}"


def plural(noun: str) -> str:
    """Return the regular plural of an English noun."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _features(layer: Layer, found: Any) -> str:
    if found is None:
        return ""
    return counted(found, "feature") + (" for each word" if layer.kind.name.startswith("embedding") else "")


OF_SEQUENCES: Mapping[str, Callable[[Layer, Any], str]] = {
    "vocabulary": lambda _, found: f"vocabulary of {counted(found, 'word')}",
    "heads": lambda _, found: counted(found, "head"),
    "kv_heads": lambda _, found: found and f"{counted(found, 'head')} of keys and values",
    "embedding": _features,
    "head_features": lambda _, found: found and f"{counted(found, 'feature')} in each head",
    "feedforward": lambda _, found: f"{counted(found, 'unit')} between its two dense layers",
    "layers": lambda _, found: "" if found == 1 else f"{found} stacked layers",
    "bidirectional": lambda _, found: "in both directions" if found else "",
    "merge": lambda layer, found: (
        "the two directions added" if found == "sum" and getattr(layer.keys, "bidirectional", False) else ""
    ),
    "projection": _unless(0, "projected to {} features"),
    "reset_after": lambda _, found: "" if found is None else f"reset {'after' if found else 'before'} the product",
    "sequences": lambda _, found: "" if found else "only the last step is handed on",
}
"""Phrases of keys that layers on sequences have; what is not written is not said."""


FUNCTIONS = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "elu": "ELU", "selu": "SELU", "relu6": "ReLU6"}
"""Activation functions that are written otherwise than in the notation."""

PHRASES: Mapping[str, Callable[[Layer, Any], str]] = {
    "filters": lambda _, found: counted(found, "filter"),
    "units": lambda _, found: counted(found, "unit"),
    "kernel": _kernel,
    "stride": _unless(None, "stride {}"),
    "padding": _padding,
    "dilation": _unless(1, "dilation {}"),
    "groups": lambda layer, found: (
        "" if found == 1 and "bias" in type(layer.keys).model_fields else counted(found, "group")
    ),
    "multiplier": _unless(1, "{} outputs of each channel"),
    "shape": lambda _, found: f"to {as_product(found)}",
    **OF_SEQUENCES,
    "ceil": lambda _, found: "sizes rounded up" if found else "",
    "function": lambda _, found: FUNCTIONS.get(found, str(found)),
    "rate": _unless(None, "rate {}"),
    "bias": lambda _, found: "" if found else "without bias",
    "axes": _axes,
    "scale": _scale_and_shift,
    "center": lambda *_: "",
}
"""Keys in the order in which they are said, each with its phrase; an empty phrase is left out."""
