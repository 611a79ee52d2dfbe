"""Whole programs of the kit: ops of both faces by a mix, in a frame of jumps and loops, with what memory must hold."""

from __future__ import annotations

from random import Random

from conform.breaking import Breaker
from conform.build import op as make
from conform.contents import memory_for
from conform.frame import END, Frame
from conform.mix import Mix
from conform.program import WAIT, Bundle, Program
from conform.scalar_plan import GENERAL, scalar_op
from conform.skeleton import FILLER, has_target
from conform.tensor_ops import WORDS, any_op
from isa.codec import Op
from isa.machine import MachineSpec
from isa.row import Row
from isa.units import NOWHERE, PLANE

TRIES = 4
EARLY = 2
LATE = {NOWHERE: 1, PLANE: 4}  # of how many cycles drawn the last is taken, by where an op stands


class Composer(Breaker):
    """A program in the making, by a mix."""

    def __init__(self, rng: Random, spec: MachineSpec, mix: Mix) -> None:
        super().__init__(rng, spec, Frame(rng, rng.randint(*mix.length), mix.control))
        self.mix = mix
        self.cycles = list(self.frame.by_cycle)
        self.taken: list[int] = []

    def fill(self) -> None:
        """Enter as many items as the mix says, as far as places for them are found."""
        source = self.rng
        for _ in range(source.randint(*self.mix.items)):
            row, self.rng = self.mix.draw(source, self.spec), fork(source)
            any(self.try_row(row) for _ in range(TRIES))
        self.rng = fork(source)

    def try_row(self, row: Row) -> bool:
        """Enter an op of a row somewhere if it fits there."""
        crowded = self.taken and self.rng.random() < self.mix.crowded
        cycles = self.taken if crowded else self.cycles
        draws = LATE.get(row.units.where, EARLY)  # what it needs must come from earlier
        cycle = max(self.rng.choice(cycles) for _ in range(draws))
        op = any_op(self.rng, self.spec, row) if row.tensor else scalar_op(self.rng, self.spec, row)
        if not self.tried(op, cycle, 0):
            return False
        self.taken.append(cycle)
        self._give(op, cycle)
        return True

    def _give(self, op: Op, cycle: int) -> None:
        """Set the registers that an op reads, a little before it, where that fits."""
        for register in sorted(set(op.registers_read) & set(GENERAL)):
            u, imm = self.rng.randrange(3), self.rng.choice(WORDS)
            self.tried(make("mov rd, imm", u=u, rd=register, imm=imm), cycle - self.rng.randint(1, 3), 0)

    def program(self) -> Program:
        """What has been entered, with memory that holds all that is read."""
        more = self.rng.randint(*self.mix.rows_written)
        memory = memory_for(self.rng, self.spec, self.accesses, more, self.bare)
        return Program(self.spec, tuple(self._bundles()), memory, strict=self._is_strict(), tail=self.tail)

    def _is_strict(self) -> bool:
        """Whether lost values are faults: where that is the violation, and at times where none gets lost."""
        if self.breaking == "E-STREAM-LOST":
            return True
        return not self.unfit and not self.losses() and self.rng.randrange(2) == 0

    def _bundles(self) -> list[Bundle]:
        rounds = {number for number, slot in enumerate(self.frame.slots) if len(slot.cycles) != 1}
        found: list[Bundle] = []
        for number, slot in enumerate(self.frame.slots):
            last = len(self.frame.slots)
            target = last + slot.target - END if slot.target >= END else slot.target
            ops = [one.with_field("target", target) if has_target(one) else one for one in slot.ops]
            found.append(tuple(ops) or (FILLER if number in rounds else WAIT,))
        return found


def fork(rng: Random) -> Random:
    """A source of its own for the many draws of one item, so that what shrinks is which items there are."""
    return Random(rng.getrandbits(32))
