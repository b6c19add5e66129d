"""One answer to its story: what was observed, the order of the verdicts, and what every diagnosis promises."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from layerquiz.errors import NetworkError
from layerquiz.grading import diagnose as diagnosis
from layerquiz.grading.diagnose import MOST_RIVALS, MOST_STORIES, diagnose
from layerquiz.network.conventions import NAMED
from layerquiz.network.layers import KINDS
from layerquiz.network.mistakes import CATALOGUE, Search, mistaken
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

DATA = Path(__file__).parents[1] / "data"


def rows(name):
    """The lines of a data file; a repetition is written out."""
    for line in (DATA / name).read_text("utf-8").splitlines():
        row = json.loads(line)
        if "repeat" in row:
            start, again, times, end = row["repeat"]
            row["answer"] = start + again * times + end
        yield row


def known(rows_):
    """The lines whose kinds of layers exist; the others wait for their kinds."""
    return [row for row in rows_ if all(layer["kind"] in KINDS for layer in row["network"]["layers"])]


def sets(story):
    """The sets of slugs that a story names."""
    return [sorted(slugs) for slugs in (story.mistakes, *story.rivals)]


def network(*layers, conventions="textbook", **given):
    """A network of a few layers on an image of 3 x 32 x 32, unless an input is given."""
    given = given or {"channels": 3, "height": 32, "width": 32}
    return Network.parse({"conventions": conventions, "input": given, "layers": list(layers)})


def conv(filters=8, kernel=5, name="c", **keys):
    """A convolution called c."""
    return {"kind": "conv2d", "name": name, "filters": filters, "kernel": kernel, **keys}


STRIP = network({"kind": "conv1d", "name": "c", "filters": 32, "kernel": 5}, channels=7, length=100)
DENSE = network({"kind": "dense", "name": "fc", "units": 256}, features=128)
NORM = {"kind": "batchnorm", "name": "n"}


def is_named(row):
    """Whether a line's mistake is told: the expected verdict, and its slugs the story or among its rivals."""
    story = diagnose(Network.parse(row["network"]), row["quantity"], row["answer"])
    expected = [sorted(slugs) for slugs in (row["mistakes"], *row.get("accept", []))]
    is_told = any(slugs in expected for slugs in sets(story))
    return is_told and story.verdict in (row["verdict"], *row.get("verdict_ok", []))


def test_observed_mistakes_are_named(summary):
    """Of the wrong answers that were seen, all are named; the end of the report says how many, and what is missed."""
    lines = known(rows("observed_mistakes.jsonl"))
    missed = [row for row in lines if not is_named(row)]
    summary.append(f"real answers: {len(lines) - len(missed)} of {len(lines)} wrong ones named")
    summary += [f"  missed: {row['id']}, {row['quantity']}: {row['answer']}, for {row['mistakes']}" for row in missed]
    assert len(lines) >= 54
    assert missed == []


def test_right_answers_are_not_accused(summary):
    """Of the right answers in all forms that were seen, none is told a mistake."""
    lines = [row for row in known(rows("answer_forms.jsonl")) if row["verdict"] in ("correct", "convention")]
    told = [(row, diagnose(Network.parse(row["network"]), row["quantity"], row["answer"])) for row in lines]
    accused = [row["id"] for row, story in told if story.verdict not in ("correct", "convention", "carried")]
    summary.append(f"right answers: {len(lines)} in the forms that people write, {len(accused)} accused")
    assert len(lines) > 100
    assert accused == []


@pytest.mark.parametrize("row", known(rows("answer_forms.jsonl")), ids=lambda row: row["id"])
def test_answer_forms(row, calls):
    """A right answer is right in every form that was seen; a hostile one earns nothing, in few steps, and no error."""
    net = Network.parse(row["network"])
    story = diagnose(net, row["quantity"], row["answer"])
    if row.get("hostile"):
        assert calls(lambda: diagnose(net, row["quantity"], row["answer"])) < 150_000
    if row["verdict"] == "any":
        assert story.verdict in ("blank", "unreadable", "wrong", "mistake")
    else:
        assert story.verdict == row["verdict"]


