"""What the tests of the vector ALUs share: rows by name, operands as bits, and an oracle of the 16-bit floats."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from isa.row import Row
from isa.table import MNEMONICS, TENSOR_ROWS
from isa.types import TYPES
from vm.reference.lanes import compute

Array = NDArray[Any]

BITS: dict[int, Any] = {1: np.uint8, 2: np.uint16, 4: np.uint32}
DTYPES: dict[str, Any] = {
    "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16, "i32": np.int32, "u32": np.uint32,
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32,
}  # fmt: skip
INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32")
SIGNED = ("i8", "i16", "i32")
FLOATS = ("f16", "bf16", "f32")
NAN = {"f16": 0x7E00, "bf16": 0x7FC0, "f32": 0x7FC00000}
INFINITY = {"f16": 0x7C00, "bf16": 0x7F80, "f32": 0x7F800000}

# Zeros, ones, extremes, infinities, NaN with payloads, subnormals and their borders, ties of conversions.
EDGES: dict[int, list[int]] = {
    1: [0, 1, 2, 7, 8, 0x0F, 0x55, 0x78, 0x7F, 0x80, 0x81, 0x87, 0x88, 0xF0, 0xFE, 0xFF],
    2: [0, 1, 2, 0x7F, 0x80, 0x3FF, 0x400, 0x3C00, 0x3F00, 0x3F80, 0x3FC0, 0x4020, 0x4240, 0x477F, 0x4F00, 0x57FC,
        0x5BFF, 0x7BFF, 0x7C00, 0x7C01, 0x7E01, 0x7F7F, 0x7F80, 0x7F81, 0x7FC1, 0x7FFF, 0x8000, 0x8001, 0x80FF, 0x83FF,
        0xBC00, 0xBF80, 0xC700, 0xCF00, 0xD800, 0xFC00, 0xFE01, 0xFF80, 0xFFC1, 0xFFFF],
    4: [0, 1, 2, 0x7FFF, 0x8000, 0xFF8000, 0x1000000, 0x1000001, 0x1010000, 0x1018001, 0x7FFFFF, 0x800000, 0x33000000,
        0x33000001, 0x387FE000, 0x387FF000, 0x38800000, 0x3F000000, 0x3F800000, 0x3FC00000, 0x40200000, 0x42FF0000,
        0x437F8000, 0x43800000, 0x477FE000, 0x477FEFFF, 0x477FF000, 0x4EFFFFFF, 0x4F000000, 0x4F7FFFFF, 0x4F800000,
        0x7F7F8000, 0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00001, 0x7FFFFFFF, 0x80000000, 0x80000001, 0x80008000,
        0xBF800000, 0xC3008000, 0xC3010000, 0xCF000000, 0xCF000001, 0xFF800000, 0xFFC00001, 0xFFFFFFFF],
}  # fmt: skip

VECTOR_ROWS = [row for row in TENSOR_ROWS if row.units.name == "V"]
ALL_16 = np.arange(1 << 16, dtype=np.uint16)


def bits_of_width(width: int, size: int = 16) -> st.SearchStrategy[Array]:
    """Arrays of bits, edges among them."""
    elements = st.one_of(st.sampled_from(EDGES[width]), st.integers(0, (1 << 8 * width) - 1))
    return st.lists(elements, min_size=size, max_size=size).map(lambda bits: np.array(bits, BITS[width]))


def edge_pairs(width: int) -> tuple[Array, Array]:
    """Every pair of edges."""
    edges = np.array(EDGES[width], BITS[width])
    return np.repeat(edges, len(edges)), np.tile(edges, len(edges))


def source_widths(row: Row) -> list[int]:
    """Bytes of each source's elements."""
    return [operand.width or TYPES[operand.type].planes for operand in row.positional[1:]]


def run(mnemonic: str, *operands: Array) -> Array:
    """The golden result, as bits; operands of any dtype are taken as bits too."""
    row = MNEMONICS[mnemonic][0]
    return compute(row, *(as_bits(operand) for operand in operands))


def as_bits(a: Array) -> Array:
    return np.ascontiguousarray(a).view(BITS[a.dtype.itemsize])


def of_type(bits: Array, name: str) -> Array:
    """The same bits as numbers of a type."""
    return bits.view(DTYPES[name])


def numbers(bits: Array, name: str) -> list[Any]:
    """The values of elements as Python's ints and floats, which hold them all."""
    if name not in FLOATS:
        return of_type(bits, name).tolist()
    with np.errstate(invalid="ignore"):  # a NaN may signal
        return of_type(bits, name).astype(np.float64).tolist()


def canonical(bits: Array, name: str) -> Array:
    """Float bits with every NaN replaced by the canonical one."""
    magnitude = bits & np.iinfo(bits.dtype).max // 2
    return np.where(magnitude > INFINITY[name], NAN[name], bits).astype(bits.dtype)


# Rounding to a 16-bit type by looking for the neighbours in the list of all its numbers -------------
@cache
def ladder(name: str) -> list[Fraction]:
    """The numbers of a 16-bit type that are not negative, by bits; the last stands where infinity is."""
    rungs = [Fraction(x) for x in numbers(np.arange(INFINITY[name], dtype=np.uint16), name)]
    return [*rungs, 2 * rungs[-1] - rungs[-2]]


def nearest(value: Fraction, name: str, zero_sign: int = 0) -> int:
    """The bits of the number of a 16-bit type nearest to a value, ties to even."""
    rungs, size = ladder(name), abs(value)
    above = min(bisect_left(rungs, size), len(rungs) - 1)
    below = max(above - 1, 0)
    upwards, downwards = rungs[above] - size, size - rungs[below]
    even = above if above % 2 == 0 else below
    bits = even if upwards == downwards else above if upwards < downwards else below
    return bits | (int(value < 0) if value else zero_sign) << 15
