"""Mathematics passes a whitelist; the same source is plain text on one line."""

from __future__ import annotations

import pytest

from layerquiz.errors import TemplateError
from layerquiz.network import glossary
from layerquiz.render import mathematics


@pytest.mark.parametrize(
    ("source", "named"),
    [
        pytest.param(r"\input{/etc/passwd}", r"\input", id="reads a file"),
        pytest.param(r"\write18{ls}", r"\write", id="runs a shell"),
        pytest.param(r"\def\x{\x}\x", r"\def", id="defines a loop"),
        pytest.param(r"\csname input\endcsname", r"\csname", id="makes a command's name"),
        pytest.param(r"\catcode`\%=12", r"\catcode", id="changes a character's meaning"),
        pytest.param(r"^^5cinput", "^^", id="writes a backslash by its code"),
        pytest.param(r"\begin{verbatim}", "verbatim", id="opens an environment"),
        pytest.param(r"\begin", r"\begin", id="opens nothing"),
        pytest.param("a$b", "$", id="leaves mathematics"),
        pytest.param("a % b", "%", id="a comment"),
        pytest.param("a } b {", "brace", id="leaves its group"),
        pytest.param("{" * 60 + "}" * 60, "brace", id="too deep"),
        pytest.param(r"\left( x", r"\left", id="never closes a bracket"),
        pytest.param(r"x \right)", r"\right", id="closes no bracket"),
        pytest.param(r"{\left( x} \right)", "}", id="closes in the wrong order"),
        pytest.param(r"\begin{cases} x \end{matrix}", r"\end{matrix}", id="ends another environment"),
        pytest.param("a\\", "\\", id="ends with a backslash"),
        pytest.param("1+" * 20_000, "20,000", id="too long"),
    ],
)
def test_what_is_not_listed_is_refused_by_name(source: str, named: str):
    with pytest.raises(TemplateError) as caught:
        mathematics.latex(source)
    assert caught.value.slug == "unsafe-math"
    assert named in str(caught.value)
    with pytest.raises(TemplateError):
        mathematics.text(source)


def test_a_misspelled_command_gets_the_nearest_one():
    with pytest.raises(TemplateError, match=r'Did you mean "[dt]?frac"'):
        mathematics.latex(r"\frc{a}{b}")


@pytest.mark.parametrize(
    ("source", "latex", "text"),
    [
        pytest.param(r"K^2 \cdot C_{\text{in}}", r"K^2 \cdot C_{\text{in}}", "K^2 · C_in", id="letters"),
        pytest.param(r"34{,}848", r"34{,}848", "34,848", id="grouped digits"),
        pytest.param(r"\frac{a + b}{c}", r"\frac{a + b}{c}", "(a + b)/c", id="fraction"),
        pytest.param(r"x^{n+1}_{out}", r"x^{n+1}_{out}", "x^(n+1)_out", id="groups of more than a letter get brackets"),
        pytest.param("7×7 ≤ α", r"7\times 7 \le  \alpha ", "7×7 ≤ α", id="signs typed as they are"),
        pytest.param(r"\sqrt{2}", r"\sqrt{2}", "√2", id="root"),
        pytest.param(r"\{1\}", r"\{1\}", "{1}", id="braces that print"),
        pytest.param(r"\left\{ x \right.", r"\left\{ x \right.", "{ x .", id="a bracket that grows"),
    ],
)
def test_listed_mathematics_prints(source: str, latex: str, text: str):
    assert mathematics.latex(source) == latex
    assert mathematics.text(source) == text


def test_the_rule_of_convolution_reads_as_on_paper():
    source = r"\left\lfloor\frac{H - K + 2P}{S}\right\rfloor + 1"
    assert mathematics.text(source) == "⌊(H - K + 2P)/S⌋ + 1"


@pytest.mark.parametrize("table", [glossary.OWN, glossary.BEFORE], ids=["own", "before"])
def test_every_letter_of_the_glossary_prints(table):
    """A worked solution is made of these letters: one that is refused makes a question that cannot be printed."""
    for found in table.values():
        assert mathematics.latex(found.letter) == found.letter
        assert "\\" not in mathematics.text(found.letter)
