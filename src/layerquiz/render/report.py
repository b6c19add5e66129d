"""The class report: one HTML file that needs nothing else, for the screen, for paper and for a reader of screens."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import jinja2

from layerquiz.exam.exam import Exam
from layerquiz.grading.findings import findings
from layerquiz.grading.moments import Reliability
from layerquiz.grading.statistics import ClassSummary, Item, Made, QuestionItem
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.render import escape, markup
from layerquiz.render.charts import Charts, matrix
from layerquiz.render.findings import between, by, correlation, listed, nearness, percent, said
from layerquiz.render.questions import points

WITHOUT_CHARTS = 'The charts are left out, as matplotlib is not installed: pip install "layerquiz[charts]"'
MOST_CARDS = 6
MOST_ANSWERS = 5
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of questions or blanks; `width` is the mean in percent, as the length of a bar."""

    name: str
    title: str
    papers: int
    mean: str
    width: int
    discrimination: str
    negative: bool
    omitted: str
    mistake: str
    versions: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """A mistake that was made: by how many, how sure that is, where, what to ask, and who, where names are wanted."""

    name: str
    slug: str
    students: int
    width: int
    unsure: int
    blanks: str
    hint: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Riddle:
    """Equal unexplained answers to a blank."""

    blank: str
    count: int
    answers: str
    near: str


def page(exam: Exam, summary: ClassSummary, charts: Charts | None, provisional: bool, names: bool = False) -> str:
    """Return the report as HTML; `names` says whether students are named in the groups that share a mistake."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            course=escape.name(exam.course),
            title=escape.name(exam.title),
            date=escape.name(exam.date),
            summary=summary,
            provisional=provisional,
            figures=_figures(summary),
            findings=[said(finding) for finding in findings(summary)],
            most_cards=MOST_CARDS,
            lessons=[_lesson(made, summary.handed_in, names) for made in summary.made if _is_shared(made, names)],
            single=[_single(made) for made in summary.made if not _is_shared(made, names)],
            names=names,
            questions=[_question(question) for question in summary.questions],
            blanks=[(question, [_blank(item) for item in question.blanks]) for question in _several(summary)],
            riddles=_riddles(summary.items),
            alone=_alone(summary.items),
            charts=charts,
            without_charts=WITHOUT_CHARTS,
            matrix=matrix(summary),
            tenths=_tenths(summary),
            nearly_empty=summary.distribution(TENTHS)[0],
            passing=percent(summary.pass_share),
            said_in_exam=exam.pass_share is not None,
            uncertainty=correlation(1 / sqrt(max(summary.handed_in - 1, 1))),
            several_drawings=any(question.drawings > 1 for question in summary.questions),
        )
    )


def _figures(summary: ClassSummary) -> list[tuple[str, str, str]]:
    """Return the few numbers that stand at the top: what is counted, the number, and a remark."""
    if not summary.handed_in:
        return [("papers", f"0 of {summary.papers}", "nobody handed in")]
    possible, share = points(summary.possible), summary.possible or Fraction(1)
    return [
        ("papers", f"{summary.handed_in} of {summary.papers}", "handed in; all numbers are about these"),
        ("mean", f"{float(summary.mean):.1f} of {possible}", f"points, {percent(summary.mean / share)}"),
        ("middle", f"{float(summary.median):.1f} of {possible}", "points: half of the class has no more"),
        ("passed", f"{summary.passed} of {summary.handed_in}", f"have at least {percent(summary.pass_share)}"),
        ("reliability", *_reliability(summary.reliability)),
    ]


def _reliability(found: Reliability | None) -> tuple[str, str]:
    if found is None:
        return "–", "cannot be told: it needs two questions, two papers and different points"
    interval = f"{correlation(found.low)} to {correlation(found.high)}"
    return correlation(float(found.alpha)), f"{interval} with 95% confidence (0 to 1; above 0.8 is good)"


def _question(question: QuestionItem) -> Row:
    found = question.spread
    told = f"{between(found, question.possible)} {by(found)}" if found and question.possible else ""
    return Row(
        name=str(question.number),
        title=markup.text_line(question.title),
        papers=question.papers,
        mean=percent(question.mean),
        width=_width(question.mean),
        discrimination=correlation(question.discrimination),
        negative=(question.discrimination or 0) < 0,
        omitted=_omitted(question.omitted, question.papers),
        mistake=_top(question.mistakes, question.papers),
        versions=told,
        sure=found is not None and found.is_sure,
    )


def _blank(item: Item) -> Row:
    return Row(
        name=item.blank,
        title="",
        papers=item.papers,
        mean=percent(item.mean),
        width=_width(item.mean),
        discrimination=correlation(item.discrimination),
        negative=(item.discrimination or 0) < 0,
        omitted=_omitted(item.omitted, item.papers),
        mistake=_top(item.mistakes, item.papers),
        versions="",
        sure=False,
    )


def _several(summary: ClassSummary) -> list[QuestionItem]:
    """Return the questions whose blanks say more than the question does: those with several."""
    return [question for question in summary.questions if len(question.blanks) > 1]


def _width(share: Fraction | None) -> int:
    return min(100, max(0, round(100 * share))) if share is not None else 0


def _omitted(count: int, papers: int) -> str:
    return f"{count} ({percent(Fraction(count, papers))})" if count else "0"


def _top(mistakes: Sequence[tuple[str, int]], papers: int) -> str:
    if not mistakes:
        return ""
    slug, count = mistakes[0]
    return f"{slug.replace('-', ' ')}: {count} ({percent(Fraction(count, papers))})"


def _lesson(made: Made, papers: int, names: bool) -> Lesson:
    count = len(made.students)
    members = (f"{escape.name(student.name)} ({escape.name(student.id)})" for student in made.students)
    return Lesson(
        name=made.slug.replace("-", " "),
        slug=made.slug,
        students=count,
        width=_width(Fraction(count, papers)),
        unsure=made.unsure,
        blanks=listed(made.blanks),
        hint=CATALOGUE[made.slug].hint,
        members=tuple(members) if names else (),
    )


def _is_shared(made: Made, names: bool) -> bool:
    """Say whether several made a mistake; where names are wanted, each student is told with the question to ask."""
    return len(made.students) > 1 or names


def _single(made: Made) -> str:
    return f"{made.slug.replace('-', ' ')} ({listed(made.blanks)})"


def _riddles(items: Sequence[Item]) -> list[Riddle]:
    """Return the groups of at least two, and single answers that are near to something."""
    return [
        Riddle(
            blank=item.blank,
            count=group.count,
            answers=_cut(group.answers),
            near=nearness(group.near) if group.near else "",
        )
        for item in items
        for group in item.unexplained
        if group.count > 1 or group.near
    ]


def _cut(answers: Sequence[str]) -> str:
    shown = "; ".join(escape.name(answer) for answer in answers[:MOST_ANSWERS])
    return f"{shown}; ..." if len(answers) > MOST_ANSWERS else shown


def _alone(items: Sequence[Item]) -> int:
    """Return how many unexplained answers nobody else gave and nothing is near to."""
    return sum(group.count == 1 and group.near is None for item in items for group in item.unexplained)


def _tenths(summary: ClassSummary) -> list[tuple[str, int]]:
    """Return the distribution of points as lines of a table."""
    counts = summary.distribution(TENTHS)
    return [(f"{10 * part} to {10 * part + 10}%", count) for part, count in enumerate(counts)]


@functools.cache
def _environment() -> jinja2.Environment:
    """Return the templates of HTML: every value that is put in is escaped."""
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.PackageLoader("layerquiz.render"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
