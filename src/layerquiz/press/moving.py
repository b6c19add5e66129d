"""Finished files go from the work folder into the target, one by one; the seal is the last and makes the exam valid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from layerquiz import files
from layerquiz.errors import LayerquizError
from layerquiz.press.chunks import CONTENTS, Chunk, file_of
from layerquiz.press.work import Work

FINISHED = "finished"


@dataclass(slots=True)
class Finished:
    """The files of an exam that are ready to be moved, by their names in the target."""

    work: Work
    target: Path
    places: dict[str, Path] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: str | bytes) -> None:
        """Make one file ready."""
        with files.outside(self.work.folder):
            self.room(name).write_bytes(content.encode() if isinstance(content, str) else content)

    def add_pieces(self, name: str, pieces: Iterator[str]) -> None:
        """Make a long text ready, piece by piece."""
        with files.outside(self.work.folder):
            files.write_all(self.room(name), pieces)

    def room(self, name: str) -> Path:
        """Return where somebody may write a file of this name."""
        path = self.work.path(FINISHED) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.places[name] = path
        return path

    def add_parts(self, chunk: Chunk, names: dict[str, str]) -> None:
        """Take over parts of a chunk under their names in the target; an earlier run may have moved some already."""
        for part, name in names.items():
            self.places[name], self.digests[name] = chunk.file(part), chunk.digests[part]

    def changed(self, *, force: bool, replaceable: Collection[str] = ()) -> list[str]:
        """Return the names of files that are to be moved. Refuses to replace what is there and differs."""
        if self.target.exists() and not self.target.is_dir():
            raise LayerquizError("a file, not a folder", where=str(self.target), slug="file-folder")
        found = []
        for name, path in self.places.items():
            if path.is_file():
                may_replace = force or name in replaceable
                if files.differs(self.target / name, path.read_bytes, path.stat().st_size, may_replace=may_replace):
                    found.append(name)
        return found

    def move(self, names: Collection[str], last: str) -> None:
        """Move files into the target, the seal at the end. What is there already and equal is left alone."""
        with files.outside(self.target):
            files.sweep(self.target)
            if names:
                self.work.has_finished = True
            for name in sorted(names, key=lambda name: name == last):
                files.move(self.places[name], self.target / name)


def is_whole(folder: Path, target: Path, name_of: Callable[[str], str]) -> bool:
    """Say whether a chunk has all its parts, or the target has those that an earlier run moved, as they were."""
    if not (folder / CONTENTS).is_file():
        return False
    try:
        chunk = Chunk(folder)
    except (ValueError, LookupError, TypeError):
        return False  # the power has failed
    for part, digest in chunk.digests.items():
        here = folder / file_of(part)
        path = here if here.is_file() or "/" not in part else target / name_of(part)
        if files.digest(files.read_bytes(path)) != digest:
            return False
    return True
