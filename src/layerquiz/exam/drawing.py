"""Drawing a question: a pure function of template, seed, student and question number.

What can be drawn right at once is (the recipe goes from the top down); what cannot is drawn again, with the number of
the attempt in the generator's seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from random import Random

from layerquiz.errors import LayerquizError, TemplateError, nearest
from layerquiz.exam import sample
from layerquiz.exam.domain import domain, mistaken_formulas
from layerquiz.exam.forms.base import Scene
from layerquiz.exam.question import Question, composed, keys, lettered_blanks, scene_of, wired
from layerquiz.exam.recipe import Drawn, RejectedError
from layerquiz.exam.sample import Seed
from layerquiz.exam.template import ConventionsChoice, Template
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer, Network
from layerquiz.network.told import told

MOST_ATTEMPTS = 200

OF_NUMBERS = frozenset(
    ("size-below-one", "groups", "shapes-do-not-meet", "pool-padding", "wrong-value", "input", "same-with-stride")
)
"""Faults of a network that other numbers may not have; every other fault is in what the author wrote."""

MOST_REASONS = 5

MOST_KNOWN = 64
"""The questions of so many drawings are kept: a small template gives a class the same ones again and again."""


def draw(
    template: Template, seed: Seed, student: str = "", question: str = "1", conventions: ConventionsChoice = "textbook"
) -> Question:
    """Return one drawing of a template; the conventions count unless the template states its own."""
    return next(drawings(template, seed, student, question, conventions))


def fixed(template: Template, seed: Seed | None, conventions: ConventionsChoice = "textbook") -> Question:
    """Return the drawing that all students get; the same question whenever it is asked for."""
    return _fixed(_Same(template, {"seed": "" if seed is None else seed}, conventions))


def drawings(
    template: Template,
    seed: Seed,
    student: str = "",
    question: str = "1",
    conventions: ConventionsChoice = "textbook",
    failures: Counter[str] | None = None,
) -> Iterator[Question]:
    """Yield the drawings of all attempts that can be used, `draw` gives the first; why others cannot is counted.

    There is at least one, or an error that says which condition failed how often.
    """
    _check_slugs(template)
    counted: Counter[str] = Counter() if failures is None else failures
    found = False
    for attempt in range(MOST_ATTEMPTS):
        try:
            drawn = attempted(template, sample.generator(seed, student, question, attempt), conventions)
        except RejectedError as error:
            counted[error.reason] += 1
            continue
        found = True
        yield drawn
    if not found:
        raise _never(template, counted)


def attempted(template: Template, random: Random, conventions: ConventionsChoice) -> Question:
    """Return one attempt's question; one that cannot be used raises `RejectedError`."""
    try:
        drawn = template.recipe.draw(random, template.conventions or conventions)
    except LayerquizError as error:
        raise _judged(template, error) from None
    if any(asked.form for asked in template.asked):
        return _made(template, drawn, conventions, random)
    found = known(_Same(template, drawn, conventions))
    if isinstance(found, str):
        raise RejectedError(found)
    return found


class _Same:
    """A drawing, known by its template, its conventions and what was drawn."""

    __slots__ = ("conventions", "drawn", "key", "template")

    def __init__(self, template: Template, drawn: Drawn, conventions: ConventionsChoice) -> None:
        self.template, self.drawn, self.conventions = template, drawn, conventions
        self.key = (template, repr(drawn), repr(conventions))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.key == other.key


@lru_cache(maxsize=MOST_KNOWN)
def known(drawing: _Same) -> Question | str:
    """Return the question of a drawing, or why it cannot be used: for another seed the same numbers are the same."""
    try:
        return _made(drawing.template, drawing.drawn, drawing.conventions)
    except RejectedError as error:
        return error.reason


@lru_cache(maxsize=MOST_KNOWN)
def _fixed(asked: _Same) -> Question:
    return draw(asked.template, asked.drawn["seed"], conventions=asked.conventions)


def _made(template: Template, drawn: Drawn, conventions: ConventionsChoice, random: Random | None = None) -> Question:
    """Return the question that some drawn numbers make; `random` draws what its blanks need besides."""
    try:
        networks = wired(template, drawn, conventions)
    except LayerquizError as error:
        raise _judged(template, error) from None
    scene = scene_of(template, drawn, networks)
    network = scene.network
    _check_required(template, scene)
    right = keys(template, network)
    if template.kind == "formula":
        _check_formulas_told_apart(template, network)
    else:
        _check_told_apart(template, network, right)
    if random is not None:
        _draw_forms(template, scene, random)
    question = composed(template, drawn, networks, right)
    _check_explained(template, question)
    _ = question.text, question.grid  # what is wrong in a wording or a table is wrong with the drawing
    return question


