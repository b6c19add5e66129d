"""The theme: the part of the papers' LaTeX that an instructor may copy and change, with a logo and a header.

A theme is a template in the sandbox: it can say fixed words and print the header, and sees nothing of papers.
"""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from layerquiz.errors import LayerquizError
from layerquiz.languages import Words
from layerquiz.render import escape

DELIMITERS: Mapping[str, Any] = MappingProxyType(
    {
        "block_start_string": "((*",
        "block_end_string": "*))",
        "variable_start_string": "(((",
        "variable_end_string": ")))",
        "comment_start_string": "((=",
        "comment_end_string": "=))",
    }
)
"""What parts templates from LaTeX, which does not use it."""

KINDS = {b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
INCLUDED = {"pdf": r"\XeTeXpdffile", "png": r"\XeTeXpicfile", "jpg": r"\XeTeXpicfile"}
LOGOS = tuple(f"logo.{kind}" for kind in INCLUDED)
TO_COPY = "layerquiz new --theme"
LOGO_HEIGHT = "14mm"
MOST_CHARACTERS = 100_000
FIELD = re.compile(r"\{(\w+)\}")

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Call,
    nodes.Keyword,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
)
"""Everything that a theme may hold: it prints and asks, and nothing of it can repeat itself or grow."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme's text and file, the bytes of the logo, and a line above the course. Without text the package's own."""

    text: str = ""
    file: str = ""
    logo: bytes = b""
    header: str = ""

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Return the pictures that the engine needs beside its source, by their names there."""
        return ((f"logo.{_kind(self.logo)}", self.logo),) if self.logo else ()


USUAL_THEME = Theme()


def packaged() -> str:
    """Return the theme of the package: what an instructor copies."""
    return files("layerquiz.render").joinpath("templates", "theme.tex.j2").read_text(encoding="utf-8")


def check_logo(logo: bytes, file: str) -> None:
    """Refuse a logo that is no picture which the engine can include."""
    if not any(logo.startswith(start) for start in KINDS):
        cure = "Save it as PDF, PNG or JPEG"
        raise LayerquizError("the logo is no picture that can be printed", where=file, cure=cure, slug="logo")


def _kind(logo: bytes) -> str:
    return next(kind for start, kind in KINDS.items() if logo.startswith(start))


@functools.lru_cache(maxsize=8)
def written(theme: Theme, language: str) -> str:
    """Return a theme as LaTeX. Raises `LayerquizError` with the line at which it cannot be read."""
    text = theme.text or packaged()
    if len(text) > MOST_CHARACTERS:
        raise _fault(theme, f"it has more than {MOST_CHARACTERS:,} characters")
    logo = ""
    if theme.logo:
        kind = _kind(theme.logo)
        logo = rf'{INCLUDED[kind]} "logo.{kind}" height {LOGO_HEIGHT}'
    try:
        _check_parts(theme, text)
        return _sandbox().from_string(text).render(say=saying(Words(language)), logo=logo, header=name(theme.header))
    except jinja2.TemplateSyntaxError as error:
        raise _fault(theme, f"{error.message}", error.lineno) from None
    except LayerquizError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an instructor's template does wrong is theirs to mend
        raise _fault(theme, str(error) or type(error).__name__, _line(error)) from None


def _check_parts(theme: Theme, text: str) -> None:
    """Refuse a theme that does more than print and ask, before anything of it runs."""
    stack: list[nodes.Node] = [_sandbox().parse(text)]
    while stack:
        node = stack.pop()
        if not isinstance(node, ALLOWED):
            raise _fault(theme, f'"{type(node).__name__.lower()}" is not allowed', node.lineno)
        stack.extend(node.iter_child_nodes())


def _line(error: Exception) -> int | None:
    """Return the line of the theme at which an error arose, if it arose in it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] if lines else None


def _fault(theme: Theme, what: str, line: int | None = None) -> LayerquizError:
    where = theme.file or "the theme"
    cure = f"Compare it with the theme that {TO_COPY} writes"
    return LayerquizError(
        f"the theme cannot be used: {what}", where=f"{where}, line {line}" if line else where, cure=cure, slug="theme"
    )


@functools.cache
def _sandbox() -> ImmutableSandboxedEnvironment:
    sandbox = ImmutableSandboxedEnvironment(**DELIMITERS, undefined=jinja2.StrictUndefined)
    sandbox.globals.clear()
    sandbox.filters.clear()
    return sandbox


def name(text: str) -> str:
    """Return a name or title as LaTeX: one line, of bounded length, escaped."""
    return escape.latex(escape.name(text))


def saying(words: Words) -> Callable[..., str]:
    """Return what says a fixed text in a language as LaTeX; the values put into it are LaTeX already."""

    def say(text: str, /, **values: object) -> str:
        pieces = FIELD.split(words(text))
        return "".join(str(values[piece]) if place % 2 else escape.latex(piece) for place, piece in enumerate(pieces))

    return say
