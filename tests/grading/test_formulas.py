"""Answers in letters: right in any form that is equal, refuted by numbers, explained by the same mistakes."""

from __future__ import annotations

import re
import time

import pytest
import sympy

import layerquiz as lq
from layerquiz.errors import LayerquizError
from layerquiz.exam import library
from layerquiz.exam.domain import domain
from layerquiz.exam.drawing import draw
from layerquiz.formula.expr import Ceil, Floor, Integer, Quotient, Reference, walk
from layerquiz.grading.formulas import diagnose_formula
from layerquiz.network.network import Network

CONV = {"kind": "conv2d", "name": "conv", "filters": 16, "kernel": 3, "stride": 2, "padding": 1}
SIZES = {"channels": 8, "height": 33, "width": 41}


def network(*layers, **sizes):
    return Network.parse({"input": sizes or SIZES, "layers": list(layers or [CONV])})


PARAMETERS = (
    *("(K^2 C_in + 1) C_out", "K^2*C_in*C_out + C_out", "(K²C+1)F", "K²CF + F", "KKCF + F", "(K*K*C+1)*F", "F(CK^2+1)"),
    *("(k*k*cin + 1)*cout", "(K x K x C_in + 1) x C_out", "(K × K × C + 1) × F", "K·K·C·F + F", "FCK² + F"),
    *("(kernel_size**2 * in_channels + 1) * out_channels", "(K_H*K_W*C + 1)*F", "(K_1 K_2 C_1 + 1) C_2"),
    *(
        "P = (K*K*C+1)*F",
        "parameters: (K^2 C + 1) F",
        "#params = KKCF+F".removeprefix("#"),
        "weights + biases = K²CF + F",
    ),
    *(r"\left(K^{2} C_{in} + 1\right) C_{out}", r"K^2 \cdot C_{\text{in}} \cdot C_{\text{out}} + C_{\text{out}}"),
    *("$ (K^2 C + 1) F $", "K^2 Cᵢₙ Cₒᵤₜ + Cₒᵤₜ", "(K^2 C + 1) F parameters", "K^2 C F + F = F (K^2 C + 1)"),
    *(
        "((K+1)^2 - 2K - 1)*C*F + F",
        "(K^2 C + 1) F = 1168",
        "weights: K^2CF\nbiases: F\nK^2CF + F",
        "K*K*C*F--F",
        "K²C_inC_out + C_out",
    ),
)
HEIGHT = (
    *("floor((H - K + 2P) / S) + 1", "⌊(H-K+2P)/S⌋+1", "(H - K + 2P)//S + 1", "floor((H + 2*P - K)/S + 1)"),
    *(r"\left\lfloor \frac{H - K + 2P}{S} \right\rfloor + 1", "math.floor((h+2*p-k)/s)+1", "int((h-k+2p)/s)+1"),
    *("⌊(n + 2p - f)/s⌋ + 1", "⌊(n + 2p - f)/s + 1⌋", "ceil((H - K + 2P + 1)/S)", "-(-(H-K+2P+1)//S)"),
    *("H_out = floor((H_in - K + 2P)/S) + 1", "floor((H + 2P - K + S)/S)", r"\lfloor (H-K+2P)/S \rfloor + 1"),
    *("⌊⌊(H-K+2P)⌋/S⌋ + 1", "floor[(W - K + 2P)/S] + 1".replace("W", "H"), "ceil((floor(H/1) - K + 2P + 1)/S)"),
)


@pytest.mark.parametrize("text", PARAMETERS)
def test_parameters_are_right_in_any_spelling(text):
    """Python, LaTeX, textbook, product without signs, long names: equal is right."""
    assert diagnose_formula(network(), "conv.parameters", text).verdict == "correct"


@pytest.mark.parametrize("text", HEIGHT)
def test_sizes_are_right_where_algebra_cannot_decide(text):
    """Floors and ceilings, nested and moved about, are compared at numbers."""
    assert diagnose_formula(network(), "conv.height", text).verdict == "correct"


MISTAKEN = {
    "K^2 F + F": ("forgot-input-channels",),
    "K^2 C F": ("forgot-bias",),
    "K²CF + 1": ("one-bias-per-layer",),
    "KKCF + KKC": ("bias-on-input-side",),
    "K^2 C F + C": ("bias-per-input-channel",),
    "4(K^2 C F + F)": ("bytes-reported-as-parameters",),
    "(H W C + 1) F": ("input-size-used-as-kernel",),
    "K^2 F": ("forgot-bias", "forgot-input-channels"),
}


