"""Conventions: a value, by name or with single choices changed; what each changes in a network."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.network.conventions import NAMED, Conventions
from layerquiz.network.network import Network

IMAGE = {"channels": 3, "height": 10, "width": 8}


def value(name: str, conventions: Any, **layer: Any) -> Any:
    """Return a quantity of one layer `x` on an image of 10 x 8 x 3."""
    spec = {"input": IMAGE, "layers": [{"name": "x", **layer}], "conventions": conventions}
    return Network.parse(spec).value(name)


@pytest.mark.parametrize("name", NAMED)
def test_conventions_are_found_by_name(name: str) -> None:
    """Each name stands for one frozen value."""
    assert Conventions.of(name) is NAMED[name]
    assert Conventions.of(name).name == name
    assert Conventions.of(NAMED[name]) is NAMED[name]


def test_textbook_is_the_default() -> None:
    """A network that says nothing is counted as in a textbook."""
    assert Network.parse({"input": IMAGE, "layers": [{"kind": "identity"}]}).conventions == NAMED["textbook"]


def test_a_mapping_overrides_single_choices() -> None:
    """A mapping starts from its base, textbook unless it says otherwise."""
    assert Conventions.of({"bytes_per_number": 2}).bytes_per_number == 2
    changed = Conventions.of({"base": "pytorch", "channels_first": False})
    assert (changed.channels_first, changed.same_with_stride) == (False, False)


CHANGES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "shape order": (
        "x.shape",
        {"kind": "identity"},
        {"textbook": (10, 8, 3), "keras": (10, 8, 3), "pytorch": (3, 10, 8)},
    ),
    "stored statistics": ("x.parameters", {"kind": "batchnorm"}, {"textbook": 6, "pytorch": 6, "keras": 12}),
    "stored statistics are not learned": ("x.nontrainable", {"kind": "batchnorm"}, {"textbook": 0, "keras": 6}),
    "without statistics": ("x.parameters", {"kind": "batchnorm", "statistics": False}, {"keras": 6}),
    "dense on an image": ("x.weights", {"kind": "dense", "units": 5}, {"textbook": 15, "keras": 15, "pytorch": 40}),
    "dense on an image, shape": (
        "x.shape",
        {"kind": "dense", "units": 5},
        {"textbook": (10, 8, 5), "keras": (10, 8, 5), "pytorch": (3, 10, 5)},
    ),
    "same with stride": (
        "x.height",
        {"kind": "conv2d", "filters": 1, "kernel": 3, "stride": 4, "padding": "same"},
        {"textbook": 3, "keras": 3},
    ),
    "bytes": ("x.activation_bytes", {"kind": "identity"}, {"textbook": 960}),
}
ROWS = [(name, *row[:2], by, answer) for name, row in CHANGES.items() for by, answer in row[2].items()]


@pytest.mark.parametrize(
    ("quantity", "layer", "conventions", "answer"),
    [row[1:] for row in ROWS],
    ids=[f"{row[0]} under {row[3]}" for row in ROWS],
)
def test_what_a_convention_changes(quantity: str, layer: dict[str, Any], conventions: str, answer: Any) -> None:
    """The same layer is counted as each convention says."""
    assert value(quantity, conventions, **layer) == answer


def test_two_bytes_per_number() -> None:
    """The memory of one number is a choice."""
    assert value("x.activation_bytes", {"bytes_per_number": 2}, kind="identity") == 480
    assert value("x.parameter_bytes", {"bytes_per_number": 2}, kind="dense", units=1) == 8


def test_a_network_is_counted_under_other_conventions() -> None:
    """The same layers under other conventions are another network; under the same they are the same object."""
    network = Network.parse({"input": IMAGE, "layers": [{"kind": "batchnorm", "name": "x"}]})
    assert network.under("keras").value("x.parameters") == 12
    assert network.value("x.parameters") == 6
    assert network.under("textbook") is network
