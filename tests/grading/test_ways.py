"""The way to a wrong answer: hand-worked examples, and what holds for every template and every mistake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from computed import COMPUTED
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Question
from layerquiz.formula.derive import Derivation
from layerquiz.formula.expr import Reference
from layerquiz.formula.solve import value
from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.grading.ways import Way, wrong_way, wrong_ways
from layerquiz.network.mistakes import CATALOGUE, Search
from layerquiz.network.network import Answer, Network
from layerquiz.render.mathtext import in_words

NORMED = """
input: {channels: 3, height: 20, width: 20}
layers:
  - {kind: conv2d, name: conv, filters: 8, kernel: 3}
  - {kind: batchnorm, name: norm}
"""

# network, quantity, answer; the layer and name of the step where the ways part, its right value and the one made of it
WORKED = {
    "a bias forgotten": ("mnist", "conv2.parameters", "9216", "conv2.biases", 32, 0),
    "the depth of the filters": ("alexnet", "conv1.weights", "11616", "conv1.weights", 11 * 11 * 3 * 96, 11 * 11 * 96),
    "one bias for the layer": ("mnist", "fc2.parameters", "2561", "fc2.biases", 10, 1),
    "the first position": ("lenet5", "conv1.height", "27", "conv1.height", 28, 27),
    "a layer left out of the sum": (
        *("alexnet", "total.weights", f"{62_367_776 - 34_848}", "total.weights"),
        *(62_367_776, 62_367_776 - 34_848),
    ),
    "in a layer before it": ("mnist", "fc1.weights", f"{5 * 5 * 256}", "flatten.features", 5 * 5 * 32, 5 * 5),
}


def network(name: str) -> Network:
    """Return a network of the zoo."""
    return Network.named(name)


def the_way(net: Network, quantity: str, answer: str) -> Way:
    """Return the first way to an answer."""
    way = wrong_way(net, quantity, diagnose(net, quantity, answer))
    assert way is not None
    return way


@pytest.mark.parametrize("case", WORKED)
def test_the_first_wrong_step_is_found(case: str) -> None:
    """The ways part at the step and with the numbers that were worked out by hand."""
    name, quantity, answer, step, right, made = WORKED[case]
    way = the_way(network(str(name)), str(quantity), str(answer))
    first_right, first_made = way.first
    assert first_right is not None
    assert first_made is not None
    assert (str(first_right.quantity), first_right.value, first_made.value) == (step, right, made)
    assert way.ends == int(str(answer))


def test_each_explanation_has_its_way() -> None:
    """Two explanations of 54 are two ways, each with its own formula, and both end in 54."""
    net = network("alexnet")
    story = diagnose(net, "conv1.height", "54")
    ways = wrong_ways(net, "conv1.height", story)
    assert [sorted(way.slugs) for way in ways] == [story.mistakes, *story.rivals]
    assert len({way.wrong.steps[-1].formula for way in ways}) == len(ways) == 3
    assert {way.ends for way in ways} == {54}


def test_earlier_values_are_carried_on() -> None:
    """From 22 instead of 24 a pool of 2 gives 11: that is the way, and nothing on it is a wrong rule."""
    net = network("mnist")
    stories = diagnose_sheet(net, {"conv1.height": "22", "maxpool1.height": "11"})
    assert stories["maxpool1.height"].verdict == "carried"
    way = wrong_way(net, "maxpool1.height", stories["maxpool1.height"], stories)
    assert way is not None
    assert way.slugs == ()
    assert [str(step.quantity) for step in way.wrong.steps] == ["maxpool1.height"]
    assert way.wrong.steps[0].values[Reference("before", "height")] == 22
    assert way.ends == 11


def test_a_mistake_on_earlier_values_is_set_beside_the_right_rule_on_them() -> None:
    """From 23 instead of 24 a pool gives 11 and a window of 3 then 9: 8 lacks its first position; the key is 10."""
    net = network("mnist")
    stories = diagnose_sheet(net, {"conv1.height": "23", "conv2.height": "8"})
    story = stories["conv2.height"]
    assert (story.verdict, story.expected, story.own_value) == ("mistake", 10, 9)
    way = wrong_way(net, "conv2.height", story, stories)
    assert way is not None
    assert way.own
    assert (way.right.steps[-1].value, way.wrong.steps[-1].value, way.ends) == (9, 8, 8)


def test_a_slip_parts_at_the_last_number() -> None:
    """Both ways are the right one, and the way ends in what was written."""
    way = the_way(network("lenet5"), "conv1.parameters", "(5*5*1 + 1)*6 = 165")
    assert way.right == way.wrong
    assert way.first[0] == way.first[1]
    assert way.first[0] is not None
    assert (way.first[0].value, way.ends) == (156, 165)


def test_another_convention_is_a_way_too() -> None:
    """Multiply-adds for operations end one step earlier; 4 numbers per channel come from another rule."""
    net = network("alexnet")
    way = the_way(net, "total.flops", "1135256096")
    assert [step and str(step.quantity) for step in way.first] == ["total.flops", "total.macs"]
    assert way.ends == 1_135_256_096
    normed = Network.parse(NORMED)
    way = the_way(normed, "norm.parameters", "32")
    assert way.slugs == ("bn-moving-statistics",)
    assert way.ends == 32


@pytest.mark.parametrize("answer", ["77777", "", "ask my neighbour", "34,944"])
def test_what_is_not_explained_has_no_way(answer: str) -> None:
    """Nothing is made up about an answer that is wrong, blank, unreadable or right."""
    net = network("alexnet")
    assert wrong_ways(net, "conv1.parameters", diagnose(net, "conv1.parameters", answer)) == ()


def drawings(many: int) -> Iterator[Question]:
    """Yield some drawings of every template."""
    for name in COMPUTED:
        yield from (draw(library.named(name), seed) for seed in range(many))


def mistaken_values(question: Question, quantity: str, slug: str) -> Iterator[Answer]:
    """Yield the wrong values of a quantity with one mistake, made everywhere or at one layer."""
    net, members = question.network, question.network.members(quantity)
    search = Search(net, members)
    for change in search.singles([CATALOGUE[slug]]):
        values = search.values(change)
        if values is not None and net.fault(values, search.needed) is None:
            found = net.collected(quantity, members, values)
            if found != net.value(quantity):
                yield found


def layers_of(question: Question, quantity: str, slugs: tuple[str, ...]) -> set[str]:
    """Return the parts at which some mistakes can be made above a quantity."""
    search = Search(question.network, question.network.members(quantity))
    return {part for slug in slugs for way in search.ways(CATALOGUE[slug]) for part in way.rules}


def check_arithmetic(derivation: Derivation) -> None:
    """Compute each step again, and see that what it reads is what the steps before it gave."""
    known = {}
    for step in derivation.steps:
        assert value(step.formula, step.values.__getitem__) == step.value
        for local, name in step.names.items():
            assert known.get(name, step.values[local]) == step.values[local]
        known[step.quantity] = step.value


@pytest.mark.slow
def test_every_mistake_in_every_template(many: int) -> None:
    """The wrong way ends in the mistaken value, its arithmetic is right, and it first differs where the mistake is."""
    seen = 0
    for question in drawings(many):
        for blank in question.blanks:
            for slug in CATALOGUE:
                for wrong in dict.fromkeys(mistaken_values(question, blank.quantity, slug)):
                    story = diagnose(question.network, blank.quantity, in_words(wrong), rounding=False)
                    ways = wrong_ways(question.network, blank.quantity, story) if story.read_as == wrong else ()
                    for way in ways:
                        seen += 1
                        assert way.ends == wrong
                        check_way(question, blank.quantity, way)
    assert seen > 1000


def check_way(question: Question, quantity: str, way: Way) -> None:
    """See that a way is one: it is computed rightly to its end, and parts at a layer of its mistake."""
    check_arithmetic(way.wrong)
    check_arithmetic(way.right)
    last = {step.value for step in way.wrong.steps if step.quantity in way.wrong.targets}
    assert last <= set(way.ends if isinstance(way.ends, tuple) else (way.ends,))
    right, made = way.first
    if right is None or made is None or way.right == way.wrong:
        return
    if way.slugs and way.slugs[0] in CATALOGUE and layers_of(question, quantity, way.slugs):
        layers = layers_of(question, quantity, way.slugs)
        gone = not layers & {step.quantity.owner for step in way.wrong.steps}  # nothing is left of them to sum up
        assert made.quantity.owner in layers or gone
        assert (made.formula, made.value) != (right.formula, right.value)
    before = {step.quantity: step.value for step in way.right.steps}
    for step in way.wrong.steps[: way.wrong.steps.index(made)]:
        assert before.get(step.quantity, step.value) == step.value
