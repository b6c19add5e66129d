"""Worked solutions as they are printed: every number is recomputed from the text alone, by a reader of its own.

The reader knows numbers with grouped digits, `+ - * / ^ ( )` and a few words, as plain text and as LaTeX. It knows no
formula tree, no network and no question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from fractions import Fraction
from functools import cache
from typing import TypeAlias

import pytest

import layerquiz as lq
from computed import COMPUTED
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import lettered_blanks
from layerquiz.network import zoo
from layerquiz.render import latex, text
from layerquiz.render.document import Sheet
from layerquiz.render.questions import printed

SEEDS = 20
Value: TypeAlias = tuple[Fraction, ...]

NUMBER = re.compile(r"\d{1,3}(?:(?:,|\{,\})\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?!\d)(?:\.\d+)?")
SIGN = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]+|[-+*/^(){},]")
SPACE = re.compile(r"(?:\s|\\left(?![a-z])|\\right(?![a-z]))+")
SAME = {r"\cdot": "*", r"\times": "*", r"\bmod": "mod", r"\min": "min", r"\max": "max", "{": "(", "}": ")"}
ROUNDED: dict[str, tuple[str, Callable[[Fraction], int]]] = {
    r"\lfloor": (r"\rfloor", math.floor),
    r"\lceil": (r"\rceil", math.ceil),
}
NAMED: dict[str, Callable[..., Fraction | int]] = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max}
WORDS = {*SAME, *ROUNDED, *NAMED, *(close for close, _ in ROUNDED.values()), r"\left", r"\right", r"\frac", "mod"}


def is_numeric(side: str) -> bool:
    """Say whether a side has no letters but those of operations."""
    return all(word in WORDS for word in re.findall(r"\\?[a-zA-Z]+", side))


@cache
def recomputed(side: str) -> Fraction:
    """Return what the text of one side comes to; anything that it does not know is an error."""
    reader = Reader(side)
    value = reader.sum()
    if reader.ahead:
        raise ValueError(f"{reader.ahead!r} was not expected in {side!r}")
    return value


class Reader:
    """Reads one side from left to right, looking one token ahead; `ahead` is empty at the end."""

    def __init__(self, side: str) -> None:
        self.side, self.place, self.ahead = side, 0, ""
        self.take()

    def take(self) -> str:
        """Return the token that was looked at, and look at the next."""
        taken = self.ahead
        if space := SPACE.match(self.side, self.place):
            self.place = space.end()
        if self.place == len(self.side):
            self.ahead = ""
            return taken
        found = NUMBER.match(self.side, self.place) or SIGN.match(self.side, self.place)
        if found is None:
            raise ValueError(f"{self.side[self.place :]!r} cannot be read in {self.side!r}")
        self.place, self.ahead = found.end(), SAME.get(found[0], found[0])
        return taken

    def expect(self, token: str) -> None:
        """Pass one token that has to be here."""
        if self.take() != token:
            raise ValueError(f"{token!r} is missing in {self.side!r}")

    def sum(self) -> Fraction:
        """Return terms added and taken away, from left to right."""
        value = self.product()
        while self.ahead in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        """Return factors, quotients and remainders, from left to right."""
        value = self.power()
        while self.ahead in ("*", "/", "mod"):
            sign, right = self.take(), self.power()
            value = value * right if sign == "*" else value / right if sign == "/" else value % right
        return value

    def power(self) -> Fraction:
        """Return a number raised to another."""
        base = self.atom()
        if self.ahead != "^":
            return base
        self.take()
        return Fraction(base ** self.atom())

    def atom(self) -> Fraction:
        """Return a number, a bracket, a fraction, a rounding, or a word with its arguments."""
        sign = self.take()
        if sign[:1].isdigit():
            return Fraction(re.sub(r"[,{}]", "", sign))
        if sign == "-":
            return -self.power()
        if sign == r"\frac":
            top = self.bracket()
            return top / self.bracket()
        if sign in ROUNDED:
            close, rounded = ROUNDED[sign]
            value = rounded(self.sum())
            self.expect(close)
            return Fraction(value)
        if sign in NAMED:
            self.expect("(")
            return Fraction(NAMED[sign](*self.arguments()))
        if sign == "(":
            return self.arguments()[0]
        raise ValueError(f"{sign!r} was not expected in {self.side!r}")

    def bracket(self) -> Fraction:
        """Return one bracket's value."""
        self.expect("(")
        return self.arguments()[0]

    def arguments(self) -> list[Fraction]:
        """Return what stands in an open bracket, and pass its end."""
        found = [self.sum()]
        while self.ahead == ",":
            self.take()
            found.append(self.sum())
        self.expect(")")
        return found


def end(chain: list[str]) -> Fraction:
    """Return what a chain of equalities ends with; all its numeric sides have to come to the same."""
    values = {side: recomputed(side) for side in chain if is_numeric(side)}
    assert values, chain
    assert is_numeric(chain[-1]), chain
    assert len(set(values.values())) == 1, values
    return values[chain[-1]]


