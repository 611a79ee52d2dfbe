"""Conditions on numbers, and where the elements of a tensor lie, as values that both engines take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from isa.records import NamedTuple
from isa.types import TYPES

NAN, INSIDE, OUTSIDE, DIFFERS = "nan", "inside", "outside", "differs"
CONDITIONS = (NAN, INSIDE, OUTSIDE, DIFFERS)
BYTE_BITS, REGISTER_BITS = 8, 32
MOST_ELEMENTS = 1 << 32


class Condition(NamedTuple):
    """What a number of type `dtype` is: a "nan"; "inside" or "outside" of `low` to `high`, both of which are inside.

    Or its bits are others than those of `golden`: the elements of a tensor in row-major order, little-endian, of types
    of four bits two to a byte. A NaN is neither inside nor outside.
    """

    kind: str
    dtype: str
    low: float = 0
    high: float = 0
    golden: bytes = b""


class Run(NamedTuple):
    """`size` elements, those from number `number` on, the first of which begins at bit `bit` of SRAM."""

    number: int
    bit: int
    size: int


class Elements(NamedTuple):
    """Elements in SRAM: within a run each begins `step` bits after the one before; its bytes are `stride` bytes apart.

    Elements are numbered in row-major order. Runs are in the order of memory: both where they begin and where they end
    ascends.
    """

    step: int
    stride: int
    runs: tuple[Run, ...]

    def bytes_of(self, bit: int, width: int) -> range:
        """The addresses of the bytes, lowest first, of an element that begins at a bit and has as many bytes."""
        first = bit // BYTE_BITS
        return range(first, first + width * self.stride, self.stride)

    def last_bit(self, run: Run) -> int:
        """Where the last element of a run begins."""
        return run.bit + (run.size - 1) * self.step


# What there cannot be -------------------------------------------------------------------------
def check_register(condition: Condition) -> None:
    """Raises ValueError for a condition that no register can be asked for."""
    _check(condition)
    if condition.kind == DIFFERS or TYPES[condition.dtype].bits != REGISTER_BITS:
        raise ValueError(f"a register is no element of a tensor of type {condition.dtype}: it holds i32, u32 or f32")


def check_elements(condition: Condition, elements: Elements, sram_bytes: int) -> None:
    """Raises ValueError for elements that do not lie in SRAM, in order, or have no golden ones beside them."""
    _check(condition)
    if elements.step < 1 or elements.stride < 1 or not elements.runs or any(run.size < 1 for run in elements.runs):
        raise ValueError("elements come in runs of at least one, and have a step and a stride of at least one")
    limits = [(run.bit, elements.last_bit(run)) for run in elements.runs]
    if any(one[0] >= other[0] or one[1] >= other[1] for one, other in pairwise(limits)):
        raise ValueError("the runs of elements are not in the order of memory")
    t = TYPES[condition.dtype]
    if limits[0][0] < 0 or elements.bytes_of(limits[-1][1], t.planes)[-1] >= sram_bytes:
        raise ValueError(f"elements reach outside SRAM of {sram_bytes} bytes")
    if any(bit % min(t.bits, BYTE_BITS) for bit in (elements.step, *(run.bit for run in elements.runs))):
        raise ValueError(f"elements of type {t.name} begin within a byte")
    _check_numbers(condition, elements)


def _check_numbers(condition: Condition, elements: Elements) -> None:
    count = max(run.number + run.size for run in elements.runs)
    known = len(condition.golden) * BYTE_BITS // TYPES[condition.dtype].bits
    if (
        min(run.number for run in elements.runs) < 0
        or count > MOST_ELEMENTS
        or (condition.kind == DIFFERS and count > known)
    ):
        raise ValueError(f"elements up to number {count - 1}; {known} golden ones are known")


def _check(condition: Condition) -> None:
    if condition.dtype not in TYPES or condition.kind not in CONDITIONS:
        raise ValueError(f"there is no condition {condition.kind!r} on type {condition.dtype!r}")
    if condition.kind == NAN and TYPES[condition.dtype].kind != "f":
        raise ValueError(f"no number of type {condition.dtype} is a NaN")
    if condition.kind in (INSIDE, OUTSIDE) and not condition.low <= condition.high:
        raise ValueError(f"no number lies between {condition.low} and {condition.high}")


# Numbers in order -----------------------------------------------------------------------------
def order_ranges(condition: Condition) -> Iterator[tuple[int, int]]:
    """The patterns of bits that fulfil a condition on numbers, as ranges, both ends in, of their places in order.

    In order the patterns of a type stand by the numbers they are: negative NaNs first, -0 before +0, positive NaNs
    last. A range whose end is below its beginning is empty.
    """
    t = TYPES[condition.dtype]
    whole = 0, (1 << t.bits) - 1
    infinity = _infinity(condition.dtype) if t.kind == "f" else 0
    numbers = (whole[1] // 2 - infinity, whole[1] // 2 + 1 + infinity) if t.kind == "f" else whole
    if condition.kind == NAN:
        yield from ((whole[0], numbers[0] - 1), (numbers[1] + 1, whole[1]))
        return
    first = _first_above(condition.dtype, numbers, condition.low, or_equal=True)
    after = _first_above(condition.dtype, numbers, condition.high, or_equal=False)
    if condition.kind == INSIDE:
        yield first, after - 1
    else:
        yield from ((numbers[0], first - 1), (after, numbers[1]))


def _first_above(dtype: str, numbers: tuple[int, int], limit: float, or_equal: bool) -> int:
    """The first place in order whose number is above a limit, or equal to it; the one after all if there is none."""
    low, high = numbers[0], numbers[1] + 1
    while low < high:
        middle = (low + high) // 2
        number = _number_at(dtype, middle)
        if number > limit or (or_equal and number == limit):
            high = middle
        else:
            low = middle + 1
    return low


def _number_at(dtype: str, place: int) -> float:
    """The number whose pattern stands at a place."""
    from struct import pack, unpack

    t = TYPES[dtype]
    if t.kind != "f":
        return place + t.low
    top = 1 << t.bits - 1
    bits = place - top if place >= top else (1 << t.bits) - 1 - place
    number: float
    (number,) = unpack("<e", pack("<H", bits)) if t.exponent < 8 else unpack("<f", pack("<I", bits << 32 - t.bits))
    return number


def _infinity(dtype: str) -> int:
    """The pattern of the positive infinity of a type."""
    t = TYPES[dtype]
    return (1 << t.exponent) - 1 << t.significand - 1
