"""Modules of PyTorch that are one layer of the notation, or a row of such, whatever they do inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layerquiz.network.importing.torch.calls import Call
from layerquiz.network.importing.torch.values import Value, is_batch


def encoder(call: Call) -> Value:
    """Return a layer of a transformer's encoder."""
    module = call.tracing.stack[-1]
    return _transformer(call, module, "encoderlayer", [call.bound("src")["src"]], module.self_attn)


def decoder(call: Call) -> Value:
    """Return a layer of a transformer's decoder, which takes a target and a memory."""
    module, found = call.tracing.stack[-1], call.bound("tgt memory")
    sources = [found["tgt"]] if found["memory"] is found["tgt"] else [found["tgt"], found["memory"]]
    return _transformer(call, module, "decoderlayer", sources, module.self_attn)


def _transformer(call: Call, module: Any, kind: str, given: list[Any], inner: Any) -> Value:
    values = [call.value(found) for found in given]
    known = [value for value in values if value is not None]
    if len(known) < len(given):
        raise call.writing.refuse("a transformer's layer gets a tensor that is not of the model")
    if is_batch(known[0].dims[0]) and not inner.batch_first:
        raise call.tracing.turned("attention takes the batch for its tokens, as batch_first is not set")
    settled = [call.writing.layout.settled(value, "tokens") for value in known]
    function = getattr(module.activation, "__name__", type(module.activation).__name__).lower()
    base = call.writing.layer(
        kind,
        settled,
        settled[0].base.extents,
        module.parameters(),
        heads=int(inner.num_heads),
        feedforward=int(module.linear1.out_features),
        bias=module.linear1.bias is not None,
        activation=None if function == "relu" else function,
    )
    return Value(base, settled[0].dims)


def identity(call: Call) -> Value:
    """Return what goes through unchanged."""
    value = call.first
    base = call.writing.layer("identity", [value], value.base.extents)
    base.form = value.base.form
    return value.of(base)


def weight_norm(call: Call) -> Any:
    """Return weights that are kept as a length and a direction."""
    call.tracing.marks[id(call.output)] = "weight_norm"
    return call.derived(call.known())


def spectral_norm(call: Call) -> Any:
    """Return weights that are divided by their largest singular value."""
    call.tracing.marks[id(call.output)] = "spectral_norm"
    return call.derived(call.known())


MODULES: dict[str, Callable[[Call], Any]] = {
    "TransformerEncoderLayer": encoder,
    "TransformerDecoderLayer": decoder,
    "Identity": identity,
    "_WeightNorm": weight_norm,
    "_SpectralNorm": spectral_norm,
}
"""How each module is taken."""
