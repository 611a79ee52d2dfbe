"""Bits as numbers and back: integers that wrap or saturate, floats of any type rounded once from exact fractions."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

from isa.types import TYPES

UNPACK = {"f16": ("<H", "<e"), "f32": ("<I", "<f")}
BF16_SHIFT = 16  # a bf16 is the upper half of an f32


def is_float(name: str) -> bool:
    return TYPES[name].kind == "f"


# Integers ---------------------------------------------------------------------------------------
def integer(bits: int, name: str) -> int:
    """The integer of a type with these bits; those above the type are ignored."""
    t = TYPES[name]
    return ((bits & (1 << t.bits) - 1) - t.low) % (1 << t.bits) + t.low


def wrapped(x: int, name: str) -> int:
    """The bits of an integer, as many as the type has."""
    return x & (1 << TYPES[name].bits) - 1


def saturated(x: int, name: str) -> int:
    """The bits of the nearest integer of a type."""
    t = TYPES[name]
    return wrapped(sorted((t.low, x, t.high))[1], name)


# Floats -----------------------------------------------------------------------------------------
def infinity(name: str, negative: bool = False) -> int:
    t = TYPES[name]
    return (1 << t.exponent) - 1 << t.significand - 1 | negative << t.bits - 1


def nan(name: str) -> int:
    """The canonical NaN."""
    return infinity(name) | 1 << TYPES[name].significand - 2


def is_nan(bits: int, name: str) -> bool:
    return bits & (1 << TYPES[name].bits - 1) - 1 > infinity(name)


def real(bits: int, name: str) -> float:
    """The float of a type with these bits; float64 holds them all."""
    if name == "bf16":
        return real((bits & 0xFFFF) << BF16_SHIFT, "f32")
    as_bits, as_float = UNPACK[name]
    value: float = struct.unpack(as_float, struct.pack(as_bits, bits & (1 << TYPES[name].bits) - 1))[0]
    return value


def number(bits: int, name: str) -> int | float:
    """The number of any type with these bits."""
    return real(bits, name) if is_float(name) else integer(bits, name)


def nearest(value: Fraction, name: str, negative_zero: bool = False) -> int:
    """The bits of the float nearest to a value, ties to even; `negative_zero` is the sign of an exact zero."""
    t = TYPES[name]
    if value == 0:
        return negative_zero << t.bits - 1
    bias, fraction_bits = (1 << t.exponent - 1) - 1, t.significand - 1
    step = max(exponent(abs(value)), 1 - bias) - fraction_bits
    units = round(abs(value) / Fraction(2) ** step)  # Python rounds halves to even
    magnitude = (step + fraction_bits + bias - 1 << fraction_bits) + units  # a carry goes into the exponent by itself
    return min(magnitude, infinity(name)) | (value < 0) << t.bits - 1


def exponent(value: Fraction) -> int:
    """The greatest e with 2**e <= value, which is above 0."""
    e = value.numerator.bit_length() - value.denominator.bit_length()
    return e if Fraction(2) ** e <= value else e - 1


def of_real(value: float | Fraction, name: str) -> int:
    """The bits of the float nearest to a number, which may be infinite or NaN."""
    if isinstance(value, float):
        negative = math.copysign(1, value) < 0
        if math.isnan(value):
            return nan(name)
        if math.isinf(value):
            return infinity(name, negative)
        return nearest(Fraction(value), name, negative)
    return nearest(value, name)
