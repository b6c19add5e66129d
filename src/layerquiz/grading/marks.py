"""Stories to points, by an explicit policy that stands in the exam file and is printed on the paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from math import ceil
from typing import Any

from layerquiz.errors import ExamError, nearest
from layerquiz.formula.expr import Integer, Number, Reference
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import CATALOGUE, Search
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.notation import shown
from layerquiz.network.outcomes import table


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of a blank's points, with working and for a bare value.

    carried_cap: the most that carried answers earn of a question. chance_limit: a bare mistake is paid only where a
    guess would be paid at most this often. repeat: "once" charges a mistake once per question, "always" each time.
    rounding: rounded answers count at the digits that they show. mistakes: shares of single mistakes, by slug.
    """

    correct: Fraction = Fraction(1)
    carried: Fraction = Fraction(1)
    carried_cap: Fraction = Fraction(2, 3)
    convention: Fraction = Fraction(1, 2)
    slip: Fraction = Fraction(3, 4)
    slip_bare: Fraction = Fraction(0)
    mistake: Fraction = Fraction(1, 2)
    mistake_bare: Fraction = Fraction(1, 4)
    two_mistakes: Fraction = Fraction(1, 4)
    two_mistakes_bare: Fraction = Fraction(0)
    chance_limit: Fraction = Fraction(1, 20)
    repeat: str = "once"
    rounding: bool = False
    mistakes: Mapping[str, Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Policy:
        """Return the default policy with the written choices; a wrong one is an error that says what is allowed."""
        known = {entry.name for entry in fields(cls)}
        for key in written:
            if key not in known:
                raise ExamError(f'policy has no key "{key}"', cure=nearest(str(key), known), slug="unknown-key")
        return cls(**{key: _choice(key, value) for key, value in written.items()})

    def sentences(self) -> tuple[str, ...]:
        """Return the policy as it is printed on the paper."""
        once = " A mistake is charged once per question." if self.repeat == "once" else ""
        right = (
            f"Points: a right answer {_share(self.correct)}, one that is right from your own earlier values "
            f"{_share(self.carried)}, at most {_share(self.carried_cap)} of a question; a right count under another "
            f"convention than is printed here {_share(self.convention)}."
        )
        wrong = (
            f"With working: a slip {_share(self.slip)}, one known mistake {_share(self.mistake)}, two "
            f"{_share(self.two_mistakes)}; a bare number with one known mistake {_share(self.mistake_bare)} where it "
            f"cannot be guessed.{once}"
        )
        return right, wrong


def _share(share: Fraction) -> str:
    return {Fraction(1): "in full", Fraction(0): "nothing"}.get(share, str(share))


def _choice(key: str, value: Any) -> Any:
    if key == "mistakes":
        if not isinstance(value, Mapping):
            raise ExamError(f"policy, mistakes: found {shown(value)}", cure="Allowed: slug: share, as forgot-bias: 1/2")
        for slug in value:
            if slug not in CATALOGUE:
                raise ExamError(f'policy, mistakes: no mistake "{slug}"', cure=nearest(str(slug), CATALOGUE))
        return {slug: _fraction(f"{key}, {slug}", found) for slug, found in value.items()}
    if key == "repeat":
        if value not in ("once", "always"):
            raise ExamError(f"policy, repeat: found {shown(value)}", cure='Allowed: "once", "always"')
        return value
    if key == "rounding":
        if value not in (True, False, "allowed"):
            raise ExamError(f"policy, rounding: found {shown(value)}", cure="Allowed: true, false")
        return bool(value)
    return _fraction(key, value)


def _fraction(key: str, value: Any) -> Fraction:
    try:
        share = Fraction(str(value)) if not isinstance(value, bool) and len(str(value)) < 20 else Fraction(-1)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise ExamError(f"policy, {key}: found {shown(value)}", cure="Allowed: a share from 0 to 1, such as 1/2 or 0.5")
    return share


@dataclass(frozen=True, slots=True)
class Mark:
    """The points for one blank, of how many, and why in a few words."""

    points: Fraction
    possible: Fraction
    reason: str


@dataclass(frozen=True, slots=True)
class Worth:
    """One blank to be marked: its quantity, its points and the network that it is about."""

    blank: str
    quantity: str
    points: Fraction
    network: Network


def marked(blanks: Sequence[Worth], stories: Mapping[str, Story], policy: Policy) -> dict[str, Mark]:
    """Return the marks of one question; a mistake is charged once, what is carried earns at most its share."""
    charged: set[str] = set()
    marks: dict[str, Mark] = {}
    left = sum((blank.points for blank in blanks), Fraction(0)) * policy.carried_cap
    for blank in blanks:
        story = stories[blank.blank]
        share, reason = _share_of(story, blank, policy, charged)
        points = share * blank.points
        if story.verdict == "carried":
            points = min(points, left)
            left -= points
        marks[blank.blank] = Mark(points, blank.points, reason)
        if story.verdict == "mistake":
            charged.update(story.mistakes, *story.rivals)
    return marks


def _share_of(story: Story, blank: Worth, policy: Policy, charged: set[str]) -> tuple[Fraction, str]:
    match story.verdict:
        case "correct":
            return policy.correct, "right"
        case "convention":
            return policy.convention, "right under another convention"
        case "carried":
            if needs_formula(blank.network, blank.quantity, story.carried_from):
                return policy.carried, "carried"
            return Fraction(0), "only an earlier value repeated"
        case "slip":
            digits = not story.mistakes
            return (policy.slip if story.working or digits else policy.slip_bare), "a slip"
        case "mistake":
            return _best_paid(story, blank, policy, charged)
    return Fraction(0), {"blank": "no answer", "unreadable": "not readable: to be reviewed"}.get(story.verdict, "wrong")


def needs_formula(network: Network, quantity: str, carried_from: Iterable[str] = ()) -> bool:
    """Say whether a quantity takes a calculation of its own: not where every part is another one's name.

    carried_from: earlier blanks; a height whose shape is among them is only said again.
    """
    earlier = {ref for name in carried_from for ref in network.members(name)}
    rest = [ref for ref in network.members(quantity) if ref not in earlier]
    formulas = (network.graph.parts[ref.owner].rules.formulas.get(ref.name) for ref in rest)
    return any(formula is not None and not isinstance(formula, Reference | Integer) for formula in formulas)


def _best_paid(story: Story, blank: Worth, policy: Policy, charged: set[str]) -> tuple[Fraction, str]:
    sets = (story.mistakes, *story.rivals)
    if policy.repeat == "once" and any(charged.issuperset(slugs) for slugs in sets):
        return policy.correct, "the same mistake again, charged once"
    best = max(sets, key=lambda slugs: _paid(slugs, story, blank, policy))
    return _paid(best, story, blank, policy), ", ".join(best)


def _paid(slugs: Sequence[str], story: Story, blank: Worth, policy: Policy) -> Fraction:
    if len(slugs) > 1:
        return policy.two_mistakes if story.working else policy.two_mistakes_bare
    share = policy.mistakes.get(slugs[0], policy.mistake if story.working else policy.mistake_bare)
    network, quantity, limit = blank.network, blank.quantity, policy.chance_limit
    key = ("guess", quantity, limit.numerator, limit.denominator)
    if story.working or not network.remembered(key, lambda: _can_be_guessed(network, quantity, limit)):
        return share
    return Fraction(0)


def _can_be_guessed(network: Network, quantity: str, limit: Fraction) -> bool:
    """Say whether so many guesses would be taken for a mistake that their share is above a limit.

    The rate need not be found out where even a hit by each single change would not reach it.
    """
    members = network.members(quantity)[: 1 if isinstance(network.value(quantity), tuple) else None]
    lowest, highest = _guesses(network.collected(quantity, members, network.values))
    if len(table(Search(network, members), "singles").changes) <= limit * int(highest - lowest):
        return False
    return chance_rate(network, quantity) > limit


def chance_rate(network: Network, quantity: str) -> Fraction:
    """Return the share of the wrong integers within a factor of two of the key that would be taken for a mistake.

    A shape is guessed number by number, so its rate is that of its first size.
    """
    members = network.members(quantity)
    if isinstance(network.value(quantity), tuple):
        quantity, members = str(members[0]), members[:1]
    key = network.collected(quantity, members, network.values)
    lowest, highest = _guesses(key)
    if highest - lowest < 1:
        return Fraction(1)
    search = Search(network, members)
    outcomes = table(search, "singles").outcomes(search, network.values, {})
    found = {joined(quantity, numbers) for numbers, _ in outcomes}
    hits = sum(1 for value in found if isinstance(value, int) and lowest <= value <= highest and value != key)
    return Fraction(hits, int(highest - lowest))


def _guesses(key: Answer) -> tuple[int, Number]:
    """Return within what a key is guessed: a whole number from half of it, and twice it (of a shape: its first)."""
    number = key[0] if isinstance(key, tuple) else key
    return ceil(Fraction(number) / 2), 2 * number
