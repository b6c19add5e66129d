"""Drawn questions as parts of a document: body, places for the answers, and the worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from layerquiz.exam.assumptions import sentences
from layerquiz.exam.listed import Because, Listed, Option
from layerquiz.exam.question import Blank as Place
from layerquiz.exam.question import Question as Drawn
from layerquiz.formula.derive import Derivation
from layerquiz.formula.expr import Number
from layerquiz.grading.listed import spoken
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.glossary import of_one
from layerquiz.network.network import Answer
from layerquiz.render.document import AnswerGrid, Blank, Block, Paragraph, Question, Sheet, Step
from layerquiz.render.mathtext import chain, grouped, in_words, latex_in
from layerquiz.render.steps import in_letters, worked


def sheet(title: str, drawn: Sequence[Drawn], solutions: bool, subtitle: str = "") -> Sheet:
    """Return questions without a student's paper around them: a practice sheet, or one drawn question."""
    numbered = tuple(
        printed(question, number, {blank.place: blank.place for blank in question.blanks})
        for number, question in enumerate(drawn, 1)
    )
    words = drawn[0].words if drawn else ENGLISH
    said = sentences(((str(number), question) for number, question in enumerate(drawn, 1)), words=words)
    return Sheet(title, numbered, subtitle, conventions=said, solutions=solutions, words=words)


def printed(question: Drawn, number: int, ids: dict[str, str], plain: bool = True) -> Question:
    """Return a drawn question as it is printed; `ids` names each place on the whole paper (`a` is `2a`).

    `plain` says whether the steps are spelled as plain text too.
    """
    words = question.words
    blanks = {blank.place: _blank(blank, ids[blank.place], words) for blank in question.blanks if not blank.by_hand}
    in_grid = question.grid.places if question.grid else frozenset()
    return Question(
        number=number,
        title=question.title,
        points=points(question.points, words),
        body=(Paragraph(question.text),),
        blanks=tuple(blank for place, blank in blanks.items() if place not in in_grid),
        grid=_grid(question, blanks),
        solution=_solution(question, ids, plain),
        space=question.template.space,
        words=words,
    )


def _blank(blank: Place, name: str, words: Words) -> Blank:
    # A memory may be given in any unit, so none stands beside its box; the key is in bytes.
    in_bytes = f" {words('bytes')}" if blank.quantity.endswith("_bytes") and not blank.unit else ""
    right = f"{key(blank.key, words)}{in_bytes}" if blank.formula is None else f"${blank.formula.tex}$"
    if blank.listed is not None:
        return _listed(blank, blank.listed, name, words)
    return Blank(
        name,
        blank.label,
        points(blank.points, words),
        right,
        blank.unit,
        wide=blank.kind == "formula",
        unit_of_one=of_one(blank.unit, words),
        words=words,
    )


def _listed(blank: Place, listed: Listed, name: str, words: Words) -> Blank:
    """Return a blank with its options; all right answers stand in its key."""
    right = words(" or ").join(
        spoken(listed, found) if isinstance(found, str) else key(found, words) for found in listed.right
    )
    options = tuple((option.letter, option.text or _line(option, words)) for option in listed.options)
    prompt = _prompt(listed, words)
    return Blank(name, blank.label, points(blank.points, words), right, options=options, prompt=prompt, words=words)


def _line(option: Option, words: Words) -> str:
    """Return a line of a solution as Markdown: the layer, and the chain of equalities."""
    if option.step is None:
        return ""
    return f"`{option.step.quantity.owner}`: ${' = '.join(chain(option.step, latex_in(words)))}$"


def _prompt(listed: Listed, words: Words) -> str:
    """Return what is to be written into a blank with options."""
    if listed.form == "order":
        return words("the letters in order")
    return words("every letter that fits") if listed.several else words("one letter")


def _grid(question: Drawn, blanks: dict[str, Blank]) -> AnswerGrid | None:
    if question.grid is None:
        return None
    rows = tuple(
        (label, tuple(blanks[place] if place else None for place in cells)) for label, cells in question.grid.rows
    )
    return AnswerGrid(question.words("layer"), question.grid.columns, rows)


def _solution(question: Drawn, ids: dict[str, str], plain: bool) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Return each blank's steps; a letter is explained where it stands for the first time in the question."""
    explained: set[str] = set()
    pairs = zip(question.blanks, question.solution, strict=True)
    words = question.words
    return tuple((ids[blank.place], reasons(blank, because, explained, plain, words)) for blank, because in pairs)


def reasons(
    blank: Place,
    because: Because,
    explained: set[str] | None = None,
    plain: bool = True,
    words: Words = ENGLISH,
) -> tuple[Block, ...]:
    """Return why a key is right, as blocks: what is said in words, and what is worked out."""
    found: list[Block] = []
    for part in because:
        found += [Paragraph(part)] if isinstance(part, str) else steps(blank, part, explained, plain, words)
    return tuple(found)


def steps(
    blank: Place,
    derivation: Derivation,
    explained: set[str] | None = None,
    plain: bool = True,
    words: Words = ENGLISH,
) -> tuple[Step, ...]:
    """Return how a blank is worked out: in numbers, or in letters where a formula is asked for."""
    if blank.formula is None:
        return worked(derivation, explained, plain, words)
    return in_letters(derivation, blank.formula, explained, words)


def key_in_words(blank: Place) -> str:
    """Return the right answer to a blank as plain text; where a person gives the points, how many there are."""
    if blank.by_hand:
        return f"by hand, {points(blank.points)} point{'' if blank.points == 1 else 's'}"
    return in_words(blank.right)


def key(value: Answer | str, words: Words = ENGLISH) -> str:
    """Return a right value as Markdown: `$34{,}944$`, a shape as a product; a formula in letters as it is typed."""
    if isinstance(value, str):
        return f"`{value}`"
    numbers: tuple[Number, ...] = value if isinstance(value, tuple) else (value,)
    product = r" \times ".join(grouped(number, latex_in(words)) for number in numbers)
    return f"${product}$"


def decimal(share: Fraction) -> str:
    """Return points as a number that a spreadsheet reads, to four places."""
    return str(share.numerator) if share.denominator == 1 else _decimal(share)


@lru_cache(maxsize=1_024)
def _decimal(share: Fraction) -> str:
    return f"{float(round(share, 4)):.4f}".rstrip("0").rstrip(".")


def points(share: Fraction, words: Words = ENGLISH) -> str:
    """Return points as they are printed: 2, 0.5, 1.25; thirds as a fraction."""
    if share.denominator == 1:
        return str(share.numerator)
    for places in (1, 2, 3):
        scaled = share * 10**places
        if scaled.denominator == 1:
            return words.decimal(f"{int(scaled) / 10**places:.{places}f}")
    return str(share)
