"""TeX prints every name, says what is wrong, reads nothing it should not, and gives the same bytes each time."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from layerquiz import engine
from layerquiz.engine import fonts, log, probe, run
from layerquiz.errors import OutsideError
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.render import latex
from layerquiz.render.document import Blank, Page, Paragraph, Question, Sheet, Table
from layerquiz.render.questions import sheet
from printed_text import read
from render.sample_exam import NAMES, papers, size_step

COUNT = len(NAMES)
RULE = re.compile(r"[-\d.]+ [-\d.]+ m [-\d.]+ [-\d.]+ l S|[-\d.]+ [-\d.]+ [-\d.]+ [-\d.]+ re f")


def tex(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs the engine."""
    skip = pytest.mark.skipif(not engine.available(), reason="the TeX engine or its packages are not installed")
    return pytest.mark.tex(skip(test))


def document(body: str) -> str:
    """Return a source of one part in the preamble of the papers."""
    preamble, _, _ = latex.pages(()).text.partition(r"\begin{document}")
    return rf"{preamble}\begin{{document}}\BeginPart{{page/1}}{{}}\At{{paper 7}}{body}\EndPart\csname @@end\endcsname"


def refused(body: str, **limits: float) -> OutsideError:
    """Return the error for a body that cannot be printed."""
    with pytest.raises(OutsideError) as caught:
        engine.typeset(document(body), ("page/1",), **limits)
    assert caught.value.exit_code == 3
    return caught.value


def boxes(pdf: bytes) -> list[tuple[str, ...]]:
    """Return the places of all ruled lines of a PDF, page by page: the answer boxes are made of them."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            page.contents_coalesce()
        contents = [page.Contents.read_bytes().decode("latin-1") for page in opened.pages]
    return [tuple(RULE.findall(content)) for content in contents]


@pytest.fixture(scope="module")
def printed() -> dict[str, bytes]:
    source = latex.papers(papers(COUNT))
    return engine.typeset(source.text, source.parts)


@tex
def test_each_part_is_a_pdf_and_each_kind_is_whole(printed: dict[str, bytes]):
    assert list(printed) == [
        *(f"paper/{number}" for number in range(1, COUNT + 1)),
        *(f"solution/{number}" for number in range(1, COUNT + 1)),
        *("paper", "solution"),
    ]
    pages = {name: len(pikepdf.open(io.BytesIO(pdf)).pages) for name, pdf in printed.items()}
    assert pages["paper"] == sum(pages[f"paper/{number}"] for number in range(1, COUNT + 1))
    assert f"page {pages['paper/2']} of {pages['paper/2']}" in read(printed["paper/2"])


@tex
@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_every_name_is_printed(number: int, printed: dict[str, bytes]):
    """In every script, on the paper and on the solution; a long name is shortened, hostile ones are only text."""
    name = NAMES[number - 1]
    letters = {char for char in name if char.isalpha()} if fonts.covering(name[0]) or name.isascii() else set()
    for kind in ("paper", "solution"):
        text = read(printed[f"{kind}/{number}"])
        assert f"s{4_100_000 + 37 * number}" in text
        assert not re.search(r"root:|U\+[0-9A-F]{4}", text)
        if not any(
            ord(char) > 0x0590 for char in name
        ):  # shaped scripts come back from a PDF as glyphs, in other orders
            assert letters <= set(text)


@tex
def test_the_layout_does_not_depend_on_names_and_numbers(printed: dict[str, bytes]):
    """The same pages and the same places of the answer boxes, for every student."""
    first = boxes(printed["paper/1"])
    assert sum(map(len, first)) > 100
    for number in range(2, COUNT + 1):
        assert boxes(printed[f"paper/{number}"]) == first


@tex
def test_the_same_source_gives_the_same_bytes():
    source = latex.papers(papers(3))
    assert engine.typeset(source.text, source.parts) == engine.typeset(source.text, source.parts)


@tex
def test_nothing_sticks_out(tmp_path: Path):
    source = latex.papers(papers(COUNT))
    assert "Overfull" not in logged(source.text, tmp_path)


@tex
def test_a_page_of_feedback_and_a_sheet_are_printed(tmp_path: Path):
    rows = tuple((f"1{letter}", "32,896", "Did you count the channels of the image? " * 3) for letter in "abcdef" * 20)
    page = Page(
        "Feedback",
        facts=(("Name", NAMES[0]),),
        blocks=(Paragraph("Well *done*."), Table(("blank", "key", "hint"), rows, "lrl")),
    )
    source = latex.pages((page,))
    assert "Overfull" not in logged(source.text, tmp_path)
    assert len(pikepdf.open(io.BytesIO(engine.typeset(source.text, source.parts)["page/1"])).pages) > 1
    sheet = latex.sheet(Sheet("Practice", papers(1)[0].questions, solutions=True))
    assert engine.typeset(sheet.text, sheet.parts)["sheet"].startswith(b"%PDF")


def logged(source: str, folder: Path) -> str:
    """Return the engine's log for a source."""
    (folder / f"{run.JOB}.tex").write_text(fonts.resolve(source, folder), encoding="utf-8")
    run._run(folder, 60)  # noqa: SLF001 - the log is not part of what `typeset` returns
    return log.read(folder / f"{run.JOB}.log")


