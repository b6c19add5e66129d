"""A network as a table: what each layer is, what it gives and, where wanted, how many parameters it has."""

from __future__ import annotations

from collections.abc import Mapping

from layerquiz.languages import ENGLISH, Words
from layerquiz.network.network import Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.labels import Label, Lettering


def table(
    network: Network,
    letters: Mapping[str, str] | None = None,
    *,
    parameters: bool = False,
    words: Words = ENGLISH,
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a network's table, the head first; a blank is its letter in square brackets."""
    lettering = Lettering(letters or {})
    rows = [_row(network, name, lettering, parameters) for name in ("input", *network.by_name)]
    rows[0] = (words("input"), *rows[0][1:])
    head = (words("layer"), "", words("output shape"), words("parameters"))
    if parameters:
        rows.append(("total", "", "", labels.grouped(network.values["total"]["parameters"])))
    return (head if parameters else head[:-1], *rows)


def _row(network: Network, name: str, letters: Lettering, parameters: bool) -> tuple[str, ...]:
    layer = network.by_name.get(name)
    kind = _written(labels.facts(network, layer, padded=letters.asks), letters) if layer else ""
    count = labels.grouped(network.values[name]["parameters"]) if layer else ""
    output = _written(labels.shape(network, name), letters)
    return (name, kind, output, *((count,) if parameters else ()))


def _written(label: Label, letters: Lettering) -> str:
    return "".join(f"[{piece.text}]" if piece.boxed else piece.text for piece in letters.pieces(label))
