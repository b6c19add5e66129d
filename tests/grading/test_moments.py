"""Means, correlations, reliability and the F distribution, held against tables, integrals and plain definitions."""

from __future__ import annotations

import statistics
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import exp, lgamma, log, sqrt

import pytest

from classes import chance
from layerquiz.grading import fisher
from layerquiz.grading.moments import NOTHING, Sums, chance_of_spread, item_rest, reliability

UPPER_FIVE_PERCENT = {(1, 1): 161.448, (5, 10): 3.326, (10, 20): 2.348, (4, 30): 2.690, (60, 120): 1.429}
UPPER_FORTIETH = {(1, 1): 647.789, (5, 10): 4.236, (10, 20): 2.774, (4, 30): 3.250, (60, 120): 1.530}
"""Printed tables of the F distribution: the value above which 5 % and 2.5 % lie, by both degrees of freedom."""


@pytest.mark.parametrize(("degrees", "value"), UPPER_FIVE_PERCENT.items())
def test_quantiles_are_those_of_the_table_of_five_percent(degrees: tuple[int, int], value: float) -> None:
    """The values that textbooks print, to their last digit."""
    assert fisher.quantile(0.95, *degrees) == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize(("degrees", "value"), UPPER_FORTIETH.items())
def test_quantiles_are_those_of_the_table_of_two_and_a_half_percent(degrees: tuple[int, int], value: float) -> None:
    """The values that textbooks print, and by symmetry those of the lower end: F(p; a, b) = 1 / F(1 - p; b, a)."""
    first, second = degrees
    assert fisher.quantile(0.975, first, second) == pytest.approx(value, abs=6e-4)
    assert fisher.quantile(0.025, second, first) == pytest.approx(1 / value, rel=1e-3)


def by_strips(x: float, a: float, b: float, strips: int = 20_000) -> float:
    """Return the integral of t^(a-1) (1-t)^(b-1) from 0 to x over that from 0 to 1, by the midpoints of strips."""
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    middles = ((place + 0.5) * x / strips for place in range(strips))
    return sum(exp(scale + (a - 1) * log(t) + (b - 1) * log(1 - t)) for t in middles) * x / strips


@pytest.mark.parametrize(("a", "b"), [(1.5, 4.0), (5.0, 2.5), (12.0, 12.0), (30.0, 200.0), (3.0, 3.0)])
@pytest.mark.parametrize("x", [0.05, 0.3, 0.5, 0.9])
def test_the_beta_function_is_the_integral(a: float, b: float, x: float) -> None:
    """The continued fraction gives what adding up thin strips gives."""
    assert fisher.incomplete_beta(x, a, b) == pytest.approx(by_strips(x, a, b), abs=1e-6)


def test_whole_parameters_are_binomial_sums() -> None:
    """For whole a and b, I_x(a, b) is the chance of at least a successes in a + b - 1 trials, summed exactly."""
    x = Fraction(3, 10)
    sums = [1, 6, 15, 20, 15, 6, 1]
    exact = sum(sums[k] * x**k * (1 - x) ** (6 - k) for k in range(4, 7))
    assert fisher.incomplete_beta(0.3, 4, 3) == pytest.approx(float(exact), abs=1e-14)


def test_the_share_below_a_quantile_is_the_share() -> None:
    """Quantile and share are inverse, for large classes too."""
    for degrees in ((1, 2), (7, 3), (99, 900), (9_999, 190_000)):
        for share in (0.001, 0.025, 0.5, 0.975):
            assert fisher.share_below(fisher.quantile(share, *degrees), *degrees) == pytest.approx(share, abs=1e-9)
    assert fisher.share_below(0, 3, 4) == 0
    assert [fisher.incomplete_beta(end, 2, 3) for end in (0, 1)] == [0, 1]


def sums(numbers: list[Fraction]) -> Sums:
    """Return sums from a list."""
    return Sums.of(Counter(numbers))


def table(students: int, questions: int, seed: int) -> list[list[Fraction]]:
    """Return made-up points, one row for each student; those who are strong are so everywhere."""
    random = chance(seed)
    rows = []
    for _ in range(students):
        strength = random.random()
        rows.append(
            [Fraction(random.random() < strength) * Fraction(random.randrange(1, 5), 3) for _ in range(questions)]
        )
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_means_and_variances_are_those_of_pythons_statistics(seed: int) -> None:
    """Sums that are added over parts give what the whole list gives."""
    numbers = [row[0] for row in table(40, 1, seed)]
    together = sums(numbers[:13]) + sums(numbers[13:]) + NOTHING
    assert together.mean == statistics.mean(numbers)
    assert together.variance == statistics.variance(numbers)


def pearson(left: list[Fraction], right: list[Fraction]) -> float:
    """Return the correlation by its definition."""
    one, other = statistics.mean(left), statistics.mean(right)
    top = sum((a - one) * (b - other) for a, b in zip(left, right, strict=True))
    bottom = sum((a - one) ** 2 for a in left) * sum((b - other) ** 2 for b in right)
    return float(top) / sqrt(bottom)


@pytest.mark.parametrize("seed", range(8))
def test_item_rest_is_the_correlation_with_the_other_items(seed: int) -> None:
    """One pass of sums gives the correlation of an item with the sum of the others, taken student by student."""
    rows = table(25, 6, seed)
    totals = [sum(row, Fraction(0)) for row in rows]
    for item in range(6):
        points = [row[item] for row in rows]
        rest = [sum(row[:item] + row[item + 1 :], Fraction(0)) for row in rows]
        products = sum(a * b for a, b in zip(points, totals, strict=True))
        assert item_rest(sums(points), sums(totals), products) == pytest.approx(pearson(points, rest), abs=1e-12)


