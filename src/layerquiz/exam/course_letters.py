"""The letters of a course in place of the glossary's, such as F for a kernel; no two of one layer are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.template import Template
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.glossary import CHOSEN, SIZES, letter, plain_letter
from layerquiz.network.layers import KINDS

ONE = re.compile(r"[A-Za-z]")


class LettersError(LayerquizError):
    """Letters that cannot be: `key` is the quantity whose letter is wrong."""

    slug = "letters"

    def __init__(self, what: str, key: str, cure: str) -> None:
        super().__init__(what, cure=cure)
        self.path = (key,)


def with_letters(template: Template, letters: Mapping[str, str]) -> Template:
    """Return a template that is put, solved and read in the letters of a course, by quantity."""
    if not letters:
        return template
    return replace(template, words=replace(template.words, letters=tuple(sorted(letters.items()))))


def check(letters: Mapping[str, str]) -> None:
    """Refuse letters of quantities that have none, and what is no letter."""
    for name, sign in letters.items():
        if name not in CHOSEN:
            raise LettersError(f'no letter belongs to "{name}"', name, nearest(name, CHOSEN))
        if not ONE.fullmatch(sign):
            raise LettersError(f'"{sign[:20]}" is no letter', name, "Allowed is one letter from A to Z or a to z")


def check_together(template: Template, letters: Mapping[str, str]) -> None:
    """Refuse letters by which two quantities of a layer that a template may have would be called the same."""
    words = Words(letters=tuple(sorted(letters.items())))
    for kind in sorted(_kinds(template.written.mapping() if template.kind != "text" else {})):
        seen: dict[str, tuple[str, bool]] = {}
        for name, own in _quantities(kind):
            sign = letter(name, own, words)
            other = seen.setdefault(sign, (name, own))
            if other[0] == name or letter(*other, ENGLISH) == letter(name, own, ENGLISH):
                continue
            key = name if name in letters else other[0]
            what = f"{plain_letter(sign)} would be both {_said(*other)} and {_said(name, own)} of a {kind}"
            raise LettersError(what, key if key in letters else next(iter(letters)), "Choose another letter")


def _said(name: str, own: bool) -> str:
    return f"the {name}" if own or name not in SIZES else f"the {name} of the input"


def _kinds(found: Any) -> set[str]:
    """Return the kinds of layers that stand in a part of a template, drawn or not."""
    if isinstance(found, str):
        return {found} & KINDS.keys()
    if isinstance(found, Mapping):
        return {kind for part in found.values() for kind in _kinds(part)}
    return {kind for part in found for kind in _kinds(part)} if isinstance(found, list) else set()


def _quantities(kind: str) -> Iterator[tuple[str, bool]]:
    """Yield the quantities of a kind of layer that have letters: its keys, and the sizes on both of its sides."""
    keys = [name for name in KINDS[kind].keys.model_fields if name in CHOSEN]
    axes = KINDS[kind].axes
    sizes = ("channels", *axes) if axes else tuple(size for size in SIZES if size not in ("depth", "length"))
    yield from ((name, True) for name in (*keys, *sizes))
    yield from ((name, False) for name in sizes)
