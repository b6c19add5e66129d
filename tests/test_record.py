"""Records are values: equal by what they hold, with the slots that they name and no others."""

from __future__ import annotations

from dataclasses import field, replace

import pytest

from layerquiz.record import record


@record
class Pair:
    """Two numbers, of which the second does not count."""

    first: int
    second: int = field(default=0, compare=False)


def test_a_record_is_a_value():
    """Two with the same fields are equal and stand for each other in a set; a changed copy is another one."""
    assert {Pair(1), Pair(1, 2)} == {Pair(1)}
    assert replace(Pair(1, 2), first=3) == Pair(3)
    assert repr(Pair(1)) == "Pair(first=1, second=0)"


def test_a_record_has_no_other_fields():
    with pytest.raises(AttributeError):
        Pair(1).third = 3
