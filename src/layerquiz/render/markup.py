"""Markdown with mathematics, read once into a tree and written as LaTeX or plain text. Raw HTML is only text."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin

from layerquiz.render import escape, fenced, mathematics

CODE_WIDTH = 88
"""Signs of code that a line of a page has room for."""

CODE_TOGETHER = 24
"""Lines of code that stay on one page: a third of a page."""

FORMATS_APART = 64
"""So many texts stay read, so that a question that is written in one format after the other is read once."""

NO_PAGE = r"\nobreak"
ALIGNMENT = {"text-align:left": "l", "text-align:center": "c", "text-align:right": "r"}


@functools.cache
def _reader() -> MarkdownIt:
    """Return the one reader of Markdown."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.disable(["html_block", "html_inline"]).use(dollarmath_plugin, allow_labels=False, double_inline=True)


@functools.lru_cache(maxsize=4096)
def latex(markdown: str) -> str:
    """Return Markdown blocks as LaTeX paragraphs, ending with an empty line."""
    return "".join(_held(LATEX.write(node)) for node in blocks(markdown)) if markdown.strip() else ""


@functools.lru_cache(maxsize=4096)
def latex_line(markdown: str) -> str:
    """Return Markdown on one line (a label, a cell) as LaTeX; blocks lose their structure."""
    if escape.PLAIN.match(markdown) and not set(markdown) & set("*<>|!\n-+"):
        return markdown
    return LATEX.inside(line(markdown))


@functools.lru_cache(maxsize=4096)
def text(markdown: str) -> str:
    """Return Markdown blocks as plain text, with an empty line between blocks."""
    return "\n\n".join(TEXT.write(node) for node in blocks(markdown))


@functools.lru_cache(maxsize=4096)
def text_line(markdown: str) -> str:
    """Return Markdown on one line as plain text."""
    return TEXT.inside(line(markdown))


@functools.lru_cache(maxsize=FORMATS_APART)
def blocks(markdown: str) -> tuple[SyntaxTreeNode, ...]:
    """Return the blocks of a text."""
    return tuple(SyntaxTreeNode(_reader().parse(escape.clean(markdown))).children)


@functools.lru_cache(maxsize=FORMATS_APART)
def line(markdown: str) -> SyntaxTreeNode:
    """Return what stands on one line of a text (a label, a cell): blocks lose their structure."""
    return SyntaxTreeNode(_reader().parseInline(escape.clean(markdown)))


class Writer:
    """Visits a tree; a method's name is the kind of node that it writes. Here: what all formats do alike."""

    def write(self, node: SyntaxTreeNode) -> str:
        """Return one node."""
        method = getattr(self, node.type, None)
        return method(node) if method else self.inside(node)

    def inside(self, node: SyntaxTreeNode) -> str:
        """Return what a node holds."""
        return "".join(map(self.write, node.children))

    def softbreak(self, _: SyntaxTreeNode) -> str:
        """Return the end of a line that means nothing."""
        return " "

    def items(self, node: SyntaxTreeNode, between: str) -> list[str]:
        """Return the items of a list, their paragraphs joined."""
        return [between.join(map(self.write, item.children)) for item in node.children]

    def cells(self, node: SyntaxTreeNode) -> list[list[str]]:
        """Return the rows of a table; the first is its head."""
        return [[self.inside(cell) for cell in row.children] for part in node.children for row in part.children]


