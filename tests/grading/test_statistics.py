"""What is counted over a class, held against classes that were counted by hand and against plain recounting."""

from __future__ import annotations

import statistics
from collections import Counter
from fractions import Fraction

import pytest

from classes import Class, Given, chance, class_of
from layerquiz.grading.moments import Sums
from layerquiz.grading.nearby import Near, near
from layerquiz.grading.statistics import ClassSummary, Item, QuestionItem, summarised
from layerquiz.grading.versions import Spread, spread

BLANKS = ("1a", "1b", "2a", "2b", "2c", "3a", "3b")
HALF = Fraction(1, 2)


def item(summary: ClassSummary, blank: str) -> Item:
    """Return one blank of a summary."""
    return next(found for found in summary.items if found.blank == blank)


def question(summary: ClassSummary, number: int) -> QuestionItem:
    """Return one question of a summary."""
    return summary.questions[number - 1]


def small() -> ClassSummary:
    """Return a class of four of whom three handed in, with totals 7, 3 and 1/2."""
    made = Class()
    made.add(dict.fromkeys(BLANKS, Given(1)))
    made.add(
        {
            **dict.fromkeys(("1a", "1b", "2a"), Given(1)),
            "2b": Given(0, "mistake", ("forgot-bias",)),
            "3a": Given(0, "mistake", ("forgot-bias",), (("one-bias-per-layer",),)),
            "3b": Given(0, "unreadable"),
        }
    )
    made.add({"1a": Given(HALF, "convention", ("mac-vs-flop",), conventions=("FLOPs",))})
    made.add(None)
    return summarised(made.report())


def test_a_class_by_hand() -> None:
    """Means, middle, best, passes and what is to be read, worked out on paper: totals 7, 3 and 1/2 of 7."""
    found = small()
    assert (found.papers, found.handed_in, found.to_read) == (4, 3, 1)
    assert (found.possible, found.best, found.median) == (7, 7, 3)
    assert found.mean == Fraction(21, 6)
    assert found.passed == 1
    assert found.distribution(10) == (1, 0, 0, 0, 1, 0, 0, 0, 0, 1)


def test_blanks_by_hand() -> None:
    """Who left a blank out has nothing for it; a right answer under another convention is no mistake."""
    first, second = item(small(), "1a"), item(small(), "2b")
    assert (first.papers, first.correct, first.omitted, first.mean) == (3, 2, 0, Fraction(5, 6))
    assert first.mistakes == ()
    assert first.conventions == ((("mac-vs-flop", "FLOPs"), 1),)
    assert (second.correct, second.omitted, second.answered, second.mean) == (1, 1, 2, Fraction(1, 3))
    assert second.mistakes == (("forgot-bias", 1),)


def test_questions_by_hand() -> None:
    """A question is left out by who left out all its blanks; its mistakes count each student once."""
    found = question(small(), 3)
    assert (found.papers, found.omitted, found.mean, found.possible) == (3, 1, Fraction(1, 3), 2)
    assert question(small(), 2).mistakes == (("forgot-bias", 1),)


def test_each_student_counts_once_for_a_mistake() -> None:
    """Made in two questions, one student; sure, since one of the two answers has no other explanation."""
    (made,) = small().made
    assert (made.slug, [student.id for student in made.students], made.unsure) == ("forgot-bias", ["s002"], 0)
    assert made.blanks == ("2b", "3a")
    assert dict(made.topics) == {"convolution": 1, "convolution-size": 1, "size": 1, "dense": 1, "parameters": 1}
    assert made.example[1].rivals == []


def test_a_mistake_with_rivals_everywhere_is_unsure() -> None:
    """Where each answer that shows it has another explanation too, nobody is held to have made it for sure."""
    made = Class()
    made.add({"1a": Given(0, "mistake", ("forgot-bias",), (("one-bias-per-layer",),))})
    (found,) = summarised(made.report()).made
    assert found.unsure == 1


def test_nobody_handed_in() -> None:
    """There are blanks and questions, and no numbers that would divide by nobody."""
    made = Class()
    made.add(None)
    made.add(None)
    found = summarised(made.report())
    assert (found.papers, found.handed_in, found.mean, found.median, found.passed) == (2, 0, 0, 0, 0)
    assert found.reliability is None
    assert [(entry.papers, entry.mean, entry.discrimination) for entry in found.items] == [(0, None, None)] * 7


