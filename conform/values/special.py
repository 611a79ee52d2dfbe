"""Functions of f32, correctly rounded: from mpmath with far more bits than any f32 needs to be told from a border."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from conform.values.libraries import library
from conform.values.numbers import infinity, nan, nearest, of_real, real

F32 = "f32"
BITS = 300
FAR = 1000.0  # beyond it exponentials over- or underflow, and so do those of its size
KEPT = 1 << 14

EXACT: dict[str, Callable[[Any, Any], Any]] = {
    "exp": lambda mp, x: mp.exp(x),
    "exp2": lambda mp, x: mp.mpf(2) ** x,
    "log2": lambda mp, x: mp.log(x, 2),
    "tanh": lambda mp, x: mp.tanh(x),
    "sigmoid": lambda mp, x: 1 / (1 + mp.exp(-x)),
    "rsqrt": lambda mp, x: 1 / mp.sqrt(x),
}
# What functions give at -inf, -0, +0 and inf, and of negative numbers, where they differ from what mpmath says.
ONE, HALF = 1.0, 0.5
AT_ENDS: dict[str, dict[str, float]] = {
    "exp": {"-inf": 0.0, "-0.0": ONE, "0.0": ONE, "inf": math.inf},
    "exp2": {"-inf": 0.0, "-0.0": ONE, "0.0": ONE, "inf": math.inf},
    "log2": {"-inf": math.nan, "-0.0": -math.inf, "0.0": -math.inf, "inf": math.inf},
    "tanh": {"-inf": -ONE, "-0.0": -0.0, "0.0": 0.0, "inf": ONE},
    "sigmoid": {"-inf": 0.0, "-0.0": HALF, "0.0": HALF, "inf": ONE},
    "rsqrt": {"-inf": math.nan, "-0.0": -math.inf, "0.0": math.inf, "inf": 0.0},
}
ONLY_POSITIVE = ("log2", "rsqrt")


@lru_cache(KEPT)
def special(name: str, bits: int) -> int:
    """The bits of a function of an f32. Raises OracleMissing."""
    x = real(bits, F32)
    if math.isnan(x) or (x < 0 and name in ONLY_POSITIVE):
        return nan(F32)
    if repr(x) in AT_ENDS[name]:
        return of_real(AT_ENDS[name][repr(x)], F32)
    if "exp" in name and abs(x) > FAR:
        return infinity(F32) if x > 0 else 0
    mp = library("mpmath").mp
    with mp.workprec(BITS):
        return nearest(fraction(EXACT[name](mp, mp.mpf(max(-FAR, x) if name == "sigmoid" else x))), F32)


def fraction(value: Any) -> Fraction:
    """A number of mpmath as it is."""
    sign, mantissa, power, _ = value._mpf_
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(power)
