"""Loops written as `add`, `cmp` and a conditional jump back: how often they surely run, computed before they run.

The count need only never be too large: after that many rounds the jump back is still there and decides. So what
wraps around, or is no count at all, runs a round at a time.
"""

from __future__ import annotations

from asm.program import AsmOp
from asm.schedule.loops.body import WORD_MASK, Body
from asm.schedule.loops.make import Maker
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple

UP, DOWN = 1, -1
WORDS = WORD_MASK + 1
ENDS: dict[str, tuple[int, int, str]] = {  # condition -> direction, what is added to the bound, condition then
    "lt": (UP, 0, "lt"),
    "le": (UP, 1, "lt"),
    "ltu": (UP, 0, "ltu"),
    "leu": (UP, 1, "ltu"),
    "gt": (DOWN, 0, "gt"),
    "ge": (DOWN, -1, "gt"),
    "gtu": (DOWN, 0, "gtu"),
    "geu": (DOWN, -1, "gtu"),
}
UNEQUAL = "ne"
SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "ltu": "gtu", "gtu": "ltu", "leu": "geu", "geu": "leu"}


class Idiom(NamedTuple):
    """`register` moves by `step` in `direction` until it has passed the bound: a register, or a constant."""

    register: int
    direction: int
    step: int
    bound: int
    is_constant: bool
    condition: str  # while it holds of register and bound, the loop goes on


def recognise(body: Body, jump: AsmOp) -> Idiom | str:
    """The idiom of a body and its jump back, or what is missing."""
    compares = body.writers.get(CONDITION_CODE, [])
    compare = body.ops[compares[-1]] if compares else None
    if compare is None or compare.row.semantics != "cmp" or compare.references:
        return "no `cmp` of integers decides it"
    if any(read.carried for read in body.reads if read.register == CONDITION_CODE):
        return "a round reads the condition code of the round before"
    is_constant = "imm" in compare.row.format.names
    register, bound = compare.value("ra"), compare.value("imm" if is_constant else "rb")
    condition = jump.row.condition
    if not is_constant and bound in body.steps and register not in body.writers:
        register, bound, condition = bound, register, SWAPPED.get(condition, condition)
    if register not in body.steps:
        return f"r{register} does not advance by a constant"
    if body.writers[register][0] > compares[-1]:
        return f"r{register} advances after it is compared"
    return _idiom(body, register, bound, is_constant, condition)


def _idiom(body: Body, register: int, bound: int, is_constant: bool, condition: str) -> Idiom | str:
    if not is_constant and bound in body.writers:
        return f"the bound r{bound} changes"
    step = body.steps[register]
    size = min(step, -step & WORD_MASK)
    direction = UP if size == step else DOWN
    if not size or (condition != UNEQUAL and ENDS.get(condition, (0,))[0] != direction):
        return f"r{register} does not move towards the bound of `{condition}`"
    return Idiom(register, direction, size, bound, is_constant, condition)


def count_rounds(make: Maker, idiom: Idiom, count: int) -> None:
    """Ops that leave in register `count` how often the loop surely runs, at least 1; they set the condition code."""
    bound = _last_bound(make, idiom, count)
    low, high = (idiom.register, bound) if idiom.direction == UP else (bound, idiom.register)
    if idiom.condition == UNEQUAL:
        make.registers("sub", count, high, low)
    else:
        condition = ENDS[idiom.condition][2]
        make.ops.append(make.op("cmp", "ra, rb", ra=idiom.register, rb=bound))
        make.registers("sub", count, high, low)
        make.immediate(f"sel.{condition}", count, count, 0)
    _divide(make, count, idiom.step)
    make.immediate("max", count, count, 1)


def _divide(make: Maker, count: int, step: int) -> None:
    """count / step, rounded down; of a step that is no power of two exact up to 2^32 / step^2, and never more.

    (count + 1) times the reciprocal, rounded down itself, does that without the divider.
    """
    if step & (step - 1):
        make.immediate("add", count, count, 1)
        make.immediate("mulh.u32", count, count, WORDS // step)
    elif step > 1:
        make.immediate("shr", count, count, step.bit_length() - 1)


def _last_bound(make: Maker, idiom: Idiom, scratch: int) -> int:
    """The register with the bound such that (bound - register) / step, rounded down, is the number of rounds."""
    more = ENDS[idiom.condition][1] if idiom.condition in ENDS else 0
    more += idiom.direction * (idiom.step - 1)
    if idiom.is_constant:
        make.constant(scratch, idiom.bound + more)
        return scratch
    if more:
        make.immediate("add", scratch, idiom.bound, more)
        return scratch
    return idiom.bound
