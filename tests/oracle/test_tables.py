"""A table of connections is a convolution whose other weights are held at zero, and its code runs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from layerquiz.network.exchange import torch as torch_code
from layerquiz.network.network import Network
from oracle import code, drawn

pytestmark = pytest.mark.oracle


def test_drawn_tables_run_in_torch(torch: ModuleType, tmp_path: Path, many: int) -> None:
    """The numbers that are not held at zero are those that are counted, and the written model has no others."""
    draw = drawn.generator("tables in code")
    for _ in range(8 * many):
        rank, rows = draw.randint(1, 3), [draw.sample(range(4), draw.randint(1, 4)) for _ in range(draw.randint(1, 4))]
        table = [row for row in rows for _ in range(draw.randint(1, 2))]
        sizes = dict(zip(("channels", *drawn.RANKS[rank]), (4, 6, 7, 8), strict=False))
        keys = {"kernel": drawn.per_axis(draw, rank, (1, 2, 3)), "padding": draw.choice((0, 1, "valid"))}
        layer = {"kind": f"conv{rank}d", "name": "c", "filters": len(table), "table": table, **keys}
        network = Network.parse({"conventions": "pytorch", "input": sizes, "layers": [layer, {"kind": "flatten"}]})
        masked = torch.zeros(len(table), 4, *(found if isinstance(found := keys["kernel"], list) else [found] * rank))
        for place, row in enumerate(table):
            masked[place, row] = 1
        assert network.value("c.weights") == int(masked.sum())
        found = code.in_torch(torch_code.program(network), network, tmp_path)
        assert found == code.expected(network, channels_first=True)