class LatexWriter(Writer):
    """Markdown as LaTeX."""

    def text(self, node: SyntaxTreeNode) -> str:
        """Return text that prints as it is."""
        return escape.latex(node.content)

    def math_inline(self, node: SyntaxTreeNode) -> str:
        """Return mathematics in the line."""
        return f"${mathematics.latex(node.content)}$"

    def math_block(self, node: SyntaxTreeNode) -> str:
        """Return mathematics on a line of its own."""
        return rf"\DisplayLine{{{mathematics.latex(node.content.strip())}}}"

    math_inline_double = math_block

    def strong(self, node: SyntaxTreeNode) -> str:
        """Return bold text."""
        return rf"\textbf{{{self.inside(node)}}}"

    heading = strong

    def em(self, node: SyntaxTreeNode) -> str:
        """Return emphasised text."""
        return rf"\emph{{{self.inside(node)}}}"

    def code_inline(self, node: SyntaxTreeNode) -> str:
        """Return code in the line."""
        return rf"\texttt{{{escape.latex(node.content)}}}"

    def fence(self, node: SyntaxTreeNode) -> str:
        """Return lines of code: short code stays on one page, long code never leaves one line alone."""
        shown = fenced.read(node.info, node.content)
        if shown:
            return shown.picture.latex
        lines = [rf"\CodeLine{{{_kept(line)}}}" for line in code_lines(node.content)]
        held = range(len(lines)) if len(lines) <= CODE_TOGETHER else (1, len(lines) - 1)
        text = "".join(f"{NO_PAGE if place in held and place else ''}{line}" for place, line in enumerate(lines))
        return rf"\Code{{{text}}}"

    code_block = fence

    def hardbreak(self, _: SyntaxTreeNode) -> str:
        """Return the end of a line."""
        return r"\newline{}"

    def hr(self, _: SyntaxTreeNode) -> str:
        """Return a rule."""
        return r"\Divider"

    def bullet_list(self, node: SyntaxTreeNode) -> str:
        """Return a list with dots."""
        return "\n".join(rf"\ListItem{{\textbullet}}{{{item}}}" for item in self.items(node, r"\par "))

    def ordered_list(self, node: SyntaxTreeNode) -> str:
        """Return a numbered list."""
        items = enumerate(self.items(node, r"\par "), int(node.attrs.get("start", 1)))
        return "\n".join(rf"\ListItem{{{number}.}}{{{item}}}" for number, item in items)

    def table(self, node: SyntaxTreeNode) -> str:
        """Return a small table, set in the middle."""
        head, *rows = self.cells(node)
        columns = "".join(
            ALIGNMENT.get(str(cell.attrs.get("style")), "l") for cell in node.children[0].children[0].children
        )
        top = _row(rf"\textbf{{{cell}}}" for cell in head)
        lines = [r"\toprule", top, r"\midrule", *map(_row, rows), r"\bottomrule"]
        return rf"\Centred{{\begin{{tabular}}{{{columns}}}{' '.join(lines)}\end{{tabular}}}}"


class TextWriter(Writer):
    """Markdown as plain text."""

    def text(self, node: SyntaxTreeNode) -> str:
        """Return text as it is."""
        return node.content

    code_inline = text

    def math_inline(self, node: SyntaxTreeNode) -> str:
        """Return mathematics on one line."""
        return mathematics.text(node.content)

    math_block = math_inline_double = math_inline

    def fence(self, node: SyntaxTreeNode) -> str:
        """Return lines of code, indented; a picture as the table of its layers."""
        shown = fenced.read(node.info, node.content)
        if shown:
            return columns([list(row) for row in shown.rows])
        return "\n".join(f"    {line}".rstrip() for line in node.content.rstrip().split("\n"))

    code_block = fence

    def hardbreak(self, _: SyntaxTreeNode) -> str:
        """Return the end of a line."""
        return "\n"

    def hr(self, _: SyntaxTreeNode) -> str:
        """Return a rule."""
        return "-" * 40

    def bullet_list(self, node: SyntaxTreeNode) -> str:
        """Return a list with dashes."""
        return "\n".join(f"- {item}" for item in self.items(node, "\n  "))

    def ordered_list(self, node: SyntaxTreeNode) -> str:
        """Return a numbered list."""
        items = enumerate(self.items(node, "\n   "), int(node.attrs.get("start", 1)))
        return "\n".join(f"{number}. {item}" for number, item in items)

    def table(self, node: SyntaxTreeNode) -> str:
        """Return a table with its columns under each other."""
        return columns(self.cells(node))


LATEX = LatexWriter()
TEXT = TextWriter()


def columns(rows: list[list[str]]) -> str:
    """Return rows of cells with columns under each other; numbers stand right, the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_spaced(row, widths) for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _spaced(row: list[str], widths: list[int]) -> str:
    """Return one row, each cell as wide as its column."""
    pairs = zip(row, widths, strict=True)
    return "  ".join(f"{cell:{'>' if cell[:1].isdigit() else '<'}{width}}" for cell, width in pairs).rstrip()


def _held(block: str) -> str:
    """Return a block of LaTeX with its end; no page begins between a colon and what it announces."""
    return f"{block}\n\n{NO_PAGE}\n" if block.endswith(":") else f"{block}\n\n"


def _row(cells: Iterable[str]) -> str:
    """Return one row of a LaTeX table."""
    return f"{' & '.join(cells)} \\\\"


def code_lines(code: str) -> list[str]:
    """Return lines of code; one that is wider than the page goes on in the next, further in."""
    return [part for line in code.rstrip().split("\n") for part in _broken(line)]


def _broken(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    keep = {"break_on_hyphens": False, "drop_whitespace": True, "subsequent_indent": f"{indent[:40]}    "}
    return textwrap.wrap(line, CODE_WIDTH, **keep) if len(line) > CODE_WIDTH else [line]  # type: ignore[arg-type]


def _kept(line: str) -> str:
    """Return a line of code, all of whose spaces are kept."""
    return escape.latex(line).replace(" ", "~")
