"""How papers look: covers, codes on each page, boxes where they are said to be, layouts, themes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageOps

from layerquiz import engine, themed
from layerquiz.engine import boxes, fonts
from layerquiz.errors import LayerquizError
from layerquiz.exam import exam
from layerquiz.exam.accommodation import accommodation
from layerquiz.exam.roster import Student
from layerquiz.render import codes, cover, html_paper, latex, themes
from layerquiz.render.document import Paper, Section
from layerquiz.render.layout import Layout
from layerquiz.render.themes import Theme
from printed_text import read
from render.sample_exam import paper

EXAM = "3F2A91BC07"
DPI = 150
MM = DPI / 25.4


def tex(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs the engine."""
    skip = pytest.mark.skipif(not engine.available(), reason="the TeX engine or its packages are not installed")
    return pytest.mark.tex(skip(test))


def laid_out(words: str, number: int = 1, theme: Theme = themes.USUAL_THEME, size: str = "a4") -> Paper:
    """Return a sample paper of a student with an accommodation."""
    needs = accommodation(Student("s1", "Ada", accommodation=words))
    found = paper(number)
    look = replace(found.look, layout=Layout.of(size, needs), theme=theme)  # type: ignore[arg-type]
    return replace(found, exam=EXAM, look=look, extra_time=needs.extra_time, minutes=90)


def set_papers(*sheets: Paper) -> engine.Setting:
    source = latex.papers(sheets)
    return engine.set_whole(source.text, source.parts, source.files)


