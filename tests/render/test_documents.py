"""The same document in LaTeX, Markdown and plain text."""

from __future__ import annotations

import pytest

from layerquiz.errors import LayerquizError
from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.render import latex, markdown, text
from layerquiz.render import papers as sheets
from layerquiz.render.document import Page, Paragraph, Sheet, Table
from render.sample_exam import alexnet, convolution, output_size, paper, papers, size_step


def test_a_class_is_one_source_with_papers_before_solutions():
    source = latex.papers(papers(2))
    assert source.parts == ("paper/1", "paper/2", "solution/1", "solution/2")
    assert [name for name in source.parts if f"{{{name}}}" in source.text] == list(source.parts)
    assert latex.papers(papers(2), solutions=False).parts == ("paper/1", "paper/2")


def test_the_same_papers_give_the_same_source():
    assert latex.papers(papers(3)) == latex.papers(papers(3))


def test_a_paper_does_not_hold_its_key():
    """Only the solution may show what is right."""
    source = latex.papers((paper(1),), solutions=False).text
    assert "92,160" not in source
    assert "92,160" not in text.paper(paper(1))
    assert "92,320" not in markdown.paper(paper(1))


def test_a_step_is_one_line_in_text_and_one_line_per_equality_in_markdown():
    step = size_step(227, 11, 4)
    assert text.step(step).startswith(
        "H_out = floor((H - K + 2P) / S) + 1 = floor((227 - 11 + 2*0) / 4) + 1 = 55\nwhere H = 227"
    )
    assert markdown.step(step).count("&=") == 3


def test_a_solved_question_has_steps_key_and_points_in_both():
    question = convolution(1, 0)
    for written in (text.question(question, solved=True), markdown.question(question, solved=True)):
        assert "(b)" in written
        assert "55,392 parameters" in written
        assert "(1 point)" in written


def test_a_cell_of_the_grid_is_named_by_its_row_and_column():
    asked = alexnet(3, 0)
    assert asked.all_blanks()[0].label == "conv1: 96 filters 11 x 11, stride 4: output shape"
    assert len(asked.all_blanks()) == 8 * 3 + 3


def test_the_only_blank_of_a_question_has_no_letter():
    assert output_size(2, 0).blanks[0].mark == ""
    assert convolution(1, 0).blanks[1].mark == "(b)"


def test_a_sheet_and_a_page_are_written_in_every_format():
    sheet = Sheet("Practice", (output_size(1, 0),), solutions=True)
    page = Page("Feedback", facts=(("Name", "Łukasz *Żółć*"),), blocks=(Paragraph("Well *done*."), TABLE))
    assert latex.sheet(sheet).parts == ("sheet/1",)
    assert latex.pages((page, page)).parts == ("page/1", "page/2")
    assert "Answer: 55" in text.sheet(sheet)
    assert "**Answer:** 55" in markdown.sheet(sheet)
    assert "Name: Łukasz *Żółć*" in text.page(page)
    assert r"**Name:** Łukasz \*Żółć\*" in markdown.page(page)
    assert "| 1a | 3\\|4 | 1 |" in markdown.page(page)


def test_wide_columns_share_what_narrow_ones_leave():
    long = Table(("blank", "hint"), (("1a", "Did you count the channels of the image? " * 4),))
    source = latex.pages((Page("Feedback", blocks=(long,)),)).text
    assert r"\MeasureWidth{column1}{1a}" in source
    assert r"\ShareWidth{2}{1000}{\Largest{column1}+6mm}" in source


TABLE = Table(("blank", "answer", "points"), (("1a", "3|4", "1"),), "lrc")


def test_what_cannot_be_printed_in_a_solution_is_told_with_its_place():
    asked = "{text: Why?, points: 1, solution: '$\\def\\x{}$'}"
    found = exams.parse(f"title: T\nseed: 5\nquestions:\n  - {asked}\n", "exam.yaml", "unused")
    drawn = exams.paper(found, Student("s1", "Ada"))
    with pytest.raises(LayerquizError, match=r'^paper 3, its solution: "\\def" is not allowed'):
        latex.printed(sheets.paper(found, drawn, 3, ()))
