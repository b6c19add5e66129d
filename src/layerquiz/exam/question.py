"""A question: one drawing of a template with its text, its blanks and their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from string import ascii_lowercase
from typing import Any, Literal, TypeAlias

from layerquiz import exact
from layerquiz.errors import LayerquizError
from layerquiz.exam import grid
from layerquiz.exam.forms.base import Networks, Scene
from layerquiz.exam.layer_view import views
from layerquiz.exam.letters import InLetters, Lettered, legend, lettered
from layerquiz.exam.listed import Because, Listed
from layerquiz.exam.recipe import Drawn, at
from layerquiz.exam.source import Path
from layerquiz.exam.template import Asked, ConventionsChoice, Template
from layerquiz.exam.wording import Wording
from layerquiz.formula.derive import Derivation
from layerquiz.formula.expr import Reference
from layerquiz.languages import Words
from layerquiz.network.glossary import unit
from layerquiz.network.network import Answer, Network
from layerquiz.record import record

Key: TypeAlias = Answer | str
"""A right answer: a value, or text where letters are asked for."""

MOST_TEMPLATES = 512
"""Of how many templates it is kept what all of their blanks have alike."""


@record
class Blank:
    """One place for one answer. `place` is its letter within the question, `key` the right value.

    Where a formula is asked for, `formula` is the right one in letters, and `key` its value for the drawn numbers.
    Where the answers can be listed, `listed` has them, and `key` is the first of the right ones: a number, or letters.
    """

    place: str
    quantity: str
    label: str
    points: Fraction
    key: Key
    unit: str
    rounding: bool
    kind: Literal["number", "formula", "listed"] = "number"
    formula: InLetters | None = None
    listed: Listed | None = None

    @property
    def right(self) -> Key:
        """Return the right answer: a value, a formula in letters as text, or letters of options."""
        return self.key if self.formula is None else self.formula.text

    @property
    def by_hand(self) -> bool:
        """Say whether a person gives the points, which are then the answer."""
        return self.listed is not None and self.listed.form == "points"


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
    """A drawn question. From `drawn`, plain data, `rebuilt` makes the same question again.

    `networks` are those that are compared, by name; the only one of any other question has no name.
    """

    template: Template
    networks: Networks
    blanks: tuple[Blank, ...]
    drawn: Drawn

    @cached_property
    def network(self) -> Network:
        """Return the network that the question is about, the first of several."""
        return next(iter(self.networks.values()))

    @cached_property
    def text(self) -> str:
        """Return the wording with its numbers, in Markdown. Raises `LayerquizError` where the template is wrong."""
        if self.template.kind == "formula":
            return _text_in_letters(self.template, self.drawn, self.network)
        return self.template.wording.render(scene_of(self.template, self.drawn, self.networks).names)

    @cached_property
    def grid(self) -> Grid | None:
        """Return the template's table with the places of its blanks, if it has one."""
        return _grid(self.template, self.blanks)

    @property
    def title(self) -> str:
        """Return the template's title."""
        return self.template.title

    @property
    def words(self) -> Words:
        """Return the words of the language in which it is put."""
        return self.template.words

    @property
    def identity(self) -> str:
        """Return what makes it another question of its template: the drawn numbers, not the order of options."""
        return json.dumps({key: found for key, found in self.drawn.items() if key != "forms"}, sort_keys=True)

    @property
    def points(self) -> Fraction:
        """Return the points of all blanks together."""
        return exact.total(blank.points for blank in self.blanks)

    @property
    def computed(self) -> tuple[Blank, ...]:
        """Return the blanks that ask for a quantity of the network, in numbers or in letters."""
        return tuple([blank for blank in self.blanks if blank.listed is None])

    @property
    def about(self) -> tuple[str, ...]:
        """Return the quantities that the answers rest on: those that are asked for, and those that decide others."""
        rest = [blank.listed.about for blank in self.blanks if blank.listed is not None]
        return (*[blank.quantity for blank in self.computed], *[name for names in rest for name in names])

    @property
    def keys(self) -> dict[str, Answer]:
        """Return the right values of the quantities that are asked for."""
        return {blank.quantity: blank.key for blank in self.computed if not isinstance(blank.key, str)}

    @cached_property
    def solution(self) -> tuple[Because, ...]:
        """Return why each key is right: a quantity is derived from the givens and from what earlier blanks derived."""
        known: list[Reference] = []
        found: list[Because] = []
        seen: set[tuple[str, Reference]] = set()
        for blank in self.blanks:
            if blank.listed is not None:
                found.append(blank.listed.because if len(self.networks) == 1 else _unseen(blank.listed.because, seen))
                continue
            members = self.network.members(blank.quantity)
            derivation = self.network.derived(members, tuple(known))
            found.append((derivation,))
            known += [*members, *(step.quantity for step in derivation.steps)]
        return tuple(found)

    def worth(self, points: Fraction) -> Question:
        """Return the question with its points scaled to a sum."""
        factor = points / self.points
        scaled = replace(self, blanks=tuple(replace(blank, points=blank.points * factor) for blank in self.blanks))
        found = {name: found for name, found in vars(self).items() if name not in vars(scaled)}
        vars(scaled).update(found)  # text, table and solution do not look at points
        return scaled


