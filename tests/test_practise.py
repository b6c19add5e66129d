"""Practice: what was missed comes again when Leitner's boxes say so, whatever the kind of question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import inf
from pathlib import Path

import pytest

from layerquiz.exam import library
from layerquiz.exam.choosing import Wanted, most_drawings
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Blank, Question
from layerquiz.network.mistakes import mistaken
from layerquiz.practise import MOST_TRIES, Session, Turn
from layerquiz.progress import DAYS, Progress, opened
from layerquiz.render.mathtext import in_words

DAY = date(2026, 11, 20)
SLUG = "forgot-bias"


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with opened(tmp_path / "practice.sqlite3") as found:
        yield found


def answer(turn: Turn, right: bool = True) -> None:
    """Answer a question: right, or as somebody who forgets the biases and leaves the other blanks out."""
    blanks = turn.question.blanks
    if right:
        keys = tuple(blank.right for blank in blanks)
    else:
        keys = next(iter(mistaken(turn.question.network, SLUG, [blank.quantity for blank in blanks])))
    for blank, key in zip(blanks, keys, strict=True):
        turn.answer(blank, in_words(key))


def other_than_right(blank: Blank) -> str:
    """Return an answer that can be read and is wrong."""
    right = blank.listed.right if blank.listed else (blank.right,)
    options = [option.letter for option in blank.listed.options] if blank.listed else ["1", "2"]
    return next(option for option in (options or ["1", "2"]) if option not in map(str, right))


def session(progress: Progress, today: date, *wanted: str, number: int = 1, seed: str = "1") -> Iterator[Turn]:
    return Session(progress, Wanted(mistakes=wanted), number, inf, seed, today).turns()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", library.templates())
def test_every_template_can_be_practised(name: str, progress: Progress) -> None:
    """Right answers are right at once, whatever the kind of question; nonsense is never a try."""
    turn = Turn(progress, draw(library.named(name), "p"), DAY)
    for blank in turn.question.blanks:
        assert turn.answer(blank, "qwertz").verdict == "unreadable"
        story = turn.answer(blank, in_words(blank.right))
        assert story.verdict == "correct"
        assert not turn.may_try_again(blank, story)
        assert turn.was_right_at_once(blank)
    assert progress.count() == len(turn.question.blanks)
    assert progress.missed() == []


def test_a_mistake_gets_its_hint_and_one_more_try(progress: Progress) -> None:
    (turn,) = session(progress, DAY, SLUG)
    blank = next(blank for blank in turn.question.blanks if blank.quantity.endswith("parameters"))
    network = turn.question.network
    wrong = network.value(blank.quantity.replace("parameters", "weights"))
    story = turn.answer(blank, str(wrong))
    assert (story.verdict, story.mistakes, story.hint[-1]) == ("mistake", [SLUG], "?")
    assert turn.may_try_again(blank, story)
    again = turn.answer(blank, str(wrong))
    assert MOST_TRIES == 2
    assert not turn.may_try_again(blank, again)
    assert not turn.was_right_at_once(blank)
    (missed,) = progress.missed()
    assert (missed.sort, missed.name, missed.times, missed.box) == ("mistake", SLUG, 1, 1)


def test_what_was_missed_comes_again_after_1_2_4_8_16_days_and_is_learnt(progress: Progress) -> None:
    """Leitner's boxes: each time that it goes right the days double; between them it is not asked."""
    (turn,) = session(progress, DAY, SLUG)
    answer(turn, right=False)
    day = DAY
    for days in (1, 2, 4, 8, 16):
        assert progress.due(day + timedelta(days - 1)) == []
        day += timedelta(days)
        assert [missed.name for missed in progress.due(day)] == [SLUG]
        (turn,) = session(progress, day)
        assert SLUG in turn.question.template.tells_apart
        answer(turn)
    assert progress.due(date.max) == []
    assert [missed.is_learnt for missed in progress.missed()] == [True]
    assert sum(DAYS) == 31