@pytest.mark.parametrize("text", MISTAKEN)
def test_a_wrong_formula_is_named_as_the_mistake_is(text):
    """Worked out by hand: the mistake, or the pair, whose formula it is stands among the explanations."""
    story = diagnose_formula(network(), "conv.parameters", text)
    assert story.verdict == "mistake"
    assert list(MISTAKEN[text]) in [story.mistakes, *story.rivals]


def test_a_wrong_formula_is_refuted_by_numbers():
    """The student sees numbers for the letters, recounted here, at which the formula is not right."""
    story = diagnose_formula(network(), "conv.parameters", "K^2 C F + K")
    told = re.search(r"With C_out = (\d+), K = (\d+), C_in = (\d+) yours gives (\d+), right is (\d+)\.", story.hint)
    filters, kernel, channels, mine, right = map(int, told.groups())
    assert story.verdict == "wrong"
    assert mine == kernel**2 * channels * filters + kernel != right == (kernel**2 * channels + 1) * filters
    assert max(filters, kernel, channels) <= 12


def test_another_convention_is_no_mistake():
    """Stored statistics, and operations for multiply-adds, are right under another convention."""
    norm = network({"kind": "batchnorm", "name": "norm"})
    assert diagnose_formula(norm, "norm.parameters", "4C").conventions == ["keras"]
    work = diagnose_formula(network(), "conv.macs", "2 K^2 C F H_out W_out")
    assert (work.verdict, work.mistakes) == ("convention", ["mac-vs-flop"])
    assert diagnose_formula(network(), "conv.flops", "K^2 C F H_out W_out").verdict == "convention"


def test_what_follows_from_letters_has_a_letter_too():
    """A count of work may be given with the size of the output."""
    assert diagnose_formula(network(), "conv.macs", "K^2 C F H_out W_out").verdict == "correct"
    assert diagnose_formula(network(), "conv.height", "H_out").verdict == "unreadable"


def test_where_the_image_is_square_one_letter_may_stand_for_both():
    """Height and width that are the same number cannot vary freely; where they differ they are two letters."""
    square = network(channels=8, height=33, width=33)
    assert diagnose_formula(square, "conv.height", "floor((W-F+2P)/S)+1").verdict == "correct"
    assert diagnose_formula(network(), "conv.height", "floor((W-F+2P)/S)+1").verdict != "correct"


@pytest.mark.parametrize(
    ("text", "verdict"), [("H - K + 1", "correct"), ("H - K + 2P + 1", "correct"), ("H - K + P + 1", "mistake")]
)
def test_a_letter_that_says_nothing_may_be_left_out_or_used(text, verdict):
    """Without padding and with stride 1 both formulas are right; who uses the letter has to use it rightly."""
    plain = network({**CONV, "stride": 1, "padding": 0})
    assert diagnose_formula(plain, "conv.height", text).verdict == verdict


def test_numbers_are_no_letters():
    """Numbers in place of letters are not right in general, and the note says which letter is missing."""
    story = diagnose_formula(network(), "conv.parameters", "(9C + 1)F")
    assert story.verdict == "wrong"
    assert "It is right for K = 3" in story.hint
    assert "which letters" in diagnose_formula(network(), "conv.parameters", "1168").hint
    chosen = ["input.channels", "conv.filters"]
    assert diagnose_formula(network(), "conv.parameters", "(9C + 1)F", chosen).verdict == "correct"
    assert diagnose_formula(network(), "conv.parameters", "(K^2 C + 1)F", chosen).verdict == "unreadable"


def test_a_layer_behind_others_is_asked_in_letters():
    """Behind other layers too a wrong formula is refuted, and the number in place of a letter is found."""
    deep = Network.parse({"input": SIZES, "layers": [CONV, {**CONV, "name": "next", "kernel": 5, "filters": 7}]})
    assert diagnose_formula(deep, "next.weights", "K^2 C F").verdict == "correct"
    assert diagnose_formula(deep, "next.weights", "K^2 C + F^3").verdict == "wrong"
    assert "It is right for K = 5" in diagnose_formula(deep, "next.weights", "25 C F").hint
    assert "It is right for C_in = 16" in diagnose_formula(deep, "next.weights", "16 K^2 F").hint


