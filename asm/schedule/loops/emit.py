"""A kernel to bundles: prologue, the body of the hardware loop, epilogue.

Rounds are numbered from 0. The prologue begins `lead` rounds, every turn of the loop begins `copies` more and
ends as many, and the epilogue ends those that are under way. Round numbers count modulo `copies` in all names,
so the code after the loop is that of a loop of no turns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from asm.facts import FACTS, FILLER, NOP
from asm.program import AsmOp, Explicit
from asm.schedule.loops.body import WORD_MASK, Body, Drift
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import Names
from asm.tree import OpStmt

Rows = dict[int, list[AsmOp]]  # cycle -> what issues in it
A_UNITS = FACTS[FILLER.id].instances


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

    def prologue(self) -> Rows:
        """Rows of the cycles before the first turn."""
        return self._rows(range(self.lead), 0, self.lead * self.kernel.interval, self.lead)

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

    def _rows(self, rounds: Iterable[int], start: int, end: int, last: int | None) -> Rows:
        """What rounds do in cycles [start, end); `last` is the number of rounds there are, None for no end."""
        rows: Rows = {}
        for number in rounds:
            for op, time in enumerate(self.kernel.times):
                cycle = number * self.kernel.interval + time
                if start <= cycle < end:
                    rows.setdefault(cycle, []).append(self._op(op, number, last))
        return {cycle: rows[cycle] for cycle in sorted(rows)}

    # One op -----------------------------------------------------------------------------------
    def _op(self, number: int, turn: int, last: int | None) -> AsmOp:
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


def squeeze(rows: Rows, ops: list[AsmOp]) -> None:
    """Put ops on integer units where one is free, each in a later cycle than the one before; else before everything."""
    free = [cycle for cycle in sorted(rows) if _free_units(rows[cycle])]
    if len(free) < len(ops):
        first = min(rows) - len(ops)
        free = list(range(first, first + len(ops)))
    for cycle, op in zip(free, ops, strict=False):
        row = rows.setdefault(cycle, [])
        op.values[FACTS[op.row.id].unit] = min(_free_units(row))
        row.append(op)


def _free_units(ops: list[AsmOp]) -> set[int]:
    """The integer units that ops of a cycle leave free."""
    taken = {op.values[FACTS[op.row.id].unit] for op in ops if op.row.units is FILLER.units}
    return set(range(A_UNITS)) - taken
