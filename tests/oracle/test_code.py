"""Code that is written runs: the model has the shapes and the numbers that the network has."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.forms.failing import FailingLayer
from layerquiz.network.exchange import keras as keras_code
from layerquiz.network.exchange import torch as torch_code
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from layerquiz.network.zoo import names
from oracle import code, decisions, drawn, drawn_keras, drawn_kinds, keras_gaps
from oracle.code import Ran

pytestmark = pytest.mark.oracle

NOT_IN_TORCH = {
    "mixture": "no module sends tokens to experts",
    "additiveattention": "models write a module of their own",
    "normalization": "no module finds the mean of data",
    **dict.fromkeys((f"locallyconnected{rank}d" for rank in (1, 2)), "all convolutions share their weights"),
    **dict.fromkeys((f"convlstm{rank}d" for rank in (1, 2)), "recurrent modules have dense products"),
}
"""Kinds that PyTorch has no module or function for."""

ALWAYS_REFUSED = {f"maxunpool{rank}d" for rank in (1, 2, 3)}
"""Kinds that PyTorch has and that the notation does not say enough of: which pool's places."""

SAME_NUMBERS_EVERYWHERE = [kind for kind in drawn_kinds.MAKERS if kind not in ("rnn", "lstm", "gru")]
"""Recurrent layers have another number of biases in each framework."""


@pytest.fixture(name="torch_runs")
def in_torch(torch: ModuleType, tmp_path: Path) -> Callable[[Network, str], None]:
    """Return a check that PyTorch code runs and has what its network has."""
    return lambda network, text: holds("torch", network, text, lambda: code.in_torch(text, network, tmp_path))


@pytest.fixture(name="keras_runs")
def in_keras(keras: ModuleType, tmp_path: Path) -> Callable[[Network, str], None]:
    """Return a check that Keras code runs and has what its network has."""
    return lambda network, text: holds("keras", network, text, lambda: code.in_keras(text, network, tmp_path))


def holds(framework: str, network: Network, text: str, ran: Callable[[], Ran]) -> None:
    """Compare a model with its network, unless its framework refuses what it is known to refuse."""
    try:
        found = ran()
    except Exception as error:
        if decisions.deciding(framework, network, error):
            return
        raise AssertionError(f"{error}\n{text}") from error
    assert found == code.expected(network, channels_first=framework == "torch"), text


def test_drawn_networks_run_in_torch(torch_runs: Any, many: int) -> None:
    """Chains and branches, as PyTorch and as a textbook would have them."""
    for conventions in ("pytorch", "textbook"):
        draw = drawn.generator(f"code {conventions}")
        for network, text in code.written(torch_code, 40 * many, lambda: drawn.network(draw, conventions)):  # noqa: B023
            torch_runs(network, text)


def test_drawn_networks_run_in_keras(keras_runs: Any, many: int) -> None:
    """Chains and branches, as Keras and as PyTorch would have them."""
    draw = drawn.generator("code")
    for network, text in code.written(keras_code, 25 * many, lambda: drawn_keras.network(draw)):
        keras_runs(network, text)
    for network, text in code.written(keras_code, 15 * many, lambda: drawn.network(draw, "pytorch")):
        keras_runs(network, text)


@pytest.mark.parametrize("kind", [kind for kind in torch_code.KINDS if kind not in ALWAYS_REFUSED])
def test_every_kind_runs_in_torch(torch_runs: Any, kind: str, many: int) -> None:
    """Each kind with each of its keys, as PyTorch counts and, where that is the same, as others do."""
    draw = drawn.generator(f"code {kind}")
    for network, text in code.written(torch_code, 4 * many, lambda: drawn_kinds.network(draw, kind, "pytorch")):
        torch_runs(network, text)
    if kind in SAME_NUMBERS_EVERYWHERE:
        for network, text in code.written(torch_code, 3 * many, lambda: drawn_kinds.network(draw, kind, "textbook")):
            torch_runs(network, text)


@pytest.mark.parametrize("kind", keras_code.KINDS)
def test_every_kind_runs_in_keras(keras_runs: Any, kind: str, many: int) -> None:
    """Each kind with each of its keys, as Keras counts and, where that is the same, as PyTorch does."""
    draw = drawn.generator(f"code {kind}")
    for network, text in code.written(keras_code, 3 * many, lambda: drawn_keras.tried(draw, kind)):
        keras_runs(network, text)
    if kind in SAME_NUMBERS_EVERYWHERE:
        for network, text in code.written(keras_code, 2 * many, lambda: drawn_kinds.network(draw, kind, "pytorch")):
            keras_runs(network, text)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", names())
def test_known_networks_run_in_torch(torch: ModuleType, tmp_path: Path, name: str) -> None:
    """Every known network can be written for PyTorch, unless it has position biases, or norms with a shift alone."""
    network = Network.named(name)
    text = code.said(torch_code, network)
    if not text:
        shifts = (layer.keys for layer in network.layers if layer.kind.name == "batchnorm")
        is_half = any(getattr(keys, "scale", True) != getattr(keys, "center", True) for keys in shifts)
        assert is_half or any(getattr(layer.keys, "position_bias", 0) for layer in network.layers)
        return
    found = code.in_torch(text, network, tmp_path, "meta")
    is_recurrent = any(layer.kind.name in ("rnn", "lstm", "gru") for layer in network.layers)
    counted = network.under("pytorch") if is_recurrent else network
    assert found == code.expected(counted, channels_first=True)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", names())
