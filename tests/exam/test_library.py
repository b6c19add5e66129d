"""The templates that come with the package: stressed over many seeds and recounted in plain arithmetic."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from exam import recount_further
from exam.recount import COUNTS, recount
from layerquiz.data import folder
from layerquiz.errors import TemplateError
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import rebuilt
from layerquiz.network.glossary import OWN
from layerquiz.network.mistakes import mistaken

SEEDS = 12
NAMES = list(library.templates())

TOPICS = {
    *("convolution-size", "convolution-parameters", "pooling", "dense", "network", "groups", "transposed"),
    *("normalisation", "recurrent", "attention", "embedding", "memory", "multiply-adds", "receptive-field"),
    *("architectures", "conventions"),
}

SOURCES = ("article on AlexNet", "Lasagne network", "article on Keras", "course CS231n", "exam question")

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
ONE, MANY = (sorted({found.unit[place] for found in OWN.values() if found.unit[place]}) for place in (0, 1))

FAULTS = {
    "a word twice": r"\b([A-Za-z]+) \1\b",
    "two spaces": r"\S {2,}\S",
    "a space in front of a sign": r"[^|,] [,.;:?](?!\.)",
    "one of many": rf"(?<!stride )(?<!padding )(?<!dilation )\b(1|one) ({'|'.join(MANY)})\b",
    "many of one": rf"\b([2-9]|\d\d+|two|three|four) ({'|'.join(ONE)})\b(?! of | maps?\b| vectors?\b)",
    "a in front of a vowel": r"\b[Aa] (\$?(8\d*|11|18)\b|(?!one\b|uni|use|eu)[aeiou])",
    "an in front of a consonant": r"\b[Aa]n (\$?(?!8|11\b|18\b)\d|[b-df-gj-np-tv-z][a-z])",
    "what the template language leaves": r"\{\{ | \}\}|\{%|\bNone\b(?! of|,)|Undefined|Fraction",
    "words with two meanings": r"(?i)\bneurons?\b|\bdimensions?\b|(number of|how many) kernels|\bTODO\b",
}
"""What would stop a reader, each as a pattern; code is left out, and line breaks count as spaces."""

OF_SEQUENCES = {
    *("recurrent", "attention", "embedding", "memory", "multiply-adds", "architectures", "conventions"),
}
"""Topics whose templates have sequences, branches and blocks, memory and work: these are recounted layer by layer."""

REFERENCE = {
    "conv-parameters": (
        {"channels": 128, "height": 100, "width": 100},
        [{"kind": "conv2d", "name": "conv", "filters": 256, "kernel": 3, "padding": "same"}],
        [294912, 295168],
    ),
    "dense-parameters": ({"features": 128}, [{"kind": "dense", "name": "dense", "units": 256}], [32768, 33024]),
    "conv1d-parameters": (
        {"channels": 7, "length": 400},
        [{"kind": "conv1d", "name": "conv", "filters": 32, "kernel": 5}],
        [1152, 396],
    ),
    "conv-size": (
        {"channels": 3, "height": 227, "width": 224},
        [{"kind": "conv2d", "name": "conv", "filters": 96, "kernel": 11, "stride": 4}],
        [55, 54, 96],
    ),
    "keras-conv2d": (
        {"channels": 3, "height": 10, "width": 10},
        [{"kind": "conv2d", "name": "conv", "filters": 5, "kernel": 3, "stride": 1, "padding": "valid"}],
        [(8, 8, 5), 140],
    ),
    "vgg-block": (
        {"channels": 3, "height": 224, "width": 224},
        [
            {"kind": "conv2d", "name": "conv1", "filters": 64, "kernel": 3, "padding": 1},
            {"kind": "conv2d", "name": "conv2", "filters": 64, "kernel": 3, "padding": 1},
            {"kind": "maxpool2d", "name": "pool", "kernel": 2, "stride": 2},
        ],
        [38720, 4 * 38720, 4 * 224 * 224 * 64, 4 * 112 * 112 * 64],
    ),
    "mnist-network": (
        {"channels": 1, "height": 28, "width": 28},
        [
            {"kind": "conv2d", "name": "conv1", "filters": 32, "kernel": 5},
            {"kind": "maxpool2d", "name": "maxpool1", "kernel": 2},
            {"kind": "conv2d", "name": "conv2", "filters": 32, "kernel": 3},
            {"kind": "maxpool2d", "name": "maxpool2", "kernel": 2},
            {"kind": "flatten", "name": "flatten"},
            {"kind": "dense", "name": "fc1", "units": 256},
            {"kind": "dense", "name": "output", "units": 10},
        ],
        [
            *((32, 24, 24), 832, (32, 12, 12), 0, (32, 10, 10), 9248, (32, 5, 5), 0),
            *((256,), 205056, (10,), 2570, 217706),
        ],
    ),
    "alexnet-table": (
        {"channels": 3, "height": 227, "width": 227},
        [
            {"kind": "conv2d", "name": "conv1", "filters": 96, "kernel": 11, "stride": 4},
            {"kind": "maxpool2d", "name": "maxpool1", "kernel": 3, "stride": 2},
            {"kind": "conv2d", "name": "conv2", "filters": 256, "kernel": 5, "padding": 2},
            {"kind": "maxpool2d", "name": "maxpool2", "kernel": 3, "stride": 2},
            {"kind": "conv2d", "name": "conv3", "filters": 384, "kernel": 3, "padding": 1},
            {"kind": "conv2d", "name": "conv4", "filters": 384, "kernel": 3, "padding": 1},
            {"kind": "conv2d", "name": "conv5", "filters": 256, "kernel": 3, "padding": 1},
            {"kind": "maxpool2d", "name": "maxpool3", "kernel": 3, "stride": 2},
            {"kind": "flatten", "name": "flatten"},
            {"kind": "dense", "name": "fc1", "units": 4096},
            {"kind": "dense", "name": "fc2", "units": 4096},
            {"kind": "dense", "name": "fc3", "units": 1000},
        ],
        [
            *((55, 55, 96), 34944, (27, 27, 96), 0, (27, 27, 256), 614656, (13, 13, 256), 0),
            *((13, 13, 384), 885120, (13, 13, 384), 1327488, (13, 13, 256), 884992, (6, 6, 256), 0),
            *((4096,), 37752832, (4096,), 16781312, (1000,), 4097000, 62378344),
        ],
    ),
}


@pytest.fixture(scope="module", params=NAMES)
def drawn(request):
    """Return one template's questions over many seeds."""
    read = library.named(request.param)
    return [draw(read, seed) for seed in range(SEEDS * request.config.getoption("--many"))]


