"""The sentences of a sheet: those that its blanks need, made from the conventions."""

from __future__ import annotations

import pytest

from layerquiz.exam import assumptions, library, template
from layerquiz.exam.drawing import draw

ALWAYS = {assumptions.EXACT, assumptions.AMBIGUOUS}


def said(*names, conventions="textbook"):
    questions = [
        (str(number), draw(library.named(name), 1, "", "1", conventions)) for number, name in enumerate(names, 1)
    ]
    return set(assumptions.sentences(questions))


@pytest.mark.parametrize(
    ("name", "needed"),
    {
        "dense-parameters": {assumptions.BIASES, assumptions.CARRIED},
        "conv-size": {assumptions.ROUNDED_DOWN, assumptions.PADDING, assumptions.CARRIED},
        "same-padding": {assumptions.SAME_STRIDED, assumptions.EITHER_ORDER},
        "batchnorm-keras": {assumptions.BIASES, assumptions.WITH_STORED, assumptions.CARRIED},
        "batchnorm-parameters": {assumptions.BIASES, assumptions.LEARNED_ONLY, assumptions.CARRIED},
    }.items(),
)
def test_a_question_gets_what_it_needs_and_nothing_else(name, needed):
    assert {sentence for sentence in said(name) if not sentence.startswith("Shapes")} == ALWAYS | needed


def test_shapes_are_explained_in_the_order_of_the_conventions():
    first = r"Shapes are written channels $\times$ height $\times$ width, without the batch."
    assert first in said("conv-parameters", conventions="pytorch")
    assert first.replace(
        r"channels $\times$ height $\times$ width", r"height $\times$ width $\times$ channels"
    ) in said("conv-parameters")
    assert r"Shapes are written length $\times$ channels, without the batch." in said("conv1d-parameters")


def test_memory_names_the_bytes_of_a_number():
    assert any("takes 2 bytes" in sentence for sentence in said("vgg-block", conventions={"bytes_per_number": 2}))


def test_questions_that_count_differently_are_named():
    found = said("batchnorm-parameters", "batchnorm-keras", "batchnorm-parameters")
    assert f"Questions 1 and 3: {assumptions.LEARNED_ONLY}" in found
    assert f"Question 2: {assumptions.WITH_STORED}" in found


def test_operations_are_explained():
    assert assumptions.OPERATION in said("conv-macs")


STORING = """---
title: What is stored
topics: [parameters]
level: 1
network:
  input: {channels: 3, height: {choice: [8, 16]}, width: 8}
  layers: [LAYER]
ask: [{blank: x.parameters, label: parameters, points: 1}]
---
How many parameters does it have?
"""
VECTOR = "{kind: conv2d, name: x, filters: 4, kernel: 3, spectral_norm: true}"


@pytest.mark.parametrize(
    ("layer", "conventions", "needed"),
    [
        ("{kind: normalization, name: x}", "keras", {assumptions.WITH_STORED}),
        ("{kind: normalization, name: x}", "textbook", {assumptions.LEARNED_ONLY}),
        (VECTOR, "keras", {assumptions.WITH_VECTOR, assumptions.BIASES}),
        (VECTOR, "pytorch", {assumptions.WITHOUT_VECTOR, assumptions.BIASES}),
    ],
)
def test_what_is_stored_is_said(layer: str, conventions: str, needed: set[str]) -> None:
    """A sheet says whether numbers that are stored and not learned are counted, for each kind that stores some."""
    own = template.parse(STORING.replace("LAYER", layer), "own")
    found = assumptions.sentences([("1", draw(own, 1, "", "1", conventions))])
    assert {sentence for sentence in found if not sentence.startswith("Shapes")} == ALWAYS | needed


TRAINING = """---
title: Training
topics: [memory]
level: 3
conventions: {data_type: float16, state_type: float32, optimiser: momentum, activation_gradients: true}
network:
  input: {channels: 3, height: 8, width: 8, batch: {choice: [16, 32]}}
  layers:
    - {kind: conv2d, name: conv, filters: {choice: [4, 6, 8]}, kernel: 3}
ask:
BLANKS
---
A batch of {{ input.batch | plural("picture") }} goes through {{ conv.description }}.
"""


def of_training(*quantities):
    """Return the sentences of a question about training."""
    blanks = "\n".join(f"  - {{blank: {quantity}}}" for quantity in quantities)
    question = draw(template.parse(TRAINING.replace("BLANKS", blanks), "training"), 1)
    return assumptions.sentences([("1", question)])


