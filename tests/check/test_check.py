"""`check`: every kind of fault that an author can make is told, with the line to mend; sound templates hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from layerquiz import engine
from layerquiz.check import check, check_all
from layerquiz.cli import main
from layerquiz.exam import library, template
from layerquiz.exam.template import Template

SOUND = """---
title: A small convolution
topics: [convolution]
network:
  input: {channels: {choice: [3, 4, 6]}, height: {range: [20, 60]}, width: "= height"}
  layers:
    - {kind: conv2d, name: conv, filters: {choice: [7, 10, 12]}, kernel: {choice: [3, 5]}}
ask:
  - {blank: conv.parameters, label: parameters}
tells_apart: [forgot-bias, one-bias-per-layer]
---
A convolution with {{ conv.filters | plural("filter") }} of size {{ conv.kernel }} runs over an input of size
{{ input.shape }}, without padding.

How many parameters does it have?
"""


def run(*arguments: str) -> Result:
    """Run one command."""
    return CliRunner().invoke(main, list(arguments))


def read(text: str) -> Template:
    return template.parse(text, "own", "own.md")


FAULTS = {
    "article": ("an input of size\n{{ input.shape }}", "a 8 by 8 input", 12, '"a" should be "an"'),
    "noun": ('{{ conv.filters | plural("filter") }}', "1 filters", 12, "does not fit its noun"),
    "spaces": ("runs over", "runs  over", 12, "two spaces"),
    "twice": ("runs over", "runs over over", 12, "a word stands twice"),
    "python": ("without padding", "with padding None", 13, "a word of Python"),
    "brace": ("without padding", "without {padding}", 13, "braces"),
    "mark": ("How many parameters does it have?", "How many parameters does it have ?", 15, "a space stands before"),
    "mathematics": ("without padding", r"without $\nosuchcommand{3}$ padding", 13, "cannot be printed"),
    "unknown excuse": ("tells_apart:", "excused: {forgot-bia: why}\ntells_apart:", 10, 'Did you mean "forgot-bias"?'),
    "excuse without reason": (
        "tells_apart:",
        'excused: {kernel-not-squared: ""}\ntells_apart:',
        10,
        "without a reason",
    ),
    "listed and excused": ("tells_apart:", "excused: {forgot-bias: why}\ntells_apart:", 10, "tells_apart lists it"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_line(name: str) -> None:
    old, new, line, said = FAULTS[name]
    assert old in SOUND
    found = check(read(SOUND.replace(old, new, 1)), 12)
    assert any(problem.startswith(f"own.md, line {line}: ") and said in problem for problem in found.problems), found


def test_a_sound_template_holds() -> None:
    assert check(read(SOUND), 60).problems == ()


def test_none_is_also_a_word_and_an_open_size_of_a_summary() -> None:
    text = "None of its filters lacks a bias. A summary shows `(None, 8)`."
    assert check(read(SOUND.replace("How many", f"{text}\n\nHow many", 1)), 5).problems == ()


def test_facts_are_counted() -> None:
    """Ranges of draws and keys, the space, chance rates, and attempts that were rejected, against plain loops."""
    found = check(read(SOUND.replace("ask:", "require: ['input.height % 2 == 0']\nask:")), 300)
    assert found.numbers["input.channels"] == [3, 6]
    assert found.numbers["conv.kernel"] == [3, 5]
    every = [(3 * 3 * c if k == 3 else 5 * 5 * c) * f + f for c in (3, 4, 6) for f in (7, 10, 12) for k in (3, 5)]
    assert found.keys["conv.parameters"] == [min(every), max(every)]
    (reason,) = found.rejected
    assert "input.height % 2 == 0" in reason
    assert found.attempts == 300 + found.rejected[reason]
    assert 200 < found.rejected[reason] < 400, "half of the heights are odd"
    assert found.space is not None
    assert abs(found.space.distinct - 3 * 21 * 3 * 2) < 150
    assert 150 < found.distinct <= 3 * 21 * 3 * 2
    assert 0 < found.chance["conv.parameters"] < 1


def test_collisions_are_counted_with_their_pair() -> None:
    """Of one channel and of several: where a mistake cannot show, attempts are rejected, and the report says why."""
    text = SOUND.replace("[3, 4, 6]", "[1, 4]").replace("forgot-bias, one", "forgot-input-channels, one")
    found = check(read(text), 80)
    assert found.problems == ()
    (reason,) = found.rejected
    assert reason == 'tells_apart "forgot-input-channels": it gives the same as the right answer'
    assert 40 < found.rejected[reason] < 160


def test_mistakes_that_could_be_told_apart_are_named_or_excused() -> None:
    """`--strict` fails for them; a reason excuses one."""
    plain = check(read(SOUND), 20)
    assert "kernel-not-squared" in plain.could_also
    assert plain.problems == ()
    assert any("kernel-not-squared" in problem for problem in check(read(SOUND), 20, strict=True).problems)
    listed = "\n".join(f"  {slug}: not of this question" for slug in plain.could_also)
    excused = check(read(SOUND.replace("tells_apart:", f"excused:\n{listed}\ntells_apart:")), 20, strict=True)
    assert excused.could_also == ()
    assert excused.problems == ()


def test_what_conventions_decide_and_nothing_says_is_told() -> None:
    """A dense layer on an image acts on its channels or on its width; no sentence of the sheet says which."""
    text = (
        "---\ntitle: Dense on an image\nnetwork:\n  input: {channels: {choice: [3, 4]}, height: 9, "
        "width: {range: [10, 15]}}\n"
        "  layers: [{kind: dense, name: d, units: 5}]\nask:\n  - {blank: d.parameters}\n---\nHow many parameters?\n"
    )
    (problem,) = check(read(text), 5).problems
    assert problem.startswith("own.md, line 7: nothing that is printed decides about dense_on_width")
    assert problem.endswith("(seed 0 and 4 more)")
    excused = text.replace("ask:", "excused: {dense_on_width: said in the lecture}\nask:")
    assert check(read(excused), 5).problems == ()


def test_the_library_holds(many: int) -> None:
    """Every template that ships, with seeds that no other test uses; layout too, where there is TeX."""
    readers = [(name, lambda name=name: library.named(name)) for name in library.templates()]
    found = check_all(readers, 3 if many == 1 else 10, first=100_000)
    assert {result.name: result.problems for result in found if result.problems} == {}
    assert {result.layout for result in found} == ({"fits"} if engine.available() else {found[0].layout})
    recounted = [result for result in found if result.recounted]
    assert len(recounted) > sum(library.named(name).kind == "number" for name, _ in readers) * 3 / 4


def test_what_cannot_be_drawn_or_read_does_not_end_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SOUND.replace("title:", "titel:"))
    (tmp_path / "b.md").write_text(SOUND.replace("ask:", "require: ['conv.kernel > 9']\nask:"))
    (tmp_path / "c.md").write_text(SOUND)
    result = run("check", str(tmp_path), "--seeds", "5", "--json")
    assert result.exit_code == 1
    told = {entry["template"]: entry for entry in json.loads(result.stdout)}
    assert "titel" in told["a"]["problems"][0]
    assert "no drawing was found" in told["b"]["problems"][0]
    assert told["c"]["problems"] == []
    assert told["c"]["distinct"] == 5


def test_the_report_is_the_same_each_time(tmp_path: Path) -> None:
    """Seconds stand on the screen alone."""
    (tmp_path / "own.md").write_text(SOUND)
    first, second = (run("check", str(tmp_path / "own.md"), "--seeds", "8") for _ in range(2))
    assert first.stdout == second.stdout
    assert "ms for each drawing" in first.stderr
    assert first.stdout.startswith("own: holds; 8 of 8 drawings differ, of about ")


@pytest.mark.tex
@pytest.mark.skipif(not engine.available(), reason="there is no TeX")
def test_what_sticks_out_of_the_page_is_told() -> None:
    """A word that is wider than the page, and a question that is higher than one; others are set all the same."""
    wide = read(SOUND.replace("without padding", f"without {'padding' * 40}"))
    high = read(
        SOUND.replace("tells_apart:", "space: 250\ntells_apart:").replace("\nHow many", "\nSee.\n" * 30 + "\nHow many")
    )
    sound = read(SOUND)
    found = check_all([(name, lambda one=one: one) for name, one in (("w", wide), ("h", high), ("s", sound))], 5)
    assert [result.layout for result in found] == ["does not fit", "does not fit", "fits"]
    assert found[0].problems[0].startswith("own.md, line 1")
    assert "too wide" in found[0].problems[0]
    assert "taller than a page" in found[1].problems[0]
