"""Programs that say the same in simpler words: other places, other types, another machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from conform.edits import ops_of, with_op, without_bundles, without_ops
from conform.program import Chunk, Program
from conform.straight import TURNS
from isa.codec import Op
from isa.machine import BYTES_PER_WORD, LIMITS, LPU_TINY, SLICES_PER_QUAD, MachineSpec
from isa.places import SCALAR_COUNT, SCALARS, is_scalar
from isa.records import replace
from isa.row import MEM, READ, REG, SLICE_ROW, STREAM, VECTOR, WRITE, Row
from isa.table import ROWS
from isa.units import HEMISPHERE_SLICES

PLACES = (MEM, SLICE_ROW)
MACHINE = [name for name in LIMITS if name not in ("clock_mhz", "text_syllables", "loop_depth")]


# Other rows -----------------------------------------------------------------------------------
def narrower(program: Program) -> Iterator[Program]:
    """Programs in which an op moves fewer bytes a lane, the low or the high ones, or is of an earlier type."""
    for place in ops_of(program):
        one = program.bundles[place[0]][place[1]]
        for row in simpler_rows(one.row):
            fewer = widest(one.row) - widest(row)
            for away in dict.fromkeys((0, fewer)):
                yield with_op(program, place, Op(row, shifted(one, away).values))


def widest(row: Row) -> int:
    return max(operand.width for operand in row.operands)


def shifted(one: Op, away: int) -> Op:
    """An op that samples the streams so far behind; one that reads memory, the slices, for streams so far behind."""
    role = WRITE if one.row.memory == "read" else READ
    names = [each.fields[0] for each in one.row.operands if each.kind == STREAM and each.role == role]
    names += ["slice"] * any(each.kind == SLICE_ROW for each in one.row.operands)
    for name in names:
        one = one.with_field(name, one[name] + away)
    return one


@cache
def simpler_rows(row: Row) -> list[Row]:
    """Rows of the same family and form that move fewer bytes, the fewest first, or as many and come earlier."""
    same = [each for each in ROWS if (each.family, each.format, each.units) == (row.family, row.format, row.units)]
    return sorted((each for each in same if weight(each) < weight(row)), key=weight)


def weight(row: Row) -> tuple[int, int]:
    return sum(operand.width * operand.groups for operand in row.operands), row.id


# Other places ---------------------------------------------------------------------------------
def lower_rows(program: Program) -> Iterator[Program]:
    """Programs in which an op accesses row 0, or the first slices of its quad or machine, its memory moved along."""
    for place in ops_of(program):
        one = program.bundles[place[0]][place[1]]
        if not any(operand.kind == SLICE_ROW for operand in one.row.operands):
            continue
        first = one["slice"] - one["slice"] % HEMISPHERE_SLICES
        quad = one["slice"] - one["slice"] % SLICES_PER_QUAD
        for slice_ in dict.fromkeys((0, first, quad, one["slice"])):
            for row in dict.fromkeys((0, one["row"])):
                changed = one.with_field("slice", slice_).with_field("row", row)
                if changed != one:
                    yield moved(with_op(program, place, changed), one, changed)


def moved(program: Program, one: Op, changed: Op) -> Program:
    """A program whose memory in the slices of one op is where another has it."""
    spec = program.spec
    memory = []
    for chunk in program.memory:
        bank, offset = divmod(chunk.address, spec.words_per_bank * BYTES_PER_WORD)
        hemisphere, index, bank = spec.bank_place(bank)
        away = hemisphere * HEMISPHERE_SLICES + index - one["slice"]
        if 0 <= away < max(1, one.row.width):
            hemi, to = divmod(changed["slice"] + away, HEMISPHERE_SLICES)
            address = spec.word_address(hemi, to, 0, 0) * BYTES_PER_WORD
            address += bank * spec.words_per_bank * BYTES_PER_WORD + offset + (changed["row"] - one["row"]) * spec.lanes
            memory.append(chunk._replace(address=address))
        else:
            memory.append(chunk)
    return program._replace(memory=tuple(sorted(memory)))


def lower_words(program: Program) -> Iterator[Program]:
    """Programs in which a scalar op accesses a word at 0, all memory moved as far."""
    for place in ops_of(program):
        one = program.bundles[place[0]][place[1]]
        if any(operand.kind == MEM for operand in one.row.operands) and one["disp"]:
            chunks = [chunk._replace(address=chunk.address - 4 * one["disp"]) for chunk in program.memory]
            yield with_op(program, place, one.with_field("disp", 0))._replace(memory=tuple(chunks))


def low_registers(program: Program) -> Iterator[Program]:
    """The program with its scalar registers numbered as they come, from 0 on; else from 1 on."""
    used = dict.fromkeys(number for bundle in program.bundles for one in bundle for _, number in registers(one))
    for first in (0, 1):
        names = {number: first + k for k, number in enumerate(used)}
        if list(names) == list(names.values()):
            return
        if first + len(names) <= SCALAR_COUNT:
            yield program._replace(bundles=tuple(tuple(renamed(one, names) for one in b) for b in program.bundles))


def registers(one: Op) -> Iterator[tuple[str, int]]:
    """The fields of an op that name scalar registers, with the registers."""
    for operand in one.row.operands:
        for name in operand.fields:
            if operand.kind == REG or (operand.kind in PLACES and name in ("ra", "rb", "rc")):
                yield name, one[name]
            elif operand.kind == VECTOR and is_scalar(one[name]):
                yield name, one[name] - SCALARS


def renamed(one: Op, names: dict[int, int]) -> Op:
    for name, number in registers(one):
        one = one.with_field(name, names[number] + SCALARS * is_scalar(one[name]))
    return one


# Control --------------------------------------------------------------------------------------
def without_hops(program: Program) -> Iterator[Program]:
    """Programs in which a jump forward is left out, with what it jumps over."""
    for number, bundle in enumerate(program.bundles):
        for one in bundle:
            target = one["target"] if one.row.control in TURNS and "target" in one.row.format.names else 0
            if target > number + 1:
                yield cut(program, number, target, one)


def cut(program: Program, number: int, target: int, gone: Op) -> Program:
    slot = program.bundles[number].index(gone)
    return without_bundles(without_ops(program, [(number, slot)]), range(number + 1, target))


# Another machine ------------------------------------------------------------------------------
def smaller_machines(program: Program) -> Iterator[Program]:
    """The program on lpu-tiny, or on the same machine with less of one thing, but no less than lpu-tiny has."""
    spec = program.spec
    if spec == LPU_TINY:
        return
    yield on_machine(program, LPU_TINY)
    for name in MACHINE:
        least = min(getattr(spec, name), getattr(LPU_TINY, name))
        if least < getattr(spec, name):
            yield on_machine(program, replace(spec, name="reduced", **{name: least}))


def on_machine(program: Program, spec: MachineSpec) -> Program:
    """A program with its memory where another machine has it; what that has not is left out."""
    memory = []
    for chunk in program.memory:
        for k in range(0, len(chunk.data), 4):
            place = word_place(program.spec, chunk.address + k)
            if place is not None and fits(spec, place):
                hemisphere, index, bank, row, word = place
                address = spec.word_address(hemisphere, index, bank, row, word) * BYTES_PER_WORD
                memory.append(Chunk(address, chunk.data[k : k + 4]))
    return program._replace(spec=spec, memory=tuple(joined(sorted(memory))))


def word_place(spec: MachineSpec, address: int) -> tuple[int, int, int, int, int]:
    """(hemisphere, slice, bank, row, word) of a byte address."""
    row, word = divmod(address // 4, spec.words_per_row)
    bank, row = divmod(row, spec.rows)
    return *spec.bank_place(bank), row, word


def fits(spec: MachineSpec, place: tuple[int, int, int, int, int]) -> bool:
    _, index, bank, row, word = place
    return index < spec.slices and bank < spec.banks and row < spec.rows and word < spec.words_per_row


def joined(chunks: list[Chunk]) -> Iterator[Chunk]:
    """Chunks that follow each other as one."""
    last: Chunk | None = None
    for chunk in chunks:
        if last and last.address + len(last.data) == chunk.address:
            last = Chunk(last.address, last.data + chunk.data)
            continue
        if last:
            yield last
        last = chunk
    if last:
        yield last
