"""Convolutions with a table of connections: PyTorch has none, so filters in a row that see the same are one module."""

from __future__ import annotations

from itertools import groupby

from layerquiz.network.exchange.base import (
    STEP,
    Argument,
    Call,
    Code,
    Place,
    UnwrittenError,
    Write,
    literal,
    plain,
    unless,
)
from layerquiz.network.exchange.torch_layers import convolution, finished


def tabled(at: Place) -> Code:
    """Return the convolutions of a table, and their maps behind each other."""
    padding = at.key("padding")
    if padding in ("same", "causal"):
        raise UnwrittenError(f'it has a table of connections, and its padding is "{padding}"')
    if at.key("weight_norm") or at.key("spectral_norm"):
        raise UnwrittenError("it has a table of connections, and its weights are normalised together")
    parts, applied = {}, []
    for place, (row, filters) in enumerate(groupby(at.key("table"), lambda row: sorted(set(row)))):
        arguments = (
            plain("in_channels", len(row)),
            plain("out_channels", len(list(filters))),
            Argument("kernel_size", literal(at.key("kernel"))),
            *unless("stride", at.key("stride"), 1),
            *unless("padding", 0 if padding == "valid" else padding, 0),
            *unless("dilation", at.key("dilation"), 1),
            *unless("bias", at.key("bias"), True),
        )
        parts[f"maps{place}"] = Call(f"nn.Conv{len(at.axes)}d", arguments)
        applied.append(f"{{part{place}}}({{0}}[:, {row}])")
    lines = "".join(f"{STEP * 3}{each},\n" for each in applied)
    return finished(at, parts, f"torch.cat([\n{lines}{STEP * 2}], dim=1)")


def either(at: Place) -> Code:
    """Return a convolution, with a table or without."""
    return tabled(at) if at.key("table") else convolution(at)


KINDS: dict[str, Write] = {f"conv{rank}d": either for rank in (1, 2, 3)}
"""How each kind is written."""
