"""A layer's mapping to its checked keys; every refusal names the key, what was found and what is allowed."""

from __future__ import annotations

import types
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from layerquiz.errors import NetworkError, nearest
from layerquiz.formula.expr import Number
from layerquiz.network.layers.base import (
    DIFFERENT,
    EQUAL,
    GIVEN,
    KEYS_OF_ALL,
    LARGEST,
    OPEN,
    PLAIN,
    SIDES,
    Keys,
    Kind,
    Mark,
    RefusedKeyError,
)
from layerquiz.network.notation import shown

SAYS_NOTHING = ("activation", "function", "rate")
"""Keys that change no count, and so no formula."""


def checked(model: type[BaseModel], mapping: Mapping[str, Any]) -> Any:
    """Return a mapping as a checked model."""
    try:
        return model.model_validate(mapping)
    except ValidationError as error:
        raise _refusal(model, mapping, error) from None


def _refusal(model: type[BaseModel], mapping: Mapping[str, Any], error: ValidationError) -> NetworkError:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    # A key that is misspelled is missing too: the misspelling is what the author can mend.
    first = next((found for found in errors if found["type"] in ("extra_forbidden", "invalid_key")), errors[0])
    key = str(first["loc"][0])
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    if first["type"] in ("extra_forbidden", "invalid_key"):
        return RefusedKeyError(key, f'there is no key "{key}"', nearest(key, fields), "unknown-key")
    allowed = f"Allowed: {permitted(fields[key])}"
    if first["type"] == "missing":
        return RefusedKeyError(key, f'the key "{key}" is missing', allowed, "missing-key")
    if any(_is_too_large(found) for found in errors if str(found["loc"][0]) == key):
        allowed = f"Allowed: at most {LARGEST:,}"
    return RefusedKeyError(key, f"found {shown(mapping.get(key))}", allowed, "wrong-value")


def _is_too_large(found: ErrorDetails) -> bool:
    return found["type"] == "less_than_equal" and found["msg"].endswith(str(LARGEST))


def permitted(info: FieldInfo) -> str:
    """Say in words what a key takes."""
    annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return _words(annotation)


@cache
def _words(annotation: Any) -> str:
    base, *limits = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    if get_origin(base) in (Union, types.UnionType):
        options = [part for part in get_args(base) if part is not type(None)]
        parts = dict.fromkeys(_words(Annotated[part, *limits] if limits else part) for part in options)
        return ", or ".join(parts)
    if get_origin(base) is Literal:
        return ", ".join(f'"{word}"' if isinstance(word, str) else str(word) for word in get_args(base))
    if get_origin(base) is dict:
        return "a mapping"
    if isinstance(base, type) and issubclass(base, BaseModel):
        return f"a mapping of {', '.join(base.model_fields)}"
    if base is str or (get_origin(base) is list and get_args(base) == (Any,)):
        return f"a {'text' if base is str else 'list'}{_length(limits)}"
    if get_origin(base) is list:
        return f"a list with{_entries(_flat(limits))}, for each entry, {_words(get_args(base)[0])}"
    if get_origin(base) is Annotated:
        return _words(base)
    least = next((limit.ge for limit in _flat(limits) if isinstance(limit, Ge)), None)
    most = next((limit.le for limit in _flat(limits) if isinstance(limit, Le)), None)
    bounds = [f"above {limit.gt}" for limit in _flat(limits) if isinstance(limit, Gt)]
    bounds += [f"below {limit.lt}" for limit in _flat(limits) if isinstance(limit, Lt)]
    bounds += [f"at most {most}"] if least is None and most not in (None, LARGEST) else []
    above = f" {' and '.join(bounds)}" if bounds else ""
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
    reach = f" from {least}" + (f" to {most}" if most not in (None, LARGEST) else " up") if least is not None else above
    return names.get(base, str(base)) + reach


def _length(limits: list[Any]) -> str:
    """Say how long a text or a list may be, where that is limited."""
    most = next((limit.max_length for limit in _flat(limits) if isinstance(limit, MaxLen)), None)
    filled = " that is not empty" if any(isinstance(limit, MinLen) for limit in _flat(limits)) else ""
    return filled if most is None else f" of at most {most} characters"


