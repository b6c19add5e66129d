"""The example's answers, worked out in plain arithmetic: who answers what, and which mistake is planted where.

`answers(student, drawn)` gives a student's answers to a paper from its drawn numbers alone; `PLANTED` says what the
grader has to find. Nothing here uses the program under test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Paper = list[Mapping[str, Any]]
Answers = dict[str, str]


BY_HAND = "4"
"""The points for the question that a person marks."""


def positions(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many windows fit along one axis, by trying each start."""
    return sum(1 for start in range(-padding, size + padding, stride) if start + kernel <= size + padding)


class Question:
    """One question's drawn numbers: the input, and the layers by name."""

    def __init__(self, drawn: Mapping[str, Any]) -> None:
        self.input = drawn["network"]["input"]
        self.layers = {layer["name"]: layer for layer in drawn["network"]["layers"] if "name" in layer}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        return self.layers[name]


def weights(layer: Mapping[str, Any], channels: int, axes: int = 2) -> int:
    """Return a convolution's weights."""
    return layer["kernel"] ** axes * channels * layer["filters"]


def sizes(size: int, layers: list[Mapping[str, Any]], less: int = 0) -> list[int]:
    """Return the size after each convolution or pooling; `less` is taken off each, as who forgets the +1 does."""
    found = []
    for layer in layers:
        size = (
            positions(size, layer["kernel"], layer.get("stride", layer.get("units", 1)), layer.get("padding", 0)) - less
        )
        found.append(size)
    return found


def right(paper: Paper) -> Answers:
    """Return the right answers to every blank of a paper."""
    size, conv, dense, signal, pooling, digits, block, alexnet, _ = (Question(drawn) for drawn in paper)
    found = {**_sizes(size), **_parameters(conv, dense, signal), **_pooling(pooling)}
    return {**found, **_digits(digits), **_block(block), **_alexnet(alexnet), "9": BY_HAND}


def _sizes(question: Question) -> Answers:
    conv = question["conv"]
    height, width = (
        positions(question.input[axis], conv["kernel"], conv["stride"], conv["padding"]) for axis in ("height", "width")
    )
    return {"1a": str(height), "1b": str(width), "1c": str(conv["filters"])}


def _parameters(conv: Question, dense: Question, signal: Question) -> Answers:
    flat = weights(conv["conv"], conv.input["channels"])
    full = dense.input["features"] * dense["dense"]["units"]
    strip = signal["conv"]
    return {
        "2a": str(flat),
        "2b": str(flat + conv["conv"]["filters"]),
        "3a": str(full),
        "3b": str(full + dense["dense"]["units"]),
        "4a": str(weights(strip, signal.input["channels"], 1) + strip["filters"]),
        "4b": str(positions(signal.input["length"], strip["kernel"], strip["stride"])),
    }


def _pooling(question: Question) -> Answers:
    pool, given = question["pool"], question.input
    height, width = (positions(given[axis], pool["kernel"], pool["stride"]) for axis in ("height", "width"))
    return {"5a": f"{height} x {width} x {given['channels']}", "5b": "0"}


def _digits(question: Question, less: int = 0, channels_flattened: bool = True) -> Answers:
    """Return the answers on the network for digits, right or with one mistake carried through."""
    one, two = question["conv1"], question["conv2"]
    pool = {"kernel": 2, "stride": 2}
    first, pooled, second, last = sizes(question.input["height"], [one, pool, two, pool])
    if less:
        first -= less
        pooled, second, last = sizes(first, [pool, two, pool])
    flat = last * last * (two["filters"] if channels_flattened else 1)
    units = question["fc1"]["units"]
    counts = [weights(one, 1) + one["filters"], weights(two, one["filters"]) + two["filters"], (flat + 1) * units]
    counts.append((units + 1) * 10)
    shapes = [f"{one['filters']}x{first}x{first}", f"{one['filters']}x{pooled}x{pooled}"]
    shapes += [f"{two['filters']}x{second}x{second}", f"{two['filters']}x{last}x{last}", str(units), "10"]
    rows = zip(shapes, [counts[0], 0, counts[1], 0, counts[2], counts[3]], strict=True)
    cells = [str(cell) for row in rows for cell in row]
    return {**{f"6{letter}": cell for letter, cell in zip("abcdefghijkl", cells, strict=True)}, "6m": str(sum(counts))}


