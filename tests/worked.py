"""Mistakes in layers of other kinds than plain convolutions, pools and dense layers, each worked by hand.

A row is a mistake, a network, what is asked of it, and the value that the mistake gives on paper.
"""

from __future__ import annotations

from fractions import Fraction

from layerquiz.network.network import Network

IMAGE = {"channels": 6, "height": 20, "width": 31}


def network(*layers, conventions="textbook", **given):
    """A network of a few layers, on the image of this table unless an input is given."""
    return Network.parse({"conventions": conventions, "input": given or IMAGE, "layers": list(layers)})


def conv(kind="conv2d", name="c", filters=10, kernel=5, **keys):
    """A convolution called c; a depthwise one has no filters of its own."""
    given = {} if filters is None else {"filters": filters}
    return {"kind": kind, "name": name, **given, "kernel": kernel, **keys}


def pool(kernel=3, **keys):
    """A pool called p."""
    return {"kind": "maxpool2d", "name": "p", "kernel": kernel, **keys}


FLAT, OUT = {"kind": "flatten", "name": "flat"}, {"kind": "dense", "name": "fc", "units": 7}
NORM = {"kind": "batchnorm", "name": "n"}

# (20 - 5 + 2) // 2 + 1 = 9 high and (31 - 5 + 2) // 2 + 1 = 15 wide.
CONV = network(conv(stride=2, padding=1))
STRIP = network(conv("conv1d", filters=32), channels=7, length=100)
DENSE = network({"kind": "dense", "name": "fc", "units": 256}, features=128)
GREY = network(conv(), channels=1, height=20, width=31)
COLOUR = network(conv(), channels=3, height=20, width=31)
SAME = network(conv(stride=2, padding="same"))
POOL = network(pool(stride=2))
FLATTENED = network(conv(stride=2, padding=1), FLAT, OUT)
UNFLATTENED = network(conv(stride=2, padding=1), OUT)
TWO = network(conv(stride=2), conv(name="d", filters=4, kernel=3))
NORMED = network(conv(stride=2, padding=1), NORM, conventions="keras")

SEPARABLE = network(conv("separableconv2d", filters=10, kernel=5))
# (20 - 1) * 3 - 2 * 1 + 5 = 60 high and (31 - 1) * 3 - 2 * 1 + 5 = 93 wide.
TRANSPOSED = network(conv("convtranspose2d", stride=3, padding=1))
WORDS = {"kind": "embedding", "name": "words", "vocabulary": 900, "features": 24}
EMBEDDED = network(WORDS, {"kind": "attention", "name": "a", "heads": 4}, tokens=15)


HALF = {"data_type": "float16", "optimiser": "adam"}
# 2,310 weights; a batch of 16 pictures of 6 x 20 x 31 and their outputs of 10 x 20 x 31.
TRAINED = network(conv(padding=2, bias=False), conventions=HALF, **IMAGE, batch=16)
CACHED = network({"kind": "attention", "name": "a", "heads": 4}, tokens=15, features=24, batch=3)
EXPERTS = {"kind": "mixture", "name": "m", "experts": 8, "active": 2, "feedforward": 50}
MIXED = network(EXPERTS, tokens=15, features=24)
ADAPTED = network({"kind": "dense", "name": "fc", "units": 40, "lora": 4}, features=100)
TRAINING = {
    "batch-missing-on-activations": (TRAINED, "c.batch_activation_bytes", 10 * 20 * 31 * 2),
    "batch-missing-on-activations, total": (TRAINED, "total.batch_activation_bytes", (6 + 10) * 20 * 31 * 2),
    "batch-missing-on-activations, cache": (CACHED, "a.kv_cache_bytes", 2 * 15 * 24 * 4),
    "optimiser-state-forgotten": (TRAINED, "c.training_bytes", 2 * (2 * 1500 + 16 * 10 * 20 * 31)),
    "gradients-forgotten, total": (TRAINED, "total.training_bytes", 2 * (3 * 1500 + 16 * 16 * 20 * 31)),
    "one-byte-per-parameter, state": (TRAINED, "c.optimiser_bytes", 2 * 1500 * 1),
    "backward-left-out": (TRAINED, "c.training_flops", 2 * 1500 * 20 * 31),
    "backward-left-out, total": (TRAINED, "total.training_flops", 2 * 1500 * 20 * 31),
    "backward-as-forward": (TRAINED, "c.training_flops", 2 * 2 * 1500 * 20 * 31),
    "values-not-cached": (CACHED, "a.kv_cache_bytes", 3 * 15 * 24 * 4),
    "forgot-bias, connections": (CONV, "c.connections", 5 * 5 * 6 * 10 * 9 * 15),
    "adapter-of-one-matrix": (ADAPTED, "fc.trainable", 4 * 100),
    "all-experts-active": (MIXED, "m.active_parameters", 24 * 8 + 8 * (2 * 24 * 50 + 50 + 24)),
    "all-experts-active, macs": (MIXED, "m.macs", 15 * (24 * 8 + 8 * 2 * 24 * 50)),
    "only-active-experts": (MIXED, "m.parameters", 24 * 8 + 2 * (2 * 24 * 50 + 50 + 24)),
    "router-left-out": (MIXED, "m.parameters", 8 * (2 * 24 * 50 + 50 + 24)),
}


