"""Outside text is escaped at one place, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

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


def reader_of_others() -> MarkdownIt:
    """Return a reader of Markdown that knows no mathematics, runs HTML, and follows every link."""
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    reader.validateLink = lambda _: True  # type: ignore[method-assign]
    return reader


def run_by_others(markdown: str) -> list[str]:
    """Return what another reader of Markdown would take for HTML or for a link that is no page."""
    tokens = [inner for token in reader_of_others().parse(markdown) for inner in (token, *(token.children or ()))]
    links = [str(token.attrs.get("href", token.attrs.get("src", ""))) for token in tokens]
    return [
        *(token.content for token in tokens if token.type in ("html_inline", "html_block")),
        *(link for link in links if link and not link.startswith(("http://", "https://", "mailto:", "#"))),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "$<script>alert(1)</script>$ $5 <b>x</b> $6 $ [a](javascript:x) $",
        "` a\n\n<b>x</b>`",
        "- `a\n- <b>`",
        "\\`<b>`",
        "\\\\<b>",
        "| ` | <b>` |\n|---|---|",
        "~~~\n```\n~~~\n<b>\n```",
        "```\n<b>\n```\n<i>",
        "[a](javascript:alert(1)) ![b](data:x) [c][d]\n\n[d]: javascript:x",
        "text\n    <script>",
        "<!-- x --> <?php ?> <![CDATA[ x ]]>",
    ],
)
def test_other_readers_of_markdown_run_nothing(text: str) -> None:
    assert run_by_others(escape.without_tags(text)) == []
    assert escape.without_tags(escape.without_tags(text)) == escape.without_tags(text)


@given(
    st.lists(
        st.sampled_from([*"`~$<>/!|[]()-: ab", "\\", "\n", "<b>", "](x)", "```\n", "~~~\n", "[a]: x"]), max_size=24
    )
)
def test_whatever_stands_there_other_readers_run_nothing(pieces: list[str]) -> None:
    assert run_by_others(escape.without_tags("".join(pieces))) == []


@pytest.mark.parametrize("text", ["1 < 2", "`a <b>` and $a < b$", "[page](https://x.y) <- \\<b>", "```\n<b>\n```"])
def test_what_is_harmless_stays(text: str) -> None:
    assert escape.without_tags(text) == text