def test_a_mistake_that_is_made_again_falls_into_the_first_box(progress: Progress) -> None:
    (turn,) = session(progress, DAY, SLUG)
    answer(turn, right=False)
    for day in (DAY + timedelta(1), DAY + timedelta(3)):
        (turn,) = session(progress, day)
        answer(turn)
    assert [missed.box for missed in progress.missed()] == [3]
    (turn,) = session(progress, DAY + timedelta(7), SLUG)
    answer(turn, right=False)
    (missed,) = progress.missed()
    assert (missed.box, missed.times, missed.due) == (1, 2, DAY + timedelta(8))


def test_right_at_the_second_try_does_not_rise(progress: Progress) -> None:
    (turn,) = session(progress, DAY, SLUG)
    answer(turn, right=False)
    (turn,) = session(progress, DAY + timedelta(1))
    for blank in turn.question.blanks:
        turn.answer(blank, other_than_right(blank))
        turn.answer(blank, in_words(blank.right))
    assert SLUG in [missed.name for missed in progress.due(DAY + timedelta(1))]


def test_an_answer_that_nothing_explains_brings_its_question_again(progress: Progress) -> None:
    question = draw(library.named("same-padding"), 1)
    Turn(progress, question, DAY).answer(question.blanks[0], "123457")
    (turn,) = session(progress, DAY + timedelta(1))
    assert turn.question.template.name == "same-padding"
    answer(turn)
    assert progress.due(DAY + timedelta(1)) == []


def test_what_is_due_comes_first_and_no_question_twice(progress: Progress) -> None:
    (turn,) = session(progress, DAY, "stride-ignored")
    for blank in turn.question.blanks:
        values = mistaken(turn.question.network, "stride-ignored", [blank.quantity])
        turn.answer(blank, in_words(next(iter(values))[0]) if values else "")
    names = {missed.name for missed in progress.missed() if missed.sort == "mistake"}
    turns = list(session(progress, DAY + timedelta(1), number=12))
    assert any(not names.isdisjoint(turns[place].question.template.tells_apart) for place in range(len(names)))
    drawn = [str(found.question.drawn) + found.question.template.name for found in turns]
    assert len(drawn) == len(set(drawn)) == 12


def test_what_is_wanted_narrows_what_comes_again(progress: Progress) -> None:
    (turn,) = session(progress, DAY, SLUG)
    answer(turn, right=False)
    turns = Session(progress, Wanted("receptive-field"), 3, inf, "1", DAY + timedelta(1)).turns()
    assert all("receptive-field" in turn.question.template.topics for turn in turns)


def test_templates_that_were_answered_least_come_first(progress: Progress) -> None:
    names = []
    for seed in "123":
        for turn in session(progress, DAY, number=4, seed=seed):
            names.append(turn.question.template.name)
            answer(turn)
    assert len(set(names)) == 12


def test_minutes_hold_for_what_comes_again_too(progress: Progress) -> None:
    (turn,) = session(progress, DAY, SLUG)
    answer(turn, right=False)
    turns = list(Session(progress, Wanted(level=1), None, 9, "1", DAY + timedelta(1)).turns())
    assert 0 < sum(turn.question.template.minutes or 0 for turn in turns) <= 9


def test_the_same_seed_asks_the_same(progress: Progress) -> None:
    def asked() -> list[Question]:
        return [turn.question for turn in session(progress, DAY, number=5)]

    assert [q.drawn for q in asked()] == [q.drawn for q in asked()]


def test_without_a_number_few_drawings_are_no_fault(progress: Progress) -> None:
    """Ten questions are usual, not asked for."""
    few = [found for found in library.templates().values() if (most_drawings(found) or 100) < 50]
    assert few
    topic, goal = few[0].topics[0], few[0].goal
    assert list(Session(progress, Wanted(topic, goal=goal), None, inf, "1", DAY).turns())
