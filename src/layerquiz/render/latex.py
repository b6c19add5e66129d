r"""Documents as LaTeX: one source for a whole class, so that the engine starts once.

Each part (a paper, a solution, a page) begins with a marker in the engine's log; `Source.parts` names them in order.
Characters which Latin Modern lacks stand in `\foreign{...}`; whoever runs the engine chooses their typefaces.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jinja2

from layerquiz.errors import LayerquizError
from layerquiz.languages import ENGLISH, Words
from layerquiz.render import codes, cover, escape, markup, mathematics, themes
from layerquiz.render.document import (
    AnswerGrid,
    Page,
    Paper,
    Paragraph,
    Parting,
    Question,
    Sheet,
    Slide,
    Step,
    Table,
    paid,
)
from layerquiz.render.layout import Layout
from layerquiz.render.look import USUAL_LOOK, Look

LINE_LETTERS = 84  # letters of the body size on one line of a page
END = r"\csname @@end\endcsname" + "\n"
PLACED, NOT_PLACED = "\\let\\Place\\Placed\n", "\\let\\Place\\NotPlaced\n"
MOST_FORMULAS = 4
"""Pages of formulas that a paper may have."""


NARROW_LETTERS = 18  # a column of at most so many letters keeps its natural width


@dataclass(frozen=True, slots=True)
class Source:
    """A LaTeX document, the names of its parts in the order in which they are printed, and the pictures in it.

    mark: what the keys of its sizes begin with where those of all layouts stand together.
    """

    text: str
    parts: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A piece whose largest height or width over all papers decides the layout. `place` names it in errors."""

    command: str
    key: str
    place: str
    latex: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a long table: its alignment, and its share (in thousandths) of the room; 0 is its natural width."""

    align: str
    share: int


@dataclass(frozen=True, slots=True)
class Printed:
    """One student's paper and its worked solution in LaTeX, and the pieces of it that decide the layout of all."""

    number: int
    layout: Layout
    measured: tuple[Measured, ...]
    paper: str
    solution: str


def papers(sheets: Sequence[Paper], *, solutions: bool = True) -> Source:
    """Return the papers of a class, `paper/1` and so on, and then their worked solutions, `solution/1` and so on.

    All have the look of the first.
    """
    return joined([printed(paper) for paper in sheets], look=sheets[0].look, solutions=solutions)


def printed(paper: Paper) -> Printed:
    """Return one paper in LaTeX; with others of the same look it is put together by `joined`."""
    parts, measured = _papers(paper.language), tuple(_measured_paper(paper))
    asked = str(parts.paper(paper, {piece.key: piece.latex for piece in measured}))
    try:
        solution = str(parts.solution(paper))
    except LayerquizError as error:
        raise error.at(f"paper {paper.number}, its solution") from None
    return Printed(paper.number, paper.look.layout, measured, asked, solution)


def by_layout(sheets: Iterable[Printed]) -> list[list[Printed]]:
    """Return papers in groups of the same layout, the usual one's first: one document has one layout."""
    found: dict[Layout, list[Printed]] = {}
    for paper in sheets:
        found.setdefault(paper.layout, []).append(paper)
    return [found[layout] for layout in sorted(found, key=lambda layout: layout.mark)]


def joined(
    sheets: Sequence[Printed],
    sizes: Mapping[str, str] | None = None,
    *,
    look: Look = USUAL_LOOK,
    solutions: bool = True,
) -> Source:
    """Return papers of one layout and their solutions as one document.

    The largest sizes of the pieces are measured in these papers and told in the log, unless `sizes` has those of their
    layout. In the usual layout the first paper tells in the log where its answer boxes stand.
    """
    look = replace(look, layout=sheets[0].layout)
    sizes = look.layout.own(sizes or {}) or None
    first = measuring_lines(once(piece for paper in sheets for piece in paper.measured)) if sizes is None else ""
    given = "".join(rf"\Sized{{{key}}}{{{size}}}" + "\n" for key, size in (sizes or {}).items())
    place = PLACED if look.layout.is_usual else NOT_PLACED
    asked = [place, sheets[0].paper, NOT_PLACED, *(paper.paper for paper in sheets[1:])]
    bodies = asked + ([paper.solution for paper in sheets] if solutions else [])
    kinds = ("paper", "solution") if solutions else ("paper",)
    text = f"{_opening(look)}{given}{first}{''.join(bodies)}{END}"
    return Source(
        text, tuple(f"{kind}/{paper.number}" for kind in kinds for paper in sheets), look.theme.files, look.layout.mark
    )


