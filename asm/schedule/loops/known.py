"""Loops that jump back and whose count is known at assembly: counter and bound are constants set just before."""

from __future__ import annotations

from collections import Counter

from asm.facts import FACTS, register_written
from asm.schedule.blocks import Block, Blocks
from asm.schedule.loops.body import WORD_MASK
from asm.schedule.loops.count import ENDS, UNEQUAL, UP, WORDS, Idiom
from isa.records import NamedTuple

SIGN = 1 << 31
UNSIGNED = ("ltu", "gtu")


class Difference(NamedTuple):
    """The rounds of a loop are what a register holds less a constant, and at least one."""

    register: int
    less: int


def known_rounds(before: Block | None, idiom: Idiom) -> int | None:
    """How often a loop surely runs that is entered from a block alone; None when that is not known."""
    if before is None:
        return None
    start = _constant_in(before, idiom.register)
    bound = idiom.bound if idiom.is_constant else _constant_in(before, idiom.bound)
    return None if start is None or bound is None else rounds(idiom, start, bound)


def exact_rounds(before: Block | None, idiom: Idiom) -> Difference | None:
    """The rounds of a loop that goes up from a constant, or down to one, by steps of one, and meets no other end.

    The constant is not negative, so that the difference is less than 2^31.
    """
    if idiom.step != 1 or before is None:
        return None
    found = None
    if idiom.condition == "lt" and not idiom.is_constant:
        start = _constant_in(before, idiom.register)
        found = None if start is None else Difference(idiom.bound, start)
    elif idiom.condition == "gt" and idiom.is_constant:
        found = Difference(idiom.register, idiom.bound)
    return found if found is not None and found.less < SIGN >> 1 else None


def rounds(idiom: Idiom, start: int, bound: int) -> int | None:
    """The rounds from a start to a bound; None when that is not one way through the numbers, without wrapping."""
    more = ENDS[idiom.condition][1] if idiom.condition in ENDS else 0
    last = bound + more + idiom.direction * (idiom.step - 1) & WORD_MASK
    low, high = (start, last) if idiom.direction == UP else (last, start)
    if idiom.condition == UNEQUAL:
        if (bound - start) * idiom.direction % WORDS % idiom.step:
            return None
    else:
        flip = 0 if ENDS[idiom.condition][2] in UNSIGNED else SIGN
        if low ^ flip >= high ^ flip:
            return None
    return ((high - low) & WORD_MASK) // idiom.step or None


def way_in(program: Blocks, number: int, jumps: Counter[str]) -> int | None:
    """The linear block that leads into a loop, when nothing else does but the loop's own jump."""
    labels = program.blocks[number].labels
    if sum(jumps[label] for label in labels) != 1 or not program.entered.isdisjoint(labels):
        return None
    for before in range(number - 1, -1, -1):
        block = program.blocks[before]
        if not block.is_empty:
            return before if not block.is_explicit and block.control is None else None
        if not (program.entered | program.targets).isdisjoint(block.labels):
            return None
    return None


def _constant_in(block: Block, register: int) -> int | None:
    """What a register holds after a block, when its last write there moves a constant."""
    for op in reversed(block.ops):
        if register_written(FACTS[op.row.id], op.values) == register:
            is_move = op.row.semantics == "mov" and "imm" in op.row.format.names and not op.references
            return op.value("imm") if is_move else None
    return None