def _entries(limits: list[Any]) -> str:
    """Say how many entries a list may have, where that is limited."""
    least = next((limit.min_length for limit in limits if isinstance(limit, MinLen)), None)
    most = next((limit.max_length for limit in limits if isinstance(limit, MaxLen)), None)
    if most is None:
        return ""
    return f" {most} entries" if least == most else f" {least or 0} to {most} entries"


def _flat(limits: list[Any]) -> list[Any]:
    return [part for limit in limits for part in (limit.metadata if isinstance(limit, FieldInfo) else [limit])]


def marks_and_givens(kind: Kind, keys: Keys, axes: tuple[str, ...]) -> tuple[dict[str, Mark], dict[str, Number]]:
    """Split a layer's keys into its structure (words, flags, which axes are equal) and its numbers."""
    marks: dict[str, Mark] = {"trainable": keys.trainable}
    if keys.shares is not None:
        marks["shares"] = True
    givens: dict[str, Number] = {}
    written = vars(keys)
    for name, is_word, is_per_axis, plain in _fields(kind):
        found = written[name]
        if name == "stride" and found is None:
            found = written["kernel"]  # only pools leave the stride open
        if name == "tied":
            marks[name] = found is not None  # which layer it is says nothing about the structure
        elif is_word or found is None or isinstance(found, bool | str):
            marks[name] = _fixed(found)
        elif is_per_axis:
            _spread(name, found, plain, axes, marks, givens)
        elif isinstance(found, list):
            marks[name] = tuple(OPEN if entry == OPEN else GIVEN for entry in found)
            givens |= {f"entry.{place}": entry for place, entry in enumerate(found, 1) if entry != OPEN}
        else:
            marks[name] = plain if found == plain is not None else GIVEN
            givens[name] = found
    return marks, givens


def _fixed(found: Any) -> Any:
    """Return lists, and those inside them, as tuples."""
    return tuple(_fixed(entry) for entry in found) if isinstance(found, list) else found


@cache
def _fields(kind: Kind) -> tuple[tuple[str, bool, bool, Any], ...]:
    """Return the keys of a kind that its rule sees: whether each is a word, or per axis, and where it says nothing.

    A number that says nothing is a mark of the structure, so that the rule may leave it out.
    """
    own = [name for name in kind.keys.model_fields if name not in KEYS_OF_ALL and name not in SAYS_NOTHING]
    plain = {**PLAIN, **kind.plain}
    return tuple((name, name in kind.words, name in kind.per_axis, plain.get(name)) for name in own)


def _exact(entry: Any) -> Any:
    """Return a decimal number as the fraction that is written: 0.7 is 7/10."""
    if not isinstance(entry, float):
        return entry
    exact = Fraction(str(entry))
    return exact.numerator if exact.denominator == 1 else exact


def _spread(
    name: str, found: Any, plain: Any, axes: tuple[str, ...], marks: dict[str, Mark], givens: dict[str, Number]
) -> None:
    if isinstance(found, int):
        marks[name], givens[name] = plain if found == plain is not None else EQUAL, found
        return
    entries = [_exact(entry) for entry in found] if isinstance(found, list) else [_exact(found)] * len(axes)
    if len(entries) != len(axes):
        allowed = f"Allowed: a number for all axes, or {len(axes)} entries in the order ({', '.join(axes)})"
        raise RefusedKeyError(name, f"found {shown(found)}, {len(entries)} entries", allowed, "wrong-length")
    if any(isinstance(entry, Fraction) for entry in entries):
        marks["fraction"] = True
    if any(isinstance(entry, list) for entry in entries):
        marks[name] = SIDES
        for axis, entry in zip(axes, entries, strict=True):
            first, last = entry if isinstance(entry, list) else (entry, entry)
            givens |= {f"before.{axis}": first, f"after.{axis}": last}
    elif len(set(entries)) == 1 and entries[0] is not None:
        marks[name] = plain if entries[0] == plain is not None else EQUAL
        givens[name] = entries[0]
    else:
        marks[name] = DIFFERENT
        if None in entries:
            marks["kept"] = tuple(axis for axis, entry in zip(axes, entries, strict=True) if entry is None)
        givens |= {f"{name}.{axis}": entry for axis, entry in zip(axes, entries, strict=True) if entry is not None}