def measuring(pieces: Iterable[Measured], look: Look = USUAL_LOOK) -> Source:
    """Return a document of no pages whose log tells the largest sizes of some pieces."""
    return Source(f"{_opening(look)}{measuring_lines(list(pieces))}{END}", (), look.theme.files, look.layout.mark)


def measuring_lines(pieces: Sequence[Measured]) -> str:
    """Return the lines that measure some pieces and tell the largest size of each key."""
    lines = [rf"\At{{{piece.place}}}\{piece.command}{{{piece.key}}}{{{piece.latex}}}" for piece in pieces]
    told = [rf"\TellSize{{{key}}}" for key in dict.fromkeys(piece.key for piece in pieces)]
    return "".join(f"{line}\n" for line in (*lines, *told))


def pages(documents: Sequence[Page]) -> Source:
    """Return general documents, such as one page of feedback per student: `page/1` and so on."""
    text = _written("pages", pages=documents)
    return Source(text, tuple(f"page/{number}" for number in range(1, len(documents) + 1)))


def document(name: str, parts: tuple[str, ...], values: Mapping[str, Any], look: Look = USUAL_LOOK) -> Source:
    """Return the document that a template of that name makes of some values."""
    return Source(_written(name, look, **values), parts)


def slides(shown: Sequence[Slide]) -> Source:
    """Return slides, 16 to 9, as one document: `slide/1` and so on."""
    text = _written("slides", slides=shown)
    return Source(text, tuple(f"slide/{number}" for number in range(1, len(shown) + 1)))


def sheet(questions: Sheet) -> Source:
    """Return a practice sheet, or one drawn question, as the single part `sheet/1`."""
    return sheets([questions])


def sheets(documents: Sequence[Sheet]) -> Source:
    """Return several practice sheets, `sheet/1` and so on; each is laid out by its own questions."""
    language = documents[0].words.language if documents else ENGLISH.language
    measured = [measures(document.questions, language) for document in documents]
    text = _written("sheet", Look(language), sheets=list(zip(documents, measured, strict=True)))
    return Source(text, tuple(f"sheet/{number}" for number in range(1, len(documents) + 1)))


def measures(questions: Iterable[Question], language: str = ENGLISH.language) -> list[Measured]:
    """Return the pieces of questions whose sizes decide how all that are set together are laid out."""
    return once(piece for question in questions for piece in _measured_question(question, "", language))


def _measured_paper(paper: Paper) -> Iterator[Measured]:
    """Yield what of a paper may be larger or smaller than in another student's."""
    nobodys = replace(paper, student_name="", student_id="", room="", seat="", number=1, version="")
    for piece in ("cover", "notes"):
        yield Measured(
            "Measure", piece, f"paper {paper.number}", _piece(piece, nobodys, f"paper {paper.number}", paper.language)
        )
    for question in paper.questions:
        yield from _measured_question(question, f"paper {paper.number}, ", paper.language)


def _measured_question(question: Question, place: str, language: str = ENGLISH.language) -> Iterator[Measured]:
    """Yield the statement, the labels of the answers, and the labels of the grid's rows."""
    key, here = _key(question), f"{place}question {question.number}"
    yield Measured("Measure", key, here, _piece("statement", question, here, language))
    for index, blank in enumerate(question.blanks, start=1):
        yield Measured("Measure", f"{key}-{index}", here, rf"\Label{{{markup.latex_line(blank.beside)}}}")
    if question.grid:
        for label in (question.grid.corner, *(label for label, _ in question.grid.rows)):
            yield Measured("MeasureWidth", f"{key}-label", here, rf"\small {markup.latex_line(label)}")


def once(pieces: Iterable[Measured]) -> list[Measured]:
    """Leave out what was measured before: many pieces are the same in all papers."""
    distinct: dict[tuple[str, str], Measured] = {}
    for piece in pieces:
        distinct.setdefault((piece.key, piece.latex), piece)
    return list(distinct.values())


def _key(question: Question) -> str:
    """Return the name under which a question's sizes are remembered."""
    return f"question{question.number}"


