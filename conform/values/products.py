"""The oracle of the matrix planes: products of a vector and weights, integers that wrap, floats summed exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from conform.values.elements import arithmetic
from conform.values.numbers import infinity, integer, is_float, nan, nearest, real, wrapped

F32 = "f32"


def product(type_name: str, weights_type: str, x: Sequence[int], weights: Sequence[Sequence[int]]) -> list[int]:
    """The words sum over k of x[k] * weights[k][n], of bits x [lanes] and weights [lanes][lanes]."""
    columns = list(zip(*weights, strict=True))
    if is_float(type_name):
        reals = [real(bits, type_name) for bits in x]
        return [exact_dot(reals, [real(bits, weights_type) for bits in column]) for column in columns]
    integers = [integer(bits, type_name) for bits in x]
    return [dot(integers, [integer(bits, weights_type) for bits in column]) for column in columns]


def dot(x: Sequence[int], w: Sequence[int]) -> int:
    return wrapped(sum(a * b for a, b in zip(x, w, strict=True)), "i32")


def exact_dot(x: Sequence[float], w: Sequence[float]) -> int:
    """The f32 bits of the exact sum of products, rounded once. Products of two 16-bit floats are exact in float64."""
    products = [a * b for a, b in zip(x, w, strict=True)]
    infinite = {each for each in products if math.isinf(each)}
    if any(map(math.isnan, products)) or len(infinite) > 1:
        return nan(F32)
    if infinite:
        return infinity(F32, infinite.pop() < 0)
    all_negative = all(math.copysign(1, each) < 0 for each in products)
    return nearest(sum(map(Fraction, products), Fraction(0)), F32, all_negative)


def accumulated(floats: bool, row: Sequence[int], sums: Sequence[int]) -> list[int]:
    """An accumulator row with more added: i32 wraps, f32 rounds once."""
    if floats:
        add = arithmetic("add", F32).of
        return [add(a, b) for a, b in zip(row, sums, strict=True)]
    return [wrapped(a + b, "i32") for a, b in zip(row, sums, strict=True)]
