"""The figures of grading: a simulated class with one shared paper and with own papers, and single diagnoses.

Each class is graded by a process of its own, which reads the sealed exam and the answers and writes `grades.csv`: CPU
seconds of that process, and the most memory that it held. `--full` takes 10,000 students; without it a tenth.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from simulated_class import Class

from layerquiz import files
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.grade import grade
from layerquiz.network.network import Network
from layerquiz.press import opened
from layerquiz.press.sealing import pretty
from layerquiz.render.questions import decimal

FULL, TENTH = 10_000, 1_000
LIMITS = {"one shared paper": 8, "own papers": 30}
MEGABYTES = 300
ANSWERS: dict[str, Callable[[int], str]] = {
    "numbers": lambda number: str(34_800 + 16 * number),
    "formulas": lambda number: f"(11*11*3 + {number % 4})*{90 + number}",
}
"""Answers to the parameters of AlexNet's first layer, each another one: right, mistaken, or neither."""


def classes(full: bool) -> Iterator[str]:
    """Yield what it takes to grade classes, and twice as many students."""
    students = FULL if full else TENTH
    for kind, limit in LIMITS.items():
        with tempfile.TemporaryDirectory() as name:
            once = _graded_apart(Path(name), students, kind)
            twice = _graded_apart(Path(name), 2 * students, kind)
        answers = f"{students:,} students of 20 blanks, {kind}"
        most = f" (at most {limit})" if full else f", at most {limit} for {FULL:,}"
        yield f"{answers}: read, diagnosed, marked and written in {once['seconds']:.1f} s of CPU{most}"
        yield f"  {once['megabytes']:.0f} MB (at most {MEGABYTES}); {once['verdicts']}"
        ratio = twice["seconds"] / once["seconds"]
        yield f"  twice the students: {ratio:.2f} times the time (at most 2.1), {twice['megabytes']:.0f} MB"
        yield f"  with as many jobs as cores: {once['jobs']:.1f} times as fast by the clock, the same bytes"


def _graded_apart(folder: Path, students: int, kind: str) -> dict[str, float]:
    made = Class(students, shared=kind == "one shared paper")
    files.write_all(folder / "exam.json", pretty(made.sealed))
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(made.rows())
    done = subprocess.run([sys.executable, __file__, str(folder)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def graded_here(folder: Path) -> dict[str, object]:
    """Grade the class of a folder in this process; return what it took."""
    start = time.process_time()
    wall = time.perf_counter()
    written = _grades(folder, 1)
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    again = time.perf_counter()
    same = _grades(folder, None) == written
    assert same, "other grades with several jobs"
    return {
        "seconds": seconds,
        "megabytes": megabytes,
        "jobs": wall / (time.perf_counter() - again),
        "verdicts": written[1],
    }


def _grades(folder: Path, jobs: int | None) -> tuple[str, str]:
    """Return the table of grades, and how many answers have which verdict."""
    sealed = opened.unsealed(folder / "exam.json")
    with (folder / "answers.csv").open(newline="", encoding="utf-8") as stream:
        answers = {row.pop("student"): row for row in csv.DictReader(stream)}
    report = grade(sealed, answers, jobs)
    assert not report.notes, report.notes[0]
    text = io.StringIO()
    rows = csv.writer(text)
    counted: dict[str, int] = {}
    for result in report.results:
        marks = [graded.mark.points for graded in result.blanks.values()]
        rows.writerow([result.paper.student.id, *map(decimal, marks), decimal(result.points)])
        for graded in result.blanks.values():
            counted[graded.story.verdict] = counted.get(graded.story.verdict, 0) + 1
    (folder / "grades.csv").write_text(text.getvalue(), encoding="utf-8")
    return text.getvalue(), ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counted.items()))


def single() -> Iterator[str]:
    """Yield what one diagnosis takes in a warm process."""
    alexnet = Network.named("alexnet")
    for kind, limit in (("numbers", 1), ("formulas", 20)):
        texts = [ANSWERS[kind](number) for number in range(60)]
        times = [_once(lambda text=text: diagnose(alexnet, "conv1.parameters", text)) for text in texts][10:]
        median, worst = statistics.median(times), max(times)
        yield f"one diagnosis, {kind}: median {median:.2f} ms (at most {limit}), the slowest {worst:.2f} ms"
    fresh = [draw(library.named("conv-parameters"), seed).network for seed in range(200)]
    times = [_once(lambda net=net: diagnose(net, "conv.parameters", "1234")) for net in fresh][20:]
    yield f"  of a drawing that was never seen: median {statistics.median(times):.2f} ms"
    for quantity in ("fc.parameters", "total.parameters", "stage4.block3.path.third.conv.shape"):
        resnet = Network.named("resnet50")
        text = "7x7x7" if quantity.endswith("shape") else "1234567"
        first = _once(lambda net=resnet, name=quantity, text=text: diagnose(net, name, text))
        warm = _milliseconds(lambda net=resnet, name=quantity, text=text: diagnose(net, name, text))
        yield f"one diagnosis, ResNet-50, {quantity}: {warm:.1f} ms (at most 100), the first ever {first:.0f} ms"


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _milliseconds(work: Callable[[], object]) -> float:
    """Return the median of some rounds, after one that warms up."""
    work()
    return statistics.median(_once(work) for _ in range(9))


def grading(full: bool = False) -> Iterator[str]:
    """Yield all figures of grading."""
    yield from single()
    yield from classes(full)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(graded_here(Path(sys.argv[1]))))