def _row_height(grid: AnswerGrid) -> str:
    """Return the height of a row to fill in: roomy, unless there are many."""
    return "9mm" if len(grid.rows) <= 12 else "7.6mm" if len(grid.rows) <= 20 else "6.6mm"


def _columns(table: Table) -> tuple[Column, ...]:
    """Decide which columns keep their natural width and which share the rest, by how much they have to say."""
    lengths = [
        max(len(markup.text_line(cell)) for cell in cells) for cells in zip(table.columns, *table.rows, strict=True)
    ]
    fits = sum(lengths) + 2 * len(lengths) <= LINE_LETTERS
    weights = [0 if fits or length <= NARROW_LETTERS else min(length, LINE_LETTERS) for length in lengths]
    whole = max(sum(weights), 1)
    return tuple(
        Column(align, 1000 * weight // whole) for align, weight in zip(table.alignment(), weights, strict=True)
    )


def _narrow(columns: Sequence[Column]) -> str:
    """Return the room that the shared columns do not have: the other columns and the gaps."""
    taken = (rf"\Largest{{column{index}}}" for index, column in enumerate(columns, start=1) if not column.share)
    return "+".join((*taken, f"{3 * len(columns)}mm"))


@functools.cache
def _environment() -> jinja2.Environment:
    """Return the templates, with delimiters that LaTeX does not use."""
    environment = jinja2.Environment(  # noqa: S701 - nothing here is HTML; each value passes a filter that escapes for LaTeX
        **themes.DELIMITERS, undefined=jinja2.StrictUndefined, loader=jinja2.PackageLoader("layerquiz.render")
    )
    filters = {"blocks": markup.latex, "line": markup.latex_line, "math": mathematics.latex, "plain": escape.latex}
    environment.filters.update(filters, name=themes.name, key=_key, columns=_columns, narrow=_narrow)
    environment.filters.update(row_height=_row_height, codes=_codes, scores=cover.score_blocks)
    environment.tests.update(
        paragraph=lambda item: isinstance(item, Paragraph),
        step=lambda item: isinstance(item, Step),
        parting=lambda item: isinstance(item, Parting),
        block=lambda item: isinstance(item, Paragraph | Step | Parting | Table),
        worked=lambda item: isinstance(item, Question),
    )
    return environment


def _codes(paper: Paper) -> Iterator[str]:
    """Yield the codes of a paper's pages: of so many as it has at most, as no question is taller than a page."""
    most = 2 + len(paper.questions) + len(paper.sections) + MOST_FORMULAS * paper.formula_sheet
    for page in range(1, most + paper.overflow + paper.scratch + 1):
        yield codes.picture(codes.text(paper.exam, paper.number, page)) if paper.exam else codes.NOTHING


@functools.cache
def _spoken(language: str) -> dict[str, Any]:
    """Return what speaks in the documents of a language."""
    say = themes.saying(Words(language))
    spoken = {"facts": functools.partial(cover.facts, say), "rules": functools.partial(cover.rules, say)}
    return {"language": language, "say": say, "points": functools.partial(_points, Words(language)), **spoken}


@functools.lru_cache(maxsize=256)
def _points(words: Words, points: str) -> str:
    """Return `1 point`, `2 points`."""
    return markup.latex_line(paid(points, words))


def _written(name: str, look: Look = USUAL_LOOK, **values: Any) -> str:
    """Return one of the documents."""
    spoken, theme = _spoken(look.language), themes.written(look.theme, look.language)
    return _environment().get_template(f"{name}.tex.j2").render(layout=look.layout, theme=theme, **spoken, **values)


@functools.lru_cache(maxsize=16)
def _opening(look: Look) -> str:
    """Return how every document of papers begins."""
    return _written("opening", look, draft=look.draft, formulas=look.formulas)


@functools.cache
def _papers(language: str) -> Any:
    """Return a whole paper and a whole solution, one function for each."""
    return _environment().get_template("papers.tex.j2").make_module(_spoken(language))


def _piece(name: str, value: Paper | Question, place: str, language: str = ENGLISH.language) -> str:
    """Return one piece of a paper alone; what cannot be printed in it is told with its place."""
    try:
        return str(getattr(_macros(language), name)(value))
    except LayerquizError as error:
        raise error.at(place) from None


@functools.cache
def _macros(language: str) -> Any:
    """Return the pieces of a paper, one function for each."""
    return _environment().get_template("paper.tex.j2").make_module(_spoken(language))
