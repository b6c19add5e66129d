"""Explanations that are no rewrite of a rule: what a whole number of 32 bits makes of a product, a sum that the
sheet's own rows do not give, the number of a sister model, sizes rounded once at the end, and printed misprints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import ceil, floor

from layerquiz.formula.expr import Number, Reference, Sum
from layerquiz.formula.solve import Values
from layerquiz.grading.answer import Reading
from layerquiz.grading.sheet import Base, Place, Sheet, asked
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import CATALOGUE, Search, evaluated
from layerquiz.network.network import Answer
from layerquiz.network.published import printed_values, sisters

WORD = 2**32
TOO_MANY = ("layer-left-out-of-total", "custom-parameter-missed")
"""Mistakes of which a network has so many that one of them is near any rounded number."""

MOST_ROUNDED = 2
"""How many explanations of a number with two digits are named; with more it says nothing."""

Sets = list[tuple[str, ...]]


def explanations(sheet: Sheet, place: Place, base: Base, named: Sets) -> Sets:
    """Return what explains an answer beside (or, where nothing is named yet, in place of) one wrong rule."""
    reading = sheet.readings[place.name]
    assert isinstance(reading, Reading)  # noqa: S101 - only what was read is explained
    fits = partial(sheet.fits, place, reading)
    found: Sets = [("divide-once-instead-of-per-layer",)] if any(map(fits, _rounded_once(sheet, place, base))) else []
    if named or found:
        return found
    if any(map(fits, _overflowed(sheet.value(place, base.values)))):
        return [("int32-overflow",)]
    if any(fits(value, place.rounding) for value in _of_sisters(sheet, place)):
        return [("copied-from-neighbour-row",)]
    if _differs_from_rows(sheet, place, reading):
        return [("sum-does-not-match-rows",)]
    return _with_two_digits(sheet, place, reading) if not base.own else []


def _overflowed(value: Answer) -> Iterator[int]:
    """Yield what is left of a number in 32 bits, with and without a sign."""
    if isinstance(value, int) and value >= WORD // 2:
        yield (value + WORD // 2) % WORD - WORD // 2
        if value >= WORD:
            yield value % WORD


def _of_sisters(sheet: Sheet, place: Place) -> Iterator[Answer]:
    """Yield the same quantity of the network's sister models, where it is another number."""
    values = (value for _, value in sisters(sheet.network, place.name))
    return (value for value in values if value != place.expected)


def _differs_from_rows(sheet: Sheet, place: Place, reading: Reading) -> bool:
    """Say whether all rows of a sum are answered and the answer is not their sum."""
    rows = _rows(sheet, place)
    if len(rows) < 2 or not isinstance(reading.value, int):
        return False
    numbers = [read.value for row in rows if isinstance(read := sheet.readings.get(row), Reading)]
    whole = [number for number in numbers if isinstance(number, int)]
    return len(whole) == len(rows) and sum(whole) != reading.value


def _rows(sheet: Sheet, place: Place) -> list[str]:
    """Return the names of a sum's terms that are not 0; nothing where it is no plain sum."""
    ref = place.members[0]
    formula = sheet.graph.parts[ref.owner].rules.formulas.get(ref.name)
    if len(place.members) > 1 or not isinstance(formula, Sum):
        return []
    bound = [sheet.graph.parts[ref.owner].bound(term) for term in formula.terms if isinstance(term, Reference)]
    if len(bound) < len(formula.terms):
        return []
    values = sheet.network.values
    return [f"{term.owner}.{term.name}" for term in bound if values[term.owner][term.name] != 0]


ROUNDINGS: tuple[Callable[[Number], int], ...] = (floor, ceil, lambda number: floor(number + Fraction(1, 2)))


def _rounded_once(sheet: Sheet, place: Place, base: Base) -> Iterator[Answer]:
    """Yield the values where sizes stay fractions through the network and are rounded at the end."""
    if asked(place.name) not in ("shape", "size") and not place.name.endswith((".features", ".activations")):
        return
    search = Search(sheet.network, place.members, sheet.graph)
    for change in search.everywhere(CATALOGUE["fraction-not-floored"]):
        values = search.values(change, base.values, base.own) if len(change.rules) > 1 else None
        pinned = _fractions(sheet, values) if values else {}
        for rounded in ROUNDINGS if pinned else ():
            own = {owner: {name: rounded(size) for name, size in sizes.items()} for owner, sizes in pinned.items()}
            found = evaluated(sheet.graph, None, base.values, {**base.own, **own})
            if found is not None and (value := sheet.value(place, found)) != sheet.value(place, base.values):
                yield value


def _fractions(sheet: Sheet, values: Values) -> dict[str, dict[str, Number]]:
    """Return the sizes along the axes of all layers behind the first one that has a part of a pixel."""
    pinned: dict[str, dict[str, Number]] = {}
    for layer in sheet.network.layers:
        sizes = {axis: values[layer.name][axis] for axis in sheet.network.form(layer.name).axes}
        if pinned or any(size.denominator > 1 for size in sizes.values()):
            pinned[layer.name] = sizes
    return pinned


def _with_two_digits(sheet: Sheet, place: Place, reading: Reading) -> Sets:
    """Return the rules that give a total to the two digits that are shown, where the right one shows others."""
    if not place.name.startswith("total.") or not place.rounding or reading.digits != 2 or not reading.step:
        return []
    about = replace(reading, text=f"about {reading.text}")
    fits = partial(sheet.fits, place, about, rounding=True)
    if fits(place.expected):
        return []
    search = Search(sheet.network, place.members, sheet.graph)
    found: dict[tuple[str, ...], None] = {}
    for mistake in CATALOGUE.values():
        for change in search.everywhere(mistake) if mistake.slug not in TOO_MANY else ():
            values = search.values(change)
            if values is not None and fits(sheet.value(place, values)):
                found[change.slugs] = None
    return list(found) if len(found) <= MOST_ROUNDED else []


def with_printed(sheet: Sheet, place: Place, story: Story) -> Story:
    """Return a story that says where the answer is printed, if it is a known misprint."""
    reading = sheet.readings[place.name]
    if story.verdict not in ("wrong", "mistake") or not isinstance(reading, Reading):
        return story
    height, quantity = sheet.network.values["input"].get("height"), place.name.rpartition(".")[2]
    for row in printed_values():
        is_here = row.right == place.expected and quantity in row.quantities and row.image in (None, height)
        if is_here and sheet.fits(place, reading, row.printed):
            rows = f"the rows of this network give {_shown(row.right)}"
            return replace(story, printed=f"{_shown(row.printed)} is printed in {row.text}; {rows}.")
    return story


def _shown(value: Answer) -> str:
    numbers = value if isinstance(value, tuple) else (value,)
    return " x ".join(f"{number:,}" for number in numbers)
