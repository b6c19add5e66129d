"""Questions made from a network: each structure once, none trivial, numbers near the model's own, and right."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

import layerquiz as lq
from layerquiz.check import check
from layerquiz.errors import LayerquizError
from layerquiz.exam import exam
from layerquiz.exam.drawing import draw
from layerquiz.exam.from_network.made import Made, Wish, made
from layerquiz.exam.from_network.ranges import kernels, near
from layerquiz.exam.from_network.worth import KINDS
from layerquiz.exam.recipe import networks_of
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.languages import LANGUAGES, Words
from layerquiz.network.zoo import names
from oracle import drawn

ASKED = ("parameters", "shape", "macs")
NUMBER, SHORT = 10, 3
"""So many questions are made of each network; a network of fewer layers has fewer."""

OWN = """
name: Own model
conventions: pytorch
input: {channels: 1, height: 64, width: 96}
layers:
  - {kind: conv2d, name: stem, filters: 32, kernel: 5, stride: 2, padding: 2}
  - {kind: batchnorm, name: norm}
  - {kind: activation, name: relu, function: relu}
  - {kind: conv2d, name: left, filters: 32, kernel: 3, padding: 1, bias: false}
  - {kind: activation, name: relu2, function: relu}
  - {kind: conv2d, name: right, filters: 32, kernel: 3, padding: 1, bias: false}
  - {kind: add, name: residual, from: [right, relu]}
  - {kind: conv2d, name: grouped, filters: 64, kernel: 3, stride: 2, padding: 1, groups: 4}
  - {kind: convtranspose2d, name: up, filters: 24, kernel: 4, stride: 2, padding: 1}
  - {kind: avgpool2d, name: pool, kernel: [32, 1]}
  - {kind: tokens, name: steps}
  - {kind: dense, name: shared, units: 24}
  - {kind: dense, name: again, units: 24, shares: shared}
  - {kind: lstm, name: lstm, units: 40, layers: 2, bidirectional: true, sequences: false}
  - {kind: dropout, name: dropout, rate: 0.3}
  - {kind: dense, name: classes, units: 12}
"""
NETWORKS = ("own model", *names())


@cache
def network(name: str) -> lq.Network:
    return lq.Network.parse(OWN) if name == "own model" else lq.Network.named(name)


@cache
def questions(name: str, exactly: bool = False) -> list[Made]:
    return made(network(name), Wish(ASKED, exactly=exactly), NUMBER)


def structure(template: Any) -> str:
    """Return the layers of a template without their numbers, and what it asks, read from what is drawn."""
    question = draw(template, 0)
    layers = [
        (
            layer["kind"],
            layer.get("from"),
            *sorted(f"{key}{'' if _plain(found) else 's'}" for key, found in layer.items()),
        )
        for _, spec in networks_of(question.drawn)
        for layer in spec["layers"]
    ]
    return repr((template.kind, layers, [blank.quantity for blank in question.blanks]))


def _plain(found: Any) -> bool:
    """Say whether a key says nothing, or the least."""
    return found in (0, 1, True, False) or isinstance(found, str)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("exactly", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_ten_different_questions_come(name: str, exactly: bool) -> None:
    """No two have the same layers and ask the same; several kinds are among them."""
    found = questions(name, exactly)
    assert len(found) == (NUMBER if len(network(name).layers) >= SHORT else len(network(name).layers) * 2 + 1)
    assert len({structure(each.template) for each in found}) == len(found)
    assert len({each.template.name for each in found}) == len(found)
    assert {"number", "compare"} <= {each.proposal.kind for each in found}
    assert {"table", "find-error"} & {each.proposal.kind for each in found}


@pytest.mark.sampled(10)
@pytest.mark.parametrize("name", NETWORKS)
def test_templates_hold_what_those_of_the_library_do(name: str) -> None:
    """The checks of an author's template find nothing: mistakes show, nothing is undecided, all formats print it."""
    for each in questions(name):
        assert not check(each.template, 4).problems, each.template.text