def _block(question: Question) -> Answers:
    one, two, side = question["conv1"], question["conv2"], question.input["height"]
    filters = one["filters"]
    total = weights(one, question.input["channels"]) + weights(two, filters) + 2 * filters
    maps = side * side * filters
    return {"7a": str(total), "7b": f"{4 * total} bytes", "7c": f"{4 * maps} B", "7d": str(maps)}


def _alexnet(question: Question) -> Answers:
    names = ("conv1", "maxpool1", "conv2", "maxpool2", "conv3", "conv4", "conv5", "maxpool3")
    layers = [question[name] for name in names]
    channels, cells, total = 3, [], 0
    for size, layer in zip(sizes(question.input["height"], layers), layers, strict=True):
        count = weights(layer, channels) + layer["filters"] if "filters" in layer else 0
        channels, total = layer.get("filters", channels), total + count
        cells += [f"{size}x{size}x{channels}", str(count)]
    inputs = size * size * channels
    for name in ("fc1", "fc2", "fc3"):
        units = question[name]["units"]
        cells += [str(units), str((inputs + 1) * units)]
        inputs, total = units, total + (inputs + 1) * units
    return {
        **{f"8{letter}": cell for letter, cell in zip("abcdefghijklmnopqrstuv", cells, strict=True)},
        "8w": str(total),
    }


def grouped(text: str, by: str) -> str:
    """Return a plain number with its digits in groups of three; anything else as it is."""
    return f"{int(text):,}".replace(",", by) if text.isdigit() else text


def s01(paper: Paper) -> Answers:
    """All right, plainly."""
    return right(paper)


def s02(paper: Paper) -> Answers:
    """All right, in the spellings that people use."""
    found = {blank: grouped(text, "\u202f") for blank, text in right(paper).items()}
    conv, dense = Question(paper[1]), Question(paper[2])
    kernel, filters, channels = conv["conv"]["kernel"], conv["conv"]["filters"], conv.input["channels"]
    height, width, maps = found["5a"].split(" x ")
    found["2a"] = f"{kernel}x{kernel}x{channels}x{filters} = {found['2a']}"
    found["2b"] = rf"$({kernel}\cdot {kernel}\cdot {channels} + 1)\times {filters}$"
    found["3b"] = f"({dense.input['features']} + 1) * {dense['dense']['units']}"
    found["5a"] = f"(None, {maps}, {height}, {width})"
    found["8a"] = "@".join(reversed(found["8a"].rsplit("x", 1)))
    return found


def s03(paper: Paper) -> Answers:
    """The bias on the input side, in a dense layer and in a convolution over a signal."""
    dense, signal = Question(paper[2]), Question(paper[3])
    inputs, units, strip = dense.input["features"], dense["dense"]["units"], signal["conv"]
    side = strip["kernel"] * signal.input["channels"] * (strip["filters"] + 1)
    return {**right(paper), "3b": f"{inputs}*({units}+1) = {inputs * (units + 1)}", "4a": str(side)}


def s04(paper: Paper) -> Answers:
    """The first position of the window forgotten, and a bias."""
    found = right(paper)
    height, width = int(found["1a"]) - 1, int(found["1b"]) - 1
    return {**found, "1a": str(height), "1b": str(width), "2b": found["2a"]}


def s05(paper: Paper) -> Answers:
    """The depth of the filters forgotten; with biases it is right from there. Part of the points by hand."""
    conv = Question(paper[1])["conv"]
    shallow = conv["kernel"] ** 2 * conv["filters"]
    return {**right(paper), "2a": str(shallow), "2b": str(shallow + conv["filters"]), "9": "2.5"}


def s06(paper: Paper) -> Answers:
    """The +1 forgotten at the first convolution for digits, and carried through the table."""
    return {**right(paper), **_digits(Question(paper[5]), less=1)}


def s07(paper: Paper) -> Answers:
    """Blanks and nonsense."""
    found = dict.fromkeys(right(paper), "")
    return {
        **found,
        "1a": "ask my neighbour",
        "1b": "12 = 54",
        "2a": "(3*3",
        "2b": "=SUM(A1:A9)",
        "3a": "-",
        "3b": "17",
    }