def pictures(pdf: bytes) -> list[Image.Image]:
    """Return the pages of a PDF at 150 dpi."""
    return [page.render(scale=DPI / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """Return the sizes of the pages in whole millimetres."""
    pages = pypdfium2.PdfDocument(pdf)
    return {tuple(round(length * 25.4 / 72) for length in page.get_size()) for page in pages}  # type: ignore[misc]


LOOKS = (
    "",
    "large print",
    "sans-serif",
    "wide spacing",
    "tint cream",
    "one question a page",
    "large print, sans-serif, wide spacing, tint blue, one question a page",
)


@tex
@pytest.mark.parametrize("words", LOOKS)
def test_each_page_has_the_code_of_its_paper_and_page(words: str):
    """Read back from the picture of the page, in every layout; at the same place on each page, and in words too."""
    printed = set_papers(laid_out(words, 1), laid_out(words, 17)).parts
    for number in (1, 17):
        found = [zxingcpp.read_barcodes(page) for page in pictures(printed[f"paper/{number}"])]
        assert [[code.text for code in page] for page in found] == [
            [f"LQ1 {EXAM} {number} {page}"] for page in range(1, len(found) + 1)
        ]
        corners = [code.position.top_left for page in found for code in page]
        for places in ([corner.x for corner in corners], [corner.y for corner in corners]):
            assert max(places) - min(places) <= 3  # pixels: how exactly a corner is found in a picture
        text = read(printed[f"paper/{number}"])
        assert f"exam {EXAM}, paper {number}, page {len(found)}" in text
        assert f"this paper has {len(found)} pages" in text


@tex
@pytest.mark.parametrize("words", LOOKS)
def test_nothing_sticks_out_of_any_layout(words: str):
    source = latex.papers((laid_out(words),), solutions=False)
    assert engine.overfull(source.text, source.parts) == []


@tex
@pytest.mark.parametrize(
    ("words", "size", "pages"),
    [
        ("", "a4", (210, 297)),
        ("", "letter", (216, 279)),
        ("large print", "a4", (297, 420)),
        ("large print", "letter", (279, 432)),
    ],
)
def test_pages_have_the_size_of_their_sheet(words: str, size: str, pages: tuple[int, int]):
    assert sizes(set_papers(laid_out(words, size=size)).parts["paper/1"]) == {pages}


@tex
def test_large_print_has_letters_of_18_points():
    """The heights of capitals of the questions, measured: 18 pt against 11 pt."""
    heights = []
    for words in ("", "large print"):
        text = pypdfium2.PdfDocument(set_papers(laid_out(words)).parts["paper/1"])[1].get_textpage()
        start = text.get_text_range().index("How many parameters")
        _, bottom, _, top = text.get_charbox(start)
        heights.append(top - bottom)
    assert heights[1] / heights[0] == pytest.approx(18 / 11, rel=0.03)


@tex
def test_boxes_stand_where_the_file_says_on_all_papers():
    """Dark lines run along each side of each box, and the inside is white; every blank has one box."""
    sheets = [laid_out("", number) for number in (1, 2, 3)]
    done = set_papers(*sheets)
    found = json.loads(boxes.document(done.told))["boxes"]
    blanks = [blank.id for question in sheets[0].questions for blank in question.all_blanks()]
    assert sorted(box["blank"] for box in found) == sorted(blanks)
    for sheet in sheets:
        pages = [page.convert("L") for page in pictures(done.parts[f"paper/{sheet.number}"])]
        for box in found:
            _check_box(pages[box["page"] - 1], box)


def _check_box(page: Image.Image, box: dict[str, float]) -> None:
    left, top = box["x"] * MM, box["y"] * MM
    right, bottom = left + box["width"] * MM, top + box["height"] * MM
    middle, centre = (top + bottom) / 2, (left + right) / 2
    for x, y, wide, high in (
        (left, middle, 3, 2), (right, middle, 3, 2), (centre, top, 2, 3), (centre, bottom, 2, 3),
    ):  # fmt: skip
        near = page.crop((round(x - wide), round(y - high), round(x + wide), round(y + high)))
        assert near.getextrema()[0] < 128, (box, "no line")
    inside = page.crop((round(centre - 8), round(middle - 4), round(centre + 8), round(middle + 4)))
    assert inside.getextrema()[0] > 250, (box, "not empty")


@tex
def test_the_cover_says_what_a_cover_says():
    plain = laid_out("extra time 25 %")
    sections = (Section("Layers", 1, "Answer *all*."), Section("Networks", 3))
    sheet = replace(plain, room="HG E 7", seat="4-12", version="B", sections=sections, honour="On my honour.")
    text = read(set_papers(sheet).parts["paper/1"])
    for said in ("HG E 7", "4-12", "version B", "113 minutes", "25 % longer", "On my honour.", "Signature", "Marked by",
                 "Layers", "Answer all.", "Networks", "not graded", "fold here"):  # fmt: skip
        assert said in text, said


@tex
def test_markers_see_no_name_below_the_fold():
    """A name stands once on a paper: in the strip that is folded back."""
    sheet = replace(laid_out(""), student_name="Zaphod Quux", student_id="q99")
    pages = [page.get_textpage() for page in pypdfium2.PdfDocument(set_papers(sheet).parts["paper/1"])]
    whole = [page.get_text_range() for page in pages]
    assert (sum(text.count("Quux") for text in whole), sum(text.count("q99") for text in whole)) == (1, 1)
    lower = pages[0].get_text_bounded(
        top=pypdfium2.PdfDocument(set_papers(sheet).parts["paper/1"])[0].get_height() - 190
    )
    assert "fold" not in lower
    assert "Quux" not in lower
    assert "Check that" in lower


@tex
def test_a_draft_says_so_across_each_page_and_may_be_read():
    plain = laid_out("")
    draft = replace(plain, look=replace(plain.look, draft=True))
    done = set_papers(draft).parts["paper/1"]
    assert all("DRAFT" in page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(done))
    assert all(zxingcpp.read_barcodes(page) for page in pictures(done))
    assert "DRAFT" not in read(set_papers(plain).parts["paper/1"])


@tex
def test_scratch_and_overflow_pages_may_be_left_out():
    whole, less = (set_papers(sheet).pages["paper/1"] for sheet in (laid_out(""), replace(laid_out(""), scratch=0)))
    none = set_papers(replace(laid_out(""), scratch=0, overflow=False)).pages["paper/1"]
    assert (whole, less) == (none + 2, none + 1)


@tex
def test_papers_are_read_in_grey():
    """Only the tint of a page has a colour; the usual paper has none."""
    for page in pictures(set_papers(laid_out("")).parts["paper/1"]):
        assert all(channel.tobytes() == page.getchannel(0).tobytes() for channel in page.convert("RGB").split())
    tinted = pictures(set_papers(laid_out("tint cream")).parts["paper/1"])
    assert all(page.convert("RGB").getpixel((5, 5)) == (255, 248, 223) for page in tinted)


@tex
def test_one_question_stands_on_each_page():
    sheet = laid_out("one question a page")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(set_papers(sheet).parts["paper/1"])]
    heads = [re.findall(r"\d points?\b", page) for page in pages]
    assert len(pages) == 1 + len(sheet.questions) + 2
    assert all(heads[1 : len(sheet.questions) + 1])


def test_a_code_holds_what_it_says_for_the_largest_numbers():
    """As many modules for the first paper as for the last: a scanner finds them in the same place."""
    for number, page in ((1, 1), (999_999, 999)):
        said = codes.text(EXAM, number, page)
        rows = bytes.fromhex(codes.picture(said))
        drawn = Image.frombytes("1", (codes.MODULES, codes.MODULES), rows)
        image = ImageOps.expand(drawn.convert("L").resize((4 * codes.MODULES,) * 2, Image.Resampling.NEAREST), 16, 255)
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [said]


def test_a_code_that_would_be_larger_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        codes.picture("LQ1 " + "A" * 40)


@pytest.mark.parametrize("count", [1, 4, 12, 13, 14, 28, 40])
def test_the_table_of_points_has_each_question_once_and_one_total(count: int):
    first = paper(1)
    questions = tuple(replace(first.questions[0], number=number) for number in range(1, count + 1))
    blocks = cover.score_blocks(replace(first, questions=questions))
    assert [question.number for block in blocks for question in block.questions] == [*range(1, count + 1)]
    assert [block.total for block in blocks if block.total] == [first.total]
    assert max(len(block.cells) for block in blocks) - min(len(block.cells) for block in blocks) <= len(blocks)
    assert all(len(block.cells) <= cover.MOST_IN_BLOCK + 1 for block in blocks)


def test_a_paper_in_html_has_every_question_and_no_answer():
    sheet = replace(laid_out("html; extra time 50 %"), sections=(Section("Part one", 1),))
    page = html_paper.page(sheet)
    assert all(blank.mark in page for question in sheet.questions for blank in question.all_blanks())
    assert "135 minutes" in page
    assert "Part one" in page
    assert "92,320" not in page
    assert "<math" in page


@tex
def test_a_changed_theme_is_seen():
    """A colour and a title, as the README says; with a logo and a header."""
    text = themes.packaged().replace(r"\definecolor{accent}{gray}{0}", r"\definecolor{accent}{rgb}{.7,0,.1}")
    text = text.replace(r"\bfseries#3}\strut}\vskip3mm", r"\bfseries Exam: #3}\strut}\vskip3mm")
    logo = io.BytesIO()
    with pikepdf.new() as drawn:
        drawn.add_blank_page(page_size=(100, 50))
        drawn.pages[0].contents_add(b"0 0 1 rg 0 0 100 50 re f")
        drawn.save(logo)
    theme = Theme(text, "my.tex.j2", logo.getvalue(), "Faculty of \\Machines & 100 % more")
    done = set_papers(laid_out("", theme=theme)).parts["paper/1"]
    assert "Exam: Midterm examination" in read(done)
    assert "Faculty of \\Machines & 100 % more" in read(done)
    colours = {colour for _, colour in pictures(done)[0].convert("RGB").getcolors(1 << 24) or ()}
    for wanted in ((178, 0, 25), (0, 0, 255)):
        assert any(max(abs(a - b) for a, b in zip(wanted, found, strict=True)) <= 2 for found in colours), wanted
    shades = pictures(done)[1].convert("HSV").split()[1].histogram()
    assert sum(shades[64:]) < 3_000  # of the questions only their numbers have the colour


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("((( say('Paper') ", "line"),
        ("((( nobody )))", "nobody"),
        ("((( say.__globals__ )))", '"getattr"'),
        ("((* include 'paper.tex.j2' *))", "include"),
        ("((* for a in 'endless' *))((* endfor *))", '"for"'),
        ("((( 'a' * 9999999999 )))", '"mul"'),
        ("((( 9 ** 9 ** 9 )))", '"pow"'),
        ("((* macro m() *))((( m() )))((* endmacro *))", '"macro"'),
        ("((( '%9999999999d' % 1 )))", '"mod"'),
        ("((( '{:9999999999}'.format(1) )))", '"getattr"'),
    ],
)
def test_a_theme_that_cannot_be_read_is_one_message(wrong: str, said: str):
    with pytest.raises(LayerquizError, match=re.escape("my.tex.j2")) as caught:
        themes.written(Theme(f"\\relax\n{wrong}", "my.tex.j2"), "en")
    assert said in str(caught.value)


