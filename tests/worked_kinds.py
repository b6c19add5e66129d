"""One readable example of each kind of layer, called `x`, for what people read."""

from __future__ import annotations

from typing import Any

SIGNAL = {"channels": 3, "length": 40}
IMAGE = {"channels": 4, "height": 33, "width": 20}
VOLUME = {"channels": 2, "depth": 9, "height": 16, "width": 15}
SEQUENCE = {"tokens": 10, "features": 12}
INPUTS = {1: SIGNAL, 2: IMAGE, 3: VOLUME}

CONVOLUTION = {"filters": 6, "kernel": 5, "stride": 2, "padding": 2}
DEPTHWISE = {"kernel": 3, "multiplier": 2, "padding": 1}
POOL = {"kernel": 3, "stride": 2, "padding": 1}

RANKED: dict[str, dict[str, Any]] = {
    "conv": CONVOLUTION | {"dilation": 2},
    "convtranspose": CONVOLUTION | {"output_padding": 1},
    "depthwiseconv": DEPTHWISE,
    "separableconv": DEPTHWISE | {"filters": 6},
    "locallyconnected": {"filters": 6, "kernel": 3, "stride": 2},
    "convlstm": {"filters": 6, "kernel": 3, "padding": "same"},
    "maxpool": POOL | {"ceil": True},
    "avgpool": POOL,
    "lppool": {"kernel": 3, "stride": 2},
    "maxunpool": {"kernel": 3, "stride": 2},
    "fractionalmaxpool": {"kernel": 2, "ratio": 0.7},
}
STEPS_OF_IMAGES = {"convlstm1d": IMAGE, "convlstm2d": VOLUME}

OTHER = {"kind": "conv2d", "name": "other", "filters": 4, "kernel": 3, "padding": 1}
MERGED = dict.fromkeys(("add", "multiply", "subtract", "average", "maximum", "minimum", "concat"), IMAGE)
MEMORY = {"kind": "dense", "name": "memory", "units": 12}

PLAIN: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    "globalavgpool": (IMAGE, {}),
    "globalmaxpool": (IMAGE, {"keepdims": True}),
    "adaptiveavgpool": (IMAGE, {"size": 7}),
    "adaptivemaxpool": (IMAGE, {"size": [None, 5]}),
    "unfold": (IMAGE, {"kernel": 3, "stride": 2}),
    "fold": ({"channels": 18, "length": 12}, {"kernel": 3, "size": [6, 5]}),
    "dense": (SEQUENCE, {"units": 7}),
    "bilinear": (SEQUENCE, {"units": 7, "from": ["input", "memory"]}),
    "einsumdense": (SEQUENCE, {"equation": "abc,cde->abde", "shape": [-1, 3, 4], "bias_axes": "de"}),
    **dict.fromkeys(("batchnorm", "layernorm", "instancenorm", "rmsnorm", "normalization"), (IMAGE, {})),
    "groupnorm": (IMAGE, {"groups": 2}),
    "lrn": (IMAGE, {"size": 5}),
    "rnn": (SEQUENCE, {"units": 8}),
    "lstm": (SEQUENCE, {"units": 8, "bidirectional": True, "layers": 2}),
    "gru": (SEQUENCE, {"units": 8, "reset_after": True, "sequences": False}),
    "attention": (SEQUENCE, {"heads": 3}),
    "encoderlayer": (SEQUENCE, {"heads": 3, "feedforward": 48}),
    "decoderlayer": (SEQUENCE, {"heads": 3, "feedforward": 48}),
    "dot": (SEQUENCE, {"from": ["input", "memory"], "axis": "features"}),
    "dotattention": (SEQUENCE, {"scale": True}),
    "additiveattention": (SEQUENCE, {}),
    "mixture": (SEQUENCE, {"experts": 8, "active": 2, "feedforward": 48, "gated": True}),
    "embedding": ({"tokens": 10}, {"vocabulary": 900, "features": 12}),
    "embeddingbag": ({"tokens": 10}, {"vocabulary": 900, "features": 12}),
    "positionembedding": (SEQUENCE, {"positions": 64}),
    "adaptivesoftmax": ({"tokens": 10, "features": 64}, {"units": 900, "cutoffs": [100, 400]}),
    "scale": (IMAGE, {"center": True}),
    "prelu": (IMAGE, {"parameters": "channels"}),
    "parameter": (SEQUENCE, {"shape": [64, 12]}),
    "activation": (IMAGE, {"function": "relu"}),
    "dropout": (IMAGE, {"rate": 0.5}),
    "identity": (IMAGE, {}),
    "flatten": (IMAGE, {}),
    "zeropad": (IMAGE, {"padding": [[1, 2], 3]}),
    **{kind: (sizes, {"from": ["input", "other"]}) for kind, sizes in MERGED.items()},
    "reshape": (IMAGE, {"shape": [-1, 20]}),
    "tokens": (IMAGE, {}),
    "select": (SEQUENCE, {}),
    "crop": (IMAGE, {"padding": 3}),
    "upsample": (IMAGE, {"factor": 1.5}),
    "pixelshuffle": (IMAGE, {"factor": 2}),
    "pixelunshuffle": ({"channels": 4, "height": 32, "width": 20}, {"factor": 2}),
    "permute": (IMAGE, {"order": [2, 1, 3]}),
    "series": (SEQUENCE, {}),
    "repeatvector": ({"features": 12}, {"times": 5}),
    "glu": (IMAGE, {"axis": "channels"}),
    "slice": (IMAGE, {"offset": 2, "size": 2}),
    "channelshuffle": (IMAGE, {"groups": 2}),
}


def example(kind: str) -> dict[str, Any]:
    """Return a network around one layer `x` of a kind."""
    stem, rank = kind[:-2], kind[-2:-1]
    if stem in RANKED and kind not in PLAIN:
        sizes, keys = STEPS_OF_IMAGES.get(kind, INPUTS[int(rank)]), RANKED[stem]
    else:
        sizes, keys = PLAIN[kind]
    named = [name for name in keys.get("from", ()) if name != "input"]
    before = [{"other": OTHER, "memory": MEMORY}[name] for name in named]
    return {"name": kind, "input": sizes, "layers": [*before, {"kind": kind, "name": "x", **keys}]}
