"""Whole programs of the kit: ops of both faces by a mix, in a frame of jumps and loops, with what memory must hold."""

from __future__ import annotations

from random import Random

from conform.contents import memory_for
from conform.mix import Mix
from conform.program import WAIT, Bundle, Program
from conform.skeleton import FILLER, Skeleton, has_target
from conform.tensor_ops import any_op
from conform.tensor_planted import Planter
from isa.machine import MachineSpec
from isa.row import Row

TRIES = 4


class Composer(Planter):
    """A program in the making, by a mix."""

    def __init__(self, rng: Random, spec: MachineSpec, mix: Mix) -> None:
        super().__init__(rng, spec, Skeleton(rng, rng.randint(*mix.length)))
        self.mix = mix

    def fill(self) -> None:
        """Enter as many items as the mix says, as far as places for them are found."""
        for _ in range(self.rng.randint(*self.mix.items)):
            row, cycles = self.mix.draw(self.rng, self.spec), list(self.frame.by_cycle)
            any(self.try_row(row, self.rng.choice(cycles)) for _ in range(TRIES))

    def try_row(self, row: Row, cycle: int) -> bool:
        """Enter an op of a row into the bundle of a cycle if it fits there."""
        return row.tensor and self.tried(any_op(self.rng, self.spec, row), cycle, 0)

    def program(self) -> Program:
        """What has been entered, with memory that holds all that is read."""
        memory = memory_for(self.rng, self.spec, self.accesses, self.rng.randint(*self.mix.rows_written))
        return Program(self.spec, tuple(self._bundles()), memory)

    def _bundles(self) -> list[Bundle]:
        rounds = {number for number, slot in enumerate(self.frame.slots) if len(slot.cycles) != 1}
        found: list[Bundle] = []
        for number, slot in enumerate(self.frame.slots):
            target = min(slot.target, len(self.frame.slots))
            ops = [one.with_field("target", target) if has_target(one) else one for one in slot.ops]
            found.append(tuple(ops) or (FILLER if number in rounds else WAIT,))
        return found