def test_lines_that_wait():
    """Lines are skipped for their kind of layer only, so that a new kind picks its lines up."""
    skipped = {}
    for name in ("observed_mistakes.jsonl", "answer_forms.jsonl"):
        every = list(rows(name))
        skipped[name] = len(every) - len(known(every))
    assert skipped["observed_mistakes.jsonl"] <= 15
    assert skipped["answer_forms.jsonl"] <= 38


TOLD = {
    "bias on the wrong bracket": (STRIP, "c.parameters", "1155", "mistake", [["bias-on-input-side"]]),
    "two names for one number": (
        DENSE,
        "fc.parameters",
        "32,896",
        "mistake",
        [["bias-on-input-side"], ["bias-per-input-channel"]],
    ),
    "right": (STRIP, "c.parameters", "(5*7+1)*32", "correct", [[]]),
    "nothing written": (STRIP, "c.parameters", "  ", "blank", [[]]),
    "no number": (STRIP, "c.parameters", "many", "unreadable", [[]]),
    "two numbers": (STRIP, "c.parameters", "12 = 54", "unreadable", [[]]),
    "MACs for FLOPs": (STRIP, "c.flops", str(5 * 7 * 32 * 96), "convention", [["mac-vs-flop"]]),
    "FLOPs for MACs": (STRIP, "c.macs", str(2 * 5 * 7 * 32 * 96), "convention", [["mac-vs-flop"]]),
    "the other unit": (STRIP, "c.macs", f"{5 * 7 * 32 * 96} FLOPs", "convention", [["mac-vs-flop"]]),
    "its own unit": (STRIP, "c.macs", f"{5 * 7 * 32 * 96} MACs", "correct", [[]]),
    "a rounded memory": (network(conv(64, 5)), "c.parameter_bytes", "19.5 KB", "correct", [[]]),
    "KiB for KB": (network(conv(64, 5)), "c.parameter_bytes", "19.0 KB", "convention", [["mb-vs-mib"]]),
    "stored statistics": (network(NORM), "n.parameters", str(4 * 3), "convention", [["bn-moving-statistics"]]),
    "stored statistics left out": (
        network(NORM, conventions="keras"),
        "n.parameters",
        str(2 * 3),
        "convention",
        [["bn-moving-statistics"]],
    ),
    "a right expression, a wrong value": (STRIP, "c.parameters", "(5*7+1)*32 = 1187", "slip", [["arithmetic-slip"]]),
    "digits exchanged": (DENSE, "fc.parameters", "30324", "slip", [[]]),
    "a digit dropped": (DENSE, "fc.parameters", "3304", "slip", [[]]),
    "a digit doubled": (DENSE, "fc.parameters", "330244", "slip", [[]]),
    "digits exchanged in a short number": (STRIP, "c.parameters", "1125", "wrong", [[]]),
    "one too many in a long number": (DENSE, "fc.parameters", "33025", "wrong", [[]]),
    "ten times too much": (STRIP, "c.parameters", "11520", "wrong", [[]]),
    "two mistakes": (network(conv()), "c.parameters", str(5 * 5 * 8), "mistake", None),
}


@pytest.mark.parametrize("case", TOLD.values(), ids=list(TOLD))
def test_told(case):
    """Each verdict is told where its definition says so, with the slugs that the catalogue has for it."""
    net, quantity, written, verdict, slugs = case
    story = diagnose(net, quantity, written)
    assert story.verdict == verdict
    assert slugs is None or sets(story) == slugs


SHAPES = {
    "textbook, as written": ("textbook", "28x28x8", "correct"),
    "textbook, channels first": ("textbook", "8x28x28", "correct"),
    "textbook, channels between": ("textbook", "28x8x28", "wrong"),
    "pytorch, as written": ("pytorch", "8x28x28", "correct"),
    "pytorch, channels last": ("pytorch", "28x28x8", "convention"),
    "keras, as written": ("keras", "28x28x8", "correct"),
    "keras, channels first": ("keras", "8x28x28", "convention"),
    "keras, channels between": ("keras", "28x8x28", "wrong"),
}