def answer(written: str) -> Value:
    """Return the numbers of a printed answer: one, or a shape with signs of multiplication; a unit may follow."""
    found = re.match(r"[\d,{}.]+(?: × [\d,{}.]+)*", written.replace(r"\times", "×").strip("$"))
    assert found, written
    return tuple(map(recomputed, found[0].split(" × ")))


def likewise(line: str) -> list[Fraction]:
    """Return the value that is said once for another axis: `Likewise the output width: 55.`"""
    found = re.search(r"[Ll]ikewise .*(?:: | = )([\d,{}.]*\d(?: / \d+)?)", line)
    return [recomputed(found[1])] if found else []


def text_solutions(sheet: str) -> Iterator[tuple[str, Value, list[Fraction]]]:
    """Yield from a printed text each blank's mark, its answer, and what its chains end with."""
    for mark, body in re.findall(r"^\((\w+)\)[^\n]*\n((?:    [^\n]*\n)+)", sheet, re.MULTILINE):
        ends, said = [], ""
        for line in body.splitlines():
            _, _, told = line.strip().partition(": ")
            if line.startswith("    Answer: "):
                said = told
            elif line.startswith("    where "):
                continue
            elif line.startswith("    Likewise "):
                ends += likewise(line)
            else:
                ends.append(end(told.split(" = ")))
        yield mark, answer(said), ends


def argument(source: str, place: int) -> str:
    """Return what stands in the braces that open at a place."""
    depth = 0
    for at in range(place, len(source)):
        depth += (source[at] == "{") - (source[at] == "}")
        if depth == 0:
            return source[place + 1 : at]
    raise ValueError(source[place : place + 60])


def arguments(source: str, command: str) -> list[str]:
    """Return the first argument of each use of a command."""
    return [argument(source, found.end() - 1) for found in re.finditer(re.escape(command) + r"\{", source)]


def latex_solutions(sheet: str) -> Iterator[tuple[str, Value, list[Fraction]]]:
    """Yield from a LaTeX source each blank's mark, its answer, and what its chains end with."""
    for part in sheet.split(r"\SolutionBlank{")[1:]:
        ends: list[Fraction] = []
        for step in part.split(r"\Equalities{")[1:]:
            left = argument("{" + step, 0)
            right = argument(step, len(left) + 1)
            ends.append(end([side for line in arguments(right, r"\Equal") for side in line.split(" = ")]))
            ends += likewise(step)
        (said,) = arguments(part, r"\Answer")
        yield re.sub(r"\W", "", part[: part.index("}")]), answer(said), ends


def leads_to(ends: list[Fraction], value: Value) -> bool:
    """Say whether chains end with a value: its last number last, and before it the others in their order."""
    rest = iter(ends)
    return ends[-1:] == list(value[-1:]) and all(number in rest for number in value)


def as_value(key: int | Fraction | tuple[int | Fraction, ...]) -> Value:
    """Return a blank's key as the numbers that it is made of."""
    return tuple(map(Fraction, key)) if isinstance(key, tuple) else (Fraction(key),)


IN_LETTERS = [name for name, template in library.templates().items() if template.kind == "formula"]


@pytest.mark.parametrize("name", [name for name in COMPUTED if name not in IN_LETTERS])
def test_a_printed_solution_computes_to_its_key(name: str, many: int) -> None:
    """All sides of a chain are equal, and the last chains of a blank are its key and what is printed as the answer."""
    template = library.named(name)
    for seed in range(SEEDS * many):
        question = draw(template, seed)
        keys = {blank.place: as_value(blank.key) for blank in question.blanks}
        sheet = Sheet(name, (printed(question, 1, {place: place for place in keys}),), solutions=True)
        for found in (text_solutions(text.sheet(sheet)), latex_solutions(latex.sheet(sheet).text)):
            solutions = list(found)
            assert {mark: said for mark, said, _ in solutions} == keys, seed
            for mark, said, ends in solutions:
                assert leads_to(ends, said), (seed, mark)


def put_in(side: str, numbers: dict[str, int]) -> str:
    """Return a formula as it is printed with numbers for its letters; `2P` is a product."""
    found = "|".join(re.escape(letter) for letter in sorted(numbers, key=len, reverse=True))
    apart = re.sub(rf"(?<=\d)\s*(?={found})", " * ", side)
    return re.sub(found, lambda letter: f"{numbers[letter[0]]:,}", apart)


def text_formulas(sheet: str) -> list[tuple[str, list[str]]]:
    """Return from a printed text each blank's mark, with the last side of its last chain and its answer."""
    found = []
    for mark, body in re.findall(r"^\((\w+)\)[^\n]*\n((?:    [^\n]*\n)+)", sheet, re.MULTILINE):
        lines = (line for line in body.splitlines() if not line.startswith("    where "))
        *_, steps, said = (line.partition(": ")[2] for line in lines)
        for sign, typed in (("⌊", "floor("), ("⌋", ")"), ("·", "*")):
            said = said.replace(sign, typed)
        found.append((mark, [steps.split(" = ")[-1], said]))
    return found


