"""The class report: well-formed, harmless, without names, the same every time, with and without charts and papers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from classes import Class, Given
from layerquiz.grading.statistics import ClassSummary, summarised
from layerquiz.render import charts, markdown
from layerquiz.render import report as class_report
from layerquiz.render.class_page import page as class_page

BLANKS = ("1a", "1b", "2a", "2b", "2c", "3a", "3b")
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)> & \" ' {{ 7 * 7 }}"
VOID = {"meta", "br", "img", "hr", "link", "input"}
RULES = ("script", "link", "iframe", "object", "embed", "base", "form")


class Checked(HTMLParser):
    """Reads a page strictly: every element is closed where it should be, and no id stands twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and what it says."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as those of SVG may."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        self.text.append(data)


def checked(page: str) -> Checked:
    """Return a page that was read strictly; an id is unique, and what is pointed at is there."""
    assert page.startswith("<!DOCTYPE html>\n<html lang=")
    parser = Checked()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    wanted = [value for name, value in parser.attributes if name in ("aria-labelledby", "href", "xlink:href")]
    assert {value.lstrip("#") for value in wanted} <= set(parser.ids)
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(parser.ids)
    return parser


def drawn(summary: ClassSummary) -> charts.Charts:
    """Return a class's charts."""
    if not charts.are_available():
        pytest.skip("matplotlib is not installed")
    return charts.charts(summary, charts.matrix(summary))


def mixed() -> Class:
    """Return a class in which everything occurs that a report can say."""
    made = Class()
    for place in range(14):
        right = {name: Given(int(place > 4)) for name in BLANKS}
        right["1b"] = Given(0, "mistake", ("forgot-bias",), (("one-bias-per-layer",),) * (place % 2))
        right["2a"] = Given(0, value=31337, written=HOSTILE)
        right["3b"] = Given(int(place < 5))
        made.add({name: given for name, given in right.items() if name != "2c"}, f"Student {place} {HOSTILE}")
    made.add({"1a": Given(0, "unreadable")})
    made.add(None)
    return made


def page(made: Class, *, with_charts: bool = True, names: bool = False) -> str:
    """Return a class's report."""
    summary = summarised(made.report())
    pictures = drawn(summary) if with_charts else None
    return class_report.page(made.exam, summary, pictures, bool(summary.to_read), names)


def nobody() -> Class:
    """Return a class of which nobody handed in."""
    made = Class()
    made.add(None)
    return made


def alone() -> Class:
    """Return one student."""
    made = Class()
    made.add({"1a": Given(1), "1b": Given(0, "mistake", ("forgot-bias",))})
    return made


def equal() -> Class:
    """Return students who all have the same points."""
    made = Class()
    for _ in range(4):
        made.add(dict.fromkeys(BLANKS, Given(1)))
    return made


CLASSES = [mixed, nobody, alone, equal]


@pytest.mark.parametrize("with_charts", [True, False], ids=["charts", "no charts"])
@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_a_report_is_well_formed_and_needs_nothing_else(made: Callable[[], Class], with_charts: bool) -> None:
    """Whoever handed in: elements nest, ids are unique, references are inside, nothing is fetched, nothing runs."""
    written = page(made(), with_charts=with_charts)
    found = checked(written)
    assert not set(found.tags) & set(RULES)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "srcset", "action")]
    assert not re.findall(r"https?://(?!www\.w3\.org/)", written)
    assert "default-src 'none'" in written


def test_what_students_wrote_is_only_text() -> None:
    """Names and answers with tags, quotes and braces are shown as they are, and never become part of the page."""
    written = page(mixed(), names=True)
    assert "script" not in checked(written).tags
    assert "onerror" not in [name for name, _ in checked(written).attributes]
    shown = "".join(checked(written).text)
    assert "{{ 7 * 7 }}" in shown
    assert "</title><script>alert(1)</script>" in shown


def test_titles_are_only_text() -> None:
    """The exam's title and course come from a file too."""
    made = Class(text=Class().text.replace("A test", "'<b>&</b> {% raw %}'"))
    made.add({})
    assert "b" not in checked(page(made, with_charts=False)).tags


def test_nobody_is_named_unless_names_are_wanted() -> None:
    """Neither names nor ids stand in the report; with names, those who share a mistake do."""
    silent, told = page(mixed()), page(mixed(), names=True)
    students = [student for student, _ in mixed().students]
    assert not [student.id for student in students if student.id in silent]
    assert "Student 3" not in silent
    assert [student.id for student in students if f"({student.id})" in told] == [f"s{n:03}" for n in range(1, 15)]


