"""The draft of a PyTorch model while it is traced: layers with their owners, and what each parameter belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft, cannot
from layerquiz.network.importing.forms import FORMS, SEQUENCE, SIZES_ALLOWED, STRIP
from layerquiz.network.importing.torch.layout import Layout
from layerquiz.network.importing.torch.values import Base, Dims, Learned, Value, literal, without_batch
from layerquiz.network.importing.torch.values import full as whole

STRIPS = (
    "conv",
    "maxpool",
    "avgpool",
    "lppool",
    "adaptive",
    "upsample",
    "zeropad",
    "crop",
    "instancenorm",
    "maxunpool",
)
"""Beginnings of kinds that give channels and a length where they give two sizes."""


@dataclass(slots=True)
class Account:
    """What the model has at a layer: where, the parameters that it has first, and the shape that it gives."""

    where: str
    layer: str
    parameters: tuple[Any, ...]
    shape: tuple[int, ...] | None


class Writing:
    """Layers as they are met.

    place: says where the model is just now. called: how a layer of a kind is called there; beside: how one is that no
    module of PyTorch's own stands for. heads: of attention without projections; widths: of its queries and keys.
    attended: scores that are used up. open_biases: layers that a shift may be put to.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.place: Callable[[], str] = lambda: draft.name
        self.called: Callable[[str], str] = lambda kind: kind
        self.beside: Callable[[str], str] = lambda kind: kind
        self.heads: dict[str, int] = {}
        self.widths: dict[str, tuple[int, ...]] = {}
        self.accounts: dict[str, Account] = {}
        self.owners: dict[int, str] = {}
        self.parameters: dict[str, tuple[Any, ...]] = {}
        self.attended: set[Base] = set()
        self.open_biases: set[str] = set()
        self.names: dict[int, str] = {}
        self.layout = Layout(self.rearranged, self.learned, self.refuse)

    def refuse(self, what: str, why: str = "", cure: str = "") -> NetworkError:
        """Return the refusal of what the model does just now."""
        return cannot(self.place(), what, why, cure)

    def rearranged(self, kind: str, label: str, *sources: str, **keys: Any) -> str:
        """Write a layer that only moves numbers; where no module did so, it is called as its kind."""
        return self.draft.add(kind, *sources, name=label or self.beside(kind), **keys)

    def learned(self, base: Learned, shape: tuple[int, ...]) -> str:
        """Write a learned tensor that stands alone."""
        if not 1 <= len(shape) <= max(FORMS):
            raise self.refuse(f'the parameter "{base.called}" has {len(shape)} axes, {shape}', SIZES_ALLOWED)
        return self._written(
            "parameter", (), base.parameters, shape, base.called.removesuffix(".weight"), {"shape": list(shape)}
        )

    def given_back(self, base: Learned) -> None:
        """Write parameters that are an output, where no layer has them."""
        for parameter in base.parameters:
            if id(parameter) not in self.owners:
                shape = tuple(parameter.shape) or (1,)
                self._written("parameter", (), (parameter,), shape, self.names[id(parameter)], {"shape": list(shape)})

    def layer(
        self,
        kind: str,
        sources: Sequence[Value],
        extents: Sequence[int],
        held: Iterable[Any] = (),
        **keys: Any,
    ) -> Base:
        """Write a layer behind others that are written, and return it with the sizes that it gives."""
        names = [source.base.written() for source in sources]
        name = self._written(kind, names, tuple(held), tuple(extents), keys.pop("name", "") or self.called(kind), keys)
        form = FORMS.get(len(extents), ())
        if len(extents) == 2 and (kind.startswith(STRIPS) or (sources and sources[0].base.form == STRIP)):
            form = STRIP if kind not in ("attention", "dotattention") else form
        return Base(tuple(extents), form, name)

    def after(self, kind: str, value: Value, shape: Sequence[int], held: Iterable[Any] = (), **keys: Any) -> Value:
        """Write a layer behind a tensor that is settled, and return the tensor that it gives, of a shape."""
        dims = reshaped(value.dims, shape)
        goal, _ = literal(dims)
        return Value(self.layer(kind, [value], goal.extents, held, **keys), dims)

    def _written(
        self,
        kind: str,
        sources: Sequence[str],
        held: tuple[Any, ...],
        shape: tuple[int, ...],
        called: str,
        keys: dict[str, Any],
    ) -> str:
        loan, own = self._loan(kind, held)
        keys |= loan
        frozen = {not parameter.requires_grad for parameter in (own or held if "shares" not in loan else ())}
        if len(frozen) == 2:
            names = [self.names[id(parameter)] for parameter in own if not parameter.requires_grad]
            cure = "Freeze all parameters of the layer, or none"
            raise self.refuse(f"only a part of the layer is trained: {', '.join(names)} is frozen", cure=cure)
        if frozen == {True} and own:
            keys["trainable"] = False
        name = self.draft.add(kind, *sources, name=called, **keys)
        for parameter in own:
            self.owners[id(parameter)] = name
        self.parameters[name] = held
        self.accounts[name] = Account(self.place(), name, own, shape)
        return name

    def _loan(self, kind: str, held: tuple[Any, ...]) -> tuple[dict[str, str], tuple[Any, ...]]:
        """Return what a layer's keys say of parameters that another layer has, and the parameters that are its own."""
        lent = {self.owners[id(parameter)] for parameter in held if id(parameter) in self.owners}
        own = tuple(parameter for parameter in held if id(parameter) not in self.owners)
        if not lent:
            return {}, own
        (lender, *others) = sorted(lent)
        is_same = not others and not own and [*map(id, self.parameters[lender])] == [*map(id, held)]
        is_kind = self.kind(lender) == kind
        if is_same and is_kind:
            return {"shares": lender}, ()
        if kind == "dense" and self.kind(lender) == "embedding" and not others and id(held[0]) in self.owners:
            return {"tied": lender}, own
        names = ", ".join(self.names[id(parameter)] for parameter in held if id(parameter) in self.owners)
        what = f'a layer of the kind {kind} uses {names}, which belongs to the layer "{lender}" ({self.kind(lender)})'
        why = "Layers of one kind can share all of their parameters, and a dense layer can use an embedding's table"
        raise self.refuse(what, why)

    def kind(self, name: str) -> str:
        """Return the kind of a layer."""
        return str(self.entry(name)["kind"])

    def entry(self, name: str) -> dict[str, Any]:
        """Return a layer as it is written."""
        return next(layer for layer in reversed(self.draft.layers) if layer["name"] == name)

    def gains(self, name: str, key: str, found: Any, parameters: Iterable[Any]) -> None:
        """Give a layer that is written one more key, and the parameters that come with it."""
        self.entry(name)[key] = found
        account = self.accounts[name]
        for parameter in parameters:
            self.owners[id(parameter)] = name
            account.parameters += (parameter,)
            self.parameters[name] += (parameter,)

    def input(self, base: Base) -> str:
        """Name the network's input; two sizes are a sequence unless something has taken them for a strip."""
        base.form = base.form or SEQUENCE
        return INPUT


def reshaped(dims: Dims, shape: Sequence[int]) -> Dims:
    """Return the axes of a tensor over a layer with its own sizes in a shape; the batch stays where it is."""
    found, place = [], 0
    for dim, length in zip(dims, shape, strict=True):
        batch = tuple(digit for digit in dim if digit[0] == -1)
        if batch and not without_batch(dim):
            found.append(batch)
            continue
        own = length // (batch[0][1] if batch else 1)
        first = bool(batch) and dim[0] == batch[0]
        found.append((*batch, *whole(place, own)) if first else (*whole(place, own), *batch))
        place += 1
    return tuple(found)
