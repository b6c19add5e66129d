"""Sealed exams: printed and graded again years later, and never edited by hand unnoticed."""

from __future__ import annotations

import copy
import dataclasses
import gc
import hashlib
import json
import weakref

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import exam, library, seal
from layerquiz.exam.roster import Student

TEXT = """title: Costs of networks
seed: 17
questions:
  - {template: conv-parameters, points: 3}
  - {template: keras-conv2d}
  - {template: mnist-network}
  - {template: same-padding, points: 0.1, policy: {repeat: always}}
"""
STUDENTS = tuple(Student(f"s{number}", name) for number, name in enumerate(("Ada", "Nguyễn Thị", "李", "Zoë")))


def sealed(students=STUDENTS):
    """Return a sealed exam as it is read back from its file."""
    found = exam.parse(TEXT, "exam.yaml", "unused")
    made = seal.seal(found, [exam.paper(found, student) for student in students], "0.1.0")
    return json.loads(json.dumps(made, ensure_ascii=False))


def contents(paper):
    return [(question.text, question.blanks, question.grid) for question in paper.questions]


def test_a_round_trip_gives_the_same_papers():
    found = exam.parse(TEXT, "exam.yaml", "unused")
    again = seal.unseal(sealed())
    assert again.differences == ()
    assert again.exam.policy == {}
    assert again.exam.entries[3].policy == {"repeat": "always"}
    assert [paper.student for paper in again.papers] == list(STUDENTS)
    assert [contents(paper) for paper in again.papers] == [contents(exam.paper(found, who)) for who in STUDENTS]


def test_sealing_again_gives_the_same_hash():
    again = seal.unseal(sealed())
    assert seal.seal(again.exam, again.papers, "9.9")["hash"] == sealed()["hash"]


def test_the_templates_that_made_it_are_not_needed(monkeypatch):
    data = sealed()
    monkeypatch.setattr(library, "files", lambda: pytest.fail("the library was read"))
    assert len(seal.unseal(data).papers) == 4


def test_a_late_registration_changes_nobody_s_paper():
    late = sealed((Student("s9", "Late"), *reversed(STUDENTS)))
    before = {paper["student"]: paper for paper in sealed()["papers"]}
    assert {paper["student"]: paper for paper in late["papers"] if paper["student"] in before} == before


