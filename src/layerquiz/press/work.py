"""The hidden folder beside the target in which an exam is made: locked for the run, and kept if that is cut short.

What is finished lies there under a name that holds the hash of what it was made from, so that it is either whole and
right or not found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from layerquiz import files
from layerquiz.errors import LayerquizError, OutsideError

SUFFIX = ".layerquiz-work"
PARTIAL = "partial"
SEED, OF = "seed", "of"
SECONDS_TO_REMOVE = 5.0


def digest(*parts: Any) -> str:
    """Return what tells some plain data from others."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Work:
    """The hidden folder of one target; `lock` is a number of an open file that helpers have to close."""

    def __init__(self, target: Path) -> None:
        whole = Path(os.path.abspath(target))  # noqa: PTH100 -- `resolve` would follow the target where it is a link
        self.folder = whole.parent / f".{whole.name}{SUFFIX}"
        self.lock = -1
        self.has_finished = False
        """Whether something lies here that would cost time to make again."""
        self.was_there = False

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for a run. Raises `OutsideError` where another run holds it.

        At the end the folder is removed, unless the run was cut short and left something to go on from; a run that is
        refused leaves only what it found.
        """
        with files.outside(self.folder.parent):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.lock, self.was_there = self._opened()
        try:
            yield
        except (LayerquizError, OSError, KeyboardInterrupt) as error:
            was_refused = isinstance(error, LayerquizError) and not isinstance(error, OutsideError)
            if not self.was_there and (was_refused or not self.has_finished):
                self.remove()
            raise
        else:
            self.remove()
        finally:
            os.close(self.lock)

    def _opened(self) -> tuple[int, bool]:
        """Return a lock on the folder, and whether it was there; one that was removed meanwhile is made anew."""
        while True:
            was_there = self.folder.is_dir()
            self.folder.mkdir(exist_ok=True)
            try:
                lock = files.locked(self.folder)
            except BlockingIOError:
                what = "another run is writing into this folder"
                cure = "Wait until it has ended, or write into another folder"
                where = str(self.folder.with_name(self.folder.name.removesuffix(SUFFIX)[1:]))
                raise OutsideError(what, where=where, cure=cure, slug="locked") from None
            except FileNotFoundError:
                continue
            if was_there and os.fstat(lock).st_uid != os.geteuid():
                os.close(lock)
                what = "somebody else has begun to write here, and what lies there cannot be trusted"
                raise OutsideError(what, where=str(self.folder), cure="Write into another folder", slug="locked")
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(lock).st_ino == self.folder.stat().st_ino:
                    return lock, was_there and any(self.folder.iterdir())
            os.close(lock)

    def remove(self) -> None:
        """Remove the folder; what a killed run has started may write into it for a moment more."""
        end = time.monotonic() + SECONDS_TO_REMOVE
        while self.folder.exists() and time.monotonic() < end:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def seed(self) -> str:
        """Return the seed that an earlier run drew; none where there was none, or none that can be read."""
        with contextlib.suppress(UnicodeDecodeError):
            return files.read_bytes(self.folder / SEED).decode()
        return ""

    def keep_seed(self, seed: str) -> None:
        """Keep a seed that nobody can guess from the first moment on."""
        self.keep(SEED, seed.encode())

    def begin(self, of: str) -> None:
        """Begin, or go on with, the work `of` some exam and class; that of another one is stale and removed."""
        if files.read_bytes(self.folder / OF) != of.encode():
            for path in self.folder.iterdir():
                if path.name != SEED:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            self.was_there = False
            self.keep(OF, of.encode())
        shutil.rmtree(self.folder / PARTIAL, ignore_errors=True)
        (self.folder / PARTIAL).mkdir(exist_ok=True)

    def path(self, name: str) -> Path:
        """Return where something stands."""
        return self.folder / name

    def find(self, name: str) -> bytes | None:
        """Return what is kept under a name."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def keep(self, name: str, content: bytes) -> None:
        """Keep something under a name: it is there whole or not at all."""
        with files.outside(self.folder):
            partial = self.folder / f"{name}.{PARTIAL}"
            partial.parent.mkdir(parents=True, exist_ok=True)
            files.put(partial, content)
            partial.replace(self.folder / name)

    def keep_all(self, name: str, contents: dict[str, bytes]) -> None:
        """Keep several files under the name of their folder: all are there whole, or none, unless the power fails."""
        with files.outside(self.folder):
            partial = self.folder / PARTIAL / name
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            for file, content in contents.items():
                (partial / file).write_bytes(content)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            partial.replace(self.folder / name)
        self.has_finished = True
