"""PyTorch modules come into the notation with PyTorch's own numbers, and come back as code that gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.exchange import torch as torch_code
from layerquiz.network.importing.torch import network as imported
from layerquiz.network.network import Network
from oracle import code
from oracle.tally import Tally

pytestmark = pytest.mark.oracle

IMAGES = (
    "lenet residual option_a dense inception unet squeeze_excite shuffle inverted autoencoder generator pyramid "
    "siamese volumes mixer convnext normed looped super_resolution frozen"
)
SEQUENCES = (
    "text_lstm tagger forecast char_cnn wavenet gpt bert vit cross_attention llama highway nonlocal two_branches "
    "captcha"
)
NAMES = [*IMAGES.split(), *SEQUENCES.split()]

IDS = ("text_lstm", "char_cnn", "gpt", "bert")
"""Models whose input is token ids."""

BATCH_SECOND = ("tagger",)
"""Models whose batch is the second axis."""

MERGED: dict[str, dict[str, tuple[str, ...]]] = {
    "gpt": {f"blocks_{i}_attn": (f"blocks_{i}_attn_c_attn", f"blocks_{i}_attn_c_proj") for i in (0, 1)},
    "bert": {"attention": ("query", "key", "value", "output")},
    "llama": {"attention": ("q", "k", "v", "o")},
}
"""Dense layers that are one layer of attention, as it is usually written."""

INSIDE = {"gpt": ("blocks_0_attn_dropout", "blocks_1_attn_dropout")}
"""Modules that act on the scores of attention, and have no parameters."""

NOT_WRITTEN: dict[str, str] = {}
"""Models that PyTorch has no module for, and why."""


@pytest.fixture(name="models")
def all_models(torch: ModuleType) -> dict[str, tuple[Any, tuple[int, ...]]]:
    """Return each model by its name, with the shape of its input."""
    from importing import torch_images, torch_sequences

    return {**torch_images.MODELS, **torch_sequences.MODELS}


def test_every_model_is_tried(models: dict[str, Any]) -> None:
    """A model that is added is imported."""
    assert [*models] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_model_agrees_layer_by_layer(models: dict[str, Any], tally: Tally, name: str) -> None:
    """Shapes and numbers are those that hooks see; the totals are those of the module's parameters."""
    from importing import torch_seen

    make, shape = models[name]
    module = make()
    network = imported(module, shape)
    calls = torch_seen.seen(module, shape, name in IDS, int(name in BATCH_SECOND))
    calls = [call for call in calls if call.name not in INSIDE.get(name, ())]
    found = [*torch_seen.differences(network, calls, MERGED.get(name, {}))]
    if torch_seen.numbers(network, "total") != torch_seen.totals(module):
        found.append(f"total: {torch_seen.numbers(network, 'total')}; in PyTorch {torch_seen.totals(module)}")
    tally.imports["torch models"] += 1
    tally.imports["layers"] += len(calls)
    tally.differences += [f"{name}: {one}" for one in found]
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_code_of_a_model_is_the_same_model(models: dict[str, Any], tmp_path: Path, name: str) -> None:
    """Imported, written as code, run and imported again: the same notation, whatever the layers are called."""
    make, shape = models[name]
    first = imported(make(), shape)
    if name in NOT_WRITTEN:
        with pytest.raises(NetworkError, match=NOT_WRITTEN[name]):
            torch_code.program(first)
        return
    written = torch_code.program(first)
    again = imported(code.run(written, tmp_path)["model"], shape)
    assert [*numbered(again)] == [*numbered(first)], written


def numbered(network: Network) -> Iterator[dict[str, Any]]:
    """Yield the layers of a network as written, each called by its place: behind what it takes, from the ends on."""
    order = [name for name in in_order(network) if name != "input"]
    places = {"input": "input", **{name: f"n{place}" for place, name in enumerate(order)}}
    for layer in (network.by_name[name] for name in order):
        keys = layer.keys.model_dump(exclude={"name", "source"}, exclude_defaults=True)
        lent = {key: places[keys[key]] for key in ("shares", "tied") if keys.get(key)}
        yield {**keys, **lent, "name": places[layer.name], "from": [places[source] for source in layer.sources]}


def in_order(network: Network) -> list[str]:
    """Return the names of all layers, each behind its inputs, those of the first end before those of the next."""
    taken = {source for layer in network.layers for source in layer.needs}
    stack, found = [(layer.name, False) for layer in network.layers if layer.name not in taken][::-1], {}
    while stack:
        name, is_done = stack.pop()
        if is_done or name == "input":
            found.setdefault(name)
        elif name not in found:
            stack.append((name, True))
            stack += [(source, False) for source in reversed(network.by_name[name].needs)]
    return [*found]
