"""What the answers to a question rest on: the networks, the layers and the quantities that they are computed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from layerquiz.exam.question import Question
from layerquiz.formula.expr import Formula, Reference, walk
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.conventions import Conventions
from layerquiz.network.layer import Layer
from layerquiz.network.network import Network

OF_PARAMETERS = frozenset(
    ("parameter_bytes", "gradient_bytes", "optimiser_bytes", "training_bytes", "moved_bytes", "arithmetic_intensity")
)
LEARNED = (
    frozenset(("weights", "biases", "parameters", "trainable", "nontrainable", "active_parameters")) | OF_PARAMETERS
)
"""Quantities that count learned numbers."""


@dataclass(frozen=True)
class Needs:
    """What the blanks of one question rest on: a network, and the quantities of it that they are about."""

    network: Network
    about: tuple[str, ...]
    words: Words = ENGLISH

    @property
    def conventions(self) -> Conventions:
        """Return how the question counts."""
        return self.network.conventions

    @cached_property
    def asked(self) -> frozenset[str]:
        """Return the asked quantities without their layers."""
        return frozenset(quantity for _, _, quantity in self.blanks)

    @property
    def blanks(self) -> list[tuple[str, str, str]]:
        """Return the owner of each quantity that the answers rest on, a dot, and its name."""
        return [name.rpartition(".") for name in self.about]

    @cached_property
    def above(self) -> list[Reference]:
        """Return every quantity that the blanks are computed from, and the blanks themselves."""
        return self.network.graph.order([ref for name in self.about for ref in self.network.members(name)])

    @property
    def layers(self) -> list[Layer]:
        """Return the layers that the blanks rest on."""
        by_name = self.network.by_name
        return [by_name[name] for name in dict.fromkeys(ref.owner for ref in self.above) if name in by_name]

    @property
    def counted(self) -> list[Layer]:
        """Return the layers whose learned numbers the blanks rest on."""
        owners = {ref.owner for ref in self.above if ref.name in LEARNED}
        return [layer for layer in self.layers if layer.name in owners]

    def has_key(self, key: str) -> bool:
        """Say whether a layer below the blanks is of a kind with some key."""
        return any(key in type(layer.keys).model_fields for layer in self.layers)

    def rounds(self, node: type[Formula]) -> bool:
        """Say whether a value that the blanks need is rounded."""
        parts = self.network.graph.parts
        rules = ((parts[ref.owner].rules.formulas.get(ref.name)) for ref in self.above)
        return any(isinstance(part, node) for rule in rules if rule is not None for part in walk(rule))

    def padded(self) -> bool:
        """Say whether a padding by a number counts."""
        values = self.network.values
        return any(ref.name.partition(".")[0] == "padding" and values[ref.owner][ref.name] > 0 for ref in self.above)


def needs_of(question: Question, words: Words = ENGLISH) -> Iterator[Needs]:
    """Yield what a question rests on, for each of its networks."""
    for name, network in question.networks.items():
        begins = f"{name}." if name else ""
        about = tuple([found.removeprefix(begins) for found in question.about if found.startswith(begins)])
        yield Needs(network, about, words)
