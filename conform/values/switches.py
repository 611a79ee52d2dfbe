"""The oracle of each row of the switches: whole vectors of elements, [lanes] or, of a transposition, [16, lanes]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from conform.values.elements import chosen, soft
from conform.values.libraries import NUMPY, PYTHON, SOFTFLOAT, library
from conform.values.numbers import is_float, wrapped
from isa.machine import LANES_PER_SUPERLANE
from isa.row import Row

NO_LANE = 0xFFFF  # the entry of a map that gives zero
F32 = "f32"
Bits: TypeAlias = list[int]
Vector: TypeAlias = Callable[[Row, Mapping[str, int], list[Bits]], Bits]


def shifted(up: bool, edge: bool) -> Vector:
    """Lanes moved by `amount`, zeros or the edge lane entering."""

    def shift(_: Row, fields: Mapping[str, int], sources: list[Bits]) -> Bits:
        (a,) = sources
        by = min(fields["amount"], len(a))
        if up:
            return [a[0] if edge else 0] * by + a[: len(a) - by]
        return a[by:] + [a[-1] if edge else 0] * by

    return shift


def selected(_: Row, fields: Mapping[str, int], sources: list[Bits]) -> Bits:
    """The lanes below `amount` of the first, the others of the second."""
    a, b = sources
    return a[: fields["amount"]] + b[fields["amount"] :]


def permuted(_: Row, __: Mapping[str, int], sources: list[Bits]) -> Bits:
    """The second source is the map."""
    a, entries = sources
    return [0 if entry == NO_LANE else a[entry] for entry in entries]


def distributed(_: Row, __: Mapping[str, int], sources: list[Bits]) -> Bits:
    a, entries = sources
    return [
        0 if entry == NO_LANE else a[lane // LANES_PER_SUPERLANE * LANES_PER_SUPERLANE + entry]
        for lane, entry in enumerate(entries)
    ]


def transposed(_: Row, __: Mapping[str, int], sources: list[Bits]) -> Bits:
    """Sixteen streams, one after the other: within a superlane lane l of stream j is lane j of stream l."""
    np = library("numpy")
    blocks = np.array(sources[0]).reshape(LANES_PER_SUPERLANE, -1, LANES_PER_SUPERLANE)
    found: Bits = blocks.transpose(2, 1, 0).ravel().tolist()
    return found


def reduced(combine: Callable[[Row, Bits], int]) -> Vector:
    """Every lane gets what becomes of all lanes, or of its superlane's where `span` is 1."""

    def reduce(row: Row, fields: Mapping[str, int], sources: list[Bits]) -> Bits:
        (a,) = sources
        size = LANES_PER_SUPERLANE if fields["span"] else len(a)
        return [combine(row, a[first : first + size]) for first in range(0, len(a), size) for _ in range(size)]

    return reduce


def added(row: Row, span: Bits) -> int:
    """Integers wrap; floats are added as a tree, neighbours level by level, a last one alone passing up."""
    if not is_float(row.type):
        return wrapped(sum(span), row.type)
    while len(span) > 1:
        pairs = [soft("add", F32, a, b) for a, b in zip(span[::2], span[1::2], strict=False)]
        span = pairs + span[len(span) // 2 * 2 :]
    return span[0]


def greatest(row: Row, span: Bits) -> int:
    return chosen(max, row.type).of(*span)


def least(row: Row, span: Bits) -> int:
    return chosen(min, row.type).of(*span)


SWITCHES: dict[str, tuple[str, Vector]] = {
    "shift.up": (PYTHON, shifted(True, False)),
    "shift.down": (PYTHON, shifted(False, False)),
    "shift.up.edge": (PYTHON, shifted(True, True)),
    "shift.down.edge": (PYTHON, shifted(False, True)),
    "select": (PYTHON, selected),
    "permute": (PYTHON, permuted),
    "distribute": (PYTHON, distributed),
    "transpose": (NUMPY, transposed),
    "reduce.add": (SOFTFLOAT, reduced(added)),
    "reduce.max": (PYTHON, reduced(greatest)),
    "reduce.min": (PYTHON, reduced(least)),
}