EDITS = {
    "a key": lambda data: data["papers"][0]["keys"].update({"1a": 1}),
    "a drawn number": lambda data: data["papers"][0]["drawn"][0]["network"]["input"].update(channels=1),
    "a template": lambda data: data["templates"].update({"same-padding": "changed"}),
    "points": lambda data: data["questions"][0].update(points="30"),
    "a name": lambda data: data["papers"][0].update(name="Other"),
    "a paper": lambda data: data["papers"].pop(),
    "the policy": lambda data: data["policy"].update(correct=2),
    "the seal": lambda data: data.update(hash="0" * 64),
    "an additional entry": lambda data: data.update(extra=1),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_seal_is_refused(name):
    data = sealed()
    EDITS[name](data)
    with pytest.raises(ExamError, match=r"changed after it was made.*Put the original"):
        seal.unseal(data)


CHANGED = {
    "a key": "the paper of s0",
    "a drawn number": "the paper of s0",
    "a template": "template same-padding",
    "points": "question 1",
    "a name": "the paper of s0",
    "a paper": "the paper of s3",
    "the policy": "policy",
    "the seal": "the seal itself",
    "an additional entry": "extra",
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_seal_says_what_was_changed(name):
    data = sealed()
    EDITS[name](data)
    with pytest.raises(ExamError) as refused:
        seal.unseal(data)
    assert refused.value.why == f"What was changed: {CHANGED[name]}"


def test_many_changes_are_counted_and_hostile_names_spelled_out():
    data = sealed(tuple(Student(f"\x1b[2J{number}", "N") for number in range(9)))
    for paper in data["papers"]:
        paper["name"] = "M"
    data["title"] = "Other"
    with pytest.raises(ExamError) as refused:
        seal.unseal(data)
    assert refused.value.why.startswith("What was changed: title, the paper of \\x1b[2J0, the paper")
    assert refused.value.why.endswith("the paper of \\x1b[2J4 and 4 parts more")


def test_papers_in_another_order_are_told():
    data = sealed()
    data["papers"].reverse()
    with pytest.raises(ExamError, match="What was changed: the order of its parts"):
        seal.unseal(data)


def test_a_seal_without_digests_of_its_parts_is_read_and_guarded():
    """Seals of the first version have none."""
    data = sealed()
    del data["parts"]
    data["hash"] = seal.digest(data)
    assert len(seal.unseal(data).papers) == 4
    data["title"] = "Other"
    with pytest.raises(ExamError, match="What it says and its seal do not agree"):
        seal.unseal(data)


@pytest.mark.parametrize("data", [None, [], {}, {"format": 1}, {"format": 99, "hash": ""}, "text"])
def test_what_is_no_sealed_exam_is_one_error(data):
    with pytest.raises(ExamError):
        seal.unseal(data)


def test_the_sealed_key_wins_and_the_difference_is_reported():
    """A later version that computes otherwise does not change a sealed exam."""
    data = sealed()
    right = data["papers"][1]["keys"]["1a"]
    data["papers"][1]["keys"] = {**data["papers"][1]["keys"], "1a": right + 1}
    data["hash"] = seal.digest(data)
    found = seal.unseal(data)
    assert found.papers[1].blanks["1a"].key == right + 1
    assert found.differences == (seal.Difference("s1", "1a", right + 1, right),)


def test_the_version_does_not_change_the_seal():
    data = sealed()
    later = copy.deepcopy(data) | {"layerquiz": "2.0"}
    assert seal.unseal(later).version == "2.0"


def test_papers_are_opened_when_looked_at(monkeypatch):
    """A sealed class of any size is there without its questions; those of papers with the same numbers are the same."""
    data = sealed()
    data["papers"] = [{**data["papers"][0], "student": f"t{number}"} for number in range(300)]
    data["hash"] = seal.digest(data)
    made = []
    real = seal.rebuilt
    monkeypatch.setattr(seal, "rebuilt", lambda *given: made.append(1) or real(*given))
    found = seal.unseal(data)
    assert len(made) == 4  # those of the first paper: a seal that holds none is refused at once
    assert found.papers[7].questions[2] is found.papers[288].questions[2]
    assert len(made) == 4


def test_no_more_papers_are_open_than_a_few(monkeypatch):
    """Going through a class keeps the questions of the last papers alone."""
    data = sealed(tuple(Student(f"s{number}", "N") for number in range(12)))
    monkeypatch.setattr(seal, "MOST_OPEN", 3)
    found = seal.unseal(data)
    questions = [weakref.ref(paper.questions[0]) for paper in found.papers]
    gc.collect()
    assert [question() is None for question in questions] == [True] * 9 + [False] * 3


@pytest.mark.parametrize("twice", [0, 3])
def test_papers_that_are_opened_together(twice):
    """They are those that are opened one by one; who has the same paper has the same questions."""
    data = sealed()
    data["papers"] += [{**data["papers"][2], "student": f"t{number}"} for number in range(twice)]
    data["hash"] = seal.digest(data)
    alone, together = seal.unseal(data).papers, seal.unseal(data).papers
    found = seal.opened(together)
    assert [contents(paper) for paper in found] == [contents(paper) for paper in alone]
    assert all(paper.questions[1] is found[2].questions[1] for paper in found[4:])
    assert seal.opened([dataclasses.replace(alone[0], questions=found[0].questions)]) == [found[0]]


def test_what_a_paper_lacks_is_one_error_whenever_it_is_met():
    """A paper without a drawing is refused when it is opened, as the first one is when the exam is."""
    data = sealed()
    for place in (2, 0):
        data["papers"][place] = {**data["papers"][place], "drawn": data["papers"][place]["drawn"][:2]}
        data["hash"] = seal.digest(data)
        with pytest.raises(ExamError, match="does not hold what it should"):
            _ = seal.unseal(data).papers[place].blanks


def test_the_digest_is_that_of_the_whole_text():
    """The seal is taken piece by piece, and is the SHA-256 of one canonical text."""
    data = sealed()
    kept = {key: found for key, found in data.items() if key not in ("hash", "layerquiz")}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert seal.digest(data) == data["hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert seal.digest({"papers": []}) == hashlib.sha256(b'{"papers":[]}').hexdigest()
    assert seal.digest({}) == hashlib.sha256(b"{}").hexdigest()


def test_what_a_roster_says_of_a_student_is_kept_and_changes_no_seal_of_students_without_it() -> None:
    """An optional field stands in the seal only where it is set, and is there again when the seal is opened."""
    ada = Student("s0", "Ada", email="a@x.org", room="H1", seat="A3", accommodation="large print")
    data = sealed((ada, STUDENTS[1]))
    assert [set(paper) for paper in data["papers"]] == [
        {"student", "name", "drawn", "keys", "email", "room", "seat", "accommodation"},
        {"student", "name", "drawn", "keys"},
    ]
    assert [paper.student for paper in seal.unseal(data).papers] == [ada, STUDENTS[1]]
