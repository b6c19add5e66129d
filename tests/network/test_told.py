"""What listed mistakes come to, calculated together, is what each comes to alone: for the whole catalogue."""

from __future__ import annotations

import pytest

from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.network.told import told

NUMBERS = [read.name for read in library.templates().values() if read.kind == "number"]
SLUGS = tuple(CATALOGUE)


@pytest.mark.parametrize("name", NUMBERS)
def test_together_is_one_by_one(name: str) -> None:
    """The first drawings are looked at change by change, later ones by a program: both agree with `mistaken`."""
    shown = 0
    for seed in range(12):
        question = draw(library.named(name), seed)
        names = tuple(blank.quantity for blank in question.blanks if blank.kind == "number")
        found = told(question.network, SLUGS, names)
        alone = {slug: mistaken(question.network, slug, names) for slug in SLUGS}
        assert {slug: list(ways) for slug, ways in found.items()} == alone
        shown += sum(map(bool, alone.values()))
    assert shown > 12
