"""Who does the work: this process, a pool of processes, or a Dask cluster, all as a `concurrent.futures.Executor`.

A job is a function of a module and an order of plain data, so that it may run on another machine; what it returns does
not depend on where.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from typing import Any, Protocol, TypeVar

from layerquiz import __version__
from layerquiz.engine import parent, run
from layerquiz.errors import LayerquizError, OutsideError
from layerquiz.grading.jobs import collect_seldom, processors

SECONDS_TO_CONNECT = 10
ADDRESS = re.compile(r"([a-z]+://)?[^/\s]+:[0-9]{1,5}")
Order = TypeVar("Order")
Done = TypeVar("Done")


class Helpers(Protocol):
    """Does jobs: yields the place of each order and what came of it, in whatever order they are finished.

    Few orders are made ahead of the work, as each may hold the text of a hundred papers.
    """

    def each(self, job: Callable[[Order], Done], orders: Iterable[Order]) -> Iterator[tuple[int, Done]]:
        """Yield the place of an order and what a job made of it. Raises `LayerquizError`."""


class Alone:
    """This process does everything, one job after the other."""

    def each(self, job: Callable[[Order], Done], orders: Iterable[Order]) -> Iterator[tuple[int, Done]]:
        """Yield the place of an order and what a job made of it."""
        for place, order in enumerate(orders):
            yield place, job(order)


class Several:
    """An executor does the jobs; `ahead` of them are handed out at once."""

    def __init__(self, executor: Executor, ahead: int, lost: tuple[type[BaseException], ...]) -> None:
        self.executor, self.ahead, self.lost = executor, ahead, lost

    def each(self, job: Callable[[Order], Done], orders: Iterable[Order]) -> Iterator[tuple[int, Done]]:
        """Yield the place of an order and what a job made of it; a dead helper is one error."""
        running: dict[Future[Done], tuple[int, Order]] = {}
        waiting = enumerate(orders)
        try:
            while True:
                for place, order in waiting:
                    running[self.executor.submit(_same_version, __version__, job, order)] = place, order
                    if len(running) >= self.ahead:
                        break
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    place, order = running.pop(future)
                    yield place, self._result(future, job, order)
        except self.lost as error:
            raise _lost(error) from None

    def _result(self, future: Future[Done], job: Callable[[Order], Done], order: Order) -> Done:
        """Return what a job made; an error about a text is met here again, where its file is known."""
        try:
            return future.result()
        except OutsideError:
            raise
        except LayerquizError:
            return job(order)


def _same_version(version: str, job: Callable[[Order], Done], order: Order) -> Done:
    """Do a job, if this machine has the version that asks for it: another might print something else."""
    if version != __version__:
        what = f"a worker of the cluster has layerquiz {__version__}, and this machine {version}"
        raise OutsideError(what, cure="Install the same version on all of them", slug="other-version")
    return job(order)


def _lost(error: BaseException) -> OutsideError:
    what = "a process that helped was ended from outside"
    why = "The machine may have too little memory" if isinstance(error, BrokenProcessPool) else str(error)
    cure = "Run the same command again: what is finished is kept"
    return OutsideError(what, why=why, cure=cure, slug="helper-lost")


@contextlib.contextmanager
def helpers(
    jobs: int | None, scheduler: str | None, most: int, closed: tuple[int, ...] = (), scratch: str | None = None
) -> Iterator[Helpers]:
    """Give helpers for at most so many jobs at once; their processes have ended afterwards.

    `closed` are open files that are none of the helpers' business; temporary files go to the folder `scratch`.
    """
    if scheduler is not None:
        with _cluster(scheduler) as cluster:
            yield cluster
        return
    count = min(jobs or processors(), most)
    if count <= 1:
        with _temporary(scratch):
            yield Alone()
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    begin = (os.getpid(), closed, scratch)
    pool = ProcessPoolExecutor(count, multiprocessing.get_context(method), initializer=_begin, initargs=begin)
    try:
        yield Several(pool, count + 1, (BrokenProcessPool,))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(asking: int, closed: tuple[int, ...], scratch: str | None) -> None:
    """Begin to help: leave quietly when told so, and with who asked for the help."""
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGTERM, _leave)
    collect_seldom()
    for number in closed:
        with contextlib.suppress(OSError):
            os.close(number)
    tempfile.tempdir = scratch
    parent.die_with_it()
    if os.getppid() != asking:
        os._exit(1)


def _leave(_: int, __: object) -> None:
    """End this process and its engine at once, wherever it is, without a word."""
    run.stop()
    os._exit(1)


@contextlib.contextmanager
def _temporary(scratch: str | None) -> Iterator[None]:
    """Let temporary files of this process go to a folder."""
    before = tempfile.tempdir
    tempfile.tempdir = scratch or before
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Helpers]:
    """Give the workers of a Dask cluster as helpers."""
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        cure = 'Install it: pip install "layerquiz[dask]"'
        raise LayerquizError("--scheduler needs Dask, which is not installed", cure=cure, slug="no-dask") from None
    cure = "Give the address that `dask scheduler` prints, such as tcp://192.168.0.5:8786"
    if not ADDRESS.fullmatch(address):
        raise LayerquizError("this is no address of a Dask scheduler", where=address, cure=cure, slug="dask")
    try:
        connect: Any = Client
        client = connect(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise OutsideError(f"no Dask scheduler answers ({reason})", where=address, cure=cure, slug="dask") from None
    with contextlib.closing(client):
        count = max(1, sum(client.nthreads().values()))
        yield Several(client.get_executor(pure=False), 2 * count, (KilledWorker,))
