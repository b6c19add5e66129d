"""Every key of every kind, written wrongly: the layer, the key, what was found and what is allowed are named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.keys import permitted
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import LARGEST
from layerquiz.network.network import Network
from layerquiz.network.notation import shown
from oracle import drawn, drawn_kinds

LONGEST_MESSAGE = 600
NAMED_OTHERWISE = ("kind", "name")
"""Keys whose faults are told by the place of the layer: it has no kind or no name yet."""


def layers_of(kind: str) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Return an input and layers, the layer `x` of a kind among them, that are a network."""
    for seed in range(100):
        sizes, layers = drawn_kinds.MAKERS[kind](drawn.generator(f"{kind} {seed}"), kind, "textbook")
        try:
            Network.parse({"input": sizes, "layers": layers})
        except NetworkError:
            continue
        return sizes, layers
    raise AssertionError(f"no drawing of {kind} is a network")


def told(kind: str, wrong: dict[str, Any]) -> str:
    """Return the message that a layer of a kind is refused with when some keys are written so."""
    sizes, layers = layers_of(kind)
    changed = [{**layer, **wrong} if layer["name"] == "x" else layer for layer in layers]
    with pytest.raises(NetworkError) as caught:
        Network.parse({"input": sizes, "layers": changed})
    message = str(caught.value)
    assert len(message) < LONGEST_MESSAGE
    assert message.isprintable()
    return message


def keys_of(kind: str) -> dict[str, str]:
    """Return the keys of a kind as they are written, each with what it takes in words."""
    fields = {info.alias or name: permitted(info) for name, info in KINDS[kind].keys.model_fields.items()}
    return {key: takes for key, takes in fields.items() if key not in NAMED_OTHERWISE}


WRONG: dict[str, Any] = {
    "a mapping": {"a": {"b": 1}},
    "minus infinity": float("-inf"),
    "lists in lists": [[[1]]],
    "a list of mappings": [{}] * 9,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_value_names_layer_key_value_and_limit(kind: str, wrong: Any) -> None:
    """What a key takes is said in words, never as Python writes a type."""
    for key, takes in keys_of(kind).items():
        message = told(kind, {key: wrong})
        assert message == f'layer "x" ({kind}), key "{key}": found {shown(wrong)}. Allowed: {takes}.'
        assert not {"class", "typing", "Annotated", "object"} & set(message.replace("<", " ").split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_too_large_names_the_largest(kind: str) -> None:
    """Where a number is too large, alone or as an entry of a list, the largest one is what is allowed."""
    for key, takes in keys_of(kind).items():
        if "whole number" not in takes:
            continue
        wrong: Any = LARGEST + 1
        for _ in range(takes.count("a list with") if takes.startswith("a list") else 0):
            wrong = [wrong] * 2
        message = told(kind, {key: wrong})
        assert f'key "{key}": found {shown(wrong)}. Allowed: at most {LARGEST:,}.' in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_too_small_names_the_smallest(kind: str) -> None:
    """Where a number is too small, the smallest one is named."""
    for key, takes in keys_of(kind).items():
        if "number" in takes:
            message = told(kind, {key: -7})
            assert " from " in takes or " above 0" in takes
            assert f'key "{key}": found -7. Allowed: {takes}.' in message


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_key_names_the_nearest(kind: str) -> None:
    """A key with one letter doubled is answered with the key that is meant, though that is missing then."""
    for name in keys_of(kind):
        written = f"{name[0]}{name}"
        told_all = f'layer "x" ({kind}), key "{written}": there is no key "{written}". Did you mean "{name}"?'
        assert told(kind, {written: 1}) == told_all


LIMITED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a shape of five": ("reshape", {"shape": [1] * 5}, "a list with 1 to 4 entries, for each entry, a whole number"),
    "one entry of an order": ("permute", {"order": [1]}, "a list with 2 to 4 entries, for each entry, a whole number"),
    "three pads along an axis": ("zeropad", {"padding": [[1, 1, 1]] * 2}, "a list with 2 entries, for each entry"),
    "a ratio of 1": ("fractionalmaxpool2d", {"ratio": 1.0}, "a number above 0 and below 1"),
    "an open size": ("reshape", {"shape": [0]}, "a whole number from 1 up, or -1."),
    "a date": ("dense", {"units": date(2020, 1, 31)}, "found 2020-01-31."),
    "no visible character": ("dense", {"from": "a\x00\n\ud800"}, r'"a\x00\n\ud800"'),
}


@pytest.mark.parametrize(("kind", "wrong", "part"), LIMITED.values(), ids=LIMITED)
def test_a_limit_is_named_whole(kind: str, wrong: dict[str, Any], part: str) -> None:
    """How many entries a list has, and both ends of a range, are limits too."""
    assert part in told(kind, wrong)


TRILLION = 10**12


@pytest.mark.parametrize("kind", KINDS)
def test_a_trillion_works_or_is_refused_in_each_key(kind: str) -> None:
    """No work grows with a number that is written: a trillion gives whole numbers or one refusal."""
    sizes, layers = layers_of(kind)
    for key, takes in keys_of(kind).items():
        if "number" not in takes:
            continue
        changed = [{**layer, key: TRILLION} if layer["name"] == "x" else layer for layer in layers]
        found, message = activations({"input": sizes, "layers": changed})
        assert type(found) is int or 0 < len(message) < LONGEST_MESSAGE


def activations(spec: dict[str, Any]) -> tuple[Any, str]:
    """Return the numbers in the output of `x`, or the message with which a network is refused."""
    try:
        return Network.parse(spec).value("x.activations"), ""
    except NetworkError as error:
        return None, str(error)


EXACT: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, int]]] = {
    "dense": (
        {"features": TRILLION},
        {"kind": "dense", "units": TRILLION - 1},
        {"weights": TRILLION * (TRILLION - 1), "biases": TRILLION - 1, "macs": TRILLION * (TRILLION - 1)},
    ),
    "lstm": (
        {"tokens": TRILLION, "features": 7},
        {"kind": "lstm", "units": TRILLION},
        {"weights": 4 * TRILLION * (TRILLION + 7), "biases": 4 * TRILLION},
    ),
    "attention": (
        {"tokens": 3, "features": TRILLION},
        {"kind": "attention", "heads": 8},
        {"weights": 4 * TRILLION**2, "macs": 4 * 3 * TRILLION**2 + 2 * 9 * TRILLION},
    ),
    "transposed": (
        {"channels": 1, "height": TRILLION, "width": 1},
        {"kind": "convtranspose2d", "filters": 1, "kernel": 3, "stride": TRILLION},
        {"height": (TRILLION - 1) * TRILLION + 3, "weights": 9, "macs": 9 * TRILLION},
    ),
    "embedding": (
        {"tokens": 5},
        {"kind": "embedding", "vocabulary": TRILLION, "features": TRILLION},
        {"weights": TRILLION**2, "activations": 5 * TRILLION},
    ),
    "upsample": (
        {"channels": 1, "height": 3, "width": 5},
        {"kind": "upsample", "factor": TRILLION},
        {"height": 3 * TRILLION, "width": 5 * TRILLION},
    ),
}


@pytest.mark.parametrize(("sizes", "layer", "exact"), EXACT.values(), ids=EXACT)
def test_a_trillion_is_counted_exactly(sizes: dict[str, int], layer: dict[str, Any], exact: dict[str, int]) -> None:
    """Numbers are exact whatever their size, as whole numbers in plain Python are."""
    network = Network.parse({"input": sizes, "layers": [{"name": "x", **layer}]})
    assert {name: network.value(f"x.{name}") for name in exact} == exact
