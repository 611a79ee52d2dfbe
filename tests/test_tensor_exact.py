"""The oracle of the kernels itself: what it rounds is nearest, and its estimates decide only what they can."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import tensor_exact as exact
from hypothesis import given
from hypothesis import strategies as st

HALF_WAY = Fraction(1, 2**24)  # between 1 and the next f32
SMALLEST = Fraction(1, 2**149)

fractions = st.builds(
    lambda significand, exponent, rest: (significand + rest) * Fraction(2) ** exponent,
    st.integers(-(2**25), 2**25), st.integers(-160, 100), st.sampled_from([0, Fraction(1, 2**70), -Fraction(1, 2**70)]),
)  # fmt: skip


def assert_nearest(result: np.float32, truth: Fraction) -> None:
    """No neighbour of the result is nearer to the truth; one as near is odd."""
    distance = abs(Fraction(float(result)) - truth)
    for side in (-np.inf, np.inf):
        other = np.nextafter(result, np.float32(side))
        away = abs(Fraction(float(other)) - truth)
        assert away > distance or (away == distance and result.view(np.uint32) % 2 == 0)


@given(fractions)
def test_rounding_is_to_nearest_even(number: Fraction) -> None:
    assert_nearest(exact.rounded(number), number)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1 + HALF_WAY, 1.0), (1 + 3 * HALF_WAY, 1 + 2.0**-22),
        (1 + HALF_WAY + Fraction(1, 2**80), 1 + 2.0**-23), (1 + 3 * HALF_WAY - Fraction(1, 2**80), 1 + 2.0**-23),
        (SMALLEST / 2, 0.0), (SMALLEST / 2 + SMALLEST / 2**60, 2.0**-149), (3 * SMALLEST / 2, 2.0**-148),
    ],
)  # fmt: skip
def test_ties_and_what_is_all_but_a_tie(number: Fraction, expected: float) -> None:
    assert float(exact.rounded(number)) == expected
    assert float(exact.rounded(-number)) == -expected


@given(*[st.floats(width=32, min_value=-(2.0**40), max_value=2.0**40)] * 3)
def test_fma_rounds_once(a: float, b: float, c: float) -> None:
    operands = (np.array([x], np.float32) for x in (a, b, c))
    assert_nearest(np.float32(exact.fma(*operands)[0]), Fraction(a) * Fraction(b) + Fraction(c))


@pytest.mark.parametrize(("sign", "expected"), [(1, 1 + 2.0**-11 + 2.0**-23), (-1, 1 + 2.0**-11)])
def test_fma_all_but_a_tie_that_float64_cannot_tell(sign: int, expected: float) -> None:
    factor, tiny = np.array([1 + 2.0**-12], np.float32), np.array([sign * 2.0**-60], np.float32)
    assert exact.fma(factor, factor, tiny) == np.float32(expected)


@pytest.mark.parametrize(
    ("function", "low", "high"), [(exact.exp, -105, 0), (exact.sigmoid, -90, 20), (exact.rsqrt, 1e-9, 9)]
)
def test_estimates_decide_as_mpmath_does(
    function: Callable[[exact.F32], exact.F32], low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(seed=3).uniform(low, high, 300).astype(np.float32)
    quick = function(x)
    monkeypatch.setattr(exact, "SLACK", 0.5)  # no estimate decides
    np.testing.assert_array_equal(function(x).view(np.uint32), quick.view(np.uint32))


def test_products_are_exact_sums() -> None:
    """What is left when large products cancel, which sums in float64 lose."""
    rng = np.random.default_rng(seed=4)
    x, w, u, v = (rng.standard_normal(shape).astype(np.float16) for shape in ((5, 8), (8, 6), (5, 8), (8, 6)))
    x, w, u, v = x / np.float16(4096), w / np.float16(4096), u * np.float16(4096), v * np.float16(4096)
    result = exact.product(np.hstack([u, x, -u]), np.vstack([v, w, v]))
    for row, column in np.ndindex(*result.shape):
        assert_nearest(np.float32(result[row, column]), exact.exact_dot(x[row], w[:, column]))


def test_a_tree_adds_neighbours_and_passes_up_a_last_one() -> None:
    x = np.array([[2.0**24, 1, 1, 1, 1]], np.float32)
    assert exact.tree_sum(x).tolist() == [[2.0**24 + 4]]  # ((2^24 + 1) + (1 + 1)) + 1; one by one it is 2^24
