"""Text to plain data: YAML (and so JSON) read safely, with the line of any entry found again when it is wrong."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import yaml

from layerquiz.errors import LayerquizError

MOST_CHARACTERS = 4_000_000
MOST_SHOWN = 80

_C_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DoubledKeyError(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping: YAML would silently take the last."""


class _Loader(_C_LOADER):  # type: ignore[misc]
    """The safe loader that refuses doubled keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise DoubledKeyError(None, None, f'the key "{key.value}" stands twice', key.start_mark)
                seen.add(getattr(key, "value", "") if isinstance(key, yaml.ScalarNode) else "")
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


Error = TypeVar("Error", bound=LayerquizError)


def load(text: str, error: Callable[..., LayerquizError]) -> Any:
    """Return the plain data of a YAML text; every fault is one error with its line."""
    if len(text) > MOST_CHARACTERS:
        raise error(f"the text has {len(text):,} characters", cure=f"Allowed are {MOST_CHARACTERS:,}", slug="too-large")
    try:
        return yaml.load(text, _Loader)  # noqa: S506 -- a subclass of the safe loader
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise error(f"this is not readable as YAML: {fault.problem}", where=where, slug="yaml") from None
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        why = "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault).splitlines()[0]
        raise error(f"this is not readable as YAML: {why}", slug="yaml") from None


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line (from 1) of an entry such as `layers`, 3, `kernel`; of the deepest part that is there."""
    try:
        node = yaml.compose(text, Loader=_C_LOADER)
    except (yaml.YAMLError, RecursionError):
        return 0
    line = 1
    for step in path:
        found = _entry(node, step)
        if found is None:
            break
        key, node = found
        line = key.start_mark.line + 1
    return line


def _entry(node: Any, step: str | int) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, found) for key, found in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


class _Short(reprlib.Repr):
    """Values in messages, cut so that a message stays one line."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = MOST_SHOWN
        self.maxlong = 40
        self.maxlevel = 2


def shown(value: object) -> str:
    """Return a value as it may stand in a message: short, whatever its size."""
    return _Short().repr(value)
