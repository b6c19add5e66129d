"""Graded exams as documents: a page for each student."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from layerquiz import exact
from layerquiz.exam.exam import Exam, blank_id
from layerquiz.exam.listed import Because
from layerquiz.exam.question import Blank, Question
from layerquiz.formula.derive import Derivation
from layerquiz.grading.grade import Graded, Result
from layerquiz.grading.listed import spoken
from layerquiz.grading.story import Line, Story, count, hints_of
from layerquiz.grading.ways import Way, wrong_ways
from layerquiz.languages import Words
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.render.document import Block, Page, Paragraph, Table
from layerquiz.render.escape import literal
from layerquiz.render.questions import key, points, reasons, steps
from layerquiz.render.ways import marked

LONGEST_ANSWER = 60
LONGEST_FORMULA = 200

IN_WORDS = {
    "correct": "right",
    "convention": "right under another convention than this paper's",
    "carried": "right, from your own earlier value",
    "slip": "the way is right, the last number differs",
    "mistake": "one step differs",
    "wrong": "another number than was asked for",
    "blank": "no answer",
    "unreadable": "it could not be read, so a person will look at it",
}
"""What each verdict means to a student."""

IN_LETTERS = {
    **IN_WORDS,
    "slip": "the way is right, a later step differs",
    "wrong": "another formula than the right one",
}
"""The same where a formula is asked for."""

IN_OPTIONS = {
    **IN_WORDS,
    "mistake": "not the right choice",
    "wrong": "not the right choice",
}
"""The same where something is chosen or put in order."""

BY_HAND = {
    **IN_WORDS,
    "correct": "marked by hand",
    "wrong": "marked by hand",
    "unreadable": "a person will mark it",
}
"""The same where a person gives the points."""

LINES_IN_WORDS = {"right": "right", "wrong": "look at this line again", "unclear": "this line was not read"}
"""The same for a line of working."""

SAID_ALREADY = {
    *("right", "carried", "a slip", "wrong", "no answer", "not readable: to be reviewed"),
    *("marked by hand", "to be marked by hand"),
    "right under another convention",
}
"""Reasons of marks that say no more than the verdict does."""


def page(exam: Exam, result: Result, provisional: bool, practice: bool = False) -> Page:
    """Return what one student gets back: each answer as it was read, its points and why, a hint, the worked steps.

    `practice` says that a practice sheet comes with the page.
    """
    facts = (
        ("student", f"{result.paper.student.name} ({result.paper.student.id})"),
        ("points", f"{points(result.points)} of {points(result.possible)}"),
        *((("state", "provisional: some answers of this exam are still to be read"),) if provisional else ()),
    )
    if not result.handed_in:
        blocks: list[Block] = [Paragraph("Nothing was handed in under this name.")]
        return Page(exam.title, exam.course, facts, tuple(blocks))
    blocks = []
    for number, question in result.paper.numbered:
        blocks += _question(number, question, result)
    return Page(exam.title, exam.course, facts, (*blocks, *_next(result, practice)))


def _question(number: str, question: Question, result: Result) -> Iterator[Block]:
    """Yield what is said about one question: little where it is right."""
    graded = [result.blanks[blank_id(number, blank, question)] for blank in question.blanks]
    got = exact.total(entry.mark.points for entry in graded)
    title = f"{number}. {question.title}: {points(got)} of {points(question.points)} points"
    yield Paragraph(title, heading=True, large=True)
    right = [entry for entry in graded if _needs_no_word(entry)]
    if right:
        listed = "; ".join(f"{entry.blank}:\N{NO-BREAK SPACE}{_as_read(entry.story)}" for entry in right)
        yield Paragraph(f"{'All right' if len(right) == len(graded) else 'Right'}: {listed}.")
    if len(right) < len(graded):
        yield from _not_right(question, graded)


def _not_right(question: Question, graded: Sequence[Graded]) -> Iterator[Block]:
    """Yield what is said about each answer of a question of which there is something to say."""
    stories = {entry.story.quantity: entry.story for entry in graded}
    names = {entry.story.quantity: entry.blank for entry in graded}
    hinted: dict[str, str] = {}
    for entry, blank, because in zip(graded, question.blanks, question.solution, strict=True):
        if not _needs_no_word(entry):
            ways = wrong_ways(question.network, blank.quantity, entry.story, stories)
            yield from _answer(entry, blank, names, hinted.get(entry.story.hint, ""))
            hinted.setdefault(entry.story.hint, entry.blank)
            yield from _solution(entry, blank, because, ways, Words(letters=question.words.letters))


def _needs_no_word(entry: Graded) -> bool:
    """Say whether an answer is right and paid in full, and nothing in its working is to be said."""
    return entry.story.verdict == "correct" and entry.mark.points == entry.mark.possible and not entry.story.hint


def _answer(entry: Graded, blank: Blank, names: Mapping[str, str], hinted: str) -> Iterator[Block]:
    """Yield one answer: what was written and read, its points and why, and the hint.

    `hinted` is the blank at which the same hint stands already.
    """
    story, mark = entry.story, entry.mark
    label = f", {blank.label}" if blank.label else ""
    yield Paragraph(f"{entry.blank}{label}: {points(mark.points)} of {points(mark.possible)}", heading=True)
    yield Paragraph(f"{_written(story)}{_why(entry, names)}.")
    if story.hint and story.listed != "points" and story.verdict not in ("carried", "blank"):
        yield from [Paragraph(f"The hint at {hinted} holds here too.")] if hinted else _hint(story)
    if story.lines:
        yield _working(story.lines)


def _hint(story: Story) -> Iterator[Paragraph]:
    """Yield the hint; where several explanations fit, as a list with the numbers that the solution refers to."""
    sets = [slugs for slugs in (story.mistakes, *story.rivals) if slugs]
    told = hints_of(sets) if story.verdict == "mistake" and len(sets) > 1 else ""
    if told and story.hint.startswith(told):
        listed = (f"{number}. {literal(hints_of([slugs]))}" for number, slugs in enumerate(sets, 1))
        yield Paragraph("\n".join((f"{count(len(sets))} explanations fit:\n", *listed)))
    rest = story.hint.removeprefix(told).strip()
    if rest:
        yield Paragraph(literal(rest))


def _written(story: Story) -> str:
    """Return what was written, and how it was read where that is not the same."""
    if story.verdict == "blank" or story.listed == "points":
        return ""
    written = f'You wrote "{_literal(story.written, _most(story))}"'
    if story.verdict == "unreadable":
        return f"{written}: "
    return f"{written}, read as **{_as_read(story)}**: "


def _as_read(story: Story) -> str:
    """Return what was read; a shape stays on one line, and of a formula more is shown."""
    return _literal(story.shown, _most(story)).replace(" x ", "\N{NO-BREAK SPACE}x\N{NO-BREAK SPACE}")


def _most(story: Story) -> int:
    """Return how many characters of an answer are shown."""
    return LONGEST_FORMULA if _is_formula(story) else LONGEST_ANSWER


def _in_words(story: Story) -> Mapping[str, str]:
    """Return what each verdict means to a student, by what was asked for."""
    if story.listed == "points":
        return BY_HAND
    if _is_choice(story):
        return IN_OPTIONS
    return IN_LETTERS if _is_formula(story) else IN_WORDS


def _is_choice(story: Story) -> bool:
    """Say whether options were to be chosen or put in order."""
    return story.listed in ("options", "order")


def _is_formula(story: Story) -> bool:
    """Say whether a formula in letters was asked for."""
    return isinstance(story.expected, str) and not story.listed


def _why(entry: Graded, names: Mapping[str, str]) -> str:
    """Return why an answer has its points, in plain language."""
    story = entry.story
    told = _in_words(story)[story.verdict]
    if story.verdict == "mistake" and not _is_choice(story):
        told = f"{told if len(story.mistakes) == 1 else 'two steps differ'}{_beside_it(story)}"
    if story.verdict == "slip" and not story.mistakes:
        told = "right but for the order or the number of its digits"
    if story.verdict == "carried":
        told += f" ({', '.join(names.get(name, name) for name in story.carried_from)})"
    if not _written(story):
        told = f"{told[:1].upper()}{told[1:]}"
    more = [part for part in entry.mark.reason.split("; ") if not _is_said(part)]
    if story.verdict == "carried" and entry.mark.points < entry.mark.possible and not more:
        more = ["answers that are carried on earn a part of each question at most, as the paper says"]
    return "; ".join((told, *map(literal, more)))


def _beside_it(story: Story) -> str:
    """Return what is said of the working beside a number; a formula is all working."""
    if isinstance(story.expected, str):  # a formula is all working, and a letter has none
        return ""
    return ", and your working is counted" if story.working else ", and there is no working beside the number"


def _is_said(reason: str) -> bool:
    return reason in SAID_ALREADY or all(slug in CATALOGUE for slug in reason.split(", "))


def _working(lines: Sequence[Line]) -> Table:
    rows = tuple((_literal(line.text), _literal(line.shown), _about(line)) for line in lines)
    return Table(("your working", "read as", ""), rows, "lll")


def _about(line: Line) -> str:
    return ": ".join(part for part in (LINES_IN_WORDS.get(line.verdict, line.verdict), literal(line.hint)) if part)


def _solution(entry: Graded, blank: Blank, because: Because, ways: Sequence[Way], words: Words) -> Iterator[Block]:
    """Yield the worked solution with the first wrong step marked; from own earlier values where it was told so."""
    story = entry.story
    if story.verdict in ("correct", "carried"):
        return
    if story.listed:
        expected = f"Why the answer to {entry.blank} is {_right(blank)}"
        told = f"What was expected at {entry.blank}" if blank.by_hand else expected
        if because or not blank.by_hand:
            yield Paragraph(told, heading=True)
        yield from reasons(blank, because, words=words)
        return
    derivation = because[0]
    if isinstance(derivation, str):
        raise TypeError(f"{blank.quantity} is not worked out")
    own = next((way for way in ways if way.own), None)
    told = f"How {entry.blank} is worked out; the answer is {key(story.expected)}"
    shown, answer = derivation, story.expected
    if own is not None and story.own_value is not None:
        known = {step.quantity for step in derivation.steps}
        later = tuple(step for step in own.right.steps if step.quantity in known)
        shown, answer = Derivation(own.right.targets, later), story.own_value
        told = (
            f"How {entry.blank} is worked out from your own earlier value, which leads to {key(answer)}; "
            f"from the right one it is {key(story.expected)}"
        )
    yield Paragraph(told, heading=True)
    if isinstance(answer, str):
        yield from steps(blank, shown, words=words)
    else:
        yield from marked(shown, ways, story, answer, words)


def _right(blank: Blank) -> str:
    """Return the key of a blank whose answers can be listed, in Markdown."""
    return spoken(blank.listed, blank.key) if blank.listed and isinstance(blank.key, str) else key(blank.key)


def _next(result: Result, practice: bool) -> Iterator[Block]:
    """Yield what to practise next: the main topics of what was not right yet."""
    topics: dict[str, list[str]] = {}
    for number, question in result.paper.numbered:
        for blank in question.blanks:
            entry = result.blanks[blank_id(number, blank, question)]
            if entry.story.verdict not in ("correct", "carried"):
                topics.setdefault(question.template.topic, []).append(entry.blank)
    if not topics:
        return
    yield Paragraph("What to practise next", heading=True, large=True)
    yield Paragraph("\n".join(f"- {literal(topic)}: {', '.join(blanks)}" for topic, blanks in topics.items()))
    if practice:
        yield Paragraph("A practice sheet on exactly these comes with this page; its solutions stand at its end.")


def _literal(text: str, most: int = LONGEST_ANSWER) -> str:
    """Return what somebody wrote as Markdown, cut where it is long: it stands for itself, whatever it holds."""
    flat = " ".join(text.split())
    return literal(flat if len(flat) <= most else f"{flat[:most]}...")
