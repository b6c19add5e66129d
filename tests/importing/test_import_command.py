"""`layerquiz import` and the other commands on files of models."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from importing.onnx_made import chain, made, node, weights
from layerquiz.cli import main
from layerquiz.network.network import Network

MODEL: bytes = made(
    ("batch", 3, 16, 16),
    [
        *chain(("Conv", "k b", {"pads": [1, 1, 1, 1]}), ("Relu", "", {})),
        node("MaxPool", "y1", "y2", kernel_shape=[2, 2], strides=[2, 2]),
        node("GlobalAveragePool", "y2", "p"),
        node("Flatten", "p", "f"),
        node("Gemm", "f w c", "y", transB=1),
    ],
    weights(k=(8, 3, 3, 3), b=(8,), w=(10, 8), c=(10,)),
    name="main_graph",
).SerializeToString()  # fmt: skip
OPEN: bytes = made(("n", 3, "h", "w"), chain(("Conv", "k", {})), weights(k=(4, 3, 3, 3), lost=(7,))).SerializeToString()
TOTAL = 8 * 27 + 8 + 80 + 10


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two models, as the current one."""
    (tmp_path / "small.onnx").write_bytes(MODEL)
    (tmp_path / "open.onnx").write_bytes(OPEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, given: bytes | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments, input=given)


@pytest.mark.usefixtures("desk")
def test_the_notation_is_printed_and_the_comparison_told() -> None:
    """The notation alone is on the standard output, so that it can be written into a file."""
    done = run("import", "small.onnx")
    assert done.exit_code == 0, done.output
    assert done.stderr == f"agrees: {TOTAL} parameters in 5 layers\n"
    network = Network.parse(done.stdout)
    assert network.name == "small"
    assert network.value("total.parameters") == TOTAL
    assert [layer.kind.name for layer in network.layers] == [
        "conv2d",
        "activation",
        "maxpool2d",
        "globalavgpool",
        "dense",
    ]


def test_a_file_is_written_once(desk: Path) -> None:
    """Equal content is up to date, other content needs to be asked for, and nothing else is left in the folder."""
    assert run("import", "small.onnx", "-o", "net.yaml").exit_code == 0
    written = (desk / "net.yaml").read_bytes()
    again = run("import", "small.onnx", "-o", "net.yaml")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "net.yaml: up to date" in again.stderr
    other = run("import", "open.onnx", "--input", "3,9,9", "-o", "net.yaml")
    assert other.exit_code == 1
    assert "Give --force" in other.output
    assert (desk / "net.yaml").read_bytes() == written
    assert run("import", "open.onnx", "--input", "3x9x9", "-o", "net.yaml", "--force").exit_code == 0
    assert (desk / "net.yaml").read_bytes() != written
    assert sorted(path.name for path in desk.iterdir()) == ["net.yaml", "open.onnx", "small.onnx"]


@pytest.mark.usefixtures("desk")
def test_open_sizes_names_and_json() -> None:
    """Sizes that the file leaves open are asked for; what is stored for nothing is told."""
    assert "layerquiz import MODEL --input 3,224,224" in run("import", "open.onnx").output
    done = run("import", "open.onnx", "--input", "3,9,8", "--name", "Mine", "--json")
    told = json.loads(done.stdout)
    assert {key: told[key] for key in ("format", "network", "parameters", "trainable", "layers", "notes")} == {
        "format": 1,
        "network": "Mine",
        "parameters": 108,
        "trainable": 108,
        "layers": 1,
        "notes": ["stored, and read by nothing: lost"],
    }
    assert Network.parse(told["notation"]).value("total.parameters") == 108
    assert run("import", "open.onnx", "--input", "3,-9,8").exit_code == 2


def test_the_readme_is_right(torch: Any, desk: Path) -> None:
    """The model on the page is exported as the page says, taken over and solved."""
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").partition("## Your own model")[2]
    make, commands = (re.search(rf"```{name}\n(.*?)```", page, re.DOTALL) for name in ("python", "console"))
    assert make
    assert commands
    export = re.search(r"`(torch\.onnx\.export\(model.*?\))`", page, re.DOTALL)
    assert export
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{make[1]}\n{export[1]}"],
        cwd=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    if "onnxscript" in done.stderr:
        pytest.skip("onnxscript is not installed: `make oracles`")
    assert done.returncode == 0, done.stderr
    (desk / "my_model.yaml").unlink()  # what `notation()` wrote, under the layers' own names
    first, second = (run(*line.split()[1:]) for line in commands[1].splitlines())
    assert first.exit_code == 0, first.output
    agrees = " ".join(re.findall(r"agrees: [^`]*", page)[0].split())
    assert agrees in first.stderr
    assert "72,234" in second.stdout


@pytest.mark.usefixtures("desk")
def test_every_command_that_takes_a_network_takes_a_model() -> None:
    """A model's file, or one from the standard input, stands for its network."""
    told = json.loads(run("solve", "small.onnx", "--json").stdout)
    assert told["total"]["parameters"] == TOTAL
    assert run("solve", "-", "--quantity", "total.parameters", given=MODEL).stdout == f"total.parameters = {TOTAL}\n"
    assert "nn.Conv2d(3, 8" in run("show", "small.onnx", "--as", "torch").stdout
    assert run("diagnose", "small.onnx", "conv2d.parameters", "216").stdout.startswith("conv2d.parameters: mistake")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_keras_file_is_a_network(keras: Any, desk: Path) -> None:
    """The description of the layers is enough: nothing of the weights is read."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    model.compile("adam", "mse")
    model.save(desk / "model.keras")
    done = run("import", "model.keras")
    assert done.exit_code == 0, done.output
    assert Network.parse(done.stdout).value("total.parameters") == model.count_params()


def test_without_the_framework_the_extra_is_named(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be installed is said, and how."""
    monkeypatch.setitem(sys.modules, "onnx", None)
    done = run("import", "small.onnx")
    assert done.exit_code == 1
    assert 'pip install "layerquiz[onnx]"' in done.output
