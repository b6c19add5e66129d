"""How far a long run is and how long it will still take, on the terminal of somebody who looks on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(what: str, steps: int) -> Iterator[Callable[[], None]]:
    """Give a function to be called after each step."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    # Without a thread of its own: processes are forked from here.
    shown = Progress(*columns, *times, console=Console(stderr=True), auto_refresh=False, transient=True)
    with shown:
        task = shown.add_task(what, total=steps)

        def step() -> None:
            shown.update(task, advance=1, refresh=True)

        yield step
