"""Element types: name, width in bits, kind and the NumPy dtype that holds one."""

from __future__ import annotations

from isa.records import NamedTuple


class ElementType(NamedTuple):
    """`bits` per element; `kind` is i, u or f; `numpy` names a NumPy or ml_dtypes dtype."""

    name: str
    bits: int
    kind: str
    numpy: str
    significand: int = 0  # floats: bits of precision, hidden bit included
    exponent: int = 0  # floats: bits of the exponent field

    @property
    def planes(self) -> int:
        """Bytes, and so streams or slices, that one element takes on the tensor face."""
        return max(1, self.bits // 8)

    @property
    def low(self) -> int:
        return -(1 << (self.bits - 1)) if self.kind == "i" else 0

    @property
    def high(self) -> int:
        return (1 << (self.bits - (self.kind == "i"))) - 1


TYPES: dict[str, ElementType] = {
    t.name: t
    for t in (
        ElementType("i4", 4, "i", "int4"),
        ElementType("i8", 8, "i", "int8"),
        ElementType("u8", 8, "u", "uint8"),
        ElementType("i16", 16, "i", "int16"),
        ElementType("u16", 16, "u", "uint16"),
        ElementType("i32", 32, "i", "int32"),
        ElementType("u32", 32, "u", "uint32"),
        ElementType("f16", 16, "f", "float16", 11, 5),
        ElementType("bf16", 16, "f", "bfloat16", 8, 8),
        ElementType("f32", 32, "f", "float32", 24, 8),
    )
}