@tex
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(r"\input{/etc/passwd}", id="input"),
        pytest.param(r"\newread\r\openin\r=/etc/passwd \ifeof\r\errmessage{closed}\fi\read\r to\x\x", id="openin"),
        pytest.param(
            r"\immediate\openout3=/tmp/layerquiz-escaped \immediate\write3{x}\errmessage{closed}", id="openout"
        ),
        pytest.param(r"\immediate\write18{touch /tmp/layerquiz-escaped}\errmessage{closed}", id="shell"),
    ],
)
def test_the_machine_is_closed_to_texts(body: str):
    """No file of the machine is read or written and no shell is run."""
    error = refused(body)
    assert "root:" not in str(error)
    assert not Path("/tmp/layerquiz-escaped").exists()  # noqa: S108 - the place which must stay empty


@tex
@pytest.mark.parametrize(
    "body", [r"\loop\iftrue\repeat", r"\loop\shipout\hbox{x}\iftrue\repeat"], ids=["loop", "pages"]
)
def test_an_endless_text_is_stopped(body: str):
    error = refused(body, seconds=4)  # the engine starts within a second or two on a busy machine
    assert (error.slug, error.where) == ("tex-time", "paper 7")


@tex
def test_an_error_names_the_paper_and_texs_first_line():
    error = refused(r"\nonsense")
    assert (error.slug, error.where) == ("tex", "paper 7")
    assert "Undefined control sequence" in str(error)


@tex
def test_a_character_that_would_vanish_is_an_error():
    error = refused("a 李 b")
    assert (error.slug, error.where) == ("missing-character", "paper 7")
    assert "李" in str(error)


@tex
def test_a_character_of_no_typeface_prints_as_its_number():
    source = latex.pages((Page("\U0010fffd"),))
    assert "U+10FFFD" in read(engine.typeset(source.text, source.parts)["page/1"])


@tex
def test_a_question_taller_than_a_page_is_an_error():
    asked = papers(1)[0].questions[0]
    tall = type(asked)(9, "Tall", "1", tuple(size_step(227, 11, 4) for _ in range(60)))
    source = latex.sheet(Sheet("Practice", (tall,)))
    with pytest.raises(OutsideError, match=r"Question 9 is taller than a page\. Give it less space"):
        engine.typeset(source.text, source.parts)


@tex
def test_parts_that_were_not_asked_for_are_an_error():
    source = latex.pages((Page("Feedback"),))
    with pytest.raises(OutsideError) as caught:
        engine.typeset(source.text, ("page/2",))
    assert caught.value.slug == "tex-parts"


def test_a_machine_without_tex_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    probe._missing_files.cache_clear()  # noqa: SLF001 - what was found on the real path is not asked again
    fonts.installed.cache_clear()
    try:
        assert not engine.available()
        with pytest.raises(OutsideError, match="Install texlive-xetex"):
            engine.typeset("", ())
        assert {"texlive-xetex", "fonts-lmodern", "fontconfig", "fonts-noto-core"} <= set(engine.missing())
    finally:
        probe._missing_files.cache_clear()  # noqa: SLF001 - and the real path is asked again
        fonts.installed.cache_clear()


def test_the_makefile_gets_one_line_of_packages():
    """Package names separated by spaces, nothing where all is there."""
    done = subprocess.run([sys.executable, "-m", "layerquiz.engine"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == engine.missing()
    assert done.stdout.count("\n") == 1


def test_importing_the_engine_is_light():
    code = "import sys, layerquiz.engine; print('pikepdf' in sys.modules, 'sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def pages_of(pdf: bytes) -> list[list[str]]:
    """Return the lines of each page; the last is the footer."""
    return [page.get_textpage().get_text_bounded().splitlines() for page in pypdfium2.PdfDocument(pdf)]


@tex
def test_no_page_begins_within_an_equation():
    names = ("separable-or-plain", "two-small-kernels", "pool-or-stride")
    sheets = [sheet(name, [draw(library.named(name), seed) for seed in range(5)], solutions=True) for name in names]
    source = latex.sheets(sheets)
    found = pages_of(engine.typeset(source.text, source.parts)["sheet"])
    assert len(found) > 20
    assert not [lines[0] for lines in found if lines[0].startswith("=")]


@tex
def test_no_page_ends_with_words_that_lead_on():
    """A name in bold, a heading and words with a colon stand above what they speak of, wherever the page is full."""
    leading = (Paragraph("**Second network**"), Paragraph("With this number:"), Paragraph("Right", heading=True))
    filled = [(*[Paragraph("line")] * count, words) for words in leading for count in range(30, 50)]
    source = latex.pages([Page("", blocks=(*blocks, *[Paragraph("step")] * 5)) for blocks in filled])
    found = pages_of(engine.typeset(source.text, source.parts)["page"])
    assert len(found) > len(filled)
    assert not [lines[-2] for lines in found if lines[-2] in ("Second network", "With this number:", "Right")]


@tex
def test_options_stand_together_with_what_is_asked():
    """Also in the solution of a question that is too tall to be kept on one page."""
    options = tuple((letter, f"option {letter} ${letter}$") for letter in "ABCDE")
    blank = Blank("1", "which one", "1", "A", options=options, prompt="one letter")
    heights = [*range(18, 31)] * 4
    questions = [
        Question(number, "", "1", tuple([Paragraph("line")] * height), (blank,))
        for number, height in enumerate(heights)
    ]
    source = latex.sheet(Sheet("", tuple(questions), solutions=True))
    found = ["\n".join(lines) for lines in pages_of(engine.typeset(source.text, source.parts)["sheet"])]
    assert sum(page.count("option A") for page in found) == 2 * len(questions)
    assert [page.count("option A") for page in found] == [page.count("option E") for page in found]
    assert all(page.count("which one") >= page.count("option A") for page in found)
