"""A network's mapping as text that people like to read: YAML with a layer per line, as the known networks are kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from layerquiz.network.blocks import BlockKeys, DefinitionKeys
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import KEYS_OF_ALL, Keys
from layerquiz.network.scope import is_block

WIDTH = 120
SHORT = 40
"""What is no longer stays on one line."""

LONGEST_KEY = 100
WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
MEANT: Mapping[str, Any] = yaml.SafeLoader.yaml_implicit_resolvers
"""What YAML takes for something else than a text, by the first sign."""

FIRST = ("kind", "block", "name", "from")
LAST_OF_BLOCK = tuple(name for name in BlockKeys.model_fields if name not in (*FIRST, "source", "layers"))
LAST_OF_LAYER = tuple(name for name in Keys.model_fields if name not in (*FIRST, "source"))


def text(spec: Mapping[str, Any]) -> str:
    """Return a network's mapping as YAML from which `notation.load` gives the same mapping.

    One layer stands on a line, its kind, name and inputs first; a long line goes on below its bracket.
    """
    if not _is_plain(spec):
        return yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True)
    return "".join(f"{line}\n" for key in spec for line in _top(key, spec[key]))


def _is_plain(spec: Mapping[str, Any]) -> bool:
    """Say whether all keys are short texts, as those of every network that can be read; YAML writes others apart."""
    reached: list[Any] = [spec]
    while reached:
        part = reached.pop()
        if isinstance(part, Mapping):
            if not all(isinstance(key, str) and len(key) <= LONGEST_KEY for key in part):
                return False
            reached += part.values()
        elif isinstance(part, list | tuple):
            reached += part
    return True


def _top(key: str, value: Any) -> Iterator[str]:
    if key == "layers" and isinstance(value, list) and value:
        yield "layers:"
        yield from _entries(value, "  ")
    elif key == "blocks" and isinstance(value, Mapping) and all(map(_is_definition, value.values())) and value:
        yield "blocks:"
        for name, definition in value.items():
            yield f"  {scalar(name)}:"
            yield from _definition(definition, "    ")
    else:
        yield from _broken(f"{scalar(key)}: ", list(_pieces(value)), "  ")


def _is_definition(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("layers"), list) and len(value["layers"]) > 0


def _definition(definition: Mapping[str, Any], indent: str) -> Iterator[str]:
    known = [name for name in DefinitionKeys.model_fields if name in definition]
    for key in (*known, *(key for key in definition if key not in known)):
        value = definition[key]
        if key == "layers":
            yield f"{indent}layers:"
            yield from _entries(value, f"{indent}  ")
        else:
            pieces = list(_pieces(value, nothing="" if isinstance(value, Mapping) else "null"))
            yield from _broken(f"{indent}{scalar(key)}: ", pieces, f"{indent}  ")


def _entries(entries: list[Any], indent: str) -> Iterator[str]:
    for entry in entries:
        ordered = _ordered(entry) if isinstance(entry, Mapping) else entry
        if is_block(entry) and _is_definition(entry):
            yield from _inline(ordered, indent)
        else:
            yield from _broken(f"{indent}- ", list(_pieces(ordered)), f"{indent}   ")


def _inline(entry: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield the lines of layers that stand together: their keys, then each layer on its line."""
    lead = "- "
    for key, value in entry.items():
        if key != "layers":
            yield from _broken(f"{indent}{lead}{scalar(key)}: ", list(_pieces(value)), f"{indent}    ")
            lead = "  "
    yield f"{indent}{lead}layers:"
    yield from _entries(entry["layers"], f"{indent}    ")


def _ordered(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layer's or a block's keys in the order in which people write them."""
    kind = KINDS.get(entry["kind"]) if isinstance(entry.get("kind"), str) else None
    own = [info.alias or name for name, info in kind.keys.model_fields.items()] if kind else []
    last = LAST_OF_BLOCK if is_block(entry) else LAST_OF_LAYER
    order = [*FIRST, *(key for key in own if key not in KEYS_OF_ALL and key != "from")]
    others = [key for key in entry if key not in order and key not in last]
    return {key: entry[key] for key in (*order, *others, *last) if key in entry}


def _pieces(value: Any, lead: str = "", end: str = "", nothing: str = "null") -> Iterator[str]:
    """Yield a value in flow style, in pieces between which a line may break; `lead` and `end` stick to it.

    nothing: how an entry that is null is written.
    """
    if isinstance(value, Mapping) and value:
        brackets, leads = "{}", [f"{scalar(key)}: " for key in value]
        entries = list(value.values())
    elif isinstance(value, list | tuple) and value:
        brackets, leads, entries = "[]", [""] * len(value), list(value)
    else:
        yield f"{lead}{scalar(value)}{end}"
        return
    for place, entry in enumerate(entries):
        first = f"{lead}{brackets[0]}" if place == 0 else ""
        last = f"{brackets[1]}{end}" if place == len(entries) - 1 else ","
        if entry is None:
            yield f"{first}{leads[place]}{nothing}{last}"
            continue
        whole = " ".join(_pieces(entry, first + leads[place], last))
        yield from [whole] if len(whole) <= SHORT else _pieces(entry, first + leads[place], last)


def _broken(lead: str, pieces: list[str], indent: str) -> Iterator[str]:
    """Yield pieces on as many lines as they need."""
    line = lead
    fresh = True
    for piece in pieces:
        if not fresh and len(line) + 1 + len(piece) > WIDTH:
            yield line
            line, fresh = indent, True
        line += piece if fresh else f" {piece}"
        fresh = False
    yield line


def scalar(value: Any) -> str:
    """Return one value as YAML, with quotes only where it needs them; an expression of a block always has them."""
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        if WORD.fullmatch(value) and not any(form.match(value) for _, form in MEANT.get(value[0], [])):
            return value
        plain = _dumped(value)
        return plain if plain == value and not _looks_special(value) else _dumped(value, style='"')
    return _dumped(value)


def _looks_special(value: str) -> bool:
    """Say whether a text is an expression, or a number to other readers of YAML than ours."""
    try:
        return value.startswith("=") or not math.isnan(float(value))
    except ValueError:
        return False


def _dumped(value: Any, style: str | None = None) -> str:
    """Return what YAML's own writer makes of a value inside of brackets."""
    found: str = yaml.safe_dump(
        [value], default_flow_style=True, default_style=style, width=math.inf, allow_unicode=True
    )
    return found.strip()[1:-1]
