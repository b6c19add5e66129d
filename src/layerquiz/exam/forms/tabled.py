"""What solutions say beside the steps: a formula with one letter, and a small table of what some numbers give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from layerquiz.errors import LayerquizError
from layerquiz.exam.described import as_product
from layerquiz.exam.letters import lettered
from layerquiz.formula.expr import references
from layerquiz.formula.spelling import latex_in
from layerquiz.languages import Words
from layerquiz.network.network import Answer, Network

PLACES = 3

BENT = 2
"""Through so many points a straight line always goes."""


def tabled(head: Sequence[str], rows: Iterable[Sequence[Answer | str]], words: Words) -> str:
    """Return a table in Markdown: numbers are grouped in threes, shapes print as products."""
    lines = [head, ["---:"] * len(head), *([cell(entry, words) for entry in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(value: Answer | str, words: Words) -> str:
    """Return a value as it stands in a table; of a fraction three places."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return as_product(tuple(map(int, value)))
    return f"${grouped(value, words)}$"


def grouped(value: Answer, words: Words) -> str:
    """Return a number as mathematics, its digits in groups of three; of a fraction three places."""
    style = latex_in(words)
    if isinstance(value, Fraction) and value.denominator > 1:
        whole, _, rest = f"{float(round(value, PLACES)):,}".partition(".")
        return f"{whole.replace(',', style.group)}{style.decimal}{rest}"
    return f"{value:,}".replace(",", style.group)


def collected(sign: str, values: Sequence[tuple[int, Answer]], words: Words) -> str:
    """Return in TeX what grows by the same with each step of a key, such as `148 n + 3`; "" for what does not.

    values: numbers of the key, and what the quantity is with each of them.
    """
    points = [(number, value) for number, value in values if isinstance(value, int)]
    if not BENT < len(points) == len(values):
        return ""
    (first, low), (last, high) = points[0], points[-1]
    slope = (high - low) // (last - first)
    rest = low - slope * first
    if slope == 0 or any(value != slope * number + rest for number, value in points):
        return ""
    times = sign if abs(slope) == 1 else rf"{grouped(abs(slope), words)}\cdot {sign}"
    if slope < 0:
        return f"{grouped(rest, words)} - {times}"
    return f"{times} {'+' if rest > 0 else '-'} {grouped(abs(rest), words)}" if rest else times


def in_letter(network: Network, name: str, keys: Sequence[str], words: Words) -> str:
    """Return the formula of a quantity in TeX, in which the only key is a letter; "" where it has none."""
    if len(keys) > 1:
        return ""
    try:
        found = lettered(network, name, keys)
    except LayerquizError:
        return ""
    return found.written(found.right, words).tex if references(found.right) else ""
