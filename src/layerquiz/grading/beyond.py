"""Explanations that are no rewrite of a rule: what a whole number of 32 bits makes of a product, a sum that the
sheet's own rows do not give, the number of a sister model, sizes rounded once at the end, and printed misprints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate, combinations, takewhile
from math import ceil, floor, prod

from layerquiz.formula.expr import Number, Reference, Sum
from layerquiz.formula.solve import Values
from layerquiz.grading.answer import Reading
from layerquiz.grading.sheet import Base, Place, Sheet, asked
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import CATALOGUE, Change, Search, evaluated
from layerquiz.network.network import Answer, Network
from layerquiz.network.published import printed_values, sisters

WORD = 2**32
LEAST_COPIED = 100
"""A smaller count is copied, or left out of a sum, by coincidence too often."""

MOST_BEHIND = 4
MOST_ROWS, LEAST_OF_TWO = 40, 100_000
"""Two layers are left out of a sum of so many at most, and only of a number that is long enough to tell."""

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
    if fits(sheet.value(place, base.values), rounding=True):
        return []  # the digits that are shown are right
    found: Sets = [("divide-once-instead-of-per-layer",)] if any(map(fits, _ended(sheet, place, base))) else []
    if named or found:
        return found
    if any(map(fits, _overflowed(sheet.value(place, base.values)))):
        return [("int32-overflow",)]
    if any(fits(value, place.rounding) for value in _of_sisters(sheet, place)):
        return [("copied-from-neighbour-row",)]
    if (other := _other_sum(sheet, place, base, reading)) or _differs_from_rows(sheet, place, reading):
        return [(other or "sum-does-not-match-rows",)]
    return _with_two_digits(sheet, place, reading) if not base.own else []


def from_another_layer(sheet: Sheet, place: Place) -> bool:
    """Say whether an answer is right with another layer's sizes for those of the layer before: one taken too early.

    Of a total, with other sizes for what one dense layer is given. A count may also be another layer's own.
    """
    reading, owner = sheet.readings[place.name], place.members[0].owner
    assert isinstance(reading, Reading)  # noqa: S101 - only what was read is explained
    is_field = place.name.endswith((".receptive_field", ".jump"))
    if is_field or sheet.fits(place, reading, place.expected, rounding=True):
        return False
    key = ("from another layer", *place.key, sheet.search.ground)
    values = sheet.network.remembered(key, lambda: [*_from_others(sheet, place, owner)])
    return any(value != place.expected and sheet.fits(place, reading, value) for value in values)


def _from_others(sheet: Sheet, place: Place, owner: str) -> Iterator[Answer]:
    """Yield what other sizes make of a blank, and a count of the other layers."""
    for pins in _other_inputs(sheet.network, owner):
        yield from _pinned_values(sheet, place, pins)
    if asked(place.name) == "count":
        yield from _same_elsewhere(sheet, place)


def _same_elsewhere(sheet: Sheet, place: Place) -> Iterator[Answer]:
    """Yield a count of the other layers, where it is large enough to be no coincidence."""
    name, values = place.members[0].name, sheet.network.values
    for layer in sheet.network.layers:
        if layer.name != place.members[0].owner and values[layer.name].get(name, 0) >= LEAST_COPIED:
            yield values[layer.name][name]


def _other_inputs(network: Network, owner: str) -> Iterator[dict[str, dict[str, Number]]]:
    """Yield other sizes for what a layer is given; of a sum, for what each dense layer behind a flatten is given."""
    if owner in network.by_name:
        layers = [network.by_name[owner]]
    else:
        flattened = {layer.name for layer in network.layers if layer.kind.name == "flatten"}
        layers = [layer for layer in network.layers if not flattened.isdisjoint(layer.sources)][:MOST_BEHIND]
    for layer in layers:
        for source in layer.sources[:1]:
            yield from ({source: sizes} for sizes in _sizes_for(network, source, layer.name))


def _sizes_for(network: Network, source: str, taker: str) -> list[dict[str, Number]]:
    """Return the sizes of earlier layers that could be taken for those of a source: all of them, or one alone."""
    sizes, found = network.form(source).sizes, []
    for name in takewhile(lambda name: name != taker, ("input", *network.by_name)):
        values = network.values[name]
        if name == source:
            continue
        if all(size in values for size in sizes):
            found.append({size: values[size] for size in sizes})
            found.extend({size: values[size]} for size in sizes if len(sizes) > 1)
        if sizes == ("features",):
            found.append({"features": prod(values[size] for size in network.form(name).sizes)})
    mine = network.values[source]
    return [each for each in found if any(mine[size] != number for size, number in each.items())]


def _pinned_values(sheet: Sheet, place: Place, pins: Mapping[str, Mapping[str, Number]]) -> Iterator[Answer]:
    values = evaluated(sheet.graph, None, sheet.network.values, pins)
    if values is not None:
        yield sheet.value(place, values)


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
    return len(whole) == len(rows) and not sheet.fits(place, reading, sum(whole), rounding=True)


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


def _other_sum(sheet: Sheet, place: Place, base: Base, reading: Reading) -> str:
    """Return which mistake it is if several layers are left out of a sum, or one is counted twice; or nothing."""
    rows = {row: sheet.graph.find(row) for row in _rows(sheet, place)}
    numbers = {row: base.values[ref.owner][ref.name] for row, ref in rows.items()}
    right = sum(numbers.values())
    is_over_layers = place.members[0].owner not in sheet.network.by_name and len(numbers) > 1
    written = reading.value if isinstance(reading.value, int) else 0
    if not is_over_layers or written < LEAST_COPIED or sheet.value(place, base.values) != right:
        return ""
    if written - right in numbers.values():
        return "doubled"
    by_kind: dict[str, Number] = {}
    for row, number in numbers.items():
        layer = sheet.network.by_name.get(rows[row].owner)
        kind = layer.kind.name if layer else rows[row].owner
        by_kind[kind] = by_kind.get(kind, 0) + number
    from_first = list(accumulate(numbers.values()))
    from_last = list(accumulate(reversed(numbers.values())))
    partial_sums = {*by_kind.values(), *(right - part for part in by_kind.values()), *from_first, *from_last}
    if len(numbers) <= MOST_ROWS and written >= LEAST_OF_TWO:
        partial_sums |= {right - sum(two) for two in combinations(numbers.values(), 2)}
    return "layer-left-out-of-total" if written in partial_sums - {0, right} else ""


ROUNDINGS: tuple[Callable[[Number], int], ...] = (floor, ceil, lambda number: floor(number + Fraction(1, 2)))


def _ended(sheet: Sheet, place: Place, base: Base) -> Iterable[Answer]:
    """Return what sizes that are rounded once lead to; from the true values it is kept for all answers."""
    if asked(place.name) not in ("shape", "size") and not place.name.endswith((".features", ".activations")):
        return ()
    search = sheet.search_above(place)
    several = search.ground.remembered("fractions", lambda: _with_fractions(search))
    if not several or base.own:
        return _rounded_once(sheet, place, base, several)
    key = ("rounded once", *place.key, sheet.search.ground)
    return sheet.network.remembered(key, lambda: [*_rounded_once(sheet, place, base, several)])


def _with_fractions(search: Search) -> list[Change]:
    """Return how sizes stay fractions through several layers, whatever the numbers are."""
    return [change for change in search.everywhere(CATALOGUE["fraction-not-floored"]) if len(change.rules) > 1]


def _rounded_once(sheet: Sheet, place: Place, base: Base, several: Iterable[Change]) -> Iterator[Answer]:
    """Yield the values where sizes stay fractions through the network and are rounded at the end."""
    search = sheet.search_above(place)
    for change in several:
        values = search.values(change, base.values, base.own)
        pinned = _fractions(sheet, values) if values else {}
        tried: list[Mapping[str, Mapping[str, Number]]] = []
        for rounded in ROUNDINGS if pinned else ():
            own = {owner: {name: rounded(size) for name, size in sizes.items()} for owner, sizes in pinned.items()}
            if own in tried:
                continue
            tried.append(own)
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
    search = sheet.search_above(place)
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
