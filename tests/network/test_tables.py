"""Convolutions with a table of connections: counted pair by pair, proved, refused, and those of the 1998 LeNet."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.algebra import closed_form, equal
from layerquiz.formula.expr import Reference
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.network import Network
from oracle import drawn

IMAGE = {"channels": 5, "height": 9, "width": 8}


def network(rows: Any, **keys: Any) -> Network:
    """Return one convolution `c` with a table on an image of 5 channels."""
    layer = {"kind": "conv2d", "name": "c", "filters": len(rows), "kernel": 3, "table": rows, **keys}
    return Network.parse({"input": IMAGE, "layers": [layer]})


def test_each_pair_of_maps_has_a_kernel(many: int) -> None:
    """Weights, biases, multiply-adds and connections, one tap, pair and place after the other."""
    draw = drawn.generator("tables")
    for _ in range(20 * many):
        table = [draw.sample(range(5), draw.randint(1, 5)) for _ in range(draw.randint(1, 6))]
        found = network(table, stride=draw.choice((1, 2)), bias=draw.random() < 0.5)
        taps = [(place, channel, tap) for place, row in enumerate(table) for channel in row for tap in range(9)]
        places = found.value("c.height") * found.value("c.width")
        biases = [place for place, _ in enumerate(table) if found.by_name["c"].keys.bias]
        assert (found.value("c.weights"), found.value("c.biases")) == (len(taps), len(biases))
        assert found.value("c.macs") == sum(places for _ in taps)
        assert found.value("c.connections") == sum(places for _ in (*taps, *biases))


def test_a_full_table_is_a_plain_convolution() -> None:
    """Where each filter sees each channel, everything but the tensor's shape is as without a table."""
    full, plain = network([list(range(5))] * 4), network([[0]] * 4, table=None)
    for name in ("shape", "parameters", "macs", "receptive_field", "training_flops", "units"):
        assert full.value(f"c.{name}") == plain.value(f"c.{name}")


def test_the_formula_is_proved() -> None:
    """K² (2·1 + 1·3) + F, whatever K and F are."""
    found = closed_form(network([[0], [1], [0, 2, 4]]).graph, "c.parameters", ["c.kernel", "c.filters"])
    assert equal(found, Reference("c", "kernel") ** 2 * 5 + Reference("c", "filters")) is True


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"table": [[0], [5]]}, "not among its input's 5"),
        ({"table": [[0]], "filters": 2}, "a row for each of 2 filters"),
        ({"table": [[0], [1]], "groups": 1, "filters": 3}, "a row for each of 3 filters"),
        ({"table": [[0], []]}, '"table"'),
        ({"table": []}, '"table"'),
        ({"table": [[0], [-1]]}, '"table"'),
        ({"table": [0, 1]}, '"table"'),
        ({"table": [[0], [1]], "groups": 2}, "groups are given too"),
    ],
)
def test_a_table_that_cannot_be_is_refused(keys: dict[str, Any], said: str) -> None:
    """Each message names the layer and what is wrong."""
    with pytest.raises(NetworkError, match=said) as caught:
        network([[0], [1]], **keys)
    assert 'layer "c"' in str(caught.value)


def test_the_1998_lenet_taken_for_todays() -> None:
    """All maps connected, or pools that learn nothing: the other LeNet is named."""
    found = Network.named("lenet5_1998")
    story = diagnose(found, "c3.parameters", "2416")
    assert (story.verdict, list(story.mistakes)) == ("mistake", ["lenet-c3-full-vs-table"])
    assert diagnose(found, "c3.parameters", "1516").verdict == "correct"
    assert diagnose(Network.named("lenet5"), "conv2.parameters", "1516").mistakes == story.mistakes
