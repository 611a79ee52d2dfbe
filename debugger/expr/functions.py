"""The functions of expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from debugger.expr import ulp
from debugger.expr.errors import Problem
from debugger.expr.operators import both_held, is_array, numeric, operand, truths
from debugger.expr.values import INDEX, WIDE_INTS, Value, as_array, converted, is_integral, of_array, of_number
from isa.records import replace
from isa.types import TYPES

if TYPE_CHECKING:
    from debugger.expr.values import Array


# Element by element -----------------------------------------------------------------------------
def absolute(a: Value) -> Value:
    import numpy as np

    data = operand(a)
    if not is_array(data):
        return of_number(abs(data))
    array = as_array(a)
    return of_array(abs(array.astype(np.int64) if is_integral(a.type) else array), a.held)


def is_nan(a: Value) -> Value:
    import numpy as np

    return _test(a, np.isnan)


def is_infinite(a: Value) -> Value:
    import numpy as np

    return _test(a, np.isinf)


def _test(a: Value, test: Callable[[Any], Any]) -> Value:
    """Of floats, which elements pass a test; no integer does."""
    import numpy as np

    array = as_array(a)
    with np.errstate(invalid="ignore"):  # of a signalling NaN
        found = np.zeros(array.shape, np.bool_) if is_integral(a.type) else test(array)
    return _boolean(a, found if a.held is None else found & a.held)


def _boolean(a: Value, found: Any) -> Value:
    return of_array(found, a.held) if a.is_array else of_number(bool(found))


def where(mask: Value, a: Value, b: Value) -> Value:
    """a where the mask holds, else b."""
    import numpy as np

    left, right = (numeric(operand(value)) for value in (a, b))
    try:
        found = np.where(truths(mask), left, right)
    except (ValueError, TypeError, OverflowError):
        shapes = f"{list(mask.shape)}, {list(a.shape)} and {list(b.shape)}"
        raise Problem(f"shapes {shapes} do not go together, or {a.type} and {b.type} do not") from None
    held = both_held(a, b)
    return of_array(found, None if held is None else np.broadcast_to(held, found.shape))


# Reductions -------------------------------------------------------------------------------------
def any_of(a: Value) -> Value:
    return of_number(bool(truths(a).any()))


def all_of(a: Value) -> Value:
    return of_number(bool(truths(a).all()))


def count(a: Value) -> Value:
    return of_number(int(truths(a).sum()))


def first(a: Value) -> Value:
    """The index of the first element that is not zero, of several axes for an array of several."""
    import numpy as np

    mask = truths(a)
    if not mask.any():
        raise Problem("nothing holds here, so there is no first", "any(...) tells whether something does")
    index = tuple(map(int, np.unravel_index(int(mask.argmax()), mask.shape)))
    return of_number(index[0]) if len(index) == 1 else Value(index, INDEX)


def _there(a: Value, what: str) -> Array:
    """The elements that are there, in one axis. Raises Problem where there are none."""
    array = as_array(a)
    found = array.reshape(-1) if a.held is None else array[a.held]
    if not found.size:
        raise Problem(f"there is no {what} of nothing: no element here holds anything")
    return found


def minimum(a: Value) -> Value:
    """The least element; NaN if one is."""
    return _extreme(a, "min")


def maximum(a: Value) -> Value:
    return _extreme(a, "max")


def _extreme(a: Value, which: str) -> Value:
    import numpy as np

    with np.errstate(invalid="ignore"):  # of a signalling NaN
        found = getattr(_there(a, which), which)()
    return of_number(int(found)) if is_integral(a.type) else of_array(found)


def total(a: Value) -> Value:
    """The sum, exact of integers, in 64 bits of floats."""
    import numpy as np

    found = _there(a, "sum")
    if a.type in WIDE_INTS:  # in halves, which do not wrap
        return of_number((int((found >> 32).sum()) << 32) + int((found & 0xFFFFFFFF).sum()))
    with np.errstate(all="ignore"):
        return of_number(found.sum(dtype=np.int64 if is_integral(a.type) else np.float64).item())


def mean(a: Value) -> Value:
    size = _there(a, "mean").size
    return of_number(total(a).data / size)


# Others -----------------------------------------------------------------------------------------
def shape(a: Value) -> Value:
    import numpy as np

    return of_array(np.array(a.shape, np.int64))


def in_hex(a: Value) -> Value:
    """The same, to be shown in hexadecimal: floats by their bits."""
    return replace(a, in_hex=True)


def conversion(name: str) -> Callable[[Value], Value]:
    """The function that converts to an element type."""
    return lambda a: Value(converted(a, name), name, a.held)


FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
    "abs": (1, absolute), "nan": (1, is_nan), "inf": (1, is_infinite), "where": (3, where), "any": (1, any_of),
    "all": (1, all_of), "count": (1, count), "first": (1, first), "min": (1, minimum), "max": (1, maximum),
    "sum": (1, total), "mean": (1, mean), "shape": (1, shape), "ulp": (2, ulp.distance),
    "hex": (1, in_hex), **{name: (1, conversion(name)) for name in TYPES},
}  # fmt: skip
