"""Means, spreads and correlations of points, exact until a root is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from layerquiz import exact
from layerquiz.grading import fisher

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Sums:
    """How many numbers there are, their sum, and the sum of their squares."""

    count: int
    total: Fraction
    squares: Fraction

    @classmethod
    def of(cls, counts: Mapping[Fraction, int]) -> Sums:
        """Return the sums of numbers that are counted by value."""
        total = exact.total(value * count for value, count in counts.items())
        squares = exact.total(value * value * count for value, count in counts.items())
        return cls(sum(counts.values()), total, squares)

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> Fraction:
        """Return the arithmetic mean; 0 of nothing."""
        return self.total / self.count if self.count else Fraction(0)

    @property
    def scatter(self) -> Fraction:
        """Return the sum of the squared distances from the mean."""
        return self.squares - self.total * self.total / self.count if self.count else Fraction(0)

    @property
    def variance(self) -> Fraction:
        """Return the scatter over count - 1; 0 of fewer than two numbers."""
        return self.scatter / (self.count - 1) if self.count > 1 else Fraction(0)


NOTHING = Sums(0, Fraction(0), Fraction(0))


def item_rest(item: Sums, whole: Sums, products: Fraction) -> float | None:
    """Return the correlation of an item's points with those of the rest of the paper; None where one does not vary.

    products is the sum of an item's points times the whole paper's. The rest is the whole without the item, so
    cov(x, t - x) = cov(x, t) - var(x) and var(t - x) = var(t) - 2 cov(x, t) + var(x).
    """
    if not item.count:
        return None
    together = products - item.total * whole.total / item.count
    rest = whole.scatter - 2 * together + item.scatter
    if not item.scatter or not rest:
        return None
    shared = together - item.scatter
    return (1 if shared >= 0 else -1) * sqrt(shared * shared / (item.scatter * rest))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha over the questions of an exam, with the bounds of its 95 % interval."""

    alpha: Fraction
    low: float
    high: float


def reliability(questions: Sequence[Sums], whole: Sums) -> Reliability | None:
    """Return Cronbach's alpha, k/(k-1) (1 - sum of the questions' variances / variance of the totals).

    None where there is nothing to tell: fewer than two questions or two students, or totals that are all equal.
    Its interval is Feldt's: 1 - (1 - alpha) F, with F at both ends of the distribution with n-1 and (n-1)(k-1)
    degrees of freedom (Feldt, Woodruff & Salih 1987, Applied Psychological Measurement 11, p. 95, formulas 6 and 7).
    """
    k, n = len(questions), whole.count
    if k < 2 or not whole.variance:
        return None
    alpha = Fraction(k, k - 1) * (1 - exact.total(question.variance for question in questions) / whole.variance)
    ends = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    low, high = (1 - float(1 - alpha) * fisher.quantile(end, n - 1, (n - 1) * (k - 1)) for end in ends)
    return Reliability(alpha, low, high)


def chance_of_spread(groups: Iterable[Sums]) -> float | None:
    """Return how often chance alone would part the means of groups this far, were they drawn from one class.

    The F test of the analysis of variance, with g-1 and n-g degrees of freedom; None where it cannot be told.
    """
    found = [group for group in groups if group.count]
    whole = sum(found, NOTHING)
    inside = exact.total(group.scatter for group in found)
    between, first, second = whole.scatter - inside, len(found) - 1, whole.count - len(found)
    if first < 1 or second < 1 or not whole.scatter:
        return None
    if not inside:
        return 0.0
    return 1 - fisher.share_below(float((between / first) / (inside / second)), first, second)
