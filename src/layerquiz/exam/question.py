"""A question: one drawing of a template with its text, its blanks and their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from string import ascii_lowercase
from typing import Any, Literal

from layerquiz.errors import LayerquizError
from layerquiz.exam import grid
from layerquiz.exam.layer_view import views
from layerquiz.exam.letters import InLetters, Lettered, legend, lettered
from layerquiz.exam.recipe import Drawn
from layerquiz.exam.template import Asked, ConventionsChoice, Template
from layerquiz.exam.wording import Wording
from layerquiz.formula.derive import Derivation, derive
from layerquiz.network.glossary import unit
from layerquiz.network.network import Answer, Network


@dataclass(frozen=True, slots=True)
class Blank:
    """One place for one answer. `place` is its letter within the question, `key` the right value.

    Where a formula is asked for, `formula` is the right one in letters, and `key` its value for the drawn numbers.
    """

    place: str
    quantity: str
    label: str
    points: Fraction
    key: Answer
    unit: str
    rounding: bool
    kind: Literal["number", "formula"] = "number"
    formula: InLetters | None = None

    @property
    def right(self) -> Answer | str:
        """Return the right answer: a value, or a formula in letters as text."""
        return self.key if self.formula is None else self.formula.text


@dataclass(frozen=True, slots=True)
class Grid:
    """The blanks that stand in a table: what its columns and rows are called, and the place of each cell's blank."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]

    @property
    def places(self) -> frozenset[str]:
        """Return the places of the blanks in the table."""
        return frozenset(place for _, cells in self.rows for place in cells if place is not None)


@dataclass(frozen=True)
class Question:
    """A drawn question. From `drawn`, plain data, `rebuilt` makes the same question again."""

    template: Template
    network: Network
    blanks: tuple[Blank, ...]
    drawn: Drawn

    @cached_property
    def text(self) -> str:
        """Return the wording with its numbers, in Markdown. Raises `LayerquizError` where the template is wrong."""
        if self.template.kind == "formula":
            return _text_in_letters(self.template, self.drawn, self.network)
        return self.template.wording.render(_names(self.drawn, self.network))

    @cached_property
    def grid(self) -> Grid | None:
        """Return the template's table with the places of its blanks, if it has one."""
        return _grid(self.template, self.blanks)

    @property
    def title(self) -> str:
        """Return the template's title."""
        return self.template.title

    @property
    def identity(self) -> str:
        """Return what makes it another question of its template: the drawn numbers, not the order of options."""
        return json.dumps({key: found for key, found in self.drawn.items() if key != "forms"}, sort_keys=True)

    @property
    def points(self) -> Fraction:
        """Return the points of all blanks together."""
        return sum((blank.points for blank in self.blanks), Fraction(0))

    @cached_property
    def solution(self) -> tuple[Derivation, ...]:
        """Return each blank's derivation from the givens and from what has been derived for earlier blanks."""
        known: list[Any] = []
        found = []
        for blank in self.blanks:
            members = self.network.members(blank.quantity)
            derivation = derive(self.network.graph, members, known, self.network.values)
            found.append(derivation)
            known += [*members, *(step.quantity for step in derivation.steps)]
        return tuple(found)

    def worth(self, points: Fraction) -> Question:
        """Return the question with its points scaled to a sum."""
        factor = points / self.points
        return replace(self, blanks=tuple(replace(blank, points=blank.points * factor) for blank in self.blanks))


def rebuilt(template: Template, drawn: Drawn, conventions: ConventionsChoice = "textbook") -> Question:
    """Return the question that some drawn values make, without drawing again; its wording is filled in when read."""
    try:
        network = wired(template, drawn, conventions)
    except LayerquizError as error:
        raise template.written.located(error, ("network",)) from None
    return composed(template, drawn, network, keys(template, network))


def wired(template: Template, drawn: Drawn, conventions: ConventionsChoice) -> Network:
    """Return the drawn network; the template's own conventions win over the exam's."""
    return Network.parse({**drawn["network"], "conventions": template.conventions or conventions})


