"""Stories to points, as a policy says: what each blank earns, what is charged once, how points are rounded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from math import ceil, floor

from layerquiz import exact
from layerquiz.exam.exam import Paper, blank_id
from layerquiz.exam.listed import Listed
from layerquiz.exam.question import Question
from layerquiz.formula.expr import Integer, Reference
from layerquiz.grading.diagnose import MOST_STORIES
from layerquiz.grading.policy import Policy
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import search_of
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.outcomes import of_truth
from layerquiz.record import record

RIGHT = ("correct", "carried", "convention")


@record
class Mark:
    """The points for one blank, of how many, and why in a few words; `decided` by a person, it needs no review."""

    points: Fraction
    possible: Fraction
    reason: str
    decided: bool = False


@record
class Worth:
    """One blank to be marked: its quantity, its points, the network that it is about, and a policy of its own.

    listed: what may be answered, where that can be listed.
    """

    blank: str
    quantity: str
    points: Fraction
    network: Network
    policy: Policy | None = None
    listed: Listed | None = None


def worths(number: str, question: Question, policy: Policy) -> list[Worth]:
    """Return the blanks of a question of a paper, to be marked by the question's policy."""
    return worths_of([blank_id(number, blank, question) for blank in question.blanks], question, policy)


def worths_of(names: Iterable[str], question: Question, policy: Policy) -> list[Worth]:
    """Return the blanks of a question, which are called so over the paper."""
    return [
        Worth(name, blank.quantity, blank.points, question.network, policy.of_blank(blank.place), blank.listed)
        for name, blank in zip(names, question.blanks, strict=True)
    ]


def marks_of_paper(
    paper: Paper, stories: Mapping[str, Story], policies: Sequence[Policy], settled: Mapping[str, Mark] | None = None
) -> dict[str, Mark]:
    """Return the marks of a paper's blanks from their stories, but for those that are settled otherwise.

    `policies` are those of its questions.
    """
    marks: dict[str, Mark] = {}
    for (number, question), policy in zip(paper.numbered, policies, strict=True):
        marks |= marked(worths(number, question, policy), stories, policy, settled or {})
    return of_exam(marks, policies)


def of_exam(marks: dict[str, Mark], policies: Sequence[Policy]) -> dict[str, Mark]:
    """Return the marks of all questions, rounded where their sum is."""
    return rounded(marks, policies[0]) if policies[0].points_rounded == "exam" else marks


def marked(
    blanks: Sequence[Worth], stories: Mapping[str, Story], policy: Policy, settled: Mapping[str, Mark] | None = None
) -> dict[str, Mark]:
    """Return the marks of one question; a mistake is charged once, what is carried earns at most its share.

    Marks that are settled by a person stand as they are, before points are rounded.
    """
    charged: set[str] = set()
    known = _recognised(blanks, stories, policy) if policy.repeat == "once" else set()
    marks: dict[str, Mark] = {}
    carried = Fraction(0)
    for blank in blanks:
        story, own = stories[blank.blank], blank.policy or policy
        share, reason = _with_method(story, blank, own, charged)
        points = blank.points if share == 1 else share * blank.points if share else Fraction(0)
        if story.verdict == "carried":
            most = exact.total(each.points for each in blanks) * policy.carried_cap
            points = min(points, most - carried)
            carried += points
        marks[blank.blank] = Mark(points, blank.points, reason)
        charged |= known & _slugs(story)
    marks |= {name: mark for name, mark in (settled or {}).items() if name in marks}
    return rounded(marks, policy) if policy.points_rounded == "question" else marks


def _slugs(story: Story) -> set[str]:
    """Return the mistakes that may explain an answer, rivals too; of other verdicts none."""
    sets = (story.mistakes, *story.rivals) if story.verdict == "mistake" else ()
    return {slug for slugs in sets for slug in slugs}


