"""A student's sheet: its blanks, what was read in them, and the wrong values that later answers may come from."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from functools import cached_property, lru_cache

from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import Values
from layerquiz.grading.answer import in_thousands
from layerquiz.grading.lines import answer_of
from layerquiz.grading.match import is_endless, matches, orders
from layerquiz.grading.read import Blank, Expectation, Reading, Unreadable, read
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import Search, search_of
from layerquiz.network.network import Answer, Network, joined
from layerquiz.record import record

SIZE_NAMES = (
    *("height", "width", "depth", "length", "receptive_field", "jump", "tokens"),
    *("kernel", "stride", "padding", "dilation", "effective_kernel"),
)

PLAIN_SHAPE = re.compile(r"[\s(\[]*[-\d]+(?:\s*[x×X*,@]\s*[-\d]+)*[\s)\]?.]*")
"""A shape as most people write it: one that has too few sizes is wrong, while another spelling may be misread."""


MOST_READ = 4_096
"""How many readings are kept: the answers of a class to one paper are few, though many hand them in."""


@lru_cache(maxsize=MOST_READ)
def _read_once(text: str, wanted: Expectation, entries: int | None) -> Reading | Unreadable | Blank:
    """Return what an answer says; what was read for another student is not read again."""
    return read(answer_of(text, wanted, entries), wanted, entries=entries)


def asked(quantity: str) -> Expectation:
    """Return what kind of answer a quantity takes."""
    name = quantity.rpartition(".")[2]
    if name.endswith("shape"):
        return "shape"
    if name.endswith("_bytes"):
        return "bytes"
    return "size" if name in SIZE_NAMES else "count"


@record
class Place:
    """One blank: its name, the quantities that make it up, its right value; whether one number is asked for."""

    name: str
    members: tuple[Reference, ...]
    expected: Answer
    rounding: bool
    digits: int | None = None
    is_single: bool = False

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Return what tells the blank from others of the same network."""
        return self.name, self.expected, self.rounding, self.digits

    @property
    def is_shape(self) -> bool:
        """Say whether the sizes of an output are asked for; one number per axis, such as a stride, is no shape."""
        return self.name.endswith(".shape")


@record
class Base:
    """Values to explain an answer from: the true ones, or those that follow from the student's own."""

    values: Values
    own: Mapping[str, Mapping[str, Number]]


