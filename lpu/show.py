"""Results as text and as plain data, without NumPy: the elements of symbols."""

from __future__ import annotations

import struct
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from isa.types import TYPES, ElementType

if TYPE_CHECKING:
    from isa.image import Tensor

STRUCT_CODES = {
    "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "f16": "e", "bf16": "H", "f32": "f",
}  # fmt: skip
SHOWN_ELEMENTS = 64  # a larger output is shown by its first elements


# Elements ---------------------------------------------------------------------------------------
def elements(tensor: Tensor, raw: bytes) -> list[int | float]:
    """The numbers of row-major little-endian bytes."""
    t = TYPES[tensor.dtype]
    count = prod(tensor.shape)
    if t.bits < 8:
        return [nibble(raw[i // 2] >> 4 * (i % 2)) for i in range(count)]
    values = struct.unpack_from(f"<{count}{STRUCT_CODES[t.name]}", raw)
    if t.name == "bf16":  # the high half of an f32
        return [struct.unpack("<f", struct.pack("<I", value << 16))[0] for value in values]
    return list(values)


def nibble(bits: int) -> int:
    return (bits & 15) - ((bits & 8) << 1)


def nested(values: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list as lists of lists of a shape."""
    if len(shape) <= 1:
        return values
    size = prod(shape[1:])
    return [nested(values[i * size : (i + 1) * size], shape[1:]) for i in range(shape[0])]


def number_text(value: int | float, t: ElementType) -> str:
    """The shortest decimal that reads back as the same element, written as Python writes numbers."""
    if isinstance(value, int) or not isfinite(value):
        return str(value)
    for digits in range(1, 10):
        shorter = float(f"{value:.{digits}g}")
        if same_element(shorter, value, t):
            return repr(shorter)
    return repr(value)


def same_element(a: float, b: float, t: ElementType) -> bool:
    """Whether a decimal is nearer to this element than half the spacing of its type."""
    return abs(a - b) <= abs(b) * 2.0 ** -(t.significand + 1)


def tensor_line(tensor: Tensor, raw: bytes) -> str:
    """`C = [[1, 2], [3, 4]]`, or the first elements of a large one."""
    t = TYPES[tensor.dtype]
    values = elements(tensor, raw)
    texts = [number_text(value, t) for value in values[:SHOWN_ELEMENTS]]
    if len(values) > SHOWN_ELEMENTS:
        shape = ", ".join(map(str, tensor.shape))
        return f"{tensor.name} = {tensor.dtype}[{shape}]: {', '.join(texts[:8])}, ..."
    return f"{tensor.name} = {bracketed(nested(texts, tensor.shape))}"


def bracketed(value: Any) -> str:
    return f"[{', '.join(map(bracketed, value))}]" if isinstance(value, list) else str(value)


def tensor_data(tensor: Tensor, raw: bytes) -> dict[str, Any]:
    """The same for JSON, which has no NaN and no infinities: those become strings."""
    values = [value if isfinite(value) else str(value) for value in elements(tensor, raw)]
    return {"dtype": tensor.dtype, "shape": list(tensor.shape), "data": nested(values, tensor.shape)}
