"""Files of a folder, in the clear or locked, read alike. What is locked is opened in memory alone."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from layerquiz import files
from layerquiz.errors import LayerquizError
from layerquiz.vault.cipher import Lock

ENDING = ".locked"
VARIABLE = "LAYERQUIZ_PASSPHRASE"

Passphrase: TypeAlias = Callable[[], str]
"""Gives the passphrase when it is needed: nobody is asked for one where nothing is locked."""


def from_environment() -> str:
    """Return the passphrase of the environment. Raises `LayerquizError` where it has none."""
    found = os.environ.get(VARIABLE, "")
    if not found:
        raise LayerquizError("the folder is locked", cure=f"Put its passphrase into {VARIABLE}", slug="locked")
    return found


def locked(path: Path) -> Path:
    """Return where a file stands while it is locked."""
    return path.with_name(path.name + ENDING)


def is_locked(path: Path) -> bool:
    """Say whether a file is there in locked form alone."""
    return not files.is_file(path) and files.is_file(locked(path))


@lru_cache(maxsize=1)
def lock_of(passphrase: str) -> Lock:
    """Return the lock of a passphrase: what scrypt has made once is used for all files of a command."""
    return Lock(passphrase)


def read_data(folder: Path, name: str, limit: int, passphrase: Passphrase) -> bytes:
    """Return the bytes of a file of a folder, whether it is locked or not. Raises `LayerquizError`."""
    path = folder / name
    if not is_locked(path):
        return files.read_data(path, limit)
    where = str(locked(path))
    content = files.read_data(locked(path), 2 * limit)
    return b"".join(lock_of(passphrase()).opened(name, io.BytesIO(content), where))


def read_text(folder: Path, name: str, limit: int, passphrase: Passphrase) -> str:
    """Return the text of a file of a folder, whether it is locked or not. Raises `LayerquizError`."""
    return files.decoded(read_data(folder, name, limit, passphrase), str(folder / name))
