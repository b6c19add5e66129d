"""Pages of HTML: well formed, complete in themselves, and deaf to whatever stands in them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import TemplateError
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.render import escape, html
from layerquiz.render.document import Page, Paragraph, Parting, Step, Table
from layerquiz.render.html_markup import html as html_of
from layerquiz.render.mathml import mathml
from layerquiz.render.questions import sheet
from render.sample_exam import size_step

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><script>x</script>",
    "[click](javascript:alert(1)) ![x](http://example.org/x.png)",
    "<!-- --><![CDATA[ ]]>",
    "&lt;b&gt; &#60;b&#62;",
    "{{ 7 * 7 }} {% for x in y %}",
)
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "strong", "em", "code", "pre"),
    *("dl", "dt", "dd", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "section", "span"),
    *("small", "br", "hr"),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msubsup", "mfrac", "mspace", "mtable", "mtr", "mtd"),
    *("munder", "mover", "msqrt", "menclose"),
}
ATTRIBUTES = {
    *("class", "lang", "charset", "name", "content", "http-equiv", "start", "display", "displaystyle", "stretchy"),
    *("fence", "form", "mathvariant", "columnalign", "rowspacing", "columnspacing", "notation", "movablelimits"),
    *("width", "linebreak"),
}


SVG = "{http://www.w3.org/2000/svg}"
"""Elements of pictures, which no reader's words reach; what they draw is tested where pictures are."""


def tree_of(markup: str) -> ET.Element:
    """Return markup as a tree; it has to be well formed."""
    return ET.fromstring(markup)  # noqa: S314 - our own page, of a few kilobytes


def read(page: str) -> ET.Element:
    """Return a page as a tree, having seen that it holds known elements and attributes only."""
    assert page.startswith("<!DOCTYPE html>\n")
    tree = tree_of(page.partition("\n")[2])
    for element in tree.iter():
        if element.tag.startswith(SVG):
            assert not any(name.startswith(("on", "href")) for name in element.attrib)
            continue
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES
    return tree


def words(tree: ET.Element) -> str:
    """Return what a reader sees of the body."""
    body = tree.find("body")
    assert body is not None
    return "".join(body.itertext())


def plainly(formula: str) -> str:
    """Return the letters and digits of a formula in their order: all that typing and printing have in common."""
    return re.sub(r"[\W_]", "", formula)


def attacked(text: str) -> str:
    """Return a page that holds a text wherever one can stand."""
    cell = escape.literal(text)
    step = Step((r"\text{size}", "3"), text, layer=text)
    blocks = (
        Paragraph(cell),
        Paragraph(text),
        Paragraph(cell, heading=True),
        Table((cell, "b"), ((cell, cell),), "lr"),
        Step((), text),
        step,
        Parting(cell, ((cell, (step,)), (cell, (step,)))),
    )
    return html.page(Page(text, text, ((text, text),), blocks))


@pytest.mark.parametrize("text", ATTACKS)
def test_hostile_text_is_only_text(text: str) -> None:
    """Nothing that somebody wrote becomes an element or an attribute, and it is shown as it was written."""
    tree = read(attacked(text))
    assert text in words(tree)
    assert tree.findtext("head/title") == text


@given(st.text(max_size=60))
def test_any_text_leaves_the_page_well_formed(text: str) -> None:
    """Whatever the text: the page is well formed and holds known elements only."""
    try:
        page = attacked(text)
    except TemplateError:
        return  # mathematics that no format prints
    read(page)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", library.templates())
def test_every_template_is_a_page(name: str) -> None:
    """A sheet of each template with its solution is well formed, and each key stands in it."""
    question = draw(library.named(name), 5)
    tree = read(html.sheet(sheet("A sheet", [question, draw(library.named(name), 6)], solutions=True)))
    text = words(tree)
    for blank in question.blanks:
        if blank.formula is not None:
            typed = blank.formula.text.replace("floor", "")
            assert plainly(typed) in plainly(text)
            continue
        if blank.listed is not None:
            assert "Answer: " in text
            assert blank.listed.form != "options" or f"Answer: {', '.join(str(blank.key))}" in text
            continue
        numbers = blank.key if isinstance(blank.key, tuple) else (blank.key,)
        assert "×".join(f"{number:,}" for number in numbers) in text.replace("\N{NO-BREAK SPACE}", "")


