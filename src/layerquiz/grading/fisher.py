"""Fisher's F distribution, for intervals and tests: the share below a value, and the value below which a share lies."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

MOST_TERMS = 10_000
PRECISION = 1e-15
TINY = 1e-300


def share_below(value: float, first: int, second: int) -> float:
    """Return P(F <= value) with `first` and `second` degrees of freedom.

    It is I_x(first/2, second/2) at x = first value / (first value + second); Abramowitz and Stegun, 26.6.2.
    """
    if value <= 0:
        return 0.0
    return incomplete_beta(first * value / (first * value + second), first / 2, second / 2)


def quantile(share: float, first: int, second: int) -> float:
    """Return the value below which a share (between 0 and 1) of the distribution lies, by halving intervals."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if incomplete_beta(middle, first / 2, second / 2) < share else (low, middle)
    return second * low / (first * (1 - low))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return I_x(a, b), the regularised incomplete beta function, for 0 <= x <= 1 and a, b > 0.

    Below the mean its continued fraction converges fast (DLMF 8.17.22); above it I_x(a, b) = 1 - I_{1-x}(b, a).
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _continued(x, a, b)


def _continued(x: float, a: float, b: float) -> float:
    """Return 1 + d1/(1 + d2/(1 + ...)) of DLMF 8.17.22, from the front, by Lentz's method."""
    value, top, bottom = 1.0, 1.0, 0.0
    for term in range(1, MOST_TERMS):
        m = term // 2
        if term % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        bottom = 1 / ((1 + d * bottom) or TINY)
        top = (1 + d / top) or TINY
        value *= top * bottom
        if abs(top * bottom - 1) < PRECISION:
            break
    return value
