"""What every kind of layer has: its keys, what a rule sees, and the quantities that follow from a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Formula, Integer, Reference, product, substitute, total
from layerquiz.formula.graph import Rules
from layerquiz.network.conventions import Conventions
from layerquiz.network.costs import backward, batched, following, stored
from layerquiz.network.glossary import AXES, FURTHER, SIZES, START, TRACED

LARGEST = 10**15
Positive = Annotated[int, Field(ge=1, le=LARGEST)]
NotNegative = Annotated[int, Field(ge=0, le=LARGEST)]
Same: TypeAlias = Literal["same", "valid"]
PerAxis: TypeAlias = Positive | list[Positive]
PerAxisOrZero: TypeAlias = NotNegative | list[NotNegative]

PLAIN: Mapping[str, int] = {"groups": 1, "dilation": 1, "multiplier": 1, "layers": 1, "projection": 0}
"""Givens that say nothing at one value: a rule then leaves them out, as one does on paper."""

REMAINDER = "remainder."
"""Quantities whose name begins so must be 0: a division that has to come out even, two sizes that have to meet."""

SLACK = "slack."
"""Quantities whose name begins so must not be negative."""


class RefusedKeyError(NetworkError):
    """A key that cannot stand as it is; `key` says which, so that its line can be found."""

    def __init__(self, key: str, what: str, cure: str, slug: str) -> None:
        super().__init__(what, where=f'key "{key}"', cure=cure, slug=slug)
        self.key = key


class Keys(BaseModel):
    """The keys that every layer takes; a kind adds its own.

    shares: the name of a layer of the same kind whose parameters it uses; they are counted there, once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: str
    name: str | None = None
    source: str | list[str] | None = Field(default=None, alias="from")
    trainable: bool = True
    shares: str | None = None


KEYS_OF_ALL = frozenset(Keys.model_fields)


@dataclass(frozen=True, slots=True)
class Form:
    """What a layer gives, without its numbers: the names of its sizes, and whether a receptive field is known.

    alone: it takes no input, so it sees nothing of the image and hides nothing of it.
    """

    sizes: tuple[str, ...]
    traced: bool
    alone: bool = False

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the spatial axes, in the order (depth, height, width)."""
        return tuple(size for size in self.sizes if size in ("depth", "height", "width", "length"))


Mark: TypeAlias = str | int | bool | tuple[Any, ...] | None
EQUAL, DIFFERENT, GIVEN, SIDES = "(equal)", "(different)", "(given)", "(sides)"

OPEN = -1
"""The one entry of a shape that follows from the others."""


class Own:
    """A layer as its rule sees it: numbers are references, words and flags are themselves."""

    def __init__(self, marks: Mapping[str, Mark]) -> None:
        self.marks = dict(marks)

    def __getattr__(self, name: str) -> Any:
        mark = self.marks.get(name, PLAIN.get(name, GIVEN))  # a kind without groups has one
        if mark == EQUAL:
            return AxisNames(name, equal=True)
        if mark == DIFFERENT:
            return AxisNames(name, equal=False)
        return Reference("own", name) if mark == GIVEN else mark

    def __getitem__(self, name: str) -> Reference:
        """Return an own quantity by name, such as the output size along an axis."""
        return Reference("own", name)


@dataclass(frozen=True, slots=True)
class AxisNames:
    """A per-axis given: one reference for all axes where they are equal, one each where they differ."""

    name: str
    equal: bool

    def __getitem__(self, axis: str) -> Reference:
        return Reference("own", self.name if self.equal else f"{self.name}.{axis}")


@dataclass(frozen=True, slots=True)
class Before:
    """One of the layers that a layer takes its input from, as its rule sees it."""

    owner: str
    form: Form

    def __getattr__(self, name: str) -> Reference:
        return Reference(self.owner, name)

    def __getitem__(self, name: str) -> Reference:
        return Reference(self.owner, name)

    @property
    def elements(self) -> Formula:
        """Return the product of all sizes, height x width x channels in that order."""
        return product(self[size] for size in reading_order(self.form.sizes))


def reading_order(sizes: tuple[str, ...], channels_first: bool = False) -> tuple[str, ...]:
    """Return the sizes as a shape is written: channels last, or first."""
    if channels_first or "channels" not in sizes:
        return sizes
    return (*(size for size in sizes if size != "channels"), "channels")


Formulas: TypeAlias = dict[str, Formula]
Rule: TypeAlias = Callable[[Own, tuple[Before, ...], Conventions], Formulas]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a remainder or a slack guards, in words: `{kernel}` is the layer's own, `{in_height}` its input's."""

    what: str
    cure: str
    slug: str


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of layer: its name, its keys, its rule, and what it may stand behind.

    rank: the number of spatial axes that it needs; 0 for any. along: the axes of its per-axis keys where these are not
    the axes of its input. inputs: how many it takes, at least and at most. view: it
    keeps or renames the numbers before it, so it adds nothing to the total of activations. per_axis: keys with one
    entry per axis. words: keys whose number decides the structure. plain: as `PLAIN`, for this kind alone. limits: by
    the name of a remainder or a slack, what to say where it is not kept.
    """

    name: str
    keys: type[Keys]
    rule: Rule
    rank: int = 0
    accepts: tuple[str, ...] = ()
    inputs: tuple[int, int | None] = (1, 1)
    view: bool = False
    per_axis: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    plain: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    along: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """Return its name without its number of axes."""
        return family_of(self.name)

    @property
    def many(self) -> bool:
        """Say whether a kind needs several inputs."""
        return self.inputs[0] > 1

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the axes of a kind whose keys are not for whatever axes its input has."""
        return self.along or AXES.get(self.rank, ())


