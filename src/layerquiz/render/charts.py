"""The three charts of a class, drawn by matplotlib as SVG that stands inside a page and takes the page's colours."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from layerquiz.grading.statistics import ClassSummary, QuestionItem
from layerquiz.render.findings import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

INK, PALE, FILL, MARK, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505"
COLOURS = {INK: "--ink", PALE: "--rule", FILL: "--fill", MARK: "--mark", PAPER: "--paper"}
"""Colours that no chart uses: each is put for a colour of the page, which is another one in the dark."""

INCHES = 7.2
OWN_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
FONT = re.compile(r"font-family: [^;\"]*(; )?")
MANY_PAPERS = 200
MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts as SVG elements, each empty where there is nothing to draw."""

    scores: str
    questions: str
    topics: str


def are_available() -> bool:
    """Say whether charts can be drawn: matplotlib is an extra, `layerquiz[charts]`."""
    return find_spec("matplotlib") is not None


def charts(summary: ClassSummary, matrix: Matrix) -> Charts:
    """Return the charts of a class."""
    with _matplotlib():
        return Charts(
            _scores(summary),
            _questions([question for question in summary.questions if question.discrimination is not None]),
            _topics(matrix),
        )


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many students made each mistake in each topic; each student counts once in a cell."""

    mistakes: tuple[str, ...]
    topics: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def matrix(summary: ClassSummary) -> Matrix:
    """Return the mistakes that most students made, and the topics of the questions in which they were made."""
    made = summary.made[:MOST_ROWS]
    topics = tuple(dict.fromkeys(topic for question in summary.questions for topic in question.topics))
    used = tuple(topic for topic in topics if any(topic in dict(entry.topics) for entry in made))
    counts = tuple(tuple(dict(entry.topics).get(topic, 0) for topic in used) for entry in made)
    return Matrix(tuple(entry.slug.replace("-", " ") for entry in made), used, counts)


@contextmanager
def _matplotlib() -> Iterator[None]:
    """Have matplotlib at hand in its own default style, whatever its user has set; its cache goes with the folder."""
    place = os.environ.get("MPLCONFIGDIR")
    with tempfile.TemporaryDirectory(prefix="layerquiz-") as folder:
        os.environ["MPLCONFIGDIR"] = folder
        try:
            import matplotlib.font_manager  # reads the folder's name as it is imported
        finally:
            del os.environ["MPLCONFIGDIR"]
            if place is not None:
                os.environ["MPLCONFIGDIR"] = place
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": "layerquiz",
                "svg.fonttype": "none",
                "font.size": 10,
                "text.color": INK,
                "axes.labelcolor": INK,
                "axes.edgecolor": PALE,
                "axes.facecolor": "none",
                "figure.facecolor": "none",
                "xtick.color": INK,
                "ytick.color": INK,
                "text.parse_math": False,
            }
        )
        yield


def _figure(height: float) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure((INCHES, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    return figure, axes


def _scores(summary: ClassSummary) -> str:
    """Draw how many students have each part of the points, and the pass mark."""
    from matplotlib.ticker import MaxNLocator

    if not summary.handed_in:
        return ""
    parts = 20 if summary.handed_in >= MANY_PAPERS else 10
    counts = summary.distribution(parts)
    figure, axes = _figure(2.6)
    width = 100 / parts
    bars = axes.bar([width * (part + 0.5) for part in range(parts)], counts, width * 0.92, color=FILL)
    axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=2)
    _pass_line(axes, summary, max(counts))
    axes.set_xlabel("points reached, in percent of all points")
    axes.set_ylabel("students")
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 10))
    axes.set_ylim(0, max(counts) * 1.25)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _svg(figure, "scores")


def _pass_line(axes: Axes, summary: ClassSummary, highest: int) -> None:
    share = 100 * float(summary.pass_share)
    axes.axvline(share, color=MARK, linestyle="--", linewidth=1.4)
    words = f"pass: {percent(summary.pass_share)}"
    axes.text(share + 0.8, highest * 1.22, words, color=MARK, fontweight="bold", verticalalignment="top")


def _questions(questions: Sequence[QuestionItem]) -> str:
    """Draw each question as a point: how hard it was, and how well it tells strong papers from weak ones."""
    if not questions:
        return ""
    figure, axes = _figure(3.6)
    points = [(100 * float(question.mean or 0), question.discrimination or 0.0) for question in questions]
    means, heights = ([point[axis] for point in points] for axis in (0, 1))
    axes.scatter(means, heights, s=46, color=FILL, edgecolors=INK, linewidths=0.8, zorder=3)
    axes.axhline(0, color=MARK, linewidth=1.2, linestyle="--")
    lowest = max(0, 10 * int(min(means) / 10) - 10)
    axes.set_xlim(lowest, 101)
    axes.set_ylim(min(-0.2, *heights) - 0.1, 1.05)
    axes.set_xlabel("mean, in percent of the points (right: easy)")
    axes.set_ylabel("item-rest correlation (up: tells apart)")
    axes.text(
        lowest + 0.5, 0.02, "below this line good students fail", color=MARK, verticalalignment="bottom", fontsize=9
    )
    for question, place in zip(questions, label_places(points, 101 - lowest), strict=True):
        axes.annotate(
            str(question.number), place[0], xytext=place[1], textcoords="offset points", fontweight="bold",
            horizontalalignment="center", verticalalignment="center",
        )  # fmt: skip
    return _svg(figure, "questions")


OFFSETS = ((11, 0), (-11, 0), (0, 11), (0, -11), (10, 10), (-10, 10), (10, -10), (-10, -10), (20, 0), (-20, 0))
"""Where a label may stand beside its point, in the order of liking."""

WIDE, POINTS_PER_UNIT = 460.0, 160.0
"""How many printer's points the whole axis of means has, and a correlation of 1."""

