"""A sheet as a whole: what is carried on, what cannot be, and that nothing but the answers matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from layerquiz.errors import FormulaError, NetworkError
from layerquiz.formula.solve import solve
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.network.conventions import NAMED
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import drawn

DATA = Path(__file__).parents[1] / "data"
ROWS = [json.loads(line) for line in (DATA / "carried_sheets.jsonl").read_text("utf-8").splitlines()]
KNOWN = [row for row in ROWS if all(layer["kind"] in KINDS for layer in row["network"]["layers"])]


def sets(story):
    """The sets of slugs that a story names."""
    return [sorted(slugs) for slugs in (story.mistakes, *story.rivals)]


def network(*layers, conventions="textbook", **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    given = given or {"channels": 3, "height": 32, "width": 32}
    return Network.parse({"conventions": conventions, "input": given, "layers": list(layers)})


CONV = {"kind": "conv2d", "name": "c", "filters": 8, "kernel": 5}
POOL = {"kind": "maxpool2d", "name": "p", "kernel": 2}
NEXT = {"kind": "conv2d", "name": "d", "filters": 16, "kernel": 3}
NET = network(CONV, POOL, NEXT)


def written(value):
    """A value as a student writes it."""
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row["id"])
def test_carried_sheets(row):
    """An early mistake is named once; what follows from it is carried, and what is right anyway is right."""
    stories = diagnose_sheet(Network.parse(row["network"]), row["answers"])
    assert stories.keys() == row["expect"].keys()
    for quantity, expected in row["expect"].items():
        allowed = [sorted(slugs) for slugs in (expected["mistakes"], *expected.get("accept", []))]
        assert stories[quantity].verdict == expected["verdict"], quantity
        assert any(slugs in allowed for slugs in sets(stories[quantity])), quantity


def test_all_sheets_are_known():
    """Every sheet of the data is graded today: forty blanks."""
    assert sum(len(row["expect"]) for row in KNOWN) == 40


CARRIED = {
    "a height": ({"c.height": "27", "p.height": "13"}, ["mistake", "carried"]),
    "right all the same": ({"c.height": "29", "p.height": "14"}, ["wrong", "correct"]),
    "a shape replaces its sizes": ({"c.shape": "27x27x8", "d.shape": "11x11x16"}, ["mistake", "carried"]),
    "a shape replaces its channels": ({"c.shape": "28x28x3", "d.weights": "3*3*3*16"}, ["mistake", "carried"]),
    "a shape channels first": ({"c.shape": "8x27x27", "d.shape": "16x11x11"}, ["mistake", "carried"]),
    "part of a shape": ({"c.height": "27", "c.shape": "27x28x8"}, ["mistake", "carried"]),
    "a wrong rank": ({"c.shape": "27x27", "d.height": "11"}, ["wrong", "mistake"]),
    "a mistake on own values": ({"c.height": "27", "p.height": "12"}, ["mistake", "mistake"]),
    "a slip on own values": ({"c.channels": "3000", "d.weights": "3*3*3000*16 = 432100"}, ["wrong", "slip"]),
    "two earlier values": ({"c.weights": "77", "c.biases": "1", "c.parameters": "78"}, ["wrong", "mistake", "carried"]),
    "what is not needed": ({"c.biases": "1", "d.height": "12"}, ["mistake", "correct"]),
}


@pytest.mark.parametrize(("answers", "verdicts"), CARRIED.values(), ids=list(CARRIED))
def test_carried(answers, verdicts):
    """A wrong value takes the right one's place for all that depends on it, and for nothing else."""
    assert [story.verdict for story in diagnose_sheet(NET, answers).values()] == verdicts


def test_carried_says_from_where():
    """A carried answer names the blanks that it comes from and what they lead to."""
    story = diagnose_sheet(NET, {"c.height": "27", "d.height": "11"})["d.height"]
    assert (story.verdict, story.carried_from, story.own_value, story.expected) == ("carried", ["c.height"], 11, 12)
    assert "c.height" in story.hint


