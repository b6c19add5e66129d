"""Answers in letters: a formula is right that agrees with ours wherever the network can be.

A wrong one is refuted by numbers for the letters, and explained by the mistakes whose formula it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from layerquiz.errors import LayerquizError
from layerquiz.exam.domain import Domain, domain
from layerquiz.exam.letters import Letter, lettered
from layerquiz.formula.expr import Formula, references
from layerquiz.formula.inlined import Column, column
from layerquiz.grading.aliases import aliases
from layerquiz.grading.answer import Blank, Unreadable, shown
from layerquiz.grading.diagnose import MOST_RIVALS
from layerquiz.grading.lines import lines_of
from layerquiz.grading.policy_keys import COUNTED_OTHERWISE
from layerquiz.grading.spelled import Spelled, spelled
from layerquiz.grading.story import Story
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.conventions import NAMED
from layerquiz.network.network import Network

NO_VALUE = "has no value"
OPERATIONS = {"macs": (2, "FLOPs"), "flops": (1, "MACs")}
"""What a count of work is multiplied with to be the other one, doubled so that half is a whole number."""

SQUARE = "Height and width are the same here; the letter of one was taken for the other."
PUT_IN = "The formula is right: put the numbers in."
NO_LETTERS = "A formula in letters is asked for: which letters stand for these numbers?"


def diagnose_formula(
    network: Network, quantity: str, answer: str, letters: Sequence[str] | None = None, words: Words = ENGLISH
) -> Story:
    """Return the story of a formula for one quantity, such as `(K^2 C_in + 1) C_out`.

    `letters` names the quantities that the question gives as letters, such as `conv.kernel` and `input.channels`; what
    is not among them is a number. Without it they are the numbers of the layer and the sizes of its input. Of several
    lines the last one counts.
    """
    asked = domain(network, quantity, letters, words=words)
    blank = Story(quantity, "blank", _text(asked, asked.right), answer.strip())
    known = asked.lettered.letters
    read = spelled((lines_of(answer) or [answer])[-1], aliases(known, _signs(asked.right)), asked.lettered.listed())
    if isinstance(read, Blank):
        return blank
    if isinstance(read, Unreadable):
        note = f"At character {read.offset + 1}: {read.reason[:1].lower()}{read.reason[1:]}"
        return replace(blank, verdict="unreadable", notes=(note,))
    used = {letter.sign for letter in known if letter.sign in _signs(read.formula) and _is_read(asked, letter)}
    if letters is None and used:
        asked = domain(network, quantity, None, sorted(used), words=words)
        blank = replace(blank, expected=_text(asked, asked.right))
    text = _text(asked, read.formula)
    told = replace(blank, read_as=text, shown=text, working=True, notes=_notes(network, asked, read))
    return _Telling(network, quantity, letters, asked, read, told, words).story()


def _text(asked: Domain, formula: Formula) -> str:
    return asked.lettered.written(formula).text


def _signs(formula: Formula) -> set[str]:
    return {ref.name for ref in references(formula)}


def _is_read(asked: Domain, letter: Letter) -> bool:
    """Say whether a letter stands for a number that the formula has, but that says nothing in this network."""
    part = asked.lettered.graph.parts[letter.ref.owner]
    given = letter.ref.name in part.givens and letter.ref.name not in part.rules.formulas
    return not letter.varies and given and letter.ref in asked.lettered.graph.order([asked.lettered.target])


def _notes(network: Network, asked: Domain, read: Spelled) -> tuple[str, ...]:
    """Return what is said of a number behind the formula, which is no part of the answer."""
    if read.number is None:
        return ()
    worth, here = column(read.number, [{}])[0], column(read.formula, [asked.here(network)])[0]
    if worth == here or worth is None or here is None:
        return ()
    return (f"The number behind the formula counts for nothing; here the formula gives {shown(here)}.",)


@dataclass(frozen=True)
class _Telling:
    """One formula being explained: on the points of the question, then on those where the image is square."""

    network: Network
    quantity: str
    letters: Sequence[str] | None
    asked: Domain
    read: Spelled
    told: Story
    words: Words

    def story(self) -> Story:
        """Return the first explanation that fits, in the order in which numbers are explained."""
        for explain in (self._correct, self._convention, self._mistake, self._two_mistakes, self._slip):
            for place in self._domains:
                found = explain(place)
                if found:
                    return found
        if not _signs(self.read.formula):
            return replace(self.told, verdict="wrong", notes=(*self.told.notes, NO_LETTERS))
        return self._refuted("wrong", self._letter_left_out())

    @cached_property
    def _domains(self) -> tuple[Domain, ...]:
        if not self.asked.is_square(self.network):
            return (self.asked,)
        return self.asked, domain(self.network, self.quantity, self.letters, self._also, square=True, words=self.words)

    @property
    def _also(self) -> list[str]:
        """Return the signs of all letters that vary, those among them that the student brought in."""
        return [] if self.letters is not None else [letter.sign for letter in self.asked.lettered.varying]

    @cached_property
    def _columns(self) -> dict[bool, Column]:
        return {place.square: column(self.read.formula, place.points) for place in self._domains}

    def _correct(self, place: Domain) -> Story | None:
        if self._columns[place.square] != place.column:
            return None
        notes = (*self.told.notes, *([SQUARE] if place.square else []))
        return replace(self.told, verdict="correct", broken=self._broken(place), notes=notes)

    def _broken(self, place: Domain) -> tuple[str, str] | None:
        """Return the first two neighbouring sides that are not equal, as they were written."""
        columns = [column(side, place.points) for side in self.read.sides]
        pairs = zip(columns, columns[1:], self.read.written, self.read.written[1:], strict=False)
        return next(((left, right) for one, other, left, right in pairs if one != other), None)

    def _refuted(self, verdict: str, notes: Sequence[str] = (), **changes: object) -> Story:
        """Return a story of a wrong formula, with numbers at which it differs."""
        told = (*self.told.notes, *self._counterexample(), *notes)
        broken = self._broken(self.asked)
        return replace(self.told, verdict=verdict, notes=told, broken=broken, **changes)  # type: ignore[arg-type]

    def _counterexample(self) -> Iterator[str]:
        """Yield the smallest numbers for the letters at which the formula and the right one differ."""
        signs = _signs(self.asked.right) | _signs(self.read.formula)
        rows = zip(self.asked.points, self._columns[False], self.asked.column, strict=True)
        differing = [row for row in rows if row[1] != row[2] and row[2] is not None]
        if not differing:
            return
        point, mine, right = min(differing, key=lambda row: max((row[0][sign] for sign in signs), default=0))
        letters = ", ".join(f"{sign} = {shown(point[sign])}" for sign in point if sign in signs)
        gives = NO_VALUE if mine is None else f"gives {shown(mine)}"
        yield f"{f'With {letters} yours' if letters else 'Yours'} {gives}, right is {shown(right or 0)}."

    def _convention(self, place: Domain) -> Story | None:
        found = self._operations(place) or self._counted_otherwise(place)
        if found is None:
            return None
        return replace(self.told, verdict="convention", mistakes=[found[0]], conventions=found[1])

    def _operations(self, place: Domain) -> tuple[str, list[str]] | None:
        """Multiply-adds for operations, or the reverse."""
        factor, name = OPERATIONS.get(place.lettered.target.name, (0, ""))
        other = [None if value is None else factor * value for value in place.column]
        mine = [None if value is None else (1 if factor == 2 else 2) * value for value in self._columns[place.square]]
        return ("mac-vs-flop", [name]) if factor and mine == other else None

    def _counted_otherwise(self, place: Domain) -> tuple[str, list[str]] | None:
        """Right where the stored statistics, or a second bias vector, are counted, or not counted."""
        conventions = self.network.conventions
        for choice, slug in COUNTED_OTHERWISE.items():
            flipped = conventions.flipped(choice)
            formula = self._under(flipped, place)
            if formula is not None and column(formula, place.points) == self._columns[place.square]:
                return slug, [n for n, named in NAMED.items() if getattr(named, choice) == getattr(flipped, choice)]
        return None

    def _under(self, conventions: object, place: Domain) -> Formula | None:
        """Return the formula under other conventions, where it has one in the same letters."""
        try:
            other = self.network.under(conventions)  # type: ignore[arg-type]
            found = lettered(other, self.quantity, self.letters, self._also, words=self.words).right
        except LayerquizError:
            return None
        return found if _signs(found) <= {letter.sign for letter in place.lettered.letters} else None

    def _mistake(self, place: Domain, pairs: bool = False) -> Story | None:
        fitting = place.fitting(self._columns[place.square], pairs)
        sets = list(dict.fromkeys(wrong.slugs for wrong in fitting))
        if not sets or len(sets) - 1 > MOST_RIVALS:
            return None
        first, *rivals = [sorted(slugs) for slugs in sets]
        return self._refuted("mistake", mistakes=first, rivals=rivals)

    def _two_mistakes(self, place: Domain) -> Story | None:
        return self._mistake(place, pairs=True)

    def _slip(self, place: Domain) -> Story | None:
        """A right formula that was changed wrongly afterwards."""
        if any(column(side, place.points) == place.column for side in self.read.sides):
            return self._refuted("slip", mistakes=["arithmetic-slip"])
        return None

    def _letter_left_out(self) -> tuple[str, ...]:
        """Return a note where the formula is right but for a letter that stands in it as a number."""
        right, mine = _signs(self.asked.right), _signs(self.read.formula)
        missing = [letter for letter in self.asked.lettered.varying if letter.sign in right - mine]
        if not missing or len(missing) == len(self.asked.lettered.varying):
            return ()
        fixed = [letter.sign for letter in missing]
        here = domain(self.network, self.quantity, self.letters, self._also, fixed=fixed, words=self.words)
        try:
            is_right_there = column(self.read.formula, here.points) == here.column
        except LayerquizError:  # too few numbers are left for the other letters
            return ()
        if not is_right_there:
            return ()
        values = self.asked.here(self.network)
        given = " and ".join(f"{sign} = {shown(values[sign])}" for sign in fixed)
        return (f"It is right for {given}: which letter stands there in general?",)


def right_in_letters(network: Network, quantity: str, answer: str) -> tuple[str, ...]:
    """Return a note where a number was asked for and the right formula was given, with its letters."""
    try:
        story = diagnose_formula(network, quantity, answer)
    except LayerquizError:
        return ()
    return (PUT_IN,) if story.verdict == "correct" else ()


def stories(
    network: Network, answers: Mapping[str, str], letters: Sequence[str] | None, words: Words = ENGLISH
) -> dict[str, Story]:
    """Return a story for each formula of a question."""
    return {name: diagnose_formula(network, name, answer, letters, words) for name, answer in answers.items()}
