"""Float ops of the golden vector ALUs against Berkeley SoftFloat, NumPy, and exact fractions rounded once."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import softfloatpy as sf
from hypothesis import example, given
from hypothesis import strategies as st
from lanes_tools import (
    ALL_16,
    BITS,
    DTYPES,
    EDGES,
    FLOATS,
    INFINITY,
    NAN,
    Array,
    as_bits,
    bits_of_width,
    canonical,
    edge_pairs,
    nearest,
    numbers,
    of_type,
    run,
)

from isa.types import TYPES

ARITHMETIC: dict[str, Callable[..., Any]] = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
SOFT = {"f16": sf.Float16, "f32": sf.Float32}
COMPARISONS: dict[str, Callable[..., Any]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
pairs_16 = st.tuples(bits_of_width(2), bits_of_width(2))
pairs_32 = st.tuples(bits_of_width(4), bits_of_width(4))


def soft(operation: str, name: str, *operands: int) -> int:
    """SoftFloat's result on bits."""
    size = TYPES[name].planes
    numbers = [SOFT[name].from_bytes(bits.to_bytes(size, "big")) for bits in operands]
    result = getattr(sf, f"{name}_{operation}")(*numbers)
    return NAN[name] if getattr(sf, f"{name}_is_nan")(result) else int.from_bytes(result.to_bytes(), "big")


def once_rounded(function: Callable[..., Any], name: str, a: int, b: int) -> int:
    """The exact result on bits of a 16-bit type, rounded by looking it up; the special ones are as Python's."""
    x, y = numbers(np.array([a, b], np.uint16), name)
    near = function(x, y)
    negative = int(math.copysign(1, near) < 0)
    if math.isnan(near):
        return NAN[name]
    if math.isinf(near):
        return INFINITY[name] | negative << 15
    return nearest(function(Fraction(x), Fraction(y)), name, negative)


def lanes(function: Callable[..., int], *operands: Array) -> list[int]:
    return [function(*lane) for lane in zip(*(bits.tolist() for bits in operands), strict=True)]


# Arithmetic -------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", ARITHMETIC)
@given(pairs_32)
def test_f32_against_softfloat(operation: str, pair: tuple[Array, Array]) -> None:
    result = run(f"v{operation}.f32", *pair)
    assert result.tolist() == lanes(lambda a, b: soft(operation, "f32", a, b), *pair)


@pytest.mark.parametrize("operation", ARITHMETIC)
@given(pairs_16)
def test_f16_against_softfloat(operation: str, pair: tuple[Array, Array]) -> None:
    result = run(f"v{operation}.f16", *pair)
    assert result.tolist() == lanes(lambda a, b: soft(operation, "f16", a, b), *pair)


@pytest.mark.parametrize("name", ["f16", "bf16"])
@pytest.mark.parametrize("operation", ARITHMETIC)
@given(pairs_16)
def test_16_bit_arithmetic_is_exact_but_for_one_rounding(operation: str, name: str, pair: tuple[Array, Array]) -> None:
    result = run(f"v{operation}.{name}", *pair)
    assert result.tolist() == lanes(lambda a, b: once_rounded(ARITHMETIC[operation], name, a, b), *pair)


@pytest.mark.parametrize("name", ["f16", "bf16"])
@pytest.mark.parametrize("operation", ARITHMETIC)
def test_every_pair_of_edges_of_16_bits(operation: str, name: str) -> None:
    pair = edge_pairs(2)
    result = run(f"v{operation}.{name}", *pair)
    assert result.tolist() == lanes(lambda a, b: once_rounded(ARITHMETIC[operation], name, a, b), *pair)


@pytest.mark.parametrize("operation", ARITHMETIC)
def test_every_pair_of_edges_of_32_bits(operation: str) -> None:
    pair = edge_pairs(4)
    result = run(f"v{operation}.f32", *pair)
    assert result.tolist() == lanes(lambda a, b: soft(operation, "f32", a, b), *pair)


def test_a_product_just_above_half_the_least_bf16_rounds_up() -> None:
    # 2^-67 (1 + 2^-7) * 2^-67 (1 + 2^-7): as f32 the product would be 2^-134, a tie.
    a = np.array([0x1E01], np.uint16)
    assert run("vmul.bf16", a, a).tolist() == [1]
    exactly_half = np.array([0x1E00], np.uint16)
    assert run("vmul.bf16", exactly_half, exactly_half).tolist() == [0]


def triple(a: int, b: int, c: int) -> tuple[Array, Array, Array]:
    return np.array([a], np.uint32), np.array([b], np.uint32), np.array([c], np.uint32)