def test_one_student_and_equal_scores() -> None:
    """One paper, or papers that are all equal: no correlation and no reliability, and no error."""
    for count in (1, 5):
        found = summarised(class_of([dict.fromkeys(BLANKS, 1)] * count))
        assert found.reliability is None
        assert {entry.discrimination for entry in (*found.items, *found.questions)} == {None}
        assert found.median == found.mean == 7


def test_what_is_dropped_has_no_mean() -> None:
    """A blank whose points do not count for anybody has no share, and does not count in its question's."""
    made = Class()
    for points in (1, 0):
        made.add({"1a": Given(points), "1b": Given(0, "wrong", possible=0)})
    found = summarised(made.report())
    assert item(found, "1b").mean is None
    assert question(found, 1).mean == HALF


def test_who_has_fewer_points_to_reach_is_measured_by_those() -> None:
    """One blank is taken out of one paper: 3 of 6 passes as half of what was possible, where 3 of 7 does not."""
    made = Class()
    three = {name: Given(1) for name in BLANKS[:3]}
    made.add(three)
    made.add({**three, "3b": Given(0, "wrong", possible=0)})
    found = summarised(made.report())
    assert found.passed == 1
    assert found.distribution(10)[4:6] == (1, 1)


def test_the_pass_mark_of_the_exam_counts() -> None:
    """`pass: 0.6` passes who has at least three fifths."""
    made = Class(text="pass: 0.6\n" + Class().text)
    for right in (4, 5):
        made.add(dict.fromkeys(BLANKS[:right], Given(1)))
    found = summarised(made.report())
    assert (found.pass_share, found.passed) == (Fraction(3, 5), 1)


@pytest.mark.parametrize("seed", range(4))
def test_correlations_are_those_of_the_answers_one_by_one(seed: int) -> None:
    """For each blank and question: the correlation with the points of all other blanks, by its definition."""
    random = chance(seed)
    rows = []
    for _ in range(30):
        strength = random.random()
        rows.append({name: Fraction(random.randrange(5) * (random.random() < strength), 4) for name in BLANKS})
    found = summarised(class_of(rows))
    for entry in found.items:
        points = [row[entry.blank] for row in rows]
        rest = [sum(row.values()) - row[entry.blank] for row in rows]
        assert entry.discrimination == pytest.approx(statistics.correlation(points, rest), abs=1e-12)
    for entry in found.questions:
        points = [sum(value for name, value in row.items() if name[0] == str(entry.number)) for row in rows]
        rest = [sum(row.values()) - own for row, own in zip(rows, points, strict=True)]
        assert entry.discrimination == pytest.approx(statistics.correlation(points, rest), abs=1e-12)


def test_reliability_is_over_questions() -> None:
    """Blanks of one question hang together and count as one: three questions, whatever their blanks."""
    rows = [dict(zip(BLANKS, map(int, bits), strict=True)) for bits in ("1110010", "1011100", "0100000", "1111111")]
    found = summarised(class_of(rows)).reliability
    columns = [[sum(row[name] for name in BLANKS if name[0] == number) for row in rows] for number in "123"]
    totals = [sum(row.values()) for row in rows]
    variances = [Fraction(statistics.variance([Fraction(x) for x in column])) for column in (*columns, totals)]
    assert found is not None
    assert found.alpha == Fraction(3, 2) * (1 - sum(variances[:3]) / variances[3])


def test_equal_unexplained_answers_are_a_group() -> None:
    """Three gave one number and one another; right answers to the same drawing are counted beside them."""
    made = Class()
    for value in (1234567, 1234567, 1234567, 7654321):
        made.add({"1a": Given(0, value=value)})
    made.add({"1a": Given(1)})
    groups = item(summarised(made.report()), "1a").unexplained
    assert [(group.answers, group.count, group.right, group.shared) for group in groups] == [
        (("1234567",), 3, 1, True),
        (("7654321",), 1, 1, True),
    ]


