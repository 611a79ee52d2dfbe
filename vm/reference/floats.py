"""Float ops and conversions, computed exactly and rounded once; no hardware float takes part.

A bit pattern becomes a Real: a sign and an exact magnitude (a Fraction, INF or NAN). Ops work on those, and
`encode` rounds the exact result to nearest, ties to even. Every NaN encodes as the canonical quiet NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import isqrt

from isa.conditions import EQ, LT, LTU, UN
from isa.records import dataclass
from isa.types import TYPES, ElementType
from vm.reference.integer import signed

F32 = TYPES["f32"]


@dataclass(frozen=True, slots=True)
class Real:
    """A number with a signed zero: (-1)**sign * magnitude; `special` is INF or NAN, and then magnitude is 0."""

    sign: int
    magnitude: Fraction = Fraction(0)
    special: str = ""

    @property
    def value(self) -> Fraction:
        return -self.magnitude if self.sign else self.magnitude

    @property
    def is_zero(self) -> bool:
        return not self.special and self.magnitude == 0


INF = "inf"
NAN = Real(0, special="nan")


# Bits and numbers -----------------------------------------------------------------------------
def least_exponent(t: ElementType) -> int:
    """The exponent of the smallest normal number of a type."""
    return 2 - (1 << (t.exponent - 1))


def infinity_bits(t: ElementType) -> int:
    return (1 << t.exponent) - 1 << (t.significand - 1)


def decode(bits: int, t: ElementType) -> Real:
    """The number that the low bits of a register stand for."""
    bits &= (1 << t.bits) - 1
    sign, bits = bits >> (t.bits - 1), bits & (1 << (t.bits - 1)) - 1
    if bits >= infinity_bits(t):
        return Real(sign, special=INF) if bits == infinity_bits(t) else NAN
    exponent, fraction = divmod(bits, 1 << (t.significand - 1))
    significand = fraction + (1 << (t.significand - 1)) * (exponent > 0)
    return Real(sign, significand * power_of_two(least_exponent(t) - t.significand + max(exponent, 1)))


def encode(number: Real, t: ElementType) -> int:
    """The bits of a number rounded to nearest even; too large becomes infinity."""
    if number == NAN:
        return infinity_bits(t) | 1 << (t.significand - 2)
    sign = number.sign << (t.bits - 1)
    if number.special:
        return sign | infinity_bits(t)
    if number.is_zero:
        return sign
    step = max(floor_log2(number.magnitude), least_exponent(t)) - least_exponent(t)
    units = round(number.magnitude / power_of_two(step + least_exponent(t) - t.significand + 1))
    # A significand that rounds up to 2**significand carries into the exponent by itself.
    return sign | min((step << (t.significand - 1)) + units, infinity_bits(t))


def power_of_two(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def floor_log2(x: Fraction) -> int:
    guess = x.numerator.bit_length() - x.denominator.bit_length()
    return guess if power_of_two(guess) <= x else guess - 1


def real(value: Fraction, zero_sign: int = 0) -> Real:
    """An exact value as a Real; a zero gets the sign given."""
    return Real(int(value < 0) if value else zero_sign, abs(value))


# Arithmetic on numbers ------------------------------------------------------------------------
def add(a: Real, b: Real) -> Real:
    if NAN in (a, b) or (a.special and b.special and a.sign != b.sign):
        return NAN
    if a.special or b.special:
        return a if a.special else b
    return real(a.value + b.value, zero_sign=a.sign & b.sign & a.is_zero & b.is_zero)


def sub(a: Real, b: Real) -> Real:
    return add(a, neg(b))


def mul(a: Real, b: Real) -> Real:
    sign = a.sign ^ b.sign
    if NAN in (a, b) or (a.special and b.is_zero) or (a.is_zero and b.special):
        return NAN
    if a.special or b.special:
        return Real(sign, special=INF)
    return Real(sign, a.magnitude * b.magnitude)


def fma(a: Real, b: Real, c: Real) -> Real:
    return add(mul(a, b), c)


def div(a: Real, b: Real) -> Real:
    sign = a.sign ^ b.sign
    if NAN in (a, b) or (a.special and b.special) or (a.is_zero and b.is_zero):
        return NAN
    if a.special or b.is_zero:
        return Real(sign, special=INF)
    return Real(sign) if b.special else Real(sign, a.magnitude / b.magnitude)


def sqrt(a: Real) -> Real:
    """The root to at least 45 bits; when inexact it ends in a half, so that rounding it is rounding the root."""
    if a == NAN or a.is_zero:
        return a
    if a.sign or a.special:
        return NAN if a.sign else a
    scale = 120  # 4**scale times any f32 is an integer, of at least 91 bits
    square = int(a.magnitude * power_of_two(2 * scale))
    root = isqrt(square)
    halves = 2 * root + (root * root != square)
    return Real(0, halves * power_of_two(-scale - 1))


def neg(a: Real) -> Real:
    return a if a == NAN else Real(1 - a.sign, a.magnitude, a.special)


def abs_(a: Real) -> Real:
    return Real(0, a.magnitude, a.special)


def less(a: Real, b: Real) -> bool:
    """a < b, for numbers that are no NaN; the zeros are equal."""
    if a.special or b.special:
        return a != b and bool(a.sign if a.special else 1 - b.sign)
    return a.value < b.value


def minimum(a: Real, b: Real) -> Real:
    if NAN in (a, b):
        return NAN
    if a.is_zero and b.is_zero:
        return Real(a.sign | b.sign)
    return a if less(a, b) else b


def maximum(a: Real, b: Real) -> Real:
    return neg(minimum(neg(a), neg(b)))


def compare(a: int, b: int) -> int:
    """The condition code of two f32 patterns."""
    x, y = decode(a, F32), decode(b, F32)
    if NAN in (x, y):
        return UN
    if less(x, y):
        return LT | LTU
    return 0 if less(y, x) else EQ


# Conversions ----------------------------------------------------------------------------------
def to_integer(t: ElementType, number: Real, rounding: Callable[[Fraction], int]) -> int:
    """A 32-bit pattern of an integer type: rounded, then saturated; NaN gives 0."""
    if number == NAN:
        return 0
    if number.special:
        return (t.low if number.sign else t.high) & 0xFFFFFFFF
    return min(max(rounding(number.value), t.low), t.high) & 0xFFFFFFFF


def read(t: ElementType, bits: int) -> Real:
    """The number in a register, by type."""
    if t.kind == "f":
        return decode(bits, t)
    return real(Fraction(signed(bits) if t.kind == "i" else bits))


def convert(to: ElementType, source: ElementType, a: int) -> int:
    number = read(source, a)
    return encode(number, to) if to.kind == "f" else to_integer(to, number, round)


def truncate(to: ElementType, a: int) -> int:
    return to_integer(to, decode(a, F32), int)


def on_f32(function: Callable[..., Real], *operands: int) -> int:
    """Apply an exact function to f32 patterns and round its result."""
    return encode(function(*(decode(bits, F32) for bits in operands)), F32)


REGISTER_TYPES = [TYPES[name] for name in ("i32", "u32", "f32", "f16", "bf16")]
ARITHMETIC: dict[str, Callable[..., Real]] = {
    "add": add, "sub": sub, "mul": mul, "div": div, "fma": fma, "sqrt": sqrt,
    "neg": neg, "abs": abs_, "min": minimum, "max": maximum,
}  # fmt: skip
SEMANTICS: dict[str, Callable[..., int]] = {
    **{f"{name}.f32": partial(on_f32, function) for name, function in ARITHMETIC.items()},
    **{f"cvt.{to.name}.{t.name}": partial(convert, to, t) for to in REGISTER_TYPES for t in REGISTER_TYPES if to != t},
    **{f"cvtz.{to.name}.f32": partial(truncate, to) for to in REGISTER_TYPES if to.kind != "f"},
    "cmp.f32": compare,
}
