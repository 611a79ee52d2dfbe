"""Control: given a control op, where and when fetching goes on, and the loop stack then."""

from __future__ import annotations

from collections.abc import Callable

from isa.records import dataclass, replace
from isa.row import Row
from vm.engine import Loop
from vm.reference.integer import signed
from vm.reference.program import Program
from vm.reference.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Here:
    """Where a control op stands: its bundle's address, the next bundle's, the loop stack as it is."""

    program: Program
    loop_depth: int
    address: int
    next: int
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """The next fetch: its address, in how many cycles, and the loop stack; or that there is none."""

    pc: int
    loops: tuple[Loop, ...]
    cycles: int = 1
    jumped: bool = False
    ended: bool = False
    exit_code: int = 0


def follow(here: Here) -> Flow:
    """No control op, or a jump not taken."""
    return Flow(here.next, here.loops)


def jump(here: Here, row: Row, target: int) -> Flow:
    return Flow(target, leave(here.loops, here.address, target), row.taken_latency, jumped=True)


def branch(here: Here, row: Row, target: int, holds: bool) -> Flow:
    return jump(here, row, target) if holds else follow(here)


def call(here: Here, row: Row, target: int) -> Flow:
    return Flow(target, here.loops, row.taken_latency, jumped=True)


def loop(here: Here, row: Row, count: int, end: int) -> Flow:
    if signed(count) <= 0:
        return jump(here, row, end)
    if len(here.loops) >= here.loop_depth:
        raise bad_loop(here, end)
    return Flow(here.next, (*here.loops, Loop(here.next, end, count)))


def nop(here: Here, row: Row, count: int) -> Flow:
    return replace(follow(here), cycles=count)


def halt(here: Here, row: Row, code: int) -> Flow:
    return replace(follow(here), ended=True, exit_code=code)


def trap(here: Here, row: Row, code: int) -> Flow:
    raise Trouble("E-TRAP", value=code)


SEMANTICS: dict[str, Callable[..., Flow]] = {
    "jmp": jump, "branch": branch, "call": call, "ret": call, "loop": loop, "nop": nop, "halt": halt, "trap": trap,
}  # fmt: skip


def inside(entry: Loop, address: int) -> bool:
    return entry.start <= address < entry.end


def leave(loops: tuple[Loop, ...], address: int, target: int) -> tuple[Loop, ...]:
    """The loop stack after a jump: entries whose body the jump leaves are popped, innermost first."""
    while loops and inside(loops[-1], address) and not inside(loops[-1], target):
        loops = loops[:-1]
    return loops


def go_round(flow: Flow) -> Flow:
    """What happens at the end of a loop body: one round less, back to the start or out of the loop."""
    if flow.jumped or not flow.loops or flow.pc != flow.loops[-1].end:
        return flow
    *outer, top = flow.loops
    if top.remaining > 1:
        return replace(flow, pc=top.start, loops=(*outer, replace(top, remaining=top.remaining - 1)))
    return replace(flow, loops=tuple(outer))


def check_loop(here: Here, end: int) -> None:
    """The rules of a loop that hold whatever its count is. Raises Trouble."""
    if not body_is_legal(here.program, here.next, end):
        raise bad_loop(here, end)
    if here.loops and inside(here.loops[-1], here.address) and end >= here.loops[-1].end:
        raise bad_loop(here, end)


def body_is_legal(program: Program, start: int, end: int) -> bool:
    """A body holds a bundle, ends where one starts or the text ends, and its last bundle holds no control op."""
    limit = program.end if start < program.end else len(program)
    if not start < end <= limit or not (end == limit or program.starts_bundle(end)):
        return False
    last = program.last_bundle_before(end)
    return last is not None and not any(op.row.control for op in last.ops)


def bad_loop(here: Here, end: int) -> Trouble:
    return Trouble("E-LOOP", resource=len(here.loops), address=end)
