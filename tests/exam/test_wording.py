"""The wording: what prints how, and that a template from anyone can do no harm."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import TemplateError
from layerquiz.exam import layer_view, wording
from layerquiz.network.network import Network

NETWORK = Network.parse(
    {
        "input": {"channels": 3, "height": 227, "width": 227},
        "layers": [
            {"kind": "conv2d", "name": "conv", "filters": 96, "kernel": 11, "stride": 4},
            {"kind": "conv2d", "name": "wide", "filters": 1, "kernel": [3, 5], "padding": "same", "bias": False},
            {"kind": "maxpool2d", "name": "pool", "kernel": 3, "stride": 2, "padding": 1, "ceil": True},
            {"kind": "dropout", "rate": 0.5},
            {"kind": "flatten", "name": "flat"},
            {"kind": "dense", "name": "out", "units": 1000},
        ],
    }
)
NAMES = {**layer_view.views(NETWORK), "count": 12, "word": "average"}

PRINTS = {
    "{{ input.shape }}": r"$227\times 227\times 3$",
    "{{ conv.kernel }}": r"$11\times 11$",
    "{{ conv.kernel + 1 }}": "12",
    "{{ conv.kernel | article }}": r"an $11\times 11$",
    "{{ wide.kernel }}": r"$3\times 5$",
    "{{ wide.kernel[1] }}": "5",
    "{{ wide.filters | plural('filter') }}": "1 filter",
    "{{ 0 | plural('bias', 'biases') }}": "0 biases",
    "{{ 2 | plural('batch') }}, {{ 2 | plural('copy') }}, {{ 2 | plural('way') }}": "2 batches, 2 copies, 2 ways",
    "{{ conv.stride }} {{ conv.stride | words }} {{ 21 | words }}": "4 four 21",
    "{{ out.parameters }} {{ out.parameters | number }}": "785000 785,000",
    "{{ out.shape }} {{ out.shape | times }}": "1000 1000",
    "{{ wide.bias }} {{ conv.bias }} {{ wide.padding }}": "no yes same",
    "{{ dropout_1.rate }} {{ conv.kind }} {{ conv.name }}": "0.5 conv2d conv",
    "{{ 8 | article }}, {{ 80 | article }}, {{ 18 | article }}, {{ 1100 | article }}": "an 8, an 80, an 18, a 1100",
    "{{ 11000 | article }} {{ word | article }}": "an 11000 an average",
    "{{ input.shape | article }}": r"a $227\times 227\times 3$",
    "{{ word | capitalize }}": "Average",
    "{{ [conv.filters, 3] | times }} {{ [1, word] | join(' or ') }}": r"$96\times 3$ 1 or average",
    "{{ wide.description }}": r'convolution, 1 filter, kernel $3\times 5$, stride 1, padding "same", without bias',
    "{{ pool.description }}": r"maximum pooling, window $3\times 3$, stride 2, padding 1, sizes rounded up",
    "{{ flat.description }}, {{ out.description }}": "flattening, dense layer, 1,000 units",
    "{% for layer in layers %}{{ loop.index }}{{ ' ' if not loop.last }}{% endfor %}": "1 2 3 4 5 6",
    "{% if count > 10 and conv.bias %}many{% else %}few{% endif %}": "many",
    "{% for n in range(1, 4) %}{{ n * n }};{% endfor %}": "1;4;9;",
    "{% raw %}{{ x }}{% endraw %} $\\{ x \\}$": r"{{ x }} $\{ x \}$",
    "{# silent #}text": "text",
}

FAULTS = {
    "one\n\n{{ conw.kernel }}": ("line 12", 'Did you mean "conv"?'),
    "one\n{{ conv.kernal }}": ("line 11", 'Did you mean "conv.kernel"?'),
    "{{ conv.kernel | nunber }}": ("line 10", 'Did you mean "number"?'),
    "{{ conv }}": ("line 10", "conv.kernel"),
    "{{ layers }}": ("line 10", "cannot be printed"),
    "{{ conv.shape[9] }}": ("line 10", "no value"),
    "{{ conv.shape | number }}": ("line 10", "needs a number"),
    "{% for x in 5 %}{% endfor %}": ("line 10", "not iterable"),
    "\n{% if %}": ("line 11", "Expected"),
    "{{ 1 // 0 }}": ("line 10", "zero"),
    "{% for l in layers %}": ("line 10", "endfor"),
    "{{ input.filters }}": ("line 10", "input.filters"),
}

HOSTILE = (
    "{{ ''.__class__.__mro__ }}",
    "{{ conv.__class__ }}",
    "{{ conv._network }}",
    "{{ conv['__class__'] }}",
    "{{ conv.shape.__class__.__base__.__subclasses__() }}",
    "{{ range.__globals__ }}",
    "{{ self.__init__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum() }}",
    "{{ namespace(x=1) }}",
    "{{ conv.name.format(conv) }}",
    "{{ '{0.__class__}'.format(3) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ [0] * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 1 / 3 }}",
    "{% set a = 'x' %}",
    "{{ 'a' ~ 'b' }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ {'a': 1} }}",
    "{{ [1][0:1] }}",
    "{{ 1 is defined }}",
    "{% include 'secret' %}",
    "{% import 'os' as os %}",
    "{% extends 'x' %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% for l in layers recursive %}{{ loop(layers) }}{% endfor %}",
    "{% for a in range(1000000000) %}{% endfor %}",
    "{% for a in range(4000) %}{% for b in range(4000) %}{% endfor %}{% endfor %}",
    "{% for a in [1, 2, 3] %}" * 12 + "x" + "{% endfor %}" * 12,
    "{% for a in [1, 2] %}" * 40 + "x" + "{% endfor %}" * 40,
    "{% for a in range(1000) %}{{ 'long text that grows and grows' }}{% endfor %}",
    "{{ range(5000) | join(range(5000) | join('x')) }}",
    "{{ " + "(" * 6000 + "1" + ")" * 6000 + " }}",
    "{{ " + "1 + " * 4000 + "1 }}",
    "{{ " + "9" * 6000 + " }}",
    "{{ " + " * ".join(["9" * 4000] * 4) + " }}",
    "x" * 20_001,
    "{{ _counted }}",
)


@pytest.mark.parametrize("text", PRINTS)
def test_prints(text):
    assert wording.parse(text, "x.md").render(NAMES) == PRINTS[text]


@pytest.mark.parametrize("text", FAULTS)
def test_fault_names_the_line_of_the_file_and_the_cure(text):
    """The wording of this file would begin on its line 10."""
    place, said = FAULTS[text]
    with pytest.raises(TemplateError) as error:
        wording.parse(text, "x.md", 10).render(NAMES)
    assert f"x.md, {place}" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_wording_is_refused_at_once(text, calls):
    """No escape from the sandbox, no endless work, no text without end."""

    def work():
        with pytest.raises(TemplateError):
            wording.parse(text, "x.md").render(NAMES)

    assert calls(work) < 1_000_000


@given(st.text(alphabet="{}%|#abc.1()[]'\"~+-* \n", max_size=60))
def test_any_text_renders_or_is_one_error(text):
    with suppress(TemplateError):
        wording.parse(text, "x.md").render(NAMES)


def test_numbers_show_in_the_order_of_the_conventions():
    first = NETWORK.under("pytorch")
    assert wording.parse("{{ input.shape }}", "x.md").render(layer_view.views(first)) == r"$3\times 227\times 227$"


DESCRIBED = {
    "keys of their own": (
        {"tokens": 5, "features": 8},
        {"kind": "attention", "heads": 2, "kv_heads": 1, "bias": False},
        "multi-head attention, 2 heads, 1 head of keys and values, without bias",
    ),
    "flags": (
        {"tokens": 5, "features": 8},
        {"kind": "gru", "units": 3, "sequences": False, "bidirectional": True},
        "GRU, 3 units, in both directions, only the last step is handed on",
    ),
    "a stack of layers": (
        {"tokens": 5, "features": 8},
        {"kind": "lstm", "units": 7, "layers": 2, "bidirectional": True, "merge": "sum", "projection": 4},
        "LSTM, 7 units, 2 stacked layers, in both directions, the two directions added, projected to 4 features",
    ),
    "a layer of a transformer": (
        {"tokens": 5, "features": 8},
        {"kind": "encoderlayer", "heads": 2, "feedforward": 32},
        "encoder layer of a transformer, 2 heads, 32 units between its two dense layers",
    ),
    "a choice of a framework": (
        {"tokens": 5, "features": 8},
        {"kind": "gru", "units": 3, "reset_after": False},
        "GRU, 3 units, reset before the product",
    ),
    "lists": ({"features": 9}, {"kind": "reshape", "shape": [3, -1]}, r"reshaping, to $3\times 3$"),
    "a key called otherwise inside": (
        {"tokens": 5},
        {"kind": "embedding", "vocabulary": 20, "features": 8},
        "embedding, vocabulary of 20 words, 8 features for each word",
    ),
    "other axes than the input's": (
        {"channels": 2, "depth": 5, "height": 8, "width": 6},
        {"kind": "convlstm2d", "filters": 3, "kernel": 3},
        r"convolutional LSTM, 3 filters, kernel $3\times 3$, stride 1, no padding",
    ),
    "a scale and a shift where few would expect them": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "instancenorm", "scale": True, "center": True},
        "instance normalisation, with a learned scale and a learned shift",
    ),
    "no shift": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "batchnorm", "center": False},
        "batch normalisation, with a learned scale",
    ),
    "neither": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "instancenorm"},
        "instance normalisation, without scale and shift",
    ),
    "the axes of a scale": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "layernorm", "axes": "all"},
        "layer normalisation, over all axes",
    ),
    "one group": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "groupnorm", "groups": 1},
        "group normalisation, 1 group",
    ),
    "what is not trained": (
        {"channels": 6, "height": 8, "width": 8},
        {"kind": "depthwiseconv2d", "kernel": 3, "multiplier": 2, "trainable": False},
        r"depthwise convolution, kernel $3\times 3$, stride 1, no padding, 2 outputs of each channel, frozen",
    ),
    "an axis that stays": (
        {"channels": 2, "height": 8, "width": 6},
        {"kind": "adaptiveavgpool", "size": [None, 2]},
        "adaptive average pooling, size -, 2",
    ),
}


@pytest.mark.parametrize(("sizes", "layer", "words"), DESCRIBED.values(), ids=DESCRIBED)
def test_a_description_says_every_key(sizes: dict[str, int], layer: dict[str, Any], words: str) -> None:
    """All that a student needs to count a layer stands in its description: keys that have no phrase, by their names."""
    network = Network.parse({"input": sizes, "layers": [{"name": "x", **layer}]})
    assert layer_view.described(network, "x") == words


def test_a_description_says_where_a_branch_begins_and_what_is_put_together() -> None:
    """A layer that does not take what stands before it says what it takes; in a block by the block's own names."""
    conv = {"kind": "conv2d", "filters": 4, "kernel": 1}
    inner = [{**conv, "name": "near"}, {"kind": "add", "name": "sum", "from": ["near", "input"]}]
    layers = [
        {**conv, "name": "a"},
        {**conv, "name": "b", "from": "input"},
        {**conv, "name": "c", "from": "b", "shares": "b"},
        {"kind": "concat", "name": "all", "from": ["a", "b", "c"]},
        {**conv, "name": "d", "from": "a"},
        {"name": "residual", "layers": inner},
    ]
    network = Network.parse({"input": {"channels": 4, "height": 8, "width": 8}, "layers": layers})
    plain = r"convolution, 4 filters, kernel $1\times 1$, stride 1, no padding"
    assert {layer.name: layer_view.described(network, layer.name) for layer in network.layers} == {
        "a": plain,
        "b": f"{plain}, on the input",
        "c": f"{plain}, with the parameters of `b`",
        "all": "concatenation of `a`, `b` and `c`",
        "d": f"{plain}, on `a`",
        "residual.near": plain,
        "residual.sum": "sum of `near` and the block's input",
    }


LINES = {
    "a tag at the end of a printed line": ("a {% if count %}b{% endif %}\nc", "a b\nc"),
    "in a fence": ("```\n{{ count }}{% if count > 99 %}, 1{% endif %}\nnext\n```", "```\n12\nnext\n```"),
    "a tag alone": ("a\n{% if count %}\nb\n{% endif %}\nc", "a\nb\nc"),
    "two tags alone": ("a\n  {% if count %}{% if word %}\nb\n{% endif %}{% endif %}\nc", "a\nb\nc"),
    "a line that asks for no break": ("a {% if count %}b{% endif -%}\nc", "a bc"),
    "a tag of two lines": ("a {% if count\n and word %}\nb{% endif %}", "a b"),
}


@pytest.mark.parametrize(("text", "lines"), LINES.values(), ids=LINES)
def test_only_lines_of_tags_alone_vanish(text: str, lines: str) -> None:
    """A line that prints something keeps its line break, also where a tag stands last."""
    assert wording.parse(text, "here").render(NAMES) == lines
