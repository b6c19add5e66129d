"""The only module that opens paths which a user named, but for those that SQLite opens.

Reading has clear refusals; writing is whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layerquiz.errors import LayerquizError, OutsideError, nearest
from layerquiz.languages import LANGUAGES, Translation

SIZE_LIMIT = 10_000_000
MODEL_LIMIT = 2**31 - 1
"""A model's file has at most so many bytes: no ONNX file can have more, as protobuf holds no larger message."""

STANDARD_INPUT = "-"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
WORKING = ".layerquiz-working-"


def read_text(name: str | Path, limit: int = SIZE_LIMIT) -> str:
    """Return a file's text, UTF-8 or UTF-16 with its mark; `-` is the standard input. Raises `LayerquizError`."""
    return decoded(read_data(name, limit), called(name))


def read_data(name: str | Path, limit: int = SIZE_LIMIT) -> bytes:
    """Return a file's bytes, at most `limit`; `-` is the standard input. Raises `LayerquizError` with the cure."""
    data = sys.stdin.buffer.read(limit + 1) if str(name) == STANDARD_INPUT else _read(Path(name), limit)
    return _small(data, name, limit)


def _small(data: bytes, name: str | Path, limit: int) -> bytes:
    """Return bytes that are no more than a limit."""
    if len(data) > limit:
        what, cure = f"larger than {limit // 10**6} MB", "Is it the right file?"
        raise LayerquizError(what, where=called(name), cure=cure, slug="file-size")
    return data


def read_model(name: str | Path, is_model: Callable[[bytes], bool]) -> bytes:
    """Return a file's bytes: those of a model up to `MODEL_LIMIT`, of any other file as `read_data`; `-` as there."""
    data = sys.stdin.buffer.read(SIZE_LIMIT + 1) if str(name) == STANDARD_INPUT else _read(Path(name), SIZE_LIMIT)
    if len(data) <= SIZE_LIMIT:
        return data
    limit = MODEL_LIMIT if is_model(data) else SIZE_LIMIT
    if limit > SIZE_LIMIT:
        rest = limit + 1 - len(data)
        data = data + sys.stdin.buffer.read(rest) if str(name) == STANDARD_INPUT else _read(Path(name), limit)
    return _small(data, name, limit)


def called(name: str | Path) -> str:
    """Return what messages call a file."""
    return "standard input" if str(name) == STANDARD_INPUT else str(name)


def is_path(argument: str) -> bool:
    """Say whether an argument means a file or folder rather than a name: it exists, or is spelled like a path."""
    return "/" in argument or Path(argument).suffix != "" or Path(argument).exists()


def is_file(path: str | Path) -> bool:
    """Say whether a file is there."""
    return Path(path).is_file()


def is_folder(path: str | Path) -> bool:
    """Say whether a folder is there."""
    return Path(path).is_dir()


def read_bytes(path: str | Path) -> bytes:
    """Return a file's bytes; nothing where there is none."""
    return Path(path).read_bytes() if is_file(path) else b""


def names_below(folder: Path, suffix: str) -> list[str]:
    """Return the names of the files in a folder that have a suffix; none where there is no folder."""
    return [name for name in _names(folder) if name.endswith(suffix)]


def files_below(name: str, suffix: str, begins: str) -> list[str]:
    """Return the files below a folder that have a suffix and begin with a text, sorted; else the name as it is."""
    if not Path(name).is_dir():
        return [name]
    found = sorted(str(path) for path in Path(name).rglob(f"*{suffix}") if read_bytes(path).startswith(begins.encode()))
    if not found:
        raise LayerquizError(f"holds no {suffix} files that begin with {begins}", where=name, slug="file-missing")
    return found


def translations_beside(template: str | Path) -> tuple[Translation, ...]:
    """Return what stands beside a template in other languages: `strided.de.md` beside `strided.md`."""
    path = Path(template)
    there = [(language, path.with_suffix(f".{language}.md")) for language in LANGUAGES]
    return tuple(Translation(language, read_text(place), str(place)) for language, place in there if is_file(place))


def _read(path: Path, limit: int) -> bytes:
    """Return at most one byte more than the limit of a file."""
    try:
        if path.is_dir():
            cure = f"Name one of its files, such as {first}." if (first := next(iter(_names(path)), "")) else ""
            raise LayerquizError("a folder, not a file", where=str(path), cure=cure, slug="file-folder")
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except FileNotFoundError as error:
        cure = _nearby(path) if path.parent.is_dir() else "Its folder is not there either."
        raise LayerquizError("no such file", where=str(path), cure=cure, slug="file-missing") from error
    except (OSError, ValueError) as error:
        raise LayerquizError(f"cannot be read ({_reason(error)})", where=str(path), slug="file-unreadable") from error


def _nearby(path: Path) -> str:
    """Return the nearest name in the file's folder, or what is there where that is little."""
    names = _names(path.parent)
    cure = nearest(path.name, names)
    return cure if len(names) <= 12 or cure.startswith("Did") else ""


def _names(folder: Path) -> list[str]:
    """Return the names in a folder, without hidden ones."""
    with contextlib.suppress(OSError):
        return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    return []


