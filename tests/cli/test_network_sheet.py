"""`sheet --network`: a sheet about a network in every format, and one message for whatever cannot be."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import layerquiz as lq
from layerquiz.cli import main
from layerquiz.practise import Turn
from layerquiz.progress import opened
from layerquiz.render.mathtext import in_words

SMALL = "{input: {features: 20}, layers: [{kind: dense, units: 7}]}"


def sheet(folder: Path, *arguments: str, name: str = "sheet.txt", text: str | None = None) -> Result:
    """Write a sheet into a folder."""
    return CliRunner().invoke(main, ["sheet", "-o", str(folder / name), *arguments], input=text)


@pytest.mark.parametrize("suffix", ["txt", "md", "tex", "html", "pdf"])
def test_it_is_written_in_every_format(tmp_path: Path, suffix: str) -> None:
    """Ten questions with their solutions, and the same bytes once more."""
    name = f"sheet.{suffix}"
    options = ("--network", "lenet5", "-n", "10", "--seed", "3", "--solutions")
    assert sheet(tmp_path, *options, name=name).output == f"{tmp_path / name}: 10 questions\n"
    assert sheet(tmp_path, *options, name=name).output == f"{tmp_path / name}: up to date\n"


def test_a_page_knows_every_blank(tmp_path: Path) -> None:
    """The page that reads answers has an entry for each blank."""
    assert sheet(tmp_path, "--network", "mnist", name="page.html").exit_code == 0
    source = (tmp_path / "page.html").read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="sheet">(.*?)</script>', source, re.DOTALL)
    assert data is not None
    blanks = sum(len(question.blanks) for question in lq.questions(lq.Network.named("mnist"), seed="0"))
    assert len(json.loads(data[1])["blanks"]) == blanks


@pytest.mark.parametrize("name", ["gpt2", "mobilenet_v2"])
def test_right_answers_are_right(name: str, tmp_path: Path) -> None:
    """Whoever types the key at the terminal is told that it is right."""
    with opened(tmp_path / "practice.sqlite3") as progress:
        for question in lq.questions(lq.Network.named(name), ("parameters", "macs"), seed=5):
            turn = Turn(progress, question, date(2026, 11, 20))
            for blank in question.blanks:
                assert turn.answer(blank, in_words(blank.right)).verdict == "correct"


def test_a_network_comes_from_standard_input_or_a_file(tmp_path: Path) -> None:
    """Both give the same sheet; another seed gives other numbers."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    own = str(tmp_path / "small.yaml")
    assert sheet(tmp_path, "--network", "-", text=SMALL, name="a.txt").exit_code == 0
    assert sheet(tmp_path, "--network", own, name="b.txt").exit_code == 0
    assert sheet(tmp_path, "--network", own, "--seed", "9", name="c.txt").exit_code == 0
    first, second, third = ((tmp_path / f"{name}.txt").read_text(encoding="utf-8") for name in "abc")
    assert first == second != third


def test_exactly_names_the_models_layers(tmp_path: Path) -> None:
    """Layers of blocks stand with their whole names, and the numbers are the model's."""
    assert sheet(tmp_path, "--network", "resnet50", "--exactly", "--ask", "parameters").exit_code == 0
    text = (tmp_path / "sheet.txt").read_text(encoding="utf-8")
    assert "stage1.block1." in text
    assert "a network like" not in text


def test_minutes_limit_the_questions(tmp_path: Path) -> None:
    """As many as fit; a time in which none fits is refused."""
    assert "questions" in sheet(tmp_path, "--network", "vgg16", "--minutes", "9").output
    assert "no question fits" in sheet(tmp_path, "--network", "vgg16", "--minutes", "0.5").output


@pytest.mark.parametrize(
    ("arguments", "text", "said", "code"),
    [
        (["--network", "resnet5"], None, 'Did you mean "resnet50"?', 1),
        (["--network", "nowhere.yaml"], None, "nowhere.yaml", 1),
        (["--network", "-"], "layers: [", "standard input", 1),
        (["--network", "-"], "{input: {features: 2}, layers: [{kind: dens, units: 1}]}", 'Did you mean "dense"?', 1),
        (["--network", "lenet5", "--ask", "paramters"], None, 'Did you mean "parameters"?', 1),
        (["--network", "lenet5", "--ask", ""], None, "nobody can ask", 1),
        (["--network", "lenet5", "--ask", "tokens"], None, "no layer of LeNet-5", 1),
        (["--network", "lenet5", "--kind", "compar"], None, 'Did you mean "compare"?', 1),
        (["--network", "lenet5", "--kinds", "compar"], None, 'Did you mean "compare"?', 1),
        (["--network", "lenet5", "-n", "0"], None, "0 is not in the range", 2),
        (["--network", "lenet5", "-n", "500"], None, "different questions can be made", 1),
        (["--network", "-", "-n", "10"], SMALL, "can be made from", 1),
        (
            ["--network", "-"],
            "{input: {features: 2}, layers: [{kind: dropout, rate: 0.5}]}",
            "no different question",
            1,
        ),
        (["--network", "lenet5", "--topic", "pooling"], None, "choose from the library", 2),
        (["--ask", "macs"], None, "name it with --network", 2),
        (["--exactly"], None, "name it with --network", 2),
        (["--network", ""], None, "it is empty", 2),
    ],
)
def test_one_message_for_what_cannot_be(
    tmp_path: Path, arguments: list[str], text: str | None, said: str, code: int
) -> None:
    """What, and how to mend it; nothing is written and there is no traceback."""
    result = sheet(tmp_path, *arguments, text=text)
    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "sheet.txt").exists()
