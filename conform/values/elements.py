"""What an op makes of one element of each source, all as bits: the vector ALUs, and the scalar units alike."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from conform.values.libraries import FLOATS, FRACTIONS, ML_DTYPES, NUMPY, PYTHON, SOFTFLOAT, library
from conform.values.numbers import (
    integer,
    is_float,
    is_nan,
    nan,
    nearest,
    number,
    of_real,
    real,
    saturated,
    wrapped,
)
from isa.records import NamedTuple
from isa.types import TYPES

Element: TypeAlias = Callable[..., int]  # of the bits of each source


class Oracle(NamedTuple):
    """Where expected values come from: a function of bits, and what it trusts."""

    library: str
    of: Element


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
EXACT: dict[str, Callable[[Any, Any], Any]] = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
ROUND: dict[str, Callable[[Any], int]] = {"even": round, "zero": math.trunc, "down": math.floor, "up": math.ceil}
FAR = 2.0**40  # beyond every integer type
SINGLE_BITS = 24  # of an integer that f32 holds


# Integers ---------------------------------------------------------------------------------------
def on_integers(function: Callable[..., int], name: str, saturates: bool = False) -> Oracle:
    """A function of integers of a type, its result wrapped or saturated."""
    end = saturated if saturates else wrapped
    return Oracle(PYTHON, lambda *bits: end(function(*(integer(each, name) for each in bits)), name))


def shift(function: Callable[[int, int], int], name: str) -> Oracle:
    """A shift by the second source modulo the bits of the type."""
    return on_integers(lambda a, b: function(a, b % TYPES[name].bits), name)


# Float arithmetic -------------------------------------------------------------------------------
def arithmetic(operation: str, name: str) -> Oracle:
    """An operation of floats: SoftFloat's, of bf16, which it lacks, the exact one of fractions."""
    if name == "bf16":
        return Oracle(FRACTIONS, partial(exactly, EXACT[operation], name))
    return Oracle(SOFTFLOAT, partial(soft, operation, name))


def soft(operation: str, name: str, *operands: int) -> int:
    """SoftFloat's result, NaN made the canonical one. Raises OracleMissing."""
    sf = library("softfloatpy")
    cls, size = getattr(sf, {"f16": "Float16", "f32": "Float32"}[name]), TYPES[name].planes
    values = (cls.from_bytes(wrapped(bits, name).to_bytes(size, "big")) for bits in operands)
    result = getattr(sf, f"{name}_{operation}")(*values)
    return nan(name) if getattr(sf, f"{name}_is_nan")(result) else int.from_bytes(result.to_bytes(), "big")


def exactly(function: Callable[[Any, Any], Any], name: str, a: int, b: int) -> int:
    """The exact result rounded once; float64 tells those that are NaN, infinite or a zero with its sign."""
    x, y = real(a, name), real(b, name)
    near = function(x, y)
    if math.isnan(near) or math.isinf(near):
        return of_real(near, name)
    return nearest(function(Fraction(x), Fraction(y)), name, math.copysign(1, near) < 0)


# Order and signs --------------------------------------------------------------------------------
def chosen(choose: Callable[..., int], name: str) -> Oracle:
    """min or max: of floats -0 is below +0, and NaN wins."""
    if not is_float(name):
        return on_integers(choose, name)
    return Oracle(FLOATS, partial(chosen_float, choose, name))


def chosen_float(choose: Callable[..., int], name: str, *operands: int) -> int:
    if any(is_nan(wrapped(bits, name), name) for bits in operands):
        return nan(name)
    return choose((wrapped(bits, name) for bits in operands), key=lambda bits: order(bits, name))


def order(bits: int, name: str) -> tuple[float, float]:
    value = real(bits, name)
    return value, math.copysign(1, value)


def signed(function: Callable[[Any], Any], name: str, saturates: bool = False) -> Oracle:
    """neg, abs, relu: of floats exact, the sign of zero with it."""
    if not is_float(name):
        return on_integers(function, name, saturates)
    return Oracle(FLOATS, lambda bits: of_real(function(real(bits, name)), name))


def relu(x: Any) -> Any:
    """The greater of a number and +0; NaN stays."""
    return x if x > 0 or x != x else type(x)(0)


def compared(condition: str, name: str) -> Oracle:
    """0xFF where a comparison holds; with NaN only `ne` does."""
    holds = COMPARISONS[condition]
    return Oracle(FLOATS if is_float(name) else PYTHON, lambda a, b: 0xFF * holds(number(a, name), number(b, name)))


# Conversions ------------------------------------------------------------------------------------
def conversion(to: str, since: str, rounding: str = "even") -> Oracle:
    """From one type to another, rounded once; to integers saturated, NaN being 0."""
    if not is_float(to):
        return Oracle(PYTHON, lambda bits: to_integer(number(bits, since), to, rounding))
    if to != "bf16":
        return Oracle(NUMPY, lambda bits: by_numpy(number(bits, since), to))
    if not is_float(since) and TYPES[since].bits > SINGLE_BITS:  # ml_dtypes would round to f32 before
        return Oracle(FRACTIONS, lambda bits: of_real(Fraction(number(bits, since)), to))
    return Oracle(ML_DTYPES, lambda bits: by_ml_dtypes(number(bits, since)))


def to_integer(x: int | float, to: str, rounding: str) -> int:
    if x != x:
        return 0
    return saturated(ROUND[rounding](max(-FAR, min(x, FAR))), to)


def by_numpy(x: int | float, to: str) -> int:
    """The bits of float64, which holds x, as NumPy rounds it to f16 or f32."""
    np = library("numpy")
    with np.errstate(all="ignore"):
        bits = int(np.array([x], np.float64).astype(TYPES[to].numpy).view(f"u{TYPES[to].planes}")[0])
    return nan(to) if is_nan(bits, to) else bits


def by_ml_dtypes(x: int | float) -> int:
    """The bits of float32, which holds x, as ml_dtypes rounds it to bf16."""
    np, dtype = library("numpy"), library("ml_dtypes").bfloat16
    with np.errstate(all="ignore"):
        bits = int(np.array([x], np.float32).astype(dtype).view(np.uint16)[0])
    return nan("bf16") if is_nan(bits, "bf16") else bits


def scaled_conversion(to: str, since: str) -> Oracle:
    """To f32, times an f32 scale, to the type: each rounded once."""
    single, product = conversion("f32", since).of if since != "f32" else None, arithmetic("mul", "f32").of
    last = conversion(to, "f32").of if to != "f32" else None

    def scaled(bits: int, scale: int) -> int:
        found = product(single(bits) if single else bits, scale)
        return last(found) if last else found

    return Oracle(SOFTFLOAT, scaled)
