"""Difficulty from the derivation: counted by hand for small questions, and alike over a class."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from layerquiz.cli import main
from layerquiz.exam import library, template
from layerquiz.exam.difficulty import BAND, NEAR, RULE, difficulty, lengths, usual
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import rebuilt


def dense(inputs, units, asked="d.weights", apart=""):
    """Return a question about one dense layer."""
    read = template.parse(
        f"---\ntitle: T\nnetwork:\n  input: {{features: {inputs}}}\n"
        f"  layers: [{{kind: dense, name: d, units: {units}}}]\n"
        f"ask: [{{blank: {asked}}}]\ntells_apart: [{apart}]\n---\nHow many?",
        "own",
    )
    return rebuilt(read, {"let": {}, "network": {"input": {"features": inputs}, "layers": [
        {"kind": "dense", "name": "d", "units": units}]}})  # fmt: skip


def test_a_product_counts_the_digits_of_its_factors():
    """One step: its rule, and 3 x 2 digits; zeros at the end and a factor of 1 are no work."""
    assert difficulty(dense(123, 45)) == RULE + 3 * 2
    assert difficulty(dense(1200, 45)) == RULE + 2 * 2
    assert difficulty(dense(123, 1)) == RULE


def test_steps_and_sums_count():
    """Weights (3 x 2 digits) and parameters (4-digit weights and a bias vector: the longer number counts)."""
    assert difficulty(dense(123, 45, "d.parameters")) >= 2 * RULE + 3 * 2


def test_mistakes_near_the_key_count():
    """Without its bias a dense layer has nearly as many parameters; a bias for each input is near too."""
    plain, near = (difficulty(dense(123, 45, "d.parameters", apart)) for apart in ("", "forgot-bias"))
    assert near == plain + NEAR


def test_longer_numbers_are_harder():
    """Of one template the largest drawing is harder than the smallest."""
    found = sorted((draw(library.named("dense-parameters"), seed) for seed in range(60)), key=lambda q: q.blanks[1].key)
    assert difficulty(found[0]) < difficulty(found[-1])


@pytest.mark.parametrize("name", ["conv-size", "dense-parameters", "mnist-network"])
def test_half_of_the_drawings_lie_on_either_side(name):
    """The median of the sample is that of other drawings, within the band."""
    read = library.named(name)
    found = sorted(difficulty(draw(read, seed)) for seed in range(101))
    assert abs(usual(read).median - found[50]) <= BAND * found[50]


def test_lengths_are_those_of_keys_and_factors():
    """The key 5535 has four digits, its factors three and two."""
    assert lengths(dense(123, 45)) == (4, 3, 2)


def test_draw_tells_the_difficulty():
    told = json.loads(CliRunner().invoke(main, ["draw", "conv-size", "--seed", "3", "--json"]).output)
    assert told["difficulty"] == difficulty(draw(library.named("conv-size"), 3))