def test_a_page_needs_nothing_from_elsewhere() -> None:
    """No script, no link, no picture, no address: it works offline, and its policy forbids to fetch."""
    page = html.sheet(sheet("A sheet", [draw(library.named("alexnet-table"), 1)], solutions=True))
    assert re.findall(r"https?:|src=|href=|url\(|@import|<script|<link|<img", page) == []
    assert "default-src 'none'" in page


def test_solutions_stand_behind_all_questions() -> None:
    """Who prints the sheet can keep the last pages: nothing is solved before the last question is asked."""
    drawn = [draw(library.named("conv-size"), seed) for seed in (1, 2)]
    page = html.sheet(sheet("A sheet", drawn, solutions=True))
    asked, _, solved = page.partition("Worked solutions")
    assert asked.count("<section>") == solved.count("<section>") == 2
    assert "chain" in solved
    assert '<table class="chain">' not in asked
    assert '<table class="chain">' not in html.sheet(sheet("A sheet", drawn, solutions=False))


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        pytest.param(r"34{,}848 + 96", "34,848+96", id="grouped digits are one number"),
        pytest.param(r"C_{\text{conv\_1}}", "Cconv_1", id="a name with an underscore"),
        pytest.param(r"\left\lfloor \frac{227 - 11}{4} \right\rfloor + 1", "⌊227−114⌋+1", id="a fraction in a floor"),
        pytest.param(r"K^{2} \cdot x^12", "K2·x12", id="raised numbers"),
        pytest.param(r"\text{<b>} < 3", "<b><3", id="signs of HTML"),
        pytest.param(r"\begin{aligned}a &= 70000001 \\ &= 7\end{aligned}", "a=70000001=7", id="lines under each other"),
        pytest.param(r"\frac12", "1/2", id="what the converter cannot do is shown as text"),
    ],
)
def test_mathematics_says_the_same(latex: str, text: str) -> None:
    """Numbers and words that were taken out come back where they stood."""
    assert "".join(tree_of(mathml(latex)).itertext()).replace(" ", "") == text


def test_unsafe_mathematics_is_refused() -> None:
    """What no other format prints is not printed here either."""
    with pytest.raises(TemplateError):
        mathml(r"\input{secret}")


@given(st.text("ab1 .,;:()/?%\N{NO-BREAK SPACE}*_`<&-+#\\$", max_size=12))
def test_plain_text_is_not_read_and_comes_out_the_same(text: str) -> None:
    """The short way for text without Markdown gives what reading it gives."""
    with pytest.MonkeyPatch.context() as patch:
        try:
            short = html_of.__wrapped__(text)
            patch.setattr("layerquiz.render.html_markup.PLAIN", re.compile(r"(?!)"))
            assert html_of.__wrapped__(text) == short
        except TemplateError:
            return  # mathematics that no format prints


def test_markdown_keeps_its_structure() -> None:
    """Lists, code, tables and emphasis are the elements that they mean."""
    shown = html_of("1. *a*\n2. **b**\n\n```\nx < y\n```\n\n| n | m |\n|--:|:-:|\n| 1 | $2$ |\n\n- `c`\n\n---")
    assert '<ol start="1"><li><p><em>a</em></p></li><li><p><strong>b</strong></p></li></ol>' in shown
    assert "<pre><code>x &lt; y\n</code></pre>" in shown
    assert '<th class="r">n</th><th class="c">m</th>' in shown
    assert "<li><p><code>c</code></p></li>" in shown
    assert "<hr />" in shown


def test_a_step_has_a_row_for_each_equality() -> None:
    """The signs of equality stand under each other, the left side once."""
    rows = tree_of(f"<x>{html.step(size_step(227, 11, 4))}</x>").findall(".//tr")
    assert ["".join(row.itertext())[:1] for row in rows] == ["H", "=", "="]


def test_the_same_document_gives_the_same_page() -> None:
    """A page is a function of its document."""
    assert attacked("a < b") == attacked("a < b")
