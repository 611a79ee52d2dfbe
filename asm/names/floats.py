"""Numbers of a source to the bits of f16, bf16 and f32: exact value first, then one rounding to nearest even."""

from __future__ import annotations

import math
from functools import lru_cache

from asm.syntax.literals import Decimal
from isa.types import ElementType


def round_value(value: int | float, to: ElementType) -> int | None:
    """The bits of a number, a literal rounded from its decimal text; None when a finite one is too large."""
    if isinstance(value, Decimal):
        return round_text(value.text, to)
    if isinstance(value, float) and not math.isfinite(value):
        return _special(value, to)
    if value == 0:
        return (math.copysign(1, value) < 0) << (to.bits - 1)
    return _round(*value.as_integer_ratio(), to)


@lru_cache(maxsize=4096)
def round_text(text: str, to: ElementType) -> int | None:
    """The bits of a decimal number, or None when it is too large. Extreme exponents are never expanded."""
    nearest = float(text)
    if math.isinf(nearest):
        return None
    return _round(*_ratio(text), to) if nearest else round_value(nearest, to)


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


def _ratio(text: str) -> tuple[int, int]:
    """A decimal number as numerator and denominator."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) - len(fraction)
    digits = int(whole + fraction)
    return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)


def _round(numerator: int, denominator: int, to: ElementType) -> int | None:
    """Nearest even; the carry out of the significand lands in the exponent, which is what IEEE 754 wants."""
    magnitude = abs(numerator)
    bias = (1 << (to.exponent - 1)) - 1
    exponent = max(_floor_log2(magnitude, denominator), 1 - bias)
    significand = _quotient(magnitude, denominator, exponent - to.significand + 1)
    biased = exponent + bias - 1  # the hidden bit adds the missing one; subnormals have none
    bits = (biased << (to.significand - 1)) + significand
    if bits >= ((1 << to.exponent) - 1) << (to.significand - 1):
        return None
    return bits | (numerator < 0) << (to.bits - 1)


def _floor_log2(numerator: int, denominator: int) -> int:
    guess = numerator.bit_length() - denominator.bit_length()
    return guess if denominator << max(guess, 0) <= numerator << max(-guess, 0) else guess - 1


def _quotient(numerator: int, denominator: int, scale: int) -> int:
    """numerator / (denominator * 2^scale), to the nearest integer, ties to even."""
    denominator <<= max(scale, 0)
    low, rest = divmod(numerator << max(-scale, 0), denominator)
    return low + (2 * rest > denominator or (2 * rest == denominator and low & 1))


def decimal_text(bits: int, to: ElementType) -> str:
    """The decimal of fewest digits (up to 9) that rounds back to these bits, with an exponent only where it is far from
    0; "" for infinities and NaNs."""
    fraction_bits = to.significand - 1
    exponent = bits >> fraction_bits & ((1 << to.exponent) - 1)
    if exponent == (1 << to.exponent) - 1:
        return ""
    significand = (bits & ((1 << fraction_bits) - 1)) + ((exponent > 0) << fraction_bits)
    scale = max(exponent, 1) - (1 << (to.exponent - 1)) + 1 - fraction_bits
    value = math.copysign(math.ldexp(significand, scale), -(bits >> (to.bits - 1)))
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    shortest = next(text for text in texts if round_text(text, to) == bits)
    return repr(float(shortest))