def test_what_training_stores_and_does_is_said():
    """Types, optimiser, batch and gradients are printed where a blank rests on them, made from the conventions."""
    found = of_training("total.training_bytes", "total.training_flops")
    for part in (
        "The optimiser (SGD with momentum) keeps 1 number for each parameter that it trains.",
        "Outputs, the input among them, are stored for every example of the batch, each with its gradient.",
        "2 bytes as a parameter, 2 bytes as a gradient, 4 bytes as the optimiser's state, 2 bytes as an activation",
        assumptions.BACKWARD_WORK,
    ):
        assert any(part in sentence for sentence in found), part
    assert any("One number takes 2 bytes;" in sentence for sentence in of_training("conv.parameter_bytes"))
    assert assumptions.CONNECTIONS in of_training("conv.connections")
    assert assumptions.MOVED_BATCH in of_training("conv.arithmetic_intensity")


RECURRENT = """---
title: Gates
topics: [parameters]
level: 1
conventions: {conventions}
network:
  input: {{tokens: 5, features: 3}}
  layers:
    - {{kind: lstm, name: first, units: 4}}
    - {{kind: gru, name: second, units: 2{keys}}}
ask:
  - {{blank: second.parameters}}
  - {{blank: total.parameters}}
---
How many parameters?
"""


@pytest.mark.parametrize(
    ("conventions", "keys", "lstm", "gru"),
    [
        ("textbook", "", 1, 1),
        ("textbook", ", reset_after: true", 1, 2),
        ("keras", "", 1, 2),
        ("keras", ", reset_after: false", 1, 1),
        ("pytorch", "", 2, 2),
        ("textbook", ", bias: false", 1, 0),
    ],
)
def test_the_bias_vectors_of_recurrent_layers_are_said(conventions, keys, lstm, gru):
    """What a count under another convention is paid less for, the sheet has fixed: one bias vector or two."""
    found = template.parse(RECURRENT.format(conventions=conventions, keys=keys), "gates")
    sentences = assumptions.sentences([("1", draw(found, 1))])
    said = {name: [s for s in sentences if s in assumptions.RECURRENT[name]] for name in ("lstm", "gru")}
    wanted = {"lstm": lstm, "gru": gru}
    assert said == {name: [assumptions.RECURRENT[name][count - 1]] if count else [] for name, count in wanted.items()}
    for one, two in (assumptions.RECURRENT[name] for name in wanted):
        assert ("one bias vector" in one, "two bias vectors" in two) == (True, True)


OF_SEQUENCES = """---
title: Sequences
network:
  input: {tokens: 5, features: 8}
  layers:
    - {kind: attention, name: attention, heads: 2}
    - {kind: encoderlayer, name: encoder, heads: 2, feedforward: {choice: [12, 16]}}
    - {kind: gru, name: last, units: 3, sequences: false}
    - {kind: dense, name: head, units: 4}
ask: [{blank: BLANK}]
---
What comes out?
"""


@pytest.mark.parametrize(
    ("blank", "needed"),
    [
        ("attention.biases", {assumptions.ATTENTION}),
        ("encoder.weights", {assumptions.TRANSFORMER}),
        ("head.parameters", {assumptions.BIASES}),
        ("encoder.shape", {assumptions.SEQUENCE}),
        ("last.shape", set()),
        ("attention.tokens", set()),
    ],
)
def test_of_layers_on_sequences_only_what_they_need_is_said(blank, needed):
    """Whose biases count, and how a sequence's shape is written, is said of the kinds that a blank rests on."""
    found = assumptions.sentences([("1", draw(template.parse(OF_SEQUENCES.replace("BLANK", blank), "own"), 1))])
    assert set(found) - ALWAYS == needed


def test_what_is_said_of_exact_numbers_agrees_with_the_policy():
    """Exact numbers are asked for unless all may be rounded; where none may, rounding is not spoken of."""
    macs = [("1", draw(library.named("conv-macs"), 1))]
    rounding = [("1", draw(template.parse(ROUNDING_TEMPLATE, "rounded"), 1))]
    assert assumptions.EXACT in assumptions.sentences(macs)
    assert assumptions.EXACT not in assumptions.sentences(macs, exact=False)
    assert assumptions.PRODUCTS in assumptions.sentences(macs, exact=False)
    assert assumptions.ROUNDING in assumptions.sentences(rounding)
    assert assumptions.ROUNDING not in assumptions.sentences(rounding, exact=True)


ROUNDING_TEMPLATE = RECURRENT.format(conventions="textbook", keys="").replace(
    "second.parameters}", "second.parameters, rounding: allowed}"
)