def decoded(data: bytes, where: str) -> str:
    """Return UTF-8 text, with or without a byte order mark, or UTF-16 with one; line ends become newlines."""
    encoding = "UTF-16" if data.startswith(UTF16_MARKS) else "UTF-8"
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not {encoding}: byte 0x{data[error.start]:02X} at offset {error.start:,} (line {line:,})"
        cure = "Save it again as UTF-8; a spreadsheet calls it 'CSV UTF-8'."
        raise LayerquizError(what, where=where, cure=cure, slug="file-encoding") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write(name: str | Path, content: str | bytes, *, force: bool = False) -> bool:
    """Write one file whole; return whether it changed. Equal content is left alone, different content needs `force`."""
    path = Path(name)
    target = Target(path.parent, force=force)
    target.add(path.name, content)
    return bool(target.commit())


@dataclass(frozen=True, slots=True)
class Written:
    """What a command did to its folder: the files that changed, and what the user should know."""

    folder: str
    changed: tuple[str, ...]
    notes: tuple[str, ...] = ()


def digest(content: bytes) -> str:
    """Return what tells a file's content from any other."""
    return hashlib.sha256(content).hexdigest()


def put(path: Path, content: bytes) -> None:
    """Write a file and see it to the disk: whoever renames it may count on its content, even if the power fails."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@dataclass(slots=True)
class Target:
    """A folder to be written: files are collected, and none is in its place before all are on the disk.

    `last` names the file that makes the folder valid (the seal): it is moved in after all others. A run that is killed
    leaves the old files, and beside them at most a hidden working folder, which the next run removes. `replaceable`
    names files that people fill in: what was filled in is in the new content too.
    """

    folder: Path
    last: str = ""
    force: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    replaceable: tuple[str, ...] = ()

    def add(self, name: str, content: str | bytes) -> None:
        """Collect one file by its path inside the folder."""
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise LayerquizError(f'"{name}" would leave the folder', where=str(self.folder), slug="file-outside")
        self.files[name] = content.encode() if isinstance(content, str) else content

    def commit(self) -> list[str]:
        """Write what differs and return its names: none where all is up to date. Refuses before anything is changed."""
        if self.folder.exists() and not self.folder.is_dir():
            raise LayerquizError("a file, not a folder", where=str(self.folder), slug="file-folder")
        changed = [name for name, content in self.files.items() if self._differs(name, content)]
        _sweep(self.folder)
        if changed:
            with outside(self.folder):
                self._write(sorted(changed, key=lambda name: name == self.last))
        return changed

    def _differs(self, name: str, content: bytes) -> bool:
        """Tell whether a file is to be written; refuse to replace what somebody may have edited."""
        may_replace = self.force or name in self.replaceable
        return differs(self.folder / name, lambda: content, len(content), may_replace=may_replace)

    def _write(self, names: Sequence[str]) -> None:
        """Write all files into a working folder on the same disk, then move them in one by one."""
        existed = self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with _working(self.folder) as working:
                for name in names:
                    (working / name).parent.mkdir(parents=True, exist_ok=True)
                    (working / name).write_bytes(self.files[name])
                for name in names:
                    (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (working / name).replace(self.folder / name)
        finally:
            if not existed:
                with contextlib.suppress(OSError):  # it holds something: all went well
                    self.folder.rmdir()


def differs(path: Path, content: Callable[[], bytes], size: int, *, may_replace: bool) -> bool:
    """Tell whether a file is to be written; refuse to replace what somebody may have edited.

    `content` is asked for only where a file of that size is there.
    """
    try:
        is_same = path.stat().st_size == size and path.read_bytes() == content()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        raise OutsideError(f"cannot be read ({_reason(error)})", where=str(path), slug="disk") from error
    if not is_same and not may_replace:
        cure = "Give --force to replace it, or write into another folder."
        raise LayerquizError("exists with other content", where=str(path), cure=cure, slug="file-exists")
    return not is_same


@contextlib.contextmanager
def _working(folder: Path) -> Iterator[Path]:
    """Make a hidden folder, locked while this process lives, and remove it at the end."""
    path = Path(tempfile.mkdtemp(prefix=WORKING, dir=folder))
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, path, ignore_errors=True)
        with contextlib.suppress(OSError):  # a disk without locks: then nobody sweeps there either
            ending.callback(os.close, locked(path))
        yield path


def _sweep(folder: Path) -> None:
    """Remove the working folders of runs that were killed: nobody holds their locks any more."""
    for path in folder.glob(f"{WORKING}*"):
        with contextlib.suppress(OSError):
            lock = locked(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def locked(path: Path) -> int:
    """Return a lock on a folder, which ends with the process at the latest. Raises `OSError` where it is held."""
    import fcntl  # where there is none, files can still be read

    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


@contextlib.contextmanager
def outside(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into our error, exit code 3."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else str(folder)
        raise OutsideError(f"cannot be written ({_reason(error)})", where=where, slug="disk") from error


def _reason(error: Exception) -> str:
    """Return why the system refused, in its own words."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def move(source: Path, target: Path) -> None:
    """Move a file into its place at once; over the border between two disks by way of a copy beside the place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with _working(target.parent) as working:
            shutil.copyfile(source, working / target.name)
            (working / target.name).replace(target)
        source.unlink()


def write_all(path: Path, pieces: Iterable[str]) -> None:
    """Write a text piece by piece."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(pieces)


def sweep(folder: Path) -> None:
    """Remove what killed runs have left hidden in a folder and the folders right in it."""
    for place in (folder, *(path for path in folder.glob("*") if path.is_dir())):
        _sweep(place)
