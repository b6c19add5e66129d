"""Golden derivations: for each kind of layer and each quantity the steps that a person reads, read through once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from layerquiz.cli import main
from layerquiz.network.glossary import FURTHER, QUANTITIES, TRACED
from layerquiz.network.layers import FAMILIES, KINDS
from layerquiz.network.network import Network
from worked_kinds import PLAIN, RANKED, example

TRAINED = {
    "name": "small",
    "conventions": {"base": "pytorch", "data_type": "float16", "state_type": "float32"},
    "input": {"channels": 3, "height": 32, "width": 32, "batch": 16},
    "layers": [
        {"kind": "conv2d", "name": "conv", "filters": 8, "kernel": 3, "padding": 1, "stride": 2},
        {"kind": "maxpool2d", "name": "pool", "kernel": 3, "stride": 2, "padding": 1},
        {"kind": "conv2d", "name": "x", "filters": 12, "kernel": 3, "padding": "same"},
        {"kind": "flatten", "name": "flat"},
        {"kind": "dense", "name": "out", "units": 10},
    ],
}
CACHED = {
    "name": "cached",
    "input": {"tokens": 20, "features": 64, "batch": 4},
    "layers": [{"kind": "attention", "name": "x", "heads": 8, "kv_heads": 2}],
}
SIZES = ("shape", "channels", "height", "width", "receptive_field", "jump", "first_position")
OF_A_LAYER = ("weight_shape", "bias_shape")
OF_NETWORKS = {"kv_cache_bytes": CACHED}


def steps(spec: dict[str, object], quantity: str) -> str:
    """Return what the command prints for one quantity; the last line is the value that the network has."""
    arguments = ["solve", "-", "--quantity", quantity, "--steps"]
    result = CliRunner().invoke(main, arguments, input=json.dumps(spec))
    assert result.exit_code == 0, result.output
    told = re.sub(r" +$", "", result.output, flags=re.MULTILINE)
    number = Network.parse(spec).value(quantity)
    last = re.sub(r"[^\d]", "", told.splitlines()[-1].partition("=")[2])
    if isinstance(number, int):
        assert last == str(abs(number))
    return told


def asked(kind: str) -> list[str]:
    """Return what is asked of a kind: its shape, and what it costs and sees where that is not nothing."""
    network = Network.parse(example(kind))
    found = ["shape", *(name for name in ("parameters", "macs") if network.value(f"x.{name}"))]
    return [*found, *([TRACED[0]] if network.form("x").traced and network.form("x").axes else [])]


@pytest.mark.parametrize("family", FAMILIES, ids=[family.__name__.rpartition(".")[2] for family in FAMILIES])
def test_steps_of_kinds(family: object, golden: Callable[..., None]) -> None:
    """Each kind's sizes, parameters, multiply-adds and receptive field, step by step."""
    told = []
    for kind in family.KINDS:  # type: ignore[attr-defined]
        told += [f"# {kind.name}, {name}\n{steps(example(kind.name), f'x.{name}')}" for name in asked(kind.name)]
    golden("\n".join(told))


def test_steps_of_quantities(golden: Callable[..., None]) -> None:
    """Each quantity of a layer and of a network, step by step."""
    names = [*(f"x.{name}" for name in (*SIZES, *QUANTITIES, *FURTHER) if name not in OF_NETWORKS)]
    names += [f"total.{name}" for name in (*QUANTITIES, *FURTHER) if name not in (*OF_A_LAYER, *OF_NETWORKS)]
    told = [f"# {name}\n{steps(TRAINED, name)}" for name in names]
    told += [f"# x.{name}\n{steps(spec, f'x.{name}')}" for name, spec in OF_NETWORKS.items()]
    golden("\n".join(told))


def test_every_kind_has_an_example() -> None:
    """A kind that is added needs an example here."""
    ranked = {kind for kind in KINDS if kind[:-2] in RANKED}
    assert ranked | PLAIN.keys() == KINDS.keys()