def family_of(kind: str) -> str:
    """Return the name of a kind without its number of axes: conv for conv2d."""
    return kind[:-2] if kind.endswith(("1d", "2d", "3d")) else kind


@dataclass(frozen=True, slots=True)
class Origin:
    """What a layer's rules were built for; a mistake reads it to know what it may rewrite."""

    kind: Kind
    own: Own
    before: tuple[Before, ...]
    conventions: Conventions
    form: Form


@lru_cache(maxsize=4096)
def build(kind: Kind, marks: tuple[tuple[str, Mark], ...], forms: tuple[Form, ...], conventions: Conventions) -> Rules:
    """Return the rules of one structure of a layer, with the quantities that every layer has; built once."""
    own = Own(dict(marks))
    before = tuple(
        Before("before" if len(forms) == 1 else f"before{number}", form) for number, form in enumerate(forms, 1)
    )
    inputs, formulas = before, kind.rule(own, before[:-1] if "shares" in own.marks else before, conventions)
    biases = formulas.get("biases", Integer(0))
    if "shares" in own.marks:
        inputs, formulas = before[:-1], borrowed(formulas, before[-1])
    if own.marks.get("tied"):
        inputs = inputs[:-1]
    formulas |= connected(own, formulas, biases, conventions)
    formulas = completed(formulas, own, () if kind.view else inputs, conventions)
    form = replace(form_of(formulas), alone=not forms)
    later = frozenset(name for name in formulas if name.partition(".")[0] in FURTHER)
    return Rules(formulas, Origin(kind, own, before, conventions, form), later=later)


LENT = ("weights", "biases", "adapter")


def borrowed(formulas: Formulas, lender: Before) -> Formulas:
    """weights = biases = 0: the lender's are used, and counted there."""
    own = Own({})
    lent: dict[Formula, Formula] = {own[name]: lender[name] for name in LENT if name in formulas}
    found = {name: substitute(formula, lent) for name, formula in formulas.items()}
    for name in LENT:
        if name != "adapter" or name in found:
            found[f"{REMAINDER}shares.{name}"] = found.pop(name, Integer(0)) - lender[name]
    for name in ("statistics", "active_parameters"):
        found.pop(name, None)
    return found


