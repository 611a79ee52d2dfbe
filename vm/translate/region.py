"""What the core tells of the planned bundles around the current one, and code for it to run in their place."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from isa.records import NamedTuple
from vm._core import ffi, lib

MOST_BLOCKS = 512
MOST_STEPS = 8 * MOST_BLOCKS
NOWHERE = -1
SPANS = lib.LPU_SPANS
REGISTERS = lib.LPU_REGISTERS + 1  # the condition code is one
TEMP, CONSTANT = lib.LPU_PLACE_TEMP, 1 << lib.LPU_PLACE_CONSTANT_BITS  # from where on places are such


class Does(IntEnum):
    """What steps do; those from NEXT on end a block."""

    OTHER = lib.LPU_STEP_OTHER
    VALUE = lib.LPU_STEP_VALUE
    DIVIDE = lib.LPU_STEP_DIVIDE
    ASSERT = lib.LPU_STEP_ASSERT
    LOAD = lib.LPU_STEP_LOAD
    LOAD_SECOND = lib.LPU_STEP_LOAD_SECOND
    STORE = lib.LPU_STEP_STORE
    STORE_SECOND = lib.LPU_STEP_STORE_SECOND
    LOAD_LANE = lib.LPU_STEP_LOAD_LANE
    STORE_LANE = lib.LPU_STEP_STORE_LANE
    PAIR = lib.LPU_STEP_PAIR
    LOOP_CHECK = lib.LPU_STEP_LOOP_CHECK
    NEXT = lib.LPU_STEP_NEXT
    LOOP_END = lib.LPU_STEP_LOOP_END
    BRANCH = lib.LPU_STEP_BRANCH
    LOOP = lib.LPU_STEP_LOOP
    JUMP = lib.LPU_STEP_JUMP
    CALL = lib.LPU_STEP_CALL
    RETURN = lib.LPU_STEP_RETURN


class Step(NamedTuple):
    """What a step does, and with what; places as in csrc/lpu.h."""

    does: Does
    function: str
    kind: int
    k: int
    target: int
    undo: int
    sources: tuple[int, int, int]
    stored: int


class Block(NamedTuple):
    """A planned bundle and the numbers of those that follow it, NOWHERE for those not told.

    `in_flight` are the places of what was overwritten by writes that are in flight when it is fetched.
    """

    pc: int
    next_pc: int
    taken_pc: int
    next_link_pc: int
    taken_link_pc: int
    jump_slot: int
    cost: int
    taken_cost: int
    next: int
    taken: int
    steps: tuple[Step, ...]
    in_flight: tuple[int, ...]

    @property
    def end(self) -> Step:
        return self.steps[-1]


def told(machine: Any, least: int) -> list[Block]:
    """The bundles reached from the one fetched next, of those issued `least` times; [] where there are none."""
    blocks, steps = ffi.new("lpu_block[]", MOST_BLOCKS), ffi.new("lpu_step[]", MOST_STEPS)
    count = lib.lpu_tell_region(machine, least, blocks, MOST_BLOCKS, steps, MOST_STEPS)
    return [block_from_c(blocks[number], steps) for number in range(count)]


def block_from_c(raw: Any, steps: Any) -> Block:
    told_steps = tuple(step_from_c(steps[raw.first_step + k]) for k in range(raw.step_count))
    in_flight = tuple(
        level * REGISTERS + register
        for level, registers in enumerate(raw.in_flight)
        for register in range(REGISTERS)
        if registers >> register & 1
    )
    numbers = {name: getattr(raw, name) for name in Block._fields[:-2]}
    return Block(steps=told_steps, in_flight=in_flight, **numbers)


def step_from_c(raw: Any) -> Step:
    function = ffi.string(raw.function).decode()
    return Step(
        Does(raw.does), function, raw.kind, raw.k, raw.target, raw.undo, tuple(ffi.unpack(raw.sources, 3)), raw.stored
    )


def enter(machine: Any, address: int, entries: Sequence[int]) -> bool:
    """Have code at an address run in place of the region told last; whether the core still has that."""
    return bool(lib.lpu_enter_region(machine, ffi.cast("lpu_code", address), entries, len(entries)) == 0)


def is_inside(machine: Any) -> bool:
    """Whether what is fetched next is part of a region with code."""
    return bool(lib.lpu_in_region(machine))
