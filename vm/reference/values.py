"""What flows on the tensor face: bytes of every lane, who made them, and what never-written byte they depend on."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from isa.records import dataclass
from vm.reference.memory import CLEAN

Bytes: TypeAlias = NDArray[np.uint8]
Words: TypeAlias = NDArray[Any]  # unsigned, of 1, 2 or 4 bytes: the bits of one element per lane
Origins: TypeAlias = NDArray[np.uint32]  # of lanes or bytes, see vm.reference.memory: CLEAN, or what was never written


@dataclass(frozen=True, slots=True)
class Maker:
    """The element that made a result: issue cycle and unit name the result, the others the op."""

    issued: int
    unit: int
    pc: int
    slot: int
    element: int

    @property
    def as_other(self) -> dict[str, int]:
        """The other party of a fault, as numbers of a RawFault."""
        return {
            "other_pc": self.pc, "other_slot": self.slot, "other_cycle": self.issued, "other_element": self.element,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planes:
    """`data` is uint8[width, lanes], byte k of every lane in row k; `origins` are those of each byte, if any."""

    data: Bytes
    origins: Origins | None = None

    @property
    def width(self) -> int:
        return len(self.data)

    @property
    def lane_origins(self) -> Origins | None:
        """The first origin among the bytes of each lane."""
        return None if self.origins is None else first_origin(*self.origins)

    def words(self, width: int = 0) -> Words:
        """The low `width` bytes (0: all) of each lane as one number, uint[lanes]."""
        low = self.data[: width or None]
        if len(low) == 1:
            return np.asarray(low[0])
        lanes: Words = np.ascontiguousarray(low.T).view(f"<u{len(low)}")[:, 0]
        return lanes


def planes(words: Words, origins: Origins | None = None) -> Planes:
    """The bytes of one number per lane, all of which have the lane's origin."""
    data = np.ascontiguousarray(words.view(np.uint8).reshape(len(words), -1).T)
    return Planes(data, None if origins is None else np.repeat(origins[np.newaxis], len(data), axis=0))


@dataclass(eq=False, slots=True)
class Value:
    """One byte of a result on a stream: byte `byte` of `width`, uint8[lanes]; `origins` uint32[lanes]."""

    maker: Maker
    width: int
    byte: int
    data: Bytes
    origins: Origins | None = None
    sampled: bool = False


def gathered(group: list[Value]) -> Planes:
    """The planes that a group of streams holds."""
    return Planes(np.array([value.data for value in group]), stacked([value.origins for value in group]))


def stacked(rows: list[Origins | None]) -> Origins | None:
    """Origins of several rows of lanes as one array; where a row has none it is clean, and None where none has."""
    known = [row for row in rows if row is not None]
    return np.array([np.zeros_like(known[0]) if row is None else row for row in rows]) if known else None


def chosen(choice: NDArray[np.bool_], a: Origins | None, b: Origins | None) -> Origins | None:
    """Those of a where the choice holds, else those of b."""
    if a is None and b is None:
        return None
    return np.where(choice, np.uint32(CLEAN) if a is None else a, np.uint32(CLEAN) if b is None else b)


def first_origin(*origins: Origins | None) -> Origins | None:
    """Lane by lane the first that is not CLEAN; None when there are none at all."""
    known = [each for each in origins if each is not None]
    if not known:
        return None
    found = known[0]
    for each in known[1:]:
        found = np.where(found == CLEAN, each, found)
    return found
