"""The figures of printing a class: CPU seconds of the whole command against those of the engine that it starts."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from layerquiz import engine

FIVE = ("conv-size", "conv-parameters", "dense-parameters", "conv1d-parameters", "pooling-size")
SIX = (*FIVE, "vgg-stage")
COUNTED = """#!/bin/bash
{engine} "$@"
code=$?
times > "{folder}/$$"
tail -1 "{folder}/$$" >> "{folder}/times"
exit $code
"""
TIMED = """
import json, resource, sys
from layerquiz.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
found = [resource.getrusage(each) for each in who]
seconds = sum(each.ru_utime + each.ru_stime for each in found)
print(json.dumps([seconds, max(each.ru_maxrss for each in found) / 1024]))
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What making an exam took: CPU seconds in all and of the engine, wall-clock seconds, and the largest process."""

    cpu: float
    engine: float
    wall: float
    megabytes: float


class Hall:
    """A folder with an exam, a class, and an engine whose CPU seconds are counted."""

    def __init__(self, folder: Path, questions: Sequence[str], students: int) -> None:
        self.folder = folder
        entries = [{"template": template} for template in questions]
        (folder / "exam.yaml").write_text(yaml.safe_dump({"title": "Bench", "seed": 1, "questions": entries}))
        with (folder / "roster.csv").open("w", newline="") as stream:
            rows = [[f"s{number}", f"Student Number {number}"] for number in range(students)]
            csv.writer(stream).writerows([["student", "name"], *rows])
        (folder / "bin").mkdir()
        program = folder / "bin" / "xelatex"
        program.write_text(COUNTED.format(engine=shutil.which("xelatex"), folder=folder / "bin"))
        program.chmod(0o755)
        self.command = [sys.executable, "-c", TIMED, "exam", "exam.yaml", "--roster", "roster.csv", "--no-lists", "-o"]
        self.environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    def make(self, target: str) -> Made:
        """Make the exam into a folder."""
        times = self.folder / "bin" / "times"
        times.write_text("")
        begun = time.perf_counter()
        done = subprocess.run(
            [*self.command, target], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True
        )
        wall = time.perf_counter() - begun
        cpu, megabytes = map(float, done.stdout.splitlines()[-1].strip("[]").split(","))
        spent = re.findall(r"(\d+)m([\d.]+)s", times.read_text())
        return Made(cpu, sum(60 * float(minutes) + float(seconds) for minutes, seconds in spent), wall, megabytes)

    def kill_after(self, target: str, seconds: float) -> None:
        """Make the exam and kill everything on the way."""
        process = subprocess.Popen(
            [*self.command, target],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def loop() -> float:
    """Return the CPU seconds of a loop that does nothing, which tell how fast the machine is just now."""
    begun = time.process_time()
    for _ in range(1_000_000):
        pass
    return time.process_time() - begun


def printing(full: bool) -> Iterator[str]:
    """Fifty papers, a thousand, with `full` ten thousand; and a thousand that are interrupted at half."""
    if not engine.available():
        yield f"papers: left out, there is no TeX ({' '.join(engine.missing())})"
        return
    yield f"for i in range(1000000): pass: {loop():.3f} s of CPU"
    with tempfile.TemporaryDirectory() as name:
        hall = Hall(Path(name), FIVE, 50)
        made = min((hall.make(f"out{number}") for number in range(3)), key=lambda made: made.cpu)
        yield (
            f"50 papers of 5 questions ({', '.join(FIVE)}) with solutions, 100 PDFs: {made.cpu:.2f} s of CPU (at most "
            f"1.5), {made.cpu - made.engine:.2f} s more than the engine's own (at most 0.7)"
        )
    with tempfile.TemporaryDirectory() as name:
        hall = Hall(Path(name), SIX, 1_000)
        thousand = hall.make("out")
        yield _told("1,000", thousand, "at most 1.3")
        hall.kill_after("again", thousand.wall / 2)
        rest = hall.make("again")
        yield (
            f"  killed at half and run again: {rest.wall / thousand.wall:.2f} of the time and "
            f"{rest.cpu / thousand.cpu:.2f} of the CPU seconds of the whole (at most 0.6)"
        )
    if full:
        with tempfile.TemporaryDirectory() as name:
            made = Hall(Path(name), SIX, 10_000).make("out")
            yield _told("10,000", made, "the same")
            yield f"  {made.cpu / thousand.cpu:.2f} times the CPU seconds of 1,000 (at most 10.5)"


def _told(count: str, made: Made, most: str) -> str:
    return (
        f"{count} papers of 6 questions (and {SIX[-1]}) with solutions: {made.cpu:.1f} s of CPU, "
        f"{made.cpu / made.engine:.2f} times the engine's own ({most}); {made.wall:.1f} s (at most 25 on two cores "
        f"that do nothing else); {made.megabytes:.0f} MB (at most 500)"
    )