def test_answers_to_different_drawings_meet_in_how_they_lie_to_their_keys() -> None:
    """Each has other numbers, and each wrote three times the key: one group, of which no single value is told."""
    made = Class(own=True)
    report = Class(own=True)
    for _ in range(3):
        report.add({})
    keys = [result.paper.blanks["1a"].key for result in report.report().results]
    for key in keys:
        assert isinstance(key, int)
        made.add({"1a": Given(0, value=3 * key)})
    (group,) = item(summarised(made.report()), "1a").unexplained
    assert (group.near, group.count, group.shared) == (Near("times", "3"), 3, False)
    assert group.answers == tuple(str(3 * key) for key in keys)  # type: ignore[operator]


NEAR = [
    (512, 256, {}, ("times", "2")),
    (64, 256, {}, ("times", "1/4")),
    (384, 256, {}, ("times", "3/2")),
    (257, 256, {}, ("beside", "+1")),
    (253, 256, {}, ("beside", "-3")),
    (10_050, 10_000, {}, ("close", "")),
    (777, 256, {"6b": 777}, ("key-of", "6b")),
    (777, 256, {"6b": 778}, None),
    (Fraction(1, 3), 256, {}, None),
    (500, 1, {}, None),
    (4096, 4, {}, ("times", "1024")),
    (0, 256, {}, None),
    (9, 0, {}, None),
    ((3, 4, 5), (5, 4, 3), {}, ("order", "")),
    ((3, 4, 6), (3, 4, 5), {}, ("sizes", "2 of 3")),
    ((1, 2, 3), (7, 8, 9), {}, None),
    ((1, 2), (7, 8, 9), {}, None),
    (5, (7, 8, 9), {}, None),
]


@pytest.mark.parametrize(("answer", "key", "others", "expected"), NEAR)
def test_what_an_answer_is_near_to(answer: object, key: object, others: dict[str, object], expected: object) -> None:
    """The table: another blank's key first, then a number beside it, a simple factor, a hundredth."""
    found = near(answer, key, others)  # type: ignore[arg-type]
    assert found == (None if expected is None else Near(*expected))  # type: ignore[misc]


def spread_of(groups: list[tuple[dict[str, object], list[int]]]) -> Spread | None:
    """Return the spread over drawings, each with its layer's numbers and the points of those who have it."""
    drawings = [
        {"let": {}, "network": {"input": {"height": 32}, "layers": [{"kind": "conv2d", "name": "conv", **layer}]}}
        for layer, _ in groups
    ]
    return spread(drawings, [Sums.of(Counter(map(Fraction, points))) for _, points in groups])


def test_versions_that_several_share_are_compared() -> None:
    """Two versions with means 2 and 1 of six papers each differ by 1 point; F = 13.3 on 1 and 10 is no chance."""
    found = spread_of([({"kernel": 3}, [2, 2, 2, 2, 1, 3]), ({"kernel": 5}, [1, 1, 0, 1, 1, 2])])
    assert found is not None
    assert (found.by, found.points, found.tried, found.hardest) == ("drawing", 1, 1, "")
    assert found.groups == (("version 1", 6, 2), ("version 2", 6, 1))
    assert found.chance == pytest.approx(0.0209, abs=2e-4)


def test_own_numbers_are_compared_by_what_differs() -> None:
    """Each has another paper: those with a kernel of 5 have less, and a correction can name them."""
    groups: list[tuple[dict[str, object], list[int]]] = [
        ({"kernel": 3 + 2 * (place % 2), "filters": 10 + place}, [2 - 2 * (place % 2)]) for place in range(8)
    ]
    found = spread_of(groups)
    assert found is not None
    assert (found.by, found.tried, found.hardest, found.is_sure) == ("conv.kernel", 2, "conv.kernel == 5", True)
    assert found.groups == (("conv.kernel == 3", 4, 2), ("conv.kernel == 5", 4, 0))


def test_many_numbers_are_parted_in_the_middle() -> None:
    """Of numbers that all differ, the lower half is compared with the upper half."""
    found = spread_of([({"filters": 10 * place}, [int(place > 4)]) for place in range(1, 9)])
    assert found is not None
    assert [label for label, _, _ in found.groups] == ["conv.filters <= 40", "conv.filters > 40"]


def test_too_few_papers_are_not_compared() -> None:
    """One version, or groups of fewer than three: nothing is said."""
    assert spread_of([({"kernel": 3}, [1, 2, 3, 4])]) is None
    assert spread_of([({"kernel": 3}, [1, 2]), ({"kernel": 5}, [3, 0])]) is None
    assert spread([], []) is None
