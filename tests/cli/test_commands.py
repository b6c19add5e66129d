"""Every command: its help, its output, its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layerquiz.cli import COMMANDS, main
from layerquiz.network.zoo import names

REFUSED_IN_HELP = ("sympy", "pydantic", "jinja2", "yaml", "lark", "rich", "pikepdf")


def run(*arguments: str, text: str | None = None) -> Result:
    """Run one command."""
    return CliRunner().invoke(main, list(arguments), input=text)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    """`--help` says what a command does and shows how it is called."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"layerquiz {command}" in result.output.split("Example", 1)[1]


def test_help_lists_every_command() -> None:
    """Nothing that can be typed is missing from the first page."""
    output = run("--help").output
    assert [name for name in COMMANDS if f"\n  {name} " not in output] == []


def test_known_networks_are_listed() -> None:
    """Each name stands on a line with what people call the network, those that a word is part of alone."""
    lines = run("networks").output.splitlines()
    assert [line.split()[0] for line in lines] == names()
    assert [line.split()[0] for line in run("networks", "U-net").output.splitlines()] == ["unet"]
    listed = json.loads(run("networks", "bert_base", "--json").output)["networks"]
    assert {"name": "bert_base", "title": "BERT-base", "also": ["bert", "bert_base_uncased"]} in listed
    unknown = run("solve", "qqqqqq")
    assert unknown.exit_code == run("networks", "qqqqqq").exit_code == 1
    assert "layerquiz networks" in unknown.output


def test_fewer_blanks_than_one_are_refused() -> None:
    """A number below one is no quantity's name: how many can be left open is said."""
    assert "Allowed: 1 to " in run("show", "lenet5", "--as", "svg", "--blanks", "-3").output


def test_a_missing_file_is_told_with_files_of_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies beside it and is no such file is no help."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "LICENSE").touch()
    assert run("solve", "mine.yaml").output == "Error: mine.yaml: no such file.\n"
    (tmp_path / "network.yaml").touch()
    assert run("solve", "xx.yaml").output == "Error: xx.yaml: no such file. Known: network.yaml.\n"


def test_a_known_network_comes_with_what_is_published() -> None:
    """What is printed of its whole stands below the table, and what is learned of it."""
    output = run("solve", "lenet5-1998").output
    assert "trainable 60,000, not trainable 840" in output
    assert "published: total.trainable 60,000 (the LeNet paper" in output
    assert "published" not in run("solve", "-", text="input: {features: 3}\nlayers: [{kind: dense, units: 2}]").output