def test_a_broken_step_of_a_chain_is_shown():
    """The last side is the answer; a right first side with a wrong last one is a slip."""
    story = diagnose_formula(network(), "conv.parameters", "(K^2 C + 1) F = K^2 C F + F^2")
    assert (story.verdict, story.mistakes) == ("slip", ["arithmetic-slip"])
    assert story.broken == ("(K^2 C + 1) F", "K^2 C F + F^2")
    assert diagnose_formula(network(), "conv.parameters", "(K^2 C + 1) F = 5").notes[0].startswith("The number behind")


def test_a_number_question_that_is_answered_in_letters_says_so():
    """It stays unreadable as a number; that the formula is right is said."""
    story = lq.diagnose(network(), "conv.height", "floor((H - K + 2P)/S) + 1")
    assert story.verdict == "unreadable"
    assert "The formula is right: put the numbers in." in story.notes
    wrong = lq.diagnose(network(), "conv.height", "floor((H - K)/S)")
    assert wrong.verdict == "unreadable"
    assert not any("formula is right" in note for note in wrong.notes)
    assert lq.diagnose_formula(network(), "conv.height", "floor((H - K + 2P)/S) + 1").verdict == "correct"


UNKNOWN = ("(K^2 Q + 1) F", "K^2 C z", "import os", "__import__('os')", "exec(K)", "K.__class__", "K2CF")


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_letters_are_refused_with_those_that_there_are(text):
    """A refusal points at its place; nothing of the text is run."""
    story = diagnose_formula(network(), "conv.parameters", text)
    assert story.verdict == "unreadable"
    assert story.notes[0].startswith("At character ")


def test_the_refusal_names_the_letters_of_the_question():
    """Who writes Q learns what there is instead."""
    note = diagnose_formula(network(), "conv.parameters", "K^2 Q").notes[0]
    assert '"Q"' in note
    assert "C_in (input channels)" in note