def keys(template: Template, network: Network) -> tuple[Answer, ...]:
    """Return the right values of all blanks."""
    found = []
    cells = sum(asked.in_table for asked in template.asked)
    for place, asked in enumerate(template.asked, -cells):
        try:
            found.append(network.value(asked.quantity))
        except LayerquizError as error:
            raise template.written.located(error, ("table",) if asked.in_table else ("ask", place)) from None
    return tuple(found)


def composed(template: Template, drawn: Drawn, network: Network, right: tuple[Answer, ...]) -> Question:
    """Return a drawn network as a question."""
    if template.kind == "formula":
        return Question(template, network, _in_letters(template, drawn, network, right), drawn)
    worded = any(isinstance(asked.label, Wording) for asked in template.asked)
    names = _names(drawn, network) if worded else {}
    return Question(template, network, _filled(template, names, right), drawn)


def _names(drawn: Drawn, network: Network) -> dict[str, Any]:
    """Return what a wording may name: what the template drew first, and the layers."""
    return {**drawn["let"], **views(network)}


def _filled(template: Template, names: dict[str, Any], right: tuple[Answer, ...]) -> tuple[Blank, ...]:
    """Return the blanks with their keys."""
    return tuple(
        [
            Blank(
                place,
                asked.quantity,
                _label(asked, names),
                asked.points,
                key,
                unit(asked.quantity.rpartition(".")[2]) if asked.unit is None else asked.unit,
                asked.rounding,
            )
            for place, asked, key in zip(letters(), template.asked, right, strict=False)
        ]
    )


def _in_letters(template: Template, drawn: Drawn, network: Network, right: tuple[Answer, ...]) -> tuple[Blank, ...]:
    """Return the blanks of a question that asks for formulas."""
    asked = lettered_blanks(template, network)
    filled = zip(_filled(template, _letter_names(asked, drawn, network), right), asked, strict=True)
    return tuple(replace(blank, unit="", kind="formula", formula=found.written(found.right)) for blank, found in filled)


def _letter_names(asked: Sequence[Lettered], drawn: Drawn, network: Network) -> dict[str, Any]:
    """Return what the wording of a question in letters may name: letters in place of numbers, and their legend."""
    named = {letter.ref: letter for found in asked for letter in found.varying}
    numbers = views(network, {ref: letter.tex for ref, letter in named.items()})
    return {**drawn["let"], **numbers, "letters": legend(named.values())}


def _text_in_letters(template: Template, drawn: Drawn, network: Network) -> str:
    """Return the wording of a question in letters, and what they stand for."""
    names = _letter_names(lettered_blanks(template, network), drawn, network)
    text = template.wording.render(names)
    is_said = any(name == "letters" for name, _ in template.wording.needs)
    return text if is_said else f"{text}\n\nUse these letters: {names['letters']}."


def lettered_blanks(template: Template, network: Network) -> tuple[Lettered, ...]:
    """Return the quantities that a template asks for, in its letters."""
    cells = sum(asked.in_table for asked in template.asked)
    found = []
    for place, asked in enumerate(template.asked, -cells):
        try:
            found.append(lettered(network, asked.quantity, template.letters))
        except LayerquizError as error:
            about_letters = error.slug in ("no-letter", "unknown-quantity", "does-not-apply") and template.letters
            path = ("letters",) if about_letters else ("table",) if asked.in_table else ("ask", place)
            raise template.written.located(error, path) from None
    return tuple(found)


def letters() -> Iterator[str]:
    """Yield a, b ... z, aa, ab ... zz."""
    yield from ascii_lowercase
    for first in ascii_lowercase:
        yield from (first + second for second in ascii_lowercase)


def _label(asked: Asked, names: dict[str, Any]) -> str:
    if isinstance(asked.label, Wording):
        return asked.label.render(names)
    return grid.label(asked.quantity) if asked.label is None else asked.label


def _grid(template: Template, blanks: tuple[Blank, ...]) -> Grid | None:
    """Return the template's table with the places of its blanks."""
    if template.grid is None:
        return None
    place: dict[str | None, str] = {blank.quantity: blank.place for blank in blanks}
    rows = ((grid.called_row(row), tuple(place.get(cell) for cell in cells)) for row, cells in template.grid.rows)
    return Grid(tuple(grid.called(column) for column in template.grid.columns), tuple(rows))