def test_item_rest_by_hand() -> None:
    """Points 0 0 1 1 with rests 2 1 1 0: cov = -1/2 * ..., r = -1 / sqrt(2)."""
    points, rest = [0, 0, 1, 1], [2, 1, 1, 0]
    totals = [a + b for a, b in zip(points, rest, strict=True)]
    products = Fraction(sum(a * b for a, b in zip(points, totals, strict=True)))
    found = item_rest(sums([Fraction(p) for p in points]), sums([Fraction(t) for t in totals]), products)
    assert found == pytest.approx(-1 / sqrt(2))


def test_what_does_not_vary_has_no_correlation() -> None:
    """Where all have the same points for an item, or for the rest, there is nothing to correlate."""
    same, other = sums([Fraction(1)] * 3), sums([Fraction(1), Fraction(2), Fraction(3)])
    assert item_rest(same, other, Fraction(6)) is None
    assert item_rest(other, sums([Fraction(2), Fraction(3), Fraction(4)]), Fraction(2 + 6 + 12)) is None
    assert item_rest(NOTHING, NOTHING, Fraction(0)) is None


def test_alpha_by_hand() -> None:
    """Two questions, three students (1, 1), (2, 3), (3, 2): variances 1 and 1, of the totals 3: alpha = 2 (1 - 2/3)."""
    questions = [sums([Fraction(1), Fraction(2), Fraction(3)]), sums([Fraction(1), Fraction(3), Fraction(2)])]
    found = reliability(questions, sums([Fraction(2), Fraction(5), Fraction(5)]))
    assert found is not None
    assert found.alpha == Fraction(2, 3)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_the_covariances(seed: int) -> None:
    """Alpha is also k/(k-1) times the share of the covariances in the variance of the totals: counted pair by pair."""
    rows, k = table(30, 5, seed), 5
    columns = [[row[item] for row in rows] for item in range(k)]
    means = [statistics.mean(column) for column in columns]
    pairs = [(a, b) for a in range(k) for b in range(k) if a != b]
    shared = sum(
        sum((row[a] - means[a]) * (row[b] - means[b]) for row in rows) / Fraction(len(rows) - 1) for a, b in pairs
    )
    totals = [sum(row, Fraction(0)) for row in rows]
    found = reliability([sums(column) for column in columns], sums(totals))
    assert found is not None
    assert found.alpha == Fraction(k, k - 1) * shared / statistics.variance(totals)


def test_the_interval_covers_what_it_promises() -> None:
    """Of 400 classes drawn from one world with a known alpha, about 95 % of the intervals hold it."""
    random, k, n = chance(3), 6, 20
    true = Fraction(k, k + 1)  # items that are one strength and as much noise each
    hits = 0
    for _ in range(400):
        columns: list[list[Fraction]] = [[] for _ in range(k)]
        for _ in range(n):
            strength = random.gauss(0, 1)
            for column in columns:
                column.append(Fraction(round(1000 * (strength + random.gauss(0, 1))), 1000))
        totals = [sum(row, Fraction(0)) for row in zip(*columns, strict=True)]
        found = reliability([sums(column) for column in columns], sums(totals))
        assert found is not None
        assert found.low < found.alpha < found.high
        hits += found.low <= true <= found.high
    assert 365 <= hits <= 395


def test_where_there_is_nothing_to_tell_no_reliability_is_told() -> None:
    """One question, one student, or equal totals."""
    varied, same = sums([Fraction(1), Fraction(2)]), sums([Fraction(3), Fraction(3)])
    assert reliability([varied], varied) is None
    assert reliability([same, same], same) is None
    assert reliability([sums([Fraction(1)])] * 2, sums([Fraction(2)])) is None
    assert reliability([], NOTHING) is None


def test_chance_of_a_spread_by_hand() -> None:
    """Groups (1, 2, 3) and (2, 3, 4): between 1.5, within 4 of 4 degrees, so F = 1.5 with 1 and 4 degrees: 0.288."""
    groups = [sums([Fraction(n) for n in numbers]) for numbers in ((1, 2, 3), (2, 3, 4))]
    assert chance_of_spread(groups) == pytest.approx(0.2879, abs=1e-4)


def test_a_spread_without_any_scatter_inside_is_no_chance() -> None:
    """All equal within, different between: chance never does it; one group, or no scatter at all: nothing is told."""
    one, other = sums([Fraction(1)] * 3), sums([Fraction(2)] * 3)
    assert chance_of_spread([one, other]) == 0
    assert chance_of_spread([one, one]) is None
    assert chance_of_spread([one]) is None
    assert chance_of_spread([sums([Fraction(1)]), sums([Fraction(2)])]) is None


def test_the_chance_is_that_of_shuffling() -> None:
    """The F test comes near to the share of shuffled classes whose groups lie as far apart."""
    random = chance(11)
    groups = [[Fraction(random.randrange(0, 9) + shift) for _ in range(12)] for shift in (0, 1, 2)]
    found = chance_of_spread([sums(group) for group in groups])
    assert found is not None
    everyone = [number for group in groups for number in group]

    def between(numbers: list[Fraction]) -> Fraction:
        means = [sum(numbers[start:end], Fraction(0)) / 12 for start, end in pairwise((0, 12, 24, 36))]
        return sum(((mean - statistics.mean(means)) ** 2 for mean in means), Fraction(0))

    real, as_far = between(everyone), 0
    for _ in range(600):
        random.shuffle(everyone)
        as_far += between(everyone) >= real
    assert found == pytest.approx(as_far / 600, abs=0.05)
