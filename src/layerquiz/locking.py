"""`lock` and `unlock`: the secrets of an exam's folder, encrypted with a passphrase file by file.

A locked file is whole beside the clear one before that is removed, and the other way round. So an interruption at any
moment leaves each file in one of the two forms or in both, and running again finishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from layerquiz import files, lists
from layerquiz.errors import ExamError, LayerquizError
from layerquiz.press.names import KEY, SEAL, SOLUTIONS, TEX
from layerquiz.vault import places
from layerquiz.vault.cipher import HEAD, Head, Lock
from layerquiz.vault.stored import ENDING, Passphrase, lock_of, locked

SECRETS = (SEAL, KEY, lists.PROOF)
FOLDERS = (SOLUTIONS, TEX)


def is_secret(name: str) -> bool:
    """Say whether a file of an exam's folder, by its path in it, tells right answers."""
    return name in SECRETS or name.partition("/")[0] in FOLDERS or lists.is_secret(name)


def lock(folder: Path, passphrase: Passphrase) -> list[str]:
    """Lock all secrets of a folder; return the names of those that were in the clear."""
    with places.alone(folder):
        names = _names(folder)
        clear = [name for name in names if files.is_file(folder / name)]
        if not clear:
            return []
        found = _lock_for(folder, names, passphrase)
        for name in clear:
            path = folder / name
            places.put_in_place(locked(path), found.locked(name, places.pieces(path)))
            places.remove(path)
    return clear


def unlock(folder: Path, passphrase: Passphrase) -> list[str]:
    """Put all secrets of a folder into the clear; return the names of those that were locked."""
    with places.alone(folder):
        names = [name for name in _names(folder) if files.is_file(locked(folder / name))]
        if not names:
            return []
        found = _lock_for(folder, names, passphrase)
        for name in names:
            _unlock(found, folder, name)
    return names


def check_clear(folder: Path) -> None:
    """Refuse to write an exam into a folder whose secrets are locked, or that is being changed."""
    places.check_finished(folder)
    if any(files.is_file(locked(folder / name)) for name in SECRETS):
        cure = f"Run `layerquiz unlock {folder}` first, or write into another folder"
        raise ExamError("the secrets of this folder are locked", where=str(folder), cure=cure, slug="locked")


def _unlock(found: Lock, folder: Path, name: str) -> None:
    """Put one file into the clear. Where both forms are there, an interruption left them, and they are equal."""
    path, where = folder / name, str(locked(folder / name))
    with files.outside(path.parent), locked(path).open("rb") as stream:
        if not files.is_file(path):
            places.put_in_place(path, found.opened(name, stream, where))
        elif not _are_equal(places.pieces(path), found.opened(name, stream, where)):
            what, cure = (
                "it is there in the clear and locked, and the two differ",
                f"Remove one of them, or lock {folder}",
            )
            raise LayerquizError(what, where=str(path), cure=cure, slug="locked-differs")
    places.remove(locked(path))


def _are_equal(one: Iterator[bytes], other: Iterator[bytes]) -> bool:
    return b"".join(one) == b"".join(other)


def _lock_for(folder: Path, names: list[str], passphrase: Passphrase) -> Lock:
    """Return the lock of a passphrase, which has to be that of all files that are locked already."""
    found = lock_of(passphrase())
    for name in names:
        path = locked(folder / name)
        if files.is_file(path):
            head = Head.read(places.first_bytes(path, HEAD.size), str(path))
            if not found.opens(head):
                what, cure = "it was locked with another passphrase", "Type that one: capitals and spaces matter"
                raise LayerquizError(what, where=str(path), cure=cure, slug="passphrase")
            found.joins(head)
    return found


def _names(folder: Path) -> list[str]:
    """Return the secrets of a folder, in either form; the seal last. Raises `ExamError` where there is no exam."""
    places.sweep_new(folder)
    there = {name.removesuffix(ENDING) for name in places.paths_below(folder)}
    if SEAL not in there:
        cure = "Name the folder that `layerquiz exam` wrote"
        raise ExamError(f"there is no {SEAL} here", where=str(folder), cure=cure, slug="no-seal")
    return sorted(filter(is_secret, there), key=lambda name: (name == SEAL, name))