def test_known_networks_run_in_keras(keras: ModuleType, tmp_path: Path, name: str) -> None:
    """Every known network can be written for Keras, unless a kind is missing there, or a key of one."""
    network = Network.named(name)
    text = code.said(keras_code, network)
    if not text:
        has_key = any(getattr(layer.keys, key, None) for layer in network.layers for key in NO_KEYS_OF_KERAS)
        assert has_key or {layer.kind.name for layer in network.layers} & set(keras_gaps.NO_LAYER)
        return
    with keras.device("meta"):  # without memory for large networks
        found = code.in_keras(text, network, tmp_path)
    assert found == code.expected(network, channels_first=False)


NO_KEYS_OF_KERAS = ("ceil", "window", "position_bias")
"""Keys of known networks that no layer of Keras has."""


CODE = [name for name, read in library.templates().items() if read.kind == "code"]


@pytest.mark.parametrize("name", CODE)
def test_shown_code_runs_with_the_keys_put_in(torch_runs: Any, keras_runs: Any, name: str) -> None:
    """What a question shows is a model of the network, once the right numbers stand in its gaps."""
    for seed in range(3):
        question = draw(library.named(name), seed)
        (text,) = re.findall(r"```python\n(.*?)\n```", question.text, re.DOTALL)
        keys = {blank.quantity: blank.key for blank in question.blanks}
        for gap in question.template.hidden:
            text = text.replace(gap.sign, str(keys[gap.quantity]), 1)
        writer, runs = (torch_code, torch_runs) if "nn." in text else (keras_code, keras_runs)
        whole = writer.program(question.network)
        assert text in whole
        runs(question.network, whole)


FAILING = [name for name, read in library.templates().items() if isinstance(read.asked[0].form, FailingLayer)]


@pytest.mark.parametrize("name", FAILING)
def test_planted_code_fails_where_the_key_says(torch: ModuleType, tmp_path: Path, name: str) -> None:
    """The layer that raises the error is the right option, and with the right number in its place the model runs."""
    for seed in range(25):
        question = draw(library.named(name), seed)
        (text,) = re.findall(r"```python\n(.*?)\n```", question.text, re.DOTALL)
        whole = torch_code.program(question.network)
        right = torch_code.listing(question.network)
        model = code.run(whole.replace(right, text), tmp_path)["model"]
        failed = code.first_failure(model, question.network.value("input.shape"))
        options = {option.letter: option.text for option in question.blanks[0].listed.options}
        assert options[question.blanks[0].key] == (f"`{failed}`" if failed else "none: it runs")
        if len(question.blanks) > 1:
            planted = question.drawn["forms"][0]
            lines = zip(text.split("\n"), right.split("\n"), strict=True)
            ((wrong, good),) = [pair for pair in lines if len(set(pair)) > 1]
            assert wrong.replace(f"({planted['number']}", f"({question.blanks[1].key}") == good


def test_every_kind_is_written_or_told() -> None:
    """A kind that is added is missed here until it is written in both, or it is written down why it is not."""
    assert {*torch_code.KINDS, *NOT_IN_TORCH} == set(KINDS)
    assert {*keras_code.KINDS, *keras_gaps.NO_LAYER} == {*KINDS, *keras_gaps.NO_LAYER}
    assert not set(torch_code.KINDS) & set(NOT_IN_TORCH)
    assert not set(keras_code.KINDS) & set(keras_gaps.NO_LAYER)


TWINS: dict[str, Any] = {
    "input": {"tokens": 6},
    "layers": [
        {"kind": "embedding", "name": "words", "vocabulary": 50, "features": 8},
        {"kind": "dense", "name": "first", "units": 8, "activation": "relu"},
        {"kind": "dense", "name": "second", "units": 8, "activation": "relu", "shares": "first"},
        {"kind": "lstm", "name": "steps", "units": 8, "trainable": False},
        {"kind": "add", "name": "sum", "from": ["steps", "second"]},
        {"kind": "dense", "name": "head", "tied": "words", "bias": False},
    ],
}


@pytest.mark.parametrize("conventions", ["pytorch", "keras"])
def test_shared_tied_and_frozen_layers(torch_runs: Any, keras_runs: Any, conventions: str) -> None:
    """A layer that shares is made once, a tied one uses the table of another, and a frozen one is not trained."""
    network = Network.parse({**TWINS, "conventions": conventions})
    if conventions == "pytorch":
        torch_runs(network, torch_code.program(network))
    else:
        keras_runs(network, keras_code.program(network))


AWKWARD = (
    "forward",
    "train",
    "x",
    "inputs",
    "self",
    "torch",
    "lambda",
    "F",
    "layers",
    "ops",
    "_modules",
    "None",
    "len",
)


def test_awkward_names(torch_runs: Any, keras_runs: Any) -> None:
    """A layer may be called as Python or a framework call something else."""
    layers = [{"kind": "dense", "name": name, "units": 4} for name in AWKWARD]
    chain = {"input": {"features": 4}, "layers": layers}
    branched = {**chain, "layers": [*layers, {"kind": "add", "name": "end", "from": list(AWKWARD)}]}
    for network in map(Network.parse, (chain, branched)):
        torch_runs(network, torch_code.program(network))
        keras_runs(network, keras_code.program(network))


def test_names_of_modules_are_known(torch: ModuleType) -> None:
    """No layer can take the place of something that a module of PyTorch has by itself."""
    own = {name for name in dir(torch.nn.Sequential()) if not name.startswith("_")}
    assert own - set(torch_code.OF_MODULES.split()) == set()


def test_a_name_is_no_code(torch_runs: Any) -> None:
    """The name of a network cannot leave the comment that it stands in."""
    spec = {"name": "net\nraise SystemExit", "input": {"features": 2}, "layers": [{"kind": "dense", "units": 1}]}
    network = Network.parse(spec)
    torch_runs(network, torch_code.program(network))
