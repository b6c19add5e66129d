"""What can be answered to a blank: the key in each spelling, and every mistake of the catalogue with its hint."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.grading import vocabulary, words
from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.foreseen import Foreseen, answers_of, spelled
from layerquiz.grading.practice_words import practice_words
from layerquiz.grading.read import Reading, read
from layerquiz.grading.sheet import asked
from layerquiz.network.mistakes import CATALOGUE, mistaken

TEMPLATES = sorted(library.templates())


def numbers(template, seed=3):
    """The blanks of a drawn question that ask for numbers, each with its question."""
    question = draw(library.named(template), seed)
    return [(blank, question) for blank in question.blanks if blank.kind == "number"]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("template", TEMPLATES)
def test_mistakes_made_everywhere_are_foreseen(template):
    """What the catalogue makes of a quantity has the hint of that mistake, and no answer is right and wrong."""
    for blank, question in numbers(template):
        foreseen = answers_of(blank, question)
        assert spelled(blank.key) in foreseen.right
        assert len({*foreseen.right}) == len(foreseen.right)
        assert not {*foreseen.right} & {*foreseen.wrong}
        for slug, mistake in CATALOGUE.items():
            for (value,) in mistaken(question.network, slug, [blank.quantity]):
                if "x" in spelled(value) and "/" in spelled(value):
                    continue  # nobody writes sizes as fractions
                told = diagnose(question.network, blank.quantity, spelled(value))
                if [slug] in (told.mistakes, *told.rivals) and told.verdict == "mistake":
                    assert mistake.hint in foreseen.wrong[spelled(value)]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_template_tells_apart_is_foreseen(template):
    """Each mistake that a template promises to tell apart has its hint at one of its blanks."""
    pairs = numbers(template)
    told = "\n".join(hint for blank, question in pairs for hint in answers_of(blank, question).wrong.values())
    for slug in library.named(template).tells_apart if pairs else ():
        assert CATALOGUE[slug].hint in told, slug


def looked_up(text, quantity):
    """An answer as it is looked up: exactly, else at the digits that it shows."""
    found = read(text, asked(quantity))
    assert isinstance(found, Reading)
    return spelled(found.value), f"{spelled(found.value)}~{found.step}{found.unit}" if found.step else None


def test_rounded_answers_are_right_where_the_grader_says_so():
    """A memory that is rounded or cut off, in any unit, is foreseen as right just where the grader takes it."""
    random, right = Random(7), 0  # noqa: S311
    (blank, question) = next(
        (blank, question)
        for blank, question in numbers("vgg-block")
        if blank.quantity.endswith("total.parameter_bytes")
    )
    foreseen = answers_of(replace(blank, rounding=True), question)
    for _ in range(300):
        unit, scale = random.choice([("kB", 1000), ("KiB", 1024), ("MB", 10**6), ("MiB", 2**20)])
        places = random.randrange(4)
        text = f"{blank.key / scale * random.choice([1, 1, 1, 1.024, 0.99]):.{places}f} {unit}"
        exactly, rounded = looked_up(text, blank.quantity)
        shown = len(text.partition(" ")[0].replace(".", "").lstrip("0"))
        if not 2 <= shown <= 10:
            continue
        is_right = diagnose(question.network, blank.quantity, text).verdict == "correct"
        assert is_right == (exactly in foreseen.right or rounded in foreseen.right), text
        right += is_right
    assert right > 50


def test_a_number_without_a_last_digit_may_be_rounded():
    """Of 1/3, which nobody can write, the digits are foreseen, whatever the question says."""
    blank, question = numbers("dense-parameters")[0]
    key = Fraction(blank.key, 3 if blank.key % 3 else 7)
    foreseen = answers_of(replace(blank, key=key), question)
    for places in (1, 2, 3):
        assert looked_up(f"{float(key):.{places}f}", blank.quantity)[1] in foreseen.right


def test_options_are_foreseen():
    """The right option is right, and each other one that a mistake leads to has the hint of that mistake."""
    question = draw(library.named("conv-parameters-choice"), 3)
    foreseen, listed = answers_of(question.blanks[0], question), question.blanks[0].listed
    assert foreseen.right == list(listed.right)
    assert len(foreseen.wrong) == len(listed.options) - 1
    for letter, hint in foreseen.wrong.items():
        slugs = {slug for together in listed.explained[letter] for slug in together}
        assert all(CATALOGUE[slug].hint in hint for slug in slugs)
        assert slugs


def test_what_has_no_end_is_not_foreseen():
    """An estimate within a factor, like a formula in letters, has more right answers than can be listed."""
    question = draw(library.named("conv-parameters-choice"), 3)
    blank = question.blanks[0]
    near = replace(blank, key=100, listed=replace(blank.listed, form="number", right=(100,), factor=Fraction(2)))
    assert answers_of(near, question) == Foreseen()
    letters = draw(library.named("conv-parameters-in-letters"), 3)
    assert answers_of(letters.blanks[0], letters) == Foreseen()
    listed = replace(near, listed=replace(near.listed, factor=None, find_wrong=lambda: {50: (("forgot-bias",),)}))
    assert answers_of(listed, question) == Foreseen(["100"], {"50": CATALOGUE["forgot-bias"].hint})


def test_a_slip_of_the_pen_is_foreseen():
    """Two digits exchanged in a long number are asked about, unless a mistake gives that number."""
    blank, question = next(pair for pair in numbers("conv-parameters") if pair[0].key > 10_000)
    digits = str(blank.key)
    exchanged = digits[1] + digits[0] + digits[2:]
    assert exchanged != digits
    assert answers_of(blank, question).wrong[exchanged].startswith("Are all digits where they belong?")


def test_another_layers_value_is_foreseen():
    """Whoever writes the parameters of another layer is asked whether they looked at that."""
    question = draw(library.named("mnist-network"), 3)
    first, second = (question.network.value(f"{name}.parameters") for name in ("conv2", "fc1"))
    blank = next(blank for blank in question.blanks if blank.quantity == "conv2.parameters")
    told = answers_of(blank, question).wrong[str(second)]
    assert first != second
    assert told == CATALOGUE["wrong-neighbour-size"].hint


def test_multiply_adds_are_told_from_operations():
    """With the other unit behind it, the right number of multiply-adds is no more right."""
    blank, question = next(pair for pair in numbers("conv-macs") if pair[0].quantity.endswith(".macs"))
    foreseen = answers_of(blank, question)
    assert {f"{blank.key}", f"{blank.key}MAC"} <= {*foreseen.right}
    assert foreseen.wrong[f"{blank.key}FLOP"] == CATALOGUE["mac-vs-flop"].hint


def test_words_of_a_page_mean_what_they_mean_to_the_grader():
    """Labels say nothing anywhere, and a suffix or unit is worth what the grader's reader takes it for."""
    found = practice_words()
    assert len(found["labels"]) > 300
    for label in found["labels"]:
        assert label in vocabulary.LABELS
        assert words.unit(label) is None
        assert words.scale(label) is None
    for kind, measures in (("count", found["measures"]), ("bytes", found["measures"] | found["in_bytes"])):
        for word, measure in measures.items():
            reading = read(f"3 {word}", kind)
            assert (reading.value, reading.unit) == (3 * int(measure["factor"]), measure["unit"])
