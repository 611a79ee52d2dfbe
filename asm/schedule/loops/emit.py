"""A kernel to bundles: prologue, the body of the hardware loop, epilogue.

Rounds are numbered from 0. The prologue begins `lead` rounds, every turn of the loop begins `copies` more and
ends as many, and the epilogue ends those that are under way. Round numbers count modulo `copies` in all names,
so the code after the loop is that of a loop of no turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from asm.facts import FACTS, LONGEST_WAIT, NOP, register_written, registers_read
from asm.program import AsmOp, Explicit
from asm.schedule.loops.body import WORD_MASK, Body, Drift
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import Names
from asm.tree import OpStmt
from isa.records import dataclass, replace

Rows = dict[int, list[AsmOp]]  # cycle -> what issues in it


@dataclass(slots=True)
class Pipeline:
    """A scheduled loop: `lead` rounds begin before its kernel, at least as many as its stages need."""

    body: Body
    kernel: Kernel
    names: Names
    lead: int

    @property
    def turn(self) -> int:
        """Cycles of a turn of the kernel."""
        return self.kernel.interval * self.names.copies

    def prologue(self, begun: Collection[int] = ()) -> Rows:
        """Rows of the cycles before the first turn; `begun` are ops of the first round that stand before them."""
        return self._rows(range(self.lead), 0, self.lead * self.kernel.interval, self.lead, begun)

    def turns(self) -> Rows:
        """Rows of one turn, from cycle 0 on."""
        start = self.lead * self.kernel.interval
        rounds = range(self.lead - self.kernel.stages + 1, self.lead + self.names.copies)
        rows = self._rows(rounds, start, start + self.turn, None)
        return {cycle - start: ops for cycle, ops in rows.items()}

    def epilogue(self) -> Rows:
        """Rows of the cycles after the last turn, from cycle 0 on."""
        start = self.lead * self.kernel.interval
        rows = self._rows(range(self.lead), start, start + self.kernel.interval * self.kernel.stages, self.lead)
        return {cycle - start: ops for cycle, ops in rows.items()}

    def entry_moves(self) -> list[tuple[int, int]]:
        """(to, from): where the first round looks for what a register held before the loop."""
        carried = sorted({read.register for read in self.body.reads if read.carried} | self._drifting())
        moves = ((self.names.slot(register, -1 - self.lead), register) for register in carried)
        return [(to, register) for to, register in moves if to != register]

    def _drifting(self) -> set[int]:
        return {drift.register for drifts in self.body.drifts.values() for drift in drifts}

    def _rows(self, rounds: Iterable[int], start: int, end: int, last: int | None, begun: Collection[int] = ()) -> Rows:
        """What rounds do in cycles [start, end); `last` is the number of rounds there are, None for no end."""
        rows: Rows = {}
        for number in rounds:
            for op, time in enumerate(self.kernel.times):
                cycle = number * self.kernel.interval + time
                if start <= cycle < end and (number or op not in begun):
                    rows.setdefault(cycle, []).append(self.op(op, number, last))
        return {cycle: rows[cycle] for cycle in sorted(rows)}

    # One op -----------------------------------------------------------------------------------
    def op(self, number: int, turn: int, last: int | None) -> AsmOp:
        """An op of a round, with its unit and the names that registers have there."""
        original = self.body.ops[number]
        facts = FACTS[original.row.id]
        op = replace(original, values=list(original.values))
        for index in facts.reads:
            op.values[index] = self._read(number, op.values[index], turn)
        for drift in self.body.drifts.get(number, ()):
            self._drift(op, drift, number, turn, last)
        if facts.write >= 0:
            op.values[facts.write] = self.names.slot(op.values[facts.write], turn - self.lead)
        if facts.unit >= 0:
            op.values[facts.unit] = self.kernel.units[number]
        note_address(op)
        return op

    def _read(self, number: int, register: int, turn: int) -> int:
        writers = self.body.writers.get(register)
        if writers is None:
            return register
        carried = not any(writer < number for writer in writers)
        return self.names.slot(register, turn - carried - self.lead)

    def _drift(self, op: AsmOp, drift: Drift, number: int, turn: int, last: int | None) -> None:
        """Read the advance that has landed last, and take the difference off the displacement."""
        advance = self.kernel.times[self.body.writers[drift.register][0]]
        landed = turn + (self.kernel.times[number] - advance - 1) // self.kernel.interval
        if last is not None:
            landed = max(-1, min(landed, last - 1))
        index = op.row.format.names.index(drift.field)
        op.values[index] = self.names.slot(drift.register, landed - self.lead)
        move_address(op, (turn - drift.carried - landed) * drift.scale * drift.step)


def note_address(op: AsmOp) -> None:
    """Tell accesses apart whose addresses are made of other registers than those written."""
    if op.access is not None:
        registers = [op.values[index] for index in FACTS[op.row.id].address]
        op.access = replace(op.access, index=(*op.access.index, *registers))


def move_address(op: AsmOp, words: int) -> None:
    """Add to the displacement of an address, modulo 2^32."""
    if not words:
        return
    index = op.row.format.names.index("disp")
    op.values[index] = op.values[index] + words & WORD_MASK
    signed = (words + (1 << 31) & WORD_MASK) - (1 << 31)
    op.references = tuple(
        replace(each, addend=each.addend + signed) if each.field == "disp" else each for each in op.references
    )
    if op.access is not None:
        op.access = replace(op.access, offset=op.access.offset + signed)


# Bundles --------------------------------------------------------------------------------------
def bundles(rows: Rows, end: int, near: OpStmt) -> list[Explicit]:
    """The bundles of rows up to cycle `end`; gaps become waits. What was left empty at the start is left out."""
    cycles = [*sorted(rows), end]
    made = []
    for cycle, after in pairwise(cycles):
        ops = list(rows[cycle])
        if after - cycle > 1 or not ops:
            ops.append(AsmOp(NOP, [after - cycle], near))
        made.append(Explicit(ops, ops[0].place))
    return made


def apart(ops: Sequence[AsmOp], near: OpStmt) -> list[Explicit]:
    """Ops far enough from each other and from all before that everything has landed: to see what they compute."""
    place = near.line.place(near.column, near.end)
    return [Explicit([*op, AsmOp(NOP, [LONGEST_WAIT], near)], place) for op in ([], *([op] for op in ops))]


def in_order(rows: Rows) -> list[AsmOp]:
    """The ops of rows one after the other: in a row, what reads comes before what writes.

    Raises ValueError when ops of one row read what the others write, all round.
    """
    return [op for cycle in sorted(rows) for op in _readers_first(rows[cycle])]


def _readers_first(row: list[AsmOp]) -> Iterator[AsmOp]:
    left = sorted(row, key=lambda op: op.row.memory == "store")
    while left:
        free = next((op for op in left if not any(_reads_result(other, op) for other in left if other is not op)), None)
        if free is None:
            raise ValueError("ops of one cycle exchange registers")
        left.remove(free)
        yield free


def _reads_result(reader: AsmOp, writer: AsmOp) -> bool:
    return register_written(FACTS[writer.row.id], writer.values) in registers_read(FACTS[reader.row.id], reader.values)
