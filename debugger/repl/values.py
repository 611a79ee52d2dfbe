"""Values of expressions in the formats of `print`: hexadecimal, binary, signed, unsigned, as f32."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from debugger.trouble import trouble
from isa.types import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from debugger.expr import Shown

FORMATS = "xdubf"
REGISTER_BITS = 32
SHOWN_ELEMENTS = 64


def shown_lines(shown: Shown, form: str, width: int) -> list[str]:
    """A value as it prints itself, or in a format. Raises SourceError for a format that does not fit."""
    if not form:
        return shown.lines(width)
    if form not in tuple(FORMATS):
        raise trouble(f"`/{form}` is no format of `print`", f"the formats are {', '.join(FORMATS)}: `p/x r3`")
    bits, size = element_bits(shown)
    texts = [in_format(value, size, form) for value in bits[:SHOWN_ELEMENTS]]
    if len(bits) == 1 and not shown.shape:
        return [f"{shown.text} = {texts[0]}"]
    more = f", ... ({len(bits):,} elements)" if len(bits) > len(texts) else ""
    return wrapped(f"{shown.text} = {shown.dtype}{list(shown.shape)} ", texts, more, width)


def element_bits(shown: Shown) -> tuple[list[int], int]:
    """The elements of a value as unsigned numbers, and how many bits each has."""
    if shown.dtype in ("int", "bool") and not shown.shape:  # of any size
        size = max(REGISTER_BITS, -(-shown.value.bit_length() // 32) * 32)
        return [shown.value % (1 << size)], size
    import numpy as np

    array = np.ascontiguousarray(shown.array)
    size = TYPES[shown.dtype].bits if shown.dtype in TYPES else 8 * array.dtype.itemsize
    bits = array.reshape(-1).view(f"u{array.dtype.itemsize}").tolist()
    return [value & (1 << size) - 1 for value in bits], size


def in_format(value: int, size: int, form: str) -> str:
    """Bits as x, d, u, b or f."""
    return FORMATTERS[form](value, size)


def signed(value: int, size: int) -> str:
    return str(value - (value >> size - 1 << size))


def as_float(value: int, size: int) -> str:
    """The value of the bits of a float of 2, 4 or 8 bytes."""
    import struct

    code = {16: "<e", 32: "<f", 64: "<d"}.get(size)
    if code is None:
        raise trouble(f"`/f` takes elements of 16, 32 or 64 bits; these have {size}")
    (number,) = struct.unpack(code, value.to_bytes(size // 8, "little"))
    return f"{number:.9g}"


FORMATTERS: dict[str, Callable[[int, int], str]] = {
    "x": lambda value, size: f"0x{value:0{size // 4}x}",
    "d": signed,
    "u": lambda value, size: str(value),
    "b": lambda value, size: f"0b{value:0{size}b}",
    "f": as_float,
}


def wrapped(head: str, texts: list[str], more: str, width: int) -> list[str]:
    """Elements after a head, in columns as wide as the widest."""
    column = max(map(len, texts), default=0) + 2
    each = max(1, (width - 2) // column)
    rows = [texts[k : k + each] for k in range(0, len(texts), each)]
    return [head + more.lstrip(", "), *("  " + "".join(f"{text:<{column}}" for text in row).rstrip() for row in rows)]


def flat(lines: list[list[str]]) -> list[str]:
    return list(chain.from_iterable(lines))


def plain(value: Any) -> Any:
    """A value for JSON, which has no NaN and no infinities: those become strings."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value
