"""The oracle of each row of the vector ALUs, by what it does and its types."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial

from conform.values.elements import (
    Oracle,
    arithmetic,
    chosen,
    compared,
    conversion,
    on_integers,
    relu,
    scaled_conversion,
    shift,
    signed,
    soft,
)
from conform.values.libraries import MPMATH, PYTHON, SOFTFLOAT
from conform.values.numbers import integer, is_float, saturated
from conform.values.special import EXACT, special
from isa.row import Row

F32, I4, NIBBLE = "f32", "i4", 4
ONE = 0x3F800000
Make = Callable[[Row], Oracle]


def sum_like(operation: str, row: Row) -> Oracle:
    """add, sub, mul of any type."""
    if is_float(row.type):
        return arithmetic(operation, row.type)
    return on_integers(getattr(operator, operation), row.type, row.saturate)


def bitwise(function: Callable[..., int], row: Row) -> Oracle:
    return on_integers(function, row.type)


def unpacked(first: int, row: Row) -> Oracle:
    """A nibble of a byte as an i8."""
    return Oracle(PYTHON, lambda bits: integer(bits >> first, I4) & 0xFF)


def packed(a: int, b: int) -> int:
    """Two i8 as nibbles that saturate, the first in the low one."""
    low, high = (saturated(integer(bits, "i8"), I4) for bits in (a, b))
    return low | high << NIBBLE


def converted(row: Row) -> Oracle:
    return conversion(row.type, row.type2, row.rounding)


def of_special(name: str, _: Row) -> Oracle:
    return Oracle(MPMATH, partial(special, name))


VECTORS: dict[str, Make] = {
    "vadd": partial(sum_like, "add"),
    "vsub": partial(sum_like, "sub"),
    "vmul": partial(sum_like, "mul"),
    "vfma": lambda row: Oracle(SOFTFLOAT, partial(soft, "mul_add", F32)),
    "vmin": lambda row: chosen(min, row.type),
    "vmax": lambda row: chosen(max, row.type),
    "vneg": lambda row: signed(operator.neg, row.type, row.saturate),
    "vabs": lambda row: signed(abs, row.type, row.saturate),
    "vrelu": lambda row: signed(relu, row.type),
    "vand": partial(bitwise, operator.and_),
    "vor": partial(bitwise, operator.or_),
    "vxor": partial(bitwise, operator.xor),
    "vnot": partial(bitwise, operator.invert),
    "vshl": lambda row: shift(operator.lshift, row.type),
    "vshr": lambda row: shift(operator.rshift, row.type),
    "vsar": lambda row: shift(operator.rshift, row.type),
    "vcmp": lambda row: compared(row.condition, row.type),
    "vsel": lambda row: Oracle(PYTHON, lambda mask, a, b: a if mask else b),
    "vmov": lambda row: Oracle(PYTHON, lambda a: a),
    "vcvt": converted,
    "vcvts": lambda row: scaled_conversion(row.type, row.type2),
    "vunpk.lo": partial(unpacked, 0),
    "vunpk.hi": partial(unpacked, NIBBLE),
    "vpack": lambda row: Oracle(PYTHON, packed),
    "vdiv": lambda row: Oracle(SOFTFLOAT, partial(soft, "div", F32)),
    "vrecip": lambda row: Oracle(SOFTFLOAT, partial(soft, "div", F32, ONE)),
    "vsqrt": lambda row: Oracle(SOFTFLOAT, partial(soft, "sqrt", F32)),
    **{f"v{name}": partial(of_special, name) for name in EXACT},
}
