"""The letters, units and meanings of every quantity and every given: the only place where they stand.

A letter depends on the side from which a quantity is seen: a layer's input height is H, its output height H_out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from layerquiz.languages import ENGLISH, Words

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
SIZES = ("channels", "depth", "height", "width", "length", "tokens", "features")
AXIS_LETTERS = {"depth": "D", "height": "H", "width": "W", "length": "L"}
ALONG = {axis: f"along the {axis}" for axis in AXIS_LETTERS}
WORD = re.compile(r"\\text\{([^{}]*)\}")

QUANTITIES = (
    "weights",
    "biases",
    "parameters",
    "trainable",
    "nontrainable",
    "macs",
    "flops",
    "activations",
    "parameter_bytes",
    "activation_bytes",
)
"""Numbers that every layer and the whole network have, in the order of tables."""

TRACED = ("receptive_field", "jump")
START = "first_position"

SUMMED_FURTHER = (
    "adapter",
    "active_parameters",
    "backward_flops",
    "units",
    "connections",
    "kv_cache_bytes",
    "moved_bytes",
)
"""Further quantities that are sums over the layers."""

SUMMED = (
    *("weights", "biases", "parameters", "trainable", "nontrainable", "macs", "activations"),
    *SUMMED_FURTHER,
)
"""Quantities of blocks and networks that are sums over their layers; the others follow from these."""

FURTHER = (
    *(name for name in SUMMED_FURTHER if name != "adapter"),
    *("weight_shape", "bias_shape", "training_flops", "gradient_bytes", "optimiser_bytes"),
    *("batch_activation_bytes", "training_bytes", "arithmetic_intensity"),
)
"""Quantities that are worked out only when they are asked for: no other layer's formula needs them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the glossary: its letter in TeX, its unit in singular and plural, its one-line meaning."""

    letter: str
    unit: tuple[str, str]
    meaning: str


NUMBER = ("", "")
PIXEL = ("pixel", "pixels")
BYTE = ("byte", "bytes")
OPERATION = ("operation", "operations")

