"""How answers are paid: an explicit policy that stands in the exam file and is printed on the paper.

A policy stands at the exam, at a question, or at a blank of a question; the inner one changes single choices:

    policy: {mistake: 1/2, mistakes: {forgot-bias: 3/4}}
    questions:
      - {template: conv-size, policy: {repeat: always, blanks: {b: {rounding: allowed}}}}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.exam import Exam
from layerquiz.exam.question import Question, letters
from layerquiz.grading.policy_keys import Shares, agreeing, choice
from layerquiz.languages import ENGLISH, Words, phrase
from layerquiz.network.conventions import NAMED
from layerquiz.network.notation import named, shown

OF_EXAM = frozenset(("points_rounded",))
"""Choices that only a whole exam can make."""
OF_QUESTION = OF_EXAM | {"repeat", "carried_cap", "points_step", "points_rounding"}
"""Choices that no single blank can make."""


BARE = {
    name: f"{name}_bare" for name in ("correct", "carried", "convention", "slip", "mistake", "two_mistakes", "wrong")
}
"""What a share for a bare value is called, by the share with working."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Shares of a blank's points, with working and for a bare value; a bare share of None is the one with working.

    carried_cap: the most that carried answers earn of a question. chance_limit: a bare mistake is paid only where a
    guess would be paid at most this often. repeat: "once" charges a mistake once per question, "always" each time.
    mistakes: shares of single mistakes, by slug. accept: conventions that are paid as right answers.
    method: the part of the points for the method that is shown, the rest being for the answer; 0 is not apart.
    rounding: rounded answers count at the digits that they show. digits: so many suffice, which allows rounding.
    exact: rounded answers never count, whatever the question says.
    points_step: points are rounded to its multiples, to the nearest, up or down, per question or for the exam.
    choice: how choices of options are paid. blanks: the policies of single blanks, by letter.
    """

    correct: Fraction = Fraction(1)
    correct_bare: Fraction | None = None
    carried: Fraction = Fraction(1)
    carried_bare: Fraction | None = None
    carried_cap: Fraction = Fraction(2, 3)
    convention: Fraction = Fraction(1, 2)
    convention_bare: Fraction | None = None
    slip: Fraction = Fraction(3, 4)
    slip_bare: Fraction | None = Fraction(0)
    mistake: Fraction = Fraction(1, 2)
    mistake_bare: Fraction | None = Fraction(1, 4)
    two_mistakes: Fraction = Fraction(1, 4)
    two_mistakes_bare: Fraction | None = Fraction(0)
    wrong: Fraction = Fraction(0)
    wrong_bare: Fraction | None = Fraction(0)
    chance_limit: Fraction = Fraction(1, 20)
    repeat: str = "once"
    mistakes: Mapping[str, Shares] = field(default_factory=dict)
    accept: frozenset[str] = frozenset()
    method: Fraction | None = None
    rounding: bool = False
    digits: int | None = None
    exact: bool = False
    points_step: Fraction | None = None
    points_rounding: str = "nearest"
    points_rounded: str = "question"
    choice: str = "all-or-nothing"
    blanks: Mapping[str, Policy] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Policy:
        """Return the default policy with the written choices; a wrong one is an error that says what is allowed."""
        return cls().changed(written)

    def changed(self, written: Mapping[str, Any], refused: Collection[str] = ()) -> Policy:
        """Return the policy with the written choices; `refused` are those that cannot be made here."""
        known = {entry.name for entry in fields(self)} - {"blanks"}
        for key in written:
            if key == "blanks" or key in refused:
                place = "a question" if key == "blanks" else "the exam" if key in OF_EXAM else "a question, or the exam"
                cure = f"It is a choice of {place}"
                raise ExamError(f'policy: "{key}" cannot stand here', cure=cure, slug="policy")
            if key not in known:
                what = f'policy has no key "{named(key)}"'
                raise ExamError(what, cure=nearest(named(key), known), slug="unknown-key")
        choices = {key: choice(key, value) for key, value in written.items()}
        if "mistakes" in choices:
            choices["mistakes"] = {**self.mistakes, **choices["mistakes"]}
        return replace(self, **agreeing(choices))

    def share(self, name: str, working: bool) -> Fraction:
        """Return what a verdict earns, with working or as a bare value."""
        bare: Fraction | None = None if working else getattr(self, BARE[name])
        shown_share: Fraction = getattr(self, name)
        return shown_share if bare is None else bare

    def of_mistake(self, slug: str, working: bool) -> Fraction:
        """Return what one mistake earns."""
        own = self.mistakes.get(slug)
        if own is None:
            return self.share("mistake", working)
        return own.working if working else own.bare

    def of_blank(self, place: str) -> Policy:
        """Return the policy of a blank, by its letter."""
        return self.blanks.get(place, self)

    def rounds(self, allowed: bool) -> bool:
        """Say whether rounded answers count; `allowed` is what the question says by itself."""
        return not self.exact and (allowed or self.rounding or self.digits is not None)

    @property
    def asks_exact(self) -> bool | None:
        """Say whether only exact numbers count, or whether rounded ones do; None where each question says so."""
        return True if self.exact else False if self.rounds(allowed=False) else None

    def rounding_of(self, question: Question) -> dict[str, int | None]:
        """Return the blanks of a question in which rounded answers count, with the digits that suffice, if fixed."""
        own = {blank.quantity: (blank, self.of_blank(blank.place)) for blank in question.blanks}
        return {name: policy.digits for name, (blank, policy) in own.items() if policy.rounds(blank.rounding)}

    def sentences(self, words: Words = ENGLISH) -> tuple[str, ...]:
        """Return the policy as it is printed on the paper: the common cases always, anything else where it differs."""
        right = words(
            "Points: a right answer {correct}, one that is right from your own earlier values {carried}, at most {cap} "
            "of a question; a right count under another convention than is printed here {convention}.",
            correct=_share(self.correct, words),
            carried=_share(self.carried, words),
            cap=_share(self.carried_cap, words),
            convention=_share(self.convention, words),
        )
        one, two = _share(self.mistake, words), _share(self.two_mistakes, words)
        if self.method is None:
            slip = _share(self.slip, words)
            wrong = words(
                "With working: a slip {slip}, one known mistake {one}, two {two}", slip=slip, one=one, two=two
            )
        else:
            wrong = words(
                "The method that you show earns {method} of the points, with one known mistake {one} of that, with two "
                "{two}; the answer earns the rest",
                method=self.method,
                one=one,
                two=two,
            )
        bare = _share(self.share("mistake", working=False), words)
        guessing = _guessing(self, words)
        bare = words("a bare number with one known mistake {share}{condition}", share=bare, condition=guessing)
        once = (words("A mistake is charged once per question."),) if self.repeat == "once" else ()
        return (
            right,
            f"{words('; ').join((wrong, bare))}.",
            *once,
            *map(_capital, self.differing(Policy(), PRINTED, words)),
        )

    def differing(self, other: Policy, printed: Collection[str] = (), words: Words = ENGLISH) -> list[str]:
        """Return what has to be said of the choices that differ from another policy's."""
        named = (name for name in CLAUSES if name not in printed and getattr(self, name) != getattr(other, name))
        return list(dict.fromkeys(CLAUSES[name](self, words) for name in named))


