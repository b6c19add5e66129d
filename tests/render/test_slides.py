"""Slides: one for each mistake that several made, the wrong way beside the right one, and nobody named."""

from __future__ import annotations

import pytest

from classes import TEXT, Class, Given, drawn
from layerquiz import engine
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.grade import Report
from layerquiz.grading.statistics import summarised
from layerquiz.network.mistakes import mistaken
from layerquiz.render import latex
from layerquiz.render.slides import slides


def graded(counts: dict[str, int]) -> Report:
    """Return a class in which so many made each mistake in the parameters of the convolution, and one is right."""
    made = Class()
    question = drawn(TEXT, "shared").questions[0]
    names = [blank.quantity for blank in question.blanks]
    for slug, count in counts.items():
        value = mistaken(question.network, slug, names)[0][1]
        story = diagnose_sheet(question.network, {names[1]: str(value)})[names[1]]
        assert story.mistakes == [slug]
        for _ in range(count):
            made.add({"1b": Given(0, "mistake", (slug,), value=value)})
    made.add({"1b": Given(1)})
    return made.report()


def test_the_wrong_way_stands_beside_the_right_one() -> None:
    """Without biases the count ends in the weights; the slide has the formula of both, and what each comes to."""
    (slide,) = slides(summarised(graded({"forgot-bias": 3})))
    question = drawn(TEXT, "shared").questions[0]
    key, weights = question.blanks[1].key, question.blanks[0].key
    wrong, right = slide.sides
    assert (slide.title, slide.count) == (question.title, "3 of 4 students")
    assert slide.hint.endswith("?")
    assert wrong.title == "forgot bias"
    assert wrong.steps[0].latex == (r"\text{biases}", "0")
    assert right.steps[0].latex[:2] == (r"\text{biases}", r"C_{\text{out}}")
    assert wrong.end.replace("{,}", "") == f"${weights}$"
    assert right.end.replace("{,}", "") == f"${key}$"
    assert any("number of filters" in letter for letter in slide.letters)


def test_what_most_students_did_comes_first_and_single_students_are_left_out() -> None:
    """Two, three and one student: two slides; where nobody shares a mistake, all of them are shown."""
    several = slides(summarised(graded({"forgot-bias": 2, "one-bias-per-layer": 3, "forgot-input-channels": 1})))
    assert [slide.sides[0].title for slide in several] == ["one bias per layer", "forgot bias"]
    single = slides(summarised(graded({"forgot-bias": 1, "forgot-input-channels": 1})))
    assert [slide.sides[0].title for slide in single] == ["forgot bias", "forgot input channels"]


def test_a_class_without_mistakes_has_no_slides() -> None:
    """All right, or nobody there."""
    assert slides(summarised(graded({}))) == ()


@pytest.mark.tex
def test_slides_are_pages_of_sixteen_to_nine_one_for_each() -> None:
    """Each slide is one page, whatever the length of its texts, and the same bytes every time."""
    if not engine.available():
        pytest.skip("TeX is not installed")
    import io

    import pikepdf

    shown = slides(summarised(graded({"forgot-bias": 2, "bias-on-input-side": 3, "image-size-in-conv-params": 2})))
    assert len(shown) == 3
    source = latex.slides(shown)
    first, again = (engine.typeset(source.text, source.parts)["slide"] for _ in range(2))
    with pikepdf.open(io.BytesIO(first)) as document:
        assert len(document.pages) == 3
        left, down, right, up = map(float, document.pages[0].mediabox)
    assert (right - left) / (up - down) == pytest.approx(16 / 9, abs=0.01)
    assert first == again
    assert "s001" not in source.text


def test_nobody_is_named_on_slides() -> None:
    """A slide shows the exam's numbers and our words: neither a name nor an id is on it."""
    report = graded({"forgot-bias": 2})
    text = latex.slides(slides(summarised(report))).text
    assert "Student 1" not in text
