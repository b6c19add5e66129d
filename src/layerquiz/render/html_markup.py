"""Markdown with mathematics as HTML: what it holds is escaped or MathML, whatever stands in it."""

from __future__ import annotations

import functools
import re

from markdown_it.tree import SyntaxTreeNode

from layerquiz.render import escape, fenced, markup
from layerquiz.render.mathml import mathml

PLAIN = re.compile(r"(?!\d+[.)])[A-Za-z0-9][A-Za-z0-9 .,;:()/?%\N{NO-BREAK SPACE}]*(?<! )\Z")
"""One line of text in which nothing is Markdown: it is not read as such, which takes most of the time."""


@functools.lru_cache(maxsize=4096)
def html(markdown: str) -> str:
    """Return Markdown blocks as HTML."""
    if PLAIN.match(markdown):
        return tag("p", escape.html(markdown))
    return "\n".join(HTML.write(node) for node in markup.blocks(markdown))


@functools.lru_cache(maxsize=4096)
def html_line(markdown: str) -> str:
    """Return Markdown on one line (a label, a cell) as HTML; blocks lose their structure."""
    if PLAIN.match(markdown):
        return escape.html(markdown)
    return HTML.inside(markup.line(markdown))


def tag(name: str, inside: str, kind: str = "") -> str:
    """Return an element of a class; what is inside is HTML already."""
    named = f' class="{kind}"' if kind else ""
    return f"<{name}{named}>{inside}</{name}>"


class HtmlWriter(markup.Writer):
    """Markdown as HTML. Links and pictures are only their words: nothing is fetched from elsewhere."""

    def text(self, node: SyntaxTreeNode) -> str:
        """Return text that shows as it is."""
        return escape.html(node.content)

    def math_inline(self, node: SyntaxTreeNode) -> str:
        """Return mathematics in the line."""
        return mathml(node.content)

    def math_block(self, node: SyntaxTreeNode) -> str:
        """Return mathematics on a line of its own."""
        return mathml(node.content.strip(), display=True)

    math_inline_double = math_block

    def paragraph(self, node: SyntaxTreeNode) -> str:
        """Return a paragraph."""
        return tag("p", self.inside(node))

    def strong(self, node: SyntaxTreeNode) -> str:
        """Return bold text."""
        return tag("strong", self.inside(node))

    def heading(self, node: SyntaxTreeNode) -> str:
        """Return a heading within a text."""
        return tag("h3", self.inside(node))

    def em(self, node: SyntaxTreeNode) -> str:
        """Return emphasised text."""
        return tag("em", self.inside(node))

    def code_inline(self, node: SyntaxTreeNode) -> str:
        """Return code in the line."""
        return tag("code", escape.html(node.content))

    def fence(self, node: SyntaxTreeNode) -> str:
        """Return lines of code, or a picture."""
        shown = fenced.read(node.info, node.content)
        if shown:
            return shown.picture.svg
        return tag("pre", tag("code", escape.html(node.content)))

    code_block = fence

    def hardbreak(self, _: SyntaxTreeNode) -> str:
        """Return the end of a line."""
        return "<br />"

    def hr(self, _: SyntaxTreeNode) -> str:
        """Return a rule."""
        return "<hr />"

    def bullet_list(self, node: SyntaxTreeNode) -> str:
        """Return a list with dots."""
        return tag("ul", "".join(tag("li", item) for item in self.items(node, "")))

    def ordered_list(self, node: SyntaxTreeNode) -> str:
        """Return a numbered list."""
        start = int(node.attrs.get("start", 1))
        return f'<ol start="{start}">{"".join(tag("li", item) for item in self.items(node, ""))}</ol>'

    def table(self, node: SyntaxTreeNode) -> str:
        """Return a small table."""
        aligned = [markup.ALIGNMENT.get(str(c.attrs.get("style")), "l") for c in node.children[0].children[0].children]
        return table(self.cells(node), aligned)


HTML = HtmlWriter()


def table(rows: list[list[str]], alignment: list[str]) -> str:
    """Return a table of cells that are HTML already; the first row is its head."""
    head, *body = (_row(row, alignment, "td" if number else "th") for number, row in enumerate(rows))
    return tag("table", f"{tag('thead', head)}{tag('tbody', ''.join(body))}")


def _row(cells: list[str], alignment: list[str], name: str) -> str:
    return tag("tr", "".join(tag(name, cell, letter) for cell, letter in zip(cells, alignment, strict=True)))
