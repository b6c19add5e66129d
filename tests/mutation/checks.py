"""The project's own independent tests as functions that can be called: whatever a test file holds is found here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import product
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

import pytest

from mutation.replay import Failure, Replay

TESTS = Path(__file__).parents[1]
FILES = (
    "oracle/test_*.py",
    "network/test_layers.py",
    "network/test_kinds.py",
    "network/test_sharing.py",
    "network/test_network.py",
    "network/test_conventions.py",
    "network/test_further_kinds.py",
    "network/test_quantities.py",
    "network/test_blocks.py",
    "test_reference_cases.py",
)
FRAMEWORKS = ("torch",)

LEFT_OUT = {
    "test_every_formula_equals_its_count": "it holds a formula against a count of the same formula",
    "test_most_drawings_are_possible": "it counts the cases, of which only some are run here",
    "test_a_wrong_answer_to_any_kind_is_a_verdict": "it holds no formula",
    "test_ten_thousand_layers": "it takes a second",
    "test_ten_thousand_layers_share": "it takes a second",
    "test_ten_thousand_layers_written_backwards": "it takes a second",
}
"""Tests that cannot see a damaged formula, or see it at too high a price."""

MANY = {"test_every_quantity_is_what_is_counted": 2}
"""Tests that draw so many times as usual here, as only the cases that meet a damage are run."""

COMBINED = {"add", "multiply", "subtract", "average", "maximum", "minimum", "concat", "bilinear"}
COMBINED |= {
    "attention",
    "mixture",
    "convtranspose3d",
    *(f"{stem}pool{rank}d" for stem in ("max", "avg") for rank in (1, 2, 3)),
}
MORE = 6
"""Kinds in which many inputs or keys combine are drawn so many times as often."""


@dataclass(frozen=True, slots=True)
class Check:
    """One call of a test: the structures of layers that it meets, and the seconds that it takes."""

    name: str
    run: Callable[[], None]
    structures: frozenset[int]
    seconds: float

    def notices(self) -> bool:
        """Say whether the test fails."""
        try:
            self.run()
        except Failure:
            return True
        return False


def plain(path: Path) -> ModuleType:
    """Return a test file as a module whose assertions do not stop to explain themselves."""
    spec = spec_from_file_location(f"checked_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls(module: ModuleType) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield each test of a module, once for each of its parameters; those that need further fixtures are left out."""
    for name, function in list(vars(module).items()):
        if not name.startswith("test_") or name in LEFT_OUT:
            continue
        tables = [cases(*mark.args) for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
        for rows in product(*tables):
            arguments = {key: found for row in rows for key, found in row.items()}
            asked = [key for key in inspect.signature(function).parameters if key not in arguments]
            if all(key == "many" or (key in FRAMEWORKS and find_spec(key)) for key in asked):
                arguments |= {key: many_of(name, arguments) if key == "many" else import_module(key) for key in asked}
                yield f"{name}{list(arguments.values())}", partial(function, **arguments)


def many_of(name: str, arguments: Mapping[str, Any]) -> int:
    """Return how many times as usual a test draws."""
    return MANY.get(name, 1) * (MORE if name in MANY and arguments.get("kind") in COMBINED else 1)


def cases(names: str | tuple[str, ...], rows: Any) -> list[dict[str, Any]]:
    """Return the arguments that a table of parameters gives, one mapping for each row."""
    keys = [key.strip() for key in names.split(",")] if isinstance(names, str) else list(names)
    single = len(keys) == 1
    return [dict(zip(keys, [row] if single else row, strict=True)) for row in rows]


def collected(replay: Replay, files: Iterable[str] = FILES, named: str = "") -> list[Check]:
    """Return the tests that meet layers, the quickest first; each must hold as long as nothing is damaged.

    Of those that are called by some name, if one is given.
    """
    found = []
    loaded = [plain(path) for pattern in files for path in sorted(TESTS.glob(pattern))]
    for module in loaded:
        if hasattr(module, "lines"):
            module.lines = Met(replay, module.lines, lambda case: case["network"])
        if "every_quantity" in module.__name__:
            for name in ("cases", "shared_cases"):
                setattr(module, name, Met(replay, getattr(module, name), lambda case: case[0]))
    with replay.opened():
        for name, run in [call for module in loaded for call in calls(module) if call[0].startswith(named)]:
            outer, replay.touched = replay.touched, set()
            try:
                run()
            except pytest.skip.Exception:
                continue
            structures, replay.touched = frozenset(replay.touched), outer
            start = perf_counter()
            run()  # again: what is remembered is no part of a check's price
            found.append(Check(name, run, structures, perf_counter() - start))
    return sorted((check for check in found if check.structures), key=lambda check: check.seconds)


class Met:
    """The cases that a function of a test file returns; while something is damaged, those that meet the damage."""

    def __init__(self, replay: Replay, cases_of: Callable[..., Iterable[Any]], network: Callable[[Any], Any]) -> None:
        self.replay, self.cases_of, self.network = replay, cases_of, network
        self.known: dict[tuple[Any, ...], list[tuple[Any, str]]] = {}

    def __call__(self, *which: Any) -> list[Any]:
        """Return the cases as the function does."""
        if which not in self.known:
            self.known[which] = [(case, repr(self.network(case))) for case in self.cases_of(*which)]
        cases = self.known[which]
        return [case for case, key in cases if not self.replay.damaged or self.replay.meets(key)]
