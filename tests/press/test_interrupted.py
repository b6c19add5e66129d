"""Runs that are cut short, at any moment and in any way: run again, they come to what an undisturbed run comes to."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk import tree
from press.line import EXAM, MAKE, STUDENTS, done, failed, kill, put_down, start

WORK = ".out.layerquiz-work"
MOMENTS, ALL_MOMENTS = 3, 50
SECONDS_TO_WAIT = 60.0


def finished_chunks(folder: Path) -> int:
    """Return how many chunks lie ready in the hidden folder."""
    return len(list((folder / WORK).glob("chunk-*/contents.json")))


@contextlib.contextmanager
def held_after_a_chunk(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a run whose engine measures, sets one chunk, and sets the next only when it may; yield at that moment.

    It may when a file `go` lies beside it. So the run cannot come to its end while a test looks.
    """
    where = folder.parent / f"{folder.name}-held"
    engine = engine_of(
        where,
        # Which of two engines that start at once is the first, `mkdir` decides.
        f"""mkdir "{where}/measured" 2> /dev/null || mkdir "{where}/set" 2> /dev/null ||
for i in $(seq 600); do [ -e "{where}/go" ] && break; sleep 0.1; done
exec {shutil.which("xelatex")} "$@\"""",
    )
    end = time.monotonic() + SECONDS_TO_WAIT
    with start(folder, *arguments, engine=engine) as process:
        while not finished_chunks(folder):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        yield process
    shutil.rmtree(where)


def let_go(folder: Path) -> None:
    """Let a run go on that is held after a chunk."""
    (folder.parent / f"{folder.name}-held" / "go").touch()


@pytest.mark.slow
@pytest.mark.tex
def test_killed_at_any_moment(
    tmp_path: Path, undisturbed: dict[str, bytes | None], many: int, summary: list[str]
) -> None:
    """SIGKILL to all processes at a drawn moment, and again in the next run; the third ends what they began."""
    timed = put_down(tmp_path / "timed")
    began = time.monotonic()
    done(timed)
    seconds = time.monotonic() - began
    drawn = random.Random(many)  # noqa: S311 -- moments, no secrets
    count = MOMENTS if many == 1 else ALL_MOMENTS
    found: dict[str, int] = {}
    for number in range(count):
        folder = put_down(tmp_path / str(number))
        for _ in range(2):
            with start(folder) as process:
                time.sleep(drawn.uniform(0, seconds))
                kill(process)
                process.communicate()
        left = "chunks" if finished_chunks(folder) else "no chunk"
        left = "parts in their place" if (folder / "out").exists() else left
        found[left] = found.get(left, 0) + 1
        if not (folder / "out" / "exam.json").exists():
            assert not list(folder.glob("out/exam.json*"))
        done(folder)
        assert tree(folder / "out") == undisturbed
        assert sorted(path.name for path in folder.iterdir()) == ["exam.yaml", "out", "roster.csv"]
        shutil.rmtree(folder)
    told = ", ".join(f"{times} left {left}" for left, times in sorted(found.items()))
    summary.append(f"exams killed at a drawn moment, twice each, and then made: {count} ({told})")


@pytest.mark.tex
def test_finished_chunks_are_not_made_again(
    tmp_path: Path, undisturbed: dict[str, bytes | None], counting: Path
) -> None:
    """Only what is missing is made; only one kind of run remains: as many as there were chunks missing."""
    put_down(tmp_path)
    with held_after_a_chunk(tmp_path, *MAKE, "--jobs", "1") as process:
        kill(process)
        process.communicate()
    before = finished_chunks(tmp_path)
    assert before == 1
    done(tmp_path, *MAKE, "--jobs", "1", engine=counting)
    assert (counting / "runs").read_text().count("x") == 4 - before
    assert tree(tmp_path / "out") == undisturbed


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """Return a folder with an engine that counts its runs."""
    folder = tmp_path / "counting"
    return engine_of(folder, f'echo x >> "{folder}/runs"\nexec {shutil.which("xelatex")} "$@"')


