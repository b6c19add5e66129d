"""What is counted how: textbook, PyTorch's way, Keras' way, or one of them with single choices changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from layerquiz.errors import NetworkError, nearest
from layerquiz.network.notation import named, shown

MOST_BYTES = 1024

BITS = {
    "float64": 64,
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float8": 8,
    "int64": 64,
    "int32": 32,
    "int16": 16,
    "int8": 8,
    "int4": 4,
}
"""How many bits a number of a type takes."""

OPTIMISERS = {"sgd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "lion": 1, "adam": 2, "adamw": 2}
"""How many numbers an optimiser stores for each parameter: a velocity, a mean of squares, or both."""

WORDS = {"optimiser": OPTIMISERS, **dict.fromkeys(("data_type", "parameter_type", "gradient_type"), BITS)}
WORDS |= dict.fromkeys(("state_type", "activation_type"), BITS)
"""Choices that are words, each with those that it knows."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """One way of counting; printed on every sheet.

    channels_first: shapes are written channels, height, width. either_order: the other order of a shape is right too.
    stored_statistics: running means and variances count as (nontrainable) parameters. same_with_stride: "same" padding
    is allowed with a stride above 1. same_pools: pools take "same". dense_on_width: a dense layer on an image acts on
    its last axis in channels-first order, the width. two_recurrent_biases: a recurrent layer has a bias vector for its
    input and one for its state. reset_after: a GRU resets after the recurrent product, which takes two bias vectors.
    transposed_to_stride: a transposed convolution without padding gives at least a stride for each input.
    bytes_per_number: memory of one number. data_type: the type of all numbers by its name, such as float16; the types
    of parameters, gradients, the optimiser's state and activations may differ. optimiser: whose state is stored in
    training; master_copy: beside it a copy of the parameters in its own type, as training in a smaller type needs.
    activation_gradients: training stores a gradient beside each activation. bias_connections: the bias of a
    unit is one of its connections.
    """

    name: str = "textbook"
    channels_first: bool = False
    either_order: bool = False
    stored_statistics: bool = False
    same_with_stride: bool = True
    same_pools: bool = True
    dense_on_width: bool = False
    two_recurrent_biases: bool = False
    reset_after: bool = False
    transposed_to_stride: bool = False
    bytes_per_number: int = 4
    data_type: str = ""
    parameter_type: str = ""
    gradient_type: str = ""
    state_type: str = ""
    activation_type: str = ""
    optimiser: str = "adam"
    master_copy: bool = False
    activation_gradients: bool = False
    bias_connections: bool = True

    def __hash__(self) -> int:
        """Return the hash of a few choices: conventions are looked up for every layer, and few differ."""
        return hash((self.name, self.bytes_per_number, self.data_type, self.optimiser))

    def bits(self, what: str) -> int:
        """Return the bits of one parameter, gradient, number of the optimiser's state, or activation."""
        chosen = getattr(self, f"{what}_type") or self.data_type
        return BITS[chosen] if chosen else 8 * self.bytes_per_number

    @property
    def optimiser_states(self) -> int:
        """Return how many numbers the optimiser stores for each parameter that it trains."""
        return OPTIMISERS[self.optimiser] + self.master_copy

    @classmethod
    def of(cls, choice: str | Mapping[str, Any] | Conventions) -> Conventions:
        """Return conventions by name, or a mapping's `base` (textbook) with single choices overridden."""
        if isinstance(choice, Conventions):
            return choice
        if isinstance(choice, str):
            return _named(choice)
        if not isinstance(choice, Mapping):
            raise NetworkError(
                f"conventions is {shown(choice)}", cure=f"Use one of {', '.join(NAMED)}", slug="conventions"
            )
        changes = {named(key): found for key, found in choice.items() if key != "base"}
        _check(changes)
        return replace(_named(choice.get("base", "textbook")), **changes)

    def flipped(self, *choices: str) -> Conventions:
        """Return the same conventions with some yes or no turned round."""
        opposite: dict[str, Any] = {choice: not getattr(self, choice) for choice in choices}
        return replace(self, **opposite)


NAMED: dict[str, Conventions] = {
    "textbook": Conventions(either_order=True),
    "pytorch": Conventions(
        "pytorch",
        channels_first=True,
        same_with_stride=False,
        same_pools=False,
        dense_on_width=True,
        two_recurrent_biases=True,
        reset_after=True,
    ),
    "keras": Conventions("keras", stored_statistics=True, reset_after=True, transposed_to_stride=True),
}


def _named(name: object) -> Conventions:
    if isinstance(name, str) and name in NAMED:
        return NAMED[name]
    raise NetworkError(
        f'there are no conventions "{named(name)}"', cure=nearest(named(name), NAMED), slug="conventions"
    )


def _check(changes: Mapping[str, Any]) -> None:
    types = {field.name: type(getattr(NAMED["textbook"], field.name)) for field in fields(Conventions)}
    for key, found in changes.items():
        if key not in types or key == "name":
            known = [name for name in types if name != "name"]
            raise NetworkError(f'conventions have no choice "{key}"', cure=nearest(key, known), slug="conventions")
        if type(found) is not types[key]:
            allowed = {bool: "true or false", str: "a word"}.get(types[key], "a whole number from 1 up")
            raise NetworkError(
                f"conventions, {key}: found {shown(found)}", cure=f"Allowed: {allowed}", slug="conventions"
            )
        if key in WORDS and found not in WORDS[key]:
            what = f'conventions, {key}: there is no "{shown(found)[1:-1]}"'
            raise NetworkError(what, cure=nearest(found, WORDS[key]), slug="conventions")
    if not 1 <= changes.get("bytes_per_number", 1) <= MOST_BYTES:
        what = f"conventions, bytes_per_number is not from 1 to {MOST_BYTES}"
        raise NetworkError(what, cure="Use 4 for 32-bit numbers", slug="conventions")
