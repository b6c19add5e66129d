"""The notation: YAML and JSON, what is refused, where it stands, and that nothing else ever happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layerquiz.errors import NetworkError
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network

INPUT = {"channels": 3, "height": 8, "width": 8}
CONV = {"kind": "conv2d", "filters": 4, "kernel": 3}
LONGEST_MESSAGE = 400


def spec(*layers: Any, **top: Any) -> dict[str, Any]:
    """Return a network of some layers on an image of 8 x 8 x 3."""
    return {"input": INPUT, "layers": list(layers), **top}


def refused(source: Any) -> NetworkError:
    """Return the error that a network is refused with."""
    with pytest.raises(NetworkError) as caught:
        Network.parse(source)
    assert len(str(caught.value)) < LONGEST_MESSAGE
    return caught.value


REFUSED: dict[str, tuple[Any, str, list[str]]] = {
    "not a mapping": ([], "not-a-mapping", ["input and layers"]),
    "unknown top key": (spec(CONV, inptu=1), "network", ['"inptu"', 'Did you mean "input"?']),
    "name is no text": (spec(CONV, name=[1]), "bad-name", ["name is [1]", "a text"]),
    "no layers": ({"input": INPUT}, "no-layers", ["a list of layers"]),
    "empty layers": (spec(), "no-layers", ["a list of layers"]),
    "a layer is no mapping": (spec(CONV, "dense"), "network", ["layer 2", "'dense'"]),
    "no input": ({"layers": [CONV]}, "input", ["{channels, height, width}"]),
    "half an image": (spec(CONV, input={"channels": 1, "height": 2}), "input", ["{features}"]),
    "unknown size": (spec(CONV, input={**INPUT, "hight": 1}), "network", ['Did you mean "height"?']),
    "size of 0": (spec(CONV, input={**INPUT, "height": 0}), "input", ["height is 0", "from 1"]),
    "size of true": (spec(CONV, input={**INPUT, "height": True}), "input", ["height is True"]),
    "size of 8.0": (spec(CONV, input={**INPUT, "height": 8.0}), "input", ["height is 8.0"]),
    "size too large": (spec(CONV, input={**INPUT, "height": 10**16}), "input", ["1,000,000,000,000,000"]),
    "no kind": (spec({"filters": 1}), "unknown-kind", ["layer 1", "needs a kind"]),
    "unknown kind": (spec(CONV, {"kind": "conv2"}), "unknown-kind", ["layer 2", 'Did you mean "conv2d"?']),
    "unknown key": (spec({**CONV, "kernal": 3}), "unknown-key", ['"conv2d_1" (conv2d)', 'Did you mean "kernel"?']),
    "a number as key": (spec({**CONV, 3: 3}), "unknown-key", ['"3"', "kernel"]),
    "missing key": (spec({"kind": "conv2d", "kernel": 3}), "missing-key", ['"filters" is missing', "a whole number"]),
    "a text for a number": (spec({**CONV, "kernel": "3"}), "wrong-value", ['key "kernel"', "found '3'", "from 1 up"]),
    "a fraction": (spec({**CONV, "kernel": 2.5}), "wrong-value", ["found 2.5"]),
    "true for a number": (spec({**CONV, "kernel": True}), "wrong-value", ["found True"]),
    "0 for a kernel": (spec({**CONV, "kernel": 0}), "wrong-value", ["found 0", "from 1 up"]),
    "negative padding": (spec({**CONV, "padding": -1}), "wrong-value", ["found -1", "from 0 up"]),
    "a number too large": (spec({**CONV, "kernel": 10**16}), "wrong-value", ["at most 1,000,000,000,000,000"]),
    "a number of 5,000 digits": (spec({**CONV, "kernel": 10**5000}), "wrong-value", ["about 5,001 digits"]),
    "unknown word": (spec({**CONV, "padding": "full"}), "wrong-value", ["found 'full'", '"same"']),
    "causal in two dimensions": (spec({**CONV, "padding": "causal"}), "wrong-value", ['found "causal"']),
    "too many entries": (spec({**CONV, "kernel": [3, 3, 3]}), "wrong-length", ["3 entries", "(height, width)"]),
    "a rate above 1": (spec({"kind": "dropout", "rate": 2}), "wrong-value", ["found 2", "from 0 to 1"]),
    "a kind of 5,000 digits": (spec({"kind": 10**5000}), "unknown-kind", ["about 5,001 digits"]),
    "a network's name of 5,000 digits": (spec(CONV, name=10**5000), "bad-name", ["about 5,001 digits"]),
    "doubled name": (spec({**CONV, "name": "a"}, {**CONV, "name": "a"}), "doubled-name", ["layer 2", '"a"', "taken"]),
    "doubled default name": (spec({**CONV, "name": "conv2d_2"}, CONV), "doubled-name", ['"conv2d_2"']),
    "reserved name": (spec({**CONV, "name": "total"}), "bad-name", ["layer 1", "'total'"]),
    "dotted name": (spec({**CONV, "name": "a.b"}), "bad-name", ["'a.b'", "letters, digits and _"]),
    "name is a number": (spec({**CONV, "name": 3}), "wrong-value", ['key "name"', "found 3"]),
    "missing layer": (spec({**CONV, "name": "c"}, {"kind": "flatten", "from": "cc"}), "unknown-layer", ['mean "c"?']),
    "from nothing": (spec({**CONV, "from": []}), "wrong-inputs", ["0 inputs", "one input"]),
    "from two": (spec({**CONV, "from": ["input", "input"]}), "wrong-inputs", ["2 inputs", "one input"]),
    "a sum of one": (spec({"kind": "add", "from": ["input"]}), "wrong-inputs", ["1 inputs", "two inputs or more"]),
    "a circle": (
        spec({**CONV, "name": "a", "from": "b"}, {**CONV, "name": "b", "from": "a"}),
        "cycle",
        ["circle", "a takes from b takes from a"],
    ),
    "itself": (spec({**CONV, "name": "a", "from": "a"}), "cycle", ["a takes from a"]),
    "wrong rank": (spec({"kind": "conv1d", "filters": 1, "kernel": 1}), "wrong-rank", ["channels, length", "height"]),
    "mixed ranks": (
        spec(CONV, {"kind": "flatten"}, {"kind": "add", "from": ["conv2d_1", "flatten_1"]}),
        "mixed-ranks",
        ["channels, height, width and features"],
    ),
    "kernel too large": (spec({**CONV, "kernel": 9}), "size-below-one", ["height 0", "kernel of 9", "height is 8"]),
    "groups and input channels": (spec({**CONV, "groups": 2}), "groups", ["2 groups", "3 input channels"]),
    "groups and filters": (spec({**CONV, "groups": 3}), "groups", ["3 groups", "4 filters"]),
    "pool padding": (spec({"kind": "maxpool2d", "kernel": 3, "padding": 2}), "pool-padding", ["padding of 2", "half"]),
    "sums that differ": (
        spec(CONV, {"kind": "add", "from": ["input", "conv2d_1"]}),
        "shapes-do-not-meet",
        ["input has 3, conv2d_1 has 4"],
    ),
    "concat along an axis that is not there": (
        spec({"kind": "concat", "from": ["input", "input"], "axis": "depth"}),
        "wrong-value",
        ["found 'depth'", "channels, height, width"],
    ),
    "same with stride under pytorch": (
        spec({**CONV, "padding": "same", "stride": 2}, conventions="pytorch"),
        "same-with-stride",
        ["stride of 2", "pytorch"],
    ),
    "pools know no same under pytorch": (
        spec({"kind": "maxpool2d", "kernel": 2, "padding": "same"}, conventions="pytorch"),
        "same-pool",
        ["pytorch", "Use a number"],
    ),
    "unknown conventions": (spec(CONV, conventions="torch"), "conventions", ['Did you mean "pytorch"?']),
    "unknown choice": (spec(CONV, conventions={"chanels_first": True}), "conventions", ['mean "channels_first"?']),
    "a choice of the wrong type": (spec(CONV, conventions={"channels_first": 1}), "conventions", ["true or false"]),
    "bytes of 0": (spec(CONV, conventions={"bytes_per_number": 0}), "conventions", ["from 1"]),
}


@pytest.mark.parametrize(("source", "slug", "parts"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_where_and_what_is_allowed(source: Any, slug: str, parts: list[str]) -> None:
    """Each fault has its slug and names the layer, the key, what was found and what is allowed."""
    error = refused(source)
    assert error.slug == slug
    assert all(part in str(error) for part in parts), str(error)
    assert error.exit_code == 1


TEXT = """name: small
input: {channels: 3, height: 8, width: 8}
layers:
  - kind: conv2d
    filters: 4
    kernel: 3
  - {kind: flatten}
