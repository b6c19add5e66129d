"""Any text, any sheet: nothing is raised, nothing grows, and the work is bounded."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.any_answer import BLANKS, NETWORK, grades, reads, spells
from grading.test_read_forms import forms
from layerquiz.grading.diagnose import diagnose

HOSTILE = {
    "a tower of powers": "9**9**9**9",
    "a million digits": "7" * 10**6,
    "code": "__import__('os').system('true')",
    "ten thousand brackets": "(" * 10**4 + "1" + ")" * 10**4,
    "null bytes": "12\x0034",
    "a direction mark": "34\u202e9445",
    "isolates": "\u206612\u2069",
    "half a character": "12\ud800",
    "a sheet's formula": "=HYPERLINK(\"http://a\",'1')",
    "a template": "{{ 7*7 }}{% for x in y %}",
    "a script": "<script>alert(1)</script>",
    "LaTeX that writes": "\\write18{ls}\\input{/etc/passwd}",
    "endless entities": "&amp;" * 200,
    "a deep fraction": "\\frac{1}{" * 100 + "2" + "}" * 100,
    "a huge exponent": "1e999999999",
    "raised digits": "9⁹⁹⁹⁹⁹",
    "many statements": "1; " * 300,
    "many lines": "1+1=2\n" * 160,
    "many words": "weights " * 120,
    "combined accents": "a" + "\u0301" * 900,
    "ligature": "\ufdfa" * 900,
}
FRAGMENTS = [form["text"] for form in forms() if len(form["text"]) < 40]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("0123456789 ,.'_+-*/^×x=()[]{}⌊⌋≈→@?:;\n\\$²KMB%<>&#|~½万", max_size=40),
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3).map("".join),
    st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(["; ", "\n", ", ", " because ", " = ", " so "])).map("".join),
    st.sampled_from(list(HOSTILE.values())),
)


@given(TEXTS)
def test_any_text_is_read_or_refused(text):
    """No text raises; a refusal points into it and can be shown to anybody."""
    reads(text)


PARTS_OF_FORMULAS = ["K^2", "C_in", "C_out", "(H-K+2P)/S", "floor(", ")", "+", "*", " = ", "\n"]
LETTERED = st.one_of(
    TEXTS,
    st.text("HWKSPCFin_out0123 +-*/^()[]{}⌊⌋=²⁻·,;\n\\$", max_size=40),
    st.lists(st.sampled_from(PARTS_OF_FORMULAS), max_size=12).map("".join),
)


@given(LETTERED)
def test_any_text_is_a_formula_or_none(text):
    """Where a formula is asked for nothing is raised either, and what is said can be shown to anybody."""
    spells(text)


@settings(max_examples=max(20, settings().max_examples // 10))
@given(st.lists(TEXTS, min_size=1, max_size=len(BLANKS)))
def test_any_sheet_gets_its_stories(texts):
    """Whatever stands in the blanks, each gets a story, within a bounded number of tries."""
    grades(texts)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_answers_are_worth_nothing(text):
    """Bad input is unreadable, or at most wrong, in every kind of blank, and its refusal shows no such character."""
    reads(text)
    for quantity in BLANKS:
        assert diagnose(NETWORK, quantity, text).verdict in ("unreadable", "wrong", "blank")
    assert {story.verdict for story in spells(text)} <= {"unreadable", "wrong", "blank"}
    grades([text] * len(BLANKS))


def test_reading_keeps_nothing():
    """Later answers hold no more memory than the first ones did, which filled the caches."""

    def work(start: int) -> None:
        for number in range(start, start + 10):
            reads(f"{number}*7 + 1 = {number * 7 + 1}{'²' * (number % 3)}")
            reads(FRAGMENTS[number % len(FRAGMENTS)])
            grades([str(number), f"{number}x{number}x8", f"({number}+1)*3"])

    work(0)
    gc.collect()
    tracemalloc.start()
    try:
        work(1000)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        work(2000)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 50_000
