"""Questions about limits: the outermost number that keeps a comparison, and estimates within a factor."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from exam.recount import recount
from layerquiz.errors import TemplateError
from layerquiz.exam import library, template
from layerquiz.exam.drawing import draw
from layerquiz.exam.forms.tabled import collected
from layerquiz.grading.listed import tell
from layerquiz.languages import ENGLISH
from layerquiz.network.mistakes import mistaken

NAMES = [read.name for read in library.templates().values() if read.kind == "budget"]
SEARCHED = [name for name in NAMES if library.named(name).hiding]
ESTIMATES = [name for name in NAMES if name not in SEARCHED]

TEMPLATE = """---
title: Limits
kind: budget
let: {{limit: {{choice: [2000, 5000, 9000]}}}}
network:
  input: {{channels: {{range: [3, 20]}}, height: 40, width: 40}}
  layers:
    - {{kind: conv2d, name: conv, filters: 8, kernel: 3, stride: 2, groups: 1}}
ask:
  - {entry}
---
{wording}
"""


def made(entry, wording="At most {{ limit }} parameters, {{ input.channels }} channels"):
    return template.parse(TEMPLATE.format(entry=entry, wording=wording), "made")


def blank(entry, seed=1):
    return draw(made(entry), seed).blanks[0]


def with_number(question, number):
    """Return the drawn network with a number for the key, recounted in plain arithmetic, repeated layers one by one."""
    drawn, keys = question.drawn["network"], question.template.hiding.searched.keys
    sizes, layers = dict(drawn["input"]), []
    for layer in drawn["layers"]:
        own = {key: number for owner, _, key in (name.rpartition(".") for name in keys) if owner == layer.get("name")}
        written = {**layer, **own}
        inner = [{**each, "name": written["name"]} for each in written.get("layers", [])]
        layers += inner * written["repeat"] if inner else [written]
    sizes |= {key: number for owner, _, key in (name.rpartition(".") for name in keys) if owner == "input"}
    return recount({"input": sizes, "layers": layers})


@pytest.mark.parametrize("name", SEARCHED)
def test_the_answer_keeps_the_limit_and_the_next_number_does_not(name):
    read = library.named(name)
    for seed in range(25):
        question = draw(read, seed)
        form, let = read.asked[0].form, question.drawn["let"]

        def holds(number, question=question, form=form, let=let):
            found = with_number(question, number)
            return form.holds.value(lambda wanted: let[wanted] if wanted in let else found[wanted])

        key, beyond = question.blanks[0].key, 1 if form.most else -1
        assert holds(key)
        assert not holds(key + beyond)
        assert not any(
            holds(number) for number in list(form.searched.among)[:: 37 * beyond] if (number - key) * beyond > 0
        )


@pytest.mark.parametrize("name", SEARCHED)
def test_explained_numbers_are_the_limits_of_who_makes_the_mistake(name):
    """With the mistake the number keeps the comparison and the next one does not: counted anew for both."""
    read = library.named(name)
    question = draw(read, 5)
    form, let = read.asked[0].form, question.drawn["let"]
    names = question.blanks[0].listed.about
    found = question.blanks[0].listed.explained
    assert found
    for number, sets in found.items():
        for (slug,) in sets:
            told = []
            for each in (number, number + (1 if form.most else -1)):
                network = form.searched.at(question.network, each)
                ways = [dict(zip(names, way, strict=True)) for way in mistaken(network, slug, names)]
                told.append([form.holds.value(lambda n, way=way: let.get(n, way.get(n))) for way in ways])
            assert any(told[0])
            assert not all(told[1])


EVEN = {
    "148 n": (148, 0, r"148\cdot n"),
    "n + 3": (1, 3, "n + 3"),
    "421 n - 20": (421, -20, r"421\cdot n - 20"),
    "97 - n": (-1, 97, "97 - n"),
    "1,300 - 3 n": (-3, 1300, r"1{,}300 - 3\cdot n"),
}


@pytest.mark.parametrize(("slope", "rest", "tex"), EVEN.values(), ids=EVEN)
def test_what_grows_evenly_is_collected(slope, rest, tex):
    assert collected("n", [(n, slope * n + rest) for n in range(1, 40, 2)], ENGLISH) == tex


@pytest.mark.parametrize(
    "found", [lambda n: n * n, lambda n: n // 2, lambda n: 7, lambda n: 61 if n == 5 else 12 * n, lambda n: (n, n)]
)
def test_what_does_not_grow_evenly_is_not_collected(found):
    assert not collected("n", [(n, found(n)) for n in range(1, 10)], ENGLISH)


def test_two_numbers_show_nothing_about_the_others():
    assert not collected("n", [(1, 5), (2, 9)], ENGLISH)


@pytest.mark.parametrize("name", ESTIMATES)
def test_the_bounds_of_right_estimates_are_told(name):
    """The last sentence of the solution gives the first and last right numbers; those beside them are wrong."""
    found = draw(library.named(name), 3).blanks[0]
    low, high = (int(n.replace("{,}", "")) for n in re.findall(r"\$([\d{,}]+)\$", found.listed.because[-1]))
    right = [tell(found, str(n)).verdict == "correct" for n in (low - 1, low, high, high + 1)]
    assert right == [False, True, True, False]


@pytest.mark.parametrize("name", ESTIMATES)
def test_estimates_are_right_within_the_factor_that_is_printed(name):
    for seed in range(10):
        found = draw(library.named(name), seed).blanks[0]
        factor = found.listed.factor
        assert found.label.endswith(f", within a factor of\N{NO-BREAK SPACE}{float(factor):g}")
        assert all(
            tell(found, str(int(found.key * share))).verdict == "correct"
            for share in (1, factor, 1 / factor + Fraction(1, 100))
        )
        for wrong in (int(found.key * factor) + 2, int(found.key / factor) - 2):
            assert tell(found, str(wrong)).verdict in ("wrong", "mistake")
        assert not any(found.key <= value * factor and value <= found.key * factor for value in found.listed.explained)


def test_where_the_comparison_holds_now_and_then_all_numbers_are_tried():
    """The size of the output times the stride is a multiple of three for some strides only, and they are no run."""
    found = blank("{most: conv.stride, among: [1, 50], while: (conv.height * conv.stride) % 3 == 0, label: stride}")
    fitting = [s for s in range(1, 51) if (((40 - 3) // s + 1) * s) % 3 == 0]
    assert found.key == max(fitting)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{most: conv.filters, least: conv.filters, among: [1, 9], while: conv.parameters > 3}", "asked together"),
        ("{most: conv.filters, among: [1, 9], while: conv.parameters}", "is no comparison"),
        ("{most: conv.filters, among: [1, 9], while: conv.parameters <= 100000}", "has no limit among"),
        ("{most: conv.filters, among: [1, 9], while: conv.parameters <= 1}", "keeps"),
        ("{most: conv.filters, among: [1, 9], while: conv.paramters <= limit}", r"conv\.paramters"),
        ("{blank: conv.shape, factor: 2}", "no single number"),
        ("{blank: conv.macs, factor: 1}", "a number above 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(entry, message):
    with pytest.raises(TemplateError, match=message):
        draw(made(entry), 1)


def test_the_placeholder_of_the_key_cannot_be_printed():
    entry = "{most: conv.filters, among: [1, 600], while: conv.parameters <= limit}"
    with pytest.raises(TemplateError, match=r"would give conv\.filters away"):
        draw(made(entry, "{{ conv.parameters }}"), 1)
    assert draw(made(entry, "{{ conv.shape }}: {{ conv.filters }}"), 1).text.endswith(r"$C_{\text{out}}$")


def test_a_loop_over_layers_cannot_count_them():
    text = (library.named("fewest-layers").text).replace(
        "What is the smallest $n$?", "{% for l in layers %}x{% endfor %}"
    )
    with pytest.raises(TemplateError, match=r'"layers" would give stack\.repeat away'):
        draw(template.parse(text, "made"), 1)


def test_two_keys_cannot_be_asked_together():
    first = "{most: conv.filters, among: [1, 9], while: conv.macs < 9}"
    two = f"{first}\n  - {first.replace('filters', 'kernel')}"
    with pytest.raises(TemplateError, match="two keys"):
        made(two)
