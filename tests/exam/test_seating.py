"""Versions of an exam under a seating plan, spare papers, and make-up exams."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import ExamError
from layerquiz.exam import exam, library, seating, template
from layerquiz.exam.makeup import Seen, made_up, repeated
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal

PLAIN = "title: T\nseed: 5\nquestions:\n  - {template: conv-size}\n  - {template: dense-parameters}\n"
ONLY = (
    "---\ntitle: Only\nnetwork:\n  input: {features: 4}\n  layers: [{kind: dense, name: d, units: 3}]\n"
    "ask: [{blank: d.weights}]\n---\nHow many weights?"
)
SPELLINGS = ("{row}-{place:02}", "{letter}{place}", "Row {row}, place {place}")


def read(versions=None, more=""):
    return exam.parse(f"{PLAIN}{more}" + (f"versions: {versions}\n" if versions else ""), "exam.yaml", "unused")


def again(found, papers):
    return unseal(json.loads(json.dumps(seal(found, papers, "1"))))


def kept(papers):
    return {paper.student.id: paper for paper in papers}


def drawn(paper):
    return [question.drawn for question in paper.questions]


def hall(rows, places, spelling=SPELLINGS[0], step=1, room="R1"):
    """Return a student on every seat, or on every second one, in an order that is not that of the seats."""
    seats = [(row, place) for row in range(1, rows + 1) for place in range(1, places + 1)]
    seats.sort(key=lambda seat: (seat[0] * 7 + seat[1] * 13) % 11)
    return [
        Student(
            f"{room}/{row}/{place}",
            "n",
            room=room,
            seat=spelling.format(row=row * step, place=place * step, letter=chr(64 + row * step)),
        )
        for row, place in seats
    ]


def of_seat(students, letters):
    """Return the letters by room, row and place, read from the ids."""
    return {tuple(student.id.split("/")): letter for student, letter in zip(students, letters, strict=True)}


def are_apart(found):
    """Say whether nobody left, right, in front or behind has the same letter."""
    for (room, row, place), letter in found.items():
        for other in ((room, row, str(int(place) + 1)), (room, str(int(row) + 1), place)):
            if found.get(other) == letter:
                return False
    return True


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_neighbours_of_a_full_hall_have_different_versions(count, spelling):
    students = hall(9, 12, spelling)
    letters = seating.versions(count, students, {})
    assert are_apart(of_seat(students, letters))
    assert set(letters) == set("ABCDEFGH"[:count])


@given(st.integers(2, 6), st.sets(st.tuples(st.integers(1, 6), st.integers(1, 8)), min_size=1), st.randoms())
def test_neighbours_of_any_hall_have_different_versions(count, seats, random):
    """With free seats between, in any order of the roster, in two rooms."""
    students = [Student(f"{room}/{r}/{p}", "n", room=room, seat=f"{r}-{p}") for room in "XY" for r, p in seats]
    random.shuffle(students)
    letters = seating.versions(count, students, {})
    assert are_apart(of_seat(students, letters))
    assert letters == seating.versions(count, students, {})


def test_every_second_seat_counts_as_beside():
    students = hall(5, 6, step=2)
    assert are_apart(of_seat(students, seating.versions(2, students, {})))


@given(st.sets(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=6), st.data())
def test_late_rows_take_a_version_that_no_neighbour_has(seats, data):
    """Whoever comes late sits among four at most: with five versions one is left, and nobody moves."""
    students = [Student(f"R/{row}/{place}", "n", room="R", seat=f"{row}-{place}") for row, place in sorted(seats)]
    late = set(data.draw(st.lists(st.sampled_from(students), min_size=1, max_size=4, unique=True)))
    early = [student for student in students if student not in late]
    before = dict(zip([s.id for s in early], seating.versions(5, early, {}), strict=True))
    after = seating.versions(5, students, before)
    assert {s.id: letter for s, letter in zip(students, after, strict=True) if s.id in before} == before
    assert are_apart(of_seat(students, after))


def test_without_seats_versions_take_turns():
    students = [Student(f"s{number}", "n") for number in range(9)]
    assert "".join(seating.versions(4, students, {})) == "ABCDABCDA"
    before = {student.id: letter for student, letter in zip(students, "ABCDABCDA", strict=True)}
    roster = [*students[:3], Student("late", "n"), *students[3:]]
    after = seating.versions(4, roster, before)
    assert "".join(after[:3] + after[4:]) == "ABCDABCDA"
    assert after[3] not in (after[2], after[4])


def test_students_of_a_version_have_the_same_questions():
    found = read(4)
    papers = exam.papers(found, hall(4, 5))
    of_version = {}
    for paper in papers:
        of_version.setdefault(paper.version, drawn(paper))
        assert drawn(paper) == of_version[paper.version]
    assert sorted(of_version) == ["A", "B", "C", "D"]
    for one, other in pairwise(of_version.values()):
        assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))
    sealed = again(found, papers).papers
    assert [paper.version for paper in sealed] == [paper.version for paper in papers]
    assert [drawn(paper) for paper in sealed] == [drawn(paper) for paper in papers]


def test_a_version_does_not_depend_on_who_has_it():
    """The questions of D are the same in a class that has no C."""
    found, one = read(4), [Student("x", "n", seat="2-2")]
    few = kept(exam.papers(found, [Student("a", "n"), *one]))
    many = {paper.version: drawn(paper) for paper in exam.papers(found, hall(4, 4))}
    assert all(drawn(paper) == many[paper.version] for paper in few.values())


def test_late_students_join_a_version_that_was_sealed():
    found, students = read(3), hall(3, 4)
    first = exam.papers(found, students[:9])
    later = exam.papers(found, students, kept(again(found, first).papers))
    assert [(p.number, p.version, drawn(p)) for p in later[:9]] == [(p.number, p.version, drawn(p)) for p in first]
    by_version = {paper.version: drawn(paper) for paper in first}
    assert all(drawn(paper) == by_version[paper.version] for paper in later[9:])


def test_a_class_drawn_in_parts_has_the_same_papers():
    """Numbers and versions are planned for all; a part needs the sealed papers of its students and one of a version."""
    found, students = read(3), hall(5, 5)
    kept_before = kept(exam.papers(found, students[:7], spare=2))
    whole = exam.papers(found, students, kept_before, spare=3)
    wanted = exam.planned(found, students, kept_before, spare=3)
    parts = [
        paper for first in range(0, 28, 6) for paper in exam.drawn(found, wanted[first : first + 6], kept_before, {})
    ]
    assert [(p.student, p.number, p.version, drawn(p)) for p in parts] == [
        (p.student, p.number, p.version, drawn(p)) for p in whole
    ]


def test_spare_papers_have_numbers_and_questions_of_their_own():
    found, students = read(), [Student(f"s{number}", "n") for number in range(4)]
    papers = exam.papers(found, students, spare=3)
    assert [paper.student.id for paper in papers[4:]] == ["spare-5", "spare-6", "spare-7"]
    assert [(paper.number, paper.student.name, paper.is_spare) for paper in papers[4:]] == [
        (5, "", True),
        (6, "", True),
        (7, "", True),
    ]
    assert len({json.dumps(drawn(paper)) for paper in papers}) == 7


def test_more_spare_papers_are_added_and_none_is_taken_away():
    """Late students are numbered behind the spare ones, and later spare ones behind them."""
    found, students = read(2), [Student(f"s{number}", "n") for number in range(4)]
    first = exam.papers(found, students, spare=2)
    roster = [Student("late", "n"), *students]
    for spare, numbers in ((0, [7, 1, 2, 3, 4, 5, 6]), (2, [7, 1, 2, 3, 4, 5, 6]), (3, [7, 1, 2, 3, 4, 5, 6, 8])):
        later = exam.papers(found, roster, kept(again(found, first).papers), spare)
        assert [paper.number for paper in later] == numbers
        assert [drawn(paper) for paper in later[1:7]] == [drawn(paper) for paper in first]
        assert [paper.version for paper in later[5:]] == ["A", "B", "A"][: len(later) - 5]


def test_a_student_is_not_called_as_a_spare_paper():
    with pytest.raises(ExamError, match="spare-7"):
        exam.papers(read(), [Student("spare-7", "n")])


def small_class():
    return [Student(f"s{number}", "n") for number in range(14)]


@pytest.mark.parametrize("versions", [None, 3])
def test_a_makeup_has_other_numbers_than_one_has_seen(versions):
    """Neither one's own nor a neighbour's numbers of the first exam come back; the questions ask the same."""
    found = read(versions, "  - {template: conv-macs, seed: 7}\n  - {template: dense-parameters}\n")
    first = again(found, exam.papers(found, small_class()))
    other, seen = made_up(found, first.exam), Seen(first.papers, [paper.student for paper in first.papers])
    roster = [Student("new", "n"), *small_class()[3:9]]
    papers = exam.papers(other, roster, seen=seen)
    assert repeated(other, papers, seen) == []
    beside = {paper.student.id: place for place, paper in enumerate(first.papers)}
    for paper in papers[1:]:
        place = beside[paper.student.id]
        before = [
            question.identity for other in first.papers[max(0, place - 1) : place + 2] for question in other.questions
        ]
        assert not {question.identity for question in paper.questions} & set(before)
    assert [q.template.name for q in papers[1].questions] == [q.template.name for q in first.papers[0].questions]
    assert again(other, papers).exam.seed == "5/makeup"


def test_a_makeup_avoids_numbers_that_its_own_seed_would_draw():
    """Its first drawings are taken as those that were seen: none of them is drawn."""
    found = read()
    first = again(found, exam.papers(found, small_class()))
    alone = exam.papers(made_up(found, first.exam), small_class())
    seen = {paper.student.id: [paper] for paper in alone}
    for one, other in zip(alone, exam.papers(made_up(found, first.exam), small_class(), seen=seen), strict=True):
        assert all(mine != theirs for mine, theirs in zip(drawn(one), drawn(other), strict=True))


def test_what_has_no_other_numbers_is_said():
    only = template.parse(ONLY, "only")
    text = "title: T\nseed: 5\nquestions: [{template: conv-size}, {template: only}, {text: Why?, points: 1}]"
    found = exam.parse(text, "exam.yaml", 1, {**library.templates(), "only": only})
    first = again(found, exam.papers(found, small_class()))
    other, seen = made_up(found, first.exam), Seen(first.papers, [paper.student for paper in first.papers])
    papers = exam.papers(other, small_class(), seen=seen)
    assert repeated(other, papers, seen) == [2]


def test_a_makeup_of_another_exam_is_refused():
    found = read()
    first = again(found, exam.papers(found, small_class()))
    other = exam.parse(PLAIN.replace("conv-size", "conv-macs"), "exam.yaml", 1)
    with pytest.raises(ExamError, match="a make-up asks what the first exam asked"):
        made_up(other, first.exam)
