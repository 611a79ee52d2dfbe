"""Where values are asked of a target: a program that brings sources to an op and its results to memory, in time."""

from __future__ import annotations

from collections.abc import Sequence

from conform.build import op as make
from conform.program import Chunk, Program
from conform.target import LIMIT, Target
from conform.timetable import Timetable
from isa.codec import Op
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple
from isa.units import HEMISPHERE_SLICES
from vm.engine import HALTED
from vm.floorplan import position

LEAST_QUADS, LEAST_STREAMS = 2, 16
WEIGHTS_A_LANE, ROWS_OF_VECTORS = 8, 12  # weights fill one row for so many lanes; what vectors and results fill
EAST_SLICES = HEMISPHERE_SLICES  # the number of the first slice in the east
WEST_FLOW = 32


class Rows(NamedTuple):
    """Rows of as many slices as an element has bytes, and the group of streams they travel on."""

    slice: int
    stream: int
    width: int
    first: int


class Ended(Exception):
    """A program that asks for values and ends otherwise than it must."""


class BenchError(Exception):
    """A machine that is too small for the programs that ask for values."""


def require(spec: MachineSpec) -> None:
    """Raises BenchError for a machine that is too small."""
    least = {"quads": LEAST_QUADS, "streams": LEAST_STREAMS, "rows": spec.lanes // WEIGHTS_A_LANE + ROWS_OF_VECTORS}
    for parameter, wanted in least.items():
        if getattr(spec, parameter) < wanted:
            raise BenchError(
                f"values are asked of machines with {parameter} = {wanted} or more; {spec.name} has "
                f"{getattr(spec, parameter)}"
            )


class Bench:
    """A program in the making, on a machine; element k of a list is lane k mod lanes of row k div lanes."""

    def __init__(self, spec: MachineSpec) -> None:
        require(spec)
        self.spec = spec
        self.table = Timetable()
        self.memory: list[Chunk] = []
        self.zero = spec.positions + max(1, spec.quads) + 4  # a cycle before which all can be read that is needed then

    def address(self, slice_number: int, row: int) -> int:
        hemisphere, index = divmod(slice_number, HEMISPHERE_SLICES)
        return BYTES_PER_WORD * self.spec.word_address(hemisphere, index, 0, row)

    def store(self, rows: Rows, elements: Sequence[int]) -> None:
        """Have elements in memory when the program begins."""
        for k in range(rows.width):
            data = bytes(element >> 8 * k & 0xFF for element in elements)
            self.memory.append(Chunk(self.address(rows.slice + k, rows.first), data))

    def put(self, cycle: int, op: Op) -> None:
        if not self.table.put(cycle, op):
            raise AssertionError(f"{op.unit} is taken in cycle {cycle}")

    def bring(self, cycle: int, user: Op, rows: Rows, **burst: int) -> None:
        """Read rows so that an op that issues in a cycle samples them."""
        suffix = f".{rows.width}" if rows.width > 1 else ""
        read = make(f"read{suffix} stream, slice[row]", slice=rows.slice, stream=rows.stream, row=rows.first, **burst)
        self.put(cycle - self.distance(read, user) - read.latency, read)

    def take(self, cycle: int, maker: Op, rows: Rows, **burst: int) -> None:
        """Write the results of an op that issues in a cycle."""
        suffix = f".{rows.width}" if rows.width > 1 else ""
        write = make(f"write{suffix} slice[row], stream", slice=rows.slice, stream=rows.stream, row=rows.first, **burst)
        self.put(cycle + maker.latency + self.distance(maker, write), write)

    def distance(self, a: Op, b: Op) -> int:
        """The hops between two ops."""
        return abs(position(self.spec, a.row, a.fields) - position(self.spec, b.row, b.fields))

    def program(self) -> Program:
        return Program(self.spec, tuple(map(tuple, self.table.bundles())), tuple(sorted(self.memory)))

    def fetch(self, target: Target, rows: Rows, count: int) -> list[int]:
        """Elements in a target's memory. Raises TargetError."""
        planes = [target.memory(self.address(rows.slice + k, rows.first), count) for k in range(rows.width)]
        return [int.from_bytes(bytes(element), "little") for element in zip(*planes, strict=True)]


def run(target: Target, program: Program, limit: int = LIMIT) -> None:
    """Run a program to its end. Raises TargetError, and Ended for one that faults or goes on."""
    target.load(program.image(), program.uninit, program.strict)
    outcome = target.run(limit)
    if outcome.status != HALTED:
        why = outcome.fault.name if outcome.fault else outcome.status
        raise Ended(f"{why} in cycle {outcome.cycle}")
