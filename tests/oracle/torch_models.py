"""Networks of the notation built and run in PyTorch, layer by layer: shapes and parameter counts.

Small layers run on the CPU, which refuses what it cannot do. On `meta` large ones take no memory, but wrong ones pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from oracle import torch_further, torch_kinds
from oracle.torch_kinds import Applied

RANKED: dict[str, tuple[Callable[..., nn.Module], ...]] = {
    "conv": (nn.Conv1d, nn.Conv2d, nn.Conv3d),
    "maxpool": (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d),
    "avgpool": (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
    "zeropad": (nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d),
    "reflectionpad": (nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d),
    "replicationpad": (nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d),
    "circularpad": (nn.CircularPad1d, nn.CircularPad2d, nn.CircularPad3d),
    "batchnorm": (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d),
}
RENAMED = {"kernel": "kernel_size", "ceil": "ceil_mode"}
SLIDING_KEYS = ("kernel", "stride", "padding", "dilation", "groups", "bias", "ceil")

Layer = Mapping[str, Any]


def sliding(layer: Layer, before: Tensor) -> nn.Module:
    """Return a convolution or a pool."""
    stem, rank = layer["kind"][:-2], int(layer["kind"][-2])
    keys = {RENAMED.get(key, key): layer[key] for key in SLIDING_KEYS if key in layer}
    if stem == "conv":
        keys |= {"in_channels": before.shape[1], "out_channels": layer["filters"]}
    return reparametrized(layer, RANKED[stem][rank - 1](**keys))


def reparametrized(layer: Layer, module: nn.Module) -> nn.Module:
    """Return a module whose weights are normalised as a layer says."""
    if layer.get("weight_norm"):
        return parametrizations.weight_norm(module)
    return parametrizations.spectral_norm(module) if layer.get("spectral_norm") else module


def dense(layer: Layer, before: Tensor) -> nn.Module:
    """Return a linear layer along the last axis."""
    module = nn.Linear(before.shape[-1], layer["units"], bias=layer.get("bias", True))
    return reparametrized(layer, module)


def zeropad(layer: Layer, before: Tensor) -> nn.Module:
    """Return padding; PyTorch names the last axis first."""
    rank = before.dim() - 2
    found = layer["padding"]
    entries = found if isinstance(found, list) else [found] * rank
    pairs = [entry if isinstance(entry, list) else [entry, entry] for entry in entries]
    modes = {"reflect": "reflectionpad", "replicate": "replicationpad", "circular": "circularpad"}
    modules = RANKED[modes.get(layer.get("mode", "zeros"), "zeropad")]
    return modules[rank - 1](tuple(side for pair in reversed(pairs) for side in pair))


def batchnorm(layer: Layer, before: Tensor) -> nn.Module:
    """Return batch normalisation, without its scale or shift where these are switched off."""
    module = RANKED["batchnorm"][max(before.dim() - 3, 0)](before.shape[1]).eval()
    for key, name in (("scale", "weight"), ("center", "bias")):
        if not layer.get(key, True):
            module.register_parameter(name, None)
    return module


def global_pool(layer: Layer, before: Tensor) -> nn.Module:
    """Return a mean or a maximum over all positions."""
    axes = tuple(range(2, before.dim()))
    reduce = torch.amax if layer["kind"] == "globalmaxpool" else torch.mean
    return Applied(lambda image: reduce(image, axes, keepdim=layer.get("keepdims", False)))


MODULES: dict[str, Callable[[Layer, Tensor], nn.Module]] = {
    **torch_kinds.MODULES,
    **torch_further.MODULES,
    **{f"{stem}{rank}d": sliding for stem in ("conv", "maxpool", "avgpool") for rank in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    "zeropad": zeropad,
    "batchnorm": batchnorm,
    "dense": dense,
    "flatten": lambda *_: nn.Flatten(),
    "activation": lambda *_: nn.ReLU(),
    "dropout": lambda *_: nn.Dropout(),
    "identity": lambda *_: nn.Identity(),
    "add": lambda *_: Applied(lambda *inputs: torch.stack(torch.broadcast_tensors(*inputs)).sum(0)),
}


def measured(spec: Mapping[str, Any], device: str = "cpu") -> dict[str, dict[str, Any]]:
    """Return each layer's shape without the batch, and how many weights and biases it has."""
    found: dict[str, dict[str, Any]] = {}
    with torch.device(device), torch.no_grad():
        for name, module, output in run(spec, torch.zeros(2, *spec["input"].values())):
            counts = {"weights": 0, "biases": 0}
            for parameter_name, parameter in module.named_parameters():
                counts["biases" if "bias" in parameter_name else "weights"] += parameter.numel()
            found[name] = {"shape": tuple(output.shape[1:]), **counts}
    return found


def weight_shapes(spec: Mapping[str, Any]) -> list[tuple[int, ...]]:
    """Return the shapes of the tensors of weights of a network's only layer."""
    with torch.device("meta"):
        first = torch.empty(2, *spec["input"].values())
        (layer,) = [layer for layer in spec["layers"] if layer["name"] == "x"]
        module = MODULES[layer["kind"]](layer, first)
        return [tuple(found.shape) for name, found in module.named_parameters() if "bias" not in name]


def run(
    spec: Mapping[str, Any], image: Tensor, ready: Callable[[nn.Module], object] = lambda _: None
) -> Iterator[tuple[str, nn.Module, Tensor]]:
    """Yield each layer's name, its module and what it gives; `ready` may change a module before it is applied."""
    tensors = {"input": image}
    previous = "input"
    for layer in spec["layers"]:
        names = layer.get("from", previous)  # a parameter takes none, and looks at none
        inputs = [tensors[name] for name in ([names] if isinstance(names, str) else names)]
        module = MODULES[layer["kind"]](layer, inputs[0])
        ready(module)
        previous = layer["name"]
        tensors[previous] = module(*inputs)
        yield previous, module, tensors[previous]
