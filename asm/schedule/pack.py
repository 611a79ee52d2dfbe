"""Placed ops to bundles: the ops of a cycle together, waits as `nop n` in the bundle before them."""

from __future__ import annotations

from asm.facts import FACTS, FILLER, NOP
from asm.program import AsmOp, Packed
from asm.schedule.blocks import Block
from asm.schedule.flow import leave
from asm.schedule.place import InFlight, Placed
from asm.tree import OpStmt
from isa.faults import CONDITION_CODE

Row = tuple[int, list[AsmOp]]  # a cycle and what issues in it


def pack(block: Block, placed: Placed, late: int, ends_body: bool, near: OpStmt) -> list[Packed]:
    """The bundles of a linear block that is left `late` cycles later than placed.

    `ends_body` says that a hardware loop's body ends here, so the last bundle may hold no control op. Ops the
    assembler adds carry the statement of the op they wait for, or `near`.
    """
    rows = _rows(block, placed, late)
    end = leave(block, placed, taken=False) + late
    if ends_body:
        end = _end_body(rows, end, placed.landings, near)
    _wait(rows, end, near)
    return [Packed(ops) for _, ops in rows]


def _rows(block: Block, placed: Placed, late: int) -> list[Row]:
    cycles: dict[int, list[AsmOp]] = {}
    for op, issue, unit in zip(block.ops, placed.issue, placed.unit, strict=True):
        position = FACTS[op.row.id].unit
        if position >= 0:
            op.values[position] = unit
        cycles.setdefault(issue + late if op is block.control else issue, []).append(op)
    for ops in cycles.values():
        if len(ops) > 1:
            ops.sort(key=unit_order)
    return sorted(cycles.items(), key=lambda row: row[0])


def unit_order(op: AsmOp) -> int:
    """The order number of the unit an op has been given."""
    position = FACTS[op.row.id].unit
    return op.row.units.first + (op.values[position] if position >= 0 else 0)


def _end_body(rows: list[Row], end: int, landings: InFlight, near: OpStmt) -> int:
    """Make the last bundle one without control, adding an op that changes nothing if need be; the new end."""
    last = rows[-1][0] if rows else -1
    if rows and last == end - 1 and not has_control(rows[-1][1]):
        return end
    cycle = max(last + 1, end - 1)
    register = min(range(CONDITION_CODE), key=lambda register: landings.get(register, 0))
    cycle = max(cycle, landings.get(register, 0))
    rows.append((cycle, [AsmOp(FILLER, [0, register, register], near)]))
    return cycle + 1


def has_control(ops: list[AsmOp]) -> bool:
    return any(FACTS[op.row.id].control for op in ops)


def _wait(rows: list[Row], end: int, near: OpStmt) -> None:
    """Put `nop n` before every gap: in the bundle before it, or in one of its own at the start."""
    if (rows[0][0] if rows else end) > 0:
        rows.insert(0, (0, []))
    following = [(cycle, ops[0].statement) for cycle, ops in rows[1:]]
    for (cycle, ops), (after, statement) in zip(rows, [*following, (end, near)], strict=False):
        if (after - cycle > 1 or not ops) and not has_control(ops):
            ops.append(AsmOp(NOP, [after - cycle], statement))
