"""What every further form of an entry of `ask` shares: how it is read, drawn and filled in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.errors import FormulaError, LayerquizError
from layerquiz.exam import wording
from layerquiz.exam.code_view import CODE, CodeView, Hidden, planted
from layerquiz.exam.facts import fact
from layerquiz.exam.hidden import hiding_views
from layerquiz.exam.layer_view import NetworkView, views
from layerquiz.exam.listed import Listed
from layerquiz.exam.picture_view import PICTURED, PictureView
from layerquiz.exam.recipe import Drawn, unknown
from layerquiz.exam.searched import Searched
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.wording import Wording
from layerquiz.formula.derive import Derivation, derive
from layerquiz.languages import ENGLISH, Words
from layerquiz.network import expression
from layerquiz.network.expression import Expression, Lookup
from layerquiz.network.network import Network

COMPARE = "compare"
"""The kind of question that is about several networks."""

Points = Annotated[float, Field(ge=0.01, le=1000)]


class Keys(BaseModel):
    """Keys as written: no others are allowed, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FormKeys(Keys):
    """The keys that every form has: what is printed beside the blank, and what it is worth."""

    label: str | None = None
    points: Points = 1


Networks: TypeAlias = Mapping[str, Network]
"""The networks of a drawing by name; the only one has no name."""


@dataclass(frozen=True)
class Scene:
    """One drawing, as wordings and forms look at it: what was drawn, and the network that it makes.

    hidden: what the network's code leaves open. hiding: the form that asks for a key, which no wording may give away.
    words: those of the language in which the question is put; called: what networks are called in it.
    asked: the quantities that the blanks are about, in their order.
    """

    written: SourceText
    tells_apart: tuple[str, ...]
    drawn: Drawn
    networks: Networks
    hidden: tuple[Hidden, ...] = ()
    hiding: Form | None = None
    words: Words = ENGLISH
    called: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str | None, ...] = ()

    @cached_property
    def network(self) -> Network:
        """Return the network, the first of several."""
        return next(iter(self.networks.values()))

    @cached_property
    def names(self) -> dict[str, Any]:
        """Return what a wording may name: draws of `let`, and layers and code; of several networks, those."""
        if "" not in self.networks:
            views_of = {name: NetworkView(found, self.title(name), self.words) for name, found in self.networks.items()}
            return {**self.drawn["let"], **views_of}
        if self.hiding is None or self.hiding.asked_key is None:
            code = CodeView(self.network, (*self.hidden, *planted(self.drawn)))
            whole = PictureView(self.network, self.asked)
            return {CODE: code, PICTURED: whole, **self.drawn["let"], **views(self.network, words=self.words)}
        hidden = self.hiding.asked_key.hidden(self.network, self.hiding.stated)
        return {**self.drawn["let"], **hiding_views(self.network, hidden, self.words)}

    def title(self, network: str) -> str:
        """Return what a network is called: in the question's language, by its own `name`, or as it stands there."""
        own = self.networks[network].spec.get("name")
        return self.called.get(network) or (str(own) if own else network)

    def lookup(self, name: str) -> Any:
        """Return what a name of an expression stands for: a draw of `let`, a quantity or a key of a layer."""
        first, _, rest = name.partition(".")
        if first in self.networks:
            return lookup(self.drawn, self.networks[first])(rest)
        return lookup(self.drawn, self.network)(name)


def lookup(drawn: Drawn, network: Network) -> Lookup:
    """Return what the names of an expression stand for in a drawing: draws of `let`, quantities and keys of layers."""

    def value(name: str) -> Any:
        owner, dot, key = name.rpartition(".")
        if dot:
            return fact(network, owner, key)
        if name not in drawn["let"]:
            raise unknown(name, drawn["let"])
        return drawn["let"][name]

    return value


@dataclass(frozen=True, eq=False)
class Form(ABC):
    """One blank that is not simply a quantity of the network. `name` tells it from the template's other blanks."""

    name: str
    label: str | Wording
    points: Fraction
    place: Path
    kinds: ClassVar[tuple[str, ...]]
    """The kinds of question that have such blanks."""

    explains: ClassVar[bool] = False
    """Whether the mistakes of `tells_apart` have to show in the wrong answers that the blank explains."""

    @property
    def told(self) -> str | None:
        """Return the quantity in which the mistakes of `tells_apart` have to show, if the blank is about one."""
        return None

    @property
    def rounding(self) -> bool:
        """Return whether a rounded answer counts."""
        return False

    @property
    def asked_key(self) -> Searched | None:
        """Return the key of the notation that is asked for, if the blank asks for one."""
        return None

    @property
    def stated(self) -> tuple[str, ...]:
        """Return the quantities that the question states although they change with the key."""
        return ()

    @abstractmethod
    def draw(self, scene: Scene, random: Random) -> Any:
        """Return what has to be drawn for the blank besides the network, as plain data.

        Raises `RejectedError` where the drawing does not suit.
        """

    @abstractmethod
    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return what may be answered, from the drawing and what `draw` gave."""


def worded(text: str, written: SourceText, path: Path, words: Words = ENGLISH) -> str | Wording:
    """Return a text of the front matter: as it is, or to be filled in for each drawing."""
    return wording.parse(text, *written.words_at(path), words) if "{" in text else text


def filled(text: str | Wording, names: Mapping[str, Any]) -> str:
    """Return a text with its numbers."""
    return text.render(names) if isinstance(text, Wording) else text


def compared(text: str, written: SourceText, path: Path) -> Expression:
    """Return a comparison as written, such as `conv.weights > dense.weights`."""
    found = expressed(text, written, path)
    if not found.compares:
        cure = "Write one such as conv.filters != input.channels"
        raise written.fault(f'"{text}" is no comparison', path, cure=cure, slug="expression")
    return found


def expressed(text: str, written: SourceText, path: Path) -> Expression:
    """Return an expression as written."""
    try:
        return expression.parse(text)
    except FormulaError as error:
        raise written.located(error, path) from None


def quantities(names: Iterable[str], network: Network) -> tuple[str, ...]:
    """Return those of some names of expressions that are quantities of the network: no draws, no keys in words."""
    found = []
    for name in dict.fromkeys(names):
        owner = name.rpartition(".")[0]
        if owner in network.graph.parts and name in network.quantities(owner):
            found.append(name)
    return tuple(found)


def worked_out(names: Iterable[str], network: Network) -> tuple[Derivation, ...]:
    """Return how some quantities are worked out one after the other, as one derivation; none where all are given."""
    targets = tuple(dict.fromkeys(ref for name in names for ref in network.members(name)))
    found = derive(network.graph, targets, values=network.values)
    return (found,) if found.steps else ()


def valued(found: Expression, scene: Scene, path: Path) -> Any:
    """Return what an expression comes to in a drawing; errors are about its place in the template."""
    try:
        return found.value(scene.lookup)
    except LayerquizError as error:
        raise scene.written.located(error, path) from None
