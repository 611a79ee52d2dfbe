"""Innermost loops of a program whose body is one linear block: those of `loop`, and those that jump back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asm.facts import FACTS, register_written, registers_read
from asm.program import AsmOp
from asm.schedule.blocks import Block, Blocks
from asm.schedule.paths import loops, target_block

MOST_LEVELS = 4
MOST_BODY = 128  # ops


@dataclass(slots=True)
class Candidate:
    """Blocks [first, after) are the loop: for `loop` the block that ends with it, and the body."""

    first: int
    after: int
    control: AsmOp  # the `loop`, or the jump back
    is_hardware: bool
    depth: int  # hardware loops around it

    @property
    def body(self) -> int:
        return self.after - 1


def candidates(program: Blocks) -> Iterator[Candidate]:
    """Innermost loops in the order of the program."""
    hardware = loops(program)
    for number, block in enumerate(program.blocks):
        if block.is_explicit or block.control is None or block.continues:
            continue
        is_hardware = block.control.row.control == "loop"
        if is_hardware:
            is_loop = target_block(program, block.control) == number + 2 and _is_body(program, number + 1)
        else:
            is_loop = block.control.row.control == "branch" and target_block(program, block.control) == number
        if is_loop:
            depth = sum(start < number < end for start, end in hardware)
            yield Candidate(number, number + 1 + is_hardware, block.control, is_hardware, depth)


def _is_body(program: Blocks, number: int) -> bool:
    block = program.blocks[number]
    used = program.entered | program.targets
    return bool(block.ops) and block.control is None and not block.continues and used.isdisjoint(block.labels)


def refusal(program: Blocks, loop: Candidate) -> str:
    """Why a loop is left as it is written, if so."""
    if any(check.start <= number < check.end for check in program.checks for number in range(loop.first, loop.after)):
        return "its cycles are stated"
    following = program.blocks[loop.after : loop.after + 1]
    if following and following[0].continues:
        return "its body is too long"
    ops = program.blocks[loop.body].ops
    if len(ops) > MOST_BODY:
        return f"its body has more than {MOST_BODY} ops"
    if any(op.cycle_pin is not None or op.register_pin for op in ops):
        return "an op of it is pinned to a cycle or a register"
    return ""


def levels_left(program: Blocks, loop: Candidate) -> int:
    """How many hardware loops may be nested here, this one included; callers unknown may have used up any."""
    if program.entered or any(block.ends_with("call") or block.ends_with("ret") for block in program.blocks):
        return int(loop.is_hardware)
    return MOST_LEVELS - loop.depth


def free_registers(program: Blocks) -> list[int]:
    """Registers that no op of the program names, the last first."""
    named: set[int] = set()
    for block in program.blocks:
        for op in _ops(block):
            facts = FACTS[op.row.id]
            named.update(registers_read(facts, op.values))
            named.add(register_written(facts, op.values))
    return [register for register in range(31, -1, -1) if register not in named]


def _ops(block: Block) -> Iterator[AsmOp]:
    yield from block.ops
    for bundle in block.bundles:
        yield from bundle.ops
