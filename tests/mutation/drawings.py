"""More settings for a formula: networks drawn anew, and the networks that have it with other numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from mutation.replay import Replay, Setting
from oracle import drawn, drawn_kinds, varied, ways

FEW, ANEW = 6, 300
"""So many networks of the damaged structures are counted anew, each in so many variations."""

CONVENTIONS = ("textbook", "pytorch", "keras")
DRAWS = 75
VARIATIONS = 30


def draw_every_kind() -> None:
    """Build networks of every kind; whoever remembers them meets all structures that the drawings reach."""
    for kind in ("", *drawn_kinds.MAKERS):
        draw = drawn.generator(f"damage {kind}")
        for number in range(DRAWS):
            conventions = CONVENTIONS[number % 3]
            spec = drawn_kinds.network(draw, kind, conventions) if kind else drawn.network(draw, conventions)
            built(ways.counted_somehow(draw, spec) if number % 4 == 0 else spec)


def vary(replay: Replay, structures: Iterable[int]) -> None:
    """Build the networks in which some structures were met with other numbers, and behind another layer."""
    draw = drawn.generator("vary")
    for number in structures:
        for spec in replay.samples[number]:
            for _ in range(VARIATIONS):
                built(moved(draw, varied.varied(draw, spec)))


def counted_anew(replay: Replay, structures: Mapping[int, Setting]) -> bool:
    """Say whether some networks with these structures are not what is counted of them.

    First those in whose numbers a damage shows, then networks with other numbers.
    """
    if any(setting.spec and replay.differs(dict(setting.spec)) for setting in structures.values()):
        return True
    draw = drawn.generator("count anew")
    samples = [spec for number in structures for spec in replay.samples[number]]
    for spec in samples[:: len(samples) // FEW + 1]:
        for number in range(ANEW):
            if replay.differs(moved(draw, varied.varied(draw, spec)) if number else spec):
                return True
    return False


def moved(draw: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """Return a network of an image behind a pool, now and then, where each of its layers has a name."""
    names = [layer.get("name", "first") for layer in spec["layers"]]
    can_move = "first" not in names and "channels" in spec["input"]
    return varied.behind(draw, spec) if can_move and draw.random() < 0.5 else spec


def built(spec: dict[str, Any]) -> None:
    """Build a network, or none."""
    try:
        Network.parse(spec)
    except NetworkError:
        return