def test_keys_equal_an_independent_recount(drawn):
    for question in drawn:
        if not question.keys:
            continue  # what is chosen is held to the grader instead
        conventions = question.network.conventions
        network = question.drawn["network"]
        known = {layer.get("kind") for layer in network["layers"]} <= COUNTS.keys()
        if known and (question.template.kind == "code" or question.template.topics[0] not in OF_SEQUENCES):
            right = recount(network, conventions.channels_first, conventions.stored_statistics)
        else:
            right = recount_further.recount(network, conventions)
        assert question.keys == {name: right[name] for name in question.keys}


def test_drawings_tell_their_mistakes_apart(drawn):
    """Recounted here: the key and every listed mistake's values all differ; formulas differ at the drawn points."""
    if drawn[0].template.kind == "formula":
        pytest.skip("formulas are told apart by other numbers than those drawn: tests/exam/test_letters.py")
    if any(asked.form and asked.form.explains for asked in drawn[0].template.asked):
        for question in drawn[:5]:
            explained = [sets for blank in question.blanks for sets in blank.listed.explained.values()]
            assert all(any((slug,) in sets for sets in explained) for slug in question.template.tells_apart)
        return
    for question in drawn[:20]:
        names = [blank.quantity for blank in question.blanks]
        sets = [set(mistaken(question.network, slug, names)) for slug in question.template.tells_apart]
        assert all(sets)
        assert sum(map(len, sets)) == len(set().union(*sets))
        assert tuple(blank.key for blank in question.blanks) not in set().union(*sets)


def test_many_different_questions_are_drawn(drawn):
    least = 5 if drawn[0].template.kind == "formula" else len(drawn) // 2
    assert len({question.text + told_options(question) for question in drawn}) > least