class Sheet:
    """The answers of one student to the blanks of one network, and what is known about them so far."""

    def __init__(
        self,
        network: Network,
        answers: Mapping[str, str],
        rounding: bool | Collection[str] | Mapping[str, int | None],
        keys: Mapping[str, Answer],
    ) -> None:
        self.network = network
        self.places: dict[str, Place] = {}
        digits_of = rounding if isinstance(rounding, Mapping) else {}
        for name in answers:
            allowed = rounding if isinstance(rounding, bool) else name in rounding
            expected = keys[name] if name in keys else network.value(name)
            members, is_rounded = network.members(name), allowed or is_endless(expected)
            is_single = len(members) == 1 and not isinstance(expected, tuple) and not name.endswith("shape")
            self.places[name] = Place(name, members, expected, is_rounded, digits_of.get(name), is_single)
        self.readings = {name: self._read(self.places[name], text) for name, text in answers.items()}
        self.answers = answers
        self.stories: dict[str, Story] = {}
        self.own: dict[str, dict[str, Number]] = {}
        self.owners: dict[Reference, str] = {}
        self.true = Base(network.values, {})

    @cached_property
    def search(self) -> Search:
        """Return the search for mistakes above all blanks of the sheet."""
        return search_of(self.network, tuple([ref for place in self.places.values() for ref in place.members]))

    def search_above(self, place: Place) -> Search:
        """Return the search for mistakes above one blank, in the sheet's graph."""
        key = ("search on a sheet", place.name, self.search.ground)
        return self.network.remembered(key, lambda: self.search.above(place.members))

    @property
    def graph(self) -> Graph:
        """Return the graph in which the sheet's answers are explained."""
        return self.search.graph

    def _read(self, place: Place, text: str) -> Reading | Unreadable | Blank:
        if isinstance(place.expected, tuple):
            reading = _read_once(text, "shape", len(place.members))
            return self._doubted(reading, place) if isinstance(reading, Reading) else reading
        wanted = asked(place.name)
        reading = _read_once(text, wanted, None)
        return in_thousands(reading) if isinstance(place.expected, int) and wanted != "size" else reading

    def _doubted(self, reading: Reading, place: Place) -> Reading | Unreadable:
        """Leave a shape with too few or too many sizes to a person, unless it is plain that it was meant so."""
        sizes = reading.value if isinstance(reading.value, tuple) else (reading.value,)
        if len(sizes) == len(place.members) or PLAIN_SHAPE.fullmatch(reading.text):
            return reading
        reason = (
            f"This was read as {reading.shown}, which has {len(sizes)} sizes where {len(place.members)} are asked for."
        )
        return Unreadable(reading.text, 0, reason, "sizes")

    def in_order(self) -> list[str]:
        """Return the blanks so that each comes after those that its value depends on, however they were given."""
        return self.network.structure.remembered(("order", *self.places), self._in_order)

    def _in_order(self) -> list[str]:
        parts = self.network.graph.parts
        names = ((owner, name) for owner, part in parts.items() for name in (*part.givens, *part.rules.formulas))
        rank = {name: number for number, name in enumerate(names)}

        def place_of(name: str) -> tuple[int, int, str]:
            members = self.places[name].members
            return max(rank[ref.owner, ref.name] for ref in members), len(members), name

        return sorted(self.places, key=place_of)

    def remember(self, story: Story) -> None:
        """Keep a story; a wrong value replaces the right one for what comes after it, a wrong shape all its sizes."""
        self.stories[story.quantity] = story
        place, reading = self.places[story.quantity], self.readings[story.quantity]
        if not isinstance(reading, Reading) or story.verdict == "correct" or self.fits(place, reading, place.expected):
            return
        numbers = reading.value if isinstance(reading.value, tuple) else (reading.value,) * len(place.members)
        self.owners |= dict.fromkeys(place.members, place.name)
        if len(numbers) != len(place.members):
            return
        if isinstance(place.expected, tuple) and place.is_shape:
            numbers = self._in_own_order(numbers, place.expected)
        for ref, number in zip(place.members, numbers, strict=True):
            self.own.setdefault(ref.owner, {})[ref.name] = number

    def value(self, place: Place, values: Values) -> Answer:
        """Return what a blank comes to: one number per axis where the key has them, even if they are equal."""
        if place.is_single:
            ref = place.members[0]
            return values[ref.owner][ref.name]
        return self.joined(place, tuple([values[ref.owner][ref.name] for ref in place.members]))

    def joined(self, place: Place, numbers: tuple[Number, ...]) -> Answer:
        """Return what a blank comes to from the values of its members."""
        if place.is_single:
            return numbers[0]
        found = joined(place.name, numbers)
        if isinstance(place.expected, tuple) and not isinstance(found, tuple):
            return (found,) * len(place.members)
        return found

    def parted(self, place: Place, value: Answer) -> tuple[Number, ...]:
        """Return the values of the members that come to a value; none where no values do."""
        numbers = value if isinstance(value, tuple) else (value,) * len(place.members)
        return numbers if len(numbers) == len(place.members) and self.joined(place, numbers) == value else ()

    def fits(self, place: Place, reading: Reading, value: Answer | None, rounding: bool = False) -> bool:
        """Say whether a reading is a value; a shape in either order."""
        if type(value) is int and reading.step is None and not isinstance(reading.value, tuple):
            return value in (reading.value, reading.alternative)
        if isinstance(value, tuple) and not place.is_shape:
            return reading.value == value
        return matches(reading, value, rounding, self.network.conventions.channels_first, place.digits)

    def _in_own_order(self, written: tuple[Number, ...], right: tuple[Number, ...]) -> tuple[Number, ...]:
        """Return a written shape in the network's order: the order in which more of its entries are right."""
        channels_first = self.network.conventions.channels_first
        ways = orders(written, not channels_first)
        return max(ways, key=lambda way: sum(a == b for a, b in zip(way, right, strict=True)))