def recurrent(kind, **keys):
    """A network of one recurrent layer r of 6 units on 12 steps of 5 features, and a dense layer."""
    layer = {"kind": kind, "name": "r", "units": 6, **keys}
    return network(layer, {"kind": "dense", "name": "fc", "units": 7}, tokens=12, features=5)


# 20 x 31 becomes 16 x 27 with a kernel of 5.
GROUPED_UP = network(conv("convtranspose2d", groups=2))
DEPTHWISE = network(conv("depthwiseconv2d", multiplier=2, filters=None))
DEPTHWISE_STRIP = network(conv("depthwiseconv1d", filters=None), channels=7, length=100)
OPEN_UP = network(conv("convtranspose2d", stride=3, output_padding=2))
DOWN_UP = network(conv(), conv("convtranspose2d", name="u", kernel=5, stride=2))
BARE = network(conv(bias=False))
BILINEAR = network(
    {"kind": "dense", "name": "d", "units": 5},
    {"kind": "bilinear", "name": "b", "units": 3, "from": ["input", "d"]},
    features=8,
)
WORDS_TIED = network(WORDS, {"kind": "dense", "name": "out", "tied": "words", "bias": False}, tokens=15)
AGAIN = network(conv(filters=6, padding=2), conv(filters=6, padding=2, name="d", shares="c"))
LEARNED = network({"kind": "prelu", "name": "s", "parameters": "channels"}, conv())
HEADS = network({"kind": "attention", "name": "a", "heads": 4, "head_features": 10}, tokens=15, features=24)
IN_WINDOWS = network({"kind": "attention", "name": "a", "heads": 4, "window": 5}, tokens=15, features=24)
BIASED_BY_PLACE = network({"kind": "attention", "name": "a", "heads": 4, "position_bias": 9}, tokens=15, features=24)
GROUPED_HEADS = network({"kind": "attention", "name": "a", "heads": 4, "kv_heads": 2}, tokens=15, features=24)
BLOCK = {"name": "b", "heads": 4, "feedforward": 96}
ENCODER = network({"kind": "encoderlayer", **BLOCK}, tokens=15, features=24)
DECODER = network({"kind": "decoderlayer", **BLOCK}, tokens=15, features=24)
LARGE = network({"kind": "dense", "name": "fc", "units": 3000}, features=1000)
LOW, HIGH = 3000 * 1001 / Fraction(2**20), 3000 * 1001


def norm(kind, **keys):
    """A network of one normalisation n on 6 x 20 x 31."""
    return network({"kind": kind, "name": "n", **keys})


def of_two(kind, **keys):
    """A network that merges 10 maps with 10 maps as m."""
    second = conv(name="d", padding=2, filters=10)
    return network(conv(padding=2), second, {"kind": kind, "name": "m", "from": ["c", "d"], **keys})


