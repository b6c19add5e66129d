"""The ten names: what `import layerquiz as lq` offers, each a thin caller of its room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerquiz.formula.derive import Derivation
from layerquiz.formula.derive import derive as derive_targets
from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.network.conventions import Conventions
from layerquiz.network.network import Network
from layerquiz.network.summary import Summary, summarise


def solve(network: Network, conventions: str | Mapping[str, Any] | Conventions | None = None) -> Summary:
    """Return every layer's output and costs, under the network's own conventions or others."""
    return summarise(network if conventions is None else network.under(conventions))


def derive(network: Network, quantity: str) -> Derivation:
    """Return the worked steps from the givens to a quantity such as `conv1.parameters`."""
    return derive_targets(network.graph, network.members(quantity), (), network.values)


def draw(template: str, seed: int | str = 0) -> Any:
    """Return a question drawn from a template of the library, by name."""
    from layerquiz.exam import library
    from layerquiz.exam.drawing import draw as draw_question

    return draw_question(library.named(template), seed)


def grade(sealed_exam: Any, answers: Any) -> Any:
    """Return the report on a class's answers to a sealed exam."""
    from layerquiz.grading.grade import grade as grade_answers

    return grade_answers(sealed_exam, answers)


__all__ = ["derive", "diagnose", "diagnose_sheet", "draw", "grade", "solve"]