def form_of(formulas: Mapping[str, Any]) -> Form:
    """Return which sizes some rules give, and whether they trace a receptive field."""
    return Form(
        tuple(size for size in SIZES if size in formulas), any(name.startswith("receptive_field") for name in formulas)
    )


def completed(formulas: Formulas, own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Add the quantities that follow from a kind's own rule in the same way for all kinds.

    parameters = weights + biases (+ stored statistics); activations = product of the output sizes; moved bytes =
    parameters + inputs + outputs, nothing where there is no input: a view moves nothing. Frozen parameters are not
    trainable; those of an adapter are trained alone.
    """
    this, nothing, batch = Own({}), Integer(0), own.batched is True
    full: Formulas = {"weights": nothing, "biases": nothing, "macs": nothing, **formulas}
    learned = [this[name] for name in LENT if full.get(name, nothing) != nothing]
    stored_too = [*learned, *([this.statistics] if "statistics" in full else [])]
    trained = [] if not own.trainable else [this.adapter] if "adapter" in full else learned
    full["parameters"] = total(stored_too)
    full["trainable"] = total(trained)
    full["nontrainable"] = total([part for part in stored_too if part not in trained])
    full.setdefault("active_parameters", this.parameters if stored_too else nothing)
    full["activations"] = product(this[size] for size in reading_order(form_of(full).sizes))
    both = full.pop("products", nothing)
    full.setdefault("backward_flops", backward(full["macs"], both, bool(own.trainable)))
    numbers = [*(source["activations"] for source in before), this.activations] if before or learned else []
    moved = [stored(batched(count, batch), conventions.bits("activation")) for count in numbers]
    full["moved_bytes"] = total([*([this.parameter_bytes] if stored_too else []), *moved])
    full |= following("own", full, conventions, batch)
    return full


def connected(own: Own, formulas: Formulas, biases: Formula, conventions: Conventions) -> Formulas:
    """units = the numbers in the output; connections = macs, and a bias for each unit. Source: LeCun et al., 1998.

    A rule says at how many `positions` its biases are added; along tokens nobody counts units.
    """
    positions = formulas.pop("positions", None)
    if positions is None or "tokens" in formulas:
        return {}
    this = Own({})
    counted = this.biases if "biases" in formulas else biases
    bias = [product([counted, positions])] if conventions.bias_connections and biases != Integer(0) else []
    units: Formulas = {} if "units" in own.marks else {"units": this.activations}
    return units | {"connections": total([this.macs, *bias])}


def kept(before: Before, *but: str) -> Formulas:
    """Return the sizes of the layer before, unchanged, except some."""
    return {size: before[size] for size in before.form.sizes if size not in but}


def traced(before: Before) -> Formulas:
    """Return receptive field and jump of the layer before, unchanged."""
    if not before.form.traced:
        return {}
    return {f"{name}.{axis}": before[f"{name}.{axis}"] for axis in before.form.axes for name in (*TRACED, START)}


def seen_through(
    before: Before, reach: Mapping[str, Formula], stride: Mapping[str, Formula], padding: Mapping[str, Formula]
) -> Formulas:
    """Receptive field r + (K - 1) j, jump j S and first position s - P j along each axis, for a window that slides.

    Source: Araujo, Norris and Sim, Computing receptive fields of convolutional neural networks, Distill, 2019.
    """
    if not before.form.traced:
        return {}
    found: Formulas = {}
    for axis in before.form.axes:
        field_, jump = before[f"receptive_field.{axis}"], before[f"jump.{axis}"]
        found[f"receptive_field.{axis}"] = field_ + (reach[axis] - 1) * jump
        found[f"jump.{axis}"] = jump * stride[axis]
        start = before[f"{START}.{axis}"]
        found[f"{START}.{axis}"] = start - padding[axis] * jump if axis in padding else start
    return found
