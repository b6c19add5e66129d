"""A new kind of layer is one rule and no other code: numbers, steps, checks and proofs follow from it."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.algebra import closed_form, equal
from layerquiz.formula.derive import derive
from layerquiz.formula.expr import Reference, product
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import Before, Formulas, Keys, Kind, Own, PerAxis, Positive
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from oracle import counting, drawn, printed


class MaxoutKeys(Keys):
    """Keys of a maxout convolution: each filter is the largest of some pieces."""

    filters: Positive
    pieces: Positive = 2
    kernel: PerAxis
    bias: bool = True


def maxout(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = K^2 C_in k C_out; biases = k C_out. Source: Goodfellow et al., arXiv:1302.4389."""
    (source,) = before
    formulas: Formulas = {
        "channels": own.filters,
        **{axis: source[axis] - own.kernel[axis] + 1 for axis in source.form.axes},
        "weights": product(
            [*(own.kernel[axis] for axis in source.form.axes), source.channels, own.pieces, own.filters]
        ),
        "macs": product([own.weights, *(own[axis] for axis in source.form.axes)]),
    }
    if own.bias:
        formulas["biases"] = own.pieces * own.filters
    return formulas


MAXOUT = Kind("maxout2d", MaxoutKeys, maxout, 2, ("channels", "height", "width"), per_axis=("kernel",))
KINDS_AND_ONE = {**KINDS, "maxout2d": MAXOUT}


def network(sizes: dict[str, int], **layer: Any) -> Network:
    """Return a network of one maxout layer `x` and a dense layer."""
    layers = [{"kind": "maxout2d", "name": "x", **layer}, {"kind": "flatten"}, {"kind": "dense", "units": 3}]
    return Network.parse({"input": sizes, "layers": layers}, kinds=KINDS_AND_ONE)


@pytest.fixture
def example() -> Network:
    """Return 4 filters of 2 pieces and 3x3 on an image of 8 x 6 x 5."""
    return network({"channels": 5, "height": 8, "width": 6}, filters=4, kernel=3)


def test_the_key_follows_from_the_rule(example: Network) -> None:
    """Sizes, weights, biases, parameters, bytes and totals come without further code."""
    assert example.value("x.shape") == (6, 4, 4)
    row = summarise(example)["x"]
    assert (row.weights, row.biases, row.parameters, row.macs, row.flops) == (360, 8, 368, 8640, 17280)
    assert (row.trainable, row.nontrainable, row.activations, row.parameter_bytes) == (368, 0, 96, 1472)
    assert (row.receptive_field, row.jump) == (None, None)
    assert example.value("total.parameters") == 368 + 96 * 3 + 3


def test_the_steps_follow_from_the_rule(example: Network) -> None:
    """The derivation shows the rule with its numbers."""
    steps = printed.chain(derive(example.graph, [example.graph.find("x.parameters")])).splitlines()
    assert steps == [
        "x.weights = 3*3*5*2*4 = 360 = 360",
        "x.biases = 2*4 = 8 = 8",
        "x.parameters = 360 + 8 = 368 = 368",
    ]


def test_the_refusals_follow_from_the_keys() -> None:
    """Keys, their types and impossible sizes are checked as for every kind."""
    sizes = {"channels": 5, "height": 8, "width": 6}
    with pytest.raises(NetworkError, match='Did you mean "pieces"'):
        network(sizes, filters=4, kernel=3, peices=2)
    with pytest.raises(NetworkError, match="width 0"):
        network(sizes, filters=4, kernel=7)
    with pytest.raises(NetworkError, match='"filters" is missing'):
        network(sizes, kernel=3)


def test_the_proof_follows_from_the_rule(example: Network) -> None:
    """The closed form is proved to be the textbook's."""
    letters = ["x.kernel", "x.filters", "x.pieces", "input.channels"]
    found = closed_form(example.graph, "x.parameters", letters)
    kernel, filters, pieces = (Reference("x", name) for name in ("kernel", "filters", "pieces"))
    assert equal(found, (kernel**2 * Reference("input", "channels") + 1) * pieces * filters) is True


def test_the_brute_force_check_follows_from_the_rule(many: int) -> None:
    """A counting evaluator, for which a product is nested counting, finds as many as the key says."""
    draw, ran = drawn.generator("new kind"), 0
    for _ in range(40 * many):
        sizes = drawn.image(draw, 2, 8)
        kernel = drawn.per_axis(draw, 2, (1, 2, 3))
        found = network(sizes, filters=draw.randint(1, 3), pieces=draw.randint(1, 3), kernel=kernel)
        values = found.values["x"]
        part = found.graph.parts["x"]
        numbers = {Reference("own", key): values[key] for key in (*part.rules.formulas, *part.givens)}
        numbers |= {Reference("before", key): number for key, number in found.values["input"].items()}
        for name, formula in part.rules.formulas.items():
            if isinstance(values[name], int) and values[name] <= counting.MOST:
                assert counting.count(formula, numbers) == values[name], (name, found.spec)  # type: ignore[arg-type]
                ran += 1
    assert ran > 300


def test_the_kinds_that_are_shipped_stay_as_they_are() -> None:
    """A kind that is given to one network is unknown to the next."""
    assert "maxout2d" not in KINDS
    with pytest.raises(NetworkError, match='no kind "maxout2d"'):
        Network.parse({"input": {"features": 1}, "layers": [{"kind": "maxout2d"}]})


def test_the_mistakes_follow_from_the_rule(example: Network) -> None:
    """Mistakes that concern what the rule has are found; those that need other keys do not apply."""
    story = diagnose(example, "x.parameters", "360")
    assert story.verdict == "mistake"
    assert "forgot-bias" in str((story.mistakes, story.rivals))


def test_a_wrong_answer_to_a_new_kind_never_fails(example: Network) -> None:
    """An answer that nothing explains is a verdict, not a crash, whatever keys the kind has."""
    assert diagnose(example, "x.parameters", "123456789").verdict == "wrong"
    assert diagnose(example, "x.height", "77").verdict == "wrong"