def test_what_an_instructor_should_see_is_there() -> None:
    """The places to look at with their corrections, the numbers of the class, and that grades are provisional."""
    shown = " ".join("".join(checked(page(mixed())).text).split())
    for part in (
        "15 of 16",
        "1 answer could not be read",
        "1 paper is nearly empty",
        "1b: one mistake is more common than the right answer",
        "{blank: 1b, accept: forgot-bias,",
        "2a: a wrong answer is more common than the right one",
        "2c: left out by all, or nearly all",
        "3b: those who did well elsewhere failed here",
        "forgot bias",
        "for 7 of them another explanation fits too",
        "pass: 50%",
    ):
        assert part in shown, part


@pytest.mark.parametrize("made", [nobody, alone, equal], ids=lambda made: made.__name__)
def test_small_classes_are_told_so(made: Callable[[], Class]) -> None:
    """No number is made up where there is none: a dash, or a sentence."""
    shown = "".join(checked(page(made())).text)
    assert "nan" not in shown.lower().split()
    assert ("Nobody handed in" in shown) == (made is nobody)
    assert made is nobody or "cannot be told" in shown


def test_without_matplotlib_the_report_says_what_to_install() -> None:
    """The numbers of the charts are there all the same."""
    written = page(mixed(), with_charts=False)
    assert "<svg" not in written
    assert 'pip install "layerquiz[charts]"' in "".join(checked(written).text)
    assert "10 to 20%" in written


def test_the_distribution_counts_everybody_once() -> None:
    """The parts of the distribution add up to the class, whatever their number."""
    summary = summarised(mixed().report())
    for parts in (1, 7, 10, 20):
        assert sum(summary.distribution(parts)) == summary.handed_in


def test_charts_are_svg_with_their_own_ids_and_the_colours_of_the_page() -> None:
    """Each chart is XML; no id, font or colour of matplotlib is left, no date, and names of questions are readable."""
    summary = summarised(mixed().report())
    found = drawn(summary)
    for svg in (found.scores, found.questions, found.topics):
        ET.fromstring(svg)  # noqa: S314 -- what matplotlib wrote a moment ago
        assert "DejaVu" not in svg
        assert "metadata" not in svg
        assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", svg)) <= {
            "none",
            *(f"var({variable})" for variable in charts.COLOURS.values()),
        }
    assert ">forgot bias</text>" in found.topics
    assert "pass: 50%" in found.scores


def test_equal_classes_have_equal_charts() -> None:
    """Drawing again gives the same bytes, and so does a user's own style."""
    matplotlib = pytest.importorskip("matplotlib")
    first = page(mixed())
    before = matplotlib.rcParams["font.size"]
    matplotlib.rcParams["font.size"] = 30
    try:
        assert page(mixed()) == first
        assert matplotlib.rcParams["font.size"] == 30
    finally:
        matplotlib.rcParams["font.size"] = before


PRINT_PAGE = "from render.test_report import mixed, page; import sys; sys.stdout.buffer.write(page(mixed()).encode())"


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    """A report is the same from every run, and matplotlib leaves nothing in the user's folders."""
    pytest.importorskip("matplotlib")
    pages = set()
    for seed in ("1", "77"):
        paths = os.pathsep.join((*sys.path, str(Path(__file__).parents[1])))
        environment = {name: found for name, found in os.environ.items() if not name.startswith(("MPL", "XDG"))}
        environment |= {"PYTHONHASHSEED": seed, "PYTHONPATH": paths, "HOME": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", PRINT_PAGE], env=environment, capture_output=True, check=True)
        pages.add(done.stdout)
    assert len(pages) == 1
    assert list(tmp_path.rglob("*")) == []


def test_labels_hide_no_point_and_no_other_label() -> None:
    """Nine questions whose points nearly touch: each label stands clear of all points and of all other labels."""
    points = [(50 + 5.0 * (place % 3), 0.5 + 0.14 * (place // 3)) for place in range(9)]
    drawn_at = [(x * charts.WIDE / 100, y * charts.POINTS_PER_UNIT) for x, y in points]
    offsets = [offset for _, offset in charts.label_places(points, 100)]
    labels = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(drawn_at, offsets, strict=True)]
    for (x, y), (left, up) in combinations((*drawn_at, *labels), 2):
        assert max(abs(x - left), abs(y - up)) >= charts.ROOM


def test_the_summary_says_the_same() -> None:
    """The page in Markdown and the report in HTML name the same places to look at."""
    summary = summarised(mixed().report())
    text = markdown.page(class_page(mixed().exam, summary, provisional=True))
    assert "1b: one mistake is more common than the right answer" in text
    assert "2c: left out by all" in text
    assert "| 1b | 14 | 0 |" in text
