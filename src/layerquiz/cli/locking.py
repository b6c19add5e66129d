"""`lock` and `unlock`: the secrets of an exam's folder behind a passphrase, which no command line holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from layerquiz.cli import named


def asked() -> str:
    """Return the passphrase of a locked folder: that of the environment, or what is typed, which is not shown."""
    return _given() or _prompted("Passphrase", twice=False)


def asked_twice() -> str:
    """Return the passphrase that shall lock a folder: that of the environment, or what is typed twice."""
    from layerquiz.vault import checked

    return checked(_given() or _prompted("Passphrase", twice=True))


def _given() -> str:
    import os

    from layerquiz.vault import VARIABLE

    return os.environ.get(VARIABLE, "")


def _prompted(text: str, twice: bool) -> str:
    """Return what is typed, which no terminal shows; where there is no terminal, the next line of the input."""
    import warnings
    from functools import partial
    from getpass import GetPassWarning

    from layerquiz.errors import LayerquizError
    from layerquiz.vault import VARIABLE

    typed = partial(click.prompt, text, confirmation_prompt="Once more" if twice else False, err=True)
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", GetPassWarning)
                return str(typed(hide_input=True))
        except GetPassWarning:
            return str(typed())
    except click.Abort:
        cure = f"Type it, or put it into the variable {VARIABLE}"
        raise LayerquizError("no passphrase was given", cure=cure, slug="passphrase") from None


@click.command()
@click.argument("folder", callback=named)
def lock(folder: str) -> None:
    """Encrypt what tells the right answers in an exam's folder.

    The seal, the key, the solutions, the master and the marking sheets get a passphrase; papers stay as they are.
    `grade`, `enter` and `reprint` ask for it and write nothing in the clear. It is typed twice, or taken from the
    variable LAYERQUIZ_PASSPHRASE. Nobody can read the files without it: keep it well.

    \b
    Example:
      layerquiz lock output/example/exam
    """
    from pathlib import Path

    from layerquiz.locking import lock as locked

    _tell(folder, len(locked(Path(folder), asked_twice)), "locked")


@click.command()
@click.argument("folder", callback=named)
def unlock(folder: str) -> None:
    """Put what `lock` has encrypted into the clear again.

    \b
    Example:
      layerquiz unlock output/example/exam
    """
    from pathlib import Path

    from layerquiz.locking import unlock as unlocked

    _tell(folder, len(unlocked(Path(folder), asked)), "unlocked")


@contextlib.contextmanager
def after(folder: str, wanted: bool) -> Iterator[None]:
    """Lock a folder after it was written, with a passphrase that is asked for before; one that is locked is refused."""
    from pathlib import Path

    from layerquiz.locking import check_clear
    from layerquiz.locking import lock as locked

    check_clear(Path(folder))
    passphrase = asked_twice() if wanted else ""
    yield
    if wanted:
        _tell(folder, len(locked(Path(folder), lambda: passphrase)), "locked")


def _tell(folder: str, count: int, done: str) -> None:
    click.echo(f"{folder}: {count} {'file' if count == 1 else 'files'} {done}" if count else f"{folder}: nothing to do")
