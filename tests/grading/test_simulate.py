"""Simulated students: what they write, what they earn by hand, and that a simulation is a function of the exam."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from layerquiz.exam import exam as exams
from layerquiz.exam import sample
from layerquiz.exam.exam import Paper
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed, seal, unseal
from layerquiz.grading import simulated
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.simulate import Simulation, simulate

EXAM = """
title: Quiz
seed: 7
questions:
  - {template: conv-size}
  - {template: dense-parameters}
"""
STUDENTS = 1000


@cache
def sealed() -> Sealed:
    """Return a sealed exam of six papers."""
    exam = exams.parse(EXAM, "exam.yaml", "1")
    return unseal(seal(exam, [exams.paper(exam, Student(f"s{n}", "x")) for n in range(1, 7)], "test"))


@cache
def found() -> Simulation:
    """Return the simulation under the sealed policy and three others."""
    exam = sealed().exam
    policies = {"rounding": {"rounding": True}, "strict": {"mistake": 0, "mistake_bare": 0}, "half": {"method": "1/2"}}
    others = {name: replace(exam, policy=policy) for name, policy in policies.items()}
    return simulate(sealed(), others, STUDENTS)


def mean(profile: str, policy: int = 0, working: bool = False) -> Fraction:
    """Return what a profile earns on the mean."""
    (one,) = [p for p in found().profiles if (p.name, p.working) == (profile, working)]
    return one.mean(policy)


def paper(place: int = 0) -> Paper:
    """Return one of the papers."""
    return sealed().papers[place]


def test_who_does_all_right_earns_all() -> None:
    """Right answers earn everything, bare or not; where the method counts half, a bare number earns the other half."""
    assert mean("do all right") == mean("do all right", working=True) == 1
    assert mean("do all right", policy=3) == Fraction(1, 2)
    assert mean("do all right", policy=3, working=True) == 1


def test_rounding_pays_where_it_is_allowed() -> None:
    """Who rounds to three digits loses on long numbers, and nothing where rounded answers count."""
    assert mean("round to three digits") < 1
    assert mean("round to three digits", policy=1) == 1


def test_one_misconception_by_hand() -> None:
    """Who forgets biases keeps 1/4 of the point for the parameters of the dense layer, 1/2 with working."""
    assert mean("forgot-bias") == Fraction(15, 4) / Fraction(9, 2)
    assert mean("forgot-bias", working=True) == Fraction(4) / Fraction(9, 2)
    assert mean("forgot-bias", policy=2) == Fraction(7, 2) / Fraction(9, 2)


def test_guessers_earn_next_to_nothing() -> None:
    """Random numbers within a factor of two of the key earn less than a twentieth, and more than nothing at best."""
    (guess,) = [profile for profile in found().profiles if profile.name == "guess"]
    assert guess.mean(0) < Fraction(1, 20)
    assert guess.of(0)


def test_a_slip_costs_little() -> None:
    """One slip costs part of one blank, and less with working; what follows from it is paid."""
    assert Fraction(3, 4) < mean("slip once and carry on") <= mean("slip once and carry on", working=True) < 1


def test_every_student_is_counted_once() -> None:
    """The numbers add up, and as many show their working as do not."""
    profiles = found().profiles
    assert sum(len(profile.points) for profile in profiles) == STUDENTS
    slips = [len(profile.points) for profile in profiles if profile.name.startswith("slip")]
    assert slips == [100, 100]
    assert all(0 <= share <= 1 for profile in profiles for earned in profile.points for share in earned)


def test_a_simulation_is_a_function_of_the_exam() -> None:
    """The same exam gives the same table; few sheets are diagnosed however many students there are."""
    again = simulate(sealed(), None, STUDENTS)
    assert again.lines() == simulate(sealed(), None, STUDENTS).lines()
    many = simulate(sealed(), None, 5 * STUDENTS)
    assert many.sheets == again.sheets < 300
    assert again.lines()[-1].startswith("1,000 simulated students")


def test_the_table_and_the_data_agree() -> None:
    """The table has a row for each profile and four columns for each policy; the data hold the same numbers."""
    head, *rows, last = found().lines()
    assert len(rows) == len(found().profiles)
    assert head.split()[:3] == ["students", "who", "working"]
    assert all(name in head for name in ("sealed policy: mean", "rounding: mean", "strict: mean"))
    told = json.loads(json.dumps(found().as_json()))
    (row,) = [row for row in told["profiles"] if row["profile"] == "forgot-bias" and not row["working"]]
    assert row["mean"][0] == pytest.approx(15 / 18, abs=1e-4)
    assert next(line for line in rows if line.startswith("forgot-bias ")).split()[3] == "83.3"
    assert f"{found().papers} papers" in last


def test_a_spread_by_hand() -> None:
    """The spread is the standard deviation over the students."""
    from layerquiz.grading.simulate import Profile

    profile = Profile("p", False, tuple((Fraction(share),) for share in ("0", "1/2", "1/2", "1")))
    assert profile.mean(0) == Fraction(1, 2)
    assert profile.spread(0) == pytest.approx((1 / 8) ** 0.5)


NUMBERS = {7: "7", 999: "999", 1000: "1.00K", 1234: "1.23K", 1235: "1.24K", 33024: "33.0K", 784000: "784K"}
NUMBERS |= {999999: "1.00M", 62378344: "62.4M", 10**15 + 1: "1.00E15"}


@pytest.mark.parametrize(("number", "written"), NUMBERS.items())
def test_numbers_in_three_digits(number: int, written: str) -> None:
    """People round a long number to three digits with K or M behind it."""
    assert simulated.three_digits(number) == written


def test_guesses_lie_within_a_factor_of_two() -> None:
    """A guess is a whole number from half the key to twice the key, for each size of a shape."""
    random = sample.generator(1)
    for _ in range(200):
        one, shape = simulated.guess(91, random), simulated.guess((5, 8), random)
        assert 46 <= one <= 182
        assert isinstance(shape, tuple)
        assert 3 <= shape[0] <= 10
        assert 4 <= shape[1] <= 16
        assert 0 <= simulated.guess(0, random) <= 9


def test_a_slip_is_carried_on() -> None:
    """One number has its last digits exchanged, and what depends on it is right from there."""
    assert [simulated.turned(number) for number in (54, 55, 608)] == [45, 56, 680]
    random = sample.generator(2)
    for place in range(6):
        question = paper(place).questions[1]
        answers, quantity = simulated.slipped(question, random)
        keys = {blank.quantity: blank.key for blank in question.blanks}
        stories = diagnose_sheet(question.network, answers, rounding=False, keys=keys)
        assert quantity
        assert stories[quantity].verdict != "correct"
        others = {story.verdict for name, story in stories.items() if name != quantity}
        assert others <= {"correct", "carried"}


def test_a_misconception_is_what_the_catalogue_says() -> None:
    """A mistake is made in every blank that it reaches, and right answers are left where it does not matter."""
    dense = paper().questions[1]
    made = simulated.Misconceptions(dense)
    assert made.answers("forgot-bias") == {"dense.weights": "784,000", "dense.parameters": "784,000"}
    assert made.answers("padding-added-once") == simulated.right(dense)
    assert made.answers("doubled")["dense.weights"] == "1,568,000"
