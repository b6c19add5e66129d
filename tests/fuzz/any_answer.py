"""What has to hold whatever a student hands in: no exception, bounded work, texts that are safe to show."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.grading.diagnose import MOST_STORIES, diagnose_sheet
from layerquiz.grading.formulas import diagnose_formula
from layerquiz.grading.read import Blank, Reading, Unreadable, read
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import Search
from layerquiz.network.network import Network

EXPECTATIONS = ("count", "size", "shape", "bytes")
NETWORK = Network.parse(
    {
        "input": {"channels": 3, "height": 29, "width": 31},
        "layers": [
            {"kind": "conv2d", "name": "conv", "filters": 8, "kernel": 5, "stride": 2, "padding": 1},
            {"kind": "maxpool2d", "name": "pool", "kernel": 3, "stride": 2},
            {"kind": "flatten", "name": "flat"},
            {"kind": "dense", "name": "dense", "units": 10},
        ],
    }
)
BLANKS = (
    *("conv.height", "conv.shape", "conv.parameters", "conv.macs", "pool.shape", "pool.receptive_field"),
    *("flat.features", "dense.parameters", "total.parameters", "total.parameter_bytes"),
)
FORMULAS = {
    "conv.height": ("input.height", "conv.kernel", "conv.padding"),
    "conv.parameters": ("input.channels", "conv.filters", "conv.kernel"),
    "conv.activations": None,
    "dense.parameters": None,
}
"""Quantities that are asked for as formulas, and the letters that the question gives; None for all that there are."""

_CONTROLS = (*range(9), *range(11, 32), 127)
_DIRECTIONS = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
UNSAFE = frozenset(map(chr, (*_CONTROLS, *_DIRECTIONS)))


class Counted:
    """Counts how often formulas are worked out anew: the work of a diagnosis is bounded by this, never by a clock."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> Counted:
        self.values = Search.values
        counted = self

        def values(*arguments: object, **named: object) -> object:
            counted.calls += 1
            return counted.values(*arguments, **named)  # type: ignore[arg-type]

        Search.values = values  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_: object) -> None:
        Search.values = self.values  # type: ignore[method-assign]


def reads(text: str) -> None:
    """Read a text in every way: it gives a value, or a refusal that points into the text."""
    for asked in EXPECTATIONS:
        for entries in (None, 1, 3):
            answer = read(text, asked, entries=entries)
            assert isinstance(answer, Reading | Unreadable | Blank)
            if isinstance(answer, Unreadable):
                assert 0 <= answer.offset < max(len(text), 1)
                assert not UNSAFE & set(answer.reason), ascii(answer.reason)
            if isinstance(answer, Reading):
                assert not UNSAFE & set(answer.shown), ascii(answer.shown)


def grades(texts: Sequence[str]) -> dict[str, Story]:
    """Diagnose a sheet: a story for each blank, and no more work than is allowed."""
    answers = dict(zip(BLANKS, texts, strict=False))
    with Counted() as counted:
        stories = diagnose_sheet(NETWORK, answers)
    assert set(stories) == set(answers)
    # Each explanation is tried on the true and on the student's own values, and held against the rest of the sheet.
    assert counted.calls <= 4 * MOST_STORIES * len(answers)
    for story in stories.values():
        assert not UNSAFE & set(story.hint), ascii(story.hint)
        story.as_json()
    return stories


def spells(text: str) -> list[Story]:
    """Diagnose a text as a formula in letters: a story for each, whose texts are safe to show."""
    stories = [diagnose_formula(NETWORK, quantity, text, letters) for quantity, letters in FORMULAS.items()]
    for story in stories:
        assert not UNSAFE & set(story.hint + story.shown), ascii(story.hint + story.shown)
        story.as_json()
    return stories