def _recognised(blanks: Sequence[Worth], stories: Mapping[str, Story], policy: Policy) -> set[str]:
    """Return the mistakes that explain several blanks and are no guess: each is charged once.

    They are made with working, or in numbers that guesses would seldom all hit; a guess excuses nothing later.
    """
    places: dict[str, list[Worth]] = {}
    for blank in blanks:
        for slug in _slugs(stories[blank.blank]) if blank.listed is None else ():
            places.setdefault(slug, []).append(blank)
    limit = policy.chance_limit
    return {slug for slug, found in places.items() if len(found) > 1 and _is_no_guess(found, stories, limit)}


def _is_no_guess(blanks: Sequence[Worth], stories: Mapping[str, Story], limit: Fraction) -> bool:
    """Say whether guesses would seldom hit all of some blanks; those with the same key are hit by one guess."""
    if limit == 1 or any(stories[blank.blank].working for blank in blanks):
        return True
    chance, keys = Fraction(1), set()
    for blank in sorted(blanks, key=lambda blank: -_guesses(blank.network, blank.quantity)[1]):
        expected = stories[blank.blank].expected
        if expected not in keys:
            keys.add(expected)
            chance *= _rate(blank.network, blank.quantity, limit)
        if chance <= limit:
            return True
    return False


def _with_method(story: Story, blank: Worth, policy: Policy, charged: Collection[str]) -> tuple[Fraction, str]:
    """Return the share of an answer; where method and answer are paid apart, the answer counts as a bare one."""
    if story.listed == "points":
        given = Fraction(story.read_as) if isinstance(story.read_as, int | Fraction) else None
        return (Fraction(0), "to be marked by hand") if given is None else (given / blank.points, "marked by hand")
    if policy.method is None:
        return _share_of(story, blank, policy, charged, story.working)
    answer, reason = _share_of(story, blank, policy, charged, working=False)
    method, shown = _method(story, blank, policy, charged)
    return policy.method * method + (1 - policy.method) * answer, f"{reason}; {shown}"


def _method(story: Story, blank: Worth, policy: Policy, charged: Collection[str]) -> tuple[Fraction, str]:
    """Return what the working shows of the method: all of it, or as much as its mistakes leave."""
    unbroken = story.working and story.broken is None and story.verdict in RIGHT
    if story.method_right or unbroken or "arithmetic-slip" in story.mistakes:
        return Fraction(1), "right method"
    if story.working and story.verdict in ("mistake", "wrong"):
        return _share_of(story, blank, policy, charged, working=True)[0], "method in part"
    return Fraction(0), "no right method shown"


def _share_of(
    story: Story, blank: Worth, policy: Policy, charged: Collection[str], working: bool
) -> tuple[Fraction, str]:
    if blank.listed is not None and isinstance(story.read_as, str) and story.verdict != "correct":
        return _chosen(story, blank.listed, policy)
    match story.verdict:
        case "correct":
            return policy.share("correct", working), "right"
        case "convention":
            return _under_another_convention(story, policy, working)
        case "carried":
            if needs_formula(blank.network, blank.quantity, story.carried_from):
                return policy.share("carried", working), "carried"
            return Fraction(0), "only an earlier value repeated"
        case "slip":
            digits = not story.mistakes
            return policy.share("slip", working or digits), "a slip"
        case "mistake":
            return _best_paid(story, blank, policy, charged, working)
        case "wrong":
            return policy.share("wrong", working), "wrong"
    return Fraction(0), "no answer" if story.verdict == "blank" else "not readable: to be reviewed"


def _chosen(story: Story, listed: Listed, policy: Policy) -> tuple[Fraction, str]:
    """Return what a wrong choice earns: part of it may be right where several options are."""
    reason = ", ".join(story.mistakes) or "wrong"
    if listed.form == "order":
        return Fraction(0), reason
    options = [option.letter for option in listed.options]
    share = choice_share(str(story.read_as), str(story.expected), options, policy.choice) if listed.several else 0
    return Fraction(share) * policy.share("correct", working=False), reason


