"""Bad input at the level of commands: one clear message, exit code 1 or 3, no traceback, nothing half written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.desk import ANSWERS, EXAM, ROSTER, refusal, run, tree

NETWORK = "input: {channels: 3, height: 8, width: 8}\nlayers:\n  - "
TEMPLATE = """\
---
title: {title}
network:
  input: {{channels: 3, height: {{choice: [8, 12]}}, width: "= height"}}
  layers:
    - {{kind: conv2d, name: conv, filters: 4, kernel: 3}}
ask:
  - {{blank: conv.height}}
{more}
---
How high is the output?
"""


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param("{kind: conv2, filters: 4, kernel: 3}", ["line 3", "conv2", 'Did you mean "conv2d"?'], id="kind"),
        pytest.param("{kind: conv2d, filter: 4, kernel: 3}", ["line 3", "filter", 'Did you mean "filters"?'], id="key"),
        pytest.param("{kind: conv2d, filters: 4, kernel: 9}", ["line 3", "conv2d_1", "9"], id="kernel above the image"),
        pytest.param("{kind: conv2d, filters: four, kernel: 3}", ["line 3", "filters", "four"], id="word for a number"),
        pytest.param("{kind: conv2d, filters: 4, kernel: 3, groups: 2}", ["conv2d_1", "groups"], id="groups"),
        pytest.param("{kind: maxpool2d, kernel: 0}", ["line 3", "kernel", "0"], id="no window"),
        pytest.param("{kind: add, from: [input, nowhere]}", ["line 3", "nowhere"], id="unknown source"),
        pytest.param("{kind: conv2d, filters: 4, kernel: [3, 3, 3]}", ["line 3", "kernel", "3"], id="too many axes"),
        pytest.param("{kind: [}", ["line 3"], id="broken YAML"),
        pytest.param("conv2d", ["line 3", "conv2d"], id="no mapping"),
        pytest.param("{kind: !!python/object/apply:os.system [ls]}", ["line 3"], id="code in YAML"),
    ],
)
def test_a_network_that_cannot_be(desk: Path, written: str, told: list[str]) -> None:
    """The file, the line, the layer or key, what was found and the nearest spelling are named."""
    (desk / "net.yaml").write_text(NETWORK + written + "\n", encoding="utf-8")
    message = refusal("solve", "net.yaml", beside=desk)
    assert [part for part in ["net.yaml", *told] if part not in message] == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01", b"- 1\n- 2\n", b"\xff\xfei\x00n\x00", b"[" * 5000])
def test_a_file_that_is_no_network(desk: Path, content: bytes) -> None:
    """Whatever stands in a file, the refusal is one message that names the file."""
    (desk / "net.yaml").write_bytes(content)
    assert "net.yaml" in refusal("solve", "net.yaml", beside=desk)


def test_a_template_that_never_finds_a_drawing(desk: Path) -> None:
    """Each condition that failed is named with the number of attempts that it failed."""
    (desk / "never.md").write_text(TEMPLATE.format(title="Never", more='require: ["conv.height > 100"]'))
    message = refusal("draw", "never.md", beside=desk)
    assert "never.md" in message
    assert 'require "conv.height > 100"' in message
    assert "200 times" in message
    assert run("check", "never.md", "--seeds", "2").exit_code == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param("requires: [1]", ["line", "requires", 'Did you mean "require"?'], id="unknown key"),
        pytest.param("tells_apart: [forgot-bia]", ["forgot-bia", 'Did you mean "forgot-bias"?'], id="unknown mistake"),
        pytest.param('require: ["conv.hight > 1"]', ["conv.hight", "conv.height"], id="unknown quantity"),
        pytest.param('require: ["__import__(1)"]', ["__import__"], id="code"),
    ],
)
def test_a_template_with_a_fault(desk: Path, more: str, told: list[str]) -> None:
    """A fault in a template is told with its file and the nearest spelling."""
    (desk / "faulty.md").write_text(TEMPLATE.format(title="Faulty", more=more))
    message = refusal("draw", "faulty.md", beside=desk)
    assert [part for part in ["faulty.md", *told] if part not in message] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("student;nme\ns1;Ada\n", ["line 1", '"name"', '"nme"'], id="missing column"),
        pytest.param("name\nAda\n", ["line 1", '"student"'], id="no ids"),
        pytest.param("student,name,name\ns1,A,B\n", ["line 1", '"name" stands twice'], id="doubled column"),
        pytest.param("student,name\ns1,A\ns2,B\ns1,C\n", ["line 4", '"s1"', "line 2"], id="doubled student"),
        pytest.param("student,name\ns1,A\ns2,\n", ["line 3", '"name" is empty'], id="no name"),
        pytest.param("student,name\ns1,Brandt, Ada\n", ["line 2", "double quotes"], id="unquoted comma"),
        pytest.param('student,name\ns1,"Ada\n', ["line 2"], id="open quotes"),
        pytest.param("", ["empty", "student,name"], id="empty"),
        pytest.param("\n\n", ["empty"], id="blank lines"),
        pytest.param("student,name\n", ["no students"], id="no lines"),
        pytest.param(ROSTER.encode("latin-1"), ["line 3", "UTF-8"], id="latin-1"),
        pytest.param(ROSTER.encode("utf-16-le"), ["UTF-8"], id="UTF-16 without a mark"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", ["roster.csv"], id="a spreadsheet"),
    ],
)
def test_a_roster_that_cannot_be_used(desk: Path, content: str | bytes, told: list[str]) -> None:
    """The line and the student or column are named, and no folder is made."""
    (desk / "roster.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    message = refusal("exam", "exam.yaml", "--roster", "roster.csv", "-o", "new", beside=desk)
    assert [part for part in ["roster.csv", *told] if part not in message] == []


def test_a_column_that_is_not_used_is_reported(desk: Path) -> None:
    """A roster may say more than is needed; what is not used is named. Semicolons part columns as well as commas."""
    (desk / "roster.csv").write_text("name;student;height\nAda Brandt;s1;A7\nJosé Álvarez;s2;\n", encoding="utf-8")
    result = run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out")
    assert result.exit_code == 0
    assert "out: up to date" in result.output
    assert '"height" is not used' in result.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("student,1a\ns9,1\n", ["line 2", '"s9"'], id="unknown student"),
        pytest.param("student,1a,1x\ns1,1,2\n", ["line 1", '"1x"'], id="unknown blank"),
        pytest.param("student,1a,1a\ns1,1,2\n", ["line 1", '"1a" stands twice'], id="doubled column"),
        pytest.param("student,1a\ns1,1\ns2,2\ns1,3\n", ["line 4", '"s1" stands twice'], id="doubled student"),
        pytest.param("student,1a\n", ["no submissions"], id="no lines"),
        pytest.param("", ["empty", "student,1a"], id="empty"),
        pytest.param("id,1a\ns1,1\n", ["line 1", '"student" is missing'], id="no ids"),
        pytest.param("student,1a\ns1,34,944\n", ["line 2", "double quotes"], id="unquoted comma"),
        pytest.param("student,1a\ns1,3×3\n".encode("latin-1"), ["line 2", "UTF-8"], id="latin-1"),
        pytest.param(ANSWERS.encode("utf-16-le"), ["UTF-8"], id="UTF-16 without a mark"),
    ],
)
def test_submissions_that_cannot_be_used(desk: Path, content: str | bytes, told: list[str]) -> None:
    """The line and the student or blank are named, and no grades are written."""
    (desk / "answers.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    message = refusal("grade", "out", "answers.csv", beside=desk)
    assert [part for part in ["answers.csv", *told] if part not in message] == []


def test_submissions_may_be_parted_by_semicolons(desk: Path) -> None:
    """What a German spreadsheet writes is graded as the same file with commas is."""
    assert run("grade", "out", "answers.csv").exit_code == 0
    (desk / "answers.csv").write_text(ANSWERS.replace(",", ";"))
    result = run("grade", "out", "answers.csv")
    assert result.exit_code == 0
    assert "up to date" in result.output


def edited(content: str, old: str, new: str) -> str:
    """Return a text with one place changed; the place has to be there."""
    assert old in content
    return content.replace(old, new, 1)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(lambda text: edited(text, "Ada Brandt", "Ada Brandt!"), "changed after it was made", id="a name"),
        pytest.param(lambda text: edited(text, '"seed": 7', '"seed": 8'), "changed after it was made", id="the seed"),
        pytest.param(lambda text: edited(text, '"1a": ', '"1a": 1'), "changed after it was made", id="a key"),
        pytest.param(lambda text: edited(text, '"format": 1', '"format": 2'), "format 2", id="a later format"),
        pytest.param(lambda text: text[: len(text) // 2], "no sealed exam", id="half of it"),
        pytest.param(lambda text: "", "no sealed exam", id="nothing"),
        pytest.param(lambda text: "[1, 2]", "no sealed exam", id="a list"),
        pytest.param(lambda text: "title: Quiz", "no sealed exam", id="not JSON"),
        pytest.param(lambda text: "[" * 100_000, "no sealed exam", id="too deep"),
    ],
)
def test_a_sealed_exam_that_was_edited(desk: Path, spoil: Callable[[str], str], told: str) -> None:
    """Neither grades are made from it nor is it drawn over; it stays as it is."""
    seal = desk / "out" / "exam.json"
    seal.write_text(spoil(seal.read_text(encoding="utf-8")), encoding="utf-8")
    assert told in refusal("grade", "out", "answers.csv", beside=desk)
    refusal("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", beside=desk)


def test_a_sealed_exam_that_is_missing(desk: Path) -> None:
    """A folder without a seal is told; a folder that is not there too."""
    (desk / "out" / "exam.json").unlink()
    assert "there is no exam.json" in refusal("grade", "out", "answers.csv", beside=desk)
    assert "nowhere" in refusal("grade", "nowhere", "answers.csv", beside=desk)


def test_a_space_in_a_sealed_exam_does_not_matter(desk: Path) -> None:
    """The seal is over what the file says, not over how it is laid out."""
    seal = desk / "out" / "exam.json"
    seal.write_text(json.dumps(json.loads(seal.read_text(encoding="utf-8"))), encoding="utf-8")
    assert run("grade", "out", "answers.csv").exit_code == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(edited(EXAM, "seed: 7", "sed: 7"), ["line 3", 'Did you mean "seed"?'], id="unknown key"),
        pytest.param(edited(EXAM, "conv-size", "conv-sise"), ["line 5", 'Did you mean "conv-size"?'], id="template"),
        pytest.param("title: Quiz\nquestions: []\n", ["questions"], id="no questions"),
        pytest.param("title: Quiz\n", ["questions"], id="no list of questions"),
        pytest.param(EXAM + "policy: {mistake: much}\n", ["mistake", "much", "line 7"], id="policy"),
        pytest.param(
            EXAM.replace("dense-parameters}", "dense-parameters, policy: {blanks: {c: {exact: true}}}}"),
            ["exam.yaml", "question 2", '"c"', "a, b"],
            id="policy of a blank",
        ),
        pytest.param(EXAM + "conventions: tensorflow\n", ["line 7", "tensorflow"], id="conventions"),
        pytest.param(edited(EXAM, "{template: conv-size}", "{template: conv-size, points: -1}"), ["-1"], id="points"),
        pytest.param("", ["exam.yaml"], id="empty"),
        pytest.param("title: [\n", ["line 2"], id="broken YAML"),
        pytest.param("title: Prüfung\n".encode("latin-1"), ["line 1", "UTF-8"], id="latin-1"),
    ],
)
def test_an_exam_file_that_cannot_be_used(desk: Path, content: str | bytes, told: list[str]) -> None:
    """The file, its line and the nearest spelling are named, and no folder is made."""
    (desk / "exam.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    message = refusal("exam", "exam.yaml", "--roster", "roster.csv", "-o", "new", beside=desk)
    assert [part for part in ["exam.yaml", *told] if part not in message] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "no.yaml"),
        ("draw", "no.md"),
        ("check", "no.md"),
        ("exam", "no.yaml", "--roster", "roster.csv", "-o", "new"),
        ("exam", "exam.yaml", "--roster", "no.csv", "-o", "new"),
        ("exam", "exam.yaml", "--roster", "out", "-o", "new"),
        ("exam", "-", "--roster", "-", "-o", "new"),
        ("grade", "out", "no.csv"),
        ("grade", "out", "answers.csv", "-o", "roster.csv"),
        ("exam", "exam.yaml", "--roster", "roster.csv", "-o", "roster.csv"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_not_there_or_a_folder(desk: Path, arguments: tuple[str, ...]) -> None:
    """Every file that a command names may be missing, or be of the wrong sort."""
    refusal(*arguments, beside=desk)


def test_an_empty_name_of_a_folder_is_no_folder(desk: Path) -> None:
    """A variable that the shell left empty never means the current folder."""
    before = tree(desk)
    for command in (("example",), ("exam", "exam.yaml", "--roster", "roster.csv"), ("grade", "out", "answers.csv")):
        result = run(*command, "-o", "")
        assert result.exit_code == 2
        assert "it is empty" in result.output
    assert tree(desk) == before


def test_what_was_typed_may_be_no_text(desk: Path) -> None:
    """Bytes that are no UTF-8 are refused in one message wherever they are typed."""
    odd = b"s\xff".decode(errors="surrogateescape")
    for command in (("draw", "conv-size", "--seed", odd), ("solve", odd), ("draw", odd), ("solve", f"{odd}.yaml")):
        refusal(*command, beside=desk)
