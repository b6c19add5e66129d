"""One call of a layer or a function of Keras, as what writes it down sees it: its inputs, its shape, its weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft, cannot
from layerquiz.network.importing.forms import FEATURES, FORMS, IDS, SEQUENCE, SIZES_ALLOWED, STRIP
from layerquiz.network.importing.nested import leaves
from layerquiz.network.layers.base import reading_order

Shape = tuple[int, ...]

STATISTICS = frozenset(("moving_mean", "moving_variance", "mean", "variance", "count", "vector_u"))
"""The variables of Keras' layers that are measured, not learned."""


@dataclass(eq=False, slots=True)
class Tensor:
    """What a layer of the draft gives: the layer's name, the names of its sizes, and the sizes, the channels last.

    turned: the same numbers as a strip, or as a sequence. weight: the variable of somebody's own layer that this is
    instead; its shape is then all of it.
    """

    name: str
    sizes: tuple[str, ...]
    shape: Shape
    turned: Tensor | None = None
    weight: Any = None


@dataclass(slots=True)
class Written:
    """What has been written down so far. lent: by operation, the layers with weights that it became at first."""

    draft: Draft
    lent: dict[int, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Use:
    """One call. op: the layer or operation; args, kwargs: what it got, with a `Tensor` for each computed value.

    title: its name behind those of the models that it is in. shapes: of its outputs, without the batch. feeds: the
    classes of what takes its output. lent: the layers that an earlier call of it became. outputs: what it gives, where
    that is more than one tensor.
    """

    written: Written
    op: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    title: str
    shapes: tuple[Shape, ...]
    feeds: frozenset[str] = frozenset()
    lent: list[str] | None = None
    layers: list[str] = field(default_factory=list)
    owning: list[str] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)

    @property
    def inputs(self) -> list[Tensor]:
        """Return the computed values among the arguments, in order."""
        return [found for found in leaves((self.args, self.kwargs)) if isinstance(found, Tensor)]

    @property
    def first(self) -> Tensor:
        """Return the first computed value that it takes."""
        return next(tensor for tensor in self.inputs if tensor.weight is None)

    @property
    def shape(self) -> Shape:
        """Return the shape of the first output, without the batch."""
        return self.shapes[0]

    @property
    def rank(self) -> int:
        """Return how many axes the first output has, without the batch."""
        return len(self.shape)

    def argument(self, place: int, name: str, default: Any = None) -> Any:
        """Return what was given for one argument of the call."""
        return self.args[place] if len(self.args) > place else self.kwargs.get(name, default)

    def refused(self, what: str, why: str = "", cure: str = "") -> NetworkError:
        """Return the refusal of this call."""
        return cannot(self.title, f"{type(self.op).__name__}: {what}", why, cure)

    def layer(
        self,
        kind: str,
        *sources: Tensor,
        part: str = "",
        sizes: tuple[str, ...] = (),
        gives: Shape | None = None,
        **keys: Any,
    ) -> Tensor:
        """Write a layer without weights down, behind the call's first input where none is named.

        part: put behind the title where it is not the layer that gives the output. sizes: the names of its output's
        sizes, where these are not the input's of the same rank, or the usual ones. gives: the shape of a part.
        """
        sources = sources or (self.first,)
        name = f"{self.title}/{part}" if part else self.title
        made = self.written.draft.add(kind, *(source.name for source in sources), name=name, **keys)
        self.layers.append(made)
        given = self.shape if gives is None else gives
        if len(given) not in FORMS:
            cure = SIZES_ALLOWED
            raise self.refused(f"its output has {len(given)} sizes beside the batch", cure=cure)
        kept = (
            sources[0].sizes if len(sources[0].shape) == len(given) and sources[0].sizes != IDS else FORMS[len(given)]
        )
        return Tensor(made, sizes or kept, given)

    def learned(self, kind: str, *sources: Tensor, **keys: Any) -> Tensor:
        """Write a layer with weights down; that of a later call shares those of the first."""
        place = len(self.owning)
        if self.lent is not None:
            keys["shares"] = self.lent[place]
        elif self.frozen:
            keys["trainable"] = False
        made = self.layer(kind, *sources, **keys)
        self.owning.append(made.name)
        return made

    @property
    def frozen(self) -> bool:
        """Say whether none of its learned numbers is trained; refuse a layer of which only some are."""
        trained, still = self.weights
        learned = [weight.name for weight in still if weight.name not in STATISTICS]
        if trained and learned:
            why = "The notation freezes a layer as a whole"
            raise self.refused(f'"{learned[0]}" is frozen and other weights are not', why)
        return bool(learned)

    @property
    def weights(self) -> tuple[list[Any], list[Any]]:
        """Return the variables that are trained, and the others: the layer's own, or those that a function is given.

        A variable knows it: a frozen layer may hold another one that is not, whose weights Keras trains.
        """
        given = getattr(self.op, "weights", None)
        if given is None:
            given = [tensor.weight for tensor in self.inputs if tensor.weight is not None]
        return [found for found in given if found.trainable], [found for found in given if not found.trainable]

    def strip(self, tensor: Tensor) -> Tensor:
        """Return a sequence as a strip of channels, for what slides along it."""
        return self._turned(tensor, STRIP, SEQUENCE, "series")

    def sequence(self, tensor: Tensor) -> Tensor:
        """Return a strip of channels as a sequence, for what goes through it step by step."""
        return self._turned(tensor, SEQUENCE, STRIP, "tokens")

    def _turned(self, tensor: Tensor, wanted: tuple[str, ...], other: tuple[str, ...], kind: str) -> Tensor:
        if tensor.sizes != other:
            return tensor
        if tensor.name == INPUT and not self.written.draft.layers:
            self.entered(tensor, wanted)  # nothing has read the input otherwise
            return tensor
        if tensor.turned is None:
            tensor.turned = self.layer(kind, tensor, part=kind, sizes=wanted, gives=tensor.shape)
        return tensor.turned

    def ids(self, tensor: Tensor) -> Tensor:
        """Return the input as the numbers of words, where it is a row of numbers."""
        if tensor.name == INPUT and tensor.sizes == FEATURES:
            self.entered(tensor, IDS)
        return tensor

    def entered(self, tensor: Tensor, sizes: tuple[str, ...]) -> None:
        """Call the sizes of the network's input by other names."""
        tensor.sizes = sizes
        self.written.draft.input = named(sizes, tensor.shape)

    def says(self) -> None:
        """Note what Keras counts here: nothing where an earlier call of the same layer has counted."""
        trained, still = ([], []) if self.lent is not None else self.weights
        counts = {"trainable": numbers(trained), "nontrainable": numbers(still)}
        shape = self.outputs[-1].shape if self.outputs else self.shape
        self.written.draft.says(self.title, *self.layers, **counts, shape=shape)


def named(sizes: tuple[str, ...], shape: Shape) -> dict[str, int]:
    """Return sizes by name; the shape has the channels last."""
    order = reading_order(sizes)
    return {size: shape[order.index(size)] for size in sizes}


def numbers(weights: Iterable[Any]) -> int:
    """Return how many numbers some variables hold."""
    return sum(prod(weight.shape) for weight in weights)
