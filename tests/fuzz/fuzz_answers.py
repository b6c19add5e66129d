"""Fuzzes the reader and the grader with atheris: `make fuzz`, or `python fuzz_answers.py -max_total_time=300`.

Where no atheris can be installed the Hypothesis tests beside this file are run with more examples instead.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

MOST_GROWTH = 64 * 1024
"""How many KiB the process may grow after its first inputs."""

WARM = 12_000
"""So many inputs fill what is kept up to a bound: 4,096 readings, 1,024 plans of expressions, tables for letters."""


class Fuzzing:
    """One run: what it has seen, and how large the process was when it was warm."""

    def __init__(self) -> None:
        self.inputs = self.warm = 0

    def one_input(self, data: bytes) -> None:
        """Grade one input; its first byte says whether it is one answer, or a sheet parted by bytes of 0."""
        from fuzz.any_answer import grades, reads, spells

        text = data[1:].decode("utf-8", "surrogateescape" if data[:1] == b"\xff" else "replace")
        if data[:1] < b"\x80":
            reads(text)
            spells(text)
        else:
            grades(text.split("\x00")[:10])
        self._watch()

    def _watch(self) -> None:
        self.inputs += 1
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if self.inputs == WARM:
            self.warm = used
        assert not self.warm or used < self.warm + MOST_GROWTH, f"the process grew to {used} KiB"


def main() -> None:
    """Fuzz until libFuzzer's limits; without atheris, say so and run Hypothesis for longer."""
    try:
        import atheris
    except ImportError:
        import pytest

        sys.stdout.write("atheris has no wheel for this Python: the Hypothesis fuzz runs with more examples instead\n")
        sys.exit(pytest.main([str(Path(__file__).parent), "-q", "--hypothesis-profile", "fuzz"]))
    with atheris.instrument_imports(include=["layerquiz.grading"]):
        import fuzz.any_answer  # noqa: F401 -- imported here so that it is instrumented
    seeds = Path(__file__).parents[1] / "data" / "further_forms.jsonl"
    corpus = _corpus(seeds)
    limits = ["-max_len=400", f"-artifact_prefix={corpus}-", *(sys.argv[1:] or ["-max_total_time=300"])]
    arguments = [sys.argv[0], str(corpus), *limits]
    atheris.Setup(arguments, Fuzzing().one_input)
    atheris.Fuzz()


def _corpus(seeds: Path) -> Path:
    """Write the known forms as inputs to begin with, into a folder that lives as long as the run."""
    import json
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="fuzz-answers-"))
    for number, line in enumerate(seeds.read_text("utf-8").splitlines()[::4]):
        text = json.loads(line)["text"].encode("utf-8", "surrogatepass")[:399]
        (folder / str(number)).write_bytes(bytes([0x90 if number % 3 == 0 else 0x10]) + text)
    return folder


if __name__ == "__main__":
    main()
