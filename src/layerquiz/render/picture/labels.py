"""What a picture writes about a layer: its kind and key facts, and its sizes, with letters in place of some numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import TypeAlias

from layerquiz.errors import NetworkError, nearest
from layerquiz.formula.expr import Number
from layerquiz.network.function_names import WRITTEN
from layerquiz.network.layer import Layer
from layerquiz.network.layers.base import reading_order
from layerquiz.network.network import Answer, Network
from layerquiz.render.picture.parts import QUIET
from layerquiz.render.picture.scene import Piece, Pieces

TIMES = " × "
THIN = "\N{THIN SPACE}"


@dataclass(frozen=True, slots=True)
class Count:
    """A number in a label, and the quantities that it is the value of."""

    value: Number
    names: tuple[str, ...]


Token: TypeAlias = str | Count
Label: TypeAlias = tuple[Token, ...]

SHORT: Mapping[str, str] = {
    "convtranspose": "up-conv",
    "depthwiseconv": "depthwise conv",
    "separableconv": "separable conv",
    "maxpool": "max pool",
    "avgpool": "average pool",
    "globalavgpool": "global average pool",
    "globalmaxpool": "global max pool",
    "adaptiveavgpool": "average pool to",
    "adaptivemaxpool": "max pool to",
    "batchnorm": "BN",
    "layernorm": "layer norm",
    "rmsnorm": "RMS norm",
    "groupnorm": "group norm",
    "instancenorm": "instance norm",
    "lrn": "LRN",
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn": "RNN",
    "zeropad": "pad",
    "pixelshuffle": "pixel shuffle",
    "pixelunshuffle": "pixel unshuffle",
    "repeatvector": "repeat",
    "encoderlayer": "encoder layer",
    "decoderlayer": "decoder layer",
    "channelshuffle": "channel shuffle",
    "prelu": "PReLU",
}
"""Kinds as figures call them; others are called as in the notation."""


def grouped(value: Number) -> str:
    """Return a number with thin spaces between groups of three digits, from five digits on."""
    return f"{value:,}".replace(",", THIN) if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def called(layer: Layer) -> str:
    """Return a layer's kind in a word or two; an activation is its function."""
    if layer.kind.name == "activation":
        function = str(getattr(layer.keys, "function", ""))
        return WRITTEN.get(function, function)
    return SHORT.get(layer.kind.family, layer.kind.family)


def product(parts: Iterable[Token]) -> Label:
    """Return tokens as a product."""
    found: list[Token] = []
    for part in parts:
        found += [TIMES, part] if found else [part]
    return tuple(found)


def facts(network: Network, layer: Layer, *, wide: bool = True, padded: bool = False) -> Label:
    """Return a layer in a line: its kind, window, filters or units, and stride where there is one.

    wide: with the filters or units. padded: with what else its sizes depend on, as whoever works them out has to know.
    """
    parts: list[Label] = [_head(network, layer)]
    parts += [(_count(network, layer, key),) for key in ("filters", "units") if wide and getattr(layer.keys, key, None)]
    if hasattr(layer.keys, "heads"):
        parts.append((_count(network, layer, "heads"), " heads"))
    groups = getattr(layer.keys, "groups", 1)
    if layer.kind.family in ("conv", "convtranspose") and groups != 1:
        parts.append((Count(groups, (f"{layer.name}.groups",)), " groups"))
    parts += _stride(network, layer)
    parts += padding(network, layer) if padded else []
    return joined(parts)


def joined(parts: Iterable[Label]) -> Label:
    """Return labels as one, with commas between."""
    line: list[Token] = []
    for part in parts:
        line += [", ", *part] if line else part
    return tuple(line)


def plain(label: Label) -> str:
    """Return a label as text, with all its numbers."""
    return "".join(part if isinstance(part, str) else grouped(part.value) for part in label)


def _head(network: Network, layer: Layer) -> Label:
    """Return a kind with its window, its factor or the shape of what it learns behind it."""
    keys, name = layer.keys, called(layer)
    if hasattr(keys, "kernel"):
        return (name, " ", *_per_axis(network, layer, "kernel"))
    if layer.kind.name == "embedding":
        return (name, " ", *product(_count(network, layer, key) for key in ("vocabulary", "features")))
    if getattr(keys, "factor", None):
        return (name, " ×", str(keys.factor))  # type: ignore[attr-defined]
    return (name,)


