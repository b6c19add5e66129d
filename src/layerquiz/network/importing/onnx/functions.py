"""Functions of single numbers: which one a node is, and those that exporters write as several nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

SINGLE = {
    "Relu": "relu",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Selu": "selu",
    "Celu": "celu",
    "Gelu": "gelu",
    "Mish": "mish",
    "Sigmoid": "sigmoid",
    "Swish": "silu",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "HardSigmoid": "hardsigmoid",
    "HardSwish": "hardswish",
    "ThresholdedRelu": "thresholded_relu",
    "Shrink": "shrink",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Clip6": "relu6",
    "Clip": "clip",
    "Erf": "erf",
    "Abs": "abs",
    "Exp": "exponential",
    "Log": "log",
    "Sqrt": "sqrt",
    "Neg": "negative",
    "Sin": "sin",
    "Cos": "cos",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sign": "sign",
    "Reciprocal": "reciprocal",
    "Pow": "power",
    "Mul": "scaled",
    "Div": "scaled",
    "Add": "shifted",
    "Sub": "shifted",
    "Min": "clip",
    "Max": "clip",
}
"""The nodes that are a function of each number, and how the notation calls it."""

ALONE = frozenset(("Mul", "Div", "Add", "Sub", "Pow", "Min", "Max"))
"""Those of them that take a second input, which is a constant then."""

WRITTEN_OUT: dict[str, tuple[str, ...]] = {
    "silu": ("Sigmoid Mul",),
    "mish": ("Softplus Tanh Mul", "Exp Add Log Tanh Mul"),
    "gelu": (
        "Div Erf Add Mul Mul",
        "Mul Erf Add Mul Mul",
        "Pow Mul Add Mul Tanh Add Mul Mul",
        "Mul Mul Mul Add Mul Tanh Add Mul Mul",
    ),
    "quick_gelu": ("Mul Sigmoid Mul",),
    "hardswish": ("HardSigmoid Mul", "Add Clip6 Mul Div", "Add Clip6 Mul Mul"),
    "hardsigmoid": ("Add Clip6 Div", "Add Clip6 Mul"),
    "softsign": ("Abs Add Div",),
}
KNOWN = {name: tuple(Counter(found.split()) for found in spellings) for name, spellings in WRITTEN_OUT.items()}


def may_grow(steps: Sequence[str]) -> bool:
    """Say whether some steps, in any order, may be a part of a function that is written out."""
    there = Counter(steps)
    return any(not there - found for spellings in KNOWN.values() for found in spellings)


def written_out(steps: Sequence[str]) -> str:
    """Return the function that some steps are together; nothing where they are none that is known."""
    there = Counter(steps)
    return next((name for name, spellings in KNOWN.items() if there in spellings), "")
