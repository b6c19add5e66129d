"""Which paper is meant, where numbers of papers are ids of students too."""

from __future__ import annotations

import pytest

from layerquiz.entry.finding import Finder
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Paper
from layerquiz.exam.roster import Student

PAPERS = [Paper(Student("2", "Ada"), (), 1), Paper(Student("1", "Bo"), (), 2)]


def test_an_id_that_is_another_papers_number_is_clear_where_a_student_is_asked_for() -> None:
    finder = Finder(PAPERS)
    assert finder.of_student("2").number == 1
    assert finder.paper("#2").number == 2
    with pytest.raises(ExamError, match="the number of one paper and the student id of another"):
        finder.paper("2")
