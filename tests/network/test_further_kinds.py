"""The kinds that only some networks need: what is refused, and that each can be asked about."""

from __future__ import annotations

from typing import Any

import pytest

from further_kinds import IMAGE, ROW, SEQUENCE, VOLUME, network
from layerquiz.errors import NetworkError
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

EINSUM = {"kind": "einsumdense", "shape": [4]}
SOFTMAX = {"kind": "adaptivesoftmax", "units": 40}
TABLE = {"kind": "embedding", "name": "words", "vocabulary": 100, "features": 8}
REFUSED: dict[str, tuple[dict[str, int], list[dict[str, Any]], str, list[str]]] = {
    "windows that are not there": (
        {"channels": 36, "length": 47},
        [{"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]}],
        "fold",
        ["size of [8, 6]", "length 47"],
    ),
    "channels that are no windows": (
        {"channels": 35, "length": 48},
        [{"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]}],
        "fold",
        ["kernel of 3", "35 channels"],
    ),
    "a window that does not fit": (
        IMAGE,
        [{"kind": "unfold", "kernel": [3, 7]}],
        "kernel-too-large",
        ["[3, 7]", "width 6"],
    ),
    "two axes, two entries": (
        VOLUME,
        [{"kind": "convlstm2d", "filters": 1, "kernel": [1, 2, 3]}],
        "wrong-length",
        ["(height, width)"],
    ),
    "strips of a volume": (VOLUME, [{"kind": "convlstm1d", "filters": 1, "kernel": 1}], "wrong-rank", ["depth"]),
    "size too far away": (
        IMAGE,
        [{"kind": "maxunpool2d", "kernel": 2, "size": [18, 12]}],
        "unpool-size",
        ["[18, 12]", "height 16"],
    ),
    "no room to draw": (
        IMAGE,
        [{"kind": "fractionalmaxpool2d", "kernel": 4, "size": 6}],
        "kernel-too-large",
        ["height 8"],
    ),
    "size and ratio": (
        IMAGE,
        [{"kind": "fractionalmaxpool2d", "kernel": 2, "size": 3, "ratio": 0.5}],
        "size-or-ratio",
        ["both are given"],
    ),
    "padded power pool": (
        IMAGE,
        [{"kind": "lppool2d", "kernel": 2, "padding": 1}],
        "wrong-value",
        ["padding", '"valid"'],
    ),
    "reflected too far": (IMAGE, [{"kind": "zeropad", "padding": 6, "mode": "reflect"}], "padding-mode", ["width 6"]),
    "round too far": (
        IMAGE,
        [{"kind": "zeropad", "padding": [[0, 9], 1], "mode": "circular"}],
        "padding-mode",
        ["height 8"],
    ),
    "an axis twice": (IMAGE, [{"kind": "permute", "order": [3, 1, 1]}], "wrong-value", ["height, width, channels"]),
    "odd channels": ({"features": 7}, [{"kind": "glu"}], "odd", ["features 7"]),
    "beyond the axis": (
        IMAGE,
        [{"kind": "slice", "offset": 3, "size": 2}],
        "slice",
        ["2 entries from 3", "4 channels"],
    ),
    "no such axis": (ROW, [{"kind": "slice", "axis": "width", "size": 2}], "wrong-value", ["axis", "features"]),
    "shuffled groups": (IMAGE, [{"kind": "channelshuffle", "groups": 3}], "groups", ["3 groups", "4 channels"]),
    "repeated tokens": (SEQUENCE, [{"kind": "repeatvector", "times": 2}], "wrong-rank", ["features alone"]),
    "too few positions": (
        SEQUENCE,
        [{"kind": "positionembedding", "positions": 4}],
        "positions",
        ["4 positions", "5 tokens"],
    ),
    "cutoffs that fall": (ROW, [{**SOFTMAX, "cutoffs": [20, 8]}], "cutoffs", ["[20, 8]"]),
    "cutoffs beyond": (ROW, [{**SOFTMAX, "cutoffs": [40]}], "cutoffs", ["40 units"]),
    "empty clusters": (ROW, [{**SOFTMAX, "cutoffs": [8, 20]}], "division", ["division by 4", "cluster 2"]),
    "queries and keys": (
        SEQUENCE,
        [{"kind": "parameter", "name": "m", "shape": [3, 6]}, {"kind": "dotattention", "from": ["input", "m"]}],
        "shapes-do-not-meet",
        ["input has 8, m has 6"],
    ),
    "no equation": (ROW, [{**EINSUM, "equation": "ab->a"}], "equation", ["ab->a", "abc,cd->abd"]),
    "a batch in the weights": (ROW, [{**EINSUM, "equation": "ab,abc->ac"}], "equation", ['"a"']),
    "a lost letter": (ROW, [{**EINSUM, "equation": "ab,bc->ad"}], "equation", ['"d"']),
    "letters for axes": (SEQUENCE, [{**EINSUM, "equation": "ab,bc->ac"}], "equation", ["1 letters", "2 axes"]),
    "an open new axis": (ROW, [{**EINSUM, "shape": [-1], "equation": "ab,bc->ac"}], "wrong-value", ["new axis c"]),
    "another size": (
        SEQUENCE,
        [{**EINSUM, "shape": [6, 4], "equation": "abc,cd->abd"}],
        "shapes-do-not-meet",
        ["[6, 4]", "tokens"],
    ),
    "biases elsewhere": (ROW, [{**EINSUM, "equation": "ab,bc->ac", "bias_axes": "b"}], "wrong-value", ['"b"']),
    "tied and normalised": (
        {"tokens": 5},
        [TABLE, {"kind": "dense", "tied": "words", "weight_norm": True}],
        "wrong-loan",
        ["weight_norm", "no weights of its own"],
    ),
    "frozen and normalised": (
        ROW,
        [{"kind": "dense", "units": 3, "lora": 2, "weight_norm": True}],
        "wrong-value",
        ["lora", "weight_norm"],
    ),
    "all cut off": (
        IMAGE,
        [{"kind": "crop", "padding": 3}],
        "size-below-one",
        ["width 0", "Its input has 6", "less away"],
    ),
    "voxels": (VOLUME, [{"kind": "pixelshuffle", "factor": 1}], "wrong-rank", ["gives channels, depth"]),
    "a mean of one number": (ROW, [{"kind": "globalavgpool"}], "wrong-rank", ["features alone"]),
    "tokens in a convolution": (SEQUENCE, [{"kind": "conv1d", "filters": 1, "kernel": 1}], "wrong-rank", ['"series"']),
}


@pytest.mark.parametrize(("sizes", "layers", "slug", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused(
    sizes: dict[str, int], layers: list[dict[str, Any]], slug: str, words: list[str]
) -> None:
    """A refusal names the layer and what stands in the way."""
    with pytest.raises(NetworkError) as caught:
        network(sizes, *layers)
    assert caught.value.slug == slug
    for word in (*words, '"x"'):
        assert word in str(caught.value)


def test_a_sequence_is_convolved_as_a_series() -> None:
    """Words, a series, a convolution along the tokens, the largest of each filter: a text classifier of Kim's."""
    layers = [
        {**TABLE, "vocabulary": 50},
        {"kind": "series", "name": "strip"},
        {"kind": "conv1d", "name": "conv", "filters": 6, "kernel": 3},
        {"kind": "globalmaxpool", "name": "most"},
        {"kind": "dense", "name": "out", "units": 2},
    ]
    found = network({"tokens": 9}, *layers)
    assert (found.value("conv.shape"), found.value("most.shape")) == ((7, 6), (6,))
    assert found.value("total.parameters") == 400 + (3 * 8 * 6 + 6) + 14


@pytest.mark.parametrize("kind", drawn_kinds.MAKERS)
def test_a_wrong_answer_to_any_kind_is_a_verdict(kind: str) -> None:
    """Every mistake can be tried on every kind, whatever keys and sizes it has."""
    draw, tried = drawn.generator(f"wrong {kind}"), 0
    while tried < 2:
        try:
            found = Network.parse(drawn_kinds.network(draw, kind, "textbook"))
        except NetworkError:
            continue
        tried += 1
        for name in found.quantities("x"):
            assert diagnose(found, name, "123457").verdict in ("wrong", "unreadable"), (name, found.spec)
