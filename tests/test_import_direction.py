"""The direction of the house: each package imports only from those above it, read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import layerquiz

SOURCE = Path(layerquiz.__file__).parent
HOUSE = (
    ("errors", "exact", "record"), ("data",), ("languages",), ("formula",), ("network",), ("exam",), ("grading",),
    ("render",),
    ("files", "database"), ("csv_files",), ("tables", "progress", "vault"), ("engine",), ("lists", "models", "themed"),
    ("check", "practise", "remedial", "press", "publish", "regrade"),
    ("answers", "authoring", "entry", "handouts", "overview", "locking", "preview"),
    ("report",), ("api", "errata", "people"), ("cli",),
)  # fmt: skip
LEVEL = {room: level for level, rooms in enumerate(HOUSE) for room in rooms}
FILES = sorted(
    file for file in SOURCE.rglob("*.py") if file.parent != SOURCE or file.name not in ("__init__.py", "__main__.py")
)
PURE = ("formula", "network", "exam", "grading")
ONLY_IN = {"sympy": ("formula/algebra.py",), "jinja2": ("exam/wording.py", "render/"), "babel": ("languages.py",)}


def imports(file: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it they stand."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(file: Path) -> str:
    """Return the package or module right under layerquiz that a file belongs to."""
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_a_module_imports_only_from_above(file: Path) -> None:
    """Nothing imports from its own level's neighbour or from below; pure packages know no commands, paths or logs."""
    place = file.relative_to(SOURCE).as_posix()
    for name in imports(file):
        package, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if package == "layerquiz" and other != "__version__":
            assert other == room(file) or LEVEL[other] < LEVEL[room(file)], f"{place} imports {name}"
        if room(file) in PURE:
            assert package not in ("click", "pathlib", "logging"), f"{place} imports {name}"
        assert package not in ONLY_IN or place.startswith(ONLY_IN[package]), f"{place} imports {name}"


def test_every_room_has_its_place() -> None:
    """A package that is added needs its place in the direction."""
    assert {room(file) for file in FILES} <= set(LEVEL)
