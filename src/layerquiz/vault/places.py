"""Files that take the place of others whole, one at a time, in a folder that nobody else changes meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from layerquiz import files
from layerquiz.errors import LayerquizError, OutsideError

NEW = ".layerquiz-new"
"""The ending of a hidden file that is being written before it is moved in."""

CHANGE = ".layerquiz-change"
"""The hidden folder of a change that was decided and is not finished yet."""

PIECE = 1 << 20


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with files.outside(path.parent):
        path.unlink(missing_ok=True)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with files.outside(path.parent), path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def first_bytes(path: Path, count: int) -> bytes:
    """Return the first bytes of a file."""
    with files.outside(path.parent), path.open("rb") as stream:
        return stream.read(count)


def paths_below(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, from it and with slashes, sorted; without hidden ones."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def put_in_place(path: Path, content: Iterable[bytes]) -> None:
    """Write a file in pieces to the disk and move it in as a whole."""
    new = path.with_name(f".{path.name}{NEW}")
    with files.outside(path.parent):
        with new.open("wb") as stream:
            stream.writelines(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        see_to_the_disk(path.parent)


def sweep_new(folder: Path) -> None:
    """Remove what an interrupted `put_in_place` has left below a folder."""
    for path in folder.rglob(f".*{NEW}"):
        remove(path)


def see_to_the_disk(folder: Path) -> None:
    """See the names in a folder to the disk, where the system can."""
    with contextlib.suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work in a folder alone: a second command that wants the same is refused."""
    if not folder.is_dir():
        raise LayerquizError("no such folder", where=str(folder), slug="file-missing")
    try:
        lock = files.locked(folder)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            yield  # a disk without locks
            return
        cure = "Wait until it has ended"
        raise OutsideError("another command is changing this folder", where=str(folder), cure=cure) from None
    try:
        yield
    finally:
        os.close(lock)


def check_finished(folder: Path) -> None:
    """Refuse a folder in which a change of students' data was interrupted: half of it is there."""
    if (folder / CHANGE).is_dir():
        cure = f"Run `layerquiz students {folder} --yes`, which finishes it"
        what = "a change of students' data was interrupted here"
        raise LayerquizError(what, where=str(folder), cure=cure, slug="unfinished-change")
