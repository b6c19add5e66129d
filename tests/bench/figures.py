"""The figures, each with the size and mix of its input: ratios and CPU seconds of one run; `make bench` prints them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from models import keras_models
from practice import practice_pages
from printing import printing

from grading import grading
from layerquiz.check.run import check_all
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.grading.formulas import diagnose_formula
from layerquiz.grading.jobs import cores
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from layerquiz.network.zoo import specification
from layerquiz.render.picture.make import drawn_anew
from layerquiz.render.picture.svg import svg
from layerquiz.render.questions import printed
from layerquiz.render.text import question as as_text

LEAST_RATES = {"conv-parameters": " (at least 4,600)", "dense-parameters": " (at least 11,000)"}


def fastest(work: Callable[[], object], rounds: int) -> float:
    """Return the least wall-clock seconds of some rounds: the machine's noise only ever adds."""

    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(rounds))


def child_seconds(*command: str) -> float:
    """Return the CPU seconds of a Python process."""
    before = os.times()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def start_up() -> Iterator[str]:
    """`layerquiz --help` against importing click."""
    bare = min(child_seconds("-c", "import click") for _ in range(15))
    ours = min(child_seconds("-m", "layerquiz", "--help") for _ in range(15))
    yield f"layerquiz --help: {ours / bare:.2f} times `import click` (at most 2); CPU of the fastest of 15 runs each"


def solving() -> Iterator[str]:
    """VGG-16 and ResNet-50, written with blocks, from a mapping to all their numbers, against PyTorch on `meta`."""
    for name, layers, most in (("vgg16", 22, 5), ("resnet50", 174, 25)):
        spec = yaml.safe_load(specification(name))
        ours = fastest(lambda spec=spec: summarise(Network.parse(spec)), 100)
        yield f"{name}, {layers} layers, parsed and solved from a mapping: {ours * 1000:.2f} ms (at most {most})"
        try:
            import torch
        except ImportError:
            yield "  (without torch, no ratio)"
            continue
        network = Network.named(name)
        assert _parameters_in_torch(torch, network) == network.value("total.parameters")
        theirs = fastest(lambda network=network: _parameters_in_torch(torch, network), 10)
        yield f"  {theirs / ours:.1f} times as fast as building it in torch on meta and summing its parameters"


def _parameters_in_torch(torch: Any, network: Network) -> int:
    """Build the layers that learn as PyTorch modules on `meta`; return how many parameters they have."""
    modules = []
    for layer in network.layers:
        keys, before = layer.keys, network.values[layer.sources[0]]
        if layer.kind.name == "conv2d":
            module = torch.nn.Conv2d(before["channels"], keys.filters, keys.kernel, bias=keys.bias, device="meta")
        elif layer.kind.name == "batchnorm":
            module = torch.nn.BatchNorm2d(before["channels"], device="meta")
        elif layer.kind.name == "dense":
            module = torch.nn.Linear(before["features"], keys.units, device="meta")
        else:
            module = torch.nn.Identity()
        modules.append(module)
    return sum(parameter.numel() for parameter in torch.nn.Sequential(*modules).parameters())


def pictures() -> Iterator[str]:
    """The picture of GoogLeNet: the scene from the network, and its SVG, drawn anew each time."""
    net = Network.named("googlenet")

    def once() -> str:
        return svg(drawn_anew(net, {}, "").scene)

    once()
    start = time.process_time()
    for _ in range(20):
        once()
    took = (time.process_time() - start) / 20
    yield f"the picture of GoogLeNet, scene and SVG: {took * 1000:.1f} ms of CPU, warm (at most 100)"


def large_networks() -> Iterator[str]:
    """A chain of 10,000 layers from a mapping, and one twice as long."""
    once, twice = (
        fastest(lambda spec=spec: summarise(Network.parse(spec)), 5) for spec in (_chain(10_000), _chain(20_000))
    )
    yield f"10,000 layers, parsed and solved from a mapping: {once:.2f} s (at most 0.5)"
    yield f"  twice the layers take {twice / once:.2f} times as long (at most 2.2)"


def _chain(count: int) -> dict[str, object]:
    conv = {"kind": "conv2d", "filters": 16, "kernel": 3, "padding": 1}
    layers = [conv if number % 2 else {"kind": "activation", "function": "relu"} for number in range(count)]
    return {"input": {"channels": 3, "height": 32, "width": 32}, "layers": layers}


def formulas() -> Iterator[str]:
    """Answers in letters, right and wrong, in a warm process."""
    conv = {"kind": "conv2d", "name": "conv", "filters": 16, "kernel": 3, "stride": 2, "padding": 1}
    network = Network.parse({"input": {"channels": 8, "height": 33, "width": 41}, "layers": [conv]})
    texts = (
        "(K^2 C + 1) F",
        "K*K*C_in*C_out + C_out",
        "K^2 C F",
        "K^2 F + F",
        "K^2 F",
        "C^2 F",
        r"K^{2} C_{in} C_{out}",
    )
    took = sorted(fastest(lambda text=text: diagnose_formula(network, "conv.parameters", text), 5) for text in texts)
    yield f"one diagnosis of a formula: median {took[len(took) // 2] * 1000:.1f} ms (at most 20)"


def importing() -> Iterator[str]:
    """`import layerquiz`, which loads nothing heavy."""
    bare = min(child_seconds("-c", "pass") for _ in range(15))
    ours = min(child_seconds("-c", "import layerquiz, sys; assert 'sympy' not in sys.modules") for _ in range(15))
    yield f"import layerquiz: {ours - bare:.3f} s of CPU more than Python itself, without sympy (at most 0.1)"


def drawing() -> Iterator[str]:
    """Questions with key, steps and text, on one core."""
    for name, count in (("conv-parameters", 1_000), ("dense-parameters", 1_000), ("alexnet-table", 50)):
        template = library.named(name)
        blanks = len(template.asked)

        def work(template: object = template, count: int = count) -> None:
            for seed in range(count):
                question = draw(template, seed)  # type: ignore[arg-type]
                as_text(printed(question, 1, {blank.place: blank.place for blank in question.blanks}), solved=True)

        work()
        rate = count / fastest(work, 3)
        different = len({draw(template, seed).identity for seed in range(count)})
        seen = f"{name}, {blanks} blanks, {count} seeds, {different} different questions"
        yield f"questions with key, steps and text: {rate:,.0f} a second ({seen}){LEAST_RATES.get(name, '')}"


def checking(full: bool) -> Iterator[str]:
    """`check` of every template, on all cores: 200 drawings of each in full, else a tenth."""
    seeds = 200 if full else 20
    readers = [(name, partial(library.named, name)) for name in library.templates()]
    start = time.perf_counter()
    holding = sum(not found.problems for found in check_all(readers, seeds))
    seconds = time.perf_counter() - start
    yield (
        f"check of {len(readers)} templates, {seeds} drawings of each, on {cores()} cores: {holding} hold, "
        f"{seconds:.0f} s (200 drawings on two cores: at most 180)"
    )


def main() -> None:
    """Print every figure; `--full` prints a class of 10,000 and grades 10,000 and 20,000 instead of a tenth."""
    full = "--full" in sys.argv[1:]
    drawn = (drawing, pictures, practice_pages)
    figures = (start_up, importing, solving, large_networks, keras_models, *drawn, formulas)
    for figure in (*figures, partial(printing, full), partial(checking, full), partial(grading, full)):
        for line in figure():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