def _under_another_convention(story: Story, policy: Policy, working: bool) -> tuple[Fraction, str]:
    if policy.accept.isdisjoint((*story.mistakes, *story.conventions)):
        return policy.share("convention", working), "right under another convention"
    return policy.share("correct", working), "right under a convention that counts"


def needs_formula(network: Network, quantity: str, carried_from: Iterable[str] = ()) -> bool:
    """Say whether a quantity takes a calculation of its own: not where every part is another one's name.

    carried_from: earlier blanks; a height whose shape is among them is only said again.
    """
    earlier = {ref for name in carried_from for ref in network.members(name)}
    rest = [ref for ref in network.members(quantity) if ref not in earlier]
    formulas = (network.graph.parts[ref.owner].rules.formulas.get(ref.name) for ref in rest)
    return any(formula is not None and not isinstance(formula, Reference | Integer) for formula in formulas)


def _best_paid(
    story: Story, blank: Worth, policy: Policy, charged: Collection[str], working: bool
) -> tuple[Fraction, str]:
    """Return what the explanation earns that is paid best; in a pair, what was charged or is accepted is free."""
    free = policy.accept.union(charged)
    ways = [(slugs, [slug for slug in slugs if slug not in free]) for slugs in (story.mistakes, *story.rivals)]
    if any(not new for _, new in ways):
        return policy.share("correct", working), "the same mistake again, charged once"
    shares = [_paid(new, policy, working) for _, new in ways]
    best = max(range(len(ways)), key=lambda place: shares[place])
    reason = ", ".join(ways[best][0])
    if shares[best] and not working and _is_guess(story, blank, policy):
        return policy.share("wrong", working), f"{reason}; a bare number here can be guessed"
    return shares[best], reason


def _paid(slugs: Sequence[str], policy: Policy, working: bool) -> Fraction:
    return policy.share("two_mistakes", working) if len(slugs) > 1 else policy.of_mistake(slugs[0], working)


def _is_guess(story: Story, blank: Worth, policy: Policy) -> bool:
    """Say whether an answer may be a guess: a bare number where guesses are too often taken for a mistake."""
    if story.working:
        return False
    if blank.listed is not None:
        return _share_explained(blank.listed) > policy.chance_limit
    return guessable(blank.network, blank.quantity, policy.chance_limit)


def _share_explained(listed: Listed) -> Fraction:
    """Return the share of the whole numbers within a factor of two of a listed key that a mistake explains."""
    key = listed.right[0]
    if isinstance(key, str):
        return listed.chance
    lowest, highest = ceil(Fraction(key) / 2), floor(2 * Fraction(key))
    near = [given for given in listed.explained if isinstance(given, int) and lowest <= given <= highest]
    return Fraction(len(near), highest - lowest) if highest > lowest else Fraction(1)


def guessable(network: Network, quantity: str, limit: Fraction) -> bool:
    """Say whether so many guesses would be taken for a mistake that their share is above a limit; remembered.

    Where the key is too large for that there is no search, and none goes on once it is clear.
    """
    lowest, highest = _guesses(network, quantity)
    if _too_many(highest - lowest, limit):
        return False
    return network.remembered(
        ("guessable", quantity, *limit.as_integer_ratio()), lambda: _is_hit_often(network, quantity, limit)
    )


def _is_hit_often(network: Network, quantity: str, limit: Fraction) -> bool:
    lowest, highest = _guesses(network, quantity)
    most = (highest - lowest) * limit.numerator // limit.denominator
    return highest - lowest < 1 or sum(1 for _ in islice(_hits(network, quantity), most + 1)) > most


def _too_many(guesses: int, limit: Fraction) -> bool:
    """Say whether there are so many guesses that no chance rate comes near a limit, whatever the search would find."""
    return limit == 1 or limit.numerator * guesses >= MOST_STORIES * limit.denominator


