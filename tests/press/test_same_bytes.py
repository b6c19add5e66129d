"""The same exam is the same bytes: whatever the hash seed, the number of processes, the cluster, and what is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.desk import tree
from layerquiz.errors import OutsideError
from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal
from layerquiz.press.drawing import Orders, drawn_class, planned
from layerquiz.press.helpers import Alone
from layerquiz.press.sealing import pretty
from layerquiz.press.work import Work
from press import line
from press.line import EXAM, MAKE, done, put_down

CLUSTER = """
import os, sys
from distributed import LocalCluster
if __name__ == "__main__":
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster:
        workers = [str(worker.process.process.pid) for worker in cluster.workers.values()]
        print(cluster.scheduler_address, *workers, flush=True)
        sys.stdin.readline()
"""


@pytest.mark.tex
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_hash_seeds_and_processes(tmp_path: Path, undisturbed: dict[str, bytes | None], jobs: str) -> None:
    """One process makes what two make, under another hash seed."""
    put_down(tmp_path)
    done(tmp_path, *MAKE, "--jobs", jobs, PYTHONHASHSEED=f"{jobs}1")
    assert tree(tmp_path / "out") == undisturbed
    assert "up to date" in done(tmp_path)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[str]]:
    """Yield the address of a local Dask cluster of two workers, and their process ids."""
    if not find_spec("distributed"):
        pytest.skip("Dask is not installed: pip install layerquiz[dask]")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen([sys.executable, str(script)], text=True, cwd=tmp_path, **pipes) as process:  # type: ignore[call-overload]
        yield process.stdout.readline().split()
        process.communicate("end\n")


@pytest.mark.slow
@pytest.mark.tex
def test_a_cluster_with_a_worker_that_dies(
    tmp_path: Path, undisturbed: dict[str, bytes | None], cluster: list[str]
) -> None:
    """Two workers make the same bytes although one of them is killed on the way; and they grade the same."""
    address, victim, _ = cluster
    put_down(tmp_path)
    with line.start(tmp_path, *MAKE, "--scheduler", address) as process:
        end = time.monotonic() + 120
        while not list((tmp_path / ".out.layerquiz-work").glob("chunk-*")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        os.kill(int(victim), signal.SIGKILL)
        _, wrong = process.communicate()
    assert process.returncode == 0, wrong
    assert tree(tmp_path / "out") == undisturbed
    for name, further in (("apart", ("--scheduler", address)), ("here", ())):
        done(tmp_path, "grade", "out", "out/key.csv", "-o", name, "--no-pdf", *further)
    assert tree(tmp_path / "apart") == tree(tmp_path / "here")


def test_without_dask_the_extra_is_named(tmp_path: Path) -> None:
    """Who has no Dask is told how to get it; who asks for no cluster does not load it."""
    put_down(tmp_path)
    (tmp_path / "distributed.py").write_text("raise ImportError")
    path = os.pathsep.join([str(tmp_path), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    with line.start(tmp_path, *MAKE, "--scheduler", "tcp://127.0.0.1:1", PYTHONPATH=path) as process:
        _, wrong = process.communicate()
    assert process.returncode == 1
    assert 'pip install "layerquiz[dask]"' in wrong
    assert not list(tmp_path.glob(".out*"))


def test_what_somebody_else_has_put_into_the_hidden_folder_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(tmp_path / "out")
    work.folder.mkdir()
    (work.folder / "seed").write_text("known")
    monkeypatch.setattr("os.geteuid", lambda: work.folder.stat().st_uid + 1)
    with pytest.raises(OutsideError, match="somebody else"), work.locked():
        pass
    assert (work.folder / "seed").read_text() == "known"


def test_what_a_failing_disk_has_left_in_the_hidden_folder_counts_as_nothing(tmp_path: Path) -> None:
    work = Work(tmp_path / "out")
    work.folder.mkdir()
    for name in ("of", "seed"):
        (work.folder / name).write_bytes(b"\xff\xfe")
    with work.locked():
        assert work.seed == ""
        work.begin("this exam")
        assert work.path("of").read_text() == "this exam"


def test_links_in_the_hidden_folder_are_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    work = Work(tmp_path / "out")
    work.folder.mkdir()
    (work.folder / "finished").symlink_to(tmp_path / "mine")
    with work.locked():
        work.begin("this exam")
        assert not work.path("finished").exists()
    assert (tmp_path / "mine" / "letter.txt").read_text() == "Dear"


def test_pieces_are_what_a_whole_roster_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neighbours of two pieces would have the same numbers, the later one's paper is that of the whole roster."""
    few = EXAM.replace("conv-size", "dense-parameters")
    exam = exams.parse(few, "exam.yaml", "")
    students = tuple(Student(f"s{number}", f"Student {number}") for number in range(60))
    papers = exams.papers(exam, students)
    alone = [exams.paper(exam, student) for student in students]
    moved = [a.student.id for a, b in zip(papers, alone, strict=True) if _drawn(a) != _drawn(b)]
    for module in ("draw", "drawing"):
        monkeypatch.setattr(f"layerquiz.press.{module}.PIECE", 1)
    work = Work(tmp_path / "out")
    head = json.dumps(seal(exam, (), "1"))
    with work.locked():
        work.begin("this exam")
        first = Orders(head, None, planned(exam, students, (), 0), (), None)
        found = drawn_class(first, work, Alone(), lambda: None)
        sealed = found.papers[:20]
        second = Orders(head, None, planned(exam, students, sealed, 0), sealed, None)
        again = drawn_class(second, work, Alone(), lambda: None)
    assert list(found.papers) == seal(exam, papers, "1")["papers"]
    assert list(again.papers) == list(found.papers)
    assert moved, "no two neighbours would have the same numbers: nothing was tried"


def _drawn(paper: exams.Paper) -> list[object]:
    return [question.drawn for question in paper.questions]


@pytest.mark.parametrize("count", [1, 2])
def test_a_seal_in_pieces_is_the_seal_as_json(count: int) -> None:
    """Though never there as one text, the seal is read back as it was, keys in their order, each paper on a line."""
    exam = exams.parse(EXAM.replace("Quiz", '"] } \\u00e9 é"'), "exam.yaml", "")
    papers = exams.papers(exam, [Student(f"s{number}", 'A "b" [\n ] {') for number in range(count)])
    for sealed in (seal(exam, papers, "1"), seal(exam, (), "1"), {**seal(exam, papers, "1"), "layout": {"a": []}}):
        text = "".join(pretty(sealed))
        assert json.dumps(json.loads(text)) == json.dumps(sealed)
        lines = [line.removesuffix(",") for line in text.splitlines() if line.startswith('  {"student"')]
        assert list(map(json.loads, lines)) == list(sealed["papers"])
