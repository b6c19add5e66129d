"""The names: what `import layerquiz as lq` offers, each a thin caller of its room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from layerquiz.formula.derive import Derivation
from layerquiz.formula.derive import derive as derive_targets
from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.network.conventions import Conventions
from layerquiz.network.network import Network
from layerquiz.network.summary import Summary, summarise

if TYPE_CHECKING:
    from layerquiz.exam.question import Question
    from layerquiz.exam.seal import Sealed
    from layerquiz.grading.grade import Report
    from layerquiz.grading.story import Story


def solve(network: Network, conventions: str | Mapping[str, Any] | Conventions | None = None) -> Summary:
    """Return every layer's output and costs, under the network's own conventions or others."""
    return summarise(network if conventions is None else network.under(conventions))


def derive(network: Network, quantity: str) -> Derivation:
    """Return the worked steps from the givens to a quantity such as `conv1.parameters`."""
    return derive_targets(network.graph, network.members(quantity), (), network.values)


def draw(template: str, seed: int | str = 0) -> Question:
    """Return a question drawn from a template of the library, by name."""
    from layerquiz.exam import library
    from layerquiz.exam.drawing import draw as draw_question

    return draw_question(library.named(template), seed)


def questions(
    network: Network,
    ask: Sequence[str] = (),
    number: int | None = None,
    seed: int | str = 0,
    *,
    exactly: bool = False,
    kinds: Sequence[str] = (),
    language: str = "en",
) -> list[Question]:
    """Return different questions about a network, the easy ones first; without a number ten, or as many as there are.

    ask: quantities such as `macs`; parameters and shapes where it is empty. kinds: `number`, `table`, `find-error`,
    `compare`; all where it is empty. exactly: about the network as it is; else numbers near its own are drawn.
    Raises `LayerquizError` where it has no such quantity, or too few questions.
    """
    from math import inf

    from layerquiz.exam.from_network.made import Wish
    from layerquiz.exam.from_network.worth import KINDS
    from layerquiz.languages import named
    from layerquiz.practise import network_questions

    wish = Wish(tuple(ask), tuple(kinds) or KINDS, exactly, named(language))
    return network_questions(network, wish, number, inf, str(seed))


def diagnose_formula(network: Network, quantity: str, answer: str, letters: Sequence[str] | None = None) -> Story:
    """Return the story of an answer in letters, such as `(K^2 C_in + 1) C_out` for `conv1.parameters`.

    `letters` names what the question gives as letters (`conv1.kernel`); without it, the layer's keys and input sizes.
    """
    from layerquiz.grading.formulas import diagnose_formula as diagnose_in_letters

    return diagnose_in_letters(network, quantity, answer, letters)


def grade(
    sealed_exam: Sealed | str | PathLike[str], answers: Mapping[str, Mapping[str, str]] | str | PathLike[str]
) -> Report:
    """Return the report on a class's answers to a sealed exam.

    The exam is the folder that `layerquiz exam` wrote, or what was unsealed from it; the answers are a file or folder
    in a format that `layerquiz grade` reads, or a mapping by student and blank such as `{"s01": {"1a": "34,944"}}`. In
    a folder its corrections count, and what was decided in its review.
    """
    from layerquiz import answers as answers_in
    from layerquiz import report
    from layerquiz.grading.grade import grade as grade_answers
    from layerquiz.grading.spares import settled

    if isinstance(sealed_exam, str | PathLike):
        folder = fspath(sealed_exam)
        sealed = report.opened(folder)
        written = (
            report.submissions(folder, sealed, fspath(answers)) if isinstance(answers, str | PathLike) else answers
        )
        return report.regraded(folder, sealed, written).report
    read = answers_in.read(sealed_exam, fspath(answers)) if isinstance(answers, str | PathLike) else answers
    return grade_answers(*settled(sealed_exam, read, ()))


__all__ = ["derive", "diagnose", "diagnose_formula", "diagnose_sheet", "draw", "grade", "questions", "solve"]
