"""Wild tensor programs: streams flooded with values, and any ops at any cycles among them.

Most break a rule sooner or later, many break several in one cycle: which one is the fault must be agreed on.
"""

from __future__ import annotations

from random import Random

from conform.build import op
from conform.generate import GENERAL
from conform.tensor_ops import BASES, WORDS, any_op, any_row
from conform.timetable import Timetable
from isa import codec
from isa.codec import Op
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.places import STREAMS, WEST_FLOW
from isa.row import READ, STREAM, Row
from isa.table import SCALAR_ROWS
from isa.units import HEMISPHERE_SLICES
from vm.floorplan import position

GROUP = 4
SPAN = 40  # cycles in which ops issue
TYPES = {1: "u8", 2: "u16", 4: "i32"}
SCALAR = [row for row in SCALAR_ROWS if not row.control]


def any_machine(rng: Random) -> MachineSpec:
    """A machine with few of everything."""
    return MachineSpec(
        "odd",
        superlanes=rng.choice((1, 2, 3, 3, 5)),
        quads=rng.randint(1, 5),
        banks=rng.randint(1, 2),
        rows=rng.choice((8, 16, 40, 64)),
        streams=rng.choice((4, 12, 16, 20, 32, 32, 32)),
        vxm_alus=rng.choice((1, 3, 16, 16)),
        mxm_planes=rng.choice((0, 2, 4, 4)),
    )


def wild_program(rng: Random, spec: MachineSpec) -> Timetable:
    """A flood, then anything."""
    table = Timetable({0: flood(rng, spec)})
    busy = rng.randint(1, SPAN)
    for _ in range(rng.randint(1, 14)):
        one = downstream(rng, spec, any_op(rng, spec, any_row(rng, spec)))
        if "ra" in one.row.format.names and rng.randrange(4) == 0:
            one = one.with_field("ra", rng.choice(GENERAL))
        table.put(rng.choice((busy, rng.randint(1, SPAN))), one)
    for _ in range(rng.randint(0, 3)):
        table.put(rng.randint(0, SPAN), any_scalar(rng, spec, rng.choice(SCALAR)))
    return table


def downstream(rng: Random, spec: MachineSpec, op: Op) -> Op:
    """The op sampling streams that flow away from the vector unit, as most of the flood does; sometimes as it was."""
    here = position(spec, op.row, op.fields)
    for operand in op.row.operands:
        if operand.kind == STREAM and operand.role == READ and not operand.flow and rng.randrange(8):
            base = WEST_FLOW if here < spec.vxm_position else 0
            op = op.with_field(operand.fields[0], base + op[operand.fields[0]] % STREAMS)
    return op


def any_scalar(rng: Random, spec: MachineSpec, row: Row) -> Op:
    """An op of a scalar row; of the memory, near where tensor ops go."""
    values = {field.name: rng.randint(field.low, field.high) for field in row.format.fields}
    values |= {name: rng.choice(BASES if row.memory else GENERAL) for name in row.reads}
    near = {"disp": spec.words - 1, "row": spec.rows * spec.banks, "lane": spec.lanes - 1, "scale": 3}
    values |= {name: rng.randint(0, most) for name, most in near.items() if name in values}
    if "slice" in values:
        values["slice"] = HEMISPHERE_SLICES * rng.randrange(HEMISPHERES) + rng.randrange(spec.slices)
    if "imm" in values:
        values["imm"] = rng.choice(WORDS)
    if "u" in values:
        values["u"] = rng.randrange(row.instances)
    return codec.make(row, **values)


def flood(rng: Random, spec: MachineSpec) -> list[Op]:
    """Long bursts that fill streams: reads in outer quads, moves on the vector ALUs."""
    free = [base + first for base in (0, WEST_FLOW) for first in range(0, spec.streams, GROUP)]
    found = [reading(rng, hemisphere, quad, free) for hemisphere in range(HEMISPHERES) for quad in range(spec.quads)]
    rng.shuffle(free)
    found += [moving(rng, unit, free.pop()) for unit in range(min(spec.vxm_alus, len(free)))]
    return rng.sample(found, rng.randint(len(found) // 2 + 1, len(found)))


def reading(rng: Random, hemisphere: int, quad: int, free: list[int]) -> Op:
    place = hemisphere * HEMISPHERE_SLICES + quad * SLICES_PER_QUAD
    stream = rng.choice(free)
    return op("read.4 stream, slice[row]", slice=place, stream=stream, n=length(rng), stride=rng.randint(0, 1))


def moving(rng: Random, unit: int, group: int) -> Op:
    width = rng.choice((4, 4, 4, 2, 1))
    first = group + rng.randrange(0, GROUP, width)
    imm = rng.choice(WORDS) & (1 << 8 * width) - 1
    return op(f"vmov.{TYPES[width]} dst, imm", u=unit, dst=first, imm=imm, n=length(rng))


def length(rng: Random) -> int:
    return rng.choice((6, 20, 40, 60))
