"""Outside text is escaped at one place, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.render import escape, markup
from render.sample_exam import HOSTILE


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        pytest.param("Nguyễn Thị Ánh", "Nguyễn Thị Ánh", id="Latin Modern has Vietnamese"),
        pytest.param("李小龍", r"\foreign{李小龍}", id="Chinese"),
        pytest.param("محمد علي", r"\foreign{محمد علي}", id="two words of one run keep their order"),
        pytest.param("a -- b", "a -{}- b", id="two hyphens are no dash"),
        pytest.param("''", "'{}'", id="two apostrophes are no quotation mark"),
        pytest.param("[x]", "{[}x{]}", id="no optional argument"),
        pytest.param("2 × 3", r"2 $\times$ 3", id="a sign of mathematics"),
        pytest.param("ẹ́", r"\foreign{ẹ́}", id="a letter keeps its mark"),
        pytest.param("a\u202eb\x07c\ud800", "abc", id="direction, control, half a character"),
    ],
)
def test_text_prints_as_it_is(text: str, latex: str):
    assert escape.latex(text) == latex


def test_hostile_names_become_harmless():
    assert escape.latex(HOSTILE) == (
        r"\textbackslash{}input\{/etc/passwd\} \% \$(rm) \& \# \_ \textasciicircum{} \textasciitilde{} \{"
    )


@given(st.text())
def test_no_text_leaves_its_group_or_starts_a_command(text: str):
    """Whatever the text, each brace of the escaped form pairs and each backslash starts one of our own commands."""
    depth = 0
    latex = escape.latex(text)
    for before, char in zip(" " + latex, latex, strict=False):
        depth += ((char == "{") - (char == "}")) if before != "\\" else 0
        assert depth >= 0
    assert depth == 0


@given(st.text(max_size=60))
def test_literal_markdown_shows_exactly_the_text(text: str):
    """Whatever a student wrote is shown, white space folded, and never read as Markdown."""
    line = " ".join(escape.clean(text.replace("\n", " ").replace("\r", " ")).split())
    assert markup.text_line(escape.literal(text)) == line.replace("\x00", "\ufffd")


def test_names_are_composed_folded_and_bounded():
    assert escape.name("Nguye\u0302\u0303n \t\n Thi") == "Nguyễn Thi"
    long = escape.name("x" * 300)
    assert (len(long), long[-1]) == (escape.NAME_LIMIT, "…")
