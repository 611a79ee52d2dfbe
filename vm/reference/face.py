"""The state of the tensor face: streams, v registers, planes, maps, bursts, and what was lost."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from isa.records import dataclass, field
from vm.reference.bursts import Burst
from vm.reference.streams import Streams
from vm.reference.values import Bytes, Maker, Origins, Planes, Words


@dataclass(frozen=True, slots=True)
class VectorWrite:
    """A result on its way to a v register."""

    landing: int
    register: int
    maker: Maker
    planes: Planes


@dataclass(slots=True)
class Weights:
    """What the buffer or the array of a plane holds: uint8[lanes, lanes], row k for element k of an activation.

    i4 is sign-extended; of a 16-bit type an even plane holds the low bytes and its neighbour the high ones.
    `loaded` says which rows were; `origins` is uint32[lanes, lanes], in tainted runs only.
    """

    type: str
    data: Bytes
    loaded: NDArray[np.bool_]
    origins: Origins | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """An accumulator row, or what stands at an exit: 32 bits a lane, uint32[lanes]."""

    words: Words
    origins: Origins | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """A result that stands at the exit of `plane` in cycle `landing`: i32, or (`floats`) f32."""

    plane: int
    landing: int
    maker: Maker
    floats: bool
    sums: Sums


@dataclass(slots=True)
class Face:
    """All of it, as it stands at the start of a cycle. Accumulator rows by (plane, row), maps by (switch, number).

    `lost` counts results that nobody sampled, by (pc, slot, stream).
    """

    streams: Streams
    vectors: dict[int, Planes] = field(default_factory=dict)
    vector_writes: list[VectorWrite] = field(default_factory=list)
    buffers: dict[int, Weights] = field(default_factory=dict)
    arrays: dict[int, Weights] = field(default_factory=dict)
    exits: list[Exit] = field(default_factory=list)
    accumulators: dict[tuple[int, int], Sums] = field(default_factory=dict)
    maps: dict[tuple[int, int], Planes] = field(default_factory=dict)
    bursts: list[Burst] = field(default_factory=list)
    lost: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    @property
    def idle(self) -> bool:
        """Whether nothing moves, lands or issues by itself."""
        return not (self.bursts or self.exits or self.vector_writes) and self.streams.idle

    def land(self, cycle: int) -> None:
        """Make visible the results for v registers that are due."""
        for write in [write for write in self.vector_writes if write.landing <= cycle]:
            self.vectors[write.register] = write.planes
            self.vector_writes.remove(write)
