"""How a right answer is written: ten notations of a number and ten of a shape, from the value alone."""

from __future__ import annotations

from collections.abc import Callable

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def product(value: int) -> str:
    """A number as 7 times something and a rest, which is arithmetic that nobody has to work out."""
    return f"{value // 7}*7 + {value % 7}"


def tenfold(value: int) -> str:
    """A number with its power of ten: 4.1×10⁵."""
    digits = str(value)
    rest = digits[1:].rstrip("0")
    return f"{digits[0]}{'.' if rest else ''}{rest}×10{str(len(digits) - 1).translate(SUPERSCRIPT)}"


NUMBERS: dict[str, Callable[[int], str]] = {
    "plain": str,
    "commas": lambda value: f"{value:,}",
    "thin spaces": lambda value: f"{value:,}".replace(",", "\u202f"),
    "apostrophes": lambda value: f"{value:,}".replace(",", "’"),
    "points, in a sentence": lambda value: f"Es sind {value:,} insgesamt.".replace(",", "."),
    "full width": lambda value: f"＝ {value}".translate(FULL_WIDTH),
    "expression": product,
    "chain": lambda value: f"{product(value)} = {value // 7 * 7} + {value % 7} = {value:,}",
    "LaTeX": lambda value: f"$\\boxed{{{value:,}}}$".replace(",", "{,}"),
    "LaTeX expression": lambda value: f"\\( \\left({value // 7} \\cdot 7\\right) + {value % 7} = {value} \\)",
    "parts": lambda value: f"weights: {value - value // 3}; biases: {value // 3}; total: {value}",
    "power of ten": tenfold,
    "HTML": lambda value: f"<p>N&nbsp;= <b>{value:,}</b></p>",
}

SHAPES: dict[str, Callable[[tuple[int, ...]], str]] = {
    "x": lambda sizes: "x".join(map(str, sizes)),
    "spaced ×": lambda sizes: " × ".join(map(str, sizes)),
    "tuple": lambda sizes: str(tuple(sizes)),
    "list": lambda sizes: str(list(sizes)),
    "Keras": lambda sizes: str((None, *sizes)),
    "torch": lambda sizes: f"torch.Size({[1, *sizes]})",
    "LaTeX": lambda sizes: "$" + " \\times ".join(map(str, sizes)) + "$",
    "words": lambda sizes: "The output is " + " by ".join(map(str, sizes)) + ".",
    "stars": lambda sizes: "*".join(map(str, sizes)) if len(sizes) > 1 else f"**{sizes[0]}**",
    "batch": lambda sizes: "N x " + " x ".join(map(str, sizes)),
    "full width": lambda sizes: f"（{'，'.join(map(str, sizes))}）".translate(FULL_WIDTH),
}
