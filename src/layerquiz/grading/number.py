"""One number as people spell it: separators, decimal marks and powers of ten."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Refusal, whole
from layerquiz.record import record

_MOST_DIGITS = 200

# Groups of three digits behind one kind of separator. A number that begins with 0 has no groups: 0,125 is a decimal.
_GROUPED = re.compile(
    r"""(?P<before> [1-9][0-9]{0,2} (?P<separator>[ ]?,[ ]?|[ '_.]) [0-9]{3} (?:(?P=separator)[0-9]{3})* ) (?![0-9])
        (?: (?!(?P=separator)) [.,] (?P<after>[0-9]+) )?""",
    re.VERBOSE,
)
# Groups as in India: the last has three digits, those before it two.
_INDIAN = re.compile(r"(?P<before>[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3})(?![0-9])(?:\.(?P<after>[0-9]+))?")
_PLAIN = re.compile(
    r"(?P<before>[0-9]+(?:_[0-9]+)*) (?: (?P<mark>[.,]) (?P<after>[0-9]+) | \.(?!\ +[^\W\d_]))?", re.VERBOSE
)
_BARE_POINT = re.compile(r"(?P<before>)[.,](?P<after>[0-9]+)")
# Digits behind which nothing stands that could belong to the number, unless a power does further on.
_DIGITS = re.compile(r"[0-9]{1,18}(?=[-+*/()=x×:]| [^0-9,]|\Z)")
_CONTINUED = re.compile(r"[.,'_]?[0-9]")
# In a shape a comma parts two sizes, unless a group begins with 0: 1,024 is one number, 28,128 are two.
_IN_SHAPE = re.compile(
    r"""(?P<before> [1-9][0-9]{0,2}(?:,[0-9]{3})*,0[0-9]{2}(?:,[0-9]{3})*(?![0-9])
        | [1-9][0-9]{0,2}(?:[ ][0-9]{3})+(?![0-9])
        | [0-9]+(?:['_][0-9]{3})* ) (?:\.(?P<after>[0-9]*))?""",
    re.VERBOSE,
)
_EXPONENT = re.compile(r"[eE]([-+]?[0-9]+)")
_TIMES_TEN = re.compile(
    r"""[ ]* [xX×·*] [ ]* 10 [ ]* (?:\^|\*\*) [ ]* (?: \( [ ]* ([-+]?[0-9]+) [ ]* \) | ([-+]?[0-9]+) )
        (?! [ ]*\^ | [ ]*\*\* | [.,'_]?[0-9] )""",
    re.VERBOSE,
)


@record
class Numeral:
    """A number as written: its mantissa, how many digits stand after the mark, and what scales it."""

    mantissa: Number
    places: int
    digits: int
    factor: Number = 1
    scaled: bool = False
    unit: str = ""
    alternative: int | None = None
    decimal_comma: bool = False

    def times(self, factor: Number, unit: str = "") -> Numeral:
        """Return the number scaled by a power of ten, a suffix or a unit; bytes alone scale nothing."""
        scaled = self.scaled or factor != 1
        alternative = None if scaled else self.alternative
        return replace(self, factor=self.factor * factor, scaled=scaled, unit=unit, alternative=alternative)

    @property
    def note(self) -> str:
        """What is said of a mark that can be read in two ways."""
        if self.alternative is not None:
            return f"The point was read as a decimal mark; as a separator it would give {self.alternative:,}."
        return "The comma was read as a decimal mark." if self.decimal_comma else ""

    @property
    def value(self) -> Number:
        """What the number is worth, with its suffix and unit."""
        return self.mantissa if self.factor == 1 else whole(Fraction(self.mantissa) * self.factor)

    @property
    def last_digit(self) -> Number:
        """What one unit in the last digit shown is worth."""
        return whole(Fraction(self.factor) / 10**self.places)


def find_numeral(text: str, place: int, *, takes_power: bool) -> tuple[Numeral, int]:
    """Read the number that begins at `place`; return it and where it ends.

    `takes_power` reads `4.12x10^9` as one number; behind `/` or `^` that would change what it is worth.
    """
    plain = _DIGITS.match(text, place)
    if plain and "^" not in text and "**" not in text:
        return Numeral(int(plain[0]), 0, len(plain[0].lstrip("0")) or 1), plain.end()
    found = (
        _INDIAN.match(text, place)
        or _grouped(text, place)
        or _PLAIN.match(text, place)
        or _BARE_POINT.match(text, place)
    )
    if found is None:
        raise Refusal(place, "This point stands without a digit.", "bad-character")
    numeral, end = _spelled(found, place), found.end()
    power = _EXPONENT.match(text, end) or (_TIMES_TEN.match(text, end) if takes_power else None)
    if power:
        numeral, end = _with_power(numeral, power), power.end()
    if _CONTINUED.match(text, end):
        raise Refusal(end, "The separators of this number do not make groups of three digits.", "bad-separators")
    return numeral, end


def find_size(text: str, place: int) -> tuple[Numeral, int]:
    """Read a number inside a shape, where a comma parts two sizes."""
    found = _IN_SHAPE.match(text, place)
    if found is None:
        raise Refusal(place, "This point stands without a digit.", "bad-character")
    return _numeral(found["before"], found["after"] or "", place), found.end()


def _grouped(text: str, place: int) -> re.Match[str] | None:
    """Find a number in groups; one point alone (1.234) is a decimal mark as well and left to the plain spelling."""
    found = _GROUPED.match(text, place)
    if found and found["separator"] == "." and found["before"].count(".") == 1 and not found["after"]:
        return None
    return found


def _spelled(found: re.Match[str], place: int) -> Numeral:
    """Build the number that a pattern found, with what can be said of its decimal mark."""
    after = found["after"] or ""
    mark = found["mark"] if found.re is _PLAIN else ""
    numeral = _numeral(found["before"], after, place)
    if mark == "." and len(after) == 3 and _groupable(found["before"]):
        return replace(numeral, alternative=int(found["before"] + after))
    return replace(numeral, decimal_comma=True) if mark == "," else numeral


def _groupable(before: str) -> bool:
    """Whether these digits can be the first group of a number in groups of three."""
    return len(before) <= 3 and not before.startswith("0")


def _numeral(before: str, after: str, place: int) -> Numeral:
    """Build the number from the digits before and after its mark."""
    before = before if before.isdecimal() else re.sub(r"[^0-9]", "", before)
    digits = len((before + after).lstrip("0")) or 1
    if len(before) + len(after) > _MOST_DIGITS:
        raise Refusal(place, f"This number has more than {_MOST_DIGITS} digits.", "number-too-large")
    written = int(f"0{before}{after}")
    mantissa = whole(Fraction(written, 10 ** len(after))) if after else written
    return Numeral(mantissa, len(after), digits)


def _with_power(numeral: Numeral, power: re.Match[str]) -> Numeral:
    """Scale a number by the power of ten written behind it."""
    exponent = next(group for group in power.groups() if group)
    if len(exponent) > 4 or abs(int(exponent)) > _MOST_DIGITS:
        raise Refusal(power.start(), f"This power of ten has more than {_MOST_DIGITS} digits.", "number-too-large")
    return numeral.times(whole(Fraction(10) ** int(exponent)))
