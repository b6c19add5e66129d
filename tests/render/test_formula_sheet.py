"""The formula sheet: the formulas by which the answers of an exam are counted, and no others."""

from __future__ import annotations

import pytest

from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Question
from layerquiz.render import formula_sheet
from layerquiz.render.document import Paragraph, Step

NAMES = ("conv-size", "conv-parameters", "dense-parameters", "conv1d-parameters", "pooling-size", "lstm-parameters")


def drawn(*names: str, seed: int = 1) -> list[Question]:
    return [draw(library.named(name), seed) for name in names]


def formulas(*names: str) -> dict[str, list[tuple[str, str]]]:
    """Return the formulas of some templates under their headings."""
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for block in formula_sheet.sheet(formula_sheet.rules(drawn(*names))):
        if isinstance(block, Paragraph):
            heading = block.markdown
        elif isinstance(block, Step):
            left, right = block.latex
            found.setdefault(heading, []).append((left, right))
    return found


def test_a_dense_layer_has_its_formulas_and_nothing_else_is_there():
    """Compared with what every textbook prints."""
    found = formulas("dense-parameters")
    assert [*found] == ["Dense layer"]
    assert (r"\text{weights}", r"F_{\text{in}} \cdot F") in found["Dense layer"]
    assert (r"\text{biases}", "F") in found["Dense layer"]
    assert (r"\text{parameters}", r"\text{weights} + \text{biases}") in found["Dense layer"]


def test_what_two_kinds_share_is_said_once():
    found = formulas("conv-parameters", "dense-parameters")
    sums = [heading for heading, lines in found.items() for left, _ in lines if left == r"\text{parameters}"]
    assert sums == ["Convolution and dense layer"]


def test_one_and_two_dimensions_are_told_apart():
    found = formulas("conv-parameters", "conv1d-parameters")
    assert {"Convolution (1-D)", "Convolution (2-D)"} <= {*found}


def test_each_letter_is_explained_once():
    blocks = formula_sheet.sheet(formula_sheet.rules(drawn(*NAMES)))
    told = [entry.split("$")[1] for block in blocks if isinstance(block, Step) for entry in block.where]
    assert len(told) == len(set(told))
    assert {"K", "S", "P"} <= {*told}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_questions_does_not_matter(seed: int):
    """All papers of an exam have the same sheet, whoever's questions are looked at first."""
    questions = drawn(*NAMES, seed=seed)
    assert formula_sheet.sheet(formula_sheet.rules(questions)) == formula_sheet.sheet(
        formula_sheet.rules(reversed(questions))
    )


def test_no_number_of_a_paper_stands_on_the_sheet():
    """Two students' numbers give one sheet: it holds letters alone."""
    for name in ("conv-parameters", "dense-parameters"):
        sheets = {formula_sheet.sheet(formula_sheet.rules(drawn(name, seed=seed))) for seed in range(6)}
        assert len(sheets) == 1