@pytest.mark.parametrize(("conventions", "written", "verdict"), SHAPES.values(), ids=list(SHAPES))
def test_order_of_a_shape(conventions, written, verdict):
    """The other order of a shape is right under textbook and a convention elsewhere; a third order is wrong."""
    assert diagnose(network(conv(), conventions=conventions), "c.shape", written).verdict == verdict


def test_axes_that_differ():
    """A quantity with another number on each axis takes all of them, in their order only."""
    net = network(conv(kernel=[3, 5], stride=[1, 2]))
    assert net.value("c.receptive_field") == (3, 5)
    assert diagnose(net, "c.receptive_field", "3 x 5").verdict == "correct"
    assert diagnose(net, "c.receptive_field", "(3, 5)").verdict == "correct"
    assert diagnose(net, "c.receptive_field", "5 x 3").verdict == "wrong"
    assert diagnose(net, "c.stride", "1 x 2").verdict == "correct"


def test_square_sizes():
    """7x7 counts as 7 for a height, and never as a shape."""
    net = network(conv(kernel=26))
    assert diagnose(net, "c.height", "7x7").verdict == "correct"
    assert diagnose(net, "c.shape", "7x7").verdict == "wrong"


ROUNDED = {
    "rounded": ("138M", True, "correct"),
    "three digits, cut off": ("1.38e8", True, "correct"),
    "cut off": ("138.3M", True, "correct"),
    "rounded up": ("138.4M", True, "correct"),
    "one beside": ("137.9M", True, "wrong"),
    "two digits": ("0.14G", True, "wrong"),
    "not allowed": ("138M", False, "wrong"),
    "all digits": ("138.357544M", False, "correct"),
}


@pytest.mark.parametrize(("written", "allowed", "verdict"), ROUNDED.values(), ids=list(ROUNDED))
def test_rounded_answers(written, allowed, verdict):
    """A rounded answer is compared at three digits or more, rounded or cut off, where the blank allows it."""
    story = diagnose(Network.named("vgg16"), "total.parameters", written, rounding=allowed)
    assert story.verdict == verdict
    assert ("exact number is asked for" in story.hint) == (not allowed and verdict == "wrong")


def test_convention_before_mistake():
    """A number that another convention gives is no mistake, although a mistake gives it too."""
    net = network(conv(filters=6, kernel=3, groups=2), channels=6, height=9, width=9)
    assert (2 * net.value("c.macs"),) in mistaken(net, "groups-ignored", ["c.macs"])
    assert diagnose(net, "c.macs", str(2 * net.value("c.macs"))).verdict == "convention"


SCALES = {
    "a million as 2^20": ("131.9M", [["million-as-1024-squared"]]),
    "a million as 2^20, without the M": ("131.9", [["million-as-1024-squared"]]),
    "the memory, in MiB": ("528 MB", [["bytes-reported-as-parameters"]]),
    "the memory, in bytes": (str(4 * 138_357_544), [["bytes-reported-as-parameters"]]),
    "a prefix left out": ("138.4", [["unit-scale-applied-twice"]]),
    "no digits": ("0", [[]]),
}


@pytest.mark.parametrize(("written", "slugs"), SCALES.values(), ids=list(SCALES))
def test_wrong_scales(written, slugs):
    """An answer of another scale is named by it where it shows digits enough."""
    assert sets(diagnose(Network.named("vgg16"), "total.parameters", written)) == slugs


def test_three_digits_name_no_mistake_made_elsewhere():
    """Of mistakes made in many other layers some come near any three digits; four are evidence."""
    assert diagnose(Network.named("vgg16"), "total.parameters", "44.0M").verdict == "wrong"
    assert sets(diagnose(Network.named("vgg16"), "total.parameters", "43.99M")) == [["forgot-plus-one"]]


