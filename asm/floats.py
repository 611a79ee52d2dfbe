"""Numbers of a source to the bits of f16, bf16 and f32: exact value first, then one rounding to nearest even."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from asm.literals import Decimal
from isa.types import ElementType


def round_value(value: int | float, to: ElementType) -> int | None:
    """The bits of a number, a literal rounded from its decimal text; None when a finite one is too large."""
    if isinstance(value, Decimal):
        return round_text(value.text, to)
    if isinstance(value, float) and not math.isfinite(value):
        return _special(value, to)
    if value == 0:
        return (math.copysign(1, value) < 0) << (to.bits - 1)
    return _round(Fraction(value), to)


@lru_cache(maxsize=4096)
def round_text(text: str, to: ElementType) -> int | None:
    """The bits of a decimal number, or None when it is too large. Extreme exponents are never expanded."""
    nearest = float(text)
    if math.isinf(nearest):
        return None
    return _round(Fraction(text), to) if nearest else round_value(nearest, to)


def number_text(value: int | float) -> str:
    """A number as it was written."""
    return value.text if isinstance(value, Decimal) else str(value)


def _special(value: float, to: ElementType) -> int:
    """Infinity, or the canonical quiet NaN."""
    fraction_bits = to.significand - 1
    infinity = ((1 << to.exponent) - 1) << fraction_bits
    if math.isnan(value):
        return infinity | 1 << (fraction_bits - 1)
    return infinity | (value < 0) << (to.bits - 1)


def _round(exact: Fraction, to: ElementType) -> int | None:
    """Nearest even; the carry out of the significand lands in the exponent, which is what IEEE 754 wants."""
    magnitude = abs(exact)
    bias = (1 << (to.exponent - 1)) - 1
    exponent = max(_floor_log2(magnitude), 1 - bias)
    significand = round(magnitude / Fraction(2) ** (exponent - to.significand + 1))
    biased = exponent + bias - 1  # the hidden bit adds the missing one; subnormals have none
    bits = (biased << (to.significand - 1)) + significand
    if bits >= ((1 << to.exponent) - 1) << (to.significand - 1):
        return None
    return bits | (exact < 0) << (to.bits - 1)


def _floor_log2(magnitude: Fraction) -> int:
    guess = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return guess if Fraction(2) ** guess <= magnitude else guess - 1


def decimal_text(bits: int, to: ElementType) -> str:
    """The shortest decimal (of up to 9 digits) that rounds back to these bits; "" for infinities and NaNs."""
    fraction_bits = to.significand - 1
    exponent = bits >> fraction_bits & ((1 << to.exponent) - 1)
    if exponent == (1 << to.exponent) - 1:
        return ""
    significand = (bits & ((1 << fraction_bits) - 1)) + ((exponent > 0) << fraction_bits)
    scale = max(exponent, 1) - (1 << (to.exponent - 1)) + 1 - fraction_bits
    value = math.copysign(math.ldexp(significand, scale), -(bits >> (to.bits - 1)))
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    shortest = next(text for text in texts if round_text(text, to) == bits)
    return shortest if "." in shortest or "e" in shortest else f"{shortest}.0"