OWN: dict[str, Entry] = {
    "channels": Entry(r"C_{\text{out}}", ("channel", "channels"), "output channels"),
    "depth": Entry(r"D_{\text{out}}", PIXEL, "output depth"),
    "height": Entry(r"H_{\text{out}}", PIXEL, "output height"),
    "width": Entry(r"W_{\text{out}}", PIXEL, "output width"),
    "length": Entry(r"L_{\text{out}}", ("step", "steps"), "output length"),
    "tokens": Entry(r"T_{\text{out}}", ("token", "tokens"), "output tokens"),
    "features": Entry(r"F_{\text{out}}", ("feature", "features"), "output features"),
    "weights": Entry(r"\text{weights}", ("weight", "weights"), "learned numbers that multiply inputs"),
    "biases": Entry(r"\text{biases}", ("bias", "biases"), "learned numbers that are added"),
    "statistics": Entry(r"\text{statistics}", NUMBER, "stored running statistics"),
    "parameters": Entry(r"\text{parameters}", ("parameter", "parameters"), "weights and biases together"),
    "trainable": Entry(r"\text{trainable}", ("parameter", "parameters"), "parameters that are learned"),
    "nontrainable": Entry(r"\text{nontrainable}", ("parameter", "parameters"), "parameters that are not learned"),
    "macs": Entry(r"\text{MACs}", ("multiply-add", "multiply-adds"), "one multiplication and one addition each"),
    "flops": Entry(r"\text{FLOPs}", OPERATION, "two for each multiply-add"),
    "activations": Entry(r"\text{activations}", ("number", "numbers"), "numbers in the output"),
    "parameter_bytes": Entry(r"\text{parameter bytes}", BYTE, "memory of the parameters"),
    "activation_bytes": Entry(r"\text{activation bytes}", BYTE, "memory of the output"),
    "receptive_field": Entry(r"r_{\text{out}}", PIXEL, "receptive field"),
    "jump": Entry(r"j_{\text{out}}", PIXEL, "jump"),
    "first_position": Entry(r"s_{\text{out}}", PIXEL, "first pixel that the first output sees"),
    "shape": Entry(r"\text{shape}", NUMBER, "output shape"),
    "weight_shape": Entry(r"\text{weight shape}", NUMBER, "sizes of the tensor of weights"),
    "bias_shape": Entry(r"\text{bias shape}", NUMBER, "sizes of the tensor of biases"),
    "connections": Entry(r"\text{connections}", ("connection", "connections"), "inputs and biases of all units"),
    "active_parameters": Entry(
        r"\text{active parameters}", ("parameter", "parameters"), "parameters that one token meets"
    ),
    "adapter": Entry(r"\text{adapter}", ("weight", "weights"), "weights of the low-rank adapter"),
    "backward_flops": Entry(r"\text{backward FLOPs}", OPERATION, "operations of the gradients"),
    "training_flops": Entry(r"\text{training FLOPs}", OPERATION, "operations forward and backward"),
    "gradient_bytes": Entry(r"\text{gradient bytes}", BYTE, "memory of a gradient for each trained parameter"),
    "optimiser_bytes": Entry(r"\text{optimiser bytes}", BYTE, "memory of the optimiser's state"),
    "batch_activation_bytes": Entry(r"\text{batch activation bytes}", BYTE, "memory of the outputs for a batch"),
    "training_bytes": Entry(
        r"\text{training bytes}", BYTE, "parameters, gradients, state of the optimiser and outputs for a batch"
    ),
    "kv_cache_bytes": Entry(r"\text{cache bytes}", BYTE, "memory of the keys and values of all tokens"),
    "moved_bytes": Entry(r"\text{moved bytes}", BYTE, "parameters and inputs read, outputs written"),
    "arithmetic_intensity": Entry(
        r"\text{intensity}", ("operation per byte", "operations per byte"), "operations for each moved byte"
    ),
    "batch": Entry("B", ("example", "examples"), "examples in a batch"),
    "lora": Entry("r", NUMBER, "rank of the adapter"),
    "window": Entry("w", ("token", "tokens"), "tokens of a window"),
    "position_bias": Entry("n", NUMBER, "distances that have a learned number in each head"),
    "experts": Entry("N", ("expert", "experts"), "experts"),
    "active": Entry("k", ("expert", "experts"), "experts that one token meets"),
    "filters": Entry(r"C_{\text{out}}", ("filter", "filters"), "number of filters"),
    "units": Entry("F", ("unit", "units"), "number of units"),
    "kernel": Entry("K", PIXEL, "kernel size"),
    "effective_kernel": Entry(r"K_{\text{eff}}", PIXEL, "reach of the dilated kernel"),
    "stride": Entry("S", PIXEL, "stride"),
    "padding": Entry("P", PIXEL, "padding on each side"),
    "before": Entry(r"P_{\text{before}}", PIXEL, "padding before"),
    "after": Entry(r"P_{\text{after}}", PIXEL, "padding after"),
    "dilation": Entry("d", PIXEL, "dilation"),
    "groups": Entry("g", ("group", "groups"), "groups"),
    "output_padding": Entry(r"P_{\text{out}}", PIXEL, "padding of the output at one end"),
    "multiplier": Entry("m", NUMBER, "outputs of each input channel"),
    "layers": Entry(r"\ell", ("layer", "layers"), "stacked layers"),
    "projection": Entry("P", ("feature", "features"), "features that the units are projected to"),
    "heads": Entry("h", ("head", "heads"), "heads of the queries"),
    "kv_heads": Entry("g", ("head", "heads"), "heads of the keys and values"),
    "embedding": Entry("E", ("feature", "features"), "features of a token"),
    "head_features": Entry("d_{K}", ("feature", "features"), "features of a key in one head"),
    "value_features": Entry("d_{V}", ("feature", "features"), "features of a value in one head"),
    "key_input": Entry("E_{K}", ("feature", "features"), "features that keys are made from"),
    "value_input": Entry("E_{V}", ("feature", "features"), "features that values are made from"),
    "feedforward": Entry(r"F_{\text{ff}}", ("unit", "units"), "units between the two dense layers"),
    "vocabulary": Entry("V", ("word", "words"), "rows of the table"),
    "slopes": Entry("n", ("slope", "slopes"), "learned slopes"),
    "factor": Entry("r", NUMBER, "factor of the sizes"),
    "size": Entry("n", PIXEL, "size that is asked for"),
    "offset": Entry("o", NUMBER, "entries that are left out in front"),
    "ratio": Entry("r", NUMBER, "ratio of the sizes"),
    "windows": Entry("N", ("window", "windows"), "windows that fit"),
    "usual": Entry("n", PIXEL, "size that an unpooling gives unless it is told"),
    "times": Entry("n", NUMBER, "how often the features are repeated"),
    "positions": Entry("N", ("position", "positions"), "positions with a learned vector"),
    "division": Entry("d", NUMBER, "by what the features are divided for each cluster"),
    "inner": Entry("h", ("feature", "features"), "features of a cluster"),
    "entry": Entry("n", NUMBER, "size along axis"),
}
"""A layer's own givens and quantities, seen from its own rule."""

