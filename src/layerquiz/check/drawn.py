"""The drawings that a check looks at, and what they range over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from layerquiz.check.found import Ranges
from layerquiz.exam.drawing import drawings
from layerquiz.exam.question import Question
from layerquiz.exam.recipe import Drawn, networks_of
from layerquiz.exam.template import Template
from layerquiz.grading.story import plain
from layerquiz.network.scope import is_block

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of some seeds in a row; `rejected` counts the attempts that could not be used, by their reason."""

    first: int
    questions: tuple[Question, ...]
    rejected: Mapping[str, int]

    @property
    def attempts(self) -> int:
        """Return how often numbers were drawn."""
        return len(self.questions) + sum(self.rejected.values())

    def seeded(self, most: int) -> Iterator[tuple[int, Question]]:
        """Yield the first few drawings with their seeds."""
        return ((self.first + place, question) for place, question in enumerate(self.questions[:most]))


def drawn(template: Template, seeds: int, first: int) -> Drawings:
    """Draw a template with some seeds. Raises `LayerquizError` where one gives no drawing."""
    rejected: Counter[str] = Counter()
    found = [next(drawings(template, seed, failures=rejected)) for seed in range(first, first + seeds)]
    return Drawings(first, tuple(found), dict(rejected.most_common()))


def numbers(questions: Iterable[Question]) -> Ranges:
    """Return what was drawn, by name: the smallest and the largest number, or the words; what never varies is left out.

    Of several layers without a name the first is `conv2d_1`, as in the notation.
    """
    found: dict[str, dict[Any, None]] = {}
    for question in questions:
        for name, value in _entries(question.drawn):
            found.setdefault(name, {})[value] = None
    return {name: _ends(values) for name, values in found.items() if len(values) > 1}


def _entries(drawn: Drawn) -> Iterator[tuple[str, Any]]:
    yield from _below("", drawn["let"])
    for begins, network in networks_of(drawn):
        yield from _below(f"{begins}input", network["input"])
        yield from _layers(begins, network["layers"])


def _layers(prefix: str, layers: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    counts: Counter[str] = Counter()
    for layer in layers:
        kind = "block" if is_block(layer) else str(layer["kind"])
        counts[kind] += 1
        name = prefix + str(layer.get("name", f"{kind}_{counts[kind]}"))
        yield from _below(name, {key: value for key, value in layer.items() if key not in ("name", "layers", "from")})
        yield from _layers(f"{name}.", layer["layers"] if "layers" in layer and is_block(layer) else ())


def _below(name: str, found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _below(f"{name}.{key}" if name else str(key), value)
    else:
        yield name, "x".join(map(str, found)) if isinstance(found, list) else found


def _ends(values: Iterable[Any]) -> list[Any]:
    """Return the least and the largest of some numbers; of anything else the first few."""
    found = list(values)
    if all(isinstance(value, int) and not isinstance(value, bool) for value in found):
        return [min(found), max(found)]
    return sorted(map(str, found))[:MOST_WORDS]


def keys(questions: Iterable[Question]) -> Ranges:
    """Return the smallest and the largest key of each blank that asks for numbers; of a shape, of each of its sizes."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for question in questions:
        for blank in question.blanks:
            if blank.kind == "number":
                sizes = blank.key if isinstance(blank.key, tuple) else (blank.key,)
                found.setdefault(blank.quantity, []).append(sizes)
    return {name: [_extreme(min, shapes), _extreme(max, shapes)] for name, shapes in found.items()}


def _extreme(which: Any, shapes: list[tuple[Any, ...]]) -> Any:
    alike = [shape for shape in shapes if len(shape) == len(shapes[0])]
    sizes = tuple(which(column) for column in zip(*alike, strict=True))
    return plain(sizes if len(sizes) > 1 else sizes[0])
