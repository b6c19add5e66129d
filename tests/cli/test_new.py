"""`new`: a template to start from passes `check` as it is, and nothing that is there is replaced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.desk import tree
from layerquiz.cli import main
from layerquiz.exam.library import templates
from layerquiz.exam.schema import schema
from layerquiz.exam.starters import starters
from layerquiz.exam.template import parse


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


@pytest.mark.parametrize("topic", starters())
def test_what_is_started_holds_what_it_promises(topic: str, folder: Path) -> None:
    """For each topic, with nothing but defaults: `check` passes, mistakes are told apart, drawings differ."""
    assert run("new", "mine", "--topic", topic).exit_code == 0
    made = parse((folder / "mine.md").read_text(encoding="utf-8"), "mine")
    assert made.topics == (topic,)
    assert made.tells_apart
    checked = json.loads(run("check", "mine.md", "--seeds", "60", "--json").output)
    assert checked[0]["problems"] == []
    assert checked[0]["distinct"] > 1


def test_topics_of_the_library_have_a_starter() -> None:
    """A folder of the library is the first topic of what lies in it."""
    assert {template.topics[0] for template in templates().values()} <= set(starters())


@pytest.mark.parametrize("topic", ["pooling", "embedding"])
def test_a_formula_is_started_too(topic: str, folder: Path) -> None:
    assert run("new", "mine", "--topic", topic, "--kind", "formula").exit_code == 0
    assert "kind: formula" in (folder / "mine.md").read_text()
    assert run("check", "mine.md", "--seeds", "10").exit_code == 0


def test_options_and_prompts_write_the_same(folder: Path) -> None:
    """What no option says is asked; a wrong answer is told and asked again; Enter takes the usual one."""
    options = ("--topic", "pooling", "--level", "2", "--ask", "pool.height", "--title", "Pool", "--goal", "Round: down")
    assert run("new", "one", "--kind", "number", *options).exit_code == 0
    typed = "nunber\n\npolling\npooling\n7\n2\npool.height\nPool\nRound: down\n"
    result = run("new", "two", text=typed)
    assert result.exit_code == 0
    assert 'Did you mean "number"?' in result.output
    assert 'Did you mean "pooling"?' in result.output
    assert "Allowed: 1 to 5" in result.output
    assert (folder / "one.md").read_text() == (folder / "two.md").read_text()
    assert 'goal: "Round: down"' in (folder / "one.md").read_text()


def test_what_is_there_is_never_replaced(folder: Path) -> None:
    """Not a template that was edited, not one that is equal, not a folder; nothing is asked before."""
    assert run("new", "mine", "--topic", "dense").exit_code == 0
    (folder / "other.md").mkdir()
    before = tree(folder)
    for name in ("mine", "mine.md", "other"):
        result = run("new", name, "--topic", "dense")
        assert result.exit_code == 1
        assert result.output == f"Error: {name.removesuffix('.md')}.md: is there already. Give another name.\n"
    assert tree(folder) == before


def test_a_folder_may_be_named(folder: Path) -> None:
    assert run("new", "questions/mine", "--topic", "dense").exit_code == 0
    assert run("check", "questions", "--seeds", "5").exit_code == 0


FAULTS = {
    ("",): (2, "empty"),
    (): (2, "layerquiz new strided"),
    ("my question",): (1, "strided-conv"),
    ("-.md",): (2, ""),
    ("conv-size",): (1, "of the library"),
    ("x", "--topic", "polling"): (1, 'Did you mean "pooling"?'),
    ("x", "--kind", "essay"): (1, "Known: formula, number"),
    ("x", "--level", "6"): (2, "6"),
    ("x", "--topic", "pooling", "--ask", "pool.hieght"): (1, 'Did you mean "pool.height"?'),
    ("x", "--topic", "pooling", "--ask", "conv.height"): (1, "pool.height"),
    ("x", "--topic", "pooling", "--ask", "pool.height", "--ask", "pool.height"): (1, "asked twice"),
    ("x", "--topic", "pooling", "--ask", "a: {b]"): (1, ""),
    ("x", "--topic", "pooling", "--kind", "formula", "--ask", "pool.shape"): (1, "pool.height"),
    ("x", "--topic", "pooling", "--minutes", "nan"): (1, ""),
}


@pytest.mark.parametrize("arguments", FAULTS, ids=" ".join)
def test_faults_are_one_message_and_nothing_is_written(arguments: tuple[str, ...], folder: Path) -> None:
    code, said = FAULTS[arguments]
    result = run("new", *arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert result.output.count("Error: ") == 1
    assert tree(folder) == {}


HOSTILE = (
    "---",
    "x: y\n---\n{{ 1 }}",
    'a "quoted" \\ # text',
    "{% raw %}",
    "yes",
    "1e3",
    "\u202egnirts\x07",
    "é" * 300,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_title_stays_a_title(text: str, folder: Path) -> None:
    """Whatever is typed, the template is read with that title, in one line and without control characters."""
    assert run("new", "mine", "--topic", "dense", "--title", text, "--goal", text).exit_code == 0
    made = parse((folder / "mine.md").read_text(encoding="utf-8"), "mine")
    kept = "".join(" ".join(text.split()).replace("\u202e", "").replace("\x07", ""))
    assert (made.title, made.goal) == (kept, kept)


def test_the_schema_is_printed(folder: Path) -> None:
    assert json.loads(run("new", "--schema").output) == schema()
    assert tree(folder) == {}
