"""One cycle of the tensor face: what its elements see, and what they will have done once all have seen it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from isa.machine import MachineSpec
from isa.places import V_REGISTERS
from isa.records import NamedTuple, dataclass, field
from vm.floorplan import position
from vm.reference.bursts import Burst, Element
from vm.reference.claims import Claims
from vm.reference.face import Exit, Face, Sums, VectorWrite, Weights
from vm.reference.memory import REGISTER, Memory
from vm.reference.program import Group
from vm.reference.streams import Lines, Place, check_whole, held
from vm.reference.trouble import Trouble
from vm.reference.values import Maker, Planes, Value, gathered

Addresses: TypeAlias = NDArray[np.int64]


class Store(NamedTuple):
    """Bytes for SRAM, and the address of each: both [width, lanes]."""

    addresses: Addresses
    planes: Planes


@dataclass(slots=True)
class Cycle:
    """Cycle `number`: the state it began with, the streams one hop on, and below what its elements do.

    `taken` are the planes whose exit was taken, `installed` those whose buffer becomes the array.
    """

    spec: MachineSpec
    memory: Memory
    face: Face
    claims: Claims
    number: int
    arriving: Lines = field(init=False)
    sampled: list[Value] = field(default_factory=list)
    results: dict[int, dict[Place, Value]] = field(default_factory=dict)
    vector_writes: list[VectorWrite] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    accumulators: dict[tuple[int, int], Sums] = field(default_factory=dict)
    installed: list[int] = field(default_factory=list)
    loaded: list[tuple[int, Weights]] = field(default_factory=list)
    maps: dict[tuple[int, int], Planes] = field(default_factory=dict)
    bursts: list[Burst] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.arriving = self.face.streams.moved()

    # Units ------------------------------------------------------------------------------------
    def start(self, burst: Burst) -> None:
        """Take the units of an op. Raises Trouble at the first that a running burst holds."""
        for unit in burst.op.claims:
            for other in self.face.bursts:
                if unit in other.op.claims:
                    raise Trouble("E-UNIT-BUSY", resource=unit, **other.as_other)
        self.bursts.append(burst)

    # Streams ----------------------------------------------------------------------------------
    def sample(self, element: Element) -> list[Planes]:
        """What the groups of streams hold that an op samples, in operand order. Raises Trouble."""
        here = position(self.spec, element.op.row, element.op.fields)
        found = [self._group(source, here) for source in element.op.sources]
        for source, values in zip(element.op.sources, found, strict=True):
            check_whole(values, source, here)
            self.sampled += values
        return [gathered(values) for values in found]

    def _group(self, source: Group, here: int) -> list[Value]:
        return [held(self.arriving, source, k, here) for k in range(source.width)]

    def emit(self, element: Element, *results: Planes) -> None:
        """Send results to the groups of streams that an op names. Raises Trouble where another lands."""
        landing, maker = self.number + element.op.latency, self.maker(element)
        here = position(self.spec, element.op.row, element.op.fields)
        for group, planes in zip(element.op.results, results, strict=True):
            for k in range(group.width):
                self._check_clash(landing, (group.stream + k, here))
            for k in range(group.width):
                origins = None if planes.origins is None else planes.origins[k]
                value = Value(maker, group.width, k, planes.data[k], origins)
                self.results.setdefault(landing, {})[group.stream + k, here] = value

    def _check_clash(self, landing: int, place: Place) -> None:
        for results in (self.results, self.face.streams.due):
            if place in results.get(landing, ()):
                where = {"stream": place[0], "position": place[1], "address": landing, "other_landing": landing}
                raise Trouble("E-STREAM-CLASH", **where, **results[landing][place].maker.as_other)

    def maker(self, element: Element) -> Maker:
        return Maker(self.number, element.op.unit, element.pc, element.op.slot, element.number)

    # Registers --------------------------------------------------------------------------------
    def unset(self, width: int, **numbers: int) -> Planes:
        """What a register never set reads as. Raises Trouble with these numbers where that faults."""
        byte = self.memory.unset(**numbers)
        data = np.full((width, self.spec.lanes), byte, np.uint8)
        origins = None if self.memory.origins is None else np.full(data.shape, REGISTER, np.uint32)
        return Planes(data, origins)

    def write_vector(self, element: Element, register: int, planes: Planes) -> None:
        """Send a result to a v register. Raises Trouble where another lands in the same cycle."""
        landing = self.number + element.op.latency
        for write in (*self.face.vector_writes, *self.vector_writes):
            if (write.register, write.landing) == (register, landing):
                other = {**write.maker.as_other, "other_landing": landing}
                raise Trouble("E-WRITE-CLASH", resource=V_REGISTERS + register, address=landing, **other)
        self.vector_writes.append(VectorWrite(landing, register, self.maker(element), planes))