def test_a_logo_whose_end_nobody_writes_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "logo.png")
    found = exam.parse("title: T\nlogo: logo.png\nquestions:\n  - {template: conv-size}\n", "exam.yaml", "unused")
    with pytest.raises(LayerquizError, match="no file"):
        themed.theme(found, str(tmp_path / "exam.yaml"), None)


def test_a_logo_is_a_picture():
    with pytest.raises(LayerquizError, match="Save it as PDF, PNG or JPEG"):
        themes.check_logo(b"<svg></svg>", "logo.svg")


@tex
def test_the_latex_of_one_paper_gives_the_same_pages(tmp_path: Path):
    """Set by a plain xelatex, outside of our engine's room: the same text on the same pages, names in every script."""
    sheets = [replace(laid_out("", number)) for number in (1, 2, 3)]
    done = set_papers(*sheets)
    source = latex.joined([latex.printed(sheets[1])], engine.sizes(done.told), look=sheets[1].look)
    (tmp_path / "one.tex").write_text(fonts.portable(source.text), encoding="utf-8")
    subprocess.run(
        ["xelatex", "-interaction=batchmode", "-halt-on-error", "one.tex"],  # noqa: S607 - what a user types
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    alone = pypdfium2.PdfDocument((tmp_path / "one.pdf").read_bytes())
    first = pypdfium2.PdfDocument(done.parts["paper/2"])
    assert len(alone) == done.pages["paper/2"] + done.pages["solution/2"]
    for place, page in enumerate(first):
        assert alone[place].render().to_pil().tobytes() == page.render().to_pil().tobytes()
