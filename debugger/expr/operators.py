"""Operators: exact integers, floats of 64 bits, and arrays as NumPy has them, integers widened to 64 bits."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

from debugger.expr.errors import Problem
from debugger.expr.values import BOOL, INDEX, Value, as_array, of_array, of_number, type_name
from isa.types import TYPES

if TYPE_CHECKING:
    from debugger.expr.values import Array

MAX_BITS = 4096  # of an integer
MAX_ELEMENTS = 1 << 25  # of an array that an operator makes
INT64 = 1 << 63

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor)


def binary(op: type[ast.operator], a: Value, b: Value) -> Value:
    """a op b. Raises Problem."""
    left, right = operand(a), operand(b)
    if not is_array(left) and not is_array(right):
        check_bits(op, left, right)
        return of_number(_computed(BINARY[op], left, right))
    _check_shapes(a, b)
    if op in BITWISE and a.type == b.type == BOOL:
        return of_array(BINARY[op](a.data, b.data), both_held(a, b))
    left, right = numeric(left), numeric(right)
    if _are_integers(left, right):
        _check_int64(op, left, right)
    return of_array(_computed(BINARY[op], left, right), both_held(a, b))


def compare(op: type[ast.cmpop], a: Value, b: Value) -> Value:
    """a op b; where something is compared that is not there, it does not hold. Raises Problem."""
    left, right = operand(a), operand(b)
    if not is_array(left) and not is_array(right):
        return of_number(COMPARE[op](left, right))
    _check_shapes(a, b)
    held = both_held(a, b)
    found = _computed(COMPARE[op], numeric(left), numeric(right))
    return of_array(found if held is None else found & held, held, (a, b))


def unary(op: type[ast.unaryop], a: Value) -> Value:
    """-a, +a, ~a. Raises Problem."""
    data = operand(a)
    if op is ast.Invert and a.type == BOOL:
        return of_array(~a.data, a.held) if a.is_array else of_number(not data)
    found = _computed(UNARY[op], numeric(data))
    return of_array(found, a.held) if is_array(data) else of_number(found)


# Truth ------------------------------------------------------------------------------------------
def truths(a: Value) -> Array:
    """Which elements are there and not zero."""
    import numpy as np

    array = as_array(a)
    with np.errstate(invalid="ignore"):  # of a signalling NaN
        found = array if array.dtype == np.bool_ else array != 0
    return found if a.held is None else found & a.held


def truth(a: Value) -> bool:
    """Whether a value holds, as a condition. Raises Problem for an array of several elements."""
    if not a.is_array:
        return bool(a.data)
    if a.data.size != 1:
        raise Problem(f"{list(a.shape)} elements are neither true nor false", "any(...) or all(...) makes one of them")
    return bool(truths(a).all())


def joined(is_and: bool, a: Value, b: Value) -> Value:
    """a and b, a or b, element by element. Raises Problem."""
    if not a.is_array and not b.is_array:
        return of_number(bool(b.data and a.data) if is_and else bool(a.data or b.data))
    _check_shapes(a, b)
    left, right = truths(a), truths(b)
    return of_array(left & right if is_and else left | right, both_held(a, b))


def negated(a: Value) -> Value:
    """not a, element by element; of nothing it does not hold."""
    if not a.is_array:
        return of_number(not a.data)
    found = ~truths(a)
    return of_array(found if a.held is None else found & a.held, a.held)


# Operands ---------------------------------------------------------------------------------------
def operand(value: Value) -> Any:
    """What Python or NumPy computes with: numbers of Python but for floats of an element type, which are arrays."""
    is_float = value.type in TYPES and TYPES[value.type].kind == "f"
    return as_array(value) if is_float or value.type == INDEX else value.data


def is_array(data: Any) -> bool:
    return hasattr(data, "dtype")


def both_held(a: Value, b: Value) -> Array | None:
    """Which elements of a result come from two that are there."""
    import numpy as np

    if a.held is None and b.held is None:
        return None
    shape = np.broadcast_shapes(a.shape, b.shape)
    held = [np.broadcast_to(value.held, shape) for value in (a, b) if value.held is not None]
    found: Array = np.logical_and.reduce(held)
    return found


# What cannot be computed ------------------------------------------------------------------------
def _computed(function: Callable[..., Any], *operands: Any) -> Any:
    """The result; overflows of floats are infinities, as those of the machine. Raises Problem."""
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            return function(*operands)
    except ZeroDivisionError:
        raise Problem("this divides by zero") from None
    except OverflowError:
        raise Problem("a number here is too large to compute with") from None
    except (TypeError, ValueError):
        kinds = " and ".join(type_name(data.dtype) if is_array(data) else type(data).__name__ for data in operands)
        raise Problem(f"this operator does not take {kinds}", "f32(...) and i32(...) convert") from None


def numeric(data: Any) -> Any:
    """Arrays of integers and booleans with 64 bits, so that nothing wraps."""
    import numpy as np

    if not is_array(data):
        return data
    name = type_name(data.dtype)
    return data.astype(np.int64) if name == BOOL or (name in TYPES and TYPES[name].kind != "f") else data


def _check_shapes(a: Value, b: Value) -> None:
    """Raises Problem for shapes that do not go together, or make too much of them."""
    import numpy as np

    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise Problem(f"shapes {list(a.shape)} and {list(b.shape)} do not go together") from None
    if prod(shape) > MAX_ELEMENTS:
        raise Problem(f"the result would have {prod(shape):,} elements; {MAX_ELEMENTS:,} is the most")


def check_bits(op: type[ast.operator], a: Any, b: Any) -> None:
    """Raises Problem for numbers of Python whose result would be an integer of very many bits, or a complex one."""
    if op is ast.Pow and a < 0 and isinstance(b, float):
        raise Problem("a negative number has no fractional power")
    if op in (ast.LShift, ast.RShift) and isinstance(b, int) and b < 0:
        raise Problem(f"a shift by {b} is none; it counts up from 0")
    if isinstance(a, int) and isinstance(b, int) and _bits(op, a, b) > MAX_BITS:
        raise Problem(f"the result would be an integer of more than {MAX_BITS} bits")


def _bits(op: type[ast.operator], a: int, b: int) -> int:
    """About how many bits a result has."""
    if op is ast.Pow:
        return a.bit_length() * abs(b) if abs(a) > 1 else 1
    if op is ast.LShift:
        return a.bit_length() + b if a else 0
    return a.bit_length() + b.bit_length() if op is ast.Mult else max(a.bit_length(), b.bit_length())


def _are_integers(a: Any, b: Any) -> bool:
    return all(data.dtype.kind == "i" if is_array(data) else isinstance(data, int) for data in (a, b))


def _check_int64(op: type[ast.operator], a: Any, b: Any) -> None:
    """Raises Problem where integers of 64 bits would not hold the result, or there is none."""
    import numpy as np

    low, high = int(np.min(b, initial=0)), int(np.max(b, initial=0))
    if op in (ast.FloorDiv, ast.Mod) and not np.all(b):
        raise Problem("this divides by zero")
    if op in (ast.Pow, ast.LShift, ast.RShift) and (low < 0 or high >= 64):
        raise Problem(f"exponents and shifts of arrays are 0 to 63, not {low if low < 0 else high}")
    largest = int(max(abs(int(np.max(a, initial=0))), abs(int(np.min(a, initial=0)))))
    if op in GROWING and GROWING[op](largest, max(high, -low)) >= INT64:
        raise Problem("the result does not fit integers of 64 bits", "f32(...) converts, or take fewer elements")


GROWING: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.add, ast.Mult: operator.mul, ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}  # fmt: skip
