"""Values of expressions: numbers of Python, or arrays of element types; which elements hold something."""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING, Any

from debugger.expr.errors import Problem
from isa import layout
from isa.records import dataclass
from isa.types import TYPES, ElementType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

INT, FLOAT, BOOL, INDEX = "int", "float", "bool", "index"  # of Python: exact integers, 64-bit floats
WIDE_INT = "i64"  # what arithmetic of arrays gives where no element type holds it; of floats that is f64
WIDE_INTS = (WIDE_INT, "u64")  # of which the second comes from files alone
STRUCT = {"f16": "<e", "f32": "<f"}
VIEWS = {**{name: name for name in TYPES}, "w1": "u8", "w2": "u16", "w4": "u32"}  # a width is that of a group


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """`data` is a number of Python, an index (a tuple of them) or an array; `type` an element type or one of above.

    `held`, of the data's shape, tells which elements hold something; None: all do. `operands` are what was compared.
    `in_hex`: it is to be shown so.
    """

    data: Any
    type: str
    held: Array | None = None
    operands: tuple[Value, Value] | None = None
    in_hex: bool = False

    @property
    def is_array(self) -> bool:
        return hasattr(self.data, "dtype")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape if self.is_array else (len(self.data),) if self.type == INDEX else ()


def of_array(data: Any, held: Array | None = None, operands: tuple[Value, Value] | None = None) -> Value:
    """An array (or a scalar of NumPy) as a value, of the type that its elements have."""
    import numpy as np

    array = np.asarray(data)
    return Value(array, type_name(array.dtype), held, operands)


def of_number(number: int | float | bool) -> Value:
    return Value(number, {bool: BOOL, int: INT}.get(type(number), FLOAT))


@cache
def type_name(dtype: np.dtype[Any]) -> str:
    """`f32` of float32; what no element type is goes by its kind and bits."""
    for t in TYPES.values():
        if t.numpy == dtype.name:
            return t.name
    return BOOL if dtype.kind == "b" else f"{dtype.kind}{8 * dtype.itemsize}"


def as_array(value: Value) -> Array:
    """The elements as an array of their type; numbers of Python as int64, float64 or bool. Raises Problem."""
    import numpy as np

    if value.is_array:
        return value.data  # type: ignore[no-any-return]
    if value.type == INDEX:
        raise Problem("an index of several axes is no number", "use it as an index: A[first(nan(A))]")
    dtype = {INT: np.dtype(np.int64), FLOAT: np.dtype(np.float64), BOOL: np.dtype(np.bool_)}
    try:
        return np.asarray(value.data, dtype.get(value.type) or layout.dtype(TYPES[value.type]))
    except OverflowError:
        raise Problem("an integer here is too large for 64 bits") from None


def doubles(array: Array) -> Array:
    """The elements as float64, which holds every number of the element types."""
    import numpy as np

    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        return array.astype(np.float64)


# Bits -------------------------------------------------------------------------------------------
def number_of(bits: int, t: ElementType) -> int | float:
    """The number that the low bits are in an element type."""
    bits &= (1 << t.bits) - 1
    if t.name in STRUCT:
        number: float = struct.unpack(STRUCT[t.name], bits.to_bytes(t.bits // 8, "little"))[0]
        return number
    if t.kind == "f":  # bf16, the high half of an f32
        return number_of(bits << (32 - t.bits), TYPES["f32"])
    return bits - (bits >> (t.bits - 1) << t.bits) if t.kind == "i" else bits


def bits_of(number: int | float, t: ElementType) -> int:
    """The bits of a number that the type holds."""
    if t.kind == "f":
        import numpy as np

        return int(np.asarray(number, layout.dtype(t)).view(f"u{t.bits // 8}"))
    return int(number) & ((1 << t.bits) - 1)


def viewed(value: Value, name: str) -> Value:
    """The bits of a value as elements of another type; integers of Python give their low bits. Raises Problem."""
    t = TYPES[name]
    if not value.is_array:
        if value.type in (FLOAT, INDEX):
            raise Problem(f"this {value.type} has no bits to look at as {name}", f"write {name}(...) to convert")
        bits = bits_of(value.data, TYPES[value.type]) if value.type in TYPES else int(value.data)
        return Value(number_of(bits, t), name)
    if value.type not in TYPES or TYPES[value.type].bits != t.bits:
        raise Problem(
            f"elements of type {value.type} cannot be looked at as {name}, which has {t.bits} bits",
            f"write {name}(...) to convert",
        )
    return Value(value.data.view(layout.dtype(t)), name, value.held)


# Conversion -------------------------------------------------------------------------------------
def converted(value: Value, name: str) -> Array:
    """The numbers as elements of a type, floats rounded once. Raises Problem for one that the type does not hold."""
    t, array = TYPES[name], as_array(value)
    return _as_floats(array, t) if t.kind == "f" else _as_integers(array, t)


def _as_integers(array: Array, t: ElementType) -> Array:
    import numpy as np

    if array.size and not is_integral(type_name(array.dtype)):
        wide = doubles(array)
        broken = ~np.isfinite(wide) | (wide != np.trunc(wide))
        if broken.any():
            raise Problem(f"{_first_text(wide, broken)} is no integer, and {t.name} takes no others")
    for extreme in (array.min(), array.max()) if array.size else ():
        if not t.low <= float(extreme) <= t.high:
            raise Problem(f"{extreme} does not fit {t.name}, which holds {t.low} to {t.high}")
    return array.astype(layout.dtype(t))


def is_integral(name: str) -> bool:
    """Whether values of a type are whole numbers."""
    return name in (BOOL, INT, *WIDE_INTS) or (name in TYPES and TYPES[name].kind != "f")


def _as_floats(array: Array, t: ElementType) -> Array:
    import numpy as np

    with np.errstate(all="ignore"):
        found = array.astype(layout.dtype(t))
        wide = doubles(array)
        too_large = np.isinf(doubles(found)) & np.isfinite(wide)
    if too_large.any():
        raise Problem(f"{_first_text(wide, too_large)} is too large for {t.name}")
    return found


def _first_text(array: Array, mask: Array) -> str:
    import numpy as np

    return str(np.atleast_1d(array)[np.atleast_1d(mask)][0])
