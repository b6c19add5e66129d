"""SQLite files of ours: each change is one transaction; what is no such file is an error and stays as it is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerquiz.errors import LayerquizError, OutsideError

SECONDS_TO_WAIT = 10
"""How long one session waits for another that is just writing; each writes for some milliseconds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `application` is what SQLite keeps in its head so that no other program's is taken for ours.

    `schemas` has the statements that lead from each version of the file to the next. `called`, `elsewhere` (how to use
    another file) and `slug` are for messages.
    """

    application: int
    schemas: Sequence[Sequence[str]]
    called: str
    elsewhere: str
    slug: str


class Database:
    """An open file of a kind. Each change is one transaction, so that several sessions may write side by side."""

    def __init__(self, connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
        self.path = path
        self._connection, self._kind = connection, kind

    def rows(self, question: str, *values: object) -> list[Any]:
        """Return the rows that answer a question."""
        with self.told():
            return self._connection.execute(question, values).fetchall()

    @contextlib.contextmanager
    def changing(self) -> Iterator[Any]:
        """Give a function that changes the file; all its changes are kept together, or none of them."""
        with self.told(), _transaction(self._connection):
            yield lambda statement, *values: self._connection.execute(statement, values)

    def shrink(self) -> None:
        """Leave no trace of what was deleted."""
        with self.told():
            self._connection.execute("VACUUM")

    def content(self) -> bytes:
        """Return the bytes of the file."""
        with self.told():
            return self._connection.serialize()

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn what SQLite and the disk refuse into one message of ours."""
        with _told(self.path, self._kind):
            yield


@contextlib.contextmanager
def opened(path: Path, kind: Kind) -> Iterator[Database]:
    """Open a file of a kind, or make a new one."""
    with contextlib.ExitStack() as ending:
        with _told(path, kind):
            connection = ending.enter_context(contextlib.closing(_connected(path, kind)))
            _check_ours(connection, path, kind)
            _brought_up(connection, kind)
        yield Database(connection, path, kind)


@contextlib.contextmanager
def copied(path: Path, kind: Kind) -> Iterator[Database]:
    """Open a copy of a file in memory: what is changed there leaves the file as it is."""
    with opened(path, kind) as found:
        content = found.content()
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(content)
        connection.execute("PRAGMA secure_delete = ON")
        yield Database(connection, path, kind)


def _connected(path: Path, kind: Kind) -> sqlite3.Connection:
    if path.exists() and not path.is_file():
        what, cure = f"{kind.called} is kept in a file, and this is none", _sentence(kind.elsewhere)
        raise LayerquizError(what, where=str(path), cure=cure)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=SECONDS_TO_WAIT, isolation_level=None)
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _check_ours(connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
    """Refuse another program's file, one of a later layerquiz, and one that is damaged."""
    connection.execute("BEGIN")  # what is read is of one moment, whoever makes the file just now
    (application,), (version,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    is_empty = not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    connection.execute("COMMIT")
    if application != kind.application and not (is_empty and application == version == 0):
        raise _not_ours(path, kind, "it belongs to another program")
    if version > len(kind.schemas):
        what, cure = "a later layerquiz wrote this", f"Update layerquiz, or {kind.elsewhere}"
        raise LayerquizError(what, where=str(path), cure=cure, slug=f"{kind.slug}-version")
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise _not_ours(path, kind, "the file is damaged")


def _brought_up(connection: sqlite3.Connection, kind: Kind) -> None:
    """Lead a file of an earlier version to the present one, in one transaction."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(kind.schemas):
        return
    with _transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for statement in (statement for schema in kind.schemas[version:] for statement in schema):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {kind.application}")
        connection.execute(f"PRAGMA user_version = {len(kind.schemas)}")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write alone, and all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def _told(path: Path, kind: Kind) -> Iterator[None]:
    """Turn what SQLite and the disk refuse into one message of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            raise _not_ours(path, kind, str(error)) from None
        cure = f"Try again, or {kind.elsewhere}"
        raise OutsideError(f"cannot be used ({error})", where=str(path), cure=cure, slug="disk") from None
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise _not_ours(path, kind, str(error)) from None
    except OSError as error:
        what, cure = f"cannot be used ({error.strerror or error})", _sentence(kind.elsewhere)
        raise OutsideError(what, where=str(path), cure=cure, slug="disk") from None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _not_ours(path: Path, kind: Kind, why: str) -> LayerquizError:
    cure = f"It was left as it is: put back a copy, move it away, or {kind.elsewhere}"
    what = f"this is no record of {kind.called} ({why})"
    return LayerquizError(what, where=str(path), cure=cure, slug=f"{kind.slug}-file")
