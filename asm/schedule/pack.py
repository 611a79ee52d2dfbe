"""Placed ops to bundles: the ops of a cycle together, waits as `nop n` in the bundle before them.

How the ops of a block go together is a *pattern*, which knows them by their numbers: blocks of one form share it.
"""

from __future__ import annotations

from collections.abc import Sequence

from asm.facts import FACTS, FILLER, NOP, cycles_of
from asm.program import AsmOp, Packed
from asm.schedule.blocks import Block
from asm.schedule.flow import leave
from asm.schedule.place import InFlight, Placed
from asm.tree import OpStmt
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple, dataclass
from isa.row import Row

NEAR = -1  # in place of an op: what is near the block


class Added(NamedTuple):
    """An op that the assembler adds, with the statement of op `near`."""

    row: Row
    values: tuple[int, ...]
    near: int


class Beat(NamedTuple):
    """A bundle: its cycle from the start of the block, the numbers of its ops in the order of units, what is added."""

    cycle: int
    ops: list[int]
    added: list[Added]


@dataclass(slots=True)
class Pattern:
    """`units` are (op, where its values hold the unit, unit), `length` the cycles to the end of a block that is not
    left by a jump. `is_proved` says that a block packed like this was found to do what its lines say."""

    beats: list[Beat]
    units: list[tuple[int, int, int]]
    length: int
    is_proved: bool = False


def pattern_of(block: Block, placed: Placed, late: int, ends_body: bool) -> Pattern:
    """How a linear block is packed that is left `late` cycles later than placed.

    `ends_body` says that a hardware loop's body ends here, so the last bundle may hold no control op.
    """
    if ends_body:  # what is added depends on the names of registers
        return _pattern(block, placed, late, ends_body)
    key = late, cycles_of(block.control)
    if key not in placed.patterns:
        placed.patterns[key] = _pattern(block, placed, late, ends_body)
    return placed.patterns[key]


def pack(pattern: Pattern, ops: Sequence[AsmOp], near: OpStmt, cycle: int, run: int) -> list[Packed]:
    """The bundles of a block, numbered from a cycle of a run on; the ops are given their units."""
    for number, position, unit in pattern.units:
        ops[number].values[position] = unit
    made = []
    for beat in pattern.beats:
        bundle = [ops[number] for number in beat.ops]
        for row, values, source in beat.added:
            bundle.append(AsmOp(row, list(values), ops[source].statement if source != NEAR else near))
        made.append(Packed(bundle, [], False, cycle + beat.cycle, run))
    return made


def _pattern(block: Block, placed: Placed, late: int, ends_body: bool) -> Pattern:
    beats = _beats(block, placed, late)
    end = leave(block, placed, taken=False) + late
    if ends_body:
        end = _end_body(beats, block.ops, end, placed.landings)
    _wait(beats, block.ops, end)
    positions = [FACTS[op.row.id].unit for op in block.ops]
    chosen = zip(range(len(positions)), positions, placed.unit, strict=True)
    return Pattern(beats, [each for each in chosen if each[1] >= 0], end)


def _beats(block: Block, placed: Placed, late: int) -> list[Beat]:
    cycles: dict[int, list[int]] = {}
    for number, (op, issue) in enumerate(zip(block.ops, placed.issue, strict=True)):
        cycles.setdefault(issue + late if op is block.control else issue, []).append(number)
    order = [_unit_order(op, unit) for op, unit in zip(block.ops, placed.unit, strict=True)]
    return [Beat(cycle, sorted(cycles[cycle], key=order.__getitem__), []) for cycle in sorted(cycles)]


def _unit_order(op: AsmOp, unit: int) -> int:
    """The order number of the unit that an op is given."""
    return op.row.units.first + (unit if FACTS[op.row.id].unit >= 0 else 0)


def _end_body(beats: list[Beat], ops: Sequence[AsmOp], end: int, landings: InFlight) -> int:
    """Make the last bundle one without control, adding an op that changes nothing if need be; the new end."""
    last = beats[-1].cycle if beats else -1
    if beats and last == end - 1 and not _has_control(beats[-1], ops):
        return end
    cycle = max(last + 1, end - 1)
    register = min(range(CONDITION_CODE), key=lambda register: landings.get(register, 0))
    cycle = max(cycle, landings.get(register, 0))
    beats.append(Beat(cycle, [], [Added(FILLER, (0, register, register), NEAR)]))
    return cycle + 1


def _has_control(beat: Beat, ops: Sequence[AsmOp]) -> bool:
    return any(FACTS[ops[number].row.id].control for number in beat.ops)


def _wait(beats: list[Beat], ops: Sequence[AsmOp], end: int) -> None:
    """Put `nop n` before every gap: in the bundle before it, or in one of its own at the start."""
    if (beats[0].cycle if beats else end) > 0:
        beats.insert(0, Beat(0, [], []))
    following = [(beat.cycle, beat.ops[0] if beat.ops else NEAR) for beat in beats[1:]]
    for beat, (after, near) in zip(beats, [*following, (end, NEAR)], strict=False):
        is_empty = not beat.ops and not beat.added
        if (after - beat.cycle > 1 or is_empty) and not _has_control(beat, ops):
            beat.added.append(Added(NOP, (after - beat.cycle,), near))
