"""The terminal: tables as wide as they need where nobody looks on, as wide as the window where somebody does."""

from __future__ import annotations

import sys

from rich.console import Console

WIDTH_OF_A_FILE = 200


def console() -> Console:
    """Return a console for standard output."""
    stream = sys.stdout
    return Console(
        file=stream, width=None if stream and stream.isatty() else WIDTH_OF_A_FILE, highlight=False, soft_wrap=False
    )