def _rate(network: Network, quantity: str, limit: Fraction) -> Fraction:
    """Return the chance rate, remembered; 0 where the key is too large for it to reach the limit."""
    lowest, highest = _guesses(network, quantity)
    if _too_many(highest - lowest, limit):
        return Fraction(0)
    return network.remembered(("chance rate", quantity), lambda: chance_rate(network, quantity))


def _guesses(network: Network, quantity: str) -> tuple[int, int]:
    """Return the least and the largest whole number within a factor of two of the key, or of a shape's first size."""
    value = network.value(quantity)
    key = value[0] if isinstance(value, tuple) else value
    return -(-key // 2), floor(2 * key)


def chance_rate(network: Network, quantity: str) -> Fraction:
    """Return the share of the wrong integers within a factor of two of the key that would be taken for a mistake.

    A shape is guessed number by number, so its rate is that of its first size.
    """
    lowest, highest = _guesses(network, quantity)
    if highest - lowest < 1:
        return Fraction(1)
    return Fraction(sum(1 for _ in _hits(network, quantity)), highest - lowest)


def _hits(network: Network, quantity: str) -> Iterator[int]:
    """Yield the wrong numbers within a factor of two of the key that a mistake gives, each once."""
    members = network.members(quantity)
    lowest, highest = _guesses(network, quantity)
    right = network.value(quantity)
    if isinstance(right, tuple):
        quantity, members, right = str(members[0]), members[:1], right[0]
    is_single = len(members) == 1
    found: set[Answer] = {right}
    for numbers, _ in of_truth(search_of(network, members), "singles"):
        value = numbers[0] if is_single else joined(quantity, numbers)
        if value not in found:
            found.add(value)
            if isinstance(value, int) and lowest <= value <= highest:
                yield value


def rounded(marks: Mapping[str, Mark], policy: Policy) -> dict[str, Mark]:
    """Return marks whose sum is rounded as the policy says, up to what is possible; partly paid blanks move first."""
    if policy.points_step is None:
        return dict(marks)
    points = exact.total(mark.points for mark in marks.values())
    possible = exact.total(mark.possible for mark in marks.values())
    difference = min(stepped(points, policy), possible) - points
    found = dict(marks)
    for blank in sorted(marks, key=lambda blank: not 0 < marks[blank].points < marks[blank].possible):
        mark = marks[blank]
        moved = min(max(difference, -mark.points), mark.possible - mark.points)
        if moved:
            found[blank] = replace(mark, points=mark.points + moved, reason=f"{mark.reason}; points rounded")
            difference -= moved
    return found


def stepped(points: Fraction, policy: Policy) -> Fraction:
    """Return points as the policy rounds them."""
    if policy.points_step is None:
        return points
    steps = points / policy.points_step
    ways = {"up": ceil(steps), "down": floor(steps), "nearest": floor(steps + Fraction(1, 2))}
    return ways[policy.points_rounding] * policy.points_step


def choice_share(chosen: Collection[str], right: Collection[str], options: Collection[str], rule: str) -> Fraction:
    """Return what the chosen options earn, by the policy's `choice`; at least one option is right.

    all-or-nothing: exactly the right ones. per-option: each option that is rightly chosen or rightly left counts the
    same, and choosing none earns nothing. negative: a right one earns its part of the right ones, a wrong one loses its
    part of the wrong ones, together at least nothing, so that choosing all earns nothing.
    """
    picked, wanted = set(chosen), set(right)
    others = set(options) - wanted
    if rule == "all-or-nothing" or not picked:
        return Fraction(int(picked == wanted))
    if rule == "per-option":
        return Fraction(len(picked & wanted) + len(others - picked), len(wanted) + len(others))
    lost = Fraction(len(picked & others), len(others)) if others else Fraction(0)
    return max(Fraction(0), Fraction(len(picked & wanted), len(wanted)) - lost)
