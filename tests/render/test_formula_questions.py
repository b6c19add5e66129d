"""Questions that ask for formulas, as they are printed: letters for numbers, and a solution in letters."""

from __future__ import annotations

import layerquiz as lq
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.network.glossary import of_one
from layerquiz.render import latex, text
from layerquiz.render.document import Blank, Sheet
from layerquiz.render.questions import printed, steps


def question():
    drawn = lq.draw("conv-size-in-letters", 3)
    return printed(drawn, 1, {blank.place: f"1{blank.place}" for blank in drawn.blanks})


def test_the_solution_has_letters_and_the_numbers_that_are_none():
    """The rule of the layer comes first, then the formula with the stride of 3 that the question states."""
    steps = dict(question().solution)["1a"]
    assert steps[-1].text == "conv: H_out = floor((H - K + 2P) / S) + 1 = floor((H - K + 2P) / 3) + 1"
    assert r"\frac{H - K + 2P}{3}" in steps[-1].latex[-1]


def test_a_formula_has_a_wide_box_and_no_unit():
    """A formula needs room to write; it is no number of pixels."""
    assert [(blank.wide, blank.unit) for blank in question().blanks] == [(True, ""), (True, "")]
    number = lq.draw("conv-size", 3)
    assert not any(blank.wide for blank in printed(number, 1, {b.place: b.place for b in number.blanks}).blanks)


def test_a_sheet_with_formulas_is_set():
    """LaTeX and plain text both print the letters and what they mean."""
    sheet = Sheet("Letters", (question(),), solutions=True)
    assert r"C_{\text{out}}" in latex.sheet(sheet).text
    assert "Use these letters: H input height" in text.sheet(sheet)


def test_each_step_ends_in_the_letters_of_the_question():
    """F is the first layer's units: the second layer's rule, F_in F, is said again in what it comes to here."""
    question = draw(library.named("mlp-in-letters"), 1)
    of_output = steps(question.blanks[1], *question.solution[1])
    units = question.network.value("output.units")
    assert of_output[0].text == f"output: weights = F_in * F = F * {units}"


def test_one_is_no_plural():
    """A right answer of 1 has its unit in the singular; units that are no words of the glossary stay."""
    one, two = (Blank("1a", "jump", "1", key, "pixels", unit_of_one=of_one("pixels")) for key in ("$1$", "$2$"))
    assert (one.key_unit, two.key_unit) == ("pixel", "pixels")
    assert of_one("moments") == "moments"
