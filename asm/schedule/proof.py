"""The check made on every scheduled block: its bundles do what its lines say, one after the other.

It looks at the bundles alone and knows nothing of how they were found: when each op issues, whose result it reads in
each register, in what order results land, and which accesses of memory have changed places.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from asm.facts import FACTS, REGISTERS, control_of, cycles_of, uses_of
from asm.program import AsmOp, Packed
from asm.schedule.memory import Aliases, Touch, may_overlap, touch

BEFORE = -1  # what wrote a register before the block began


def flaw(ops: Sequence[AsmOp], made: Iterable[Packed], aliases: Aliases) -> str:
    """What the bundles of a block do that its ops in order do not, in words; empty when nothing was found."""
    issued = _issues(made)
    cycles = [issued.get(id(op), -1) for op in ops]
    if -1 in cycles:
        return f"`{ops[cycles.index(-1)].row.mnemonic}` is in no bundle"
    return _Replay(ops, cycles, aliases).flaw()


def _issues(made: Iterable[Packed]) -> dict[int, int]:
    """The cycle of each op, by identity."""
    issued: dict[int, int] = {}
    now = 0
    for bundle in made:
        for op in bundle.ops:
            issued[id(op)] = now
        now += cycles_of(control_of(bundle.ops))
    return issued


class _Replay:
    """Walks the ops of a block in order; `landed` is when the last result of each register lands."""

    def __init__(self, ops: Sequence[AsmOp], cycles: Sequence[int], aliases: Aliases) -> None:
        self.ops = ops
        self.cycles = cycles
        self.aliases = aliases
        self.writer = [BEFORE] * REGISTERS
        self.landed = [0] * REGISTERS
        self.last_read = [0] * REGISTERS  # the last cycle in which the present value is read
        self.touches: list[Touch] = []

    def flaw(self) -> str:
        for number, op in enumerate(self.ops):
            found = self._step(number, op)
            if found:
                return found
        return self._memory()

    def _step(self, number: int, op: AsmOp) -> str:
        facts, uses, now = FACTS[op.row.id], uses_of(op), self.cycles[number]
        for register in uses.reads:
            if self.writer[register] != BEFORE and now < self.landed[register]:
                return self._says(op, "reads", register)
            if now > self.last_read[register]:
                self.last_read[register] = now
        if facts.memory:
            self.touches.append(touch(number, op, facts, self.writer))
        register = uses.write
        if register >= 0:
            if now < self.last_read[register] or now + facts.latency <= self.landed[register]:
                return self._says(op, "overwrites", register)
            self.writer[register], self.landed[register], self.last_read[register] = number, now + facts.latency, 0
        return ""

    def _says(self, op: AsmOp, verb: str, register: int) -> str:
        return f"`{op.row.mnemonic}` {verb} register {register} too early"

    def _memory(self) -> str:
        """Accesses that changed places, or came into one cycle, are loads or of different words."""
        earlier: list[tuple[int, int]] = []  # (cycle, number of the access) of those before it in the file
        for number, access in enumerate(self.touches):
            now = self.cycles[access.op]
            for _, other in earlier[bisect_left(earlier, (now, 0)) :]:
                if self._meet(self.touches[other], access):
                    return f"`{self.ops[access.op].row.mnemonic}` accesses memory too early"
            insort(earlier, (now, number))
        return ""

    def _meet(self, first: Touch, second: Touch) -> bool:
        stores = any(FACTS[self.ops[each.op].row.id].memory == "store" for each in (first, second))
        return stores and may_overlap(first, second, self.aliases)