BEFORE: dict[str, Entry] = {
    "channels": Entry(r"C_{\text{in}}", ("channel", "channels"), "input channels"),
    "depth": Entry("D", PIXEL, "input depth"),
    "height": Entry("H", PIXEL, "input height"),
    "width": Entry("W", PIXEL, "input width"),
    "length": Entry("L", ("step", "steps"), "input length"),
    "tokens": Entry("T", ("token", "tokens"), "input tokens"),
    "features": Entry(r"F_{\text{in}}", ("feature", "features"), "input features"),
    "receptive_field": Entry("r", PIXEL, "receptive field of the input"),
    "jump": Entry("j", PIXEL, "jump of the input"),
    "first_position": Entry("s", PIXEL, "first pixel that its first input sees"),
    "batch": Entry("B", ("example", "examples"), "examples in a batch"),
    "vocabulary": Entry("V", ("word", "words"), "words of the embedding"),
    "embedding": Entry("E", ("feature", "features"), "features of a row of the embedding"),
    "weights": Entry(r"\text{shared weights}", ("weight", "weights"), "weights of the layer that owns them"),
    "activations": Entry(r"\text{inputs}", NUMBER, "numbers in the input"),
}
"""What comes from the layer before, seen from a layer's rule."""


def entry(name: str, own: bool = True) -> Entry:
    """Return the entry of a quantity, per axis too (`kernel.height` is the kernel along the height)."""
    base, _, axis = name.partition(".")
    table = OWN if own or base not in BEFORE else BEFORE
    found = table.get(base, Entry(rf"\text{{{base.replace('_', ' ')}}}", NUMBER, base.replace("_", " ")))
    if not axis:
        return found
    letter = _with_index(found.letter, AXIS_LETTERS.get(axis, axis))
    where = ALONG.get(axis, axis)
    return Entry(letter, found.unit, f"{found.meaning} {where}")


FAMILIES = {"effective_kernel": "kernel", "before": "padding", "after": "padding", "output_padding": "padding"}
FAMILIES |= {"filters": "channels"}
"""Quantities whose letter is another one's, with something below it."""

LETTERED = (name for name, found in OWN.items() if not WORD.fullmatch(found.letter))
CHOSEN = tuple(name for name in LETTERED if name not in FAMILIES or name == "filters")
"""The quantities that a course may call by a letter of its own."""


def letter(name: str, own: bool = True, words: Words = ENGLISH) -> str:
    """Return the letter of a quantity in TeX: that of a course where it has one, the glossary's with its words else.

    What stands below the glossary's letter stays: with D for channels the output has D_out.
    """
    base, _, axis = name.partition(".")
    chosen = dict(words.letters)
    whole = entry(base, own).letter
    mine = chosen.get(base, chosen.get(FAMILIES.get(base, base)))
    if mine is not None:
        is_alone = "_{" not in whole or (base == "filters" and base in chosen)
        whole = mine if is_alone else mine + whole[whole.index("_{") :]
    return said(_with_index(whole, chosen.get(axis, AXIS_LETTERS.get(axis, axis))) if axis else whole, words)


def meaning(name: str, own: bool = True, words: Words = ENGLISH) -> str:
    """Return what a quantity is, in a language: `kernel size along the height`."""
    base, _, axis = name.partition(".")
    found = words(entry(base, own).meaning)
    return f"{found} {words(ALONG.get(axis, axis))}" if axis else found


def _with_index(letter: str, index: str) -> str:
    """Put an axis into a letter's subscript, beside one that is there already."""
    if letter.endswith("}") and "_{" in letter:
        return f"{letter[:-1]},{index}}}"
    return f"{letter}_{{{index}}}"


def unit(name: str, number: int = 2, words: Words = ENGLISH) -> str:
    """Return the unit of a quantity as a word, singular or plural."""
    one, many = entry(name).unit
    return words(one if number == 1 else many) if many else ""


def of_one(many: str, words: Words = ENGLISH) -> str:
    """Return the unit of one where a word is the unit of several: pixel for pixels; any other word as it is."""
    units = (found.unit for found in OWN.values() if found.unit != NUMBER)
    return next((words(one) for one, several in units if words(several) == many), many)


def said(letter: str, words: Words) -> str:
    """Return a letter whose words are in a language: `\\text{weights}` is a word, `C_{\\text{in}}` a letter."""
    found = WORD.match(letter)
    return rf"\text{{{words(found[1])}}}{letter[found.end() :]}" if found and not words.is_english else letter


def plain_letter(latex: str) -> str:
    """Return a letter of the glossary without TeX: `C_{\\text{in}}` is `C_in`."""
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", latex.replace(r"\ell", "l"))
    return re.sub(r"_\{([^{}]*)\}", r"_\1", text)
