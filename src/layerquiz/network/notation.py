"""Text to plain data: YAML (and so JSON) read safely, with the line of any entry found again when it is wrong."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import yaml

from layerquiz.errors import LayerquizError

MOST_CHARACTERS = 1_000_000
MOST_SHOWN = 80
DEEPEST = 200
MOST_SAID = 380
MOST_DIGITS = 40
MOST_WRITTEN = 4000
MOST_MERGED = 100
MOST_ENTRIES = 100_000
MERGE = "tag:yaml.org,2002:merge"

_C_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DoubledKeyError(yaml.constructor.ConstructorError):
    """A key that stands twice in one mapping: YAML would silently take the last."""


class _Loader(_C_LOADER):  # type: ignore[misc]
    """The safe loader that refuses doubled keys, and anchors that merge without end."""

    merged = 0

    def flatten_mapping(self, node: Any) -> None:
        merges = [inner for key, inner in node.value if key.tag == MERGE]
        if any(len(inner.value) > MOST_MERGED for inner in merges):
            raise yaml.constructor.ConstructorError(None, None, "too much is merged", node.start_mark)
        super().flatten_mapping(node)
        self.merged += len(node.value) if merges else 0
        if self.merged > MOST_ENTRIES:
            raise yaml.constructor.ConstructorError(None, None, "too much is merged", node.start_mark)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise DoubledKeyError(None, None, f'the key "{key.value}" stands twice', key.start_mark)
                seen.add(getattr(key, "value", "") if isinstance(key, yaml.ScalarNode) else "")
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _careful(construct: Callable[[Any, Any], Any], called: str) -> Callable[[Any, Any], Any]:
    """Return a constructor whose every failure is an error with its place; to read very long numbers takes too long."""

    def made(loader: Any, node: Any) -> Any:
        is_long = isinstance(node, yaml.ScalarNode) and len(node.value) > MOST_WRITTEN
        try:
            if not is_long:
                return construct(loader, node)
        except (ValueError, LookupError, AttributeError, ArithmeticError):
            pass  # whatever Python's reader of numbers and dates stumbles over
        what = f"{shown(node.value)} is no {called}" + (" that can be read" if is_long else "")
        raise yaml.constructor.ConstructorError(None, None, what, node.start_mark)

    return made


Error = TypeVar("Error", bound=LayerquizError)


def load(text: str, error: Callable[..., LayerquizError]) -> Any:
    """Return the plain data of a YAML text; every fault is one error with its line."""
    if len(text) > MOST_CHARACTERS:
        raise error(f"the text has {len(text):,} characters", cure=f"Allowed are {MOST_CHARACTERS:,}", slug="too-large")
    try:
        _refuse_depth(text)
        return yaml.load(text, _Loader)  # noqa: S506 -- a subclass of the safe loader
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise shortened(error(f"this is not readable as YAML: {fault.problem}", where=where, slug="yaml")) from None
    except yaml.reader.ReaderError as fault:
        line = text.encode().count(b"\n", 0, fault.position) + 1  # the reader counts bytes
        what = f"this is not readable as YAML: {str(fault).splitlines()[0]}"
        raise error(what, where=f"line {line}", slug="yaml") from None
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        why = "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault).splitlines()[0]
        raise error(f"this is not readable as YAML: {why}", slug="yaml") from None


def _may_be_deep(text: str) -> bool:
    """Say whether brackets or indentation could nest too deeply; a cheap look that spares most texts the exact one."""
    indented = max((len(line) - len(line.lstrip(" \t-?:")) for line in text.splitlines()), default=0)
    return text.count("[") + text.count("{") + 2 * indented > DEEPEST


def _refuse_depth(text: str) -> None:
    """Raise a RecursionError where YAML's C loader would run out of stack and take Python with it."""
    if not _may_be_deep(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=_C_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise RecursionError


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
        self.maxlevel = 2

    def repr_date(self, date: object, _: int) -> str:
        """Return a date as it is written."""
        return str(date)

    repr_datetime = repr_date

    def repr_int(self, number: int, _: int) -> str:
        """Return a number, or how long it is: Python refuses to print some thousand digits."""
        digits = int(number.bit_length() * 0.30103) + 1
        return repr(number) if digits <= MOST_DIGITS else f"a number of about {digits:,} digits"


def shown(value: object) -> str:
    """Return a value as it may stand in a message: short, whatever its size."""
    return _Short().repr(value)


def named(value: object) -> str:
    """Return a text as it is, and anything else as it may stand in a message."""
    return value if isinstance(value, str) else shown(value)


def printable(text: str) -> str:
    """Return a text with everything that is no visible character written as an escape."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def shortened(error: LayerquizError) -> LayerquizError:
    """Make a message readable, in place: on one line, the longest parts cut in their middle."""
    parts = ("where", "what", "why", "cure")
    for part in parts:
        setattr(error, part, printable(getattr(error, part)))
    for most in (MOST_SAID, 200, 150, 120, 90):
        if sum(min(len(getattr(error, part)), most) for part in parts) <= MOST_SAID:
            break
    for part in parts:
        text = getattr(error, part)
        if len(text) > most:
            setattr(error, part, f"{text[: most // 2 - 2]} ... {text[-(most // 2 - 3) :]}")
    return error


SCALARS = {"int": "whole number", "float": "number", "bool": "true or false", "timestamp": "date"}
for _tag, _called in SCALARS.items():
    _whole = f"tag:yaml.org,2002:{_tag}"
    _Loader.add_constructor(_whole, _careful(_Loader.yaml_constructors[_whole], _called))