def test_help_imports_nothing_heavy() -> None:
    """The first page comes at once: no library is loaded for it but click."""
    code = (
        "import sys\nfrom layerquiz.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [name for name in {REFUSED_IN_HELP!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_solve_prints_json() -> None:
    """`solve --json` has the fields that programs rely on."""
    told = json.loads(run("solve", "alexnet", "--json").output)
    assert list(told) == ["format", "network", "conventions", "layers", "total"]
    assert told["total"]["parameters"] == 62_378_344
    assert {"name", "kind", "output", "shape", "weights", "biases", "parameters", "trainable", "nontrainable"} <= set(
        told["layers"][0]
    )
    assert told["layers"][0]["receptive_field"] == 11
    assert told["layers"][-1]["jump"] is None


@pytest.mark.parametrize(
    ("network", "total"), [("alexnet", 62_378_344), ("VGG-16", 138_357_544), ("vgg166", None), ("mnist", 217_706)]
)
def test_solve_knows_networks_by_name(network: str, total: int | None) -> None:
    """Known names work, and a wrong one is told with the nearest."""
    result = run("solve", network, "--json")
    if total is None:
        assert result.exit_code == 1
        assert 'Did you mean "vgg16"?' in result.output
    else:
        assert json.loads(result.output)["total"]["parameters"] == total


def test_solve_shows_a_chain() -> None:
    """One line leads from the formula over the numbers to the value."""
    line = run("solve", "alexnet", "--quantity", "conv1.height", "--steps").output.splitlines()[0]
    assert line.endswith("floor((227 - 11 + 2*0) / 4) + 1 = floor(216 / 4) + 1 = 54 + 1 = 55")


def test_solve_reads_standard_input() -> None:
    """`-` is the standard input, and its faults have lines."""
    good = "input: {features: 3}\nlayers:\n  - {kind: dense, units: 4}\n"
    assert json.loads(run("solve", "-", "--json", text=good).output)["total"]["parameters"] == 16
    bad = run("solve", "-", text=good.replace("units: 4", "unit: 4"))
    assert bad.exit_code == 1
    assert "line 3" in bad.output
    assert 'Did you mean "units"?' in bad.output


@pytest.mark.parametrize(
    ("file", "begins"), [("u.svg", "<svg"), ("U.TEX", "\\begin{tikzpicture}"), ("u.md", "| layer")]
)
def test_show_takes_its_form_from_the_files_name(file: str, begins: str, tmp_path: Path) -> None:
    """The end of the file's name says the form, unless it is given; an end that says none is asked about."""
    assert run("show", "lenet5", "-o", str(tmp_path / file)).exit_code == 0
    written = (tmp_path / file).read_text(encoding="utf-8")
    assert written == run("show", "lenet5", "--as", FORMS[file.lower().rpartition(".")[2]]).stdout
    assert begins in written
    for nowhere in ((), ("-o", str(tmp_path / "u.py"))):
        result = run("show", "lenet5", *nowhere)
        assert result.exit_code == 2
        assert "svg, tikz, table, torch, keras" in result.output


FORMS = {"svg": "svg", "tex": "tikz", "md": "table"}


def test_show_writes_code() -> None:
    """A network is code of a framework, its layers by their names, with the sizes that PyTorch wants declared."""
    assert '("fc1", nn.Linear(400, 120)),' in run("show", "lenet5", "--as", "torch").output
    assert 'layers.Dense(120, name="fc1"),' in run("show", "lenet5", "--as", "keras").output
    assert run("show", "lenet5").exit_code == 2


def test_show_draws(tmp_path: Path) -> None:
    """A network is a picture or a table; the key of the letters goes beside the file, which is written once."""
    file = tmp_path / "lenet5.svg"
    made = run("show", "lenet5", "--as", "svg", "--blanks", "conv1.height,fc1.units", "-o", str(file))
    assert made.exit_code == 0
    assert "A: conv1.height = 28\nB: fc1.units = 120\n" in made.output
    assert file.read_text(encoding="utf-8").startswith("<svg ")
    assert (
        "up to date"
        in run("show", "lenet5", "--as", "svg", "--blanks", "conv1.height,fc1.units", "-o", str(file)).output
    )
    assert run("show", "lenet5", "--as", "svg", "-o", str(file)).exit_code == 1
    assert run("show", "resnet50", "--as", "tikz", "--block", "stage1").output.startswith(r"\begin{tikzpicture}")
    assert "| fc3 | dense, 10 | 10 | 850 |" in run("show", "lenet5", "--as", "table").output
    assert run("show", "lenet5", "--as", "torch", "--blanks", "2").exit_code == 2


def test_show_names_what_a_framework_lacks() -> None:
    """Nothing is dropped: the first layer that cannot be written is told with its line, the others by name."""
    layers = "".join(f"  - {{kind: lrn, name: {name}, size: 5}}\n" for name in ("first", "second"))
    text = f"input: {{channels: 3, height: 8, width: 8}}\nlayers:\n{layers}"
    refused = run("show", "-", "--as", "keras", text=text)
    assert refused.exit_code == 1
    assert 'standard input, line 3, layer "first" (lrn): it cannot be written in Keras' in refused.output
    assert 'layer "second" (lrn)' in refused.output
    assert "import" not in refused.output
    assert run("show", "-", "--as", "torch", text=text).exit_code == 0


def test_diagnose_prints_json() -> None:
    """`diagnose --json` names the mistake, its rivals and a hint."""
    told = json.loads(run("diagnose", "mnist", "conv2.parameters", "9216", "--json").output)
    assert list(told) == [
        *("format", "quantity", "read_as", "expected", "verdict", "mistakes", "rivals", "conventions", "hint"),
        *("confidence", "right_way", "wrong_way"),
    ]
    assert told["confidence"] == "one explanation fits"
    assert told["right_way"][0] == "> conv2: biases = C_out = 32"
    assert told["wrong_way"] == [
        "> conv2: biases = 0",
        "  conv2: weights = K^2 * C_in * C_out = 3^2 * 32 * 32 = 9,216",
        "  conv2: parameters = weights + biases = 9,216 + 0 = 9,216",
    ]
    assert (told["read_as"], told["expected"], told["mistakes"]) == (9216, 9248, ["forgot-bias"])


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "json"])
def test_draw_is_the_same_for_the_same_seed(form: str) -> None:
    """A question is a function of template and seed, in every format."""
    first, second = (run("draw", "conv-parameters", "--seed", "7", "--solution", "--format", form) for _ in range(2))
    assert first.exit_code == 0
    assert first.output == second.output
    assert first.output != run("draw", "conv-parameters", "--seed", "8", "--solution", "--format", form).output


