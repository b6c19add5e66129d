"""A paper as one HTML page with MathML for a screen reader: the same questions in the same order, no answers."""

from __future__ import annotations

from collections.abc import Iterator

from layerquiz.languages import Words
from layerquiz.render import escape, html
from layerquiz.render.cover import MORE_TIME
from layerquiz.render.document import Paper
from layerquiz.render.html_markup import html as markdown
from layerquiz.render.html_markup import html_line, tag


def page(paper: Paper) -> str:
    """Return a student's paper, with what its cover says."""
    words = Words(paper.language)
    facts = "".join(f"<dt>{escape.html(label)}</dt><dd>{value}</dd>" for label, value in _facts(paper, words))
    formulas = (tag("h2", escape.html(words("Formulas"))), html.blocks(paper.look.formulas))
    return html.whole(
        paper.title,
        paper.course,
        f"<dl>{facts}</dl>",
        markdown(paper.instructions),
        *_said(paper, words),
        *_questions(paper),
        *(formulas if paper.formula_sheet else ()),
    )


def _facts(paper: Paper, words: Words) -> Iterator[tuple[str, str]]:
    """Yield what the cover says at a glance, as HTML."""
    named = {"Name": paper.student_name, "Student id": paper.student_id, "Room": paper.room, "Row and seat": paper.seat}
    yield words("Paper"), f"{paper.number} {escape.html(paper.version)}".strip()
    for label, value in named.items():
        if value:
            yield words(label), escape.html(escape.name(value))
    if paper.minutes:
        yield words("Time"), escape.html(words("{minutes} minutes", minutes=paper.own_minutes))
    elif paper.extra_time:
        yield words("Time"), escape.html(words(MORE_TIME, more=paper.extra_time))
    yield words("Points"), html_line(paper.total)
    if paper.aids:
        yield words("Permitted aids"), escape.html(words(paper.aids))
    if paper.date:
        yield words("Date"), escape.html(escape.name(paper.date))


def _said(paper: Paper, words: Words) -> Iterator[str]:
    for heading, sentences in (("Conventions.", paper.conventions), ("Marking.", paper.policy)):
        if sentences:
            yield tag("p", f"<strong>{escape.html(words(heading))}</strong> {' '.join(map(html_line, sentences))}")
    yield tag("p", html_line(paper.honour))


def _questions(paper: Paper) -> Iterator[str]:
    """Yield the questions, each section's title and text before its first."""
    for asked in paper.questions:
        for section in paper.sections:
            if section.first == asked.number:
                yield tag("h1", html_line(section.title)) + markdown(section.text)
        yield html.question(asked)
