"""The special functions of f32, on arrays of bits: the exact result rounded once to nearest, ties to even.

NumPy estimates them in float64. Where both ends of the interval that holds the truth round to one f32, that is the
result; the few other lanes are enclosed with integers, ever more closely, until both ends agree.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import floor, isqrt
from typing import TYPE_CHECKING

from vm.reference.floats import F32, NAN, decode, encode, floor_log2, power_of_two, real

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint32]
    Doubles = NDArray[np.float64]

Enclosure = tuple[Fraction, Fraction]  # two ends, the truth between them; equal when they are the truth

# Relative, of the estimates: at least 16 units in the last place; NumPy is off by four where it is worst.
ESTIMATE_BOUND = 2.0**-48


def special(name: str, *operands: Words) -> Words:
    """The function `name` of arrays of f32 patterns, all of one shape."""
    import numpy as np

    with np.errstate(all="ignore"):
        truth = estimate(name, *(bits.view(np.float32).astype(np.float64) for bits in operands))
        low, high = ((truth * (1 + slack)).astype(np.float32) for slack in (-ESTIMATE_BOUND, ESTIMATE_BOUND))
    result = np.where(np.isnan(truth), encode(NAN, F32), low.view(np.uint32)).astype(np.uint32)
    for lane in np.flatnonzero((low != high) & ~np.isnan(truth)):
        result.flat[lane] = settled(name, *(int(bits.flat[lane]) for bits in operands))
    return result


def estimate(name: str, *x: Doubles) -> Doubles:
    """The function in float64; infinities, zeros and NaN come out as IEEE 754 and C define them."""
    import numpy as np

    functions: dict[str, Callable[..., Doubles]] = {
        "exp": np.exp, "exp2": np.exp2, "log2": np.log2, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "rsqrt": lambda x: 1 / np.sqrt(x), "recip": np.reciprocal, "sqrt": np.sqrt, "div": np.divide,
    }  # fmt: skip
    return functions[name](*x)


def settled(name: str, *operands: int) -> int:
    """The function of f32 patterns whose result is finite and not 0, however near it is to the border of two."""
    values = [decode(bits, F32).value for bits in operands]
    digits = 64
    while True:
        low, high = (encode(real(end), F32) for end in ENCLOSURES[name](*values, digits))
        if low == high:
            return low
        digits *= 2


# To any precision: numbers within 2**-digits of the truth, relative ------------------------------
def exponential(x: Fraction, digits: int) -> Fraction:
    """e**x for |x| < 200, by Taylor's series: under 2**12 terms, each of which loses less than a unit."""
    if x < 0:
        return 1 / exponential(-x, digits)
    scale = digits + 16
    t, term, total, n = int(x * power_of_two(scale)), 1 << scale, 0, 1
    while term:
        total += term
        term = term * t // (n << scale)
        n += 1
    return total * power_of_two(-scale)


def artanh(s: Fraction, digits: int) -> Fraction:
    """The inverse hyperbolic tangent for 0 <= s <= 1/3, by its series; within 2**-digits, absolute."""
    scale = digits + 16
    power, total, n = int(s * power_of_two(scale)), 0, 1
    square = power * power >> scale
    while power:
        total += power // n
        power = power * square >> scale
        n += 2
    return total * power_of_two(-scale)


def binary_logarithm(x: Fraction, digits: int) -> Fraction:
    """log2 x of an f32: it is 0, or above 2**-25, so that 30 digits make an absolute error a relative one."""
    exponent = floor_log2(x)
    m = x / power_of_two(exponent)
    return exponent + artanh((m - 1) / (m + 1), digits + 30) / artanh(Fraction(1, 3), digits + 30)


def hyperbolic_tangent(x: Fraction, digits: int) -> Fraction:
    """tanh x of an f32, 2**-149 at least, which is what subtracting 1 may cost."""
    square = exponential(2 * x, digits + 152)
    return (square - 1) / (square + 1)


def root(x: Fraction, digits: int) -> Fraction:
    """The square root of a number from 2**-149 to 2**149."""
    scale = digits + 80
    return isqrt(int(x * power_of_two(2 * scale))) * power_of_two(-scale)


# Enclosures --------------------------------------------------------------------------------------
def around(function: Callable[[Fraction, int], Fraction], x: Fraction, digits: int) -> Enclosure:
    value = function(x, digits)
    slack = abs(value) * power_of_two(1 - digits)
    return value - slack, value + slack


def enclose_exp2(x: Fraction, digits: int) -> Enclosure:
    """2**x, exact for integers: 2**-150 is a border itself."""
    whole = floor(x)
    if x == whole:
        return power_of_two(whole), power_of_two(whole)
    ln2 = 2 * artanh(Fraction(1, 3), digits + 2)
    low, high = around(exponential, (x - whole) * ln2, digits)
    return low * power_of_two(whole), high * power_of_two(whole)


def enclose_quotient(x: Fraction, y: Fraction, digits: int) -> Enclosure:
    return x / y, x / y


ENCLOSURES: dict[str, Callable[..., Enclosure]] = {
    "exp": partial(around, exponential),
    "exp2": enclose_exp2,
    "log2": partial(around, binary_logarithm),
    "tanh": partial(around, hyperbolic_tangent),
    "sigmoid": partial(around, lambda x, digits: 1 / (1 + exponential(-x, digits))),
    "rsqrt": partial(around, lambda x, digits: root(1 / x, digits)),
    "recip": partial(enclose_quotient, Fraction(1)),
    "sqrt": partial(around, root),
    "div": enclose_quotient,
}
SPECIAL: dict[str, Callable[..., Words]] = {name: partial(special, name) for name in ENCLOSURES}