def _per_axis(network: Network, layer: Layer, key: str) -> Label:
    """Return a key that has one number for each axis as a product."""
    found = network.value(f"{layer.name}.{key}")
    axes = max(1, len(layer.kind.axes))
    sizes = found if isinstance(found, tuple) else (found,) * axes
    return product(Count(size, (f"{layer.name}.{key}",)) for size in sizes)


def _count(network: Network, layer: Layer, key: str) -> Count:
    names = (f"{layer.name}.{key}",)
    found: Answer = network.value(names[0]) if names[0] in _known(network, layer.name) else getattr(layer.keys, key)
    return Count(found if not isinstance(found, tuple) else found[0], names)


def _known(network: Network, owner: str) -> Sequence[str]:
    return network.quantities(owner)


def _stride(network: Network, layer: Layer) -> list[Label]:
    """Return `/2` where a window moves by 2, as figures write it; a pool's by its own size is not said."""
    if not hasattr(layer.keys, "stride"):
        return []
    stride = network.value(f"{layer.name}.stride")
    is_pool = "pool" in layer.kind.name
    if stride == 1 and not is_pool:
        return []
    if isinstance(stride, tuple):
        return [("/", *product(Count(step, (f"{layer.name}.stride",)) for step in stride))]
    return [("/", Count(stride, (f"{layer.name}.stride",)))]


def padding(network: Network, layer: Layer) -> list[Label]:
    """Return padding and dilation where there are any, and whether sizes are rounded up."""
    found: list[Label] = []
    given = getattr(layer.keys, "padding", 0)
    if isinstance(given, str):
        found += [(f'"{given}"',)]
    elif given:
        found += [("padding ", *_axes(network, layer, "padding"))]
    if getattr(layer.keys, "dilation", 1) != 1:
        found += [("dilation ", *_axes(network, layer, "dilation"))]
    return [*found, ("ceil",)] if getattr(layer.keys, "ceil", False) else found


def _axes(network: Network, layer: Layer, key: str) -> Label:
    """Return a key as one number where all axes agree."""
    found = network.value(f"{layer.name}.{key}")
    return _per_axis(network, layer, key) if isinstance(found, tuple) else (Count(found, (f"{layer.name}.{key}",)),)


def shape(network: Network, owner: str, also: Sequence[str] = ()) -> Label:
    """Return the sizes of what a layer gives, as the convention orders them; `also` are others that give the same."""
    sizes = reading_order(network.form(owner).sizes, network.conventions.channels_first)
    values = network.values[owner]
    owners = (owner, *(name for name in also if network.form(name).sizes == network.form(owner).sizes))
    return product(Count(values[size], tuple(f"{name}.{size}" for name in owners)) for size in sizes)