def policies(exam: Exam) -> tuple[Policy, ...]:
    """Return the policy of each question of an exam, with those of its blanks."""
    whole = Policy.of(exam.policy)
    found = []
    for number, entry in enumerate(exam.entries, 1):
        try:
            found.append(_of_question(whole, entry.policy, len(entry.template.asked)))
        except ExamError as error:
            raise error.at(f"question {number}") from None
    return tuple(found)


def _of_question(whole: Policy, written: Mapping[str, Any], count: int) -> Policy:
    own = whole.changed({key: value for key, value in written.items() if key != "blanks"}, OF_EXAM)
    if whole.points_rounded == "exam" and "points_step" in written:
        what = "policy, points_step: the points of the exam are rounded together"
        raise ExamError(what, cure="Leave one of points_step here and points_rounded: exam out", slug="policy")
    places = [place for place, _ in zip(letters(), range(count), strict=False)]
    blanks = written.get("blanks", {})
    if not isinstance(blanks, Mapping):
        cure = "Allowed: letters of blanks, each with its choices, as b: {exact: true}"
        raise ExamError(f"policy, blanks: found {shown(blanks)}", cure=cure, slug="policy")
    return replace(own, blanks={place: _of_blank(own, place, found, places) for place, found in blanks.items()})


def _of_blank(own: Policy, place: str, written: Any, places: list[str]) -> Policy:
    if place not in places:
        what = f'policy, blanks: the question has no blank "{named(place)}"'
        raise ExamError(what, cure=nearest(named(place), places), slug="unknown-blank")
    if not isinstance(written, Mapping):
        what = f"policy, blanks, {place}: found {shown(written)}"
        raise ExamError(what, cure="Allowed: choices such as {exact: true}", slug="policy")
    try:
        return own.changed(written, OF_QUESTION)
    except ExamError as error:
        raise error.at(f"blank {place}") from None


