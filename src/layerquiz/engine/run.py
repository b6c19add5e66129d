"""Runs the engine in a locked room: a fresh folder, a clean environment, no shell, no input, and limits."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from layerquiz.engine import cut, fonts, log, parent, probe
from layerquiz.errors import OutsideError
from layerquiz.files import outside

JOB = "sheets"
DRIVER = "xdvipdfmx -q -E -z 3"
"""Writes the PDF. Streams are packed quickly rather than best: that saves a tenth of the time for as much room."""

FLAGS = (
    *("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error"),
    f"-output-driver={DRIVER}",
)
FLAGS_TO_MEASURE = (*FLAGS, "-no-pdf")
SECONDS = 60.0
SECONDS_PER_PART = 0.5
GRACE_SECONDS = 2.0
CPU_SECONDS = 600
FILE_BYTES = 500_000_000
LEAST_ROOM = 100_000
"""A disk with fewer free bytes is full: the engine writes in larger pieces."""

Files: TypeAlias = Sequence[tuple[str, bytes]]
"""Pictures that a source includes, by their names beside it."""


def typeset(source: str, parts: Sequence[str], files: Files = (), *, seconds: float | None = None) -> dict[str, bytes]:
    """Return the PDF of each part, and of each kind of part whole: `paper/1`, `paper/2` and `paper`.

    The source writes `LAYERQUIZ-PART name firstpage` to its log where a part begins. Raises `OutsideError` where the
    engine is missing, fails, takes too long, or lacks a character. The same source gives the same bytes.
    """
    return set_whole(source, parts, files, seconds=seconds).parts


@dataclass(frozen=True, slots=True)
class Setting:
    """What one run of the engine made: the PDF of each part, how many pages it has, what the source told the log."""

    parts: dict[str, bytes]
    pages: dict[str, int]
    told: str


def set_whole(source: str, parts: Sequence[str], files: Files = (), *, seconds: float | None = None) -> Setting:
    """Return all that comes of setting a source. Raises as `typeset`."""
    with _set(source, parts, files, seconds) as (folder, record):
        spans = log.ranges(record, parts)
        pages = {name: len(span) for name, span in spans.items()}
        return Setting(cut.parts(folder / f"{JOB}.pdf", spans), pages, log.told(record))


def measure(source: str, files: Files = ()) -> dict[str, str]:
    """Return the sizes that a source of no pages tells, by their keys. Raises as `typeset`."""
    with _set(source, (), files, None, FLAGS_TO_MEASURE) as (_, record):
        return log.sizes(record)


def overfull(source: str, parts: Sequence[str]) -> list[log.Overfull]:
    """Return the boxes of a source that stick out when it is set; the PDF is thrown away. Raises as `typeset`."""
    with _set(source, parts, (), None) as (_, record):
        return log.overfull(record)


@contextlib.contextmanager
def _set(
    source: str, parts: Sequence[str], files: Files, seconds: float | None, flags: Sequence[str] = FLAGS
) -> Iterator[tuple[Path, str]]:
    """Set a source in a fresh folder, which is there for as long as it is looked at; the log is its record."""
    if shutil.which(probe.ENGINE) is None:
        cure = f"Install {' '.join(probe.missing())}."
        raise OutsideError(f"the TeX engine {probe.ENGINE} is not installed", cure=cure, slug="no-tex")
    limit = SECONDS + SECONDS_PER_PART * len(parts) if seconds is None else seconds
    with tempfile.TemporaryDirectory(prefix="layerquiz-") as name:
        folder = Path(name)
        for picture, content in files:
            (folder / picture).write_bytes(content)
        (folder / f"{JOB}.tex").write_text(fonts.resolve(source, folder), encoding="utf-8")
        failed = _run(folder, limit, flags) != 0
        record = log.read(folder / f"{JOB}.log")
        try:
            log.check(record, failed=failed)
            yield folder, record
        except OutsideError:
            _check_room(folder)
            raise


def _check_room(folder: Path) -> None:
    """Say that the disk is full, where it is: the engine itself leaves a broken log or page, and no word."""
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        with outside(folder):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _run(folder: Path, seconds: float, flags: Sequence[str] = FLAGS) -> int:
    """Run the engine once and return its exit code; what it started is ended with it."""
    # The command is ours; what users wrote is in the file that the engine reads, with all exits closed.
    engine = subprocess.Popen(  # noqa: S603
        [shutil.which(probe.ENGINE) or probe.ENGINE, *flags, f"{JOB}.tex"],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limits,  # noqa: PLW1509 - it only sets limits, and nothing here runs threads
    )
    _RUNNING.add(engine.pid)
    try:
        return engine.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _interrupt(engine)
        where = log.place(log.read(folder / f"{JOB}.log"))
        why = "A text may hold an endless loop."
        raise OutsideError(f"TeX took more than {seconds:g} seconds", where=where, why=why, slug="tex-time") from error
    finally:
        _kill(engine.pid)
        _RUNNING.discard(engine.pid)
        engine.wait()


_RUNNING: set[int] = set()
"""The engines of this process that may be running."""


def stop() -> None:
    """End every engine that this process has started: it is about to end itself, without a further word."""
    for number in tuple(_RUNNING):
        _kill(number)


def _kill(number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)


def _interrupt(engine: subprocess.Popen[bytes]) -> None:
    """Ask the engine to stop, so that its log gets to the disk and tells where it was."""
    engine.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        engine.wait(timeout=GRACE_SECONDS)


def _limits() -> None:
    """Limit the processor time and the size of files; runs in the engine's process before it starts.

    Where this process is killed the engine ends too, if the system can see to it.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    parent.die_with_it()


def _environment(folder: Path) -> dict[str, str]:
    """Return the whole environment of the engine: reading and writing only beside the source, a fixed date."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        **dict.fromkeys(("HOME", "TMPDIR", "TEXMFHOME", "TEXMFVAR", "TEXMFCONFIG"), str(folder)),
        **dict.fromkeys(("openin_any", "openout_any"), "p"),
        **dict.fromkeys(("SOURCE_DATE_EPOCH", "FORCE_SOURCE_DATE"), "1"),
        **dict.fromkeys(("max_print_line", "error_line"), "10000"),
        "LC_ALL": "C.UTF-8",
    }
