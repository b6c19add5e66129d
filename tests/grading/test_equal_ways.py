"""The fast ways of grading tell the same stories as the slow ones: calculated together or one by one, on any cores."""

from __future__ import annotations

import json
import random
import re
from itertools import islice

import pytest

from computed import COMPUTED
from layerquiz.errors import ExamError
from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.roster import Student
from layerquiz.exam.sample import below, choice, generator
from layerquiz.exam.seal import digest, seal, unseal
from layerquiz.grading import jobs
from layerquiz.grading import read as reader
from layerquiz.grading.diagnose import OFTEN, diagnose_sheet
from layerquiz.grading.grade import grade
from layerquiz.grading.story import NONE
from layerquiz.network import network, outcomes
from layerquiz.network.mistakes import CATALOGUE, Search, evaluated, mistaken
from layerquiz.network.network import Network

TEMPLATES = [name for name in COMPUTED if name not in ("alexnet-table", "mnist-network")]
LARGE = ("mnist-network",)
ROUNDS = 3


def drawings(name, count):
    """Return some drawings of a template."""
    return [draw(library.named(name), seed) for seed in range(count)]


def wrong_values(question):
    """Return what the mistakes make of each blank: one tuple for all blanks, for each way to make one."""
    names = [blank.quantity for blank in question.blanks]
    found = [values for slug in CATALOGUE for values in mistaken(question.network, slug, names)]
    return {name: [values[place] for values in found] for place, name in enumerate(names)}