WORKED = {
    **TRAINING,
    "forgot-input-channels, depthwise": (DEPTHWISE, "c.weights", 5 * 5 * 2),
    "forgot-input-channels, transposed groups": (GROUPED_UP, "c.parameters", 5 * 5 * 5 + 10),
    "forgot-input-channels, separable": (SEPARABLE, "c.weights", 5 * 5 + 10),
    "forgot-input-channels, separable's first step": (SEPARABLE, "c.weights", 5 * 5 + 6 * 10),
    "forgot-bias, depthwise": (DEPTHWISE, "c.parameters", 5 * 5 * 12),
    "forgot-bias, transposed": (TRANSPOSED, "c.parameters", 5 * 5 * 6 * 10),
    "forgot-bias, separable": (SEPARABLE, "c.parameters", 5 * 5 * 6 + 6 * 10),
    "forgot-bias, recurrent": (recurrent("gru", layers=2), "r.parameters", 3 * (6 * 5 + 6 * 6) + 3 * (6 * 6 + 6 * 6)),
    "forgot-bias, attention": (EMBEDDED, "a.parameters", 4 * 24 * 24),
    "forgot-bias, encoder's layer": (ENCODER, "b.parameters", 4 * 24 * 24 + 2 * 24 * 96 + 2 * 24),
    "forgot-bias, dense layers of an encoder's": (ENCODER, "b.parameters", 4 * 24 * 24 + 2 * 24 * 96 + 4 * 24),
    "one-bias-per-layer, bilinear": (BILINEAR, "b.parameters", 8 * 5 * 3 + 1),
    "one-bias-per-layer, each gate": (recurrent("lstm"), "r.parameters", 4 * (6 * 5 + 6 * 6 + 1)),
    "one-bias-per-layer, each projection": (EMBEDDED, "a.parameters", 4 * 24 * 24 + 4),
    "bias-on-input-side, depthwise": (DEPTHWISE, "c.parameters", 5 * 5 * (12 + 1)),
    "bias-on-input-side, transposed groups": (GROUPED_UP, "c.parameters", 5 * 5 * 6 * (5 + 1)),
    "bias-on-input-side, separable": (SEPARABLE, "c.parameters", 5 * 5 * 6 + 6 * (10 + 1)),
    "bias-on-input-side, recurrent": (recurrent("lstm"), "r.parameters", 4 * (5 + 6) * (6 + 1)),
    "bias-per-input-channel, depthwise": (DEPTHWISE, "c.parameters", 5 * 5 * 12 + 6),
    "bias-although-none": (BARE, "c.parameters", (5 * 5 * 6 + 1) * 10),
    "bias-although-none, recurrent": (recurrent("gru", bias=False), "r.parameters", 3 * (6 * 5 + 6 * 6 + 6)),
    "bidirectional-doubles-bias": (recurrent("lstm", bidirectional=True), "fc.parameters", 2 * (6 * 7 + 7)),
    "kernel-squared-in-1d, depthwise": (DEPTHWISE_STRIP, "c.parameters", (5 * 5 + 1) * 7),
    "input-size-used-as-kernel, separable": (SEPARABLE, "c.parameters", 20 * 31 * 6 + 6 * 10 + 10),
    "image-size-in-conv-params, depthwise": (DEPTHWISE, "c.parameters", 5 * 5 * 12 * 16 * 27 + 12),
    "groups-ignored, depthwise": (DEPTHWISE, "c.parameters", 5 * 5 * 6 * 12 + 12),
    "groups-ignored, depthwise macs": (DEPTHWISE, "c.macs", 5 * 5 * 6 * 12 * 16 * 27),
    "groups-ignored, transposed": (GROUPED_UP, "c.parameters", (5 * 5 * 6 + 0) * 10 + 10),
    "groups-ignored, separable": (SEPARABLE, "c.parameters", (5 * 5 * 6 + 1) * 10),
    "groups-ignored, heads": (GROUPED_HEADS, "a.weights", 4 * 24 * 24),
    "bilinear-adds-inputs": (BILINEAR, "b.parameters", (8 + 5) * 3 + 3),
    "fraction-not-floored, enlarged": (
        network({"kind": "upsample", "name": "u", "factor": 1.5}),
        "u.width",
        31 * Fraction(3, 2),
    ),
    "stride-ignored, transposed": (TRANSPOSED, "c.height", (20 - 1) * 1 - 2 * 1 + 5),
    "stride-ignored, transposed field": (DOWN_UP, "u.receptive_field", 5 + (5 - 1) * 1),
    "dilation-ignored, transposed": (network(conv("convtranspose2d", dilation=2)), "c.height", 20 - 1 + 5),
    "dilation-ignored, pool": (network(pool(dilation=2)), "p.width", (31 - 3) // 3 + 1),
    "dilation-ignored, field": (network(conv(dilation=2), conv(name="d", kernel=3)), "d.receptive_field", 5 + 2),
    "padding-added-once, sides": (
        network({"kind": "crop", "name": "z", "padding": [[1, 2], [3, 4]]}),
        "z.height",
        20 - 1,
    ),
    "pooling-always-halves, adaptive": (
        network({"kind": "adaptiveavgpool", "name": "p", "size": 7}),
        "p.height",
        20 // 2,
    ),
    "alexnet-224-vs-227": (
        network(conv(kernel=11, stride=4), channels=3, height=224, width=224),
        "c.height",
        (227 - 11) // 4 + 1,
    ),
    "alexnet-224-vs-227, reverse": (
        network(conv(kernel=11, stride=4), channels=3, height=227, width=227),
        "c.height",
        (224 - 11) // 4 + 1,
    ),
    "keeps-input-channels, depthwise": (DEPTHWISE, "c.channels", 6),
    "keeps-input-channels, shuffle": (
        network({"kind": "pixelshuffle", "name": "x", "factor": 2}, channels=8, height=5, width=5),
        "x.channels",
        8,
    ),
    "pooling-divides-channels, enlarged": (
        network({"kind": "upsample", "name": "u", "factor": 2}),
        "u.channels",
        6 // 2,
    ),
    "add-or-concat, add": (of_two("add"), "m.channels", 10 + 10),
    "add-or-concat, concat": (of_two("concat"), "m.channels", 10),
    "global-pool-keeps-positions": (
        network({"kind": "globalavgpool", "name": "g"}, OUT),
        "fc.weights",
        20 * 31 * 6 * 7,
    ),
    "global-pool-keeps-positions, sizes": (
        network({"kind": "globalmaxpool", "name": "g", "keepdims": True}),
        "g.shape",
        (20, 31, 6),
    ),
    "tokens-along-one-side": (network({"kind": "tokens", "name": "t"}), "t.tokens", 31),
    "transposed-size-ambiguous, without": (OPEN_UP, "c.height", (20 - 1) * 3 + 5),
    "flatten-without-channels, reshape": (
        network({"kind": "reshape", "name": "x", "shape": [-1, 4]}),
        "x.shape",
        (20 * 31 // 4, 4),
    ),
    "forgot-flatten, sequence": (network({"kind": "flatten", "name": "f"}, tokens=15, features=24), "f.features", 24),
    "norm-scale-and-shift": (norm("groupnorm", groups=2), "n.parameters", 6),
    "norm-scale-and-shift, a shift too": (norm("rmsnorm"), "n.parameters", 2 * 6),
    "norm-scale-and-shift, nothing learned": (norm("instancenorm"), "n.parameters", 2 * 6),
    "per-channel-or-per-element": (norm("batchnorm"), "n.parameters", 2 * 20 * 31 * 6),
    "per-channel-or-per-element, reverse": (norm("layernorm", axes="all"), "n.parameters", 2 * 6),
    "per-channel-or-per-element, groups": (norm("groupnorm", groups=3), "n.parameters", 2 * 3),
    "per-channel-or-per-element, slopes": (LEARNED, "s.parameters", 20 * 31 * 6),
    "norms-left-out": (NORMED, "total.parameters", (5 * 5 * 6 + 1) * 10),
    "norms-left-out, encoder's layer": (ENCODER, "b.parameters", 4 * 24 * 25 + 2 * 24 * 96 + 96 + 24),
    "recurrent-matrix-as-vector, stacked": (
        recurrent("lstm", layers=2),
        "r.weights",
        4 * (6 * 5 + 6) + 4 * (6 * 6 + 6),
    ),
    "recurrent-matrix-as-vector, projected": (recurrent("lstm", projection=2), "r.weights", 4 * (6 * 5 + 6) + 6 * 2),
    "lstm-timesteps-as-size, both directions": (
        recurrent("rnn", bidirectional=True),
        "r.weights",
        2 * (6 * 12 + 6 * 6),
    ),
    "bidirectional-ignored": (
        recurrent("lstm", bidirectional=True, layers=2),
        "r.parameters",
        4 * (6 * 5 + 6 * 6 + 6) + 4 * (6 * 6 + 6 * 6 + 6),
    ),
    "bidirectional-ignored, features": (recurrent("gru", bidirectional=True), "r.features", 6),
    "rnn-macs-one-step, dense": (recurrent("gru"), "fc.macs", 6 * 7),
    "bias-adds-in-macs, last step": (recurrent("gru", sequences=False), "r.macs", 12 * 3 * (6 * 5 + 6 * 6 + 6)),
    "bias-adds-in-macs, depthwise": (DEPTHWISE, "c.macs", (5 * 5 + 1) * 12 * 16 * 27),
    "heads-multiply-projections, decoder's layer": (DECODER, "b.weights", 4 * 8 * 24 * 24 + 2 * 24 * 96 + 3 * 24),
    "output-projection-forgotten, other sizes": (HEADS, "a.parameters", 3 * (24 * 40 + 40)),
    "output-projection-forgotten, macs": (EMBEDDED, "a.macs", 3 * 15 * 24 * 24 + 2 * 15 * 15 * 24),
    "output-projection-forgotten, decoder's layer": (
        DECODER,
        "b.parameters",
        6 * 24 * 24 + 6 * 24 + 2 * 24 * 96 + 96 + 24 + 6 * 24,
    ),
    "keras-key-dim-per-head": (HEADS, "a.parameters", 4 * 24 * 10 + 3 * 10 + 24),
    "windows-forgotten": (IN_WINDOWS, "a.macs", 4 * 15 * 24 * 24 + 2 * 15 * 15 * 24),
    "position-biases-forgotten": (BIASED_BY_PLACE, "a.weights", 4 * 24 * 24),
    "attention-scores-left-out": (EMBEDDED, "a.macs", 4 * 15 * 24 * 24),
    "attention-scores-left-out, encoder's layer": (ENCODER, "b.macs", 15 * (4 * 24 * 24 + 2 * 24 * 96)),
    "tied-weights-double-counted, output": (WORDS_TIED, "out.parameters", 900 * 24),
    "tied-weights-double-counted, shared": (AGAIN, "d.parameters", (5 * 5 * 6 + 1) * 6),
    "custom-parameter-missed": (LEARNED, "total.parameters", (5 * 5 * 6 + 1) * 10),
    "reused-layer-counted-once": (AGAIN, "total.activations", 2 * 20 * 31 * 6),
    "million-as-1024-squared": (LARGE, "fc.parameters", LOW),
    "million-as-1024-squared, M": (LARGE, "fc.parameters", LOW * 10**6),
    "bytes-reported-as-parameters": (LARGE, "fc.parameters", 4 * HIGH),
    "bytes-reported-as-parameters, MiB": (LARGE, "fc.parameters", 4 * LOW),
    "bytes-reported-as-parameters, few": (CONV, "c.parameters", 4 * (5 * 5 * 6 + 1) * 10),
    "unit-scale-applied-twice": (LARGE, "fc.macs", Fraction(3)),
    "unit-scale-applied-twice, k for M": (LARGE, "fc.parameters", Fraction(HIGH, 1000)),
    "unit-scale-applied-twice, MiB": (LARGE, "fc.parameter_bytes", 4 * LOW),
    "macs-without-kernel-area, depthwise": (DEPTHWISE, "c.macs", 12 * 16 * 27),
    "macs-without-kernel-area, transposed": (TRANSPOSED, "c.macs", 6 * 10 * 20 * 31),
    "cout-used-for-cin, transposed": (TRANSPOSED, "c.macs", 5 * 5 * 10 * 10 * 20 * 31),
    "rf-adds-k-not-k-minus-1, transposed": (
        network(conv(stride=2), conv("convtranspose2d", name="u", kernel=4, stride=2)),
        "u.receptive_field",
        1 + 5 + (4 // 2) * 2,
    ),
    "rf-adds-k-not-k-minus-1, pool": (network(conv(stride=2), pool(3)), "p.receptive_field", 1 + 5 + 3 * 2),
    "rf-is-kernel-size, dilated": (network(conv(), conv(name="d", dilation=2)), "d.receptive_field", 2 * (5 - 1) + 1),
    "separable-one-or-two-biases": (SEPARABLE, "c.parameters", 5 * 5 * 6 + 6 + 6 * 10 + 10),
    "transposed-kernel-term-dropped": (TRANSPOSED, "c.height", (20 - 1) * 3 - 2 * 1 + 1),
    "transposed-size-ambiguous": (TRANSPOSED, "c.width", 93 + 2),
    "transposed-macs-at-output": (TRANSPOSED, "c.macs", 5 * 5 * 6 * 10 * 60 * 93),
    "rnn-output-is-scalar": (recurrent("rnn", sequences=False), "r.shape", (1,)),
    "lstm-timesteps-as-size": (recurrent("lstm"), "r.parameters", 4 * (6 * 12 + 6 * 6 + 6)),
    "recurrent-matrix-as-vector": (recurrent("rnn"), "r.parameters", 6 * 5 + 6 + 6),
    "lstm-rule-on-dense": (recurrent("lstm"), "fc.parameters", 4 * 7 * (6 + 7)),
    "rnn-macs-one-step": (recurrent("gru"), "r.macs", 3 * (6 * 5 + 6 * 6)),
    "heads-multiply-projections": (EMBEDDED, "a.parameters", 4 * (4 * 24 * 24 + 4 * 24)),
    "output-projection-forgotten": (EMBEDDED, "a.parameters", 3 * 24 * 24 + 3 * 24),
    "tied-weights-double-counted": (EMBEDDED, "words.parameters", 2 * 900 * 24),
    "embeddings-left-out": (EMBEDDED, "total.parameters", 4 * 24 * 24 + 4 * 24),
    "embedding-sequence-length": (EMBEDDED, "words.parameters", 15 * 24),
}
