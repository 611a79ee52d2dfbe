"""Programs without jumps and loops as the ops of each cycle: taken apart, put together, made of those that jump."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate

from conform.build import op
from conform.edits import COUNT, NOP
from conform.program import Bundle, Program
from conform.target import EngineTarget
from isa.codec import Op
from vm.engine import RUNNING, State

TURNS = (
    "jump",
    "branch",
    "call",
    "ret",
    "loop",
)  # kinds of control after which another bundle than the next may follow
MANY = 400  # cycles that are looked at, at most
Timed = dict[int, list[Op]]  # the ops of each cycle


def is_straight(program: Program) -> bool:
    """Whether each bundle is followed by the next."""
    return not any(one.row.control in TURNS for bundle in program.bundles for one in bundle)


def lasts(bundle: Bundle) -> int:
    """The cycles that a bundle of a straight program takes."""
    return max(1, *(one[COUNT] for one in bundle if one.row is NOP), 1)


def starts(program: Program) -> list[int]:
    """The cycle in which each bundle of a straight program issues, and that of the end."""
    return [0, *accumulate(lasts(bundle) for bundle in program.bundles)]


def timed(program: Program) -> Timed:
    """The ops of a straight program by the cycle in which they issue, without waits."""
    pairs = zip(starts(program), program.bundles, strict=False)
    return {cycle: ops for cycle, bundle in pairs if (ops := [one for one in bundle if one.row is not NOP])}


def packed(program: Program, ops: Mapping[int, Iterable[Op]], end: int) -> Program:
    """A program with these ops at their cycles, or all so much later that none is before 0, that ends in a cycle.

    A bundle that is not followed by another in the next cycle waits.
    """
    used = {cycle: tuple(each) for cycle, each in sorted(ops.items()) if each}
    first = min([0, *used])
    found: list[Bundle] = []
    cycles = [first, *(cycle for cycle in used if cycle > first)]
    for cycle, following in zip(cycles, [*cycles[1:], max(end, cycles[-1] + 1)], strict=True):
        found += waiting(used.get(cycle, ()), following - cycle)
    return program._replace(bundles=tuple(found))


def waiting(bundle: Bundle, cycles: int) -> list[Bundle]:
    """A bundle that takes so many cycles; two where its control unit is taken."""
    is_taken = any(one.row.units is NOP.units for one in bundle)
    if cycles == 1 and bundle:
        return [bundle]
    if is_taken:
        return [bundle, (op(NOP.key, count=cycles - 1),)]
    return [(*bundle, op(NOP.key, count=cycles))]


class Run:
    """How our core runs a program: what is seen there are hints at programs worth trying, whoever is tested."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.places = program.addresses

    @cached_property
    def states(self) -> list[State]:
        """The state of each cycle until the run ends."""
        core = EngineTarget("core")
        core.load(self.program.image(), self.program.uninit, self.program.strict)
        found = [core.state()]
        while len(found) < MANY and core.run(len(found)).status == RUNNING:
            found.append(core.state())
        last = core.state()
        return found if last == found[-1] else [*found, last]

    def at(self, cycle: int) -> State | None:
        return self.states[cycle] if 0 <= cycle < len(self.states) else None

    def bundle(self, state: State) -> int | None:
        """The number of the bundle that is fetched in a cycle, if one is."""
        is_fetched = state.next_fetch == state.cycle and not state.fetch_ended
        return self.places.get(state.pc) if is_fetched else None


def unrolled(program: Program) -> Program | None:
    """The bundles that issue, in a straight program and at the same cycles; None where that would be long."""
    run = Run(program)
    if len(run.states) >= MANY:
        return None
    ops: Timed = {}
    for state in run.states:
        number = run.bundle(state)
        if number is not None and number < len(program.bundles):
            ops[state.cycle] = [one for one in program.bundles[number] if one.row.control not in (*TURNS, "nop")]
    return packed(program, ops, next((s.cycle for s in run.states if s.fetch_ended), len(run.states)))


def all_packed(program: Program) -> Program:
    """The same with as few waits as there can be."""
    return packed(program, timed(program), starts(program)[-1])