@given(st.tuples(bits_of_width(4), bits_of_width(4), bits_of_width(4)))
@example(triple(0x3F800001, 0x3F800001, 0xBF800002))  # what is left is the product's last bits
@example(triple(0x3F800800, 0x3F800800, 0x17800000))  # a tie but for an addend that float64 loses: up
@example(triple(0x3F800800, 0x3F801800, 0x97800000))  # and down
@example(triple(0x00000001, 0x3F000000, 0x80000000))
@example(triple(0x7F800000, 0x00000000, 0x7FC00001))
def test_the_fused_multiply_add_rounds_once(operands: tuple[Array, Array, Array]) -> None:
    assert run("vfma.f32", *operands).tolist() == lanes(lambda *lane: soft("mul_add", "f32", *lane), *operands)


@given(st.lists(st.tuples(*[st.integers(0, 0xFFFFFFFF)] * 2), min_size=16, max_size=16))
def test_fused_multiply_adds_that_cancel(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, np.uint32) for column in zip(*pairs, strict=True))
    c = run("vneg.f32", run("vmul.f32", a, b))
    assert run("vfma.f32", a, b, c).tolist() == lanes(lambda *lane: soft("mul_add", "f32", *lane), a, b, c)


# Order ------------------------------------------------------------------------------------------
def ranked(name: str, bits: int) -> tuple[float, float]:
    """What orders numbers with -0 below +0."""
    value = numbers(np.array([bits], BITS[TYPES[name].planes]), name)[0]
    return value, math.copysign(1, value)


def lesser(name: str, a: int, b: int) -> int:
    if math.isnan(ranked(name, a)[0]) or math.isnan(ranked(name, b)[0]):
        return NAN[name]
    return min(a, b, key=lambda bits: ranked(name, bits))


def greater(name: str, a: int, b: int) -> int:
    if lesser(name, a, b) == NAN[name]:
        return NAN[name]
    return max(a, b, key=lambda bits: ranked(name, bits))


@pytest.mark.parametrize("name", FLOATS)
def test_minimum_and_maximum_of_every_pair_of_edges(name: str) -> None:
    pair = edge_pairs(TYPES[name].planes)
    assert run(f"vmin.{name}", *pair).tolist() == lanes(lambda a, b: lesser(name, a, b), *pair)
    assert run(f"vmax.{name}", *pair).tolist() == lanes(lambda a, b: greater(name, a, b), *pair)


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("condition", COMPARISONS)
def test_comparisons_of_every_pair_of_edges(condition: str, name: str) -> None:
    pair = edge_pairs(TYPES[name].planes)
    values = zip(*(numbers(bits, name) for bits in pair), strict=True)
    expected = [0xFF * COMPARISONS[condition](a, b) for a, b in values]
    assert run(f"vcmp.{condition}.{name}", *pair).tolist() == expected


@pytest.mark.parametrize("name", FLOATS)
@given(st.data())
def test_order_of_any_pair(name: str, data: st.DataObject) -> None:
    pair = data.draw(pairs_32 if name == "f32" else pairs_16)
    assert run(f"vmin.{name}", *pair).tolist() == lanes(lambda a, b: lesser(name, a, b), *pair)
    assert run(f"vmax.{name}", *pair).tolist() == lanes(lambda a, b: greater(name, a, b), *pair)
    below = lanes(lambda a, b: 0xFF * (ranked(name, a)[0] < ranked(name, b)[0]), *pair)
    assert run(f"vcmp.lt.{name}", *pair).tolist() == below


# One operand ------------------------------------------------------------------------------------
def samples(name: str) -> Array:
    """Every 16-bit pattern; of f32 edges, and those with each 16-bit pattern above."""
    if TYPES[name].planes == 2:
        return ALL_16
    return np.concatenate([np.array(EDGES[4], np.uint32), ALL_16.astype(np.uint32) << 16 | 0x1234])


@pytest.mark.parametrize("name", FLOATS)
def test_signs_and_relu_of_every_16_bit_pattern(name: str) -> None:
    bits = samples(name)
    x = of_type(bits, name)
    assert np.array_equal(run(f"vneg.{name}", bits), canonical(as_bits(-x), name))
    assert np.array_equal(run(f"vabs.{name}", bits), canonical(as_bits(np.abs(x)), name))
    with np.errstate(invalid="ignore"):
        relu = np.where(x <= 0, np.zeros(1, DTYPES[name]), x)
    assert np.array_equal(run(f"vrelu.{name}", bits), canonical(as_bits(relu), name))
