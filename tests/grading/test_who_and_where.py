"""What platforms call students, blanks and moments, and what of it is certain."""

from __future__ import annotations

import pytest

from grading.handed_in import STUDENTS
from layerquiz.exam.roster import Student
from layerquiz.grading.submissions.columns import blank_label
from layerquiz.grading.submissions.moments import latest
from layerquiz.grading.submissions.people import People


@pytest.mark.parametrize(
    ("ids", "names", "student"),
    [
        (["s1"], [], "s1"),
        (["S1"], [], "s1"),
        (["s1@uni.example"], [], "s1"),
        (["", "777", "s2"], [], "s2"),
        (["mia@uni.example"], [], "mia@uni.example"),
        (["mia"], [], "mia@uni.example"),
        (["MIA@uni.example"], [], "mia@uni.example"),
        ([], ["ada  BRANDT"], "s1"),
        (["unknown"], ["Brandt, Ada"], "s1"),
        (["s1"], ["Somebody Else"], "s1"),
        ([], ["Jose\u0301 A\u0301lvarez"], "s2"),
        ([], ["Ada Lang"], ""),
        (["s1"], ["Mia Ohm"], ""),
        (["mia@other.example"], [], ""),
        ([], [], ""),
    ],
)
def test_who_is_who(ids: list[str], names: list[str], student: str) -> None:
    """An id, the name before an email's @ or a unique full name is a student; what contradicts itself is nobody."""
    found = People(STUDENTS).find(ids, names)
    assert found.student == student
    assert bool(found.why) == (not student)


def test_another_name_than_the_rosters_is_said() -> None:
    """An id is believed, but a number that means a student by chance has to be seen; the order of names is free."""
    people = People(STUDENTS)
    assert people.find(["s1"], ["Somebody Else"]).odd == '"Somebody Else" was taken for s1, "Ada Brandt", by the id'
    assert people.find(["s1"], ["BRANDT, Ada"]).odd == people.find(["s1"], []).odd == ""


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("1a", "1a"),
        ("Q1a", "1a"),
        ("Question 1a", "1a"),
        ("Question 1A: how high?", "1a"),
        ("1a. How high?", "1a"),
        ("1 a) How high?", "1a"),
        ("[1a] How high?", "1a"),
        ("(1a)", "1a"),
        ("How high? (1a)", "1a"),
        ("How high? [1a]", "1a"),
        ("Question 1 [a]", "1a"),
        ("Frage 1a Wie hoch?", "1a"),
        ("12. How high?", "12"),
        ("How high is the output?", ""),
        ("2 filters of size 3: how many?", ""),
        ("3x3 kernels", ""),
        ("A picture (3) of 5", ""),
        ("1.5 times as high", ""),
        ("2d convolution: how high?", ""),
        ("Quite 1a", ""),
        ("", ""),
    ],
)
def test_the_blank_in_a_title(title: str, label: str) -> None:
    """A blank is named at the beginning, or in brackets at the end; numbers of the text are no labels."""
    assert blank_label(title) == label


@pytest.mark.parametrize(
    ("moments", "last"),
    [
        (["1", "3", "2"], 1),
        (["2026-11-20 10:00:00 UTC", "2026-11-20 09:59:59 UTC"], 0),
        (["2026-11-20T10:00:00+02:00", "2026-11-20T09:00:00Z"], 1),
        (["2026/11/20 9:55:00 AM GMT+1", "2026/11/20 9:05:00 PM GMT+1"], 1),
        (["2026/11/20 12:05:00 AM GMT+1", "2026/11/19 11:05:00 PM GMT+1"], 0),
        (["20 November 2026  10:15 AM", "3 December 2026  9:15 AM"], 1),
        (["Friday, 20 November 2026, 10:15 AM", "Thursday, 19 November 2026, 11:15 AM"], 0),
        (["20. März 2026, 10:15", "3. Mai 2026, 09:15"], 1),
        (["Nov 20, 2026 10:15", "Nov 21, 2026 09:15"], 1),
        (["20.11.2026 10:00:00", "21.11.2026 10:00:00"], 1),
        (["11/20/2026 10:00:00", "11/21/2026 10:00:00"], 1),
        (["3/12/2026 10:00:00", "4/1/2026 10:00:00"], None),
        (["2026-11-20 10:00", "2026-11-20 10:00"], None),
        (["2026-11-20 10:00", "yesterday"], None),
        (["31/31/2026", "1/32/2026"], None),
        (["", ""], None),
    ],
)
def test_which_moment_is_the_last(moments: list[str], last: int | None) -> None:
    """Each platform's way of writing a moment is read; where days and months may be exchanged, nothing is claimed."""
    assert latest(moments) == last


def test_a_student_is_known_by_the_email_of_the_roster() -> None:
    """A platform that knows nobody's id names an email: the roster's, whatever it has before its @."""
    people = People([Student("7001", "Ada Brandt", email="a.brandt@uni.example"), Student("7002", "Bo")])
    assert people.find(["A.Brandt@uni.example"], []).student == "7001"
    assert people.find(["bo@uni.example"], []).student == ""
