"""A place of the state that can be written, watched or asked about, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.expr.values import Array

REGISTER, VECTOR, ACCUMULATOR, MEMORY, STREAM = "register", "vector", "accumulator", "memory", "stream"
ALL_LANES, NOWHERE = -1, -1


class Addresses(Sequence[int]):
    """Addresses of bytes in SRAM, which are not computed before one is asked for: there may be very many."""

    def __init__(self, count: int, compute: Callable[[], Array]) -> None:
        self._count = count
        self._compute = compute

    @cached_property
    def array(self) -> Array:
        """All of them, int64[bytes]."""
        return self._compute()

    def runs(self) -> list[range]:
        """The same as runs of bytes side by side, in order of addresses."""
        import numpy as np

        if not self._count:
            return []
        ordered = np.unique(self.array)
        ends = np.flatnonzero(np.diff(ordered) > 1)
        firsts, lasts = ordered[[0, *(ends + 1)]].tolist(), ordered[[*ends, -1]].tolist()
        return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        found = self.array[index]
        return tuple(found.tolist()) if isinstance(index, slice) else int(found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Addresses({', '.join(map(hex, self[:4]))}{', ...' if self._count > 4 else ''})"


class Target(NamedTuple):
    """`kind` says which numbers count.

    "register": `number` 0 to 31, 32 the condition code. "vector": v register `number`. "accumulator": row `number` of
    plane `place`. "stream": stream `number` (se0 0, sw0 32), of a group the first, on leaving position `place`, which
    is the one before that it comes to in this cycle.
    "memory": `bytes` of the linear map, element after element, of each the lowest first. `lane` is that of the one
    element, or ALL_LANES.
    """

    text: str
    kind: str
    number: int = NOWHERE
    place: int = NOWHERE
    lane: int = ALL_LANES
    bytes: Sequence[int] = ()
    element_bytes: int = 4
    dtype: str = "u32"
    shape: tuple[int, ...] = ()
