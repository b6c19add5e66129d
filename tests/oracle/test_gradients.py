"""Receptive fields against gradients: what an output unit depends on has the extent and the shift that we give."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from oracle import agreement, drawn
from oracle.drawn import RANKS, Layer, per_axis
from oracle.tally import Tally

pytestmark = pytest.mark.oracle

STACKS = 30
LONG = {1: 240, 2: 80}
"""Sides of the image, so long that the middle seldom sees the border."""


def window(draw: Random, rank: int) -> Layer:
    """Return a convolution or a pool of any window, or a border that is added or cut off."""
    kind = draw.choice(("conv", "conv", "maxpool", "avgpool", "depthwiseconv", "separableconv", "zeropad", "crop"))
    if kind in ("zeropad", "crop"):
        return {"kind": kind, "padding": [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(rank)]}
    layer: Layer = {"kind": f"{kind}{rank}d", "kernel": per_axis(draw, rank, (2, 3, 4))}
    layer |= {"stride": per_axis(draw, rank, (1, 1, 2, 3)), "padding": draw.choice((0, 1))}
    if "pool" not in kind:
        layer["dilation"] = per_axis(draw, rank, (1, 1, 2))
    return layer | ({"filters": 2} if kind in ("conv", "separableconv") else {})


def centred(draw: Random, rank: int, stride: int) -> Layer:
    """Return a convolution whose windows lie around their places, so that two of them have the same middle."""
    kernel, dilation = draw.choice((1, 3, 5)), draw.choice((1, 2))
    padding = dilation * (kernel - 1) // 2
    keys = {"kernel": kernel, "dilation": dilation, "padding": padding, "stride": stride}
    return {"kind": f"conv{rank}d", "filters": 2, **keys}


def enlargement(draw: Random, rank: int) -> tuple[Layer, list[int]]:
    """Return an enlargement that repeats, or moves channels into the image, and its factor along each axis."""
    if rank == 2 and draw.random() < 0.4:
        factor = draw.choice((2, 3))
        return {"kind": "pixelshuffle", "factor": factor}, [factor] * rank
    factors = [draw.choice((2, 3)) for _ in range(rank)]
    return {"kind": "upsample", "factor": factors}, factors


def transposed(draw: Random, rank: int) -> tuple[Layer, list[int]]:
    """Return a transposed convolution that leaves no holes, and its stride along each axis."""
    strides = [draw.choice((1, 2, 3)) for _ in range(rank)]
    kernels = [stride + draw.choice((0, 1, 2, 3)) for stride in strides]
    keys = {"kernel": kernels, "stride": strides, "padding": draw.choice((0, 1)), "filters": 2}
    return {"kind": f"convtranspose{rank}d", **keys}, strides


def stack(rank: int, *layers: Layer) -> dict[str, Any]:
    """Return a network of layers on top of each other; those that have a name keep it."""
    named = [{"name": f"layer{number}", **layer} for number, layer in enumerate(layers)]
    return {
        "conventions": "pytorch",
        "input": {"channels": 1, **dict.fromkeys(RANKS[rank], LONG[rank])},
        "layers": named,
    }


def branched(draw: Random, rank: int) -> dict[str, Any]:
    """Return windows, two or three branches that meet, and windows."""
    names, stride = ["a", "b", "c"][: draw.choice((2, 3))], draw.choice((1, 2))
    branches = [centred(draw, rank, stride) | {"name": name, "from": "trunk"} for name in names]
    merge = {"kind": draw.choice(("add", "concat", "multiply")), "from": names}
    return stack(rank, centred(draw, rank, 1) | {"name": "trunk"}, *branches, merge, window(draw, rank))


def spans(spec: dict[str, Any], count: int) -> list[list[tuple[int, int]]]:
    """Return along each axis what so many neighbours in the middle see; nothing where the border may cut it off.

    A window can have the border in one of its holes, so what is seen has to lie in the middle half of the image.
    """
    from oracle import torch_gradients

    image, last = torch_gradients.output(spec)
    if min(last.shape[2:]) < count + 4:
        return []
    middle = [size // 2 - count // 2 for size in last.shape[2:]]
    units = [torch_gradients.seen(image, last, tuple(place + step for place in middle)) for step in range(count)]
    long = LONG[len(middle)]
    is_inner = all(long / 4 <= first and end <= 3 * long / 4 for unit in units for first, end in unit)
    return [list(axis) for axis in zip(*units, strict=True)] if is_inner else []


def expected(spec: dict[str, Any]) -> list[tuple[Fraction, Fraction]]:
    """Return receptive field and jump of the last layer along each axis."""
    found = Network.parse(spec).values[spec["layers"][-1]["name"]]
    axes = RANKS[len(spec["input"]) - 1]
    return [(Fraction(found[f"receptive_field.{axis}"]), Fraction(found[f"jump.{axis}"])) for axis in axes]


def extent(span: tuple[int, int]) -> int:
    """Return how many inputs lie from the first to the last."""
    return span[1] - span[0] + 1


def is_held(spec: dict[str, Any], tally: Tally) -> bool:
    """Hold two neighbours in the middle of a network without enlargements against the package, if they can be seen."""
    if isinstance(agreement.ours(spec), NetworkError):
        return False
    seen = spans(spec, 2)
    for (field, jump), (one, other) in zip(expected(spec), seen, strict=False):
        assert (extent(one), extent(other), other[0] - one[0]) == (field, field, jump), spec
    tally.fields["torch"] += len(seen)
    return bool(seen)


def test_a_unit_depends_on_as_much_as_its_receptive_field(torch: ModuleType, tally: Tally, many: int) -> None:
    """Behind any windows, the gradient's extent is the receptive field, and the neighbour's is a jump further on."""
    draw, ran = drawn.generator("gradients"), 0
    for number in range(STACKS * many):
        rank = 1 + number % 2
        ran += is_held(stack(rank, *(window(draw, rank) for _ in range(draw.randint(1, 4)))), tally)
    assert ran > STACKS / 2


def test_where_branches_meet_a_unit_depends_on_the_widest(torch: ModuleType, tally: Tally, many: int) -> None:
    """Behind branches around the same middle, the gradient's extent is the widest path's receptive field."""
    draw, ran = drawn.generator("gradients of branches"), 0
    for number in range(STACKS * many):
        ran += is_held(branched(draw, 1 + number % 2), tally)
    assert ran > STACKS / 2


def test_behind_an_enlargement_the_receptive_field_is_the_mean(torch: ModuleType, tally: Tally, many: int) -> None:
    """A window on repeated numbers sees more or less of them by its place: on average as much as we give."""
    draw, ran = drawn.generator("gradients of enlargements"), 0
    for number in range(STACKS * many):
        rank = 1 + number % 2
        before = centred(draw, rank, draw.choice((1, 2))) | {"filters": 9 * 4}
        layer, factors = enlargement(draw, rank)
        spec = stack(rank, before, layer, *(centred(draw, rank, 1) for _ in range(draw.randint(0, 2))))
        seen = spans(spec, 1 + max(factors))
        for (field, jump), factor, units in zip(expected(spec), factors, seen, strict=False):
            assert field == Fraction(sum(extent(unit) for unit in units[:factor]), factor), spec
            assert jump * factor == units[factor][0] - units[0][0], spec
        tally.fields["torch"] += len(seen)
        ran += bool(seen)
    assert ran > STACKS / 2


def test_behind_a_transposed_convolution_the_receptive_field_is_the_largest(
    torch: ModuleType, tally: Tally, many: int
) -> None:
    """Kernels that overlap reach some outputs more often than others: at most from as many inputs as we give."""
    draw, ran = drawn.generator("gradients of transposed convolutions"), 0
    for number in range(STACKS * many):
        rank = 1 + number % 2
        layer, strides = transposed(draw, rank)
        spec = stack(rank, *(centred(draw, rank, draw.choice((1, 2))) for _ in range(draw.randint(0, 2))), layer)
        seen = spans(spec, 1 + max(strides))
        for (field, jump), stride, units in zip(expected(spec), strides, seen, strict=False):
            assert field == max(extent(unit) for unit in units[:stride]), spec
            assert jump * stride == units[stride][0] - units[0][0], spec
        tally.fields["torch"] += len(seen)
        ran += bool(seen)
    assert ran > STACKS / 2
