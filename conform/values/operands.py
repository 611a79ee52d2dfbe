"""Operands that are worth trying: edges of all types of a width, all pairs of them, and any others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from random import Random

from isa.types import TYPES

BYTE = 8
# f32 whose functions lie nearest to the border of two results, with the ends of what over- and underflows.
HARD = (
    0xC16912CD, 0xBBF0EDF1, 0x377EFF81, 0x4288942B, 0xC2B2E798, 0x33000000, 0xB52D1F9A, 0xBCF3A937, 0x3F4746F3,
    0x3EA07AB9, 0x40207AB9, 0x3AC37DE2, 0x40ACB4D0, 0x34000000, 0xB4A00000, 0x013A18E3, 0x143A18E3, 0x643A18E3,
    0x42B17218, 0x42B17217, 0xC2AEAC50, 0xC2CFF1B5, 0xC2CFF1B4, 0x43000000, 0xC3160000, 0xC3150000, 0x41102CB3,
)  # fmt: skip


@cache
def edges(width: int) -> tuple[int, ...]:
    """Bits of a width: small and great integers, and of its floats zeros, ones, halves, subnormals, infinities, NaN."""
    found = set(range(4)) | {1 << k for k in range(BYTE * width)} | {0x55555555, 0xAAAAAAAA, 100}
    for t in TYPES.values():
        if t.kind == "f" and t.planes == width:
            found |= float_edges(t.significand, t.exponent)
    if width == TYPES["f32"].planes:
        found |= set(HARD) | {bits << 16 | low for bits in float_edges(8, 8) for low in (0x7FFF, 0x8000, 0x8001)}
    mask = (1 << BYTE * width) - 1
    return tuple(sorted({bits & mask for bits in found} | {~bits & mask for bits in found}))


def float_edges(significand: int, exponent: int) -> set[int]:
    """Bits of a float type: what lies on both sides of where something begins."""
    step, top = 1 << significand - 1, (1 << exponent) - 1
    one = (1 << exponent - 1) - 1
    ones = [one + by for by in (-1, 0, 1, BYTE, significand - 1, significand, 31)]
    near = {place * step + by for place in (0, 1, 2, *ones, top - 1, top) for by in (-1, 0, 1, step // 2)}
    signs = {0, 1 << significand + exponent - 1}
    return {sign + bits for bits in near if 0 <= bits < top * step + step for sign in signs}


def any_bits(rng: Random, width: int) -> int:
    return rng.getrandbits(BYTE * width)


def one(rng: Random, width: int) -> int:
    """An edge as often as not, or anything."""
    return rng.choice(edges(width)) if rng.randrange(2) else any_bits(rng, width)


def sets(rng: Random, widths: Sequence[int], count: int) -> list[list[int]]:
    """`count` operands for each source: first all edges, or all combinations of them if they are as many, then any."""
    every = [edges(width) for width in widths]
    combinations = 1
    for each in every:
        combinations *= len(each)
    if combinations <= count:
        rows = list(product(*every))
    else:
        rows = [tuple(rng.choice(each) for each in every) for _ in range(count // 2)]
    rows += [tuple(one(rng, width) for width in widths) for _ in range(count - len(rows))]
    return [list(column) for column in zip(*rows, strict=True)]
