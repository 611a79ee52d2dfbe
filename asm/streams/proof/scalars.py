"""Scalar ops run on numbers: sums and constants are computed, what is not known is mixed of the op and its sources."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from asm.facts import FACTS, REGISTERS, register_written, registers_read
from asm.program import AsmOp
from asm.schedule.loops.body import WORD_MASK, address_terms, constant_added
from asm.streams.proof.kinds import Registers

FIRST = -1  # before any cycle
ROW_MASK = (1 << 24) - 1


class Scalars:
    """Registers, the condition code and words of memory over time. `first` gives what registers hold at first, `mask`
    bounds what is not known: with few bits, places meet in memory."""

    def __init__(self, first: Registers, mask: int) -> None:
        self.mask = mask
        self.history: list[list[tuple[int, int]]] = [[(FIRST, first(number))] for number in range(REGISTERS)]
        self.words: dict[tuple[int, ...], int] = {}

    def value(self, register: int, now: int) -> int:
        """What has landed in a register by a cycle."""
        history = self.history[register]
        return history[bisect_right(history, now, key=_landing) - 1][1]

    def row(self, register: int, now: int) -> int:
        """The row that a register stands for: of what may be any number, some bits."""
        return self.value(register, now) & ROW_MASK

    def issue(self, now: int, ops: Iterable[AsmOp]) -> None:
        """Ops of one cycle: all read before any writes."""
        effects = [self._effect(now, op) for op in ops]
        for effect in effects:
            effect()

    def _effect(self, now: int, op: AsmOp) -> Callable[[], None]:
        facts = FACTS[op.row.id]
        place = self._place(now, op) if facts.memory else ()
        if facts.memory == "store":
            word = self.value(op.value("rt"), now)
            return lambda: self.words.update({place: word})
        register = register_written(facts, op.values)
        landed = now + facts.latency, self._result(now, op, place)
        return lambda: self.history[register].append(landed) if register >= 0 else None

    def _result(self, now: int, op: AsmOp, place: tuple[int, ...]) -> int:
        facts = FACTS[op.row.id]
        read = [self.value(register, now) for register in registers_read(facts, op.values)]
        if place:
            return self.words.get(place, hash(place) & self.mask)
        added = constant_added(op)
        if added is not None:
            return read[0] + added & WORD_MASK
        hidden = {*facts.reads, facts.write, facts.unit}
        return hash((op.row.id, *(value for k, value in enumerate(op.values) if k not in hidden), *read)) & self.mask

    def _place(self, now: int, op: AsmOp) -> tuple[int, ...]:
        """The address of a word, or what names the lane that an op accesses."""
        names, read = op.row.format.names, op.row.reads
        if op.row.width:
            known = [name for name in names if name not in ("rt", "rd", "u")]
            return tuple(self.value(op.value(name), now) if name in read else op.value(name) for name in known)
        address = op.value("disp") + sum(self.value(op.value(name), now) * scale for name, scale in address_terms(op))
        if "rc" in names:
            address += self.value(op.value("ra"), now) * self.value(op.value("rc"), now)
        return (address & WORD_MASK,)


def _landing(entry: tuple[int, int]) -> int:
    return entry[0]