@pytest.mark.sampled(5)
@pytest.mark.parametrize("exactly", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_no_answer_is_copied(name: str, exactly: bool) -> None:
    """A number that is asked for is not zero; an answer in a plain question does not stand in its text."""
    for each in questions(name, exactly):
        question = draw(each.template, "t")
        for blank in (blank for blank in question.blanks if blank.listed is None):
            sizes = blank.key if isinstance(blank.key, tuple) else (blank.key,)
            assert all(sizes), blank.quantity
            if (
                each.proposal.kind == "number"
                and len(each.proposal.region.layers) == 1
                and not isinstance(blank.key, tuple)
            ):
                assert f" {blank.key:,} " not in question.text.replace("$", " ")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", NETWORKS)
def test_exactly_gives_the_models_own_numbers(name: str) -> None:
    """What a part of the network gives by itself is what the whole network counts for the layer."""
    whole = lq.solve(network(name))
    for each in questions(name, exactly=True):
        question = draw(each.template, 0)
        for blank in question.blanks:
            owner, _, quantity = blank.quantity.rpartition(".")
            if blank.listed is None and owner != "total":
                row = whole[each.names[owner]]
                assert blank.key == (row.shape if quantity == "shape" else getattr(row, quantity))
            elif blank.listed is None:
                assert blank.key == sum(getattr(whole[layer], quantity) for layer in each.names.values())


def test_receptive_fields_are_those_of_the_image() -> None:
    """A part in the middle of the network does not know its receptive field."""
    net, seen = network("alexnet"), 0
    for each in made(net, Wish(("receptive_field", "jump"), exactly=True, kinds=("number", "table")), 4):
        for blank in draw(each.template, 0).blanks:
            owner, _, quantity = blank.quantity.rpartition(".")
            assert blank.key == net.value(f"{each.names[owner]}.{quantity}")
            seen += 1
    assert seen > 3


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", NETWORKS)
def test_numbers_vary_and_stay_near(name: str) -> None:
    """Two seeds in five give another drawing; every width is within half and twice the model's."""
    for each in questions(name):
        drawn_five = [draw(each.template, seed) for seed in range(5)]
        assert len({question.identity for question in drawn_five}) > 1
        if each.proposal.variant:
            continue
        own = {each.proposal.region.names[layer.name]: layer for layer in each.proposal.region.layers}
        for question in drawn_five:
            for layer in question.drawn["network"]["layers"]:
                for key in ("filters", "units"):
                    if key in layer:
                        assert (
                            getattr(own[layer["name"]].keys, key) / 2
                            <= layer[key]
                            <= 2 * getattr(own[layer["name"]].keys, key)
                        )


@pytest.mark.parametrize("seed", range(40))
def test_drawn_networks_give_what_they_can(seed: int) -> None:
    """Whatever a network looks like, its questions can be drawn, and asked exactly they have its own numbers."""
    random = drawn.generator(f"questions {seed}")
    try:
        net = lq.Network.parse(drawn.network(random, random.choice(("textbook", "pytorch", "keras"))))
    except lq.NetworkError:
        return
    for each in made(net, Wish(), 4):
        assert draw(each.template, 1).text
    for each in made(net, Wish(exactly=True, kinds=("number",)), 4):
        for blank in draw(each.template, 1).blanks:
            owner, _, quantity = blank.quantity.rpartition(".")
            if owner != "total":
                assert blank.key == net.value(f"{each.names[owner]}.{quantity}")


def test_the_interesting_layers_are_asked_about() -> None:
    """Of a model with all of them: the transposed and the grouped convolution, the LSTM, the sum, the shared layer."""
    about = {layer.kind.name for each in questions("own model") for layer in each.proposal.region.layers}
    targets = {each.proposal.region.target.name for each in questions("own model")}
    assert {"up", "grouped", "lstm", "residual", "again", "stem"} <= targets
    assert {"add", "convtranspose2d", "lstm"} <= about
    assert "dropout" not in about


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_said_in_each_language(language: str) -> None:
    """The same numbers and the same answers, in other words."""
    said = made(network("own model"), Wish(ASKED, words=Words(language)), NUMBER)
    for one, other in zip(said, questions("own model"), strict=True):
        first, second = draw(one.template, 3), draw(other.template, 3)
        assert [blank.key for blank in first.blanks] == [blank.key for blank in second.blanks]
        assert language == "en" or first.text != second.text
        assert not check(one.template, 2).problems


def test_known_answers_by_hand() -> None:
    """Asked exactly: (4·4·64 + 1... the numbers of the model's layers, counted on paper."""
    keys = {
        (each.names[blank.quantity.rpartition(".")[0]], blank.quantity.rpartition(".")[2]): blank.key
        for each in questions("own model", exactly=True)
        for blank in draw(each.template, 0).blanks
        if blank.listed is None and not blank.quantity.startswith("total")
    }
    assert keys["up", "parameters"] == 4 * 4 * 64 * 24 + 24
    assert keys["up", "shape"] == (24, 32, 48)
    assert keys["grouped", "parameters"] == 3 * 3 * (32 // 4) * 64 + 64
    assert keys["stem", "macs"] == 5 * 5 * 1 * 32 * 32 * 48
    assert keys["lstm", "parameters"] == 2 * 4 * (24 * 40 + 40 * 40 + 80) + 2 * 4 * (80 * 40 + 40 * 40 + 80)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone(kind: str) -> None:
    """Only questions of the kind that is wanted come."""
    found = made(network("resnet50"), Wish(ASKED, kinds=(kind,)), 3)
    assert found
    assert {each.proposal.kind for each in found} == {kind}


@pytest.mark.parametrize(
    ("number", "multiple"), [(64, 1), (96, 8), (1000, 1), (768, 192), (10, 1), (6, 1), (2048, 32), (120, 1)]
)
def test_widths_near_a_number(number: int, multiple: int) -> None:
    """The number itself is among them, all are multiples of what they have to be, and none is far away."""
    found = near(number, multiple)
    assert number in found
    assert len(found) >= 4
    assert all(width % multiple == 0 and number / 2 < width < 2 * number for width in found)


def test_colour_stays_colour() -> None:
    """Three channels are never four; a kernel of one stays, an odd one stays odd."""
    assert near(3) == [3]
    assert kernels(1) == [1]
    assert all(size % 2 for size in kernels(5))


@pytest.mark.parametrize(
    ("wish", "slug", "cure"),
    [
        (Wish(("paramters",)), "unknown-quantity", "parameters"),
        (Wish(("tokens",)), "does-not-apply", "parameters"),
        (Wish(kinds=("tables",)), "unknown-kind", "table"),
    ],
)
def test_what_cannot_be_asked_is_told(wish: Wish, slug: str, cure: str) -> None:
    """One message with what is there instead."""
    with pytest.raises(LayerquizError) as caught:
        made(network("lenet5"), wish, 3)
    assert caught.value.slug == slug
    assert cure in str(caught.value)


def test_a_small_network_says_how_many_there_are() -> None:
    """A number that cannot be met is refused with the number that can; without one all there are come."""
    small = lq.Network.parse({"input": {"features": 20}, "layers": [{"kind": "dense", "units": 7}]})
    there = lq.questions(small, ("parameters",))
    assert [question.text for question in lq.questions(small, "parameters")] == [question.text for question in there]
    assert 1 <= len(there) < NUMBER
    with pytest.raises(LayerquizError, match=f"{len(there)} different question"):
        lq.questions(small, ("parameters",), number=NUMBER)


def test_no_key_of_the_notation_stands_in_a_pooling_layers_words() -> None:
    """What a global pooling keeps is said in words, in each language."""
    net = lq.Network.parse(
        """
        input: {channels: 8, height: 6, width: 6}
        layers:
          - {kind: globalavgpool, name: pool, keepdims: true}
          - {kind: flatten, name: flat}
          - {kind: dense, name: fc, units: 5}
        """
    )
    for language, said in (("en", "each axis kept with size 1"), ("de", "jede Achse bleibt mit Größe 1")):
        texts = " ".join(question.text for question in lq.questions(net, exactly=True, language=language))
        assert said in texts
        assert "keepdims" not in texts


def test_the_same_seed_gives_the_same_in_every_process() -> None:
    """The texts of templates and questions do not depend on how Python hashes."""
    code = (
        "import layerquiz as lq\n"
        "for q in lq.questions(lq.Network.named('mobilenet_v2'), seed=4): print(q.template.text, q.text, q.drawn)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] != b""


EXAM = """title: T
seed: 5
questions:
  - {template: conv-size}
  - {network: own.yaml, ask: [parameters, shape], points: 4}
  - {network: own.yaml, ask: [parameters, shape], count: 2, exactly: true}
  - {network: mnist, kinds: [find-error]}
"""


def read(text: str = EXAM) -> exam.Exam:
    return exam.parse(
        text, "exam.yaml", "unused", networks=lambda name: network("own model" if "own" in name else name)
    )


def test_an_exam_asks_about_networks() -> None:
    """Each entry gets other questions than those before; sealed, they need no file."""
    found = read()
    assert len(found.entries) == 5
    assert len({entry.template.text for entry in found.entries}) == 5
    assert found.entries[1].worth == 4
    papers = exam.papers(found, [Student("s1", "n"), Student("s2", "m")])
    again = unseal(seal(found, papers, "0"))
    assert not again.differences
    assert [q.text for p in again.papers for q in p.questions] == [q.text for p in papers for q in p.questions]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{network: mnist, count: 90}", "90 questions about mnist"),
        ("{network: mnst}", "mnist"),
        ("{network: mnist, ask: [paramters]}", "parameters"),
        ("{template: conv-size, ask: [macs]}", 'only questions about a network have "ask"'),
        ("{network: mnist, text: Why?, points: 1}", "one of template, draw, network and text"),
    ],
)
def test_an_entry_that_cannot_be_is_told_with_its_line(entry: str, said: str) -> None:
    """One message that names the line."""
    with pytest.raises(LayerquizError) as caught:
        read(f"title: T\nquestions:\n  - {entry}\n")
    assert said in str(caught.value)
    assert "exam.yaml, line 3" in str(caught.value)
