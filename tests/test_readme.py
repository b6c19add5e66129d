"""The README cannot rot: its commands run, its Python runs, its files are taken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from layerquiz import engine
from layerquiz.exam import exam
from layerquiz.exam.roster import Student
from layerquiz.grading import corrections
from layerquiz.network.conventions import OPTIMISERS, Conventions
from layerquiz.network.glossary import FURTHER, QUANTITIES, START, TRACED
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from layerquiz.network.zoo import names

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """Return the README's blocks of one language."""
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the README tells a newcomer to save."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "strided.md").write_text(blocks("markdown")[0])
    return folder


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what a newcomer types, with the commands of this environment first in the path."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment["XDG_DATA_HOME"] = str(folder / "data")  # where practice is kept, and nobody is there to answer
    return subprocess.run(
        ["/bin/bash", "-euc", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.tex
def test_every_command_runs(newcomer: Path) -> None:
    """Each block of commands exits with 0, in the order of the page."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    for block in blocks("bash"):
        done = typed(block, newcomer)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


def test_what_is_shown_is_what_is_printed(newcomer: Path) -> None:
    """The derivation and the diagnosis on the page are the program's own."""
    solved, diagnosed = blocks("text")
    assert typed("layerquiz solve alexnet --quantity conv1.height --steps", newcomer).stdout == solved
    assert typed("layerquiz diagnose alexnet conv1.parameters 34848", newcomer).stdout == diagnosed


def test_the_python_runs(newcomer: Path) -> None:
    """The library does what the page says, comments included."""
    (program,) = (block for block in blocks("python") if "import layerquiz" in block)
    done = subprocess.run([sys.executable, "-c", program], cwd=newcomer, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("62378344\n")
    assert "mistake ['forgot-bias']" in done.stdout


def test_the_files_are_taken() -> None:
    """The network and the exam on the page can be used as they stand."""
    written, corrected, network, in_blocks, counted = blocks("yaml")
    assert Network.parse(network).values["total"]["parameters"] > 0
    staged = Network.parse(in_blocks)
    assert staged.value("stage1.block2.conv1.weights") == 64 * 16
    assert staged.value("stage1.parameters") + staged.value("stage2.parameters") == staged.value("total.parameters")
    layers = "layers: [{kind: conv2d, filters: 8, kernel: 3}]"
    assert Network.parse(counted + layers).value("total.optimiser_bytes") == 4 * 3 * (216 + 8)
    asked = exam.parse(written, "README.md", "seed")
    assert asked.entries[0].template.name == "conv-parameters"
    assert yaml.safe_load(written)["policy"]
    papers = [exam.paper(asked, Student("s03", "Ada"))]
    assert len(corrections.parse(corrected, "corrections.yaml", asked, papers).entries) == 4


def test_every_kind_is_on_the_page() -> None:
    """The list of kinds names each kind, and no other; `conv1d..3d` stands for its ranks."""
    (table,) = re.findall(r"^\| for \| kinds.*?\n\n", README, flags=re.MULTILINE | re.DOTALL)
    named = set()
    for name, first, last in re.findall(r"`([a-z]+)(?:(\d)d\.\.(\d)d)?`", table):
        ranks = range(int(first), int(last) + 1) if first else ()
        named |= {f"{name}{rank}d" for rank in ranks} or {name}
    assert named == set(KINDS)


def test_every_quantity_and_choice_is_on_the_page() -> None:
    """The page names every quantity, optimiser and known network."""
    for name in (*QUANTITIES, *FURTHER, *TRACED, START, *OPTIMISERS, *names()):
        assert f"`{name}`" in README, name
    for field in fields(Conventions):
        if field.name.endswith("_type") or field.name in ("optimiser", "master_copy", "activation_gradients"):
            assert field.name in README, field.name
