"""The terminal: what is shown, as wide as the window or as it needs where nobody looks on, and what is typed."""

from __future__ import annotations

import contextlib
import io
import sys

import click
from rich.console import Console

from layerquiz.render import escape

WIDTH_OF_A_FILE = 200


def console() -> Console:
    """Return a console for standard output."""
    stream = sys.stdout
    return Console(
        file=stream, width=None if stream and stream.isatty() else WIDTH_OF_A_FILE, highlight=False, soft_wrap=False
    )


LONGEST_LINE = 5_000
"""More characters of a line that is not typed by hand are not read."""


def typed(prompt: str) -> str:
    """Return a line that somebody types behind a prompt, or the next one of a pipe. Raises `EOFError` at the end."""
    stream = sys.stdin
    if stream is None or stream.closed:
        raise EOFError
    if isinstance(stream, io.TextIOWrapper) and stream.errors != "replace":
        stream.reconfigure(errors="replace")
    if stream.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 -- with it the line can be edited
        return input(prompt)
    line = part = stream.readline(LONGEST_LINE)
    while len(part) == LONGEST_LINE and not part.endswith("\n"):
        part = stream.readline(LONGEST_LINE)
    if not line:
        raise EOFError
    click.echo(f"{prompt}{escape.name(line)}")
    return line.rstrip("\r\n")
