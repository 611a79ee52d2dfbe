"""Distances in units in the last place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.expr.errors import Problem
from debugger.expr.operators import both_held
from debugger.expr.values import Value, converted, doubles, of_array
from isa.types import TYPES

if TYPE_CHECKING:
    from debugger.expr.values import Array


def distance(a: Value, b: Value) -> Value:
    """How many steps of the type of the first float lie from b up to a; of integers that is a - b. Raises Problem."""
    return distance_in(_types(a, b)[0], a, b)


def finest(a: Value, b: Value) -> str:
    """The more precise one of the types of two values. Raises Problem if neither has one."""
    return max(_types(a, b), key=lambda name: TYPES[name].significand)


def distance_in(name: str, a: Value, b: Value) -> Value:
    """The steps of a type from b up to a, for each element; between a NaN and a number there are 2**bits.

    Raises Problem.
    """
    import numpy as np

    left, right = converted(a, name), converted(b, name)
    try:
        found = _steps(left, name) - _steps(right, name)
    except ValueError:
        raise Problem(f"shapes {list(a.shape)} and {list(b.shape)} do not go together") from None
    one_is_nan = _is_nan(left, name) ^ _is_nan(right, name)
    return of_array(np.where(one_is_nan, 1 << TYPES[name].bits, found), both_held(a, b), (a, b))


def _types(a: Value, b: Value) -> list[str]:
    """The element types of two values: those of floats, if there are any."""
    named = [value.type for value in (a, b) if value.type in TYPES]
    if not named:
        raise Problem("units in the last place are those of an element type", "write f32(...) or f16(...)")
    return [name for name in named if TYPES[name].kind == "f"] or ["i32"]


def _is_nan(array: Array, name: str) -> Array:
    import numpy as np

    return np.isnan(doubles(array)) if TYPES[name].kind == "f" else np.zeros(array.shape, np.bool_)


def _steps(array: Array, name: str) -> Array:
    """The number of each element in the order of numbers, 0 for zeros and NaNs: int64."""
    import numpy as np

    t = TYPES[name]
    if t.kind != "f":
        return array.astype(np.int64)
    bits = array.view(f"u{t.planes}").astype(np.int64)
    magnitude = bits & (1 << t.bits - 1) - 1
    signed = np.where(bits >> t.bits - 1, -magnitude, magnitude)
    return np.where(_is_nan(array, name), 0, signed)