def spelled(value):
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def answer(key, wrong, drawn: random.Random):
    """Return an answer: right, mistaken, near it, rounded, or any number."""
    kind = below(drawn, 10)
    if kind < 3 or not wrong:
        return spelled(key)
    if kind < 7:
        return spelled(choice(drawn, wrong))
    if isinstance(key, tuple):
        return spelled(tuple(1 + below(drawn, 60) for _ in key))
    if kind == 7:
        return f"{float(key) / 1000:.1f}k" if key > 5000 else str(key + 2)
    return str(int(key) // 2 + below(drawn, 5)) if kind == 8 else str(below(drawn, 3 * int(key) + 3))


def sheets(question, count):
    """Yield some students' answers to a question."""
    wrong = wrong_values(question)
    for number in range(count):
        drawn = generator("equal ways", str(question.drawn), str(number))
        yield {blank.quantity: answer(blank.key, wrong[blank.quantity], drawn) for blank in question.blanks}


def stories(questions, count):
    """Return the stories of some students' answers, and how many answers that were."""
    found = [
        diagnose_sheet(question.network, answers, rounding)
        for question in questions
        for rounding in (True, False)
        for answers in sheets(question, count)
    ]
    return found, sum(map(len, found))


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", [*TEMPLATES, *LARGE])
def test_together_or_one_by_one(name, monkeypatch):
    """A program for all changes at once gives every story that evaluating each change with the solver gives."""
    count = 2 if name in LARGE else 15
    monkeypatch.setattr(outcomes, "MADE_ONE_BY_ONE", 10**9)
    slow, answered = stories(drawings(name, count), ROUNDS)
    monkeypatch.setattr(outcomes, "MADE_ONE_BY_ONE", 0)
    monkeypatch.setattr(Network, "remembered", lambda _, __, make: make())
    fast, _ = stories(drawings(name, count), ROUNDS)
    assert fast == slow
    assert answered >= 90
    assert any(story.mistakes for told in slow for story in told.values())


@pytest.mark.sampled(5)
@pytest.mark.parametrize("kind", outcomes.KINDS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_each_change_gives_its_number(name, kind, monkeypatch):
    """The program's numbers are those of the solver for each change, and what it leaves out cannot be."""
    monkeypatch.setattr(outcomes, "MADE_ONE_BY_ONE", 0)
    for question in drawings(name, 4):
        network = question.network
        for blank in question.blanks:
            search = Search(network, network.members(blank.quantity))
            table = outcomes.table(search, kind)
            found = table.outcomes(search, network.values, {})
            by_place = {place: numbers for numbers, places in found for place in places}
            for place, change in enumerate(table.changes):
                values = search.values(change)
                can_be = values is not None and network.fault(values, search.needed) is None
                assert (place in by_place) == can_be
                if can_be:
                    assert by_place[place] == tuple(values[ref.owner][ref.name] for ref in search.targets)


def test_pinned_values_stay(monkeypatch):
    """From a student's own values each change gives what the solver gives, whichever quantities are his own."""
    monkeypatch.setattr(outcomes, "MADE_ONE_BY_ONE", 0)
    seen = 0
    for question in drawings("first-dense-layer", 12):
        network = question.network
        search = Search(network, network.members("dense.parameters"))
        for own in ({"pool": {"height": 9}}, {"flat": {"features": 77}}, {"conv": {"height": 30, "width": 31}}):
            base = evaluated(search.graph, None, network.values, own)
            for kind in outcomes.KINDS:
                table = outcomes.table(search, kind)
                by_place = {p: n for n, places in table.outcomes(search, base, own) for p in places}
                for place, change in islice(enumerate(table.changes), 0, None, 3):
                    values = search.values(change, base, own)
                    if values is not None and network.fault(values, search.needed) is None:
                        assert by_place[place] == (values["dense"]["parameters"],)
                        seen += 1
    assert seen > 1000


def sealed(students, shared=False):
    """Return a small sealed exam, one paper for all or one for each, some with a key that was computed otherwise."""
    text = "title: T\nseed: 3\nquestions:\n  - {template: conv-size}\n  - {template: first-dense-layer, points: 4}\n"
    exam = exams.parse(text, "exam.yaml", "unused")
    names = [Student(f"s{number}", "N") for number in range(students)]
    data = seal(exam, [exams.paper(exam, names[0] if shared else student) for student in names], "test")
    for number, (paper, student) in enumerate(zip(data["papers"], names, strict=True)):
        keys = {**paper["keys"], "1c": 7} if number % 4 == 1 else paper["keys"]
        data["papers"][number] = {**paper, "student": student.id, "keys": keys}
    data.pop("hash")
    return {**data, "hash": digest(data)}


def submissions(papers):
    """Return answers to the papers of a small class, right and wrong; one student hands in nothing."""
    found = {}
    for number, paper in enumerate(papers[1:]):
        questions = [next(islice(sheets(question, number % 3 + 1), number % 3, None)) for question in paper.questions]
        cells = [text for answers in questions for text in answers.values()]
        found[paper.student.id] = dict(zip(paper.blanks, cells, strict=True))
    return found


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
def test_the_same_whatever_the_jobs(shared, monkeypatch):
    """Any number of processes, and any size of their pieces, gives the same report, differing keys included."""
    data = sealed(11, shared)
    answers = submissions(unseal(data).papers)
    alone = grade(unseal(data), answers)
    assert len([note for note in alone.notes if "the sealed key 7 counts" in note]) == 3
    for size, count in ((2, 2), (3, 3), (250, None)):
        monkeypatch.setattr(jobs, "PIECE", size)
        together = grade(unseal(data), answers, count)
        assert json.dumps(together.as_json()) == json.dumps(alone.as_json())
        assert together.notes == alone.notes


@pytest.mark.parametrize(("count", "shared"), [(9, True), (2 * OFTEN, False)], ids=["shared", "own"])
def test_each_paper_as_if_alone(count, shared):
    """What is remembered from one student's paper, or known of the class at once, changes nothing in another's."""
    data = sealed(count, shared)
    answers = submissions(unseal(data).papers)
    results = grade(unseal(data), answers).results
    for result in results:
        one = {key: text for key, text in answers.items() if key == result.paper.student.id}
        alone = {found.paper.student.id: found for found in grade(unseal(data), one).results}
        assert alone[result.paper.student.id].blanks == result.blanks
    assert results[0].paper.questions[0].network.structure.is_met_often or shared
    assert NONE == []


def test_what_is_remembered_has_an_end(monkeypatch):
    """However many different answers there are to one question, the same stories are told, and few are kept."""
    monkeypatch.setattr(network, "MOST_REMEMBERED", 50)
    known, fresh = Network.named("alexnet"), Network.named("alexnet").spec
    for number in range(40):
        answers = {"conv1.parameters": str(34_848 + 16 * number), "total.macs": str(10**9 + number)}
        answers["conv2.shape"] = f"{number} x 27 x 256"
        story = diagnose_sheet(known, answers)
        assert len(known.structure.latest) <= 2 * 50
        assert number % 8 or story == diagnose_sheet(Network.parse(fresh), answers)


def test_an_error_in_another_process_is_the_same_error(monkeypatch):
    """A paper that cannot be opened is refused in the same words, whichever process meets it."""
    data = sealed(7)
    data["papers"][5]["drawn"] = data["papers"][5]["drawn"][:1]
    data["hash"] = digest(data)
    monkeypatch.setattr(jobs, "PIECE", 2)
    said = []
    for count in (1, 3):
        with pytest.raises(ExamError) as caught:
            grade(unseal(data), {}, count)
        said.append(str(caught.value))
    assert said[0] == said[1]


@pytest.mark.parametrize(("papers", "wanted", "most"), [(12, None, 1), (12, 4, 1), (150, 4, 2), (0, 2, 1)])
def test_no_more_jobs_than_are_of_use(papers, wanted, most):
    """A small class is graded in one process, and no process is started for which there is no piece."""
    assert jobs.jobs_for(papers, wanted) == most


SHAPES = (
    "55 x 55 x 96",
    "55x55x96",
    "55, 55, 96",
    "55×55×96",
    "055x1x2",
    "1x0x3",
    "55x55",
    "3 x3x 3",
    "7 x 7, 3",
    "1x2x3x4",
)


@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("entries", [2, 3, 4, None])
def test_plain_shapes_are_read_as_all_others(text, entries, monkeypatch):
    """A shape in plain numbers is read at once, and as the whole reader does."""
    fast = reader.read(text, "shape", entries=entries)
    monkeypatch.setattr(reader, "_PLAIN_SHAPE", re.compile("(?!)"))
    assert fast == reader.read(text, "shape", entries=entries)
