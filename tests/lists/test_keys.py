"""Tables of keys and marking sheets: every key stands in its place, and points are those that grading would give."""

from __future__ import annotations

import pytest

from layerquiz.exam.question import Question
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.foretold import foretold, spelled
from layerquiz.grading.marks import marked, worths_of
from layerquiz.grading.policy import Policy
from layerquiz.languages import ENGLISH
from layerquiz.lists import marking
from layerquiz.lists.keys import Keys, in_columns
from layerquiz.render.lists import GAP, TEXT_WIDTH, Rows, widths
from lists.cohort import exam, papers


def read(tables: list[Rows], blanks: list[str]) -> list[tuple[str, str, str]]:
    """Return paper, blank and answer of each cell, found by the heads of the columns."""
    found = []
    for table in tables:
        for row in table.rows:
            paper = ""
            for title, cell in zip(table.columns, row, strict=True):
                paper = cell if title == "Paper" else paper
                if title in blanks and paper:
                    found.append((paper, title, cell))
    return found


@pytest.mark.parametrize("count", [1, 2, 20])
def test_every_key_stands_once_under_its_blank(count: int) -> None:
    """What the tables say is compared with the papers themselves, digit by digit."""
    listed = papers(count)
    tables = list(in_columns([(str(paper.number), paper.together) for paper in Keys(listed).papers], ENGLISH))
    found = read(tables, list(listed[0].blanks))
    said = {(paper, blank): answer.replace(",", "").replace(" × ", "x") for paper, blank, answer in found}
    assert len(said) == len(found)
    assert said == {
        (str(paper.number), name): spelled(blank.right) for paper in listed for name, blank in paper.blanks.items()
    }
    assert all(sum(widths(table)) + GAP * (len(table.columns) - 1) <= TEXT_WIDTH + 0.01 for table in tables)


QUESTIONS = [question for _, question in papers(6)[0].numbered + papers(6)[4].numbered]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.template.name)
@pytest.mark.parametrize("written", [{}, {"mistake": "1/3", "repeat": "always"}], ids=["usual", "other"])
def test_a_mistake_earns_what_grading_gives_for_it(question: Question, written: dict[str, str]) -> None:
    """A sheet with this one wrong answer, all else right, is graded; the points of the blank are those foretold."""
    policy = Policy.of(written)
    right = {blank.quantity: spelled(blank.key) for blank in question.blanks}
    seen = 0
    for blank in question.blanks:
        for found in foretold(question, policy)[blank.place]:
            stories = diagnose_sheet(question.network, {**right, blank.quantity: spelled(found.answer)}, rounding=False)
            named = {other.place: stories[other.quantity] for other in question.blanks}
            story = named[blank.place]
            if story.verdict != "mistake" or story.working:
                continue  # right from an earlier answer, or a fraction: another story than that of a bare blank alone
            marks = marked(worths_of(list(named), question, policy), named, policy)
            assert marks[blank.place].points == found.bare
            assert set(found.mistakes) >= set(story.mistakes)
            seen += 1
    assert seen


def test_working_earns_no_less_and_a_wrong_answer_never_all() -> None:
    for question in QUESTIONS:
        for blank in question.blanks:
            for found in foretold(question, Policy.of({}))[blank.place]:
                assert 0 <= found.bare <= found.working < blank.points


def test_a_marking_sheet_has_all_versions_in_full_or_the_keys_of_all_papers() -> None:
    policy = Policy.of({})
    [versions] = marking.sheet(exam(), Keys(papers(40, versions=3)), 1, policy, ENGLISH)
    assert [item.markdown for item in versions.items if not isinstance(item, Rows)] == [
        "Version A",
        "Version B",
        "Version C",
    ]
    [own] = marking.sheet(exam(), Keys(papers(40)), 1, policy, ENGLISH)
    tables = [item for item in own.items if isinstance(item, Rows)]
    assert {paper for paper, _, _ in read(tables[1:], ["2a", "2b"])} == {str(number) for number in range(1, 41)}
