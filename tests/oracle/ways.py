"""Ways of counting memory and training: types of numbers, optimisers, what is kept. Shares nothing with the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Spec = dict[str, Any]

WAYS: tuple[Mapping[str, Any], ...] = (
    {},
    {"data_type": "float16", "state_type": "float32", "master_copy": True, "bias_connections": False},
    {"data_type": "int4", "gradient_type": "int8", "optimiser": "momentum", "activation_gradients": True},
    {"bytes_per_number": 3, "activation_type": "float64", "optimiser": "sgd"},
    {"activation_gradients": True},
)
"""What is drawn beside the conventions: all types, numbers of states and choices stand in some of them."""

BITS = {"float64": 64, "float32": 32, "float16": 16, "bfloat16": 16, "int8": 8, "int4": 4}
STATES = {"sgd": "", "momentum": "v", "lion": "v", "adagrad": "s", "rmsprop": "s", "adam": "ms", "adamw": "ms"}
"""What an optimiser stores for each parameter, a letter each: a velocity, a mean, a mean of squares."""


@dataclass(frozen=True)
class Way:
    """How a network is counted: the conventions by name, further choices, and the examples of a batch."""

    name: str
    choices: Mapping[str, Any]
    batch: int = 1

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Way:
        """Return the way that a network is counted in."""
        found = spec.get("conventions", "textbook")
        choices = {"base": found} if isinstance(found, str) else found
        return cls(choices.get("base", "textbook"), choices, spec["input"].get("batch", 1))

    def memory(self, numbers: int, what: str) -> int:
        """Return how many bytes are begun when numbers are put behind each other, bit by bit."""
        called = self.choices.get(f"{what}_type") or self.choices.get("data_type")
        bits = BITS[called] if called else len("bitsbits") * self.choices.get("bytes_per_number", 4)
        return len(range(0, numbers * bits, 8))

    @property
    def states(self) -> list[str]:
        """Return what an optimiser stores for each parameter."""
        copies = ["copy"] if self.choices.get("master_copy") else []
        return [*STATES[self.choices.get("optimiser", "adam")], *copies]

    @property
    def kept(self) -> list[str]:
        """Return what is kept of each output for training."""
        return ["value", "gradient"] if self.choices.get("activation_gradients") else ["value"]


def counted_somehow(draw: Random, spec: Spec) -> Spec:
    """Return a network with further choices, now and then with a batch."""
    batch = {"batch": draw.randint(2, 5)} if draw.random() < 0.5 else {}
    conventions = {"base": spec["conventions"], **draw.choice(WAYS)}
    return {**spec, "input": {**spec["input"], **batch}, "conventions": conventions}
