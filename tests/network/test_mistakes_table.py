"""The table of mistakes: for each slug of the catalogue a case worked by hand, and the cases where it hides."""

from __future__ import annotations

from fractions import Fraction

import pytest

from layerquiz.grading.diagnose import diagnose
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.network.mistakes.base import nowhere
from layerquiz.network.network import Network
from worked import (
    BARE,
    COLOUR,
    CONV,
    DENSE,
    DEPTHWISE,
    EMBEDDED,
    FLAT,
    FLATTENED,
    GREY,
    GROUPED_UP,
    MIXED,
    NORM,
    NORMED,
    OUT,
    POOL,
    SAME,
    STRIP,
    TRANSPOSED,
    TWO,
    UNFLATTENED,
    WORDS,
    WORKED,
    conv,
    network,
    pool,
    recurrent,
)

UP = network(conv("convtranspose2d", "u", 2, 3, stride=[3, 2], padding=[1, 2]), channels=1, height=3, width=3)
LISTED = network(conv(padding=[1, 2]))
FRAMED = network({"kind": "zeropad", "name": "z", "padding": [[1, 2], [3, 5]]})
UNFOLDED = network({"kind": "unfold", "name": "w", "kernel": 3, "stride": 2, "padding": 1})
SPOKEN = network(OUT, tokens=15, features=24)
EINSUM = network(
    {"kind": "einsumdense", "name": "e", "equation": "abc,cd->abd", "shape": [-1, 10], "bias_axes": "d"},
    tokens=15,
    features=24,
)
# 10 frequent classes and one cluster of 90: 24 * (10 + 1) + 6 * (24 + 90), without biases.
RARE = network({"kind": "adaptivesoftmax", "name": "s", "units": 100, "cutoffs": [10]}, features=24)
RARE_WEIGHTS = 24 * (10 + 1) + 6 * (24 + 90)
FAST = network(conv(stride=2), conv(name="d", filters=4, kernel=3, stride=3))
SEEN = network(pool(3, stride=2), conv())
LENET = Network.named("lenet5")
TABLED = Network.named("lenet5_1998")
TABLE = {
    "forgot-input-channels": (CONV, "c.parameters", (5 * 5 + 1) * 10),
    "forgot-input-channels, 1-D": (STRIP, "c.parameters", (5 + 1) * 32),
    "forgot-bias": (CONV, "c.parameters", 5 * 5 * 6 * 10),
    "forgot-bias, dense": (DENSE, "fc.parameters", 128 * 256),
    "one-bias-per-layer": (CONV, "c.parameters", 5 * 5 * 6 * 10 + 1),
    "one-bias-per-layer, dense": (DENSE, "fc.parameters", 128 * 256 + 1),
    "bias-on-input-side": (STRIP, "c.parameters", 5 * 7 * (32 + 1)),
    "bias-on-input-side, 2-D": (CONV, "c.parameters", 5 * 5 * 6 * (10 + 1)),
    "bias-on-input-side, dense": (DENSE, "fc.parameters", 128 * (256 + 1)),
    "bias-per-input-channel": (CONV, "c.parameters", 5 * 5 * 6 * 10 + 6),
    "bias-per-input-channel, dense": (DENSE, "fc.parameters", 128 * 256 + 128),
    "wrong-channel-count, grey as colour": (GREY, "c.parameters", (5 * 5 * 3 + 1) * 10),
    "wrong-channel-count, colour as grey": (COLOUR, "c.parameters", (5 * 5 * 1 + 1) * 10),
    "kernel-squared-in-1d": (STRIP, "c.parameters", (5 * 5 * 7 + 1) * 32),
    "input-size-used-as-kernel": (CONV, "c.parameters", 20 * 31 * 6 * 10 + 10),
    "image-size-in-conv-params": (CONV, "c.parameters", 5 * 5 * 6 * 10 * 9 * 15 + 10),
    "groups-ignored": (network(conv(groups=2)), "c.parameters", (5 * 5 * 6 + 1) * 10),
    "groups-ignored, macs": (network(conv(filters=9, groups=3)), "c.macs", 5 * 5 * 6 * 9 * 16 * 27),
    "outputs-called-parameters": (CONV, "c.parameters", 9 * 15 * 10),
    "outputs-called-parameters, pool": (POOL, "p.parameters", 9 * 15 * 6),
    "kernel-not-squared": (CONV, "c.parameters", (5 * 6 + 1) * 10),
    "one-filter-counted": (CONV, "c.parameters", 5 * 5 * 6 + 1),
    "bias-in-every-kernel": (CONV, "c.parameters", (5 * 5 + 1) * 6 * 10),
    "dilation-counted-in-weights": (network(conv(dilation=2)), "c.parameters", (9 * 9 * 6 + 1) * 10),
    "pool-has-parameters": (POOL, "p.parameters", 3 * 3),
    "pool-has-parameters, each map": (POOL, "p.parameters", 3 * 3 * 6),
    "pool-has-parameters, as a convolution": (POOL, "p.parameters", (3 * 3 * 6 + 1) * 6),
    "image-size-in-conv-params, biases too": (CONV, "c.parameters", (5 * 5 * 6 + 1) * 10 * 9 * 15),
    "image-size-in-conv-params, tokens": (SPOKEN, "fc.parameters", (24 + 1) * 7 * 15),
    "bias-although-none, one": (BARE, "c.parameters", 5 * 5 * 6 * 10 + 1),
    "bias-although-none, table": (EMBEDDED, "words.parameters", 901 * 24),
    "bias-although-none, adaptive softmax": (RARE, "s.parameters", RARE_WEIGHTS + 100),
    "bias-although-none, its head": (RARE, "s.parameters", RARE_WEIGHTS + 10 + 1),
    "forgot-bias, einsum": (EINSUM, "e.parameters", 24 * 10),
    "one-bias-per-layer, einsum": (EINSUM, "e.parameters", 24 * 10 + 1),
    "bias-on-input-side, einsum": (EINSUM, "e.parameters", 24 * (10 + 1)),
    "forgot-bias, mixture": (MIXED, "m.parameters", 24 * 8 + 8 * 2 * 24 * 50),
    "one-bias-per-layer, mixture": (MIXED, "m.parameters", 24 * 8 + 8 * 2 * 24 * 50 + 1),
    "one-bias-per-layer, each expert": (MIXED, "m.parameters", 24 * 8 + 8 * (2 * 24 * 50 + 1)),
    "floor-vs-ceil-pooling, convolution": (CONV, "c.height", -(-(20 - 5 + 2) // 2) + 1),
    "valid-taken-as-same, pool": (POOL, "p.width", -(-31 // 2)),
    "valid-taken-as-same, transposed": (GROUPED_UP, "c.height", 20 * 1),
    "kernel-used-as-stride": (POOL, "p.height", (20 - 3) // 3 + 1),
    "transposed-read-as-convolution": (TRANSPOSED, "c.width", (31 - 5 + 2) // 3 + 1),
    "gates-miscounted": (recurrent("lstm"), "r.parameters", 6 * 5 + 6 * 6 + 6),
    "gates-miscounted, three": (recurrent("lstm"), "r.parameters", 3 * (6 * 5 + 6 * 6 + 6)),
    "gates-miscounted, one bias vector": (recurrent("lstm"), "r.parameters", 4 * (6 * 5 + 6 * 6) + 6),
    "gates-miscounted, plain": (recurrent("rnn"), "r.parameters", 4 * (6 * 5 + 6 * 6 + 6)),
    "recurrent-matrix-as-vector, left out": (recurrent("lstm"), "r.parameters", 4 * (6 * 5 + 6)),
    "heads-multiply-projections, no output": (EMBEDDED, "a.parameters", 4 * 3 * 24 * 24),
    "heads-multiply-projections, one output": (EMBEDDED, "a.parameters", (4 * 3 * 24 + 24) * (24 + 1)),
    "attention-scores-left-out, one of two": (EMBEDDED, "a.macs", 4 * 15 * 24 * 24 + 15 * 15 * 24),
    "bn-moving-statistics": (NORMED, "n.parameters", 2 * 10),
    "bn-moving-statistics, reverse": (network(NORM), "n.parameters", 4 * 6),
    "lstm-one-or-two-biases": (recurrent("lstm"), "r.parameters", 4 * (6 * 5 + 6 * 6 + 2 * 6)),
    "gru-one-bias": (recurrent("gru"), "r.parameters", 3 * (6 * 5 + 6 * 6 + 2 * 6)),
    "gru-one-bias, as stated": (recurrent("gru", reset_after=True), "r.parameters", 3 * (6 * 5 + 6 * 6 + 6)),
    "mac-vs-flop": (CONV, "c.flops", 5 * 5 * 6 * 10 * 9 * 15),
    "mac-vs-flop, reverse": (CONV, "c.macs", 2 * 5 * 5 * 6 * 10 * 9 * 15),
    "bn-all-trainable": (NORMED, "n.trainable", 4 * 10),
    "macs-of-one-position": (CONV, "c.macs", 5 * 5 * 6 * 10),
    "cout-used-for-cin, weights": (CONV, "c.parameters", (5 * 5 * 10 + 1) * 10),
    "bias-adds-in-macs, flops": (CONV, "c.flops", 2 * 5 * 5 * 6 * 10 * 9 * 15 + 10 * 9 * 15),
    "rf-adds-k-not-k-minus-1, from the second on": (TWO, "d.receptive_field", 5 + 3 * 2),
    "rf-own-stride-counted": (FAST, "d.receptive_field", 1 + (5 - 1) * 2 + (3 - 1) * 2 * 3),
    "rf-without-pooling": (SEEN, "c.receptive_field", 1 + (5 - 1) * 2),
    "rf-without-pooling, stride too": (SEEN, "c.receptive_field", 5),
    "lstm-rule-on-dense, with biases": (recurrent("lstm"), "fc.parameters", 4 * 7 * (6 + 7 + 1)),
    "one-byte-per-parameter, eight": (CONV, "c.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 8),
    "bits-to-bytes-multiplied, bits": (CONV, "c.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 32),
    "forgot-plus-one": (CONV, "c.height", (20 - 5 + 2) // 2),
    "forgot-plus-one, pool": (POOL, "p.height", (20 - 3) // 2),
    "forgot-plus-one, rounded up": (network(pool(stride=2, ceil=True)), "p.height", -(-(20 - 3) // 2)),
    "valid-taken-as-same, kept": (CONV, "c.height", 20),
    "valid-taken-as-same, divided": (CONV, "c.height", -(-20 // 2)),
    "valid-taken-as-same, trimmed": (CONV, "c.height", (20 - 5) // 2 + 1),
    "valid-taken-as-same, reverse": (SAME, "c.height", (20 - 5) // 2 + 1),
    "same-padding-with-stride": (SAME, "c.height", (20 - 5) // 2 + 1),
    "floor-vs-ceil-pooling": (POOL, "p.height", -(-(20 - 3) // 2) + 1),
    "floor-vs-ceil-pooling, reverse": (network(pool(stride=2, ceil=True)), "p.height", (20 - 3) // 2 + 1),
    "floor-vs-ceil-pooling, same": (network(pool(stride=2, padding="same")), "p.width", 31 // 2),
    "fraction-not-floored": (CONV, "c.height", Fraction(20 - 5 + 2, 2) + 1),
    "stride-ignored": (CONV, "c.height", 20 - 5 + 2 + 1),
    "stride-ignored, jump": (TWO, "d.receptive_field", 5 + (3 - 1) * 1),
    "dilation-ignored": (network(conv(dilation=2)), "c.height", 20 - 5 + 1),
    "mis-parenthesised, padding divided": (CONV, "c.height", (20 - 5 + 2 // 2) + 1),
    "mis-parenthesised, one divided": (CONV, "c.width", (31 - 5 + 2 + 1) // 2),
    "padding-added-once": (CONV, "c.width", (31 - 5 + 1) // 2 + 1),
    "padding-added-once, zeropad": (network({"kind": "zeropad", "name": "z", "padding": 2}), "z.height", 20 + 2),
    "padding-added-to-channels": (network({"kind": "zeropad", "name": "z", "padding": 2}), "z.channels", 6 + 2 * 2),
    "keeps-input-channels": (CONV, "c.channels", 6),
    "output-channels-cin-times-cout": (CONV, "c.channels", 6 * 10),
    "kernel-taken-as-filter-count": (CONV, "c.channels", 5),
    "pooling-divides-channels": (POOL, "p.channels", 6 // 2),
    "pooling-divides-channels, size kept": (POOL, "p.shape", (20, 31, 6 // 2)),
    "pooling-always-halves": (network(pool(stride=3)), "p.height", 20 // 2),
    "pad-order-misread": (UP, "u.shape", ((3 - 1) * 3 - (1 + 2) + 3, (3 - 1) * 2 - (1 + 2) + 3, 2)),
    "pad-order-misread, axes exchanged": (LISTED, "c.shape", (20 - 5 + 2 * 2 + 1, 31 - 5 + 2 * 1 + 1, 10)),
    "pad-order-misread, sides of the other axis": (FRAMED, "z.shape", (20 + 3 + 5, 31 + 1 + 2, 6)),
    "pad-order-misread, first sides first": (FRAMED, "z.shape", (20 + 1 + 3, 31 + 2 + 5, 6)),
    "lenet-c3-full-vs-table": (LENET, "conv2.parameters", 60 * 5 * 5 + 16),
    "lenet-c3-full-vs-table, full": (TABLED, "c3.parameters", (6 * 5 * 5 + 1) * 16),
    "lenet-c3-full-vs-table, pool": (LENET, "avgpool1.parameters", 6 * (1 + 1)),
    "lenet-c3-full-vs-table, total": (LENET, "total.parameters", 156 + 1516 + 48120 + 10164 + 850),
    "phantom-layer, bare": (DEPTHWISE, "c.weights", 5 * 5 * 6 * 2 + 6 * 6),
    "phantom-layer, with biases": (DEPTHWISE, "c.parameters", 5 * 5 * 6 * 2 + 12 + 6 * 6 + 6),
    "phantom-layer, macs": (DEPTHWISE, "c.macs", 5 * 5 * 12 * 16 * 27 + 6 * 6 * 20 * 31),
    "padding-added-once, unfold": (UNFOLDED, "w.length", ((20 - 3 + 1) // 2 + 1) * ((31 - 3 + 1) // 2 + 1)),
    "flatten-without-channels": (FLATTENED, "flat.features", 9 * 15),
    "flatten-without-channels, channels only": (FLATTENED, "fc.parameters", 10 * 7 + 7),
    "forgot-flatten": (FLATTENED, "fc.parameters", (10 + 1) * 7),
    "forgot-flatten, reverse": (UNFLATTENED, "fc.parameters", (9 * 15 * 10 + 1) * 7),
    "layer-left-out-of-total": (FLATTENED, "total.parameters", (9 * 15 * 10 + 1) * 7),
    "doubled": (CONV, "c.parameters", 2 * (5 * 5 * 6 + 1) * 10),
    "bn-all-nontrainable": (NORMED, "n.trainable", 0),
    "one-byte-per-parameter": (CONV, "c.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 1),
    "one-byte-per-parameter, two": (CONV, "c.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 2),
    "one-byte-per-parameter, total": (CONV, "total.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 1),
    "bits-to-bytes-multiplied": (CONV, "c.parameter_bytes", (5 * 5 * 6 + 1) * 10 * 32 * 8),
    "bits-to-bytes-multiplied, total": (FLATTENED, "total.activation_bytes", (20 * 31 * 6 + 9 * 15 * 10 + 7) * 32 * 8),
    "macs-input-size-instead-of-output": (CONV, "c.macs", 5 * 5 * 6 * 10 * 20 * 31),
    "macs-without-kernel-area": (CONV, "c.macs", 6 * 10 * 9 * 15),
    "stride-applied-twice": (CONV, "c.macs", 5 * 5 * 6 * 10 * (9 // 2) * (15 // 2)),
    "cout-used-for-cin": (CONV, "c.macs", 5 * 5 * 10 * 10 * 9 * 15),
    "bias-adds-in-macs": (CONV, "c.macs", (5 * 5 * 6 + 1) * 10 * 9 * 15),
    "bias-adds-in-macs, dense": (DENSE, "fc.macs", (128 + 1) * 256),
    "rf-adds-k-not-k-minus-1": (TWO, "d.receptive_field", 1 + 5 * 1 + 3 * 2),
    "rf-is-kernel-size": (TWO, "d.receptive_field", 3),
}


OTHERWISE = ("bn-moving-statistics", "lstm-one-or-two-biases", "gru-one-bias", "mac-vs-flop")
"""What is right under another convention."""

ALL = {**WORKED, **TABLE}


@pytest.mark.parametrize(("row", "case"), ALL.items(), ids=list(ALL))
def test_worked_by_hand(row, case):
    """The value that a mistake gives on paper is the one it gives here, and diagnosis names the mistake."""
    net, quantity, wrong = case
    slug = row.partition(",")[0]
    assert (wrong,) in mistaken(net, slug, [quantity])
    written = " x ".join(map(str, wrong)) if isinstance(wrong, tuple) else str(wrong)
    story = diagnose(net, quantity, written)
    assert story.verdict == ("convention" if slug in OTHERWISE and "as stated" not in row else "mistake")
    assert [slug] in [story.mistakes, *story.rivals]


def test_table_is_complete():
    """Every slug of the catalogue that is another rule has its row."""
    rules = {slug for slug, entry in CATALOGUE.items() if entry.rewrite is not nowhere}
    scales = {"doubled", "million-as-1024-squared", "bytes-reported-as-parameters", "unit-scale-applied-twice"}
    assert rules | scales | {"layer-left-out-of-total"} == {row.partition(",")[0] for row in ALL}


ONE = {"channels": 1, "height": 20, "width": 31}
POINT = {"channels": 6, "height": 1, "width": 1}
BILINEAR_OF_2 = network(
    {"kind": "dense", "name": "d", "units": 2},
    {"kind": "bilinear", "name": "b", "units": 3, "from": ["input", "d"]},
    features=2,
)


def one_head(**keys):
    """A network of attention with one head."""
    return network({"kind": "attention", "name": "a", "heads": 1, **keys}, tokens=15, features=24)


HIDDEN = {
    "forgot-input-channels": (network(conv(), **ONE), "c.parameters"),
    "one-bias-per-layer": (network(conv(filters=1)), "c.parameters"),
    "bias-on-input-side": (network(conv(filters=5 * 5 * 6)), "c.parameters"),
    "bias-per-input-channel": (network(conv(filters=6)), "c.parameters"),
    "kernel-squared-in-1d": (network(conv("conv1d", kernel=1), channels=7, length=9), "c.parameters"),
    "input-size-used-as-kernel": (network(conv(), channels=6, height=5, width=5), "c.parameters"),
    "image-size-in-conv-params": (network(conv(), channels=6, height=5, width=5), "c.parameters"),
    "valid-taken-as-same": (network(conv(kernel=1)), "c.height"),
    "floor-vs-ceil-pooling": (network(pool(2), channels=6, height=20, width=30), "p.shape"),
    "fraction-not-floored": (network(conv()), "c.shape"),
    "stride-ignored": (network(conv()), "c.shape"),
    "mis-parenthesised": (network(conv(padding=1)), "c.shape"),
    "padding-added-once": (network(conv()), "c.shape"),
    "keeps-input-channels": (network(conv(filters=6)), "c.channels"),
    "output-channels-cin-times-cout": (network(conv(), **ONE), "c.channels"),
    "kernel-taken-as-filter-count": (network(conv(filters=5)), "c.channels"),
    "pooling-divides-channels": (network(pool(stride=1)), "p.channels"),
    "pooling-always-halves": (network(pool(2), channels=6, height=20, width=30), "p.shape"),
    "pad-order-misread": (network({"kind": "zeropad", "name": "z", "padding": [[2, 2], [2, 2]]}), "z.shape"),
    "forgot-flatten": (network(FLAT, OUT, **POINT), "fc.parameters"),
    "macs-input-size-instead-of-output": (network(conv(padding="same")), "c.macs"),
    "macs-without-kernel-area": (network(conv(kernel=1)), "c.macs"),
    "stride-applied-twice": (network(conv()), "c.macs"),
    "cout-used-for-cin": (network(conv(filters=6)), "c.macs"),
    "rf-is-kernel-size": (CONV, "c.receptive_field"),
    "groups-ignored": (network(conv("depthwiseconv2d", filters=None), **ONE), "c.parameters"),
    "bilinear-adds-inputs": (BILINEAR_OF_2, "b.parameters"),
    "dilation-ignored": (network(conv("convtranspose2d", kernel=1, dilation=2)), "c.shape"),
    "transposed-kernel-term-dropped": (network(conv("convtranspose2d", kernel=1)), "c.shape"),
    "transposed-size-ambiguous": (network(conv("convtranspose2d")), "c.shape"),
    "transposed-macs-at-output": (network(conv("convtranspose2d", padding=2)), "c.macs"),
    "global-pool-keeps-positions": (network({"kind": "globalavgpool", "name": "g"}, **POINT), "g.features"),
    "tokens-along-one-side": (network({"kind": "tokens", "name": "t"}, channels=6, height=1, width=1), "t.tokens"),
    "per-channel-or-per-element": (network({"kind": "layernorm", "name": "n"}, **POINT), "n.parameters"),
    "rnn-output-is-scalar": (recurrent("rnn", units=1), "r.features"),
    "rnn-macs-one-step": (network({"kind": "lstm", "name": "r", "units": 6}, tokens=1, features=5), "r.macs"),
    "kernel-not-squared": (network(conv(kernel=1)), "c.parameters"),
    "one-filter-counted": (network(conv(filters=1)), "c.parameters"),
    "bias-in-every-kernel": (network(conv(), **ONE), "c.parameters"),
    "dilation-counted-in-weights": (network(conv(kernel=1, dilation=2)), "c.parameters"),
    "kernel-used-as-stride": (network(conv(stride=5), channels=6, height=20, width=30), "c.shape"),
    "macs-of-one-position": (network(conv(bias=False), channels=6, height=5, width=5), "c.macs"),
    "rf-own-stride-counted": (network(conv()), "c.receptive_field"),
    "rf-without-pooling": (network(pool(1)), "p.receptive_field"),
    "transposed-read-as-convolution": (network(conv("convtranspose2d", kernel=1)), "c.shape"),
    "keras-key-dim-per-head": (one_head(head_features=24), "a.parameters"),
    "embedding-sequence-length": (network({**WORDS, "vocabulary": 15}, tokens=15), "words.parameters"),
}
ABSENT = {
    "forgot-bias": (network(conv(bias=False)), "c.parameters"),
    "bias-adds-in-macs": (network(conv(bias=False)), "c.macs"),
    "groups-ignored": (CONV, "c.parameters"),
    "dilation-ignored": (CONV, "c.height"),
    "same-padding-with-stride": (CONV, "c.height"),
    "wrong-channel-count": (CONV, "c.parameters"),
    "kernel-squared-in-1d": (CONV, "c.parameters"),
    "padding-added-to-channels": (CONV, "c.channels"),
    "bn-all-nontrainable": (network({**NORM, "scale": False, "center": False}), "n.trainable"),
    "forgot-plus-one": (CONV, "c.channels"),
    "one-bias-per-layer": (recurrent("gru", bias=False), "r.parameters"),
    "bias-although-none": (CONV, "c.parameters"),
    "bn-moving-statistics": (network({**NORM, "statistics": False}, conventions="keras"), "n.parameters"),
    "lstm-one-or-two-biases": (recurrent("lstm", bias=False), "r.parameters"),
    "gru-one-bias": (recurrent("gru", bias=False), "r.parameters"),
    "mac-vs-flop": (CONV, "c.parameters"),
    "heads-multiply-projections": (one_head(), "a.parameters"),
    "gates-miscounted": (FLATTENED, "fc.parameters"),
    "pool-has-parameters": (CONV, "c.parameters"),
    "bn-all-trainable": (network(NORM), "n.trainable"),
    "dilation-counted-in-weights": (CONV, "c.parameters"),
    "transposed-read-as-convolution": (CONV, "c.shape"),
    "kernel-used-as-stride": (SAME, "c.height"),
    "rf-without-pooling": (CONV, "c.receptive_field"),
    "bidirectional-doubles-bias": (recurrent("lstm"), "fc.parameters"),
    "bidirectional-ignored": (recurrent("lstm"), "r.parameters"),
    "keras-key-dim-per-head": (EMBEDDED, "a.parameters"),
    "alexnet-224-vs-227": (CONV, "c.height"),
    "padding-added-once": (network(conv("convtranspose2d")), "c.height"),
    "pad-order-misread": (CONV, "c.shape"),
    "lenet-c3-full-vs-table": (CONV, "c.parameters"),
    "phantom-layer": (CONV, "c.parameters"),
    "norm-scale-and-shift": (CONV, "c.parameters"),
    "norms-left-out": (FLATTENED, "total.parameters"),
    "custom-parameter-missed": (FLATTENED, "total.parameters"),
    "embeddings-left-out": (FLATTENED, "total.parameters"),
    "reused-layer-counted-once": (FLATTENED, "total.activations"),
    "attention-scores-left-out": (EMBEDDED, "a.parameters"),
    "million-as-1024-squared": (CONV, "c.parameters"),
    "unit-scale-applied-twice": (CONV, "c.macs"),
    "bytes-reported-as-parameters": (CONV, "c.macs"),
}


@pytest.mark.parametrize(("slug", "case"), HIDDEN.items(), ids=list(HIDDEN))
def test_cannot_be_seen(slug, case):
    """Where the numbers hide a mistake, it gives the key's own values and nothing else."""
    net, quantity = case
    assert mistaken(net, slug, [quantity]) == [(net.value(quantity),)]


@pytest.mark.parametrize(("slug", "case"), ABSENT.items(), ids=list(ABSENT))
def test_does_not_apply(slug, case):
    """Where a layer has nothing that a mistake rewrites, the mistake gives no values."""
    net, quantity = case
    assert mistaken(net, slug, [quantity]) == []
