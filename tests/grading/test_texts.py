"""Folders of text files as answers: labels, working, and what does not fit the exam."""

from __future__ import annotations

import pytest

from grading.handed_in import folder, sealed
from layerquiz.errors import LayerquizError


def test_working_belongs_to_the_blank_above_it() -> None:
    """Lines up to the next blank are kept, empty ones between them too; what stands above the first one is named."""
    text = "Ada Brandt\n1a: (3*3*3 + 1)*8\n\n= 224\n12 = 54\n1.5: half\n1b)7\nQ2a = 9\n3 MB: no blank\n2b.5\n"
    found = folder(("s1.txt", text))
    working = "(3*3*3 + 1)*8\n\n= 224\n12 = 54\n1.5: half"
    assert found.answers == {"s1": {"1a": working, "1b": "7", "2a": "9\n3 MB: no blank", "2b": "5"}}
    assert found.notes[1:] == ("texts/s1.txt, line 1: not used: it stands above the first blank",)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("s9.txt", "1a: 5", ["texts/s9.txt", '"s9"']),
        ("s1.txt", "1x: 5", ["texts/s1.txt, line 1", '"1x"']),
        ("s1.txt", "1a: 5\n1a: 6", ["line 2", "1a stands twice", 'Line 1 says "5", this one "6"']),
        ("s1.txt", "exam: 0123abcd\n1a: 5", ["line 1", "the seal does not match"]),
    ],
)
def test_texts_that_cannot_be_used(name: str, text: str, told: list[str]) -> None:
    """The file, the line and the nearest spelling are named."""
    with pytest.raises(LayerquizError) as caught:
        folder((name, text))
    assert [part for part in told if part not in str(caught.value)] == []


def test_the_same_answer_twice_in_a_text_is_one() -> None:
    """A line that says nothing new changes nothing, and the seal of this exam is welcome."""
    found = folder(("s1.txt", f"exam: {sealed().hash[:10]}\n1a: 5\n1b: 6\n1a: 5\n= 5\n"))
    assert found.answers == {"s1": {"1a": "5\n= 5", "1b": "6"}}


def test_an_empty_folder_is_refused() -> None:
    """A folder without texts is no submission of anybody."""
    with pytest.raises(LayerquizError, match="no text files"):
        folder()
