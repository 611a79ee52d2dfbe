"""What can be told of a program without running it: its accesses, constant registers, groups of streams."""

from __future__ import annotations

from collections.abc import Iterator

from conform.program import Program
from isa.codec import Op
from isa.row import BANK, IMM, MEM, SLICE_ROW, STREAM, VECTOR

BASE = "ra"  # the field of a register that is added to a row


def ops_of(program: Program) -> Iterator[Op]:
    return (one for bundle in program.bundles for one in bundle)


def has_fixed_words(program: Program) -> bool:
    """Whether each word that is accessed is named by its op alone."""
    return all(len(each.fields) == 1 for one in ops_of(program) for each in one.row.operands if each.kind == MEM)


def has_whole_rows(program: Program) -> bool:
    """Whether memory holds something in whole rows only."""
    lanes = program.spec.lanes
    return all(chunk.address % lanes == 0 == len(chunk.data) % lanes for chunk in program.memory)


def can_move_memory(program: Program) -> bool:
    """Whether rows of memory can be in other places."""
    return has_fixed_words(program) and has_whole_rows(program)


def widest_group(program: Program) -> int:
    """The most streams that one operand names, at least 1."""
    groups = (each.width * each.groups for one in ops_of(program) for each in one.row.operands
              if each.kind in (STREAM, VECTOR))  # fmt: skip
    return max(groups, default=1)


def widest_access(program: Program, slices: range) -> int:
    """The most of some slices that one op accesses together, at least 1."""
    widths = (one.row.width for one in ops_of(program) if names_slice(one) and one["slice"] in slices)
    return max(widths, default=1)


def names_slice(op: Op) -> bool:
    return any(each.kind in (SLICE_ROW, BANK) for each in op.row.operands)


def constants(program: Program) -> dict[int, int]:
    """The registers that get one value in the first bundle, by an immediate alone, and never another; and the value."""
    writes: dict[int, list[Op]] = {}
    for one in ops_of(program):
        if one.row.write:
            writes.setdefault(one[one.row.write], []).append(one)
    first = program.bundles[0] if program.bundles else ()
    return {
        register: ops[0]["imm"]
        for register, ops in writes.items()
        if len(ops) == 1 and ops[0] in first and is_load(ops[0])
    }


def is_load(op: Op) -> bool:
    """Whether an op copies its immediate into a register."""
    return op.row.semantics == "mov" and any(each.kind == IMM for each in op.row.operands)


def rows_accessed(op: Op, known: dict[int, int]) -> range | None:
    """The rows of its slices between the lowest and the highest that an op accesses; None where that is not known."""
    fields = op.fields
    if BASE in fields and fields[BASE] not in known:
        return None
    first = fields["row"] + known.get(fields.get(BASE, -1), 0)
    offsets = [
        i * fields.get("stride", 0) + j * fields.get("stride2", 0)
        for i in (0, fields.get("n", 1) - 1)
        for j in (0, fields.get("m", 1) - 1)
    ]
    return range(first + min(offsets), first + max(offsets) + 1)
