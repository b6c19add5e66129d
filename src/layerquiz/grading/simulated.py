"""What simulated students write into the blanks of a question: right, rounded, guessed, slipped or mistaken answers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from random import Random

from layerquiz.exam import sample
from layerquiz.exam.question import Blank, Key, Question
from layerquiz.formula.expr import Number
from layerquiz.grading.answer import shown
from layerquiz.network.mistakes import CATALOGUE, Search, evaluated, mistaken
from layerquiz.network.network import Answer

DIGITS = 3
SCALES = ("", "K", "M", "G", "T")
MOST_TRIES = 20
GUESSES_OF_ZERO = 10

Answers = Mapping[str, str]
"""What is written into the blanks of one question, by quantity."""


def right(question: Question) -> dict[str, str]:
    """Return the right answers: numbers, formulas in letters where they are asked for, or letters of options."""
    return {blank.quantity: _as_text(blank.right) for blank in question.blanks}


def _as_text(answer: Key) -> str:
    return answer if isinstance(answer, str) else shown(answer)


def in_letters(question: Question) -> bool:
    """Say whether a question asks for formulas: simulated students write the right one, or none."""
    return any(blank.formula is not None for blank in question.blanks)


def in_three_digits(question: Question) -> dict[str, str]:
    """Return the right answers, each number of more than three digits rounded as people write it: 1.29M."""
    if in_letters(question):
        return right(question)
    return {
        blank.quantity: three_digits(blank.key) if isinstance(blank.key, int) else _as_text(blank.key)
        for blank in question.blanks
    }


def three_digits(number: int) -> str:
    """Return a number as three digits with the point between them and a letter for the thousands: 1.29M."""
    surplus = len(str(number)) - DIGITS
    if surplus <= 0:
        return str(number)
    kept = str(floor(Fraction(number, 10**surplus) + Fraction(1, 2)))
    power, before = divmod(len(kept) + surplus - 1, DIGITS)
    digits = kept[: before + 1], kept[before + 1 : DIGITS]
    return ".".join(filter(None, digits)) + (SCALES[power] if power < len(SCALES) else f"E{DIGITS * power}")


def guessed(question: Question, random: Random) -> dict[str, str]:
    """Return random whole numbers within a factor of two of the key, size by size; for a key of 0, from 0 to 9.

    Of options one is chosen blindly; what a person marks earns nothing.
    """
    if in_letters(question):
        return {blank.quantity: "" for blank in question.blanks}
    return {blank.quantity: _blindly(blank, random) for blank in question.blanks}


def _blindly(blank: Blank, random: Random) -> str:
    if blank.by_hand:
        return "0"
    if not isinstance(blank.key, str):
        return shown(guess(blank.key, random))
    letters = [option.letter for option in blank.listed.options] if blank.listed else []
    many = len(letters) if blank.listed and blank.listed.form == "order" else 1
    return "".join(letters.pop(sample.below(random, len(letters))) for _ in range(many))


def guess(key: Answer, random: Random) -> int | tuple[int, ...]:
    """Return a guess at a number, or at each size of a shape."""
    if isinstance(key, tuple):
        return tuple(_guess_one(size, random) for size in key)
    return _guess_one(key, random)


def _guess_one(key: Number, random: Random) -> int:
    lowest, highest = ceil(Fraction(key) / 2), floor(2 * Fraction(key))
    if highest < 1:
        return sample.below(random, GUESSES_OF_ZERO)
    return lowest + sample.below(random, max(1, highest - lowest + 1))


def slipped(question: Question, random: Random) -> tuple[dict[str, str], str]:
    """Return answers with one number of two digits or more turned round at its end, and what follows from it.

    The second value names the quantity; it is empty where no slip was found that can be carried on.
    """
    network = question.network
    for _ in range(0 if in_letters(question) or not question.computed else MOST_TRIES):
        blank = sample.choice(random, question.computed)
        members = network.members(blank.quantity)
        first = network.values[members[0].owner][members[0].name]
        if not isinstance(first, int) or first < GUESSES_OF_ZERO:
            continue
        own = {members[0].owner: {members[0].name: turned(first)}}
        values = evaluated(network.graph, None, network.values, own)
        if values is not None and network.fault(values) is None:
            found = {b.quantity: network.value(b.quantity, values) for b in question.computed}
            return right(question) | {name: shown(value) for name, value in found.items()}, blank.quantity
    return right(question), ""


def turned(number: int) -> int:
    """Return a number whose last two digits are exchanged, or that is one more where they are the same."""
    tens, ones = number // 10 % 10, number % 10
    return number + 9 * (ones - tens) if ones != tens else number + 1


class Misconceptions:
    """The answers to one question with a mistake that is made wherever it can be."""

    def __init__(self, question: Question) -> None:
        self.question, self.right = question, right(question)
        self.names = [blank.quantity for blank in question.computed]
        self.listed = {blank.quantity: blank.listed for blank in question.blanks if blank.listed is not None}
        network = question.network
        self.searches = {name: Search(network, network.members(name)) for name in self.names}

    def answers(self, slug: str) -> dict[str, str]:
        """Return the answers with a mistake: in the first way to make it; right ones where it does not matter."""
        if in_letters(self.question):
            return dict(self.right)
        found = mistaken(self.question.network, slug, self.names) if self.names else []
        if found:
            told = {name: shown(value) for name, value in zip(self.names, found[0], strict=True)}
        else:
            told = {name: self._alone(name, slug) for name in self.names}
        return self.right | told | {name: self._chosen(name, slug) for name in self.listed}

    def _chosen(self, name: str, slug: str) -> str:
        """Return the answer of a list that a mistake alone explains, the right one where there is none."""
        wrong = (given for given, sets in self.listed[name].explained.items() if (slug,) in sets)
        found = next(wrong, None)
        return self.right[name] if found is None else _as_text(found)

    def _alone(self, name: str, slug: str) -> str:
        """Return one answer with a mistake in the answer itself, such as a factor."""
        network, search = self.question.network, self.searches[name]
        change = next(search.everywhere(CATALOGUE[slug]), None)
        values = None if change is None else search.values(change)
        if values is None or network.fault(values, search.needed) is not None:
            return self.right[name]
        return shown(network.collected(name, network.members(name), values))
