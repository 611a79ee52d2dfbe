"""Innermost loops of a program whose body is one linear block: those of `loop`, and those that jump back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from asm.facts import target_label
from asm.program import AsmOp
from asm.schedule.blocks import Blocks
from asm.schedule.paths import loops, target_block, touched_registers
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple, dataclass, field

if TYPE_CHECKING:
    from asm.data.stated import Trip

MOST_LEVELS = 4
MOST_BODY = 128  # ops


@dataclass(slots=True)
class Stated:
    """What the writer states of loops, by their labels: `.trip` and `.independent`.

    Bit n of `reserved`: register n is not to be used, though no op may name it.
    """

    trips: Mapping[str, Trip] = field(default_factory=dict)
    independent: frozenset[str] = frozenset()
    reserved: int = 0

    def rounds(self, names: Iterable[str]) -> Rounds:
        trip = next((self.trips[name] for name in names if name in self.trips), None)
        return Rounds(trip.min or 1, trip.multiple or 1, trip.max) if trip else Rounds()

    def is_independent(self, names: Iterable[str]) -> bool:
        return not self.independent.isdisjoint(names)


class Rounds(NamedTuple):
    """How often a loop may run when it is reached; `most` is None when that is not known."""

    least: int = 0
    multiple: int = 1
    most: int | None = None


class Candidate(NamedTuple):
    """Blocks [first, after) are the loop: for `loop` the block that ends with it, and the body."""

    first: int
    after: int
    control: AsmOp  # the `loop`, or the jump back
    is_hardware: bool
    depth: int  # hardware loops around it
    names: list[str]  # labels that speak of it: at its start, and the one where it ends

    @property
    def body(self) -> int:
        return self.after - 1


def candidates(program: Blocks) -> Iterator[Candidate]:
    """Innermost loops in the order of the program."""
    hardware = loops(program)
    for number, block in enumerate(program.blocks):
        if block.control is not None and not block.is_explicit:
            found = candidate(program, number, target_block(program, block.control), hardware)
            if found is not None:
                yield found


def candidate(program: Blocks, number: int, target: int, hardware: Iterable[tuple[int, int]]) -> Candidate | None:
    """The loop that a linear block is, or begins, whose control op goes to a block; `hardware` as `loops` finds it."""
    block = program.blocks[number]
    if block.control is None or block.continues:
        return None
    is_hardware = block.ends_with("loop")
    after = target if is_hardware else number + 1
    is_loop = _is_body(program, number + 1, after) if is_hardware else block.ends_with("branch") and target == number
    if not is_loop:
        return None
    depth = sum(start < number < end for start, end in hardware)
    return Candidate(number, after, block.control, is_hardware, depth, _names(program, number, after))


def _is_body(program: Blocks, start: int, end: int) -> bool:
    """Whether blocks [start, end) are empty ones and one of straight linear code, and nothing jumps into them."""
    blocks = program.blocks[start:end]
    used = program.entered | program.targets
    if not blocks or any(block.continues or not used.isdisjoint(block.labels) for block in blocks):
        return False
    return bool(blocks[-1].ops) and blocks[-1].control is None and all(block.is_empty for block in blocks[:-1])


def _names(program: Blocks, number: int, after: int) -> list[str]:
    """The labels of a loop that begins with a block, or with the `loop` that ends it."""
    block = program.blocks[number]
    if not block.ends_with("loop"):
        return block.labels
    before = block.labels if len(block.ops) == 1 else []
    return before + [label for inside in program.blocks[number + 1 : after + 1] for label in inside.labels]


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


class Surroundings(NamedTuple):
    """What holds for all loops of a program: registers that no op names, the last first; how many control ops go to
    each label; and whether it is closed, so that nobody enters or leaves it with hardware loops under way."""

    free: list[int]
    jumps: Counter[str]
    closed: bool


def survey(program: Blocks, reserved: int) -> Surroundings:
    named = reserved
    jumps: Counter[str] = Counter()
    closed = not program.entered
    for block in program.blocks:
        named |= touched_registers(block)
        if block.control is not None:
            jumps[target_label(block.control) or ""] += 1
            closed &= not block.ends_with("call") and not block.ends_with("ret")
    free = [register for register in range(CONDITION_CODE - 1, -1, -1) if not named >> register & 1]
    return Surroundings(free, jumps, closed)


def levels_left(loop: Candidate, around: Surroundings) -> int:
    """How many hardware loops may be nested here, this one included; callers unknown may have used up any."""
    return MOST_LEVELS - loop.depth if around.closed else int(loop.is_hardware)