def _judged(template: Template, error: LayerquizError) -> Exception:
    """Return a fault of the drawn numbers as a rejection, any other as an error with its line."""
    located = template.written.located(error)
    if error.slug not in OF_NUMBERS:
        return located
    return RejectedError(f"{located.where}: the network could not be ({error.slug})")


def _check_required(template: Template, scene: Scene) -> None:
    """Reject a drawing that does not meet what the template requires."""
    for place, comparison in enumerate(template.require):
        try:
            holds = comparison.value(scene.lookup)
        except LayerquizError as error:
            raise template.written.located(error, ("require", place)) from None
        if not holds:
            raise RejectedError(f'require "{comparison.text}" did not hold')


def _draw_forms(template: Template, scene: Scene, random: Random) -> None:
    """Draw what blanks need besides the network, such as the order of options, and keep it with what was drawn."""
    scene.drawn["forms"] = []  # a form may look at what those before it drew
    for asked in template.asked:
        scene.drawn["forms"].append(None if asked.form is None else asked.form.draw(scene, random))


def _check_slugs(template: Template) -> None:
    for place, slug in enumerate(template.tells_apart):
        if slug not in CATALOGUE:
            what, cure = f'there is no mistake "{slug}"', nearest(slug, CATALOGUE)
            raise template.written.fault(what, ("tells_apart", place), cure=cure, slug="unknown-mistake")


def _check_told_apart(template: Template, network: Network, right: tuple[Answer, ...]) -> None:
    """Reject a drawing on which a listed mistake gives what the key or another listed mistake gives."""
    names = tuple([asked.told for asked in template.asked if asked.told is not None])
    if not names or not template.tells_apart:
        return
    given_by = {right: "the right answer"}
    for slug, wrong in told(network, template.tells_apart, names).items():
        if not wrong:
            raise RejectedError(f'tells_apart "{slug}": this mistake cannot be made there')
        for values in wrong:
            other = given_by.setdefault(values, slug)
            if other != slug:
                raise RejectedError(f'tells_apart "{slug}": it gives the same as {other}')


def _check_explained(template: Template, question: Question) -> None:
    """Reject a drawing in which no wrong number, or no wrong choice, shows a listed mistake and no other listed one."""
    pairs = zip(template.asked, question.blanks, strict=True)
    listed = [blank.listed for asked, blank in pairs if asked.form is not None and asked.form.explains and blank.listed]
    if not listed or not template.tells_apart:
        return
    told = set(template.tells_apart)
    shown: set[str] = set()
    for found in listed:
        for sets in found.explained.values():
            slugs = {slug for (slug, *more) in sets if not more} & told
            shown |= slugs if len(slugs) == 1 or found.form != "number" else set()
    for slug in template.tells_apart:
        if slug not in shown:
            raise RejectedError(f'tells_apart "{slug}": no wrong answer shows it alone')


def _check_formulas_told_apart(template: Template, network: Network) -> None:
    """Reject a drawing on which a listed mistake gives the formulas of the key or of another listed mistake."""
    lettered_blanks(template, network)  # what has no letters is an error with its line
    asked = [domain(network, asked.quantity, template.letters, words=template.words) for asked in template.asked]
    given_by = {tuple(place.column_of(place.right) for place in asked): "the right answer"}
    for slug in template.tells_apart:
        wrong = mistaken_formulas(network, slug, asked)
        if not wrong:
            raise RejectedError(f'tells_apart "{slug}": this mistake cannot be made there')
        for formulas in wrong:
            columns = tuple(place.column_of(formula) for formula, place in zip(formulas, asked, strict=True))
            other = given_by.setdefault(columns, slug)
            if other != slug:
                raise RejectedError(f'tells_apart "{slug}": it gives the same as {other}')


def _never(template: Template, failures: Counter[str]) -> TemplateError:
    """Return the error about a template that is not drawn: which condition failed how often, the worst first."""
    counted = [f"{reason}: {count} times" for reason, count in failures.most_common(MOST_REASONS)]
    return TemplateError(
        f"no drawing was found in {MOST_ATTEMPTS} attempts",
        where=template.written.name,
        why="; ".join(counted),
        cure="Widen the choices and ranges, or drop a condition",
        slug="no-drawing",
    )
