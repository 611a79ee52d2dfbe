"""What a law is, and how one is tried: a program, its twin, and what the twin's run must look like."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from conform.compare import Difference
from conform.laws.view import Change, View, seen, view_differences
from conform.mix import Mix
from conform.program import Program
from conform.target import LIMIT, Target
from isa.records import NamedTuple
from vm.engine import HALTED, RUNNING

SLACK = 1_000  # cycles that a twin may run beyond the limit of programs


def unchanged(view: View) -> View:
    return view


class Twin(NamedTuple):
    """A changed program. `there` of a view of the program's run must be `back` of one of the twin's.

    `cycle` is the twin's cycle that goes with a cycle of the program; without it, only the ends are looked at.
    """

    program: Program
    there: Change = unchanged
    back: Change = unchanged
    cycle: Callable[[int], int] | None = None


class Verdict(NamedTuple):
    """Whether a law says something about a program, where it is broken, and the other program of the two."""

    applies: bool
    difference: Difference | None = None
    twin: Program | None = None


NOTHING = Verdict(False)
HOLDS = Verdict(True)
Try = Callable[[Target, Program, Random], Verdict]
MakeTwin = Callable[[Program, Random], Twin | None]


class Law(NamedTuple):
    """A law by its name, what it says, how it is tried, and a mix of programs that it says something about."""

    name: str
    says: str
    tried: Try
    mix: Mix


def on_twins(make: MakeTwin, faults: bool = False) -> Try:
    """A law between a program and its twin; of programs that end with a fault only where `faults`."""

    def tried(target: Target, program: Program, rng: Random) -> Verdict:
        twin = make(program, rng)
        if twin is None or twin.program == program:
            return NOTHING
        return compared(target, program, twin, rng, faults)

    return tried


def compared(target: Target, program: Program, twin: Twin, rng: Random, faults: bool) -> Verdict:
    """Run both to the end, and to some cycle before it where that can be compared. Raises TargetError."""
    end = seen(target, program, LIMIT)
    if end.outcome.status != HALTED and (end.outcome.status == RUNNING or not faults):
        return NOTHING
    found = difference(target, twin, end, LIMIT + SLACK)
    if found is None and twin.cycle and end.outcome.cycle > 0:
        middle = rng.randrange(end.outcome.cycle)
        found = difference(target, twin, seen(target, program, middle), twin.cycle(middle))
    return Verdict(True, found, twin.program)


def difference(target: Target, twin: Twin, view: View, until: int) -> Difference | None:
    """The first thing in which the twin's run up to a cycle is not what it must be."""
    observed = twin.back(seen(target, twin.program, until))
    return next(view_differences(twin.there(view), observed, target.lacks), None)


def same_cycle(cycle: int) -> int:
    return cycle
