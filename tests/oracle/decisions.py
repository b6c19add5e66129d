"""Where the package and a framework part ways on purpose: who refuses, why, and an example that shows both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from layerquiz.errors import NetworkError


@dataclass(frozen=True, slots=True)
class Decision:
    """One exception to the rule that what one side refuses, the other refuses too.

    refuses: the side that does. message: what the refusal says, as a pattern. example: a network that shows it. empty:
    the other side has to give a size of 0 then, so that nothing else hides behind the message.
    """

    framework: str
    refuses: Literal["we", "they"]
    message: str
    reason: str
    example: Mapping[str, Any]
    empty: bool = False


def on(sizes: Mapping[str, int], conventions: str, **layer: Any) -> Mapping[str, Any]:
    """Return a network of one layer `x`."""
    return {"conventions": conventions, "input": sizes, "layers": [{"name": "x", **layer}]}


PICTURE = {"channels": 4, "height": 8, "width": 8}
VOLUME = {"channels": 1, "depth": 2, "height": 4, "width": 4}

DECISIONS = (
    Decision(
        "torch",
        "they",
        r"input image .* smaller than kernel size",
        "AvgPool3d refuses a window larger than its unpadded input; AvgPool2d, MaxPool3d and the formula give a size.",
        on(VOLUME, "pytorch", kind="avgpool3d", kernel=3, padding=1, stride=2),
    ),
    Decision(
        "torch",
        "we",
        r'key "(units|size)": found 0',
        "PyTorch makes empty tensors of 0 units or positions; here such a number is a slip of the author.",
        on({"features": 4}, "pytorch", kind="dense", units=0),
        empty=True,
    ),
    Decision(
        "torch",
        "we",
        r"\(convtranspose.d\): its output would have \w+ 0",
        "A transposed convolution of PyTorch may cut everything away; here any size below 1 is refused.",
        on({"channels": 1, "length": 1}, "pytorch", kind="convtranspose1d", filters=1, kernel=2, padding=1),
        empty=True,
    ),
    Decision(
        "keras",
        "they",
        r"`strides > 1` (not supported in conjunction|is not compatible) with `dilation_rate > 1`",
        "Keras refuses what not all of its backends can do; the formula for the size holds, and PyTorch builds it.",
        on(PICTURE, "keras", kind="conv2d", filters=2, kernel=2, stride=2, dilation=2),
    ),
    Decision(
        "torch",
        "we",
        r"\((maxunpool|fractionalmaxpool).d\), key \"(kernel|stride)\": found 0",
        "PyTorch does not look at these windows; here one that has no place or stands still is a slip of the author.",
        on(PICTURE, "pytorch", kind="fractionalmaxpool2d", kernel=0, size=2),
    ),
    Decision(
        "torch",
        "we",
        r"\(adaptivesoftmax\): a division by \d+ for each cluster leaves no features",
        "PyTorch makes a cluster of words that no feature reaches; here such a softmax is a slip of the author.",
        on({"features": 9}, "pytorch", kind="adaptivesoftmax", units=40, cutoffs=[2, 12]),
    ),
    Decision(
        "keras",
        "they",
        r"`output_padding` must be strictly less than `strides`",
        "An output padding below the dilation is allowed, as in PyTorch; Keras wants it below the stride.",
        on(PICTURE, "keras", kind="convtranspose2d", filters=2, kernel=2, dilation=2, output_padding=1),
    ),
    Decision(
        "keras",
        "they",
        r"input image .* smaller than kernel size",
        "Keras has a size for every window with `same`; run on PyTorch, its AvgPool3d refuses as it does there.",
        on(VOLUME, "keras", kind="avgpool3d", kernel=4, padding="same"),
    ),
    Decision(
        "keras",
        "we",
        r'key "heads": found 0',
        "Keras does not look at the number of grouped heads; here attention without a head is a slip of the author.",
        on({"tokens": 2, "features": 4}, "keras", kind="attention", heads=0, head_features=2, kv_heads=1),
    ),
    Decision(
        "keras",
        "they",
        r"`block_size` must be at least 2",
        "A pixel shuffle by 1 keeps every size, as in PyTorch; Keras has no use for it.",
        on(PICTURE, "keras", kind="pixelshuffle", factor=1),
    ),
)
"""Anything else that only one side refuses is a mismatch."""


def deciding(framework: str, network: object, measured: Any) -> Decision | None:
    """Return the decision that one side's refusal falls under, if there is one."""
    side, refusal = ("we", network) if isinstance(network, NetworkError) else ("they", measured)
    for decision in DECISIONS:
        is_meant = (decision.framework, decision.refuses) == (framework, side)
        if is_meant and re.search(decision.message, str(refusal)) and (not decision.empty or _is_empty(measured)):
            return decision
    return None


def _is_empty(measured: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether some layer gives nothing."""
    return any(0 in layer["shape"] for layer in measured.values())
