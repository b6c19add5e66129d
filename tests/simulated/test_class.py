"""A small simulated class: right answers are never accused, and what students believe is named."""

from __future__ import annotations

from simulated.class_of import lines, simulate


def test_a_small_class_is_understood(many, summary):
    """Right and empty answers get their verdict, most mistakes are named, and rules of nobody's book are not."""
    students = 12 if many == 1 else 300
    tally = simulate(students)
    summary.extend(lines(tally, students) if many > 1 else ())
    assert tally.kept["right"] == tally.kinds["right"] > 150
    assert tally.kept["blank"] == tally.kinds["blank"]
    assert sum(tally.named.values()) >= 0.95 * sum(tally.planted.values()) > 10
    assert sum(tally.justly.values()) >= 0.95 * sum(tally.said.values())


def test_the_class_is_the_same_again():
    """Two runs give the same counts: the students are drawn from their numbers alone."""
    assert simulate(2) == simulate(2)
