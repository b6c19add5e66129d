"""The words of an answer that count: signs in words, what scales a number, units, small numbers."""

from __future__ import annotations

import re
from fractions import Fraction

from layerquiz.formula.expr import Number
from layerquiz.grading.vocabulary import COUNTED, LABELS, NO, NONE, REASONS, RELATIONS, RESULTS, folded

__all__ = ["LABELS", "SIGNS", "bare", "folded", "is_label", "says_none", "scale", "unit"]

SIGNS = {
    "x": "CROSS",
    "xx": "CROSS",
    "by": "CROSS",
    "times": "TIMES",
    "dot": "TIMES",
    "dot.op": "TIMES",
    "mal": "TIMES",
    "plus": "PLUS",
    "minus": "MINUS",
    "floor": "FLOOR",
    "int": "FLOOR",
    "ceil": "CEIL",
    "ceiling": "CEIL",
    "frac": "FRACTION",
}
POWERS = {"squared": 2, "cubed": 3}
# Left out of a dotted name such as torch.Size or math.floor.
_MODULES = frozenset(("torch", "math", "np", "numpy", "tf", "units"))
_PROPERTIES = frozenset(("shape", "size", "dim"))

_SCALES = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
_SCALE_WORDS = {
    10**3: "thousand thousands tausend tsd mille mila kilo тыс тысяч",
    10**4: "wan",
    10**5: "lakh lakhs",
    10**6: "million millions mio mill millionen millones milioni mln mn mega mops млн миллион миллиона миллионов",
    10**7: "crore crores",
    10**8: "yi",
    10**9: """billion billions bn bil mrd mld milliarde milliarden milliard milliards miliardi giga gops млрд миллиард
        миллиарда миллиардов""",
    10**12: "trillion trillions tera tops",
}
_WORD_SCALES = {folded(word): factor for factor, words in _SCALE_WORDS.items() for word in words.split()}
_PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "kilo": 1, "mega": 2, "giga": 3, "tera": 4}
_PREFIXES |= {"kibi": 1, "mebi": 2, "gibi": 3, "tebi": 4}
_BYTES = re.compile(
    r"(kilo|mega|giga|tera|kibi|mebi|gibi|tebi)(?:bytes?|octets?)|([kmgt]?)(i?)(?:bytes?|octets?|bs?)", re.IGNORECASE
)
_OCTETS = {"ko": "kB", "Ko": "kB", "Mo": "MB", "Go": "GB"}
_BITS = re.compile(r"([kmgt]?)bits?", re.IGNORECASE)
_OPERATIONS = re.compile(
    r"([kmgt]?|kilo|mega|giga|tera)(?:(macs?|madds?|mult\w*[- ]?(?:adds?|acc?umulat\w+|additions?))|flops?|flps)",
    re.IGNORECASE,
)

_NONE_MEANT = re.compile(rf"\b(?:{'|'.join(sorted(NO | NONE))})\b", re.IGNORECASE)
# Behind a number that is not 0, or in arithmetic, "no" says something else.
_OTHER_SIGNS = re.compile(r"[1-9+*/^×·<>@]|[0-9][.,]?[0-9]")
_WORDS = re.compile(r"[^\W\d_]+")


def bare(word: str) -> str:
    """Return the last name of a dotted word: torch.Size is Size, out.shape is shape."""
    first, _, last = word.rpartition(".")
    return last if first.lower() in _MODULES or last.rpartition("_")[2] in _PROPERTIES else word


def is_label(name: str) -> bool:
    """Say whether a word, or each part of a name such as num_params, says nothing."""
    lower = folded(name)
    return lower in LABELS or ("_" in name and all(part.strip("()") in LABELS for part in lower.split("_")))


def says_none(text: str) -> bool:
    """Say whether an answer is zero in words: `none`, `no padding`, `0 because pooling has no weights`."""
    if not _NONE_MEANT.search(text) or _OTHER_SIGNS.search(text):
        return False
    said = [folded(word) for word in _WORDS.findall(text)]
    said = [word for word in said if word not in {"de", "d", "at", "all"}]
    for word, after in zip(said, [*said[1:], ""], strict=True):
        if word in NO and word not in NONE and after not in COUNTED:
            return False
    known = LABELS | NO | NONE | REASONS | RELATIONS | RESULTS
    return all(word in known for word in said)


def scale(word: str) -> int | None:
    """Return what a suffix or a number word multiplies by."""
    return _SCALES.get(word) or _WORD_SCALES.get(folded(word))


def unit(word: str) -> tuple[Number, str] | None:
    """Return how many bytes or operations a unit has and its usual spelling: (1024, "KiB")."""
    return _byte_unit(_OCTETS.get(word, word)) or _bit_unit(word) or _operation_unit(word)


def _byte_unit(word: str) -> tuple[Number, str] | None:
    """Read B, kB, KB, KiB, MBs, megabytes; MB is 10^6 bytes, MiB 2^20."""
    found = _BYTES.fullmatch(word)
    if found is None or word in {"b", "bs", "Bs"}:
        return None
    prefix = (found[1] or found[2] or "").lower()
    binary = bool(found[3]) or prefix.endswith("bi")
    power = _PREFIXES[prefix]
    letters = ("", "K" if binary else "k", "M", "G", "T")[power] + ("i" if binary and power else "")
    return (1024 if binary else 1000) ** power, f"{letters}B"


def _bit_unit(word: str) -> tuple[Number, str] | None:
    """Read bits, eight of which are a byte."""
    found = _BITS.fullmatch(word)
    return (Fraction(1000 ** _PREFIXES[found[1].lower()], 8), "bit") if found else None


def _operation_unit(word: str) -> tuple[Number, str] | None:
    """Read MAC, MACs, GMac, multiply-adds, FLOPs, GFLOPS."""
    found = _OPERATIONS.fullmatch(word)
    if found is None:
        return None
    return int(1000 ** _PREFIXES[found[1].lower()]), "MAC" if found[2] else "FLOP"
