"""JSON and JSONL as tables: numbers keep their digits, and a key that stands twice is refused, not swallowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from layerquiz.errors import LayerquizError
from layerquiz.grading.submissions.table import Table, shown

SHAPES = (
    'Write a list such as [{"student": "s01", "1a": "34944"}], '
    '[{"student": "s01", "blank": "1a", "answer": "34944"}], or a mapping such as {"s01": {"1a": "34944"}}'
)
COLUMNS_LIMIT = 1_000
"""Different keys of all records together: each record is as wide as all of them."""
INSIDE = ("answers", "submissions", "students")
"""Keys under which the records of a whole file may stand, beside its `exam`."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a character that JSON writes in two halves: no file can hold it."""


class _DoubledError(ValueError):
    """A key that stands twice in one object."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def table(text: str, where: str) -> Table:
    """Return the table of a JSON text: a list of records, or a mapping by student."""
    data = _parsed(text, where)
    exam = ""
    if isinstance(data, Mapping) and (inside := next((key for key in INSIDE if key in data), None)):
        exam, data = _text(data.get("exam", ""), f"{where}, exam"), _only(data, inside, where)
    if isinstance(data, Mapping):
        exam = exam or _text(data.get("exam", ""), f"{where}, exam")
        data = [{"student": student, "answers": found} for student, found in data.items() if student != "exam"]
    if not isinstance(data, list):
        raise LayerquizError("this is no list of answers", where=where, cure=SHAPES, slug="json")
    return _table(where, enumerate(data, 1), "entry", "a JSON file", exam)


def table_of_lines(text: str, where: str) -> Table:
    """Return the table of a text with one JSON object on each line."""
    lines = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
    found = ((number, _parsed(line, f"{where}, line {number}", number)) for number, line in lines)
    return _table(where, found, "line", "a JSONL file", "")


def _only(data: Mapping[str, Any], inside: str, where: str) -> Any:
    strange = [key for key in data if key not in (inside, "exam", "format")]
    if strange:
        what = f'beside "{inside}" stands {shown(strange[0])}, which means nothing here'
        raise LayerquizError(what, where=where, cure=f'Only "exam" may stand beside it. {SHAPES}', slug="json")
    return data[inside]


def _parsed(text: str, where: str, line: int = 0) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except _DoubledError as error:
        raise LayerquizError(str(error), where=where, cure="Remove one of the two", slug="doubled-key") from None
    except json.JSONDecodeError as error:
        at = where if line else f"{where}, line {error.lineno}"
        raise LayerquizError(f"not JSON ({error.msg}, column {error.colno})", where=at, slug="json") from None
    except RecursionError:
        raise LayerquizError(
            "brackets within brackets, too deep to read", where=where, cure=SHAPES, slug="json"
        ) from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DoubledError(f"the key {shown(key)} stands twice in one object")
        found[key] = value
    return found


def _table(where: str, records: Iterable[tuple[int, Any]], unit: str, kind: str, exam: str) -> Table:
    """Return records as a table whose columns are all their keys."""
    columns: dict[str, int] = {}
    rows: list[tuple[int, dict[str, str]]] = []
    for number, record in records:
        at = f"{where}, {unit} {number}"
        if not isinstance(record, Mapping):
            raise LayerquizError("this is no record of answers", where=at, cure=SHAPES, slug="json")
        cells = {
            HALF.sub("\ufffd", key): _text(value, f"{at}, {shown(key)}") for key, value in _flat(record, at).items()
        }
        for key in cells:
            columns.setdefault(key, len(columns))
        if len(columns) > COLUMNS_LIMIT:
            what = f"the records have more than {COLUMNS_LIMIT:,} different keys"
            raise LayerquizError(what, where=at, cure=SHAPES, slug="json")
        rows.append((number, cells))
    names = tuple(columns)
    numbered = tuple((number, tuple(cells.get(name, "") for name in names)) for number, cells in rows)
    return Table(where, names, numbered, kind, unit, exam)


def _flat(record: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Return a record with its `answers` beside its other keys."""
    inside = record.get("answers", {})
    if not isinstance(inside, Mapping):
        raise LayerquizError("the answers are no mapping of blanks", where=at, cure=SHAPES, slug="json")
    outside = {key: value for key, value in record.items() if key != "answers"}
    doubled = next((key for key in inside if key in outside), None)
    if doubled is not None:
        what = f"the key {shown(doubled)} stands beside the answers and among them"
        raise LayerquizError(what, where=at, cure="Remove one of the two", slug="doubled-key")
    return {**outside, **inside}


def _text(value: Any, at: str) -> str:
    """Return an answer as text: a list of numbers is a shape."""
    if value is None:
        return ""
    if isinstance(value, str):
        return HALF.sub("\ufffd", value).strip()
    if isinstance(value, list) and value and all(isinstance(part, _Number) for part in value):
        return f"({', '.join(value)})"
    kind = {bool: "true or false", list: "a list", dict: "a mapping"}.get(type(value), "no text")
    cure = "Write a text, a number, or a list of numbers for a shape"
    raise LayerquizError(f"the answer is {kind}", where=at, cure=cure, slug="json")
