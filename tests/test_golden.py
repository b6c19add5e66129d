"""Golden texts: what a person reads, kept as it was read once, and whose sums are added up again here."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from click.testing import CliRunner

from layerquiz.cli import main
from layerquiz.exam import library

SEED = "7"
DIAGNOSED = {
    "right": ("alexnet", "conv1.parameters", "(11*11*3 + 1)*96"),
    "right-in-a-chain": ("alexnet", "conv1.weights", "11*11*3*96 = 363*96 = 34,848"),
    "right-shape-with-batch": ("alexnet", "conv1.shape", "(None, 96, 55, 55)"),
    "rounded": ("vgg16", "total.parameters", "138M"),
    "convention-units": ("alexnet", "total.flops", "1,135,256,096"),
    "forgot-bias": ("mnist", "conv2.parameters", "9216"),
    "two-readings": ("alexnet", "conv1.parameters", "11*11*96 + 96"),
    "bias-on-input-side": ("mnist", "fc2.parameters", "256*10 + 256"),
    "forgot-plus-one": ("alexnet", "conv1.height", "54"),
    "memory-with-its-unit": ("vgg16", "total.parameter_bytes", "527.79 MiB"),
    "slip-of-digits": ("alexnet", "fc1.parameters", "37,752,382"),
    "slip-of-arithmetic": ("lenet5", "conv1.parameters", "(5*5*1 + 1)*6 = 165"),
    "wrong": ("alexnet", "conv1.parameters", "77,777"),
    "unreadable": ("alexnet", "conv1.parameters", "ask my neighbour"),
    "contradiction": ("alexnet", "conv1.height", "12 = 54"),
    "blank": ("alexnet", "conv1.height", ""),
}


def printed(*arguments: str) -> str:
    """Return what a command prints, without spaces at the ends of lines."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return re.sub(r" +$", "", result.output, flags=re.MULTILINE)


@pytest.mark.parametrize("name", library.templates())
def test_drawing(name: str, golden: Callable[..., None]) -> None:
    """One drawing of each template with its solution; the points of the blanks add up to the question's."""
    sheet = printed("draw", name, "--seed", SEED, "--solution")
    (whole,) = re.findall(r"^1\. .*\((\S+) points?\)$", sheet, re.MULTILINE)
    parts = re.findall(r"^\(\w+\) .*\((\S+) points?\)\n    ", sheet, re.MULTILINE)
    assert sum(map(Fraction, parts)) == Fraction(whole)
    golden(sheet)


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "mnist", "lenet5"])
def test_table(name: str, golden: Callable[..., None]) -> None:
    """What a network costs, layer by layer; each column adds up to its total."""
    table = printed("solve", name)
    rows = [re.findall(r"(?<= )[\d,]+(?= |$)", line)[-4:] for line in table.splitlines() if line.startswith("  ")]
    numbers = [[int(cell.replace(",", "")) for cell in row] for row in rows if len(row) == 4]
    *layers, total = numbers
    assert [sum(column) for column in zip(*layers, strict=True)] == total
    assert [row[2] for row in numbers] == [row[0] + row[1] for row in numbers]
    golden(table)


@pytest.mark.parametrize("answer", DIAGNOSED)
def test_diagnosis(answer: str, golden: Callable[..., None]) -> None:
    """What is said about a typical answer; a right value is told with every answer that is not right."""
    told = printed("diagnose", *DIAGNOSED[answer])
    network, quantity, _ = DIAGNOSED[answer]
    if "expected: " in told:
        right = printed("solve", network, "--quantity", quantity).strip()
        assert right == f"{quantity} = {re.findall('^expected: (.*)$', told, re.MULTILINE)[0]}"
    golden(told)