@dataclass(slots=True)
class Lettering:
    """Which quantities are asked for: each is a letter in place of its number, and the key of the letters.

    shown: all numbers that were written, by each of their quantities; firsts: one quantity of each, in their order.
    """

    letters: Mapping[str, str] = field(default_factory=dict)
    key: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Number] = field(default_factory=dict)
    firsts: list[str] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Say whether any number is a letter, so that somebody has to work it out."""
        return bool(self.letters)

    def pieces(self, label: Label) -> Pieces:
        """Return a label as it is printed; what equals a hidden number in one shape is hidden with it."""
        asked = [token for token in label if isinstance(token, Count) and _is_spatial(token) and self._of(token)]
        hidden = {count.value: self._of(count) for count in asked}
        whole = self._whole(label)
        if whole:
            return (Piece(whole, boxed=True),)
        found: list[Piece] = []
        for token in label:
            if isinstance(token, str):
                found = _joined(found, token)
                continue
            self._note(token)
            letter = self._of(token) or (hidden.get(token.value) if _is_spatial(token) else None)
            found = [*found, Piece(letter, boxed=True)] if letter else _joined(found, grouped(token.value))
        return tuple(found)

    def _note(self, count: Count) -> None:
        """Remember which quantities a number shows; each size is a part of a shape."""
        self.firsts.append(count.names[0])
        self.shown |= dict.fromkeys(count.names, count.value)
        self.shown |= {shape: count.value for name in count.names if (shape := shape_of(name))}

    def _whole(self, label: Label) -> str | None:
        """Return the one letter in place of a whole shape that is asked for."""
        counts = [token for token in label if isinstance(token, Count)]
        asked = {letter for count in counts for name in count.names if (letter := self.letters.get(shape_of(name)))}
        if len(asked) != 1 or not all(any(shape_of(name) in self.letters for name in c.names) for c in counts):
            return None
        for count in counts:
            self._note(count)
            self._of(count)
        return asked.pop()

    def _of(self, count: Count) -> str | None:
        """Return the letter of a number, noting what it stands for."""
        for name in count.names:
            for asked in (name, shape_of(name)):
                if asked in self.letters:
                    self.key.setdefault(self.letters[asked], asked)
                    return self.letters[asked]
        return None


def shape_of(name: str) -> str:
    """Return the shape that a size is a part of, such as `conv.shape`; "" of any other quantity."""
    owner, _, size = name.rpartition(".")
    return f"{owner}.shape" if size in SIZES else ""


def _joined(found: list[Piece], text: str) -> list[Piece]:
    """Put text behind pieces: plain text stays one piece."""
    if found and not found[-1].boxed:
        return [*found[:-1], Piece(found[-1].text + text)]
    return [*found, Piece(text)]


def _is_spatial(count: Count) -> bool:
    """Say whether a number is a spatial size: only those are equal by the shape of an image, not by chance."""
    return count.names[0].rpartition(".")[2] in SPATIAL


SPATIAL = ("height", "width", "depth")
SIZES = (*SPATIAL, "length", "tokens", "channels", "features")


def lettered(blanks: Sequence[str]) -> dict[str, str]:
    """Return the letters of some quantities: A, B, C in their order. Raises NetworkError for more than 26."""
    names = list(dict.fromkeys(blanks))
    if len(names) > len(ascii_uppercase):
        what = f"a picture has letters for at most {len(ascii_uppercase)} blanks; asked are {len(names)}"
        raise NetworkError(what, slug="too-many-blanks")
    return dict(zip(names, ascii_uppercase, strict=False))


def chosen(network: Network, firsts: Iterable[str], count: int) -> list[str]:
    """Return so many of the numbers that a picture shows, spread evenly over the network: sizes to be worked out."""
    order = {name: place for place, name in enumerate(network.graph.parts)}
    sizes = [name for name in dict.fromkeys(firsts) if _is_worked_out(network, name)]
    sizes.sort(key=lambda name: order[name.rpartition(".")[0]])
    if not 1 <= count <= len(sizes):
        what = f"the picture shows {len(sizes)} sizes that can be left open; asked are {count}"
        raise NetworkError(what, cure=f"Allowed: 1 to {len(sizes)}", slug="too-many-blanks")
    return [sizes[(2 * number + 1) * len(sizes) // (2 * count)] for number in range(count)]


def _is_worked_out(network: Network, name: str) -> bool:
    """Say whether a number is a size that is not given: by the input, by filters or units, or by an equal height."""
    owner, _, size = name.rpartition(".")
    layer = network.by_name.get(owner)
    if layer is None or size not in SIZES:
        return False
    if size in ("channels", "features"):
        while layer and layer.kind.name in QUIET:  # as many as the layer before it says
            layer = network.by_name.get(layer.sources[0])
        return layer is not None and not (hasattr(layer.keys, "filters") or hasattr(layer.keys, "units"))
    return size == "height" or network.values[owner][size] != network.values[owner].get("height")


def check_shown(blanks: Iterable[str], shown: Mapping[str, Number]) -> None:
    """Refuse a blank that the picture does not show."""
    for name in blanks:
        if name not in shown:
            raise NetworkError(f'the picture does not show "{name}"', cure=nearest(name, shown), slug="not-shown")