def told_options(question):
    """Return what there is to choose from, as text."""
    listed = [blank.listed.options for blank in question.blanks if blank.listed is not None]
    return " ".join(option.text for options in listed for option in options)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_wording_is_clean_english(drawn, fault):
    """What a reader would stumble over stands neither in a text nor in a label."""
    for question in drawn:
        prose = CODE.sub("`code`", question.text)
        for text in (prose, *(blank.label for blank in question.blanks)):
            found = re.search(FAULTS[fault], re.sub(r"\s*\n\s*", " ", text))
            assert not found, (found, text)
            assert text == text.strip()


STUMBLES = {
    "a word twice": "of the the image",
    "two spaces": "of  the image",
    "a space in front of a sign": "the image , and",
    "one of many": "with 1 channels",
    "many of one": "with 16 channel",
    "a in front of a vowel": "A aerial picture",
    "an in front of a consonant": r"an $3\times 3$",
    "what the template language leaves": "of size {{ conv.kernel }}",
    "words with two meanings": "How many neurons",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_wording_is_found(fault):
    assert re.search(FAULTS[fault], STUMBLES[fault])


def test_labels_of_one_question_differ(drawn):
    """Each place for an answer says by itself what belongs there."""
    for question in drawn[:5]:
        labels = [blank.label for blank in question.blanks]
        assert len(set(labels)) == len(labels), labels


def test_a_template_says_whom_it_is_for(drawn):
    """What is learned, how long it takes, how hard it is, and which mistakes every drawing makes visible."""
    read = drawn[0].template
    assert read.goal.endswith(".")
    assert read.minutes
    assert 1 <= read.level <= 4
    assert len(set(read.topics)) == len(read.topics)
    if read.kind in ("number", "formula"):
        assert len(read.tells_apart) >= 3


def test_folders_are_the_topics():
    """A template stands in the folder of its first topic, and its translations beside it."""
    files = sorted(folder("question_templates").rglob("*.md"))
    folders = {(file.stem.partition(".")[0], file.parent.name) for file in files if file.name != library.GUIDE}
    assert {topic for _, topic in folders} <= TOPICS
    assert folders == {(name, read.topics[0]) for name, read in library.templates().items()}


@pytest.mark.parametrize("text", SOURCES)
def test_each_text_that_the_project_was_started_from_has_its_questions(text):
    assert any(text in read.source for read in library.templates().values())


def test_the_wording_gives_no_key_away(drawn):
    """A key of five digits or more does not stand in the text."""
    for question in drawn:
        large = [str(blank.key) for blank in question.blanks if isinstance(blank.key, int) and blank.key > 9999]
        assert not any(key in question.text or f"{int(key):,}" in question.text for key in large)


def test_the_same_seed_gives_the_same_question(drawn):
    for seed in range(3):
        again = draw(drawn[seed].template, seed)
        assert (again.text, again.blanks, again.drawn) == (drawn[seed].text, drawn[seed].blanks, drawn[seed].drawn)


def test_every_blank_has_its_derivation(drawn):
    """The last step of a blank gives its key; nothing that an earlier blank asks is derived again."""
    for question in drawn[:20]:
        told = set()
        for blank, because in zip(question.blanks, question.solution, strict=True):
            if blank.listed is not None:
                continue
            (derivation,) = because
            values = {step.quantity: step.value for step in derivation.steps}
            numbers = tuple(values[ref] for ref in derivation.targets)
            assert (numbers[0] if len(set(numbers)) == 1 and not isinstance(blank.key, tuple) else numbers) == blank.key
            assert not told & set(values)
            told |= set(derivation.targets)


@pytest.mark.parametrize("name", REFERENCE)
def test_reference_case(name):
    """The numbers that the project was started from."""
    sizes, layers, keys = REFERENCE[name]
    question = rebuilt(library.named(name), {"let": {}, "network": {"input": sizes, "layers": layers}})
    assert [blank.key for blank in question.blanks] == keys


def test_unknown_name_has_the_nearest_spelling():
    with pytest.raises(TemplateError, match=r'Did you mean "conv-size"\?'):
        library.named("conv-sice")


def test_hash_seeds_change_nothing():
    """Two interpreters with other hash seeds draw the same, letter by letter."""
    script = (
        "from layerquiz.exam import library, drawing\n"
        "for read in library.templates().values():\n"
        "    for seed in range(3):\n"
        "        question = drawing.draw(read, seed, 'Zoë')\n"
        "        print(question.text, question.blanks, question.drawn)\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 10_000
