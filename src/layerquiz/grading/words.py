"""The words of an answer: signs in words, what scales a number, units, and the labels that say nothing."""

from __future__ import annotations

import re

# Labels never change a value. "without", "no", "not" and "or" are kept out: they say something.
_LABELS = """
a activation activations all an and answer at batchnorm bias biases block blocks cell cells channel channels chw
column columns conv convolution count cxhxw dense depth dimension dimensions each element elements entries exactly fc
feature features field filter filters final flat flatten flattened floats for from has have height hence hidden hwc
hxwxc image images in input inputs it kernel kernels layer layers learnable learned length long map maps memory nchw
network neuron neurons nhwc node nodes nontrainable number numbers of operations our out output outputs overall param
parameter parameters params per pixel pixels position positions px receptive result rf row rows sequence shape size
sizes so step steps storage tensorshape that the there therefore these they this thus token tokens total totals
trainable unit units value values vector vectors we weight weights wide width with
"""
LABELS = frozenset(_LABELS.split())

SIGNS = {
    "x": "CROSS",
    "by": "CROSS",
    "times": "TIMES",
    "plus": "PLUS",
    "minus": "MINUS",
    "floor": "FLOOR",
    "ceil": "CEIL",
    "ceiling": "CEIL",
    "frac": "FRACTION",
}
RELATIONS = frozenset(("is", "are", "equal", "equals", "gives", "makes"))
APPROXIMATIONS = frozenset(("about", "approx", "approximately", "around", "circa", "ca", "roughly", "nearly"))
BATCHES = frozenset(("none", "n", "b", "bs", "batch"))
# Left out of a dotted name such as torch.Size or math.floor.
_MODULES = frozenset(("torch", "math", "np", "numpy", "tf", "units"))

_SCALES = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
_SCALE_WORDS = {
    "thousand": 10**3,
    "thousands": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "billion": 10**9,
    "billions": 10**9,
    "trillion": 10**12,
    "trillions": 10**12,
}
_PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "kilo": 1, "mega": 2, "giga": 3, "tera": 4}
_PREFIXES |= {"kibi": 1, "mebi": 2, "gibi": 3, "tebi": 4}
_BYTES = re.compile(r"(kilo|mega|giga|tera|kibi|mebi|gibi|tebi)bytes?|([kmgt]?)(i?)(?:bytes?|bs?)", re.IGNORECASE)
_OPERATIONS = re.compile(r"([kmgt]?)(?:(macs?|madds?)|flops?|flps)", re.IGNORECASE)


def bare(word: str) -> str:
    """Return the last name of a dotted word of a known module: torch.Size is Size."""
    first, _, last = word.rpartition(".")
    return last if first.lower() in _MODULES else word


def scale(word: str) -> int | None:
    """Return what a suffix or a number word multiplies by."""
    return _SCALES.get(word) or _SCALE_WORDS.get(word.lower())


def unit(word: str) -> tuple[int, str] | None:
    """Return how many bytes or operations a unit has and its usual spelling: (1024, "KiB")."""
    return _byte_unit(word) or _operation_unit(word)


def _byte_unit(word: str) -> tuple[int, str] | None:
    """Read B, kB, KB, KiB, MBs, megabytes; MB is 10^6 bytes, MiB 2^20."""
    found = _BYTES.fullmatch(word)
    if found is None or word in {"b", "bs", "Bs"}:
        return None
    prefix = (found[1] or found[2] or "").lower()
    binary = bool(found[3]) or prefix.endswith("bi")
    power = _PREFIXES[prefix]
    letters = ("", "K" if binary else "k", "M", "G", "T")[power] + ("i" if binary and power else "")
    return (1024 if binary else 1000) ** power, f"{letters}B"


def _operation_unit(word: str) -> tuple[int, str] | None:
    """Read MAC, MACs, GMac, FLOPs, GFLOPS."""
    found = _OPERATIONS.fullmatch(word)
    if found is None:
        return None
    return int(1000 ** _PREFIXES[found[1].lower()]), "MAC" if found[2] else "FLOP"
