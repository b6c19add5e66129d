"""A large class for the figures of grading: sealed papers and their answers, drawn and worked out in plain arithmetic.

Eight templates of the library give twenty blanks: three shapes, three that are answered with an expression, fourteen
plain numbers. Three answers in ten are wrong: most by a known mistake, some by two, by exchanged digits, or for no
reason at all. Everything follows from one seed; the program under test is asked for no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.roster import Student
from layerquiz.exam.sample import below, choice, generator
from layerquiz.exam.seal import digest, seal

TEMPLATES = (
    *("conv-size", "conv-parameters", "dense-parameters", "conv1d-parameters"),
    *("pooling-size", "first-dense-layer", "conv-macs", "vgg-block"),
)
WRONG_IN_TEN = 3

Value = int | tuple[int, ...]
Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One blank: its right value, the values of known mistakes, and the right working where it is written down."""

    value: Value
    mistakes: tuple[Value, ...]
    working: str = ""


def positions(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many windows fit along one axis."""
    return (size - kernel + 2 * padding) // stride + 1


class Drawn:
    """One question's drawn numbers: its input, and its layers by name."""

    def __init__(self, network: Numbers) -> None:
        self.input = network["input"]
        self.layers = {layer["name"]: layer for layer in network["layers"]}

    def __getitem__(self, name: str) -> Numbers:
        return self.layers[name]


def conv_size(drawn: Drawn) -> Iterator[Key]:
    """Height, width and channels of a convolution with stride and padding."""
    conv = drawn["conv"]
    for axis in ("height", "width"):
        size, kernel, stride, padding = drawn.input[axis], conv["kernel"], conv["stride"], conv["padding"]
        right = positions(size, kernel, stride, padding)
        yield Key(right, (right - 1, positions(size, kernel, 1, padding), (size - kernel + padding) // stride + 1))
    yield Key(conv["filters"], (drawn.input["channels"], drawn.input["channels"] * conv["filters"]))


def conv_parameters(drawn: Drawn) -> Iterator[Key]:
    """Weights and parameters of a convolution."""
    kernel, filters, channels = drawn["conv"]["kernel"], drawn["conv"]["filters"], drawn.input["channels"]
    weights = kernel * kernel * channels * filters
    yield Key(weights, (kernel * kernel * filters, weights // kernel, weights + filters))
    working = f"({kernel}*{kernel}*{channels} + 1)*{filters}"
    yield Key(weights + filters, (weights, weights + 1, weights + channels, kernel * kernel * filters), working)


def dense_parameters(drawn: Drawn) -> Iterator[Key]:
    """Weights and parameters of a dense layer."""
    units, features = drawn["dense"]["units"], drawn.input["features"]
    yield Key(units * features, (units + features, units * features + units))
    yield Key(units * features + units, (units * features, units * features + 1, units * features + features))


def conv1d_parameters(drawn: Drawn) -> Iterator[Key]:
    """Parameters and length of a convolution along a signal."""
    conv, channels = drawn["conv"], drawn.input["channels"]
    weights = conv["kernel"] * channels * conv["filters"]
    squared = conv["kernel"] ** 2 * channels * conv["filters"] + conv["filters"]
    yield Key(weights + conv["filters"], (weights, squared, weights + 1, conv["kernel"] * conv["filters"]))
    right = positions(drawn.input["length"], conv["kernel"], conv["stride"])
    yield Key(right, (right - 1, positions(drawn.input["length"], conv["kernel"])))


def pooling_size(drawn: Drawn) -> Iterator[Key]:
    """Shape and parameters of a pooling."""
    pool, channels = drawn["pool"], drawn.input["channels"]
    sizes = [drawn.input[axis] for axis in ("height", "width")]
    right = tuple(positions(size, pool["kernel"], pool["stride"]) for size in sizes)
    less = tuple(size - 1 for size in right)
    up = tuple(size + 1 for size in right)
    halves = tuple(size // 2 for size in sizes)
    yield Key((*right, channels), ((*less, channels), (*up, channels), (*halves, channels)))
    yield Key(0, (pool["kernel"] ** 2, pool["kernel"] ** 2 * channels))


def first_dense_layer(drawn: Drawn) -> Iterator[Key]:
    """Shape behind convolution and pooling, what the dense layer is given, and its parameters."""
    conv, pool, units = drawn["conv"], drawn["pool"], drawn["dense"]["units"]
    between = [positions(drawn.input[axis], conv["kernel"], conv["stride"]) for axis in ("height", "width")]
    height, width = (positions(size, pool["kernel"], pool["stride"]) for size in between)
    filters = conv["filters"]
    yield Key((height, width, filters), ((height + 1, width + 1, filters), (height, width, 3)))
    features = height * width * filters
    yield Key(features, (height * width, filters, (height + 1) * (width + 1) * filters))
    working = f"{features} x {units} + {units}"
    yield Key(features * units + units, (features * units, features * units + 1, height * width * units), working)


def conv_macs(drawn: Drawn) -> Iterator[Key]:
    """Shape and multiply-adds of a convolution."""
    conv, channels = drawn["conv"], drawn.input["channels"]
    sizes = [drawn.input[axis] for axis in ("height", "width")]
    height, width = (positions(size, conv["kernel"], conv["stride"], conv["padding"]) for size in sizes)
    yield Key((height, width, conv["filters"]), ((height - 1, width - 1, conv["filters"]), (height, width, channels)))
    one = conv["kernel"] ** 2 * channels * conv["filters"]
    working = f"{height}*{width}*{conv['kernel']}*{conv['kernel']}*{channels}*{conv['filters']}"
    yield Key(height * width * one, (sizes[0] * sizes[1] * one, 2 * height * width * one, one), working)


def vgg_block(drawn: Drawn) -> Iterator[Key]:
    """Parameters of two convolutions, their memory, and that of two outputs."""
    filters, channels = drawn["conv1"]["filters"], drawn.input["channels"]
    height, width = drawn.input["height"], drawn.input["width"]
    weights = 9 * channels * filters + 9 * filters * filters
    right = weights + 2 * filters
    yield Key(right, (weights, 9 * channels * filters + filters, 18 * filters + 2 * filters))
    yield Key(4 * right, (right, 8 * right, 4 * weights))
    output = height * width * filters
    yield Key(4 * output, (output, 4 * height * width * channels))
    yield Key(output, (output // 4, 4 * output))


KEYS: tuple[Callable[[Drawn], Iterator[Key]], ...] = (
    *(conv_size, conv_parameters, dense_parameters, conv1d_parameters),
    *(pooling_size, first_dense_layer, conv_macs, vgg_block),
)


def odd(drawn: Drawn) -> bool:
    """Say whether a drawing has an ambiguous number, as the templates refuse: equal sizes, or a count of one's own."""
    sizes = [drawn.input[axis] for axis in ("height", "width") if axis in drawn.input]
    counts = {layer.get("filters", layer.get("units")) for layer in drawn.layers.values()}
    return drawn.input.get("channels", drawn.input.get("features")) in counts or not all(sizes)


class Class:
    """A simulated class: `sealed` is the sealed exam as plain data, `answers` what each student wrote, by blank."""

    def __init__(self, students: int, shared: bool, seed: int = 4) -> None:
        self.exam = exams.parse(_exam_text(seed), "bench.yaml", seed)
        self.students = [Student(f"s{number:05}", f"Student Number {number}") for number in range(students)]
        self.shared, self.seed = shared, seed
        self.answers: dict[str, dict[str, str]] = {}
        one = exams.paper(self.exam, Student("s", "S"))
        self.blanks = list(one.blanks)
        head = seal(self.exam, [one], "bench")
        self.sealed = {**head, "papers": list(self._papers())}
        self.sealed["hash"] = digest(self.sealed)

    def _papers(self) -> Iterator[dict[str, Any]]:
        drawn = self._drawn("all")
        for student in self.students:
            drawn = drawn if self.shared else self._drawn(student.id)
            keys = [key for make, each in zip(KEYS, drawn, strict=True) for key in make(Drawn(each["network"]))]
            named = dict(zip(self.blanks, keys, strict=True))
            self.answers[student.id] = answers(named, self._random(student.id, "answers"))
            plain = {name: _plain(key.value) for name, key in named.items()}
            yield {"student": student.id, "name": student.name, "drawn": drawn, "keys": plain}

    def _drawn(self, student: str) -> list[dict[str, Any]]:
        """Return the drawn numbers of a paper; only what all drawings of a template must have is looked at."""
        found = []
        for name in TEMPLATES:
            random = self._random(student, name)
            recipe = library.named(name).recipe
            drawn = recipe.draw(random, "textbook")
            while odd(Drawn(drawn["network"])):
                drawn = recipe.draw(random, "textbook")
            found.append(drawn)
        return found

    def _random(self, *names: str) -> Random:
        return generator(self.seed, *names)

    def rows(self) -> Iterator[list[str]]:
        """Yield the submissions as the rows of a table, the header first."""
        yield ["student", *self.blanks]
        for student, cells in self.answers.items():
            yield [student, *(cells[blank] for blank in self.blanks)]


def _plain(value: Value) -> int | list[int]:
    return list(value) if isinstance(value, tuple) else value


def _exam_text(seed: int) -> str:
    entries = "".join(f"  - {{template: {name}}}\n" for name in TEMPLATES)
    return f"title: A large class\nseed: {seed}\nquestions:\n{entries}"


def answers(keys: Mapping[str, Key], random: Random) -> dict[str, str]:
    """Return one student's answers: three in ten are wrong."""
    return {name: answer(key, random) for name, key in keys.items()}


def answer(key: Key, random: Random) -> str:
    """Return one answer as it is written."""
    if below(random, 10) >= WRONG_IN_TEN:
        return written(key.value, key.working, random)
    how = below(random, 10)
    if how < 7:
        return written(choice(random, key.mistakes), "", random)
    changed = tuple(_other(number, how, random) for number in _numbers(key.value))
    return written(changed if isinstance(key.value, tuple) else changed[0], key.working, random)


def _numbers(value: Value) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def _other(number: int, how: int, random: Random) -> int:
    """Return another number: two digits exchanged, half of it and one less, or any."""
    digits = str(number)
    if how == 7 and len(digits) > 1:
        place = below(random, len(digits) - 1)
        return int(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
    return number // 2 - 1 if how == 8 and number > 3 else number + 1 + below(random, 10 + number)


def written(value: Value, working: str, random: Random) -> str:
    """Return a value as somebody writes it."""
    if isinstance(value, tuple):
        return choice(random, (" x ", "x", ", ", "×")).join(map(str, value))
    plain = f"{value:,}" if below(random, 4) == 0 else str(value)
    return f"{working} = {plain}" if working else plain
