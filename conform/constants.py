"""Smaller programs by constants: what was read or computed for an op comes from an immediate instead.

Each candidate is a straight program in which one op finds the numbers that it found in one lane, in all lanes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from conform.build import op
from conform.program import Program
from conform.straight import Run, Timed, is_straight, packed, starts, timed
from isa.codec import Op, make
from isa.machine import MachineSpec
from isa.places import SCALAR_COUNT, SCALARS, V_REGISTERS, WEST_FLOW, flows_west, is_scalar, is_stream, is_v
from isa.records import NamedTuple
from isa.row import BURST_FIELDS, READ, STREAM, Row
from isa.table import ROWS
from isa.units import VXM, A
from vm.engine import State
from vm.floorplan import position
from vm.items import Value, Vector

WORD = 0xFFFFFFFF
LANES = 6  # whose numbers are tried
MOV = "mov rd, imm"
VMOV = {1: "vmov.u8 dst, imm", 2: "vmov.u16 dst, imm", 4: "vmov.u32 dst, imm"}
WIDEST = 4
Lanes = list[bytes]  # what a lane finds, for each lane
Place = tuple[int, int]  # the bundle's address and the slot of an op


class Found(NamedTuple):
    """What an op finds on streams or in a v register: bytes of each lane, and the ops that they come from."""

    lanes: Lanes
    makers: frozenset[Place]


def constants(program: Program) -> Iterator[Program]:
    """Programs in which an op finds constants, and what it came from is left out."""
    if not is_straight(program):
        return
    run, ops, end = Run(program), timed(program), starts(program)[-1]
    for cycle in sorted(ops, reverse=True):
        for one in ops[cycle]:
            state = run.at(cycle)
            if state:
                edits = Edits(program.spec, run, ops, cycle, one, state)
                yield from (packed(program, each, end) for each in edits.all())


class Edits:
    """What can be done to one op that issues in a cycle."""

    def __init__(self, spec: MachineSpec, run: Run, ops: Timed, cycle: int, one: Op, state: State) -> None:
        self.spec, self.run, self.ops = spec, run, ops
        self.cycle, self.one, self.state = cycle, one, state

    def all(self) -> Iterator[Timed]:
        yield from self.immediate()
        if self.one.row.write and self.one.row.key != MOV:
            yield from self.folded()
        if self.one.row.units.where == VXM:
            yield from self.broadcast()
        elif self.one.row.tensor:
            yield from self.supplied()

    # Scalar ops -------------------------------------------------------------------------------
    def folded(self) -> Iterator[Timed]:
        """The number that an op writes, written by a `mov`."""
        register, after = self.one[self.one.row.write or ""], self.run.at(self.cycle + 1)
        if after:
            known = {write.register: write.value for write in after.in_flight if write.issued == self.cycle}
            value = known.get(register, after.registers[register])
            found = self.without(frozenset(), self.one)
            if put(found, self.cycle, lambda unit: op(MOV, u=unit, rd=register, imm=value), range(len(A.names))):
                yield found

    def immediate(self) -> Iterator[Timed]:
        """An op that has an immediate or a row for a register, with what the register holds."""
        fields = self.one.fields
        for row in forms(self.one.row):
            gone = [name for name in self.one.row.reads if name not in row.reads]
            values = [self.state.registers[fields[name]] for name in gone]
            if len(gone) != 1 or not values:
                continue
            kept = {name: value for name, value in fields.items() if name in row.format.names}
            where = "imm" if "imm" in row.format.names and "imm" not in fields else "row"
            if where in row.format.names:
                number = kept.get(where, 0) + values[0] & WORD
                yield self.without(frozenset(), self.one, make(row, **{**kept, where: number}))

    # Vector ALUs ------------------------------------------------------------------------------
    def broadcast(self) -> Iterator[Timed]:
        """All vector operands of an op in scalar registers: the numbers of a lane."""
        names = [name for name in self.one.row.vector_reads if not is_scalar(self.one[name])]
        held = [self.held(name) for name in names]
        found = [each for each in held if each]
        if not found or len(found) < len(names):
            return
        for values in distinct([each.lanes for each in found]):
            yield from self.in_registers(names, values, frozenset().union(*(each.makers for each in found)))

    def held(self, name: str) -> Found | None:
        """What a vector operand finds."""
        operand = next(each for each in self.one.row.operands if each.fields[0] == name)
        number = self.one[name]
        if is_stream(number):
            return sampled(self.spec, self.state, self.spec.vxm_position, number, operand.width)
        for item in self.state.tensor if is_v(number) else ():
            if isinstance(item, Vector) and item.register == number - V_REGISTERS and item.width >= operand.width:
                planes = [item.data[k * self.spec.lanes :][: self.spec.lanes] for k in range(operand.width)]
                return Found([bytes(lane) for lane in zip(*planes, strict=True)], self.writers(number))
        return None

    def writers(self, number: int) -> frozenset[Place]:
        """The last op before this one that writes a v register."""
        places = {self.run.bundle(state): state.pc for state in self.run.states[: self.cycle]}
        found = [
            (places[bundle], slot)
            for bundle, ops in enumerate(self.run.program.bundles)
            if bundle in places
            for slot, one in enumerate(ops)
            if one.row.units.where == VXM and one["dst"] == number
        ]
        return frozenset(found[-1:])

    def in_registers(self, names: Sequence[str], values: Sequence[bytes], makers: frozenset[Place]) -> Iterator[Timed]:
        free = free_registers(self.ops)
        if len(free) < len(names):
            return
        changed = self.one
        for name, register in zip(names, free, strict=False):
            changed = changed.with_field(name, SCALARS + register)
        found = self.without(makers, self.one, changed)
        for value, register in zip(values, free, strict=False):
            imm = int.from_bytes(value, "little")
            if not put_before(found, self.cycle, register, imm):
                return
        yield found

    # Others -----------------------------------------------------------------------------------
    def supplied(self) -> Iterator[Timed]:
        """What an op samples comes from the vector ALUs, on streams that flow away from them: the bytes of a lane."""
        where, vxm = position(self.spec, self.one.row, self.one.fields), self.spec.vxm_position
        operands = [each for each in self.one.row.operands if each.kind == STREAM and each.role == READ]
        issue = self.cycle - 1 - abs(where - vxm)
        if not operands:
            return
        streams, changed = [], self.one
        for operand in operands:
            first = self.one[operand.fields[0]]
            base = first % WEST_FLOW + (WEST_FLOW if where < vxm else 0)
            changed = changed.with_field(operand.fields[0], base)
            streams += [(first + k, base + k, operand.width) for k in range(operand.width * operand.groups)]
        held = [sampled(self.spec, self.state, where, old, 1) for old, _, _ in streams]
        found = [each for each in held if each]
        if len(found) < len(streams):
            return
        makers = frozenset().union(*(each.makers for each in found))
        if changed == self.one and all(is_constant(self.run.program, self.run, place) for place in makers):
            return
        for values in distinct([each.lanes for each in found]):
            timed_ops = self.without(makers, self.one, changed)
            if self.put_supply(timed_ops, issue, streams, b"".join(values)):
                yield timed_ops

    def put_supply(self, ops: Timed, cycle: int, streams: Sequence[tuple[int, int, int]], values: bytes) -> bool:
        """Enter ops that make the bytes for the streams, as many at a time as one result may have."""
        burst = {name: value for name, value in self.one.fields.items() if name in BURST_FIELDS[:4]}
        k = 0
        while k < len(streams):
            _, stream, width = streams[k]
            is_many = width == 1 and stream % WIDEST == 0 and len(streams) - k >= WIDEST
            size = WIDEST if is_many else width
            imm = int.from_bytes(values[k : k + size], "little")
            made = lambda unit: op(VMOV[size], u=unit, dst=stream, imm=imm, **burst)  # noqa: B023, E731
            if not put(ops, cycle, made, range(self.spec.vxm_alus)):
                return False
            k += size
        return True

    def without(self, makers: frozenset[Place], *change: Op) -> Timed:
        """The ops without some, and with this one left out or changed: one op, or that and another."""
        places = self.run.places
        cycles = {number: state.cycle for state in self.run.states if (number := self.run.bundle(state)) is not None}
        gone = {(cycles[places[pc]], self.run.program.bundles[places[pc]][slot]) for pc, slot in makers if pc in places}
        one, *instead = change
        found = {}
        for cycle, ops in self.ops.items():
            kept = [each for each in ops if (cycle, each) not in gone or each is one]
            here = cycle == self.cycle
            found[cycle] = [each for each in kept if not (here and each is one)] + (instead if here else [])
        return found


@cache
def forms(row: Row) -> list[Row]:
    """The other forms of an instruction that read fewer registers."""
    return [each for each in ROWS if each.mnemonic == row.mnemonic and set(each.reads) < set(row.reads)]


def sampled(spec: MachineSpec, state: State, where: int, stream: int, width: int) -> Found | None:
    """What an op at a position samples on streams in a cycle; None where one is empty."""
    came_from = where + 1 if flows_west(stream) else where - 1
    there = {item.stream: item for item in state.tensor if isinstance(item, Value) and item.position == came_from}
    items = [there[number] for number in range(stream, stream + width) if number in there]
    if len(items) < width:
        return None
    lanes = [bytes(lane) for lane in zip(*(item.data for item in items), strict=True)]
    return Found(lanes, frozenset((item.pc, item.slot) for item in items))


def distinct(found: Sequence[Lanes]) -> Iterator[tuple[bytes, ...]]:
    """Zeros, then what lanes find that is not the same, of all operands together."""
    lanes = list(zip(*found, strict=True))
    zeros = tuple(bytes(len(each)) for each in lanes[0])
    return islice(dict.fromkeys([zeros, *lanes]), LANES)


def free_registers(ops: Timed) -> list[int]:
    """Scalar registers that nothing names, r0 left out."""
    used = {register for each in ops.values() for one in each for register in one.registers_read}
    used |= {one[one.row.write] for each in ops.values() for one in each if one.row.write}
    return [register for register in range(1, SCALAR_COUNT) if register not in used]


def put(ops: Timed, cycle: int, made: object, units: range) -> bool:
    """Enter an op that can be on any of some units, on the first that is free."""
    assert callable(made)
    taken = {claim for one in ops.get(cycle, []) for claim in one.claims}
    for unit in units:
        one = made(unit)
        if not taken & set(one.claims):
            ops.setdefault(cycle, []).append(one)
            return True
    return False


def put_before(ops: Timed, cycle: int, register: int, value: int) -> bool:
    """Write a register in the cycle before one, or as near before it as there is a unit."""
    mov = lambda unit: op(MOV, u=unit, rd=register, imm=value)  # noqa: E731
    return any(put(ops, before, mov, range(len(A.names))) for before in range(cycle - 1, cycle - 4, -1))


def is_constant(program: Program, run: Run, place: Place) -> bool:
    """Whether an op makes what an immediate says."""
    pc, slot = place
    number = run.places.get(pc)
    return number is not None and program.bundles[number][slot].row.key in VMOV.values()