def s08(paper: Paper) -> Answers:
    """The padding counted once; the stride of a pooling ignored. Part of the points by hand."""
    size, pooling = Question(paper[0]), Question(paper[4])
    conv, pool, given = size["conv"], pooling["pool"], pooling.input
    once = [(size.input[axis] - conv["kernel"] + conv["padding"]) // conv["stride"] + 1 for axis in ("height", "width")]
    dense = [given[axis] - pool["kernel"] + 1 for axis in ("height", "width")]
    strides = f"{dense[0]} x {dense[1]} x {given['channels']}"
    return {**right(paper), "1a": str(once[0]), "1b": str(once[1]), "5a": strides, "9": "1,5"}


def s09(paper: Paper) -> Answers:
    """One bias for a whole layer; channels lost in flattening, and the total carried."""
    found = right(paper)
    digits = _digits(Question(paper[5]), channels_flattened=False)
    return {**found, "2b": str(int(found["2a"]) + 1), "6j": digits["6j"], "6m": digits["6m"]}


def s10(paper: Paper) -> Answers:
    """A product right with a wrong value; two digits exchanged; a rounded total."""
    conv, found = Question(paper[1]), right(paper)
    kernel, filters, channels = conv["conv"]["kernel"], conv["conv"]["filters"], conv.input["channels"]
    total = int(found["8w"])
    swapped = next(
        found["7a"][:place] + found["7a"][place + 1] + found["7a"][place] + found["7a"][place + 2 :]
        for place in range(len(found["7a"]) - 1)
        if found["7a"][place] != found["7a"][place + 1]
    )
    slipped = f"{kernel}*{kernel}*{channels}*{filters} = {int(found['2a']) + 7}"
    return {**found, "2a": slipped, "7a": swapped, "8w": f"{total / 1e6:.1f}M"}


def s11(paper: Paper) -> Answers:
    """A size copied from an earlier layer of the table, as in a well-known text; one byte for each number."""
    found = right(paper)
    side = found["8e"].split("x")[0]
    copied = f"{side}x{side}x{found['8m'].split('x')[2]}"
    return {**found, "8m": copied, "7b": f"{found['7a']} bytes"}


STUDENTS: dict[str, Callable[[Paper], Answers]] = {
    function.__name__: function for function in (s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11)
}
"""Everybody who hands in; s12 does not."""

PLANTED: dict[tuple[str, str], tuple[str, str]] = {
    ("s03", "3b"): ("mistake", "bias-on-input-side"),
    ("s03", "4a"): ("mistake", "bias-on-input-side"),
    ("s04", "1a"): ("mistake", "forgot-plus-one"),
    ("s04", "1b"): ("mistake", "forgot-plus-one"),
    ("s04", "2b"): ("mistake", "forgot-bias"),
    ("s05", "2a"): ("mistake", "forgot-input-channels"),
    ("s05", "2b"): ("carried", ""),
    ("s05", "9"): ("wrong", ""),
    ("s06", "6a"): ("mistake", "forgot-plus-one"),
    ("s07", "1a"): ("unreadable", ""),
    ("s07", "1b"): ("unreadable", ""),
    ("s07", "2a"): ("unreadable", ""),
    ("s07", "2b"): ("unreadable", ""),
    ("s07", "3a"): ("blank", ""),
    ("s07", "3b"): ("wrong", ""),
    ("s07", "9"): ("unreadable", ""),
    ("s08", "1a"): ("mistake", "padding-added-once"),
    ("s08", "1b"): ("mistake", "padding-added-once"),
    ("s08", "5a"): ("mistake", "stride-ignored"),
    ("s08", "9"): ("wrong", ""),
    ("s09", "2b"): ("mistake", "one-bias-per-layer"),
    ("s09", "6j"): ("mistake", "flatten-without-channels"),
    ("s09", "6m"): ("carried", ""),
    ("s10", "2a"): ("slip", "arithmetic-slip"),
    ("s10", "7a"): ("slip", ""),
    ("s10", "8w"): ("wrong", ""),
    ("s11", "8m"): ("mistake", "wrong-neighbour-size"),
    ("s11", "7b"): ("mistake", "one-byte-per-parameter"),
}
"""The verdict of each planted answer, and the slug that has to be among its explanations."""


def table(papers: Mapping[str, Paper], blanks: list[str]) -> list[list[str]]:
    """Return the submissions as rows, the header first."""
    rows = [["student", *blanks]]
    for student, answer in STUDENTS.items():
        found = answer(papers[student])
        rows.append([student, *(found[blank] for blank in blanks)])
    return rows
