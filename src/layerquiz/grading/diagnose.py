"""A sheet's answers to a story per blank: the simplest explanation that the rest of the sheet supports.

The order is fixed: unreadable or blank; correct; right under another convention; right from the student's own
earlier values; one known mistake; two; a slip. Each is tried on the true values, then on the student's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import zip_longest

from layerquiz.formula.expr import Reference
from layerquiz.formula.solve import Values
from layerquiz.grading import beyond
from layerquiz.grading.match import LEAST_DIGITS, digits_slipped, exact_values, matches, rounds_to
from layerquiz.grading.policy_keys import COUNTED_OTHERWISE
from layerquiz.grading.read import Blank, Reading, Unreadable
from layerquiz.grading.sheet import Base, Place, Sheet, asked
from layerquiz.grading.story import NONE, Story, Verdict
from layerquiz.grading.support import best_supported
from layerquiz.grading.working import with_lines
from layerquiz.network.conventions import NAMED
from layerquiz.network.mistakes import Change, Search, evaluated
from layerquiz.network.network import Answer, Network
from layerquiz.network.outcomes import MOST_CHANGES, Outcomes, of_truth, table

MOST_RIVALS = 8
MOST_STORIES = MOST_CHANGES
LARGEST_CARRIED = 10**30

OFTEN = 20
"""So many drawings at once are those of a class with papers of their own."""

TURNED_TOGETHER = ("reset_after", "two_recurrent_biases")
"""Two choices that give a GRU its second bias vector each, so that one alone changes nothing in PyTorch."""


def diagnose(network: Network, quantity: str, answer: str, rounding: bool = True) -> Story:
    """Return the story of one answer to one question about a network."""
    return diagnose_sheet(network, {quantity: answer}, rounding)[quantity]


def diagnose_sheet(
    network: Network,
    answers: Mapping[str, str],
    rounding: bool | Collection[str] | Mapping[str, int | None] = True,
    keys: Mapping[str, Answer] | None = None,
) -> dict[str, Story]:
    """Return a story for each answer of a sheet, earlier answers explaining later ones.

    `rounding` says whether rounded numbers are compared at the digits that they show: for all, none or some blanks,
    or for some with the digits that suffice.
    `keys` are right values that count whatever the formulas say: those of a sealed exam.
    """
    written = {name: str(answer) for name, answer in answers.items()}  # whoever gives a number means what it spells
    return diagnosed([Sheet(network, written, rounding, keys or {})])[0]


def diagnosed(sheets: Sequence[Sheet]) -> list[dict[str, Story]]:
    """Return the stories of each sheet. Where all ask the same, what explains one blank is at hand for all of them."""
    if len({id(sheet.network) for sheet in sheets}) >= OFTEN:
        for sheet in sheets:
            sheet.network.structure.is_met_often = True
    orders = [sheet.in_order() for sheet in sheets]
    for column in zip_longest(*orders):
        for sheet, name in zip(sheets, column, strict=True):
            if name is not None:
                sheet.remember(with_lines(sheet, name, _told(sheet, name)))
    return [{name: sheet.stories[name] for name in sheet.answers} for sheet in sheets]


def _told(sheet: Sheet, name: str) -> Story:
    """Return the story of one blank, whose earlier ones are told."""
    place, reading, written = sheet.places[name], sheet.readings[name], sheet.answers[name].strip()
    if isinstance(reading, Blank):
        return Story(name, "blank", place.expected, written)
    if isinstance(reading, Unreadable):
        note = f"At character {reading.offset + 1}: {reading.reason[:1].lower()}{reading.reason[1:]}"
        notes = (note, *_in_letters(sheet.network, name, reading))
        return Story(name, "unreadable", place.expected, written, notes=notes)
    return beyond.with_printed(sheet, place, _Telling(sheet, place, reading).story())


def _in_letters(network: Network, name: str, reading: Unreadable) -> tuple[str, ...]:
    """Return a note where what cannot be read as a number is the right formula."""
    if reading.slug not in ("letter", "unknown-word"):
        return ()
    from layerquiz.grading.formulas import right_in_letters  # which compares formulas and needs this module's tables

    return right_in_letters(network, name, reading.text)


class _Telling:
    """One answer being explained."""

    def __init__(self, sheet: Sheet, place: Place, reading: Reading) -> None:
        self.sheet, self.place, self.reading = sheet, place, reading
        self.network = sheet.network
        self.notes = reading.notes
        self.tried = 0

    def _told(
        self,
        verdict: Verdict,
        base: Base | None = None,
        mistakes: list[str] | None = None,
        rivals: list[list[str]] | None = None,
        conventions: list[str] | None = None,
    ) -> Story:
        """Return a story, with what it says about the student's own values where it was told from them."""
        place, reading = self.place, self.reading
        is_own = base is not None and bool(base.own)
        return Story(
            place.name,
            verdict,
            place.expected,
            self.sheet.answers[place.name].strip(),
            reading.value,
            reading.shown,
            mistakes or NONE,
            rivals or NONE,
            conventions or NONE,
            self._carried_from() if is_own else NONE,
            self._value(base.values) if is_own and base else None,
            working=reading.expression is not None,
            broken=reading.broken,
            notes=self.notes,
        )

    @cached_property
    def search(self) -> Search:
        """Return the search for mistakes above this blank: a right answer needs none."""
        return self.sheet.search_above(self.place)

    def story(self) -> Story:
        """Return the first explanation that fits, in the fixed order."""
        is_just_it = self.reading.value == self.place.expected and not self.reading.unit
        if is_just_it or (self._correct() and not self._rounds_to_other_prefix()):
            return self._told("correct")
        own = self._own_base()
        bases = [self.sheet.true, *([own] if own else [])]
        for base in bases:
            found = self._convention(base)
            if found:
                return found
        if own and self._fits(self._value(own.values)):
            return self._told("carried", own)
        for explain in (self._one_mistake, self._two_mistakes, self._slip, self._another_layer):
            for base in bases:
                found = explain(base)
                if found:
                    return found
        return self._wrong()

    def _wrong(self) -> Story:
        self.notes = (*self.notes, *self._rounded_note())
        return self._told("wrong")

    def _value(self, values: Values) -> Answer:
        return self.sheet.value(self.place, values)

    def _fits(self, value: Answer | None, exactly: bool = False) -> bool:
        return self.sheet.fits(self.place, self.reading, value, self.place.rounding and not exactly)

    def _correct(self) -> bool:
        expected, unit = self.place.expected, self.reading.unit
        if isinstance(expected, tuple) and not self.network.conventions.either_order:
            return self.reading.value == expected
        other_unit = {"macs": "FLOP", "flops": "MAC"}.get(self.place.name.rpartition(".")[2]) if unit else None
        return self._fits(expected) and (not unit or unit != other_unit)

    def _own_base(self) -> Base | None:
        """Return the values that follow from the student's own earlier ones, if any of them matters here."""
        sources = self._carried_from()
        if not sources:
            return None
        values = evaluated(self.sheet.graph, None, self.network.values, self.sheet.own)
        why = self._misfit() or self._fault(values)
        if values is None or why:
            note = f"Your earlier values ({', '.join(sources)}) cannot be carried on to here: {why}."
            self.notes = (*self.notes, note)
            return None
        return Base(values, self.sheet.own) if self._value(values) != self.place.expected else None

    def _fault(self, values: Values | None) -> str:
        """Return why values cannot be: a size below 1, a division that does not come out; or nothing."""
        fault = None if values is None else self.network.fault(values, self.search.needed)
        return "something is divided by zero" if values is None else fault.what if fault else ""

    def _misfit(self) -> str:
        """Return why an earlier answer is no value to go on from, or nothing."""
        for ref in filter(self._above, self.sheet.owners):
            number = self.sheet.own.get(ref.owner, {}).get(ref.name)
            if number is None:
                return f"{self.sheet.owners[ref]} has another number of sizes"
            if not isinstance(number, int):
                return "a size is not a whole number"
            if abs(number) > LARGEST_CARRIED:
                return "a number is too large"
        return ""

    def _above(self, ref: Reference) -> bool:
        return ref.name in self.search.needed.get(ref.owner, ())

    def _carried_from(self) -> list[str]:
        return list(dict.fromkeys(name for ref, name in self.sheet.owners.items() if self._above(ref)))

    def _convention(self, base: Base) -> Story | None:
        found = self._order(base) or self._operations(base) or self._prefix(base) or self._counted_otherwise(base)
        if found is None:
            return None
        slug, names = found
        return self._told("convention", base, [slug] if slug else [], conventions=names)

    def _order(self, base: Base) -> tuple[str, list[str]] | None:
        """A shape in the other order, where the conventions fix one."""
        value, here = self._value(base.values), self.network.conventions
        if not isinstance(value, tuple) or here.either_order or self.reading.value == value or not self._fits(value):
            return None
        return "", [name for name, named in NAMED.items() if named.channels_first != here.channels_first]

    def _operations(self, base: Base) -> tuple[str, list[str]] | None:
        """Multiply-adds for operations, or the reverse."""
        name = self.place.name.rpartition(".")[2]
        value = self._value(base.values) if name in ("macs", "flops") else None
        if not isinstance(value, int):
            return None
        other = 2 * value if name == "macs" else value // 2
        return ("mac-vs-flop", ["FLOPs" if name == "macs" else "MACs"]) if self._fits_one(other, value) else None

    def _fits_one(self, *values: Answer) -> bool:
        return any(self._fits(value) for value in values[: 2 if self.reading.unit in ("MAC", "FLOP") else 1])

    def _rounds_to_other_prefix(self) -> bool:
        """Say whether the digits are the key's when cut off, but those of the other prefix when rounded: 0.24 MB."""
        expected = self.place.expected
        if isinstance(expected, tuple) or rounds_to(self.reading, expected) or self.reading.value == expected:
            return False
        return self._prefix(self.sheet.true) is not None

    def _prefix(self, base: Base) -> tuple[str, list[str]] | None:
        """MB for MiB, or the reverse, and the other prefixes alike."""
        unit = self.reading.unit
        power = "kKMGT".find(unit[:1]) if unit.endswith("B") and len(unit) > 1 else -1
        if power < 0 or isinstance(self.reading.value, tuple) or self.reading.step is None:
            return None
        binary = "i" in unit
        ratio = Fraction(1000, 1024) if binary else Fraction(1024, 1000)
        ratio **= max(1, power)
        other = replace(self.reading, value=self.reading.value * ratio, step=self.reading.step * ratio)
        if not matches(other, self._value(base.values), rounding=True):
            return None
        return "mb-vs-mib", [f"{unit[0]}B" if binary else f"{unit[0]}iB"]

    def _counted_otherwise(self, base: Base) -> tuple[str, list[str]] | None:
        """Right where the stored statistics, or a second bias vector, are counted, or not counted."""
        conventions = self.network.conventions
        key = ("counted otherwise", self.place.name)
        for choices, slug in self.network.structure.remembered(key, self._choices):
            flipped = conventions.flipped(*choices)
            other = self.network.under(flipped)
            values = evaluated(other.graph, None, other.values, base.own) if base.own else other.values
            value = None if values is None else self._value(values)
            if value != self._value(base.values) and self._fits(value):
                same = [(choice, getattr(flipped, choice)) for choice in choices]
                names = [
                    name for name, c in NAMED.items() if all(getattr(c, choice) == chosen for choice, chosen in same)
                ]
                return slug, names
        return None

    def _choices(self) -> list[tuple[tuple[str, ...], str]]:
        """Return the choices of the conventions that matter to the blank, with the name for the other way."""
        ways = [((choice,), slug) for choice, slug in COUNTED_OTHERWISE.items()]
        return [way for way in (*ways, (TURNED_TOGETHER, "gru-one-bias")) if self._matters(way[0])]

    def _matters(self, choices: tuple[str, ...]) -> bool:
        """Say whether choices of the conventions change any formula above the blank, and the blank stays one."""
        right, other = self.network.graph, self.network.under(self.network.conventions.flipped(*choices)).graph
        if any(ref.name not in other.parts[ref.owner] for ref in self.place.members):
            return False
        above = right.order(self.place.members)
        return above != other.order(self.place.members) or any(
            right.parts[ref.owner].rules.formulas.get(ref.name) != other.parts[ref.owner].rules.formulas.get(ref.name)
            for ref in above
        )

    def _one_mistake(self, base: Base) -> Story | None:
        fitting = self._fitting("singles", base)
        named = best_supported(self.sheet, self.place, fitting)
        named += beyond.explanations(self.sheet, self.place, base, named)
        return self._named([*self._of_neighbours(fitting, base), *self._own_first(named, fitting)], base)

    def _two_mistakes(self, base: Base) -> Story | None:
        fitting = self._fitting("pairs", base)
        named = best_supported(self.sheet, self.place, fitting)
        return self._named([*self._of_neighbours(fitting, base), *named], base) if named else None

    def _own_first(self, named: list[tuple[str, ...]], fitting: list[Change]) -> list[tuple[str, ...]]:
        """Return what explains an answer so that mistakes at the asked layer come before those at earlier ones."""
        owner = self.place.members[0].owner
        here = {change.slugs for change in fitting if owner in change.rules}
        return sorted(named, key=lambda slugs: slugs not in here)

    def _of_neighbours(self, fitting: list[Change], base: Base) -> list[tuple[str, ...]]:
        """Return that the answer comes from another layer, where no change at the asked layer itself gives it."""
        owner, _, name = self.place.name.rpartition(".")
        if base.own or any(owner in change.rules for change in fitting):
            return []
        if name == "receptive_field":
            return [("rf-of-another-layer",)] if self._is_elsewhere() else []
        if not fitting or owner not in self.network.by_name:
            return []
        is_copied = self._is_elsewhere() if name == "shape" else False
        return [("wrong-neighbour-size",)] if is_copied or beyond.from_another_layer(self.sheet, self.place) else []

    def _named(self, sets: list[tuple[str, ...]], base: Base) -> Story | None:
        if not sets:
            return None
        if len(sets) - 1 > MOST_RIVALS:
            return self._wrong()
        first, *rivals = [sorted(slugs) for slugs in sets]
        return self._told("mistake", base, first, rivals)

    def _fitting(self, kind: str, base: Base) -> list[Change]:
        """Return the changes of a kind that give the answer; no more than a fixed number is tried."""
        changes = table(self.search, kind).changes
        most = min(len(changes), MOST_STORIES - self.tried)
        self.tried += most
        if base.own:
            return self._tried(kind, base, most)
        key = ("fitting", kind, most, *self.place.key, self.sheet.answers[self.place.name], self.sheet.search.ground)
        return self.network.remembered(key, lambda: self._tried(kind, base, most))

    def _tried(self, kind: str, base: Base, most: int) -> list[Change]:
        changes, values = table(self.search, kind).changes, self._candidates(kind, base, most)
        fitting = ((changes[number], values[number]) for number in sorted(values) if number < most)
        return [change for change, value in fitting if self._fits(value, self._is_one_of_many(change))]

    def _candidates(self, kind: str, base: Base, most: int) -> dict[int, Answer]:
        """Return the places of the changes that give the answer, exactly or rounded, with what they give."""
        outcomes = self._outcomes(kind, base, most)
        fitting: dict[int, Answer] = {}
        if self.reading.step is None or not self.place.rounding:
            for value in filter(self._fits, exact_values(self.reading)):
                fitting |= dict.fromkeys(outcomes.giving(self.sheet.parted(self.place, value)), value)
        else:
            for numbers, places in outcomes:
                value = self.sheet.joined(self.place, numbers)
                if self._fits(value):
                    fitting |= dict.fromkeys(places, value)
        return fitting

    def _outcomes(self, kind: str, base: Base, most: int) -> Outcomes:
        """Return what the changes of a kind make of the blank; of the true values once for all answers to it."""
        if not base.own:
            return of_truth(self.search, kind, most)
        return table(self.search, kind).outcomes(self.search, base.values, base.own, most)

    def _is_one_of_many(self, change: Change) -> bool:
        """Say whether a change is one of so many that some come near any rounded number.

        Such are pairs, a layer left out of a sum, mistakes at one earlier layer, and for three digits at several.
        """
        one = len(change.rules) == 1 or (self.reading.digits or 0) <= LEAST_DIGITS
        elsewhere = one and self.place.members[0].owner not in change.rules
        return elsewhere or len(change.slugs) > 1 or "layer-left-out-of-total" in change.slugs

    def _slip(self, base: Base) -> Story | None:
        value = self._value(base.values)
        if self.reading.computed is not None and self.reading.computed == value:
            return self._told("slip", base, ["arithmetic-slip"])
        return self._told("slip", base) if digits_slipped(self.reading.value, value) else None

    def _is_elsewhere(self) -> bool:
        """Say whether the answer is the same quantity of another layer, or has another layer's height and width."""
        owner = self.place.members[0].owner
        channels = {name: value for name, value in self.network.values[owner].items() if name == "channels"}
        for layer in self.network.layers:
            sizes = self.network.values[layer.name]
            if all(ref.name in sizes for ref in self.place.members):
                copies = (sizes, {**sizes, **channels}) if self.place.is_shape else (sizes,)
                values = [self._value({owner: copied}) for copied in copies]
                if any(value != self.place.expected and self._fits(value) for value in values):
                    return True
        return False

    def _another_layer(self, base: Base) -> Story | None:
        """Return the last resort: the same size of another layer, or another layer's sizes taken for the input's."""
        is_size = asked(self.place.name) in ("shape", "size")
        if base.own or not ((is_size and self._is_elsewhere()) or beyond.from_another_layer(self.sheet, self.place)):
            return None
        return self._told("mistake", mistakes=["wrong-neighbour-size"])

    def _rounded_note(self) -> Iterable[str]:
        if not self.place.rounding and matches(self.reading, self.place.expected, rounding=True):
            yield "The digits that you show are right; an exact number is asked for: what are the others?"