def latex_formulas(sheet: str) -> list[tuple[str, list[str]]]:
    """Return the same from a LaTeX source."""
    found = []
    for part in sheet.split(r"\SolutionBlank{")[1:]:
        (said,) = arguments(part, r"\Answer")
        sides = arguments(part, r"\Equal")
        found.append((re.sub(r"\W", "", part[: part.index("}")]), [sides[-1].split(" = ")[-1], said.strip("$")]))
    return found


@pytest.mark.parametrize("name", IN_LETTERS)
def test_a_printed_formula_computes_to_its_key(name: str, many: int) -> None:
    """With the drawing's numbers for its letters the last side of a solution is the key, and so is the answer."""
    template = library.named(name)
    for seed in range(SEEDS * many):
        question = draw(template, seed)
        known = {letter for asked in lettered_blanks(template, question.network) for letter in asked.varying}
        values = {letter: question.network.values[letter.ref.owner][letter.ref.name] for letter in known}
        sheet = Sheet(
            name, (printed(question, 1, {blank.place: blank.place for blank in question.blanks}),), solutions=True
        )
        typed = {letter.sign: int(value) for letter, value in values.items()}
        set_in_tex = {letter.tex: int(value) for letter, value in values.items()}
        for found, numbers in (
            (text_formulas(text.sheet(sheet)), typed),
            (latex_formulas(latex.sheet(sheet).text), set_in_tex),
        ):
            assert [mark for mark, _ in found] == [blank.place for blank in question.blanks]
            for (_, sides), blank in zip(found, question.blanks, strict=True):
                assert [as_value(recomputed(put_in(side, numbers))) for side in sides] == [as_value(blank.key)] * 2, (
                    seed
                )


def quantities(network: lq.Network) -> dict[str, Value]:
    """Return every quantity of a network with what the table of `solve` says that it is."""
    summary = lq.solve(network)
    found = {("total", name): number for name, number in asdict(summary.total).items()}
    for row in summary:
        told = asdict(row)
        sizes = told.pop("output")
        told = {name: value for name, value in told.items() if value is not None and not isinstance(value, str)}
        found |= {(row.name, name): value for name, value in (sizes | told).items()}
    return {f"{owner}.{name}": as_value(value) for (owner, name), value in found.items()}


def text_ends(rendered: str) -> list[Fraction]:
    """Return what the chains of a derivation as text end with."""
    ends = []
    for line in rendered.splitlines():
        if line.startswith("    "):
            ends += likewise(line)
        else:
            ends.append(end(line.partition(": ")[2].split(" = ")))
    return ends


def latex_ends(rendered: str) -> list[Fraction]:
    """Return what the chains of a derivation as LaTeX end with."""
    chains = re.findall(r"\\begin\{aligned\}(.*?)\\end\{aligned\}", rendered, re.DOTALL)
    return [
        end([side.removesuffix(r"\\").strip() for side in re.split(r"&=|\n", chain) if side.strip()])
        for chain in chains
    ]


@pytest.mark.sampled(15)
@pytest.mark.parametrize("name", zoo.names())
def test_every_quantity_of_a_known_network_computes_to_its_value(name: str) -> None:
    """The steps to each quantity, as text and as LaTeX, end with what the table of the network says."""
    network = lq.Network.named(name)
    for quantity, value in quantities(network).items():
        steps = lq.derive(network, quantity)
        assert leads_to(text_ends(lq.render(steps, "text")), value), quantity
        assert latex_ends(lq.render(steps, "latex"))[-1] == value[-1], quantity


@pytest.mark.parametrize(
    ("side", "value"),
    [
        ("floor((227 - 11 + 2*0) / 4) + 1", 55),
        ("2 * 3^2 * 64 - 1 - 1", 1150),
        ("min(ceil((7 + 2*1 - 3) / 4) + 1, ceil((7 + 1) / 4))", 2),
        ("1,234,567 mod 1,000 + 0.5", Fraction(1135, 2)),
        (r"\left\lfloor \frac{227 - 11 + 2 \cdot 0}{4} \right\rfloor + 1", 55),
        (r"\left( 3^{2} \cdot 64 + 1 \right) \cdot 1{,}024", 590_848),
        (r"\max\left( \left\lceil \frac{7}{2} \right\rceil, -7 \bmod 4 \right)", 4),
    ],
)
def test_the_reader_knows_arithmetic(side: str, value: int | Fraction) -> None:
    """What is asked of the printed steps is first asked of their reader, worked out by hand."""
    assert recomputed(side) == value


@pytest.mark.parametrize("side", ["1234", "12,34", "1,2345", "2 3", "(2", "2)", "K + 1", r"\frac{1}2", "floor 2", ""])
def test_the_reader_refuses_what_is_no_arithmetic(side: str) -> None:
    """A number whose digits are grouped wrongly, an open bracket or a letter is never passed over."""
    with pytest.raises(ValueError, match="in '"):
        recomputed(side)


def test_a_wrong_digit_is_seen() -> None:
    """A chain with one side that comes to something else fails."""
    with pytest.raises(AssertionError):
        end(["H_out", "floor(216 / 4) + 1", "54 + 2", "55"])
