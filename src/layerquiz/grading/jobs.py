"""Grading on several cores: the papers of a class in pieces, each graded by a process of its own.

A piece's grades do not depend on any other piece, so they are the same however many processes there are.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TypeVar, cast

PIECE, PIECES_TO_COLLECT = 100, 5
"""How many papers are graded at once, by one process, and after how many such pieces what can be is thrown away."""

SELDOM = (50_000, 20, 50)
"""Objects made before the youngest are collected, and collections of one age before those of the next."""

LEAST_PER_JOB = 500
"""Fewer papers are graded before another process would have started to be of use."""

Paper = TypeVar("Paper")
Graded = TypeVar("Graded")


def pieces(papers: Sequence[Paper]) -> list[Sequence[Paper]]:
    """Return the papers in pieces."""
    return [papers[start : start + PIECE] for start in range(0, len(papers), PIECE)]


def jobs_for(papers: int, wanted: int | None) -> int:
    """Return how many processes grade a class: as many as wanted, else the cores there are, as far as they are of use.

    Where processes cannot share what is read already, there is one.
    """
    most = -(-papers // PIECE) if wanted else papers // LEAST_PER_JOB
    return 1 if cores() == 0 else max(1, min(wanted or cores(), most))


def cores() -> int:
    """Return how many processes can work at once on what is read already; 0 where processes cannot share that."""
    return processors() if "fork" in multiprocessing.get_all_start_methods() else 0


def processors() -> int:
    """Return how many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_cores(things: Sequence[Paper], work: Callable[[Paper], Graded]) -> list[Graded]:
    """Return what some work makes of each thing, in their order; several cores share the work."""
    jobs = min(cores(), len(things))
    if jobs <= 1:
        return [work(thing) for thing in things]
    _WORK[:] = [things, work]
    try:
        with multiprocessing.get_context("fork").Pool(jobs, collect_seldom) as pool:
            found = cast("list[Graded | None]", pool.map(_piece_of_one, range(len(things)), chunksize=1))
        return [work(thing) if made is None else made for thing, made in zip(things, found, strict=True)]
    finally:
        _WORK.clear()


def collect_seldom() -> None:
    """Leave alone what was there before, and look for unused rings of objects seldom: nearly nothing makes them."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Collect as seldom for as long as some work lasts."""
    before, was_frozen = gc.get_threshold(), gc.get_freeze_count()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not was_frozen:
            gc.unfreeze()


def in_pieces(papers: Sequence[Paper], grade: Callable[[Sequence[Paper]], Graded], jobs: int) -> Iterator[Graded]:
    """Yield what `grade` makes of each piece of the papers, in their order; several jobs make it in other processes."""
    if jobs == 1:
        with _collected_in_pieces() as end:
            for piece in pieces(papers):
                yield grade(piece)
                end()
        return
    _WORK[:] = [papers, grade]
    try:
        pool = multiprocessing.get_context("fork").Pool(jobs, collect_seldom)
        with pool, _collected_in_pieces() as end:
            for number, found in enumerate(pool.imap(_piece, range(len(pieces(papers))))):
                yield grade(pieces(papers)[number]) if found is None else cast(Graded, found)
                end()
    finally:
        _WORK.clear()


_WORK: list[object] = []
"""The papers and how they are graded, as the processes find them when they start."""


def _piece(number: int) -> object:
    """Return a graded piece, or nothing where that failed: who waits for it then meets the same error himself."""
    papers, grade = _WORK
    return _made(lambda: grade(pieces(papers)[number]))  # type: ignore[operator, arg-type]


def _piece_of_one(number: int) -> object:
    things, work = _WORK
    return _made(lambda: work(things[number]))  # type: ignore[operator, index]


def _made(work: Callable[[], object]) -> object:
    try:
        return work()
    except Exception:  # noqa: BLE001 -- an error need not survive the way between processes
        return None


@contextmanager
def _collected_in_pieces() -> Iterator[Callable[[], None]]:
    """Give a function for the end of a piece, which has Python's collector pass over all that is there by then.

    A class's grades are millions of objects that all stay: to look through them again and again is a third of the
    work. Between two pieces the collector rests; little of what is let go of needs it.
    """
    ends = count(1)

    def end() -> None:
        if next(ends) % PIECES_TO_COLLECT == 0:
            gc.collect()
        gc.freeze()

    was_enabled, was_frozen = gc.isenabled(), gc.get_freeze_count()
    gc.disable()
    try:
        yield end
    finally:
        if not was_frozen:
            gc.unfreeze()
        if was_enabled:
            gc.enable()