ROOM = 10.0
"""A label that is so many printer's points from all others, and from all points, hides nothing."""


def label_places(
    points: Sequence[tuple[float, float]], percents: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return each point with the offset of its label: the first one at which nothing is hidden, or little."""
    drawn = [(x * WIDE / percents, y * POINTS_PER_UNIT) for x, y in points]
    taken = list(drawn)
    found: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for point, (x, y) in zip(points, drawn, strict=True):
        offset = max(OFFSETS, key=lambda by: min(_clearance(x + by[0], y + by[1], taken), ROOM))
        taken.append((x + offset[0], y + offset[1]))
        found.append((point, offset))
    return found


def _clearance(x: float, y: float, taken: Sequence[tuple[float, float]]) -> float:
    """Return how far a place is from the nearest one that is taken, across or up."""
    return min(max(abs(x - left), abs(y - up)) for left, up in taken)


def _topics(found: Matrix) -> str:
    """Draw the mistakes as rows and the topics as columns; a darker cell with a number for more students."""
    if not found.mistakes or not found.topics:
        return ""
    figure, axes = _figure(0.75 + 0.27 * len(found.mistakes))
    most = max(map(max, found.counts))
    for row, counts in enumerate(found.counts):
        for column, count in enumerate(counts):
            axes.add_patch(_cell(column, row, count / most))
            if count:
                axes.text(column, row, str(count), horizontalalignment="center", verticalalignment="center_baseline")
    axes.set_xlim(-0.5, len(found.topics) - 0.5)
    axes.set_ylim(len(found.mistakes) - 0.5, -0.5)
    axes.set_xticks(range(len(found.topics)), found.topics)
    axes.set_yticks(range(len(found.mistakes)), found.mistakes)
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    return _svg(figure, "topics")


def _cell(column: int, row: int, share: float) -> Patch:
    """Return a cell whose shade says which share of the largest number it has."""
    from matplotlib.patches import Rectangle

    colour, alpha = (FILL, 0.2 + 0.8 * share) if share else (PALE, 0.25)
    return Rectangle((column - 0.47, row - 0.44), 0.94, 0.88, facecolor=colour, alpha=alpha, linewidth=0)


def _svg(figure: Figure, name: str) -> str:
    """Return a figure as an SVG element: no prologue, ids of its own, the page's font and colours."""
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = written.getvalue()
    svg = OWN_STYLE.sub("", svg[svg.index("<svg") :], count=1)
    svg = FONT.sub("", svg).replace(' id="', f' id="{name}-')
    svg = svg.replace("url(#", f"url(#{name}-").replace('href="#', f'href="#{name}-')
    for colour, variable in COLOURS.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg class="chart" aria-hidden="true" focusable="false" data-chart="{name}" ', 1)