def test_other_order_is_carried_as_a_convention():
    """Where the sheet fixes the order of shapes, the other order stays a convention on own values too."""
    net = network(CONV, POOL, NEXT, conventions="keras")
    stories = diagnose_sheet(net, {"c.shape": "27x27x8", "p.shape": "8x13x13", "d.shape": "11x11x16"})
    assert [story.verdict for story in stories.values()] == ["mistake", "convention", "carried"]


DEEP = network(CONV, POOL, NEXT, {"kind": "conv2d", "name": "e", "filters": 6, "kernel": 9, "groups": 2})
UNCARRIED = {
    "kernel larger than the image": ({"c.height": "12", "e.height": "3"}, "e.height"),
    "size of 0": ({"c.shape": "0x0x8", "p.height": "0"}, "p.height"),
    "size below 0": ({"c.height": "-9", "p.height": "-5"}, "p.height"),
    "half a pixel": ({"c.height": "27.5", "p.height": "13"}, "p.height"),
    "groups that do not divide": ({"d.channels": "15", "e.weights": "9*9*7*6"}, "e.weights"),
    "a stride of 0": ({"p.stride": "0", "p.height": "14"}, "p.height"),
    "a number of 200 digits": ({"c.channels": "9" * 200, "total.parameters": "5"}, "total.parameters"),
    "a shape of another rank": ({"c.shape": "27x27", "p.height": "13"}, "p.height"),
}


@pytest.mark.parametrize(("answers", "later"), UNCARRIED.values(), ids=list(UNCARRIED))
def test_cannot_be_carried(answers, later):
    """An earlier value that no network can have is reported at the blanks that need it, never swallowed."""
    story = diagnose_sheet(DEEP, answers)[later]
    assert story.verdict != "carried"
    if story.verdict != "correct":
        assert "cannot be carried on to here" in story.hint
        assert next(iter(answers)) in story.hint


SIDE, CHANNELS = "bias-on-input-side", "bias-per-input-channel"
SUPPORT = {
    "nothing else": ({"c.parameters": "1*1*3*8 + 3"}, [[SIDE], [CHANNELS]]),
    "the same mistake again": ({"c.parameters": "1*1*3*8 + 3", "d.parameters": "3*3*8*(16 + 1)"}, [[SIDE]]),
    "the other one again": ({"c.parameters": "1*1*3*8 + 3", "d.parameters": "3*3*8*16 + 8"}, [[CHANNELS]]),
    "a right answer": ({"c.parameters": "1*1*3*8 + 3", "d.parameters": "3*3*8*16 + 16"}, [[SIDE], [CHANNELS]]),
    "nonsense": ({"c.parameters": "1*1*3*8 + 3", "d.parameters": "12345"}, [[SIDE], [CHANNELS]]),
}


@pytest.mark.parametrize(("answers", "told"), SUPPORT.values(), ids=list(SUPPORT))
def test_the_rest_of_the_sheet_decides(answers, told):
    """Of several explanations of one number the one that explains more of the sheet is told; else all are."""
    net = network({**CONV, "kernel": 1}, NEXT)
    assert sets(diagnose_sheet(net, answers)["c.parameters"]) == told


def network_of(draw):
    """A drawn network whose shapes can be."""
    while True:
        try:
            return Network.parse(drawn.network(draw, draw.choice(list(NAMED))))
        except NetworkError:
            continue


@pytest.mark.parametrize("seed", range(30))
def test_what_follows_is_carried(seed, many):
    """What is computed from a wrong value by the textbook's way of looking up is carried, or right anyway."""
    draw = drawn.generator(f"carried {seed}")
    for _ in range(4 * many):
        net = network_of(draw)
        early, late = draw.choice(net.layers).name, net.layers[-1].name
        size = draw.choice(net.form(early).sizes)
        asked = [f"{owner}.{name}" for owner in (late, "total") for name in ("parameters", "macs", "activations")]
        wrong = net.values[early][size] + draw.choice((-2, -1, 1, 2, 7))
        answers, possible = {f"{early}.{size}": str(wrong)}, True
        for name in asked:
            try:
                answers[name] = str(solve(net.graph, name, {f"{early}.{size}": wrong}))
            except FormulaError:
                possible = False
        stories = diagnose_sheet(net, answers)
        for name in set(asked) & answers.keys() if possible else ():
            verdict = stories[name].verdict
            allowed = ("carried", "correct", "convention")
            assert verdict in allowed or "cannot be carried" in stories[name].hint, (net.spec, answers, name)