def engine_of(folder: Path, script: str) -> Path:
    """Return a folder with another engine."""
    folder.mkdir(exist_ok=True)
    program = folder / "xelatex"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.mark.tex
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 600", "took more than"),
        ("kill -9 $$", "ended without a word"),
        ("exit 1", "ended without a word"),
        ("echo 'Missing character: There is no 李 in font x!' > sheets.log", "no typeface for the character 李"),
        ("echo 'Output written on sheets.pdf (3 pages).' > sheets.log", "parts"),
        ("echo '! Undefined control sequence.' > sheets.log; exit 1", "Undefined control sequence"),
    ],
    ids=["hangs", "is killed", "fails", "lacks a character", "prints something else", "stops"],
)
def test_an_engine_that_does_not_do_its_work(
    tmp_path: Path, undisturbed: dict[str, bytes | None], script: str, said: str
) -> None:
    """One message, and no process is left; with an engine that works the exam is made."""
    put_down(tmp_path)
    where = tmp_path / "bad"
    # It measures and sets one chunk, and then it does so no more.
    good = f'echo x >> "{where}/runs"\n[ $(wc -l < "{where}/runs") -le 2 ] && exec {shutil.which("xelatex")} "$@"\n'
    bad = engine_of(where, f"{good}{script}")
    assert said in failed(tmp_path, *MAKE, "--jobs", "2", engine=bad, limit=5 if "sleep" in script else 60)
    assert not (tmp_path / "out").exists()
    done(tmp_path)
    assert tree(tmp_path / "out") == undisturbed


@pytest.mark.tex
def test_interrupted_by_hand(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """Ctrl-C ends all processes with one line; what is finished is kept."""
    put_down(tmp_path)
    with held_after_a_chunk(tmp_path, *MAKE, "--jobs", "2") as process:
        kill(process, signal.SIGINT)
        _, wrong = process.communicate()
    assert process.returncode == 1
    assert wrong.split("\n\n") == ["Stopped. Run the same command again: it goes on where it was.", "Aborted!\n"]
    assert finished_chunks(tmp_path) >= 1
    done(tmp_path)
    assert tree(tmp_path / "out") == undisturbed


@pytest.mark.tex
def test_a_helper_that_dies(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """A process that the system ends is told in one message; what is finished is kept."""
    put_down(tmp_path)
    with held_after_a_chunk(tmp_path, *MAKE, "--jobs", "2") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.skip("this system does not tell a process's children")
        subprocess.run(["kill", "-9", children.read_text().split()[0]], check=True)  # noqa: S607
        _, wrong = process.communicate()
    assert process.returncode == 3, wrong
    assert "was ended from outside" in wrong
    assert wrong.count("\n") == 1
    done(tmp_path)
    assert tree(tmp_path / "out") == undisturbed


@pytest.mark.tex
def test_two_runs_at_once(tmp_path: Path, undisturbed: dict[str, bytes | None]) -> None:
    """The second run into a folder says so and stops; one into another folder does not mind."""
    put_down(tmp_path)
    with held_after_a_chunk(tmp_path) as first:
        kill(first, signal.SIGSTOP)
        assert "another run is writing into this folder" in failed(tmp_path)
        kill(first, signal.SIGCONT)
        let_go(tmp_path)
        first.communicate()
    assert first.returncode == 0
    assert tree(tmp_path / "out") == undisturbed


@pytest.mark.tex
def test_a_seed_that_nobody_can_guess_is_kept(tmp_path: Path, tex: None) -> None:
    """Where the exam file gives no seed, a run that is started again goes on with the one that was drawn."""
    put_down(tmp_path, EXAM.replace("seed: 7\n", ""))
    with held_after_a_chunk(tmp_path) as process:
        kill(process)
        process.communicate()
    seed, before = (tmp_path / WORK / "seed").read_text(), finished_chunks(tmp_path)
    assert len(seed) == 32
    assert before
    done(tmp_path)
    assert json.loads((tmp_path / "out/exam.json").read_text())["seed"] == seed
    assert len(list((tmp_path / "out/papers").iterdir())) == STUDENTS + 1


@pytest.mark.tex
def test_work_on_another_exam_is_stale(tmp_path: Path, tex: None) -> None:
    """A changed exam file is made from nothing: the folder is that of a first run."""
    put_down(tmp_path)
    with held_after_a_chunk(tmp_path) as process:
        kill(process)
        process.communicate()
    other = put_down(tmp_path / "other", EXAM.replace("seed: 7", "seed: 8"))
    put_down(tmp_path, EXAM.replace("seed: 7", "seed: 8"))
    done(tmp_path)
    done(other)
    assert tree(tmp_path / "out") == tree(other / "out")


@pytest.mark.tex
def test_a_disk_of_ten_megabytes(tmp_path: Path, tex: None) -> None:
    """A file system that fills up is told; with more room the next run goes on and comes to the same."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", str(disk)],  # noqa: S607
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounting a file system needs root")
    students = "student,name\n" + "".join(f"s{number},Student {number}\n" for number in range(1, 81))
    try:
        put_down(disk, students=students)
        assert "No space left on device" in failed(disk)
        chunks = finished_chunks(disk)
        assert 0 < chunks < 20
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)  # noqa: S607
        done(disk)
        whole = put_down(tmp_path / "whole", students=students)
        done(whole)
        assert tree(disk / "out") == tree(whole / "out")
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607
