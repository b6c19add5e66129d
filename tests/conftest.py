"""What all tests share: golden files, how many cases are drawn, and the frameworks that serve as oracles."""

from __future__ import annotations

import gc
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from oracle.tally import Tally

TALLY = pytest.StashKey[Tally]()
TESTS = Path(__file__).parent
FRAMEWORKS = ("torch", "keras")

settings.register_profile("layerquiz", deadline=None, derandomize=True, database=None, max_examples=150)
settings.register_profile("fuzz", deadline=None, database=None, max_examples=5000)
settings.load_profile("layerquiz")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flags of this suite."""
    parser.addoption("--refresh", action="store_true", help="write the golden files anew instead of comparing")
    parser.addoption("--many", type=int, default=1, metavar="N", help="draw N times as many cases as usual")
    parser.addoption(
        "--mutants", action="store_true", help="damage each formula in turn: some test must fail (minutes)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin the count of what the oracles compare."""
    config.stash[TALLY] = Tally()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep every n-th case of a test that is marked `sampled(n)`; all of them where more than usual are drawn."""
    if config.getoption("--many") > 1:
        return
    seen: Counter[str] = Counter()
    left = []
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker is not None:
            test = item.nodeid.partition("[")[0]
            if seen[test] % marker.args[0]:
                left.append(item)
            seen[test] += 1
    config.hook.pytest_deselected(items=left)
    gone = {*map(id, left)}
    items[:] = [item for item in items if id(item) not in gone]


def pytest_collection_finish() -> None:
    """Look for rings of objects seldom: thousands of tests stay in memory, and looking was a seventh of the time."""
    gc.set_threshold(50_000, 20, 100)


def pytest_report_header() -> str:
    """Say which oracles run."""
    found = [name for name in FRAMEWORKS if find_spec(name)]
    missing = [name for name in FRAMEWORKS if name not in found]
    without = f"; without {', '.join(missing)}, whose oracles are skipped" if missing else ""
    return f"oracles: brute force{''.join(f', {name}' for name in found)}{without}"


SUMMARY = pytest.StashKey[list[str]]()


TOLD = "told"
"""Under this name a process that runs a part of the tests hands its counts and lines to the one that reports."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what this process has compared and has to say, where another one reports."""
    if hasattr(session.config, "workeroutput"):
        stash = session.config.stash
        session.config.workeroutput[TOLD] = {"tally": stash[TALLY].plain(), "lines": stash.get(SUMMARY, [])}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Add what a process that ran a part of the tests has to say."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    told = getattr(node, "workeroutput", {}).get(TOLD)
    if told:
        config.stash[TALLY].add(told["tally"])
        config.stash.setdefault(SUMMARY, []).extend(told["lines"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how much the oracles have compared, and what tests had to say."""
    for line in (*config.stash[TALLY].lines(), *config.stash.get(SUMMARY, [])):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    """Return the count of what the oracles compare, which the end of the report prints."""
    return pytestconfig.stash[TALLY]


@pytest.fixture
def summary(pytestconfig: pytest.Config) -> list[str]:
    """Return the lines that are printed behind the results of all tests; a test adds its own."""
    return pytestconfig.stash.setdefault(SUMMARY, [])


@pytest.fixture(scope="session")
def many(pytestconfig: pytest.Config) -> int:
    """Return the factor by which more cases are drawn than usual (`--many`)."""
    return int(pytestconfig.getoption("--many"))


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """Return PyTorch, or skip: it is an oracle and not needed otherwise."""
    module = framework("torch")
    module.set_num_threads(1)  # the tensors are so small that threads only wait for each other
    return module


@pytest.fixture(scope="session")
def keras(torch: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Return Keras on PyTorch, or skip; what its user has chosen elsewhere (a backend, channels first) is not read."""
    os.environ |= {"KERAS_BACKEND": "torch", "KERAS_HOME": str(tmp_path_factory.mktemp("keras"))}
    return framework("keras")


def framework(name: str) -> ModuleType:
    """Return an oracle's module, or skip the test that asks for it."""
    if not find_spec(name):
        pytest.skip(f"{name} is not installed: `make oracles` adds this oracle")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # shapes on `meta` need none
        return import_module(name)


@pytest.fixture(scope="session")
def calls() -> Callable[[Callable[[], object]], int]:
    """Return a count of the function calls that some work takes: bounded work is held by counts, never by a clock."""

    def count(work: Callable[[], object]) -> int:
        counted = 0

        def seen(_: object, event: str, __: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(seen)
        try:
            work()
        finally:
            sys.setprofile(before)
        return counted

    return count


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return a comparison of a text with the golden file that is named after the test; `--refresh` writes it."""

    def compare(text: str, suffix: str = ".txt") -> None:
        module = Path(request.node.path).relative_to(TESTS).with_suffix("")
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", request.node.name).strip("-")
        file = TESTS / "data" / "golden" / module / f"{name}{suffix}"
        if request.config.getoption("--refresh"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.exists(), f"there is no golden file {file.relative_to(TESTS)}; run pytest with --refresh"
        assert text == file.read_text(encoding="utf-8")

    return compare
