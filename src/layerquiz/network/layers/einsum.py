"""A dense layer along any axes, written as Einstein's sum."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from layerquiz.formula.expr import Formula, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    OPEN,
    REMAINDER,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    Positive,
    RefusedKeyError,
    reading_order,
)
from layerquiz.network.layers.reshaping import SHAPES

EQUATION = re.compile(r"([A-Za-z]+),([A-Za-z]+)->([A-Za-z]+)")
EXAMPLE = 'Allowed: letters as in "abc,cd->abd": input, weights -> output, the batch first'


class EinsumKeys(Keys):
    """Keys of a dense layer along any axes; shape: the output's, with -1 where the input's size stays."""

    equation: str
    shape: Annotated[list[Positive | Literal[-1]], Field(min_length=1, max_length=4)]
    bias_axes: str | None = None
    activation: str | None = None


def einsum_dense(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = the sizes of the second operand's letters, biases = those of the bias axes; macs = all letters' sizes.

    Source: Keras' EinsumDense.
    """
    (source,) = before
    inputs, kernel, outputs = _letters(own, source)
    names = reading_order(SHAPES[len(outputs)], conventions.channels_first)
    written = reading_order(source.form.sizes, conventions.channels_first)
    sizes: dict[str, Formula] = {letter: source[size] for letter, size in zip(inputs, written, strict=True)}
    formulas: Formulas = {}
    for place, (letter, name) in enumerate(zip(outputs, names, strict=True), 1):
        given = own.shape[place - 1] != OPEN
        if given and letter in inputs:
            formulas[f"{REMAINDER}shape.{name}"] = own[f"entry.{place}"] - sizes[letter]
        elif given:
            sizes[letter] = own[f"entry.{place}"]
        elif letter not in inputs:
            raise RefusedKeyError("shape", f"-1 stands for the new axis {letter}", "Give its size", "wrong-value")
        formulas[name] = sizes[letter]
    formulas |= {"weights": product(sizes[letter] for letter in kernel)}
    formulas |= {"macs": product(sizes[letter] for letter in dict.fromkeys((*inputs, *kernel)))}
    return formulas | _biases(own, outputs, sizes)


def _biases(own: Own, outputs: str, sizes: dict[str, Formula]) -> Formulas:
    """Return a bias for each place along some axes of the output."""
    if not own.bias_axes:
        return {}
    if any(own.bias_axes.count(letter) > 1 or letter not in outputs for letter in own.bias_axes):
        allowed = f"Allowed: some of the output's letters {outputs}, each once"
        raise RefusedKeyError("bias_axes", f'found "{own.bias_axes}"', allowed, "wrong-value")
    return {"biases": product(sizes[letter] for letter in own.bias_axes)}


def _letters(own: Own, source: Before) -> tuple[str, str, str]:
    """Return the letters of input, weights and output, without the batch; refuse what is no such sum."""
    found = EQUATION.fullmatch(own.equation)
    if not found or any(len(set(part)) < len(part) for part in found.groups()):
        raise RefusedKeyError("equation", f'found "{own.equation}"', EXAMPLE, "equation")
    first, kernel, last = found.groups()
    batch, inputs, outputs = first[0], first[1:], last[1:]
    if batch != last[0] or batch in kernel:
        raise RefusedKeyError("equation", f'"{batch}" is not the first letter of the output alone', EXAMPLE, "equation")
    lost = [letter for letter in outputs if letter not in inputs + kernel]
    lost += [letter for letter in kernel if letter not in inputs + outputs]
    lost += [letter for letter in inputs if letter not in kernel + outputs]
    if lost:
        raise RefusedKeyError("equation", f'the letter "{lost[0]}" stands on one side only', EXAMPLE, "equation")
    if len(inputs) != len(source.form.sizes):
        what = f"it has {len(inputs)} letters for the input's {len(source.form.sizes)} axes"
        raise RefusedKeyError("equation", what, EXAMPLE, "equation")
    if len(outputs) != len(own.shape):
        what = f"it has {len(own.shape)} entries for the output's {len(outputs)} letters"
        raise RefusedKeyError("shape", what, "Give one entry for each letter, -1 where the size stays", "wrong-length")
    return inputs, kernel, outputs


KEPT = Limit(
    "the shape {written} changes {axis}, whose letter is one of its input",
    "Write -1 where a size stays",
    "shapes-do-not-meet",
)

KINDS = (Kind("einsumdense", EinsumKeys, einsum_dense, limits={"shape": KEPT}),)