def test_questions_lists_the_library() -> None:
    """Ten templates or more can be asked, with topic and level."""
    listed = json.loads(run("questions", "--json").output)
    assert len(listed) >= 10
    assert all(entry["topics"] and entry["level"] for entry in listed)


def test_sheet_writes_each_format(tmp_path: Path) -> None:
    """The ending of the file's name says what is written; an unknown one is refused."""
    for suffix in ("md", "txt", "tex"):
        file = tmp_path / f"practice.{suffix}"
        assert run("sheet", "-o", str(file), "-n", "3", "--solutions").exit_code == 0
        assert file.stat().st_size > 500
    refused = run("sheet", "-o", str(tmp_path / "practice.doc"))
    assert refused.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["practice.md", "practice.tex", "practice.txt"]


def test_sheet_never_replaces_what_was_edited(tmp_path: Path) -> None:
    """Equal content is left alone; other content needs --force."""
    file = tmp_path / "practice.md"
    arguments = ("sheet", "-o", str(file), "-n", "2")
    assert run(*arguments).exit_code == 0
    assert run(*arguments).exit_code == 0
    file.write_text("mine")
    assert run(*arguments).exit_code == 1
    assert file.read_text() == "mine"
    assert run(*arguments, "--force").exit_code == 0


CHOSEN = {
    ("--mistake", "forgot-bias", "--minutes", "6"): 0,
    ("--goal", "weights biases", "-n", "3"): 0,
    ("--minutes", "0.5"): 1,
    ("--goal", "wieghts"): 1,
    ("--mistake", "forgot-bais"): 1,
    ("--minutes", "-1"): 2,
    ("--minutes", "nan"): 2,
}


@pytest.mark.parametrize("chosen", CHOSEN, ids=" ".join)
def test_sheet_chooses_by_goal_mistake_and_minutes(chosen: tuple[str, ...], tmp_path: Path) -> None:
    """What cannot be is said before anything is drawn or written."""
    file = tmp_path / "sheet.md"
    result = run("sheet", "-o", str(file), *chosen)
    assert result.exit_code == CHOSEN[chosen], result.output
    assert file.exists() == (result.exit_code == 0)
    assert ("Error: " in result.output) == (result.exit_code != 0)


def test_check_fails_for_a_template_that_promises_too_much(tmp_path: Path) -> None:
    """A mistake that cannot show is named with the number of drawings that failed."""
    file = tmp_path / "grey.md"
    file.write_text(
        "---\ntitle: Grey\nnetwork:\n  input: {channels: 1, height: 28, width: 28}\n  layers:\n"
        "    - {kind: conv2d, name: conv, filters: {choice: [8, 16]}, kernel: 3}\n"
        "ask:\n  - {blank: conv.parameters}\ntells_apart: [forgot-input-channels]\n---\nHow many parameters?\n"
    )
    result = run("check", str(file), "--seeds", "3")
    assert result.exit_code == 1
    assert "forgot-input-channels" in result.output
    assert "200" in result.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("solv", "alexnet"), 2),
        (("solve",), 2),
        (("solve", "alexnet", "--steps"), 2),
        (("solve", "alexnet", "--quantity", "conv1.hight"), 1),
        (("solve", "missing.yaml"), 1),
        (("draw", "conv-parameter"), 1),
        (("sheet", "-o", "x.md", "--topic", "convolutions"), 1),
        (("grade", "nowhere", "nothing.csv"), 1),
        (("exam", "missing.yaml", "--roster", "missing.csv", "-o", "out"), 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_faults_are_one_message(
    arguments: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong input is 1, wrong usage 2; one message, no traceback, nothing written."""
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == code
    assert "Error: " in result.output
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []
