r"""Documents as LaTeX: one source for a whole class, so that the engine starts once.

Each part (a paper, a solution, a page) begins with a marker in the engine's log; `Source.parts` names them in order.
Characters which Latin Modern lacks stand in `\foreign{...}`; whoever runs the engine chooses their typefaces.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import jinja2

from layerquiz.errors import LayerquizError
from layerquiz.render import escape, markup, mathematics
from layerquiz.render.document import AnswerGrid, Page, Paper, Paragraph, Parting, Question, Sheet, Slide, Step, Table

LINE_LETTERS = 84  # letters of the body size on one line of a page
END = r"\csname @@end\endcsname" + "\n"
NARROW_LETTERS = 18  # a column of at most so many letters keeps its natural width


@dataclass(frozen=True, slots=True)
class Source:
    """A LaTeX document and the names of its parts, in the order in which they are printed."""

    text: str
    parts: tuple[str, ...]


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
    measured: tuple[Measured, ...]
    paper: str
    solution: str


def papers(sheets: Sequence[Paper], *, solutions: bool = True) -> Source:
    """Return the papers of a class, `paper/1` and so on, and then their worked solutions, `solution/1` and so on."""
    return joined([printed(paper) for paper in sheets], solutions=solutions)


def printed(paper: Paper) -> Printed:
    """Return one paper in LaTeX; with others it is put together by `joined`."""
    whole, solution = (str(getattr(_papers(), kind)(paper)) for kind in ("paper", "solution"))
    return Printed(paper.number, tuple(_measured_paper(paper)), whole, solution)


def joined(sheets: Sequence[Printed], sizes: Mapping[str, str] | None = None, *, solutions: bool = True) -> Source:
    """Return papers and their solutions as one document.

    The largest sizes of the pieces are measured in these papers and told in the log, unless `sizes` has them already.
    """
    first = measuring_lines(once(piece for paper in sheets for piece in paper.measured)) if sizes is None else ""
    given = "".join(rf"\Sized{{{key}}}{{{size}}}" + "\n" for key, size in (sizes or {}).items())
    bodies = [paper.paper for paper in sheets] + ([paper.solution for paper in sheets] if solutions else [])
    kinds = ("paper", "solution") if solutions else ("paper",)
    text = f"{_opening()}{given}{first}{''.join(bodies)}{END}"
    return Source(text, tuple(f"{kind}/{paper.number}" for kind in kinds for paper in sheets))


def measuring(pieces: Iterable[Measured]) -> Source:
    """Return a document of no pages whose log tells the largest sizes of some pieces."""
    return Source(f"{_opening()}{measuring_lines(list(pieces))}{END}", ())


def measuring_lines(pieces: Sequence[Measured]) -> str:
    """Return the lines that measure some pieces and tell the largest size of each key."""
    lines = [rf"\At{{{piece.place}}}\{piece.command}{{{piece.key}}}{{{piece.latex}}}" for piece in pieces]
    told = [rf"\TellSize{{{key}}}" for key in dict.fromkeys(piece.key for piece in pieces)]
    return "".join(f"{line}\n" for line in (*lines, *told))


def pages(documents: Sequence[Page]) -> Source:
    """Return general documents, such as one page of feedback per student: `page/1` and so on."""
    text = _template("pages").render(pages=documents)
    return Source(text, tuple(f"page/{number}" for number in range(1, len(documents) + 1)))


def document(name: str, parts: tuple[str, ...], values: Mapping[str, object]) -> Source:
    """Return the document that a template of that name makes of some values."""
    return Source(_template(name).render(values), parts)


def slides(shown: Sequence[Slide]) -> Source:
    """Return slides, 16 to 9, as one document: `slide/1` and so on."""
    text = _template("slides").render(slides=shown)
    return Source(text, tuple(f"slide/{number}" for number in range(1, len(shown) + 1)))


def sheet(questions: Sheet) -> Source:
    """Return a practice sheet, or one drawn question, as the single part `sheet/1`."""
    return sheets([questions])


def sheets(documents: Sequence[Sheet]) -> Source:
    """Return several practice sheets, `sheet/1` and so on; each is laid out by its own questions."""
    measured = [measures(document.questions) for document in documents]
    text = _template("sheet").render(sheets=list(zip(documents, measured, strict=True)))
    return Source(text, tuple(f"sheet/{number}" for number in range(1, len(documents) + 1)))


def measures(questions: Iterable[Question]) -> list[Measured]:
    """Return the pieces of questions whose sizes decide how all that are set together are laid out."""
    return once(piece for question in questions for piece in _measured_question(question, ""))


def _measured_paper(paper: Paper) -> Iterator[Measured]:
    """Yield what of a paper may be larger or smaller than in another student's."""
    yield Measured("Measure", "head", f"paper {paper.number}", _piece("head", paper, f"paper {paper.number}"))
    for question in paper.questions:
        yield from _measured_question(question, f"paper {paper.number}, ")


def _measured_question(question: Question, place: str) -> Iterator[Measured]:
    """Yield the statement, the labels of the answers, and the labels of the grid's rows."""
    key, here = _key(question), f"{place}question {question.number}"
    yield Measured("Measure", key, here, _piece("statement", question, here))
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


def _points(points: str) -> str:
    """Return `1 point`, `2 points`."""
    return f"{markup.latex_line(points)} point{'' if points == '1' else 's'}"


def _score_width(paper: Paper) -> str:
    """Return the width of one cell of the table of points: 146 mm beside its heads, at most 18 mm for each."""
    return f"{min(18.0, 145.5 / (len(paper.questions) + 1)):.2f}mm"


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
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        undefined=jinja2.StrictUndefined,
        loader=jinja2.PackageLoader("layerquiz.render"),
    )
    filters = {"blocks": markup.latex, "line": markup.latex_line, "math": mathematics.latex, "plain": escape.latex}
    environment.filters.update(filters, name=_name, points=_points, key=_key, columns=_columns, narrow=_narrow)
    environment.filters.update(score_width=_score_width, row_height=_row_height)
    environment.tests.update(
        paragraph=lambda item: isinstance(item, Paragraph),
        step=lambda item: isinstance(item, Step),
        parting=lambda item: isinstance(item, Parting),
        block=lambda item: isinstance(item, Paragraph | Step | Parting | Table),
        worked=lambda item: isinstance(item, Question),
    )
    return environment


def _name(text: str) -> str:
    """Return a name or title: one line, of bounded length, escaped."""
    return escape.latex(escape.name(text))


def _template(name: str) -> jinja2.Template:
    """Return one of the documents."""
    return _environment().get_template(f"{name}.tex.j2")


@functools.cache
def _opening() -> str:
    """Return how every document of papers begins."""
    return _template("preamble").render() + "\n\\begin{document}\n"


@functools.cache
def _papers() -> jinja2.environment.TemplateModule:
    """Return a whole paper and a whole solution, one function for each."""
    return _template("papers").module


def _piece(name: str, value: Paper | Question, place: str) -> str:
    """Return one piece of a paper alone; what cannot be printed in it is told with its place."""
    try:
        return str(getattr(_macros(), name)(value))
    except LayerquizError as error:
        raise error.at(place) from None


@functools.cache
def _macros() -> jinja2.environment.TemplateModule:
    """Return the pieces of a paper, one function for each."""
    return _template("paper").module
