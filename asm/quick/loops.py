"""Loops of a plan that are pipelined: blocks of objects take their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import overload

from asm.program import Explicit
from asm.quick.compose import Composer
from asm.quick.plan import ENTERED, TARGET, Asked
from asm.schedule.blocks import Block, Blocks
from asm.schedule.emit import NOWHERE
from asm.schedule.loops.find import Surroundings, candidate
from asm.schedule.loops.rewrite import Made, rewrite_loops
from isa.faults import CONDITION_CODE

UNTOLD = Explicit([], NOWHERE.line.place(1, 1))  # in place of a bundle of an explicit block


def pipeline(composer: Composer, loops: Sequence[tuple[int, int]]) -> None:
    """Pipeline those of some loops that can be: blocks that begin them, each with the one before which the loop ends,
    -1 where it jumps back to itself."""
    program = _program(composer)
    hardware = [(number, end) for number, end in loops if end >= 0]
    linear = [(number, end) for number, end in loops if not composer.plan.block(number).is_explicit]
    asked = [candidate(program, number, max(number, end), hardware) for number, end in linear]
    found = [each for each in asked if each is not None]
    if not found:
        return
    options = composer.options
    around = _surroundings(composer, program, options.loops.reserved)
    _, made = rewrite_loops(program, found, around, options.aliases, options.loops)
    if made:
        _exchange(composer, made)


def _program(composer: Composer) -> Blocks:
    marked = list(zip(composer.columns.front.names, composer.plan.marks(), strict=False))
    entered = {name for name, marks in marked if marks & ENTERED}
    targets = {name for name, marks in marked if marks & TARGET}
    return Blocks(_Blocks(composer), [], {}, entered, targets, [])


class _Blocks(list[Block]):
    """The blocks of a plan, made when they are looked at."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.made: dict[int, Block] = {}

    def __len__(self) -> int:
        return self.composer.plan.count_blocks()

    @overload  # type: ignore[override]
    def __getitem__(self, index: int) -> Block: ...
    @overload
    def __getitem__(self, index: slice) -> list[Block]: ...
    def __getitem__(self, index: int | slice) -> Block | list[Block]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        if index not in self.made:
            self.made[index] = self._block(self.composer.plan.block(index))
        return self.made[index]

    def _block(self, asked: Asked) -> Block:
        if asked.is_explicit:
            made = Block(bundles=[UNTOLD] * (asked.end - asked.first), is_explicit=True)
        else:
            made = self.composer.block(asked)
        made.labels = [self.composer.columns.front.names[name] for name in self.composer.plan.names(asked)]
        return made


class _Jumps(Counter[str]):
    """How many control ops go to each label, counted when it is asked for."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer

    def __missing__(self, label: str) -> int:
        return self.composer.plan.jumps_to(self.composer.name(label))


def _surroundings(composer: Composer, program: Blocks, reserved: int) -> Surroundings:
    named = composer.plan.touched() | reserved
    free = [register for register in range(CONDITION_CODE - 1, -1, -1) if not named >> register & 1]
    return Surroundings(free, _Jumps(composer), not program.entered and not composer.plan.has_calls())


def _exchange(composer: Composer, made: Made) -> None:
    """Put blocks in the place of others."""
    plan = composer.plan
    count, kept = plan.count_blocks(), 0
    plan.replace()
    for first, (after, blocks) in sorted(made.items()):
        plan.keep(kept, first)
        for block in blocks:
            composer.put(block)
        kept = after
    plan.keep(kept, count)
    plan.replaced()
