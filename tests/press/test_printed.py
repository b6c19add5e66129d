"""What is printed, read back: every page of every paper says whose it is, which paper and which page."""

from __future__ import annotations

import io
import json
import random
import re
import unicodedata
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from layerquiz.errors import OutsideError
from layerquiz.exam.roster import Student
from layerquiz.press.names import file_names
from layerquiz.press.setting import larger, largest, scaled
from layerquiz.press.whole import GROUP, Span, ordered, put_together
from press.line import CHUNK, MAKE, STUDENTS, done, put_down, roster

HOSTILE = (
    r"\input{/etc/passwd}",
    "50% off",
    "$(rm -rf ~)",
    "\u202eevil\u202c",
    "Zoë 😀 Ünal",
    "x" * 300,
    "Same Name",
    "Same Name",
    "#1 & {co} ^_^ ~",
    "=1+1",
    "李小龙",
    "עברית",
    "a\u0301\u0301\u0301 b",
    "<b>bold</b>",
    "\\end{document}",
)
FOOTER = re.compile(r"page (\d+) of (\d+)")
NAMES, ALL_NAMES = 60, 5_000


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [page.get_textpage().get_text_range() for page in document]


def letters(name: str) -> str:
    """Return the letters and digits of the beginning of a name that come back from a PDF as they went in."""
    plain = unicodedata.normalize("NFC", name)
    return "".join(char for char in plain if char.isascii() and char.isalnum())[:20]


def check(folder: Path, students: list[tuple[str, str]]) -> int:
    """Read all papers and solutions of a folder back, alone and all in one file; return the number of pages."""
    count = 0
    shapes = set()
    for kind in ("paper", "solution"):
        whole = []
        for number, ((student, name), file) in enumerate(
            zip(students, file_names([student for student, _ in students]), strict=True), 1
        ):
            found = pages((folder / f"{kind}s" / f"{file}.pdf").read_bytes())
            for page, text in enumerate(found, 1):
                assert FOOTER.findall(text) == [(str(page), str(len(found)))], (student, text[-200:])
                assert re.search(rf"{kind.capitalize()} {number}\s", text)
                assert "root:" not in text
                plain = "".join(char for char in text if char.isascii() and char.isalnum())
                assert letters(name) in plain or (kind == "paper" and page > 1)  # marked without a name
            assert student in found[0]
            if kind == "paper":
                shapes.add(len(found))
            whole += found
            whole += [""] * (kind == "paper" and len(found) % 2)
            count += len(found)
        assert pages((folder / f"{kind}s" / f"{kind}s.pdf").read_bytes()) == whole
    assert len(shapes) == 1
    return count