def assumed(exam: Exam, needed: Gathered) -> tuple[str, ...]:
    """Return the sentences on conventions that an exam's papers print, for what their questions need to have said."""
    return needed.sentences(Policy.of(exam.policy).asks_exact, Words(exam.language))


def exam_sentences(exam: Exam) -> tuple[str, ...]:
    """Return what an exam's paper prints of its policy, and where a question or a blank has another one."""
    whole, words = Policy.of(exam.policy), Words(exam.language)
    found = list(whole.sentences(words))
    for number, policy in enumerate(policies(exam), 1):
        found += _exception(words("Question {number}", number=number), policy, whole, words)
        for place, own in sorted(policy.blanks.items()):
            found += _exception(words("Question {number}, {place}", number=number, place=place), own, policy, words)
    return tuple(found)


def _exception(where: str, policy: Policy, usual: Policy, words: Words) -> list[str]:
    clauses = policy.differing(usual, words=words)
    return [words("{name}: {text}.", name=where, text=words("; ").join(clauses))] if clauses else []


def _share(share: Fraction, words: Words) -> str:
    return {Fraction(1): words("in full"), Fraction(0): words("nothing")}.get(share, str(share))


def _capital(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _guessing(policy: Policy, words: Words) -> str:
    if policy.chance_limit == 1 or policy.share("mistake", working=False) == 0:
        return ""
    if policy.chance_limit == Policy().chance_limit:
        return words(" where it cannot be guessed")
    if policy.chance_limit == 0:
        return words(" where no guess is ever paid")
    return words(" where at most {share} of the guesses would be paid", share=policy.chance_limit)


Clause: TypeAlias = Callable[[Policy, Words], str]
"""Says a choice of a policy."""


def _clause(text: str, name: str, working: bool = True) -> Clause:
    return lambda policy, words: words(text, share=_share(policy.share(name, working), words))


def _of_bare_mistake(policy: Policy, words: Words) -> str:
    share = _share(policy.share("mistake", working=False), words)
    return words("a bare known mistake earns {share}{condition}", share=share, condition=_guessing(policy, words))


def _of_mistakes(policy: Policy, words: Words) -> str:
    """Say what single mistakes earn without naming them: the paper is no list of them."""
    shares = sorted({share for own in policy.mistakes.values() for share in (own.working, own.bare)})
    if not shares:
        return words("all known mistakes earn the same")
    low, high = _share(shares[0], words), _share(shares[-1], words)
    if len(shares) == 1:
        return words("some known mistakes earn another share: {share}", share=low)
    return words("some known mistakes earn another share: from {low} to {high}", low=low, high=high)


def _of_accepted(policy: Policy, words: Words) -> str:
    named = [accepted_in_words(name, words) for name in sorted(policy.accept)]
    return words("other conventions that count in full: {names}", names=", ".join(named) or words("none"))


def accepted_in_words(name: str, words: Words = ENGLISH) -> str:
    """Return what it is to accept a convention, or answers with a mistake."""
    return words("those of {name}", name=name) if name in NAMED else words(ACCEPTED.get(name, name.replace("-", " ")))


ACCEPTED = {
    "bn-moving-statistics": phrase("stored statistics as parameters or not"),
    "gru-one-bias": phrase("one or two bias vectors of a GRU"),
    "lstm-one-or-two-biases": phrase("one or two bias vectors of a recurrent layer"),
    "mac-vs-flop": phrase("multiply-adds for operations and the reverse"),
    "mb-vs-mib": phrase("MB for MiB and the reverse"),
}
CHOICES = {
    "all-or-nothing": phrase("a choice of options earns all or nothing"),
    "per-option": phrase("each option that is rightly chosen or left earns its part"),
    "negative": phrase("a wrong option takes away what a right one earns, down to nothing"),
}


def _of_method(policy: Policy, words: Words) -> str:
    if policy.method is None:
        return words("method and answer are not paid apart")
    return words(
        "the method that you show earns up to {share} of the points, the answer, as a bare one, the rest",
        share=policy.method,
    )


def _of_rounding(policy: Policy, words: Words) -> str:
    if policy.exact:
        return words("only exact numbers count")
    if policy.digits is not None:
        return words.counted(
            policy.digits,
            "rounded numbers count that show at least {number} digit",
            "rounded numbers count that show at least {number} digits",
        )
    if policy.rounding:
        return words("rounded numbers count at the digits that they show")
    return words("rounded numbers count only where the question says so")


ROUNDED = {
    "nearest": phrase("to the nearest multiple of {step}"),
    "up": phrase("up to a multiple of {step}"),
    "down": phrase("down to a multiple of {step}"),
}


def _of_steps(policy: Policy, words: Words) -> str:
    if policy.points_step is None:
        return words("points are not rounded")
    how = words(ROUNDED[policy.points_rounding], step=policy.points_step)
    if policy.points_rounded == "exam":
        return words("the points of the exam are rounded {how}", how=how)
    return words("the points of each question are rounded {how}", how=how)


def _of_cap(policy: Policy, words: Words) -> str:
    return words("such answers earn at most {share} of a question", share=_share(policy.carried_cap, words))


def _of_repeat(policy: Policy, words: Words) -> str:
    return words("a mistake is charged once") if policy.repeat == "once" else words("a mistake is charged each time")


CLAUSES: Mapping[str, Clause] = {
    "correct": _clause("a right answer earns {share}", "correct"),
    "correct_bare": _clause("a right bare number earns {share}", "correct", working=False),
    "carried": _clause("an answer that is right from your own earlier values earns {share}", "carried"),
    "carried_bare": _clause(
        "a bare one that is right from your own earlier values earns {share}", "carried", working=False
    ),
    "carried_cap": _of_cap,
    "convention": _clause("a right count under another convention earns {share}", "convention"),
    "convention_bare": _clause("a bare number under another convention earns {share}", "convention", working=False),
    "slip": _clause("a slip with working earns {share}", "slip"),
    "slip_bare": _clause("a slip without working that nothing shows earns {share}", "slip", working=False),
    "mistake": _clause("one known mistake with working earns {share}", "mistake"),
    "mistake_bare": _of_bare_mistake,
    "chance_limit": _of_bare_mistake,
    "two_mistakes": _clause("two known mistakes with working earns {share}", "two_mistakes"),
    "two_mistakes_bare": _clause("a bare number with two known mistakes earns {share}", "two_mistakes", working=False),
    "wrong": _clause("working that leads elsewhere earns {share}", "wrong"),
    "wrong_bare": _clause("any other bare number earns {share}", "wrong", working=False),
    "repeat": _of_repeat,
    "mistakes": _of_mistakes,
    "accept": _of_accepted,
    "method": _of_method,
    "rounding": _of_rounding,
    "digits": _of_rounding,
    "exact": _of_rounding,
    "points_step": _of_steps,
    "points_rounding": _of_steps,
    "points_rounded": _of_steps,
    "choice": lambda policy, words: words(CHOICES[policy.choice]),
}
"""What each choice says on a paper."""

PRINTED = frozenset(
    ("correct", "carried", "carried_cap", "convention", "slip", "mistake", "mistake_bare", "chance_limit", "method")
) | {"two_mistakes"}
"""Choices that every paper prints in its two sentences."""
