"""Values of data directives to bytes: integers checked against their type, floats rounded once, packing."""

from __future__ import annotations

from asm.errors import Spanned, error
from asm.names.expr import Bits, Value, describe
from asm.names.floats import number_text, round_value
from asm.tree import Line
from isa.diagnostics import SourceError
from isa.machine import BYTES_PER_WORD
from isa.types import ElementType


def element_bits(to: ElementType, value: Value, line: Line, node: Spanned) -> int:
    """The bits of one element. Raises E-RANGE when it does not fit and E-TYPE when it is no number of the type."""
    if to.kind == "f" and isinstance(value, int | float) and not isinstance(value, Bits):
        return _float_bits(to, value, line, node)
    if not isinstance(value, int) or (isinstance(value, Bits) and to.kind == "f" and value.of != to.name):
        raise error("E-TYPE", f"`.{to.name}` takes {_kind(to)}, not {_described(value)}", line, node)
    if not to.low <= value <= highest(to):
        raise _out_of_range(to, value, line, node)
    return value & ((1 << to.bits) - 1)


def highest(to: ElementType) -> int:
    """The largest integer a directive takes: i32 is the word of the machine and may be written unsigned, too."""
    return (1 << to.bits) - 1 if to.name == "i32" or to.kind == "f" else to.high


def _described(value: Value) -> str:
    return f"bits of {value.of}" if isinstance(value, Bits) else describe(value)


def _kind(to: ElementType) -> str:
    return "numbers" if to.kind == "f" else "integers"


def _float_bits(to: ElementType, value: int | float, line: Line, node: Spanned) -> int:
    bits = round_value(value, to)
    if bits is None:
        raise error("E-RANGE", f"{number_text(value)} is too large for {to.name}", line, node)
    return bits


def _out_of_range(to: ElementType, value: int, line: Line, node: Spanned) -> SourceError:
    message = f"{value} does not fit {to.name}; it must be between {to.low} and {highest(to)}"
    unsigned = f"`.u{to.bits}` takes up to {(1 << to.bits) - 1}" if to.kind == "i" and to.bits > 4 else ""
    return error("E-RANGE", message, line, node, unsigned if 0 < value < 1 << to.bits else "")


def pack(to: ElementType, elements: list[int]) -> bytes:
    """Little-endian bytes of elements, two i4 to a byte, the last word filled up with zeros."""
    if to.bits < 8:
        even = elements + [0] * (len(elements) % 2)
        raw = bytes(low | high << 4 for low, high in zip(even[::2], even[1::2], strict=True))
    else:
        raw = b"".join(element.to_bytes(to.bits // 8, "little") for element in elements)
    return whole_words(raw)


def whole_words(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % BYTES_PER_WORD)


def words_of(to: ElementType, count: int) -> int:
    """Words that `count` elements take, packed."""
    return -(-count * to.bits // (8 * BYTES_PER_WORD))
