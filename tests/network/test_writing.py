"""Notation as text: what is written reads back equal, and reads as the known networks are written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import NetworkError
from layerquiz.network.notation import load
from layerquiz.network.writing import WIDTH, text
from layerquiz.network.zoo import names, specification
from oracle import drawn, drawn_kinds

HOSTILE = (
    "no",
    "1e3",
    "1_000",
    "= filters",
    "a: b",
    "a, b",
    "#x",
    "- x",
    "~",
    "",
    " x ",
    "x\ny",
    "'",
    '"',
    "{",
    "2026-01-01",
)
NUMBERS = st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
VALUES = st.recursive(
    NUMBERS | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
ENTRIES = st.lists(
    st.dictionaries(st.sampled_from(("kind", "name", "from", "layers", "repeat", "x")), VALUES), max_size=4
)


def read(spec: dict[str, Any]) -> Any:
    """Return what is read from what is written."""
    return load(text(spec), NetworkError)


@pytest.mark.parametrize("name", names())
def test_the_known_networks_read_back_equal(name: str) -> None:
    """Every known network, written within the width."""
    spec = load(specification(name), NetworkError)
    assert read(spec) == spec
    assert all(len(line) <= WIDTH for line in text(spec).splitlines())


@pytest.mark.parametrize("name", ["vgg16", "densenet121", "mobilenet_v2", "vit_b_16", "bert_base", "alexnet_groups"])
def test_known_networks_are_written_as_they_are_kept(name: str) -> None:
    """What people wrote is what is written again, but for the comments."""
    kept = [line for line in specification(name).splitlines() if not line.startswith("#")]
    assert text(load("\n".join(kept), NetworkError)).splitlines() == kept


@pytest.mark.parametrize("seed", range(40))
def test_drawn_networks_read_back_equal(seed: int) -> None:
    """All kinds and keys that the oracles draw."""
    draw = drawn.generator(f"written {seed}")
    conventions = draw.choice(("textbook", "pytorch", "keras"))
    for spec in (drawn.network(draw, conventions), drawn_kinds.any_network(draw, conventions)):
        assert read(spec) == spec


@given(
    VALUES,
    ENTRIES,
    st.dictionaries(st.text(max_size=20), st.fixed_dictionaries({"arguments": VALUES, "layers": ENTRIES})),
)
def test_hostile_networks_read_back_equal(value: Any, layers: Any, blocks: Any) -> None:
    """Whatever stands where: what YAML takes for numbers, its signs, lists in lists, texts on several lines."""
    spec = {"name": value, "input": value, "blocks": blocks, "layers": layers}
    assert read(spec) == spec


def test_what_needs_quotes_has_them_and_nothing_else() -> None:
    """Expressions and what other readers take for numbers are quoted; plain names are not."""
    entry = {"name": "no", "kind": "conv2d", "filters": "= filters", "from": ["1e3", "conv1"], "kernel": [3, None]}
    written = text({"layers": [entry]}).splitlines()[1]
    assert written == '  - {kind: conv2d, name: "no", from: ["1e3", conv1], filters: "= filters", kernel: [3, null]}'


def test_a_long_line_goes_on_below_its_bracket() -> None:
    """A concatenation of many layers stands on several lines, each within the width."""
    sources = [f"denseblock1_denselayer{number}_conv2" for number in range(9)]
    spec = {"layers": [{"kind": "concat", "name": "all", "from": sources}]}
    first, *rest = text(spec).splitlines()[1:]
    assert rest
    assert all(line.startswith(" " * 5) and len(line) <= WIDTH for line in rest)
    assert first.startswith("  - {kind: concat")
    assert read(spec) == spec


def test_layers_that_stand_together_are_written_below_their_block() -> None:
    """A block without a name has its layers on lines of their own."""
    spec = {"layers": [{"repeat": 2, "name": "twice", "layers": [{"kind": "dense", "units": 3}]}]}
    assert text(spec) == "layers:\n  - name: twice\n    repeat: 2\n    layers:\n      - {kind: dense, units: 3}\n"
