"""What an exam file may say besides its questions: settings and sections, kept in the seal where they are said."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import exam
from layerquiz.exam.exam import Paper, Signed
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import SETTINGS, is_sealed_as, seal, unseal

PLAIN = "title: T\nseed: 5\nquestions:\n  - {template: conv-size}\n"
SETTING = {
    "language": ("de", "de"),
    "paper_size": ("letter", "letter"),
    "time": ("90", 90),
    "letters": ("{filters: F}", {"filters": "F"}),
    "formula_sheet": ("true", True),
    "versions": ("4", 4),
    "logo": ("arms.pdf", "arms.pdf"),
    "header": ("Dept. of *Things*", "Dept. of *Things*"),
    "honour": ("I have worked alone.", "I have worked alone."),
    "signed": ("{code: ab23cd45, by: [Ada, Bo]}", Signed("ab23cd45", ("Ada", "Bo"))),
}
PARTS = """title: T
seed: 5
sections:
  - title: Convolution
    text: Mind the *stride*.
    questions:
      - {template: conv-size, points: 3}
      - {draw: {topic: pooling, count: 2}, points: 1.5}
  - title: The rest
    questions: [{template: dense-parameters, points: 2}]
"""
FAULTS = {
    "unknown language": ("language: ed", "line 3", "language", "Known: de, en, es, fr"),
    "misspelt key": ("langage: de", "line 3", "langage", 'Did you mean "language"?'),
    "paper size": ("paper_size: a3", "line 3", "a3", '"letter"'),
    "no time": ("time: 90 minutes", "line 3", "90 minutes", "Allowed"),
    "too many versions": ("versions: 27", "line 3", "27", "26"),
    "letters that are no mapping": ("letters: F", "line 3", "F", "Allowed"),
    "both": ("sections: [{title: A, questions: [{template: conv-size}]}]", "line 3", "one of questions", "Write"),
}


def read(text):
    return exam.parse(text, "exam.yaml", "unused")


def again(found, papers):
    return unseal(json.loads(json.dumps(seal(found, papers, "1"))))


def test_every_setting_is_tested():
    assert {*SETTING, "sections"} == set(SETTINGS)


@pytest.mark.parametrize("key", SETTING)
def test_a_setting_is_read_and_sealed(key):
    """It comes back from the seal, and makes another exam."""
    written, value = SETTING[key]
    found = read(f"{key}: {written}\n{PLAIN}")
    assert getattr(found, key) == value
    sealed = again(found, exam.papers(found, [Student("a", "A")]))
    assert getattr(sealed.exam, key) == value
    assert is_sealed_as(found, sealed)
    assert not is_sealed_as(read(PLAIN), sealed)


def test_what_is_not_said_is_not_sealed():
    """What an exam does not say leaves no key in its seal."""
    found = read(PLAIN)
    data = seal(found, exam.papers(found, [Student("a", "A"), Student("b", "B")]), "1")
    assert set(data) == {
        *("format", "layerquiz", "title", "course", "date", "instructions", "seed", "conventions", "policy"),
        *("templates", "questions", "papers", "parts", "hash"),
    }
    assert set(data["papers"][1]) == {"student", "name", "drawn", "keys"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_setting_is_one_error(name):
    line, place, what, cure = FAULTS[name]
    with pytest.raises(ExamError) as error:
        read(PLAIN.replace("questions", f"{line}\nquestions"))
    assert all(said in str(error.value) for said in ("exam.yaml", place, what, cure))


def test_versions_may_be_said_to_be_one_for_each_student():
    assert read(f"versions: per student\n{PLAIN}").versions is None


def test_numbering_runs_through_the_sections():
    found = read(PARTS)
    assert [(part.title, part.text, part.first) for part in found.sections] == [
        ("Convolution", "Mind the *stride*.", 1),
        ("The rest", "", 4),
    ]
    assert [entry.points for entry in found.entries] == [3, Fraction(3, 2), Fraction(3, 2), 2]
    assert again(found, exam.papers(found, [Student("a", "A")])).exam.sections == found.sections


def test_points_of_sections_are_those_of_their_questions():
    found = read(PARTS)
    paper = exam.paper(found, Student("a", "A"))
    assert [found.worth(part) for part in found.sections] == [6, 2]
    assert sum(found.worth(part) for part in found.sections) == paper.points
    without = read(PARTS.replace(", points: 3", "").replace(", points: 1.5", ""))
    drawn = exam.paper(without, Student("a", "A")).questions
    assert without.worth(without.sections[0]) == sum(question.points for question in drawn[:3])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - title: The rest\n    questions", "  - questions", '"title" is missing'),
        ("title: The rest", "titel: The rest", 'line 9, key "titel": there is no key "titel"'),
        ("[{template: dense-parameters, points: 2}]", "[]", "line 10"),
        ("dense-parameters", "dense-parametres", 'line 10: no template is called "dense-parametres"'),
        ("topic: pooling", "topic: poling", 'line 8: no template has the topic "poling"'),
        ("sections:", "questions:", "line 6"),
    ],
)
def test_faults_in_sections_name_their_lines(old, new, said):
    assert old in PARTS
    with pytest.raises(ExamError) as error:
        read(PARTS.replace(old, new))
    assert said in str(error.value)


def test_neither_questions_nor_sections():
    with pytest.raises(ExamError, match="one of questions and sections"):
        read("title: T\n")


def students(count):
    return [Student(f"s{number}", "n") for number in range(count)]


def test_late_rows_take_the_next_free_numbers():
    """Wherever they stand in the roster; everybody else keeps number and questions, also when sealed twice."""
    found = read(PLAIN)
    first = exam.papers(found, students(6))
    assert [paper.number for paper in first] == [1, 2, 3, 4, 5, 6]
    roster = [Student("late1", "n"), *students(6)[:3], Student("late2", "n"), *students(6)[3:]]
    for rows, numbers in ((roster, [7, 1, 2, 3, 8, 4, 5, 6]), ([Student("later", "n"), *roster], None)):
        sealed = again(found, first)
        first = exam.papers(found, rows, {paper.student.id: paper for paper in sealed.papers})
        assert [paper.number for paper in first] == (numbers or [9, 7, 1, 2, 3, 8, 4, 5, 6])
    before = {paper.student.id: paper for paper in exam.papers(found, students(6))}
    same = [paper for paper in again(found, first).papers if paper.student.id in before]
    assert [paper.number for paper in same] == [before[paper.student.id].number for paper in same]
    assert [paper.questions[0].drawn for paper in same] == [
        before[paper.student.id].questions[0].drawn for paper in same
    ]


def test_a_number_of_a_student_who_left_is_not_given_again():
    found = read(PLAIN)
    kept = {paper.student.id: paper for paper in exam.papers(found, students(4))}
    rows = [*students(3), Student("new", "n")]
    assert [paper.number for paper in exam.papers(found, rows, kept)] == [1, 2, 3, 5]


def test_what_a_roster_says_of_a_student_is_sealed():
    """The paper can be printed again from the seal alone: row, seat and accommodation stand on it."""
    found = read(PLAIN)
    who = Student("a", "A", "a@b.c", "G1", "R 2", "3-07", "large print")
    made = exam.papers(found, [who])
    assert again(found, made).papers[0].student == who
    moved = exam.papers(found, [Student("a", "A", seat="4-01")], {"a": made[0]})
    assert (moved[0].student.seat, moved[0].number) == ("4-01", 1)


def test_a_paper_without_number_has_that_of_its_place():
    """Seals of earlier versions say no numbers: papers were numbered in their order."""
    found = read(PLAIN)
    made = exam.papers(found, students(3))
    assert [paper.number for paper in again(found, made).papers] == [1, 2, 3]
    unnumbered = [Paper(paper.student, paper.questions) for paper in made]
    assert seal(found, unnumbered, "1") == seal(found, made, "1")
