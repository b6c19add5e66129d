"""A worked solution with one planted mistake: which line is the first wrong one, and what should it give?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.errors import nearest
from layerquiz.exam.forms.base import Form, FormKeys, Points, Scene
from layerquiz.exam.forms.choice import shuffled
from layerquiz.exam.listed import LETTERS, Given, Listed, Option, Slugs
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.source import Path, SourceText
from layerquiz.formula.derive import Derivation, Step, derive
from layerquiz.formula.expr import Floor, Formula, Integer, Quotient, Reference, walk
from layerquiz.languages import Words, phrase
from layerquiz.network.folding import folded
from layerquiz.network.mistakes import CATALOGUE, Change, Search
from layerquiz.network.mistakes.sides import Side, ruled
from layerquiz.network.network import Network
from layerquiz.network.outcomes import wrong_values

FEWEST_LINES = 3
LINE, VALUE = phrase("the first wrong line"), phrase("what this line should give")


class WrongLineKeys(FormKeys):
    """A quantity that is worked out wrongly, and the mistakes of which one is planted."""

    wrong_line: str
    plant: Annotated[list[str], Field(min_length=1)]
    value_points: Points = 1


@dataclass(frozen=True, eq=False)
class WrongLine(Form):
    """The blank for the first line that is wrong."""

    kinds: ClassVar = ("find-error",)
    keys: ClassVar = WrongLineKeys
    quantity: str
    plant: tuple[str, ...]

    @classmethod
    def read(cls, keys: WrongLineKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the two blanks as written: the line, and its right value."""
        for place, slug in enumerate(keys.plant):
            if slug not in CATALOGUE:
                what, cure = f'there is no mistake "{slug}"', nearest(slug, CATALOGUE)
                raise written.fault(what, (*path, "plant", place), cure=cure, slug="unknown-mistake")
        name, plant = keys.wrong_line, tuple(keys.plant)
        line = cls(f"line: {name}", keys.label or words(LINE), Fraction(str(keys.points)), path, name, plant)
        return [line, RightValue(f"value: {name}", words(VALUE), Fraction(str(keys.value_points)), path, name)]

    def draw(self, scene: Scene, random: Random) -> Any:
        """Draw the mistake, and the way to make it; reject a drawing on which it does not show in a line."""
        for slug in shuffled(self.plant, random):
            ways = list(_ways(scene.network, self.quantity, slug))
            fitting = [way for way in range(len(ways)) if _shows(scene.network, self.quantity, ways[way])]
            if fitting:
                return {"mistake": slug, "way": shuffled(fitting, random)[0]}
        raise RejectedError(f"no mistake of plant shows in {self.quantity}")

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the lines as options."""
        planted = planted_in(scene.network, self.quantity, drawn)
        return Listed(
            "options",
            (LETTERS[planted.first],),
            dict,
            lambda: (planted.told(scene.words), Derivation((planted.quantity,), planted.right)),
            tuple(Option(letter, "", step=step) for letter, step in zip(LETTERS, planted.lines, strict=False)),
            about=(self.quantity,),
        )


@dataclass(frozen=True, eq=False)
class RightValue(Form):
    """The blank for what the first wrong line should give."""

    kinds: ClassVar = ("find-error",)
    quantity: str

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing is drawn anew
        """Return what the blank before drew: the same solution is looked at."""
        return scene.drawn["forms"][-1]

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the right value of the line, and what mistakes make of it, the planted one among them."""
        planted = planted_in(scene.network, self.quantity, drawn)
        name = str(planted.quantity)
        right = scene.network.values[planted.quantity.owner][planted.quantity.name]

        def explained() -> dict[Given, Slugs]:
            known = wrong_values(scene.network, name).items()
            numbers: dict[Given, Slugs] = {value: sets for value, sets in known if not isinstance(value, tuple)}
            return {**numbers, planted.lines[planted.first].value: ((drawn["mistake"],),)}

        return Listed("number", (right,), explained, tuple, about=(self.quantity,))


@dataclass(frozen=True, slots=True)
class Planted:
    """A wrong solution: its lines, the place of the first wrong one, its quantity, and the steps that are right."""

    lines: tuple[Step, ...]
    first: int
    quantity: Reference
    right: tuple[Step, ...]

    def told(self, words: Words) -> str:
        """Return which line is wrong, in Markdown."""
        return words("Line {letter} is the first wrong one; it should be:", letter=LETTERS[self.first])


def planted_in(network: Network, quantity: str, drawn: Any) -> Planted:
    """Return the solution with the mistake that was drawn."""
    found = _planted(network, quantity, list(_ways(network, quantity, drawn["mistake"]))[drawn["way"]])
    if found is None:
        raise RejectedError(f"{drawn['mistake']} does not show in {quantity}")
    return found


def _ways(network: Network, quantity: str, slug: str) -> Iterable[Change]:
    return Search(network, network.members(quantity)).everywhere(CATALOGUE[slug])


def _shows(network: Network, quantity: str, change: Change) -> bool:
    found = _planted(network, quantity, change)
    return found is not None and FEWEST_LINES <= len(found.lines) <= len(LETTERS)


def _planted(network: Network, quantity: str, change: Change) -> Planted | None:
    """Return a solution with a mistake; None where it leaves the domain, or where no line shows it."""
    members = network.members(quantity)
    search = Search(network, members)
    values = search.values(change)
    if values is None or network.fault(values, search.needed) is not None:
        return None
    wrong, right = Side(ruled(search.graph, change.rules), values), Side(search.graph, network.values)
    groups = folded(derive(wrong.graph, members, values=wrong.values).steps)
    lines = tuple(first for first, _ in groups)
    if not all(_is_on_paper(line.formula) for line in lines):
        return None
    shown = [place for place, line in enumerate(lines) if _is_wrong(line, wrong, right)]
    if not shown:
        return None
    quantity_of = lines[shown[0]].quantity
    if quantity_of.name not in right.graph.parts[quantity_of.owner]:
        return None
    known = [step.quantity for first, also in groups[: shown[0]] for step in (first, *also)]
    steps = derive(right.graph, (quantity_of,), known, right.values).steps
    return Planted(lines, shown[0], quantity_of, steps) if steps else None


def _is_on_paper(formula: Formula) -> bool:
    """Say whether somebody could write a rule so: floor(1 / r) only tells a first layer from the others."""
    inner = (part.inner for part in walk(formula) if isinstance(part, Floor))
    return not any(isinstance(part, Quotient) and part.numerator == Integer(1) for part in inner)


def _is_wrong(line: Step, wrong: Side, right: Side) -> bool:
    """Say whether the value of a line is wrong: a line that looks otherwise but gives the right value is no error."""
    part = right.graph.parts.get(line.quantity.owner)
    if part is None or line.quantity.name not in part:
        return True
    return wrong.values[line.quantity.owner][line.quantity.name] != right.values[part.name][line.quantity.name]
