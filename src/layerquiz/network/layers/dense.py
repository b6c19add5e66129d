"""Dense layers: every output sees every input along the last axis."""

from __future__ import annotations

from layerquiz.formula.expr import Formula, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    REMAINDER,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    NotNegative,
    Own,
    Positive,
    RefusedKeyError,
    kept,
    reading_order,
)
from layerquiz.network.layers.convolution import tensor
from layerquiz.network.layers.reparametrized import ReparametrizedKeys, reparametrized


class DenseKeys(ReparametrizedKeys):
    """Keys of a dense layer; tied: an embedding whose table it uses, and whose vocabulary its units are.

    lora: the rank of a low-rank adapter beside the weights, which are frozen then.
    """

    units: Positive | None = None
    bias: bool = True
    lora: NotNegative = 0
    activation: str | None = None
    tied: str | None = None


class BilinearKeys(Keys):
    """Keys of a bilinear layer, which takes two inputs."""

    units: Positive
    bias: bool = True


def last_axes(before: Before, conventions: Conventions) -> tuple[str, ...]:
    """Return the sizes as the framework orders them: the last is the one that a dense layer replaces."""
    sizes = before.form.sizes
    return sizes if conventions.dense_on_width else reading_order(sizes)


def acted_on(before: Before, conventions: Conventions) -> str:
    """Return the size that a dense layer replaces: features; on an image the channels, in PyTorch the last axis."""
    return last_axes(before, conventions)[-1]


def positions(own: Own, source: Before, last: str) -> list[Formula]:
    """Return the sizes along which a dense layer is applied again and again."""
    return [own[size] for size in reading_order(source.form.sizes) if size != last]


def dense(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = F_in F_out; biases = F_out; macs = weights times the positions that it is applied at."""
    source = before[0]
    if own.tied is True:
        return _tied(own, source, before[1], conventions)
    if own.units is None:
        raise RefusedKeyError("units", 'the key "units" is missing', "Allowed: a whole number from 1 up", "missing-key")
    last = acted_on(source, conventions)
    weights = source[last] * own.units
    formulas: Formulas = {
        **kept(source, last),
        last: own.units,
        **reparametrized(own, weights, own.units, conventions),
        "macs": product([weights if own.weight_norm else own.weights, *positions(own, source, last)]),
        "positions": product(positions(own, source, last)),
        **matrix(conventions, source[last], own.units),
    }
    if own.bias:
        formulas |= {"biases": own.units, **tensor("bias_shape", [own.units])}
    if own.lora != 0:
        if own.weight_norm:
            raise RefusedKeyError("lora", "frozen weights learn no length", "Leave weight_norm away", "wrong-value")
        formulas |= adapted(own, source[last], positions(own, source, last))
    return formulas


def matrix(conventions: Conventions, *sizes: Formula) -> Formulas:
    """F_in x F_out; PyTorch puts the outputs first."""
    *inputs, outputs = sizes
    return tensor("weight_shape", [outputs, *inputs] if conventions.channels_first else sizes)


def adapted(own: Own, inputs: Formula, places: list[Formula]) -> Formulas:
    """adapter = r F_in + r F_out, applied beside the frozen weights. Source: Hu et al., arXiv:2106.09685, section 4.1.

    Backward: a product for each input of the frozen part, and another one for each weight of the adapter.
    """
    adapter = own["adapter"]
    return {
        "adapter": own.lora * inputs + own.lora * own.units,
        "macs": product([own["weights"] + adapter, *places]),
        **({"backward_flops": own.flops + product([2, adapter, *places])} if own.trainable else {}),
    }


def _tied(own: Own, source: Before, table: Before, conventions: Conventions) -> Formulas:
    """weights = 0, macs = F_in V T: the embedding's table is used. Source: Press and Wolf, arXiv:1608.05859."""
    if own.weight_norm or own.spectral_norm:
        key = "weight_norm" if own.weight_norm else "spectral_norm"
        raise RefusedKeyError(key, "the layer is tied and has no weights of its own", "Leave one away", "wrong-loan")
    last = acted_on(source, conventions)
    units: Formula = table.vocabulary if own.units is None else own.units
    formulas: Formulas = {
        **kept(source, last),
        last: units,
        "macs": product([source[last], units, *positions(own, source, last)]),
        "positions": product(positions(own, source, last)),
        f"{REMAINDER}tied.{last}": source[last] - table.embedding,
    }
    if own.units is not None:
        formulas[f"{REMAINDER}units"] = units - table.vocabulary
    if own.bias:
        formulas["biases"] = units
    return formulas


def bilinear(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = F_1 F_2 F_out; biases = F_out; macs = weights times the positions. Source: PyTorch's Bilinear."""
    first, second = before
    last = acted_on(first, conventions)
    formulas: Formulas = {
        **kept(first, last),
        last: own.units,
        "weights": first[last] * second[last] * own.units,
        "macs": product([own.weights, *positions(own, first, last)]),
        "positions": product(positions(own, first, last)),
        **matrix(conventions, first[last], second[last], own.units),
        **{f"{REMAINDER}from.{size}": second[size] - first[size] for size in first.form.sizes if size != last},
    }
    if own.bias:
        formulas |= {"biases": own.units, **tensor("bias_shape", [own.units])}
    return formulas


TIED = {
    "tied": Limit('its input has {in_axis} {axis}, a row of "{lender}" has {lent_embedding}', "", "wrong-loan"),
    "units": Limit(
        'there are {units} units, and "{lender}" has a vocabulary of {lent_vocabulary}',
        "Use {lent_vocabulary}, or leave units away",
        "wrong-loan",
    ),
}

KINDS = (
    Kind("dense", DenseKeys, dense, limits=TIED, plain={"lora": 0}),
    Kind("bilinear", BilinearKeys, bilinear, inputs=(2, 2)),
)