def nonsense(draw, net, name):
    """An answer that nobody should give: huge, negative, broken, of the wrong rank, or a little beside."""
    value = net.value(name)
    numbers = value if isinstance(value, tuple) else (value,)
    beside = written(tuple(number + draw.choice((0, -1, 1, -number, 100)) for number in numbers))
    odd = ["10^200", "9" * 190, "10^400/3", "1/3", "54.25", "2^1300", "-10^150", "0x0x0", "-3x5x5", "3 x 4 x 5 x 6"]
    odd += ["", "?", "12 MB", "3.5 MiB", "7 FLOPs", "99 MACs", "0.1k", "138M", "1.234", "~5", "12 = 54", "1e9x1e9x3"]
    plain = [beside, written(value), str(draw.randint(-5, 5)), str(10 ** draw.randint(1, 30))]
    return draw.choice([draw.choice(odd), *plain])


@pytest.mark.parametrize("seed", range(25))
def test_nonsense(seed, many):
    """Whatever is written, each blank has a story, in JSON too, and the order of the answers says nothing."""
    draw = drawn.generator(f"nonsense {seed}")
    for _ in range(4 * many):
        net = network_of(draw)
        names = [name for part in net.graph.parts for name in net.quantities(part)]
        answers = {
            name: nonsense(draw, net, name) for name in draw.sample(names, min(draw.choice((1, 3, 6)), len(names)))
        }
        stories = diagnose_sheet(net, answers)
        assert stories == diagnose_sheet(net, dict(reversed(answers.items())))
        assert json.dumps([story.as_json() for story in stories.values()])
        for name, story in stories.items():
            wrong = answers[name] != written(net.value(name))
            assert wrong or story.verdict in ("correct", "unreadable"), (net.spec, answers, name)


def test_large_sheets_take_bounded_work(calls):
    """A table of a large network with wrong rows is told in a bounded number of steps, the first time too.

    No other test has this network, so nothing is known of it before, whichever tests have run.
    """
    spec = Network.named("vgg19").spec
    net = Network.parse({**spec, "layers": [*spec["layers"], {"kind": "dense", "name": "only_here", "units": 7}]})
    answers = {f"{layer.name}.parameters": written(net.value(f"{layer.name}.parameters")) for layer in net.layers}
    answers |= {"conv2_1.parameters": "73729", "conv3_2.parameters": "123457", "fc1.parameters": "7"}
    answers |= {"total.parameters": "138000001", "total.macs": "1"}
    assert calls(lambda: diagnose_sheet(net, answers)) < 8_000_000
    stories = diagnose_sheet(net, answers)
    assert sum(story.verdict == "correct" for story in stories.values()) == len(net.layers) - 3


SCRIPT = """
import json
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.network.network import Network
net = Network.named("alexnet")
answers = {
    "conv1.shape": "54x54x96", "conv2.parameters": "614400", "total.parameters": "62378000", "conv3.macs": "149520385",
    "total.macs": "714188480", "conv5.receptive_field": "163", "conv4.parameters": "2654720",
}
told = diagnose_sheet(net, {name: text for name, text in answers.items() if name.split(".")[0] in net.graph.parts})
assert len(told) > 5
print(json.dumps([story.as_json() for story in told.values()]))
"""


def test_same_stories_under_any_hash_seed():
    """Stories do not depend on the order of sets: they are the same under every hash seed."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert printed[0] == printed[1]
    assert '"mistake"' in printed[0]