def test_single_before_pair_before_slip():
    """Pairs are named only where no single mistake fits, and a mistake goes before a slip."""
    net = network(conv())
    assert all(len(slugs) == 1 for slugs in sets(diagnose(net, "c.parameters", str(5 * 5 * 3 * 8))))
    assert all(len(slugs) == 2 for slugs in sets(diagnose(net, "c.parameters", str(5 * 5 * 8))))
    assert diagnose(net, "c.parameters", "(5*5*3+1)*8 = 600").mistakes == ["forgot-bias"]


def test_another_layer_comes_last():
    """A size of another layer is called so only where nothing at this layer explains it."""
    net = network(conv(), conv(name="d", kernel=9), {"kind": "maxpool2d", "name": "p", "kernel": 2})
    assert diagnose(net, "p.height", str(28)).mistakes == ["wrong-neighbour-size"]
    assert "wrong-neighbour-size" not in diagnose(net, "d.height", "28").mistakes
    assert diagnose(net, "p.shape", "28x28x8").mistakes == ["wrong-neighbour-size"]
    assert diagnose(net, "d.receptive_field", "5").mistakes == ["rf-of-another-layer"]


def test_many_rivals_are_not_named(monkeypatch):
    """More rivals than can be named make an answer wrong, without mistakes, with a hint."""
    monkeypatch.setattr(diagnosis, "MOST_RIVALS", 0)
    story = diagnose(DENSE, "fc.parameters", "32,896")
    assert (story.verdict, story.mistakes, story.rivals) == ("wrong", [], [])
    assert story.hint
    assert MOST_RIVALS == 8


def test_broken_equality_is_shown():
    """In a chain the last value is the answer, and an equality that does not hold is shown."""
    net = network(conv(kernel=11, stride=4), channels=3, height=227, width=227)
    story = diagnose(net, "c.height", "(227-11)/4 = 54 + 1 = 55")
    assert (story.verdict, story.read_as) == ("correct", 55)
    broken = diagnose(STRIP, "c.parameters", "(5*7+1)*32 = 36*30 = 1152")
    assert broken.verdict == "correct"
    assert broken.broken
    assert broken.broken[0] in broken.hint


def test_unreadable_points_at_its_place():
    """An answer that cannot be read is never wrong: it says where, and is reviewed."""
    story = diagnose(STRIP, "c.parameters", "11@@52")
    assert story.verdict == "unreadable"
    assert "At character" in story.hint


def notations(value):
    """A right value, written in ten ways; a fraction, such as a jump of half a pixel, in one."""
    if isinstance(value, Fraction):
        return [str(value)]
    if isinstance(value, tuple):
        row = ", ".join(map(str, value))
        joined = [sign.join(map(str, value)) for sign in ("x", " x ", "×", " × ", "X", r" \times ")]
        return [*joined, f"({row})", f"[{row}]", f"(None, {row})", f"torch.Size([{row}])"]
    if isinstance(value, Fraction):
        whole, decimal = f"{value.numerator}/{value.denominator}", f"{value.numerator / value.denominator:.5g}"
        rounded = () if "e" in decimal or value.denominator in (2, 4, 5, 8) else (decimal, f"about {decimal}")
        return [whole, f"= {whole}", f"$\\frac{{{value.numerator}}}{{{value.denominator}}}$", *rounded]
    grouped = f"{value:,}"
    plain = [str(value), grouped, grouped.replace(",", " "), grouped.replace(",", "'"), f"= {value}", f"**{value}**"]
    return [*plain, f"$\\boxed{{{value}}}$", f"{value}.0", f"{value // 7}*7 + {value % 7}", f"N = {value}"]


def network_of(draw):
    """A drawn network, of all kinds of layers, whose shapes can be."""
    while True:
        try:
            return Network.parse(drawn_kinds.any_network(draw, draw.choice(list(NAMED))))
        except NetworkError:
            continue


def asked_of(net, draw, most):
    """Some quantities of a network that have one value or a shape."""
    names = [name for part in net.graph.parts for name in net.quantities(part) if not name.startswith("input.")]
    return draw.sample(names, min(most, len(names)))


