"""Questions about several networks: values, choices and orders, and the same mistake made in all of them."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import pytest

from exam.recount import recount
from layerquiz.errors import TemplateError
from layerquiz.exam import exam as exams
from layerquiz.exam import library, template
from layerquiz.exam.assumptions import sentences
from layerquiz.exam.drawing import draw
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.grading.grade import grade
from layerquiz.grading.listed import tell
from layerquiz.network.mistakes import mistaken

NAMES = [read.name for read in library.templates().values() if read.kind == "compare"]

TEMPLATE = """---
title: Compared
kind: compare
let: {{size: {{range: [8, 40]}}}}
networks:
  a:
    name: the first
    input: {{channels: {{range: [3, 9]}}, height: "= size", width: "= size"}}
    layers:
      - {{kind: conv2d, name: conv, filters: {{range: [4, 20]}}, kernel: 3}}
  b:
    input: {{channels: "= a.input.channels", height: "= a.conv.height", width: "= size"}}
    layers:
      - {{kind: conv2d, name: conv, filters: "= a.conv.filters + {more}", kernel: 3}}
      - {{kind: batchnorm, name: norm}}
ask:
  - {entry}
---
{wording}
"""


def made(entry="{largest: conv.weights}", more=1, wording="{{ a.conv.filters }} and {{ b.conv.filters }}"):
    return template.parse(TEMPLATE.format(entry=entry, more=more, wording=wording), "made")


def counted(question):
    """Return the quantities of all networks, recounted in plain arithmetic."""
    networks = {name: recount(spec) for name, spec in question.drawn["networks"].items()}
    return {f"{name}.{quantity}": value for name, found in networks.items() for quantity, value in found.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_key_is_what_plain_arithmetic_gives(name):
    for seed in range(40):
        question = draw(library.named(name), seed)
        found = counted(question)
        for asked, blank in zip(question.template.asked, question.blanks, strict=True):
            form, networks = asked.form, list(question.networks)
            if hasattr(form, "quantity"):
                values = {network: found[f"{network}.{form.quantity}"] for network in networks}
            if blank.listed.form == "number":
                value = Fraction(form.value.value(found.get))
                assert blank.key == (value if form.over is None else value / form.over.value(found.get))
            elif blank.listed.form == "order":
                order = sorted(values, key=lambda network: -values[network])
                texts = [question.networks[network].name for network in order]
                letters = {option.text: option.letter for option in blank.listed.options}
                assert blank.key == "".join(letters[text] for text in texts)
            else:
                largest = [place for place, value in enumerate(values.values()) if value == max(values.values())]
                assert blank.key == "ABCDEFGH"[largest[0] if len(largest) == 1 else len(values)]


@pytest.mark.parametrize("name", NAMES)
def test_explained_numbers_come_from_one_mistake_in_all_networks(name):
    question = draw(library.named(name), 11)
    for asked, blank in zip(question.template.asked, question.blanks, strict=True):
        if blank.listed.form != "number":
            continue
        form = asked.form
        for given, sets in list(blank.listed.explained.items())[:12]:
            for (slug,) in sets:
                ways = []
                for network in question.networks:
                    names = [n.partition(".")[2] for n in form.names if n.startswith(f"{network}.")]
                    made_of = question.networks[network]
                    right = tuple(made_of.value(n) for n in names)
                    found = mistaken(made_of, slug, names) if names else []
                    told = [dict(zip((f"{network}.{n}" for n in names), way, strict=True)) for way in found or [right]]
                    ways.append(told)
                wrong = []
                for way in product(*ways):
                    values = {key: value for part in way for key, value in part.items()}
                    below = 1 if form.over is None else form.over.value(values.get)
                    wrong += [Fraction(form.value.value(values.get)) / below] if below else []
                assert given in wrong


def test_a_network_sees_what_was_drawn_before_it():
    for seed in range(20):
        networks = draw(made(), seed).drawn["networks"]
        assert networks["b"]["input"]["channels"] == networks["a"]["input"]["channels"]
        assert networks["b"]["input"]["height"] == networks["a"]["input"]["height"] - 2
        assert networks["b"]["layers"][0]["filters"] == networks["a"]["layers"][0]["filters"] + 1


def test_the_largest_may_be_none():
    assert draw(made(), 1).blanks[0].key == "B"
    same = draw(made(more=0), 1).blanks[0]
    assert same.key == "C"
    for text in ("C", "equal", "the same", "both the same", "Both"):
        assert tell(same, text).verdict == "correct"
    assert tell(same, "the first").verdict in ("wrong", "mistake")
    with pytest.raises(TemplateError, match="the same in two networks"):
        draw(made("{rank: conv.weights}", more=0), 1)


def test_rounded_factors_are_right_where_they_may_be():
    entry = "{value: b.conv.macs, over: a.conv.macs, rounding: allowed}"
    for seed in range(10):
        blank = draw(made(entry), seed).blanks[0]
        assert blank.rounding
        assert tell(blank, f"{float(blank.key):.3f} times", rounding=True).verdict == "correct"


def test_sentences_rest_on_all_networks():
    """Only the second network has a normalisation, whose parameters are counted by convention."""
    told = " ".join(sentences([("1", draw(made("{largest: total.parameters}"), 1))]))
    assert "Parameters are the learned numbers" in told
    alone = " ".join(sentences([("1", draw(made("{value: a.total.parameters}"), 1))]))
    assert "Parameters are the learned numbers" not in alone


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"wording": "{{ a.covn.filters }}"}, 'the network has no "covn"'),
        ({"wording": "{{ conv.filters }}"}, 'there is no "conv"'),
        ({"entry": "{largest: conv.wieghts}"}, "wieghts"),
        ({"entry": "{largest: conv.shape}"}, "no single number"),
        ({"entry": "{value: a.conv.weights - c.conv.weights}"}, r"c\.conv"),
        ({"entry": "{unknown: conv.kernel, among: [1, 5], given: [conv.height]}"}, "cannot ask for this"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(changed, message):
    with pytest.raises(TemplateError, match=rf"made\.md, line \d+.*{message}"):
        draw(made(**changed), 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: compare", "kind: number", "has no networks"),
        ("networks:", "network:", "has no network"),
        ("  b:\n", "  total:\n", "cannot be the name of a network"),
        ("  b:\n", "  size:\n", "cannot be the name of a network"),
    ],
)
def test_networks_belong_to_comparisons(old, new, message):
    text = made().text.replace(old, new, 1)
    with pytest.raises(TemplateError, match=message):
        template.parse(text, "made")


KINDS = ("unknown", "budget", "compare")
ASKED = [name for name, read in library.templates().items() if read.kind in KINDS]


def test_sealed_papers_are_graded_as_they_were_drawn():
    """Right answers earn all points, and each explained wrong one is named, through a sealed exam of all templates."""
    text = "title: All\nseed: 5\nquestions:\n" + "".join(f"  - {{template: {name}}}\n" for name in ASKED)
    found = exams.parse(text, "exam.yaml", "unused")
    students = [Student(name, name) for name in ("right", "wrong")]
    papers = [exams.paper(found, student) for student in students]
    sealed = unseal(json.loads(json.dumps(seal(found, papers, "0.1.0"))))
    assert sealed.differences == ()
    written, wrong = {}, {}
    for paper, student in zip(papers, students, strict=True):
        for name, blank in paper.blanks.items():
            explained = blank.listed.explained if student.id == "wrong" else {}
            given = next(iter(explained), blank.key)
            wrong |= {name: explained[given]} if explained else {}
            written.setdefault(student.id, {})[name] = str(given)
    report = grade(sealed, written)
    right, mistaken_one = report.results
    assert all(graded.story.verdict == "correct" for graded in right.blanks.values())
    assert len(wrong) > 15
    for name, sets in wrong.items():
        story = mistaken_one.blanks[name].story
        assert tuple(story.mistakes) in sets, name
