"""More wrong answers as students give them: norms, recurrent layers, attention, and what a network costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifelike import CONV, DEEP, STRIDED, Case, case, layer, net


def norms() -> Iterator[Case]:
    """Normalisation."""
    keras = net(layer("batchnorm"), channels=32, height=8, width=8, conventions="keras")
    torch = net(layer("batchnorm"), channels=32, height=8, width=8, conventions="pytorch")
    textbook = net(layer("batchnorm"), channels=32, height=8, width=8)
    yield case(keras, "x.parameters", 64, "bn-moving-statistics")
    yield case(torch, "x.parameters", 128, "bn-moving-statistics")
    yield case(textbook, "x.parameters", "4*32", "bn-moving-statistics")
    yield case(textbook, "x.parameters", 32, "norm-scale-and-shift")
    yield case(textbook, "x.parameters", 2 * 8 * 8 * 32, "per-channel-or-per-element")
    yield case(textbook, "x.parameters", 2, "per-channel-or-per-element")
    yield case(textbook, "x.parameters", 0, "norms-left-out")
    yield case(keras, "x.trainable", 0, "bn-all-nontrainable")
    yield case(keras, "x.trainable", 128, "bn-moving-statistics", "bn-all-trainable")
    yield case(keras, "x.nontrainable", 0, "bn-moving-statistics", "bn-all-trainable")
    yield case(keras, "x.nontrainable", 128, "bn-all-nontrainable")
    layer_norm = net(layer("layernorm"), tokens=20, features=32)
    yield case(layer_norm, "x.parameters", 32, "norm-scale-and-shift")
    yield case(layer_norm, "x.parameters", 2 * 20 * 32, "per-channel-or-per-element")
    group = net(layer("groupnorm", groups=4), channels=32, height=8, width=8)
    yield case(group, "x.parameters", 2 * 4, "per-channel-or-per-element")
    rms = net(layer("rmsnorm"), tokens=20, features=32)
    yield case(rms, "x.parameters", 64, "norm-scale-and-shift")
    stack = net(
        layer("conv2d", "c", filters=8, kernel=3, bias=False), layer("batchnorm", "n"), layer("dense", "d", units=5),
        conventions="keras",
    )  # fmt: skip
    # 216 + 32 + 45 = 293
    yield case(stack, "total.parameters", 216 + 45, "norms-left-out", "layer-left-out-of-total")
    yield case(stack, "total.parameters", 216 + 16 + 45, "bn-moving-statistics")
    yield case(stack, "total.parameters", 216 + 8 + 32 + 45, "bias-although-none")


def recurrent() -> Iterator[Case]:
    """Recurrent layers."""
    q = "x.parameters"

    def of(kind: str, conventions: str = "textbook", **keys: Any) -> dict[str, Any]:
        return net(layer(kind, units=64, **keys), tokens=20, features=32, conventions=conventions)

    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64), "forgot-bias")
    yield case(of("lstm"), q, 64 * 32 + 64 * 64 + 64, "gates-miscounted")
    yield case(of("lstm"), q, 3 * (64 * 32 + 64 * 64 + 64), "gates-miscounted")
    yield case(of("lstm"), q, "4*(32*64+64)", "recurrent-matrix-as-vector")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 + 64), "recurrent-matrix-as-vector")
    yield case(of("lstm"), q, 4 * (64 * 20 + 64 * 64 + 64), "lstm-timesteps-as-size")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64 + 64) * 20, "image-size-in-conv-params")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64 + 2 * 64), "lstm-one-or-two-biases")
    yield case(of("lstm", "pytorch"), q, 4 * (64 * 32 + 64 * 64 + 64), "lstm-one-or-two-biases")
    yield case(of("lstm", "pytorch"), q, 4 * (64 * 32 + 64 * 64), "forgot-bias")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64) + 4, "one-bias-per-layer")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64) + 1, "one-bias-per-layer")
    yield case(of("lstm"), q, 4 * (64 * 32 + 64 * 64) + 64, "gates-miscounted")
    yield case(of("gru"), q, 3 * (64 * 32 + 64 * 64 + 2 * 64), "gru-one-bias")
    yield case(of("gru", "keras"), q, 3 * (64 * 32 + 64 * 64 + 64), "gru-one-bias")
    yield case(of("gru"), q, 3 * (64 * 32 + 64 * 64), "forgot-bias")
    yield case(of("gru"), q, 4 * (64 * 32 + 64 * 64 + 64), "gates-miscounted")
    yield case(of("gru"), q, 2 * (64 * 32 + 64 * 64 + 64), "gates-miscounted")
    yield case(of("rnn"), q, 64 * 32 + 64, "recurrent-matrix-as-vector")
    yield case(of("rnn"), q, 64 * 32 + 64 + 64, "recurrent-matrix-as-vector")
    yield case(of("rnn"), q, 64 * 32 + 64 * 64, "forgot-bias")
    yield case(of("rnn"), q, 64 * 32, "forgot-bias + recurrent-matrix-as-vector")
    yield case(of("rnn"), q, (20 * 64 + 64 * 64) + 64, "lstm-timesteps-as-size")
    yield case(of("lstm", bidirectional=True), q, 4 * (64 * 32 + 64 * 64 + 64), "bidirectional-ignored")
    yield case(of("lstm", bidirectional=True), "x.features", 64, "bidirectional-ignored")
    yield case(of("lstm", bidirectional=True), q, 2 * 4 * (64 * 32 + 64 * 64), "forgot-bias")
    yield case(of("rnn", sequences=False), "x.features", 1, "rnn-output-is-scalar")
    yield case(of("lstm"), "x.macs", 4 * (64 * 32 + 64 * 64), "rnn-macs-one-step")
    behind = net(
        layer("lstm", "r", units=16, bidirectional=True, sequences=False),
        layer("dense", units=5),
        tokens=20,
        features=8,
    )
    yield case(behind, "x.parameters", 16 * 5 + 5, "bidirectional-ignored")
    yield case(behind, "x.parameters", 2 * (16 * 5 + 5), "bidirectional-doubles-bias")
    yield case(behind, "x.parameters", 4 * 5 * (32 + 5), "lstm-rule-on-dense")
    yield case(behind, "x.parameters", 4 * 5 * (32 + 5 + 1), "lstm-rule-on-dense")


def attention() -> Iterator[Case]:
    """Attention, transformers, tables."""
    q, att = "x.parameters", net(layer("attention", heads=4), tokens=15, features=24)
    square = 24 * 24
    yield case(att, q, 3 * square + 3 * 24, "output-projection-forgotten")
    yield case(att, q, "3*24*24", "forgot-bias + output-projection-forgotten")
    yield case(att, q, 4 * square, "forgot-bias")
    yield case(att, q, 4 * (4 * square + 4 * 24), "heads-multiply-projections")
    yield case(att, q, 4 * 3 * square, "heads-multiply-projections")
    yield case(att, q, 4 * (3 * square + 3 * 24), "heads-multiply-projections + output-projection-forgotten")
    yield case(att, q, 4 * 4 * square, "forgot-bias + heads-multiply-projections")
    yield case(att, q, 4 * 3 * square + square, "forgot-bias + heads-multiply-projections")
    yield case(att, q, 4 * square + 4, "one-bias-per-layer")
    yield case(att, "x.macs", 4 * 15 * square, "attention-scores-left-out")
    yield case(att, "x.macs", 4 * 15 * square + 15 * 15 * 24, "attention-scores-left-out")
    block = net(layer("encoderlayer", heads=4, feedforward=96), tokens=15, features=24)
    every = 4 * square + 4 * 24 + 2 * 24 * 96 + 96 + 24 + 4 * 24
    yield case(block, q, every - 4 * 24, "norms-left-out")
    yield case(block, q, 4 * square + 2 * 24 * 96, "forgot-bias + norms-left-out")
    yield case(block, q, "12*24*24", "forgot-bias + norms-left-out")
    yield case(block, q, every - square - 24, "output-projection-forgotten")
    words = layer("embedding", "e", vocabulary=900, features=24)
    table = net(words, tokens=15)
    yield case(table, "e.parameters", 15 * 24, "embedding-sequence-length", "outputs-called-parameters")
    yield case(table, "e.parameters", 901 * 24, "bias-although-none")
    model = net(
        words,
        layer("parameter", "pos", shape=[15, 24]),
        layer("encoderlayer", "b", **{"from": "e"}, heads=4, feedforward=96),
        layer("dense", "out", tied="e", bias=False),
        tokens=15,
    )
    total = 900 * 24 + 15 * 24 + every
    yield case(model, "total.parameters", total + 900 * 24, "tied-weights-double-counted")
    yield case(model, "total.parameters", every, "embeddings-left-out")
    yield case(model, "total.parameters", total - 15 * 24, "layer-left-out-of-total", "custom-parameter-missed")
    yield case(model, "total.parameters", total - 900 * 24, "layer-left-out-of-total", "embeddings-left-out")
    yield case(model, "total.parameters", total - 4 * 24, "norms-left-out")
    keys = net(layer("attention", heads=4, head_features=10), tokens=15, features=24, conventions="keras")
    yield case(keys, q, 3 * (24 * 10 + 10) + 10 * 24 + 24, "keras-key-dim-per-head")


def costs() -> Iterator[Case]:
    """Multiply-adds, memory, receptive fields."""
    macs = 5 * 5 * 6 * 10 * 9 * 15
    q = "x.macs"
    yield case(STRIDED, q, 5 * 5 * 6 * 10 * 20 * 31, "macs-input-size-instead-of-output", "valid-taken-as-same")
    yield case(STRIDED, q, 6 * 10 * 9 * 15, "macs-without-kernel-area")
    yield case(STRIDED, q, 5 * 5 * 10 * 9 * 15, "forgot-input-channels")
    yield case(STRIDED, q, 5 * 5 * 10 * 10 * 9 * 15, "cout-used-for-cin")
    yield case(STRIDED, q, 5 * 5 * 6 * 10 * 4 * 7, "stride-applied-twice")
    yield case(STRIDED, q, macs + 10 * 9 * 15, "bias-adds-in-macs")
    yield case(STRIDED, q, 2 * macs, "mac-vs-flop")
    yield case(STRIDED, "x.flops", macs, "mac-vs-flop")
    yield case(STRIDED, "x.flops", 2 * (macs + 1350), "bias-adds-in-macs")
    yield case(STRIDED, "x.flops", 2 * macs + 1350, "bias-adds-in-macs")
    yield case(STRIDED, q, 1500, "macs-of-one-position")
    yield case(STRIDED, q, 1510, "macs-of-one-position")
    yield case(STRIDED, q, 5 * 6 * 10 * 9 * 15, "kernel-not-squared")
    yield case(STRIDED, q, 5 * 5 * 6 * 9 * 15, "one-filter-counted")
    yield case(STRIDED, q, 5 * 5 * 6 * 10 * 18 * 29, "stride-ignored")
    yield case(STRIDED, q, 6 * 10 * 20 * 31, "macs-input-size-instead-of-output + macs-without-kernel-area")
    dense = net(layer("dense", units=256), features=128)
    yield case(dense, "x.macs", 128 * 256 + 256, "bias-adds-in-macs")
    yield case(dense, "x.flops", 128 * 256, "mac-vs-flop")
    yield case(DEEP, "total.macs", 27 * 12 * 32 * 48 + 108 * 20 * 14 * 22, "layer-left-out-of-total")
    yield case(DEEP, "total.macs", 2 * (27 * 12 * 32 * 48 + 108 * 20 * 14 * 22 + 61600), "mac-vs-flop")
    yield case(CONV, "x.parameter_bytes", 2416, "one-byte-per-parameter")
    yield case(CONV, "x.parameter_bytes", 2 * 2416, "one-byte-per-parameter")
    yield case(CONV, "x.parameter_bytes", 8 * 2416, "one-byte-per-parameter")
    yield case(CONV, "x.parameter_bytes", 32 * 2416, "bits-to-bytes-multiplied")
    yield case(CONV, "x.parameter_bytes", 2400 * 4, "forgot-bias")
    yield case(CONV, "x.parameter_bytes", "9.4 kB", "mb-vs-mib")
    yield case(CONV, "x.activation_bytes", 28 * 44 * 16, "one-byte-per-parameter")
    half = net(layer("dense", units=1000), features=1000, conventions={"bytes_per_number": 2})
    yield case(half, "x.parameter_bytes", 4 * 1001000, "one-byte-per-parameter")
    yield case(half, "x.parameter_bytes", 1001000, "one-byte-per-parameter")
    large = net(layer("dense", units=3000), features=1000)
    yield case(large, "x.parameters", "2.86M", "million-as-1024-squared")
    yield case(large, "x.parameters", 4 * 3003000, "bytes-reported-as-parameters")
    yield case(large, "x.parameters", "12 MB", "bytes-reported-as-parameters")
    yield case(large, "x.parameters", "3003 M", "unit-scale-applied-twice")
    yield case(large, "x.parameter_bytes", "11.5 MB", "mb-vs-mib")
    trained = net(layer("conv2d", filters=10, kernel=5, padding=2), channels=6, height=20, width=31, batch=16)
    yield case(trained, "x.batch_activation_bytes", 10 * 20 * 31 * 4, "batch-missing-on-activations")
    yield case(trained, "x.batch_activation_bytes", 10 * 20 * 31 * 16, "one-byte-per-parameter")
    chain = net(
        layer("conv2d", "a", filters=8, kernel=5, stride=2), layer("maxpool2d", "p", kernel=3, stride=2),
        layer("conv2d", "b", filters=8, kernel=3), channels=3, height=64, width=64,
    )  # fmt: skip
    # a: 5, jump 2; p: 5 + 2 * 2 = 9, jump 4; b: 9 + 2 * 4 = 17
    r = "b.receptive_field"
    yield case(chain, r, 9 + 3 * 4, "rf-adds-k-not-k-minus-1")
    yield case(chain, r, "1 + 5 + 3*2 + 3*4 = 24", "rf-adds-k-not-k-minus-1")
    yield case(chain, r, 3, "rf-is-kernel-size")
    yield case(chain, r, 9, "rf-of-another-layer")
    yield case(chain, r, 5 + 2 + 2, "stride-ignored", "rf-of-another-layer")
    yield case(chain, r, "3x3", "rf-is-kernel-size")
    yield case(chain, "p.receptive_field", 5 + 2 * 4, "rf-own-stride-counted")
    yield case(chain, "p.receptive_field", 5 + 2, "stride-ignored")
    yield case(chain, "p.receptive_field", 5, "rf-of-another-layer", "rf-without-pooling")
    yield case(chain, r, 5 + 2 * 2, "rf-without-pooling", "rf-of-another-layer")
    yield case(chain, r, 5 + 2 * 4, "rf-without-pooling")
    plain = net(*(layer("conv2d", f"c{n}", filters=8, kernel=3) for n in range(3)))
    yield case(plain, "c2.receptive_field", 9, "rf-adds-k-not-k-minus-1")
    yield case(plain, "c2.receptive_field", 10, "rf-adds-k-not-k-minus-1")
    yield case(plain, "c2.receptive_field", 5, "rf-of-another-layer")
    yield case(plain, "c2.receptive_field", "3 x 3", "rf-is-kernel-size")


FAMILIES = (norms, recurrent, attention, costs)


def cases() -> list[Case]:
    """All cases of this table."""
    return [found for family in FAMILIES for found in family()]
