"""What activation functions are called: one name for each, whichever spelling a framework or an author has."""

from __future__ import annotations

KERAS = {
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_swish",
    "hardtanh": "hard_tanh",
    "hardshrink": "hard_shrink",
    "logsigmoid": "log_sigmoid",
    "softshrink": "soft_shrink",
    "tanhshrink": "tanh_shrink",
}
"""Functions that Keras spells otherwise than PyTorch, whose names these are without capitals."""

OTHERS = {"hard_silu": "hardswish", "swish": "silu", "exp": "exponential", "absolute": "abs"}
PLAIN = {**{spelled: name for name, spelled in KERAS.items()}, **OTHERS}

WRITTEN = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
}
"""Functions that texts write otherwise than the notation."""


def plain_name(function: str) -> str:
    """Return the one name of a function; one that has no other spelling is called as it is."""
    return PLAIN.get(function.lower(), function.lower())
