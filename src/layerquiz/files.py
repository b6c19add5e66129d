"""The only module that opens paths which a user named: reading with clear refusals, writing whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from layerquiz.errors import LayerquizError, OutsideError, nearest

SIZE_LIMIT = 10_000_000
STANDARD_INPUT = "-"
DELIMITERS = ",;\t"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WORKING = ".layerquiz-working-"


def read_text(name: str | Path, limit: int = SIZE_LIMIT) -> str:
    """Return a UTF-8 file's text; `-` is the standard input. Raises `LayerquizError` with the cure."""
    data = sys.stdin.buffer.read(limit + 1) if str(name) == STANDARD_INPUT else _read(Path(name), limit)
    where = "standard input" if str(name) == STANDARD_INPUT else str(name)
    if len(data) > limit:
        cure = "Is it the right file?"
        raise LayerquizError(f"larger than {limit // 10**6} MB", where=where, cure=cure, slug="file-size")
    return _decoded(data, where)


def is_path(argument: str) -> bool:
    """Say whether an argument means a file or folder rather than a name: it exists, or is spelled like a path."""
    return "/" in argument or Path(argument).suffix != "" or Path(argument).exists()


def is_file(path: str | Path) -> bool:
    """Say whether a file is there."""
    return Path(path).is_file()


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


def _decoded(data: bytes, where: str) -> str:
    """Return UTF-8 text, with or without a byte order mark; line ends become newlines."""
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8: byte 0x{data[error.start]:02X} at offset {error.start:,} (line {line:,})"
        cure = "Save it again as UTF-8; a spreadsheet calls it 'CSV UTF-8'."
        raise LayerquizError(what, where=where, cure=cure, slug="file-encoding") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file: its cells, and the line of the file on which it starts."""

    line: int
    cells: tuple[str, ...]


def read_rows(name: str | Path) -> list[Row]:
    """Return the rows of a CSV file, the header first, empty rows left out. `,`, `;` and tab are told by the header."""
    text = read_text(name)
    header = text.lstrip("\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_rows(reader))
    except csv.Error as error:
        where = f"{name}, line {reader.line_num}"
        raise LayerquizError(f"not a CSV file ({error})", where=where, slug="file-csv") from error


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    """Yield rows that hold something, each with the line on which it starts."""
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(start, tuple(_plain_cell(cell.strip()) for cell in cells))
        start = reader.line_num + 1  # type: ignore[attr-defined] # csv's readers count lines; their type is private


def _plain_cell(cell: str) -> str:
    """Return a cell without the apostrophe that `safe_cell` put before it: what we wrote is read back as it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV which a spreadsheet shows and never runs."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([[safe_cell(cell) for cell in row] for row in rows])
    return text.getvalue()


def safe_cell(value: object) -> object:
    """Return a text that a spreadsheet would run as a formula with an apostrophe before it; numbers as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def write(name: str | Path, content: str | bytes, *, force: bool = False) -> bool:
    """Write one file whole; return whether it changed. Equal content is left alone, different content needs `force`."""
    path = Path(name)
    target = Target(path.parent, force=force)
    target.add(path.name, content)
    return bool(target.commit())


@dataclass(slots=True)
class Target:
    """A folder to be written: files are collected, and none is in its place before all are on the disk.

    `last` names the file that makes the folder valid (the seal): it is moved in after all others. A run that is killed
    leaves the old files, and beside them at most a hidden working folder, which the next run removes.
    """

    folder: Path
    last: str = ""
    force: bool = False
    files: dict[str, bytes] = field(default_factory=dict)

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
            with _outside(self.folder):
                self._write(sorted(changed, key=lambda name: name == self.last))
        return changed

    def _differs(self, name: str, content: bytes) -> bool:
        """Tell whether a file is to be written; refuse to replace what somebody may have edited."""
        path = self.folder / name
        try:
            old = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError as error:
            raise OutsideError(f"cannot be read ({_reason(error)})", where=str(path), slug="disk") from error
        if old != content and not self.force:
            cure = "Give --force to replace it, or write into another folder."
            raise LayerquizError("exists with other content", where=str(path), cure=cure, slug="file-exists")
        return old != content

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


@contextlib.contextmanager
def _working(folder: Path) -> Iterator[Path]:
    """Make a hidden folder, locked while this process lives, and remove it at the end."""
    path = Path(tempfile.mkdtemp(prefix=WORKING, dir=folder))
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, path, ignore_errors=True)
        with contextlib.suppress(OSError):  # a disk without locks: then nobody sweeps there either
            ending.callback(os.close, _locked(path))
        yield path


def _sweep(folder: Path) -> None:
    """Remove the working folders of runs that were killed: nobody holds their locks any more."""
    for path in folder.glob(f"{WORKING}*"):
        with contextlib.suppress(OSError):
            lock = _locked(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _locked(path: Path) -> int:
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
def _outside(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into our error, exit code 3."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else str(folder)
        raise OutsideError(f"cannot be written ({_reason(error)})", where=where, slug="disk") from error


def _reason(error: Exception) -> str:
    """Return why the system refused, in its own words."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
