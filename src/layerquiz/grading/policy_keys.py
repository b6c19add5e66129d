"""The choices of a policy as they are written, checked: each error says what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from layerquiz.errors import ExamError, nearest
from layerquiz.network.conventions import NAMED
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.notation import named, shown

COUNTED_OTHERWISE = {
    "stored_statistics": "bn-moving-statistics",
    "reset_after": "gru-one-bias",
    "two_recurrent_biases": "lstm-one-or-two-biases",
}
"""The choices of the conventions that change a count, and the catalogue's name for having chosen the other way."""

ACCEPTABLE = frozenset((*COUNTED_OTHERWISE.values(), "mac-vs-flop", "mb-vs-mib", *NAMED))
"""What `accept` may name: the slugs of verdicts `convention`, and conventions by name."""

MOST_DIGITS = 15
LARGEST_STEP = 100
WORDS: Mapping[str, tuple[str, ...]] = {
    "repeat": ("once", "always"),
    "points_rounding": ("nearest", "up", "down"),
    "points_rounded": ("question", "exam"),
    "choice": ("all-or-nothing", "per-option", "negative"),
}


@dataclass(frozen=True, slots=True)
class Shares:
    """What one mistake earns of a blank's points, with working and as a bare value."""

    working: Fraction
    bare: Fraction


def agreeing(choices: dict[str, Any]) -> dict[str, Any]:
    """Return choices that take back what they contradict in an outer policy; contradicting each other is refused."""
    allows = choices.get("rounding") or choices.get("digits") is not None
    if choices.get("exact") and allows:
        cure = "Keep one: exact, or rounding and digits"
        raise ExamError("policy: exact numbers are asked and rounded ones allowed", cure=cure, slug="policy")
    if choices.get("exact"):
        return {**choices, "rounding": False, "digits": None}
    if allows:
        return {**choices, "exact": False}
    return {**choices, "digits": None} if "rounding" in choices else choices


def merged(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, Any]:
    """Return written choices of which some are replaced; what the new ones contradict is left out."""
    found = {**outer, **inner}
    if isinstance(outer.get("mistakes"), Mapping) and isinstance(inner.get("mistakes"), Mapping):
        found["mistakes"] = {**outer["mistakes"], **inner["mistakes"]}
    taken_back = {"exact": ("rounding", "digits"), "digits": ("exact",), "rounding": ("exact", "digits")}
    for key in inner:
        for other in taken_back.get(key, ()):
            if other not in inner:
                found.pop(other, None)
    return found


def choice(key: str, value: Any) -> Any:
    """Return the value of one choice."""
    if key == "mistakes":
        return _mistakes(value)
    if key == "accept":
        return _accepted(value)
    if key in WORDS:
        if not isinstance(value, str) or value not in WORDS[key]:
            allowed = ", ".join(f'"{word}"' for word in WORDS[key])
            raise ExamError(f"policy, {key}: found {shown(value)}", cure=f"Allowed: {allowed}", slug="policy")
        return value
    if key in ("rounding", "exact"):
        if value not in (True, False, "allowed") or (key == "exact" and value == "allowed"):
            raise ExamError(f"policy, {key}: found {shown(value)}", cure="Allowed: true, false", slug="policy")
        return bool(value)
    if key == "digits":
        return _digits(value)
    if key == "points_step":
        return _step(value)
    share = _fraction(key, value)
    return None if key == "method" and share == 0 else share


def _mistakes(value: Any) -> dict[str, Shares]:
    if not isinstance(value, Mapping):
        what, cure = f"policy, mistakes: found {shown(value)}", "Allowed: slug: share, as forgot-bias: 1/2"
        raise ExamError(what, cure=cure, slug="policy")
    for slug in value:
        if slug not in CATALOGUE:
            what, cure = f'policy, mistakes: no mistake "{named(slug)}"', nearest(named(slug), CATALOGUE)
            raise ExamError(what, cure=cure, slug="unknown-mistake")
    return {slug: _shares(f"mistakes, {slug}", found) for slug, found in value.items()}


def _shares(key: str, value: Any) -> Shares:
    if not isinstance(value, Mapping):
        share = _fraction(key, value)
        return Shares(share, share)
    if set(value) != {"working", "bare"}:
        cure = "Allowed: a share, or {working: 3/4, bare: 1/4}"
        raise ExamError(f"policy, {key}: found {shown(dict(value))}", cure=cure, slug="policy")
    return Shares(*(_fraction(f"{key}, {part}", value[part]) for part in ("working", "bare")))


def _accepted(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        what, cure = f"policy, accept: found {shown(value)}", "Allowed: a list, as [mac-vs-flop, keras]"
        raise ExamError(what, cure=cure, slug="policy")
    for name in value:
        if not isinstance(name, str) or name not in ACCEPTABLE:
            what, cure = f'policy, accept: no convention "{named(name)}"', nearest(named(name), ACCEPTABLE)
            raise ExamError(what, cure=cure, slug="unknown-convention")
    return frozenset(value)


def _digits(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_DIGITS:
        cure = f"Allowed: a whole number from 1 to {MOST_DIGITS}"
        raise ExamError(f"policy, digits: found {shown(value)}", cure=cure, slug="policy")
    return value


def _step(value: Any) -> Fraction | None:
    step = number(value)
    if step is None or not 0 <= step <= LARGEST_STEP:
        cure = "Allowed: a part of a point such as 1/2, 0.25 or 1; 0 for points that are not rounded"
        raise ExamError(f"policy, points_step: found {shown(value)}", cure=cure, slug="policy")
    return step or None


def _fraction(key: str, value: Any) -> Fraction:
    share = number(value)
    if share is None or not 0 <= share <= 1:
        cure = "Allowed: a share from 0 to 1, such as 1/2 or 0.5"
        raise ExamError(f"policy, {key}: found {shown(value)}", cure=cure, slug="policy")
    return share


def number(value: Any) -> Fraction | None:
    """Return a number or its text, such as 1/2, 0.5 or 0,5, exactly; nothing where it is none."""
    text = str(value).strip()
    if isinstance(value, bool) or len(text) >= 20 or "e" in text.lower() or "_" in text:
        return None
    try:
        return Fraction(text.replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
