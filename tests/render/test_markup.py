"""Markdown becomes LaTeX and plain text; raw HTML is only text."""

from __future__ import annotations

import pytest

from layerquiz.errors import TemplateError
from layerquiz.render import markup


@pytest.mark.parametrize(
    ("markdown", "latex", "text"),
    [
        pytest.param("a *b* **c** `d_e`", r"a \emph{b} \textbf{c} \texttt{d\_e}", "a b c d_e", id="emphasis and code"),
        pytest.param("costs $5, 50% & more", r"costs \$5, 50\% \& more", "costs $5, 50% & more", id="signs"),
        pytest.param("<b>x</b>", "<b>x</b>", "<b>x</b>", id="raw HTML"),
        pytest.param(r"$3\times 3$", r"$3\times 3$", "3 × 3", id="mathematics"),
        pytest.param("[site](https://x.org)", "site", "site", id="a link is its text"),
        pytest.param("one\ntwo", "one two", "one two", id="a line end is a space"),
        pytest.param("$$x$$", r"\DisplayLine{x}", "x", id="mathematics on its own line"),
        pytest.param("- a\n- b", "\\ListItem{\\textbullet}{a}\n\\ListItem{\\textbullet}{b}", "- a\n- b", id="list"),
        pytest.param("3. a\n4. b", "\\ListItem{3.}{a}\n\\ListItem{4.}{b}", "3. a\n4. b", id="numbered list"),
        pytest.param(
            "```\nif:\n  x\n```", r"\Code{\CodeLine{if:}\nobreak\CodeLine{~~x}}", "    if:\n      x", id="lines of code"
        ),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_blocks(markdown: str, latex: str, text: str):
    assert markup.latex(markdown).strip() == latex
    assert markup.text(markdown) == text


def test_a_table_keeps_its_alignment():
    markdown = "| a | b |\n|:--|--:|\n| x | 10 |"
    assert r"\begin{tabular}{lr}\toprule \textbf{a} & \textbf{b} \\ \midrule x & 10 \\ \bottomrule" in markup.latex(
        markdown
    )
    assert markup.text(markdown) == "a  b\n-  --\nx  10"


def test_a_page_begins_neither_in_short_code_nor_behind_a_colon():
    """What a colon announces stands on the same page; only code that fills much of a page may be parted."""
    assert "so:\n\n\\nobreak\n\\ListItem" in markup.latex("so:\n\n- a")
    for lines in (markup.CODE_TOGETHER, markup.CODE_TOGETHER + 1):
        code = markup.latex("```\n" + "x\n" * lines + "```")
        assert code.count(r"\nobreak") == (lines - 1 if lines == markup.CODE_TOGETHER else 2)


def test_unsafe_mathematics_is_refused_inside_markdown():
    with pytest.raises(TemplateError, match=r"\\input"):
        markup.latex(r"Read $\input{/etc/passwd}$.")


def test_a_plain_line_takes_the_short_way_to_the_same_end():
    assert markup.latex_line("weights, without bias") == "weights, without bias"
    assert markup.latex_line("2 * 3 * 4") == "2 * 3 * 4"


def test_code_stays_on_the_page():
    """A line that is wider than the page goes on in the next; no word and no space within a line is lost."""
    line = "    x = function(" + ", ".join(f"argument_{number}={number}" for number in range(12)) + ")"
    lines = markup.code_lines(f"{line}\ny  = 1\n")
    assert max(map(len, lines)) <= markup.CODE_WIDTH
    assert " ".join(" ".join(lines[:-1]).split()) == " ".join(line.split())
    assert lines[-1] == "y  = 1"
    assert lines[1].startswith(" " * 8)
    assert r"\CodeLine{y~~=~1}" in markup.latex(f"```\n{line}\ny  = 1\n```")
