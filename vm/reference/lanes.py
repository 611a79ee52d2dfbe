"""V0 to V15: what a vector ALU computes, over arrays of bits with one element a lane.

The bits of a source become exact values (int64 or float64), an op works on those, and its result is wrapped,
saturated or rounded once to the type of the destination.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isa.row import Row
from isa.table import TENSOR_ROWS
from isa.types import TYPES, ElementType
from vm.reference.narrow import CARRIERS, F32, Bits, Doubles, numbers, rounded, sum_to_odd
from vm.reference.special import SPECIAL

Values = NDArray[Any]  # int64 or float64
Function = Callable[..., Bits]

COMPARISONS = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
ROUNDINGS = {"even": np.rint, "zero": np.trunc, "down": np.floor, "up": np.ceil}


def compute(row: Row, *operands: Bits) -> Bits:
    """The bits of a row's result, from those of its sources in operand order; unsigned arrays of one shape."""
    with np.errstate(all="ignore"):
        return SEMANTICS[row.semantics](row, *operands)


# Bits and values ------------------------------------------------------------------------------
def values(bits: Bits, t: ElementType) -> Values:
    """What the elements stand for: int64, or float64 for a float type."""
    if t.kind == "f":
        return numbers(bits, t)
    sign = 1 << (t.bits - 1) if t.kind == "i" else 0
    return (bits.astype(np.int64) ^ sign) - sign


def saturated(x: Values, t: ElementType) -> Values:
    return np.clip(x, t.low, t.high)


def integer_bits(x: Values, t: ElementType) -> Bits:
    """The low bits of integers."""
    return (x & (1 << t.bits) - 1).astype(CARRIERS[t.bits])


def finished(row: Row, x: Values) -> Bits:
    """A result in the row's type: rounded, saturated or wrapped."""
    t = TYPES[row.type]
    if t.kind == "f":
        return rounded(x, t)
    return integer_bits(saturated(x, t) if row.saturate else x, t)


def on_values(function: Callable[..., Values], row: Row, *operands: Bits) -> Bits:
    """An op that is a function of its operands' values."""
    return finished(row, function(*(values(bits, TYPES[row.type]) for bits in operands)))


# Arithmetic on values -------------------------------------------------------------------------
def add(a: Values, b: Values) -> Values:
    return a + b if is_integer(a) else sum_to_odd(a, b)


def subtract(a: Values, b: Values) -> Values:
    return add(a, -b)


def multiply(a: Values, b: Values) -> Values:
    """The product; that of two u32 needs more than an int64."""
    return a.astype(object) * b if is_integer(a) else a * b


def is_integer(a: Values) -> bool:
    return a.dtype.kind == "i"


def minimum(a: Values, b: Values) -> Values:
    """The lesser; -0 is less than +0, and NaN wins."""
    return np.where(a == b, np.where(np.signbit(a), a, b), np.minimum(a, b))


def maximum(a: Values, b: Values) -> Values:
    return np.where(a == b, np.where(np.signbit(a), b, a), np.maximum(a, b))


def relu(a: Values) -> Values:
    return np.where(a <= 0, 0, a)


def fused(a: Doubles, b: Doubles, c: Doubles) -> Doubles:
    """a * b + c, which rounds once: float64 holds the product."""
    return sum_to_odd(a * b, c)


# Logic, shifts, choice ------------------------------------------------------------------------
def on_bits(function: Callable[..., Bits], row: Row, *operands: Bits) -> Bits:
    return function(*operands)


def shift(function: Callable[[Values, Values], Values], row: Row, a: Bits, b: Bits) -> Bits:
    """Shift by the count b modulo the bits of the type; the values of a signed type shift their sign in."""
    t = TYPES[row.type]
    return integer_bits(function(values(a, t), b.astype(np.int64) % t.bits), t)


def compare(row: Row, a: Bits, b: Bits) -> Bits:
    t = TYPES[row.type]
    holds = COMPARISONS[row.condition](values(a, t), values(b, t))
    return np.where(holds, 0xFF, 0).astype(np.uint8)


def choose(mask: Bits, a: Bits, b: Bits) -> Bits:
    return np.where(mask != 0, a, b)


# Conversions ----------------------------------------------------------------------------------
def convert(row: Row, a: Bits) -> Bits:
    return converted(row, values(a, TYPES[row.type2]))


def convert_scaled(row: Row, a: Bits, scale: Bits) -> Bits:
    """Three roundings: to f32, of the product, to the type."""
    x = to_f32(values(a, TYPES[row.type2]))
    return converted(row, to_f32(x * numbers(scale, F32)))


def to_f32(x: Values) -> Doubles:
    return numbers(rounded(x.astype(np.float64), F32), F32)


def converted(row: Row, x: Values) -> Bits:
    """Values in the row's type; float64 holds every value of every type."""
    t = TYPES[row.type]
    if t.kind == "f":
        return rounded(x.astype(np.float64), t)
    whole = ROUNDINGS[row.rounding](np.where(np.isnan(x), 0, x))
    return integer_bits(saturated(whole, t).astype(np.int64), t)


def unpack(position: int, row: Row, a: Bits) -> Bits:
    """The i4 at a position of a byte, as i8."""
    i4 = TYPES[row.type]
    return integer_bits(values((a >> position & 0xF).astype(np.uint8), i4), TYPES["i8"])


def pack(row: Row, a: Bits, b: Bits) -> Bits:
    i4, i8 = TYPES[row.type], TYPES["i8"]
    low, high = (saturated(values(bits, i8), i4) & 0xF for bits in (a, b))
    return (low | high << 4).astype(np.uint8)


SEMANTICS: dict[str, Function] = {
    "vadd": partial(on_values, add),
    "vsub": partial(on_values, subtract),
    "vmul": partial(on_values, multiply),
    "vfma": partial(on_values, fused),
    "vmin": partial(on_values, minimum),
    "vmax": partial(on_values, maximum),
    "vneg": partial(on_values, operator.neg),
    "vabs": partial(on_values, np.abs),
    "vrelu": partial(on_values, relu),
    "vand": partial(on_bits, operator.and_),
    "vor": partial(on_bits, operator.or_),
    "vxor": partial(on_bits, operator.xor),
    "vnot": partial(on_bits, operator.invert),
    "vshl": partial(shift, operator.lshift),
    "vshr": partial(shift, operator.rshift),
    "vsar": partial(shift, operator.rshift),
    "vcmp": compare,
    "vsel": partial(on_bits, choose),
    "vmov": partial(on_bits, np.copy),
    "vcvt": convert,
    "vcvts": convert_scaled,
    "vunpk.lo": partial(unpack, 0),
    "vunpk.hi": partial(unpack, 4),
    "vpack": pack,
    **{f"v{name}": partial(on_bits, function) for name, function in SPECIAL.items()},
}


def _prove() -> None:
    """Every semantics of a vector ALU has exactly one function."""
    named = {row.semantics for row in TENSOR_ROWS if row.units.name == "V"}
    if named != set(SEMANTICS):
        raise AssertionError(f"the golden vector ALUs and the table differ in {named ^ set(SEMANTICS)}")


_prove()
