"""What holds for the reading of any text: it never raises, and what was printed reads back."""

from __future__ import annotations

import re
from fractions import Fraction
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from layerquiz.formula.expr import walk
from layerquiz.grading import number
from layerquiz.grading.answer import Refusal
from layerquiz.grading.read import Blank, Reading, Unreadable, read

EXPECTATIONS = ("count", "size", "shape", "bytes")
ANSWER_LIKE = st.text("0123456789 ,.'_+-*/^×x=()[]{}⌊⌋⌈⌉≈~→@?:BKMNkiabo\\$²⁹\u00a0\u200b\u202e", max_size=40)
FRAGMENTS = [
    "(",
    ")",
    "3",
    "1,024",
    "x",
    "*",
    "**",
    "=",
    " ",
    "floor",
    "\\frac{",
    "}",
    "MiB",
    "weights",
    "None",
    ",",
    "@",
    "K",
]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(), ANSWER_LIKE, st.lists(st.sampled_from(FRAGMENTS)).map("".join)),
    st.sampled_from(EXPECTATIONS),
    st.sampled_from([None, 1, 3]),
)
def test_any_text_gives_an_answer(text, asked, entries):
    """No text raises; the same text reads the same; a place lies inside the text."""
    answer = read(text, asked, entries=entries)
    assert answer == read(text, asked, entries=entries)
    assert isinstance(answer, Reading | Unreadable | Blank)
    if isinstance(answer, Unreadable):
        assert 0 <= answer.offset < max(len(text), 1)
    if isinstance(answer, Reading) and answer.expression:
        assert sum(1 for _ in walk(answer.expression)) < 2000


@given(
    st.integers(1, 10**30),
    st.sampled_from([",", "'", "’", " ", "\u00a0", "\u202f", "\u2009", "_", ", ", "{,}", "\\,", ""]),
    st.sampled_from(["{}", "= {}", "**{}**", "${}$", "{}.", "{}?", "{} parameters", " {} ", "\\boxed{{{}}}"]),
)
def test_any_separator_style_reads_back(number, separator, around):
    """An integer reads back from every way to group its digits and to wrap it."""
    text = around.format(f"{number:,}".replace(",", separator))
    assert read(text).value == number


@given(
    st.lists(st.integers(1, 5000), min_size=2, max_size=3), st.sampled_from(["x", " x ", "×", "*", " by ", "\\times "])
)
def test_any_shape_reads_back(sizes, between):
    """A shape reads back from every separator, bare and in brackets."""
    text = between.join(map(str, sizes))
    assert read(text, "shape", entries=len(sizes)).value == tuple(sizes)
    assert read(f"[{text}]", "shape", entries=len(sizes)).value == tuple(sizes)


def numeral(text, place, takes_power):
    """The number that begins at a place, or why there is none."""
    try:
        return number.find_numeral(text, place, takes_power=takes_power)
    except Refusal as refusal:
        return str(refusal), refusal.place


@settings(max_examples=1000)
@given(st.text("0123456789012345678901234567890123456789 ,.'_+-*/^×x=():eE", max_size=24), st.booleans())
def test_plain_digits_are_what_a_closer_look_finds(text, takes_power):
    """Digits that are taken at once are the number that all the ways to spell one would find."""
    for place, sign in enumerate(text):
        if sign.isdecimal():
            found = numeral(text, place, takes_power)
            with mock.patch.object(number, "_DIGITS", re.compile("(?!)")):
                assert found == numeral(text, place, takes_power)


def operations(inner):
    """Trees of operations as (sign, left, right), floors as ("floor", inner)."""
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner),
        st.tuples(st.just("^"), inner, st.integers(0, 3)),
        st.tuples(st.just("floor"), inner),
    )


TREES = st.recursive(st.integers(0, 2000), operations, max_leaves=8)
LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
SPELLED = {
    "+": ["+", " + "],
    "-": ["-", " − "],
    "*": ["*", " x ", "×", " · ", "⋅", "\\times "],
    "/": ["/", " ÷ "],
    "^": ["^", "**"],
}


def printed(tree, draw):
    """Print a tree with as few brackets as arithmetic needs; return the text and how tightly it binds."""
    if isinstance(tree, int):
        return draw(st.sampled_from([str(tree), f"{tree:,}"])), 5
    if tree[0] == "floor":
        opening, closing = draw(st.sampled_from(["floor( )", "⌊ ⌋", "\\left\\lfloor \\right\\rfloor"])).split(" ")
        return f"{opening} {printed(tree[1], draw)[0]} {closing}", 5
    sign, left, right = tree
    level = LEVELS[sign]
    before = bracketed(*printed(left, draw), level + (sign == "^"), draw)
    after = bracketed(*printed(right, draw), level + 1, draw)
    if sign == "/" and draw(st.booleans()):
        return f"\\frac{{{before}}}{{{after}}}", 5
    return before + draw(st.sampled_from(SPELLED[sign])) + after, level


def bracketed(text, level, needed, draw):
    """Put brackets around what binds less tightly than needed."""
    if level >= needed:
        return text
    return draw(st.sampled_from(["({})", "[{}]", "\\left({}\\right)"])).format(text)


def worth(tree):
    """Compute a tree with Python's own fractions."""
    if isinstance(tree, int):
        return Fraction(tree)
    if tree[0] == "floor":
        return Fraction(worth(tree[1]) // 1)
    left, right = worth(tree[1]), worth(tree[2])
    sums = {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}
    return (sums | {"/": lambda: left / right, "^": lambda: left ** int(right)})[tree[0]]()


@settings(max_examples=400, deadline=None)
@given(st.data(), TREES)
def test_expressions_are_worth_what_python_computes(data, tree):
    """A printed tree reads to the value of exact arithmetic, and only a division by zero or a giant is refused."""
    text, _ = printed(tree, data.draw)
    answer = read(text)
    try:
        expected = worth(tree)
    except ZeroDivisionError:
        assert answer.slug == "division-by-zero"
        return
    if isinstance(answer, Unreadable):
        assert answer.slug == "number-too-large"
        return
    assert answer.value == expected
    if isinstance(tree, tuple):
        assert answer.computed == expected
