"""Laws of names: a program does the same with other registers, streams, slices, banks, planes, hemispheres, lanes."""

from __future__ import annotations

from random import Random

from conform.laws.facts import (
    can_move_memory,
    constants,
    has_whole_rows,
    ops_of,
    rows_accessed,
    widest_access,
    widest_group,
)
from conform.laws.law import Twin, same_cycle
from conform.laws.renaming import Numbers, Renaming
from conform.laws.view import only_when
from conform.program import Program
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.places import SCALAR_COUNT, WEST_FLOW
from isa.row import MEM, SLICE_ROW, Row
from isa.units import HEMISPHERE_SLICES
from vm.tensor_state import ACCUMULATOR_ROWS

MAPS = 8
BANKS = 2


def renamed(program: Program, renaming: Renaming) -> Twin:
    """The program in other names; which op is the fault may change with the order of units."""
    return Twin(renaming.program(program), lambda view: only_when(renaming.view(view)), only_when, same_cycle)


def shuffled(rng: Random, things: range | list[int]) -> Numbers:
    """A permutation of some numbers, none of which stays; others do."""
    order = rng.sample(things, len(things))
    to = dict(zip(order, order[1:] + order[:1], strict=True))
    return lambda number: to.get(number, number)


def keeps_lanes(row: Row) -> bool:
    """Whether an op does to each lane the same, or names the one lane it is about."""
    if any(each.kind == MEM for each in row.operands):
        return False
    if row.tensor or not row.memory:
        return not row.crosses
    return "lane" in row.format.names


# Registers, streams, units ----------------------------------------------------------------------
def registers(program: Program, rng: Random) -> Twin | None:
    """Scalar registers in any order."""
    order = shuffled(rng, range(SCALAR_COUNT))
    renaming = Renaming(program.spec, register=order)
    return Twin(renaming.program(program), renaming.view, cycle=same_cycle)


def streams(program: Program, rng: Random) -> Twin | None:
    """Groups of streams in any order, east among themselves and west among themselves; groups as large as any used."""
    size = widest_group(program)
    count = program.spec.streams // size
    if count < 2:
        return None
    orders = [shuffled(rng, range(count)) for _ in range(HEMISPHERES)]

    def to(stream: int) -> int:
        base, number = divmod(stream, WEST_FLOW)
        group, rest = divmod(number, size)
        return base * WEST_FLOW + orders[base](group) * size + rest

    return renamed(program, Renaming(program.spec, stream=to))


def vector_alus(program: Program, rng: Random) -> Twin | None:
    """Vector ALUs, with their v registers, in any order."""
    return renamed(program, Renaming(program.spec, alu=shuffled(rng, range(program.spec.vxm_alus))))


def planes(program: Program, rng: Random) -> Twin | None:
    """The two planes of each hemisphere exchanged, where no type takes both."""
    pairs = any(one.row.claims > 1 for one in ops_of(program) if "plane" in one.row.format.names)
    if pairs or not program.spec.has_plane(1):
        return None
    return renamed(program, Renaming(program.spec, plane=lambda plane: plane ^ 1))


def rows_of_sums(program: Program, rng: Random) -> Twin | None:
    """Accumulator rows so many further on, where that leaves all inside."""
    ends = [one["acc"] + one["n"] for one in ops_of(program) if "acc" in one.row.format.names]
    room = ACCUMULATOR_ROWS - max(ends, default=0)
    if room < 1 or not ends:
        return None
    by = rng.randint(1, room)
    return renamed(program, Renaming(program.spec, acc=lambda row: row + by))


def maps(program: Program, rng: Random) -> Twin | None:
    """Map registers in any order."""
    return renamed(program, Renaming(program.spec, number=shuffled(rng, range(MAPS))))


# Memory -----------------------------------------------------------------------------------------
def slices(program: Program, rng: Random) -> Twin | None:
    """The slices of each quad in another order that keeps those together that are accessed together."""
    if not can_move_memory(program):
        return None
    flips = {}
    for quad in range(HEMISPHERES * HEMISPHERE_SLICES // SLICES_PER_QUAD):
        first = quad * SLICES_PER_QUAD
        widest = widest_access(program, range(first, first + SLICES_PER_QUAD))
        flips[quad] = widest * rng.randrange(1, SLICES_PER_QUAD // widest) if widest < SLICES_PER_QUAD else 0
    return renamed(program, Renaming(program.spec, slice=lambda number: number ^ flips[number // SLICES_PER_QUAD]))


def banks(program: Program, rng: Random) -> Twin | None:
    """The two banks of every slice exchanged, where each op stays in one."""
    if program.spec.banks != BANKS or not can_move_memory(program):
        return None
    known = constants(program)
    for one in ops_of(program):
        if any(each.kind == SLICE_ROW for each in one.row.operands):
            rows = rows_accessed(one, known)
            if rows is None or rows[0] // program.spec.rows != rows[-1] // program.spec.rows:
                return None
    return renamed(program, Renaming(program.spec, bank=lambda bank: bank ^ 1 if bank < BANKS else bank))


# The floorplan ----------------------------------------------------------------------------------
def mirror(program: Program, rng: Random) -> Twin | None:
    """West for east and east for west: slices, streams, planes, switches."""
    return renamed(program, mirrored(program.spec)) if can_move_memory(program) else None


def mirrored(spec: MachineSpec) -> Renaming:
    return Renaming(
        spec, stream=lambda stream: stream ^ WEST_FLOW, slice=lambda number: number ^ HEMISPHERE_SLICES,
        plane=lambda plane: plane ^ HEMISPHERES, hemi=lambda hemi: hemi ^ 1,
        position=lambda position: spec.positions - 1 - position,
    )  # fmt: skip


def lanes(program: Program, rng: Random) -> Twin | None:
    """Lanes in any order, where each op treats all alike and apart, and memory holds whole rows."""
    if not has_whole_rows(program) or not all(keeps_lanes(one.row) for one in ops_of(program)):
        return None
    return renamed(program, Renaming(program.spec, lane=shuffled(rng, range(program.spec.lanes))))
