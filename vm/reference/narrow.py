"""Floats of every type as arrays: bits to float64, in which each is exact, and float64 to bits, rounded once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isa.types import TYPES, ElementType
from vm.reference.floats import NAN, encode, infinity_bits, least_exponent

Bits = NDArray[np.unsignedinteger]
Doubles = NDArray[np.float64]

F32 = TYPES["f32"]
TINY = 2.0**-1000  # stands for 0, which has no exponent
CARRIERS = {8: np.uint8, 16: np.uint16, 32: np.uint32}  # what holds the bits of an element


def numbers(bits: Bits, t: ElementType) -> Doubles:
    """The values of f16, bf16 or f32 patterns."""
    if t.name == "f16":
        return bits.view(np.float16).astype(np.float64)
    # bf16 is the upper half of f32.
    return (bits.astype(np.uint32) << (F32.bits - t.bits)).view(np.float32).astype(np.float64)


def rounded(x: Doubles, t: ElementType) -> Bits:
    """The bits of float64 values rounded to a float type, to nearest, ties to even; every NaN is the canonical one."""
    finite = np.where(np.isfinite(x), np.abs(x), 0)
    exponent = np.frexp(finite + (finite == 0) * TINY)[1].astype(np.int64) - 1
    step = np.maximum(exponent - least_exponent(t), 0)
    units = np.rint(np.ldexp(finite, t.significand - 1 - least_exponent(t) - step)).astype(np.int64)
    # A significand that rounds up to the next power of two carries into the exponent by itself.
    magnitude = step * (1 << (t.significand - 1)) + units
    magnitude = np.where(np.isinf(x), infinity_bits(t), np.minimum(magnitude, infinity_bits(t)))
    signed = magnitude + (np.signbit(x).astype(np.int64) << (t.bits - 1))
    return np.where(np.isnan(x), encode(NAN, t), signed).astype(CARRIERS[t.bits])


def sum_to_odd(a: Doubles, b: Doubles) -> Doubles:
    """a + b rounded to odd: an inexact sum becomes its neighbour with an odd last bit.

    Rounding that to a type of 51 bits of precision or fewer is rounding the exact sum (Boldo and Melquiond, 2008).
    """
    total = a + b
    from_b = total - a
    error = (a - (total - from_b)) + (b - from_b)  # exact: Knuth's two-sum
    is_even = total.view(np.uint64) % 2 == 0
    move = np.isfinite(total) & (error != 0) & is_even
    return np.where(move, np.nextafter(total, np.copysign(np.inf, error)), total)