"""

LINES: dict[str, tuple[str, str, int]] = {
    "top key": ("name: small", "nam: small", 1),
    "input size": ("channels: 3", "channels: 0", 2),
    "kind": ("kind: conv2d", "kind: conv2", 4),
    "value": ("filters: 4", "filters: four", 5),
    "unknown key": ("kernel: 3", "kernal: 3", 6),
    "impossible size": ("kernel: 3", "kernel: 9", 4),
    "last layer": ("{kind: flatten}", "{kind: flattn}", 7),
    "from": ("{kind: flatten}", "{kind: flatten, from: cc}", 7),
}


@pytest.mark.parametrize(("old", "new", "line"), LINES.values(), ids=LINES)
def test_a_refusal_names_the_line(old: str, new: str, line: int) -> None:
    """An error in a text says in which line the faulty entry stands."""
    assert str(refused(TEXT.replace(old, new))).startswith(f"line {line}")


BAD_TEXT: dict[str, tuple[str, str]] = {
    "empty": ("", "found None"),
    "open bracket": ("layers: [", "not readable"),
    "tab": ("layers:\n\t- a", "line 2"),
    "doubled key": (
        "input: 1\ninput: 2",
        'line 2, column 1: this is not readable as YAML: the key "input" stands twice',
    ),
    "code": ("!!python/object/apply:os.system ['true']", "not readable"),
    "unknown alias": ("input: *a", "not readable"),
    "nested too deeply": ("[" * 100_000, "not readable"),
    "too many digits": ("input: {features: " + "9" * 5000 + "}", "not readable"),
    "control characters": ("é: é\ninput: \x00", "line 2: this is not readable"),
    "half a character": ("input: \ud800", "not readable"),
    "a mapping that holds itself": ("&a {input: *a, layers: [*a]}", "there is no key"),
    "a list that holds itself": ("input: {features: 1}\nlayers: &a [*a]", "layer 1"),
}


@pytest.mark.parametrize(("text", "part"), BAD_TEXT.values(), ids=BAD_TEXT)
def test_a_text_that_is_no_yaml_is_one_error(text: str, part: str) -> None:
    """Whatever is wrong with a text, it is one error with its line, and no code is ever run."""
    assert part in str(refused(text))


def test_yaml_json_and_mapping_are_the_same() -> None:
    """The three ways to write a network give the same numbers."""
    mapping = yaml.safe_load(TEXT)
    networks = [Network.parse(source) for source in (TEXT, json.dumps(mapping), mapping)]
    assert networks[0].values == networks[1].values == networks[2].values
    assert networks[0].name == "small"


LONG = "z" * 5000
LONG_WORDS: dict[str, Any] = {
    "kind": spec({"kind": LONG}),
    "key": spec({**CONV, LONG: 1}),
    "value": spec({**CONV, "padding": LONG}),
    "name": spec({**CONV, "name": LONG}, {**CONV, "name": LONG}),
    "from": spec({**CONV, "from": LONG}),
    "top": spec(CONV, **{LONG: 1}),
    "input": spec(CONV, input={**INPUT, LONG: 1}),
    "conventions": spec(CONV, conventions=LONG),
    "a circle of 900": spec(*({**CONV, "name": f"a{i}", "from": f"a{(i + 1) % 900}"} for i in range(900))),
    "900 known names": spec(*({**CONV, "name": f"a{i}", "kernel": 1} for i in range(900)), {**CONV, "from": "qqqqq"}),
    "900 inputs": spec(
        *({**CONV, "name": f"layer{i}", "from": "input", "filters": i + 1} for i in range(900)),
        {"kind": "add", "from": [f"layer{i}" for i in range(900)]},
    ),
}


@pytest.mark.parametrize("source", LONG_WORDS.values(), ids=LONG_WORDS)
def test_messages_stay_short(source: Any) -> None:
    """A message fits on the screen whatever was written: long words and lists are cut."""
    refused(source)


KEYS = sorted({key for kind in KINDS.values() for key in kind.keys.model_fields} | {"from"})
WORDS = st.sampled_from(
    ["same", "valid", "causal", "input", "conv2d_1", "relu", "channels", "", "x", "é", "\x00", LONG]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(),
    st.just(10**4000),
    st.floats(),
    WORDS,
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
SANE = st.one_of(st.integers(1, 5), st.booleans(), WORDS, st.lists(st.integers(0, 4), min_size=1, max_size=3))
LAYERS = st.builds(
    lambda kind, keys: {"kind": kind, **keys},
    st.sampled_from([*KINDS, "conv", ""]),
    st.dictionaries(st.sampled_from(KEYS), SANE | VALUES, max_size=5),
)
INPUTS = st.dictionaries(
    st.sampled_from(["channels", "height", "width", "depth", "length", "tokens", "features"]), st.integers(1, 30)
)
NETWORKS = st.fixed_dictionaries(
    {"layers": st.lists(LAYERS | VALUES, max_size=4), "input": st.just(INPUT) | INPUTS | VALUES},
    optional={"conventions": st.sampled_from(["textbook", "pytorch", "keras"]) | VALUES, "name": VALUES},
)


@settings(max_examples=1000)
@given(NETWORKS | VALUES)
@example(spec({**CONV, "from": []}))
@example(spec({"kind": "concat", "from": ["input", "input"], "axis": "width"}))
def test_any_value_works_or_is_refused(source: Any) -> None:
    """Whatever is given, there is a network with all its values or one short NetworkError, never anything else."""
    try:
        network = Network.parse(source)
    except NetworkError as error:
        message, slug = str(error), error.slug
    else:
        message, slug = "", "fine"
        assert set(network.values) == {"input", "total", *(layer.name for layer in network.layers)}
    assert len(message) < LONGEST_MESSAGE
    assert slug


@settings(max_examples=500)
@given(st.text(alphabet=st.sampled_from("[]{}:,-&*!|>'\"#% \n\tabc012"), max_size=40))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    """No text, however broken, gives anything but a NetworkError."""
    refused(text)