HOSTILE = (
    *(
        "9**9**9**9",
        "K^K^K",
        "K^K^K^K^K^K^K",
        "(K^999)^999",
        "2^(2^(2^(2^K)))",
        "(" * 10_000,
        "K/(K-3)",
        "K/(K-K)",
        "1/0",
    ),
    *(
        "(" * 49 + "K" + ")" * 49,
        "(" * 500 + "K" + ")" * 499,
        "K" * 999,
        "K^0.5",
        "K^-1",
        "K^(1/2)",
        "0^(0-K)",
        "\x00K",
    ),
    *(
        "K" + "*K^99" * 199,
        "K" + "+K" * 499,
        "1e99999*K",
        "K\u202e*C",
        "floor(" * 60 + "K" + ")" * 60,
        "𝐊*C",
        "K_" * 400,
    ),
    *(
        "-" * 900 + "K",
        "=" * 900,
        "K=" * 300,
        "x" * 900,
        "{" * 900,
        "\\frac" * 150,
        "K\n" * 400,
        ";;;",
        "⌊" * 200,
        "K!",
        "√K",
    ),
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_ends_in_a_verdict(text):
    """Powers of powers, brackets without end, division by zero at some points: a verdict, and soon."""
    diagnose_formula(network(), "conv.parameters", "K")
    start = time.process_time()
    story = diagnose_formula(network(), "conv.parameters", text)
    assert story.verdict in ("wrong", "mistake", "unreadable", "blank")
    assert isinstance(story.hint, str)
    assert time.process_time() - start < 2


def test_a_number_times_itself_is_read_as_a_power():
    """A product of two numbers that are the same is no number before a letter."""
    assert [diagnose_formula(network(), "conv.parameters", text).shown for text in ("0*0", "7 * 7", "7K")] == [
        *("0^2", "7^2", "7K")
    ]


def test_a_letter_of_which_few_numbers_are_left_is_only_wrong():
    """With height and padding as numbers too few kernels are left to say that the formula is right for these."""
    letters = ["input.height", "conv.kernel", "conv.padding"]
    story = diagnose_formula(network(), "conv.height", "K", letters)
    assert story.verdict == "wrong"
    assert "It is right for" not in story.hint


def test_what_is_no_single_formula_is_an_error():
    """A shape is no formula."""
    with pytest.raises(LayerquizError):
        diagnose_formula(network(), "conv.shape", "H x W x C")


def to_sympy(formula, symbols):
    """Return our tree as SymPy's, an independent notation of the same formula."""
    done = []
    for node in walk(formula):
        count = len(node.children())
        children = done[len(done) - count :]
        del done[len(done) - count :]
        if isinstance(node, Integer):
            done.append(sympy.Integer(node.value))
        elif isinstance(node, Reference):
            done.append(symbols.setdefault(node.name, sympy.Symbol(f"v{len(symbols)}", integer=True, positive=True)))
        else:
            done.append(SPELLED[type(node).__name__](*children))
    return done[0]


SPELLED = {
    "Sum": sympy.Add,
    "Product": sympy.Mul,
    "Difference": lambda a, b: a - b,
    "Quotient": lambda a, b: a / b,
    "Power": lambda a, b: a**b,
    "Floor": sympy.floor,
    "Ceil": sympy.ceiling,
}


def notations(asked, formula):
    """Return one formula in several notations: ours, as LaTeX, like Python, and as SymPy expands it."""
    written = asked.lettered.written(formula)
    symbols = {}
    expanded = str(sympy.expand(to_sympy(formula, symbols))).replace("ceiling", "ceil")
    for name, symbol in symbols.items():
        expanded = re.sub(rf"\b{symbol}\b", name, expanded)
    python = written.text.replace("^", "**")
    python = re.sub(r"(\d)([A-Z])", r"\1*\2", python)
    yield from (written.text, written.tex, f"${written.tex}$", python, written.text.replace(" * ", " "), expanded)


OF_ONE_LAYER = (
    *("batchnorm-keras", "batchnorm-parameters", "conv-macs", "conv-parameters", "conv-parameters-in-letters"),
    *("conv-size", "conv-size-in-letters", "conv1d-parameters", "dense-parameters", "first-dense-layer"),
    *("keras-conv2d", "pooling-size", "receptive-field", "same-padding"),
)
"""Templates about convolutions, pooling, norms and dense layers: letters of whole networks are not all read yet."""

IN_SCOPE = [
    (name, blank)
    for name in OF_ONE_LAYER
    for blank in {asked.quantity for asked in library.named(name).asked}
    if not blank.endswith("shape")
]


@pytest.mark.parametrize(("name", "quantity"), sorted(IN_SCOPE))
def test_right_formulas_of_every_template_are_right_in_every_notation(name, quantity):
    """Whatever a template asks for can be given in letters, and every notation of the right formula is right."""
    for seed in range(3):
        net = draw(library.named(name), seed).network
        asked = domain(net, quantity)
        for text in notations(asked, asked.right):
            assert diagnose_formula(net, quantity, text).verdict == "correct", text


@pytest.mark.parametrize(("name", "quantity"), sorted(IN_SCOPE))
def test_mistaken_formulas_of_every_template_are_named(name, quantity):
    """For each mistake in scope its formula is explained by it, by what has the same formula, or is no mistake."""
    net = draw(library.named(name), 1).network
    asked = domain(net, quantity)
    for wrong in asked.singles:
        story = diagnose_formula(net, quantity, asked.lettered.written(wrong.formula).text)
        if story.verdict == "correct":
            assert wrong.formula == asked.right or asked.fitting(asked.column), wrong
        elif story.verdict != "convention":
            assert list(wrong.slugs) in [story.mistakes, *story.rivals], (wrong, story)


def test_a_warm_diagnosis_is_quick():
    """The median over right and wrong formulas stays within 20 milliseconds of work."""
    net = network()
    texts = [*PARAMETERS[:8], *MISTAKEN, "K^3", "C^2 F"]
    took = []
    for _ in range(3):
        for text in texts:
            start = time.process_time()
            diagnose_formula(net, "conv.parameters", text)
            took.append(time.process_time() - start)
    assert sorted(took[len(texts) :])[len(texts)] < 0.02


def test_floors_of_quotients_are_kept():
    """What the tests compare with is built of the same nodes as ours."""
    right = domain(network(), "conv.height").right
    assert {type(node) for node in walk(right)} >= {Floor, Quotient}
    assert Ceil not in {type(node) for node in walk(right)}