@pytest.mark.parametrize("seed", range(30))
def test_right_answers_are_never_accused(seed, many):
    """A right answer is correct in each of ten notations, whatever the network."""
    draw = drawn.generator(f"right {seed}")
    for _ in range(5 * many):
        net = network_of(draw)
        for name in asked_of(net, draw, 8):
            value = net.value(name)
            if isinstance(value, tuple) and (len(value) < 2 or any(size < 0 or size != int(size) for size in value)):
                continue  # a fraction or a minus within a list is left to a person
            accused = [text for text in notations(value) if diagnose(net, name, text).verdict != "correct"]
            assert not accused, (net.spec, name)


def gives(net, name, slugs, value):
    """Whether a single mistake, everywhere or at one layer, gives a value; a shape in any order."""
    search = Search(net, net.members(name))
    changes = search.singles([CATALOGUE[slug] for slug in slugs])
    found = (search.values(change) for change in changes)
    answers = [net.value(name, values) for values in found if values is not None]
    return value in answers or any(isinstance(answer, tuple) and is_same(answer, value) for answer in answers)


NOT_RULES = (["wrong-neighbour-size"], ["rf-of-another-layer"])


def is_same(value, key):
    """Whether an answer cannot be told from the key: its value, or a shape of its sizes, or no whole sizes."""
    if not isinstance(value, tuple):
        return value == key
    return sorted(value) == sorted(key) or any(size < 0 or not isinstance(size, int) for size in value)


def check_named(net, name, slug, value):
    """Assert that a mistake's value is told as that mistake, with rivals that give the same number."""
    written = " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    story = diagnose(net, name, written)
    assert story.verdict in ("mistake", "convention"), (net.spec, name, slug, written)
    if story.verdict == "mistake":
        assert [slug] in sets(story), (net.spec, name, slug, written)
        named = [slugs for slugs in sets(story) if slugs not in NOT_RULES]
        assert all(gives(net, name, slugs, value) for slugs in named), (net.spec, name, named, written)


@pytest.mark.parametrize("seed", range(30))
def test_mistaken_values_are_named(seed, many):
    """The value of a mistake is named as that mistake, and every rival gives the same number."""
    draw = drawn.generator(f"mistaken {seed}")
    for _ in range(3 * many):
        net = network_of(draw)
        for name in asked_of(net, draw, 6):
            key = net.value(name)
            for slug in CATALOGUE:
                for (value,) in mistaken(net, slug, [name]):
                    if isinstance(value, tuple) == isinstance(key, tuple) and not is_same(value, key):
                        check_named(net, name, slug, value)


@pytest.mark.parametrize("quantity", ["total.parameters", "total.macs", "fc3.parameters", "conv5_4.receptive_field"])
def test_bounded_by_counts(quantity, monkeypatch):
    """No answer has more stories evaluated than the bound, in the largest known network too."""
    tried = []
    real = Search.values
    monkeypatch.setattr(Search, "values", lambda *given: tried.append(1) or real(*given))
    story = diagnose(Network.named("vgg19"), quantity, "123456787")
    assert story.verdict == "wrong"
    assert 0 < len(tried) <= MOST_STORIES
    tried.clear()
    monkeypatch.setattr(diagnosis, "MOST_STORIES", 50)
    diagnose(Network.named("vgg19"), quantity, "123456787")
    assert len(tried) <= 50


def test_the_sealed_key_counts():
    """A sealed key is the right answer, whatever the formulas of this version say."""
    stories = diagnosis.diagnose_sheet(DENSE, {"fc.parameters": "33000"}, keys={"fc.parameters": 33000})
    assert stories["fc.parameters"].verdict == "correct"


@pytest.mark.parametrize("answer", ["(-1, -3)", "-1, -3", "[-1,-3]", "-1x-3"])
def test_a_minus_one_that_is_asked_for_is_no_batch(answer):
    """Where all sizes are there, a first -1 is one of them."""
    net = network({"kind": "zeropad", "name": "x", "padding": [[1, 2], 3]}, channels=3, height=8, width=8)
    assert diagnose(net, "x.first_position", answer).verdict == "correct"
