"""What PyTorch itself says of a model, found by hooks while it runs: nothing here knows how models are imported."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from layerquiz.network.network import Network

LAYERS = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
"""Modules with modules inside that are one layer."""


@dataclass(frozen=True)
class Seen:
    """A call of a module: the name that the notation should give it, its first output's shape, and its new numbers."""

    name: str
    shape: tuple[int, ...]
    trainable: int
    nontrainable: int


def seen(module: nn.Module, shape: tuple[int, ...], ids: bool, batch_at: int = 0) -> list[Seen]:
    """Return the calls of all layers of a model on an input of two examples, as it predicts."""
    found: list[Seen] = []
    counted: set[int] = set()
    paths = {part: name for name, part in module.named_modules() if is_layer(part, name, module)}

    def note(part: nn.Module, _: Any, output: Any) -> None:
        first = output if isinstance(output, Tensor) else output[0]
        own = [one for one in part.parameters() if id(one) not in counted]
        counted.update(map(id, own))
        trained = sum(one.numel() for one in own if one.requires_grad)
        frozen = sum(one.numel() for one in own if not one.requires_grad)
        sizes = [*first.shape]
        sizes.pop(batch_at)
        found.append(Seen(re.sub(r"^(?=\d)", "layer", re.sub(r"\W", "_", paths[part])), tuple(sizes), trained, frozen))

    hooks = [part.register_forward_hook(note) for part in paths]
    was = {part: part.training for part in module.modules()}
    sizes = [*shape]
    sizes.insert(batch_at, 2)
    given = torch.zeros(sizes, dtype=torch.int64 if ids else torch.float32)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # how fast it is on this machine
        module.eval()(given)
    for part, mode in was.items():
        part.training = mode
    for hook in hooks:
        hook.remove()
    return found


def is_layer(part: nn.Module, name: str, whole: nn.Module) -> bool:
    """Say whether a module is one of PyTorch's own that is a layer, and not a part of one."""
    inside = name.split(".")[:-1]
    around = [whole.get_submodule(".".join(inside[:depth])) for depth in range(len(inside) + 1)]
    if any(isinstance(one, LAYERS) for one in around) or "parametrizations" in name:
        return False
    is_own = type(part).__module__.startswith("torch.nn")
    return is_own and (isinstance(part, LAYERS) or not [*part.children()] or hasattr(part, "parametrizations"))


def differences(network: Network, calls: list[Seen], merged: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield where a network and what was seen disagree: layer by layer, those that are merged together.

    merged: by a layer of the network, the modules that it is made of. A layer that gives features where PyTorch leaves
    axes of size 1, or the last step of all steps, has the same numbers in another shape.
    """
    inside = {name: layer for layer, names in merged.items() for name in names}
    sums: dict[str, list[int]] = {layer: [0, 0] for layer in merged}
    uses: dict[str, int] = {}
    for call in calls:
        if call.name in inside:
            sums[inside[call.name]][0] += call.trainable
            sums[inside[call.name]][1] += call.nontrainable
            continue
        uses[call.name] = uses.get(call.name, 0) + 1
        name = call.name if uses[call.name] == 1 else f"{call.name}_{uses[call.name]}"
        if name not in network.by_name:
            yield f"{name} is no layer of the network"
            continue
        ours = numbers(network, name)
        if ours != [call.trainable, call.nontrainable]:
            yield f"{name}: {ours}; in PyTorch {call.trainable}, {call.nontrainable}"
        shape = network.value(f"{name}.shape")
        if not is_same(shape, call.shape, network.by_name[name].kind.name):
            yield f"{name}: shape {shape}; in PyTorch {call.shape}"
    for layer, both in sums.items():
        if numbers(network, layer) != both:
            yield f"{layer}: {numbers(network, layer)}; in PyTorch together {both}"


def is_same(ours: tuple[int, ...], theirs: tuple[int, ...], kind: str) -> bool:
    """Say whether a layer's shape is PyTorch's."""
    if kind in ("rnn", "lstm", "gru") and len(ours) == 1:
        return ours == theirs[-1:]
    if kind.startswith("global") and len(ours) == 1:
        return ours[0] == prod(theirs)
    return ours == theirs


def numbers(network: Network, name: str) -> list[int]:
    """Return how many numbers of a layer are trained, and how many are not."""
    return [network.value(f"{name}.trainable"), network.value(f"{name}.nontrainable")]


def totals(module: nn.Module) -> list[int]:
    """Return how many numbers of a model are trained, and how many are not; shared ones count once."""
    found = [(one.numel(), one.requires_grad) for one in module.parameters()]
    return [sum(n for n, trains in found if trains), sum(n for n, trains in found if not trains)]