@pytest.mark.tex
def test_every_page_says_whose_it_is(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """Number, name and page are on every page of every chunk, and each paper begins on a new sheet."""
    for name, content in undisturbed.items():
        if content is not None:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    count = check(tmp_path, [(f"s{number}", f"Student Number {number}") for number in range(1, STUDENTS + 1)])
    assert count >= 2 * STUDENTS
    layout = json.loads((tmp_path / "exam.json").read_text())["layout"]
    assert layout["chunks"] == [4, 8, 12, STUDENTS]


@pytest.mark.slow
@pytest.mark.tex
def test_hostile_names(tmp_path: Path, tex: None, many: int, summary: list[str]) -> None:
    """Names of every sort are only text, and each stands on its own paper."""
    count = NAMES if many == 1 else ALL_NAMES
    drawn = random.Random(1)  # noqa: S311
    names = [f"{drawn.choice(HOSTILE)} {number}" if number % 3 else drawn.choice(HOSTILE) for number in range(count)]
    students = [(f"id{number}", name) for number, name in enumerate(names)]
    quoted = (f'{student},"{name.replace(chr(34), chr(34) * 2)}"\n' for student, name in students)
    put_down(tmp_path, students="student,name\n" + "".join(quoted))
    done(tmp_path)
    read = check(tmp_path / "out", students)
    summary.append(f"papers and solutions of hostile names read back: {2 * count} ({read} pages)")


@pytest.mark.tex
def test_sizes_are_the_same_in_one_run_and_in_several(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """One chunk measures while it prints, several are measured before: both come to the same layout."""
    put_down(tmp_path, students=roster())
    done(tmp_path, *MAKE[:-1], "--no-lists", "--jobs", "1")
    several = json.loads((undisturbed["exam.json"] or b"").decode())["layout"]["sizes"]
    (tmp_path / "one").mkdir()
    first = "\n".join(roster().splitlines()[: CHUNK + 1]) + "\n"
    put_down(tmp_path / "one", students=first)
    done(tmp_path / "one")
    one = json.loads((tmp_path / "one/out/exam.json").read_text())["layout"]["sizes"]
    assert several.keys() == one.keys()
    assert not larger(one, several)
    # The same four papers with the sizes of their own layout, once more in a run that does not measure.
    before = (tmp_path / "one/out/papers/s1.pdf").read_bytes()
    (tmp_path / "one/out/papers/s1.pdf").unlink()
    done(tmp_path / "one")
    assert (tmp_path / "one/out/papers/s1.pdf").read_bytes() == before


@pytest.mark.tex
def test_who_comes_late_changes_no_paper(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """A row in the middle of the roster adds a chunk; every paper that is printed stays as it is."""
    put_down(tmp_path)
    done(tmp_path)
    rows = roster().splitlines()
    (tmp_path / "roster.csv").write_text("\n".join([*rows[:3], "late,Late Comer", *rows[3:]]) + "\n")
    done(tmp_path, *MAKE, "--force")
    papers = {name for name in undisturbed if re.match(r"(papers|solutions)/s\d", name)}
    assert len(papers) == 2 * STUDENTS
    for name in papers:
        assert (tmp_path / "out" / name).read_bytes() == undisturbed[name], name
    layout = json.loads((tmp_path / "out/exam.json").read_text())["layout"]
    assert layout["chunks"] == [4, 8, 12, STUDENTS, STUDENTS + 1]
    assert re.search(rf"Paper {STUDENTS + 1}\s", pages((tmp_path / "out/papers/late.pdf").read_bytes())[0])
    with pikepdf.open(tmp_path / "out/papers/papers.pdf") as whole:
        assert len(whole.pages) % 2 == 0


def test_all_papers_in_one_file(tmp_path: Path) -> None:
    """In the order that is asked for, each on a new sheet; no page is far from the root, and fonts are named once."""
    for name in ("one", "two"):
        with pikepdf.new() as chunk:
            for place in range(3 * GROUP):
                chunk.add_blank_page(page_size=(len(name) + 100, 200 + place))
                chunk.pages[-1].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pikepdf.Name.Helvetica))
                chunk.pages[-1].Contents = chunk.make_stream(f"% {name} {place}".encode())
            chunk.save(tmp_path / f"{name}.pdf")
    wanted = [(name, place) for place in reversed(range(GROUP)) for name in ("two", "one")]
    spans = [Span(tmp_path / f"{name}.pdf", 3 * place, 3) for name, place in wanted]
    put_together(spans, tmp_path / "all.pdf", duplex=True)
    with pikepdf.open(tmp_path / "all.pdf") as whole:
        assert whole.check_pdf_syntax() == []
        assert [int(group.Count) for group in whole.Root.Pages.Kids] == [4 * GROUP, 4 * GROUP]
        printed = [page.get("/Contents") for page in whole.pages]
        told = [None if found is None else found.read_bytes().decode() for found in printed]
        assert told == [
            line
            for name, place in wanted
            for line in (*(f"% {name} {3 * place + number}" for number in range(3)), None)
        ]
        assert whole.pages[3].mediabox == whole.pages[2].mediabox
        fonts = {page.obj.Resources.objgen for page in whole.pages if "/Contents" in page.obj}
        assert len(fonts) == 2
    with pytest.raises(OutsideError, match="lacks pages"):
        put_together([Span(tmp_path / "one.pdf", 3 * GROUP - 1, 2)], tmp_path / "none.pdf", duplex=False)


def test_orders_for_the_printer() -> None:
    """By room and seat as people count them; who has none comes last."""
    seats = [("B", "10"), ("A", "2"), ("", ""), ("B", "9"), ("A", "1")]
    students = [Student(f"s{n}", "x", room=room, seat=seat) for n, (room, seat) in enumerate(seats)]
    assert ordered(students, "roster") == [0, 1, 2, 3, 4]
    assert ordered(students, "seat") == [4, 1, 3, 0, 2]
    assert ordered(students, "room") == [1, 4, 0, 3, 2]


def test_sizes_are_compared_as_tex_counts() -> None:
    """To the last of TeX's units, and by number: 100 points are more than 99."""
    assert scaled("1.0pt") == 65_536
    assert scaled("100.00002pt") == scaled("100.0pt") + 1
    assert largest([{"a": "99.0pt", "b": "1.0pt"}, {"a": "100.0pt"}]) == {"a": "100.0pt", "b": "1.0pt"}
    assert larger({"a": "100.00002pt"}, {"a": "100.0pt"}) == ["a"]
    assert larger({"a": "9.0pt"}, {"a": "10.0pt"}) == []
    assert larger({"new": "9.0pt"}, {"a": "10.0pt"}) == ["new"]