def _unseen(because: Because, seen: set[tuple[str, Reference]]) -> Because:
    """Return a solution without the steps that an earlier blank has shown under the same heading."""
    found: list[str | Derivation] = []
    heading, shown = "", set()
    for part in because:
        if isinstance(part, str):
            found.append(heading := part)
            continue
        shown |= {(heading, step.quantity) for step in part.steps}
        steps = tuple([step for step in part.steps if (heading, step.quantity) not in seen])
        found += [replace(part, steps=steps)] if steps else []
        if not steps and found[-1] is heading:
            found.pop()
    seen |= shown
    return tuple(found)


def rebuilt(template: Template, drawn: Drawn, conventions: ConventionsChoice = "textbook") -> Question:
    """Return the question that some drawn values make, without drawing again; its wording is filled in when read."""
    try:
        networks = wired(template, drawn, conventions)
    except LayerquizError as error:
        raise template.written.located(error) from None
    return composed(template, drawn, networks, keys(template, next(iter(networks.values()))))


def wired(template: Template, drawn: Drawn, conventions: ConventionsChoice) -> Networks:
    """Return the drawn network, or several by name; the template's own conventions win over the exam's.

    Raises an error that has the path of what is wrong.
    """
    chosen = template.conventions or conventions
    if "networks" not in drawn:
        return {"": _parsed(drawn["network"], chosen, ("network",))}
    return {name: _parsed(found, chosen, ("networks", name)) for name, found in drawn["networks"].items()}


def _parsed(mapping: Mapping[str, Any], conventions: ConventionsChoice, path: Path) -> Network:
    try:
        return Network.parse({**mapping, "conventions": conventions})
    except LayerquizError as error:
        raise at(error, (*path, *getattr(error, "path", ()))) from None


def scene_of(template: Template, drawn: Drawn, networks: Networks) -> Scene:
    """Return a drawing as the forms of its blanks look at it."""
    return Scene(
        template.written,
        template.tells_apart,
        drawn,
        networks,
        template.hidden,
        template.hiding,
        template.words,
        template.names,
        tuple(asked.told for asked in template.asked),
    )


def keys(template: Template, network: Network) -> tuple[Answer, ...]:
    """Return the right values of the quantities that the blanks are about."""
    found = []
    for asked in template.asked:
        try:
            found += [] if asked.told is None else [network.value(asked.told)]
        except LayerquizError as error:
            raise template.written.located(error, asked.path) from None
    return tuple(found)


def composed(template: Template, drawn: Drawn, networks: Networks, right: tuple[Answer, ...]) -> Question:
    """Return a drawn network, or several, as a question; `right` are the `keys` of the first."""
    if template.kind == "formula":
        network = next(iter(networks.values()))
        return Question(template, networks, _in_letters(template, drawn, network, right), drawn)
    worded = any(isinstance(asked.label, Wording) for asked in template.asked)
    if not worded and not any(asked.form for asked in template.asked):
        return Question(template, networks, _filled(template, {}, right), drawn)
    scene = scene_of(template, drawn, networks)
    names = scene.names if worded else {}
    if any(asked.form for asked in template.asked):
        return Question(template, networks, _with_forms(template, scene, names), drawn)
    return Question(template, networks, _filled(template, names, right), drawn)


