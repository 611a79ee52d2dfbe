"""Arithmetic of the tensor face in NumPy and mpmath: every operation is the exact result, rounded once.

NumPy's own sums, products, quotients and conversions of f32 arrays are that already. What it lacks is here: an
estimate in float64 decides nearly every element, since both ends of the interval that holds the truth round to one
f32, and exact arithmetic the few others.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

SLACK = 2.0**-46  # relative, more than NumPy's functions of float64 are off by
BITS = 200  # of mpmath: far more than any f32 needs to be told from the border of two


def rounded(number: Fraction) -> np.float32:
    """The nearest f32, ties to even. float() rounds once; made odd, what it gives can be rounded again."""
    near = np.float64(float(number))
    error = number - Fraction(float(near))
    return np.float32(odd(near, np.float64((error > 0) - (error < 0))))


def odd(near: Any, error: Any) -> Any:
    """float64s rounded to odd: where `near` has an error and is even, its neighbour on the error's side."""
    even = near.view(np.int64) % 2 == 0
    beside = np.nextafter(near, np.where(error > 0, np.inf, -np.inf))
    return np.where((error != 0) & even, beside, near)


def correctly_rounded(estimate: F64, slack: F64 | float, exact: Callable[[tuple[int, ...]], Fraction]) -> F32:
    """f32s from float64s that are off by `slack` at most; `exact` gives the number at an index, if need be."""
    low, high = (estimate - slack).astype(np.float32), (estimate + slack).astype(np.float32)
    for index in map(tuple, np.argwhere(low != high)):
        low[index] = rounded(exact(index))
    return low


def special(function: Callable[[F64], F64], truth: Callable[[Any], Any], x: F32) -> F32:
    """A function of f32s, correctly rounded: NumPy's estimate, mpmath where it is too near the border of two f32s."""
    with np.errstate(over="ignore"):
        estimate = function(x.astype(np.float64))

    def fraction(at: tuple[int, ...]) -> Fraction:
        return Fraction(*mpmath.libmp.to_rational(truth(mpmath.mpf(float(x[at])))._mpf_))

    with mpmath.workprec(BITS):
        return correctly_rounded(estimate, np.abs(estimate) * SLACK, fraction)


def exp(x: F32) -> F32:
    return special(np.exp, mpmath.exp, x)


def rsqrt(x: F32) -> F32:
    return special(lambda a: 1 / np.sqrt(a), lambda a: 1 / mpmath.sqrt(a), x)


def sigmoid(x: F32) -> F32:
    return special(lambda a: 1 / (1 + np.exp(-a)), lambda a: 1 / (1 + mpmath.exp(-a)), x)


def fma(a: Any, b: Any, c: Any) -> F32:
    """a * b + c of f32s, rounded once: the float64 product is exact, the float64 sum is made odd when it is not."""
    product, addend = np.float64(a) * np.float64(b), np.float64(c)
    near = np.asarray(product + addend)
    part = near - product
    error = (product - (near - part)) + (addend - part)  # Knuth's two-sum
    result: F32 = odd(near, error).astype(np.float32)
    return result


def tree_sum(x: F32) -> F32:
    """[rows, lanes] to [rows, 1]: neighbours are added, level by level; a last one alone passes up."""
    while x.shape[1] > 1:
        paired = x.shape[1] // 2 * 2
        x = np.concatenate([x[:, 0:paired:2] + x[:, 1:paired:2], x[:, paired:]], axis=1)
    return x


def product(x: NDArray[Any], w: NDArray[Any]) -> F32:
    """x w of f16s: each element the exact sum of its products, rounded once."""
    a, b = x.astype(np.float64), w.astype(np.float64)
    slack = np.abs(a) @ np.abs(b) * (len(b) * 2.0**-53)
    return correctly_rounded(a @ b, slack, lambda at: exact_dot(x[at[0]], w[:, at[1]]))


def exact_dot(x: NDArray[Any], w: NDArray[Any]) -> Fraction:
    return sum((Fraction(float(a)) * Fraction(float(b)) for a, b in zip(x, w, strict=True)), Fraction(0))