def _filled(template: Template, names: dict[str, Any], right: Sequence[Key]) -> tuple[Blank, ...]:
    """Return the blanks with their keys."""
    words = template.words
    return tuple(
        [
            Blank(place, asked.quantity, _label(asked, names, words), asked.points, key, counted, asked.rounding)
            for (place, asked, counted), key in zip(_blanks(template), right, strict=False)
        ]
    )


@lru_cache(maxsize=MOST_TEMPLATES)
def _blanks(template: Template) -> tuple[tuple[str, Asked, str], ...]:
    """Return the blanks of a template, each with its place and its unit; found once for all of its questions."""
    units = [
        unit(asked.quantity.rpartition(".")[2], words=template.words) if asked.unit is None else asked.unit
        for asked in template.asked
    ]
    return tuple(zip(letters(), template.asked, units, strict=False))


def _with_forms(template: Template, scene: Scene, names: dict[str, Any]) -> tuple[Blank, ...]:
    """Return the blanks of a question with answers that can be listed, among others perhaps."""
    pairs = zip(template.asked, scene.drawn["forms"], strict=True)
    listed = [None if asked.form is None else asked.form.listed(scene, found) for asked, found in pairs]
    right = [
        scene.network.value(asked.quantity) if found is None else found.right[0]
        for asked, found in zip(template.asked, listed, strict=True)
    ]
    blanks = zip(_filled(template, names, right), listed, strict=True)
    return tuple([blank if found is None else replace(blank, kind="listed", listed=found) for blank, found in blanks])


def _in_letters(template: Template, drawn: Drawn, network: Network, right: Sequence[Key]) -> tuple[Blank, ...]:
    """Return the blanks of a question that asks for formulas."""
    asked = lettered_blanks(template, network)
    words = template.words
    filled = zip(_filled(template, _letter_names(asked, drawn, network, words), right), asked, strict=True)
    return tuple(replace(blank, unit="", kind="formula", formula=found.solved(words)) for blank, found in filled)


def _letter_names(asked: Sequence[Lettered], drawn: Drawn, network: Network, words: Words) -> dict[str, Any]:
    """Return what the wording of a question in letters may name: letters in place of numbers, and their legend."""
    named = {letter.ref: letter for found in asked for letter in found.varying}
    numbers = views(network, {ref: letter.tex for ref, letter in named.items()}, words)
    return {**drawn["let"], **numbers, "letters": legend(named.values(), words)}


def _text_in_letters(template: Template, drawn: Drawn, network: Network) -> str:
    """Return the wording of a question in letters, and what they stand for."""
    names = _letter_names(lettered_blanks(template, network), drawn, network, template.words)
    text = template.wording.render(names)
    is_said = any(name == "letters" for name, _ in template.wording.needs)
    return text if is_said else f"{text}\n\n{template.words('Use these letters: {letters}.', letters=names['letters'])}"


def lettered_blanks(template: Template, network: Network) -> tuple[Lettered, ...]:
    """Return the quantities that a template asks for, in its letters."""
    found = []
    for asked in template.asked:
        try:
            found.append(lettered(network, asked.quantity, template.letters, words=template.words))
        except LayerquizError as error:
            about_letters = error.slug in ("no-letter", "unknown-quantity", "does-not-apply") and template.letters
            raise template.written.located(error, ("letters",) if about_letters else asked.path) from None
    return tuple(found)


def letters() -> Iterator[str]:
    """Yield a, b ... z, aa, ab ... zz."""
    yield from ascii_lowercase
    for first in ascii_lowercase:
        yield from (first + second for second in ascii_lowercase)


def _label(asked: Asked, names: dict[str, Any], words: Words) -> str:
    if isinstance(asked.label, Wording):
        return asked.label.render(names)
    return grid.label(asked.quantity, words) if asked.label is None else asked.label


def _grid(template: Template, blanks: tuple[Blank, ...]) -> Grid | None:
    """Return the template's table with the places of its blanks."""
    if template.grid is None:
        return None
    place: dict[str | None, str] = {blank.quantity: blank.place for blank in blanks}
    words, plan = template.words, template.grid
    rows = ((grid.called_row(row, words), tuple(place.get(cell) for cell in cells)) for row, cells in plan.rows)
    return Grid(tuple(grid.called(column, words) for column in plan.columns), tuple(rows))
