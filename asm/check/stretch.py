"""Stretches: bundles that issue one after the other, whatever registers hold; within them all cycles are known.

What was issued before a stretch may still be under way when it begins, and code after it may join in at its
end. `settled` and `end` say when; what lies between them is certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from asm.check.bursts import Burst, burst_of
from asm.check.hazards import bundle_cycles, ways_out
from asm.check.view import UNKNOWN, CheckedOp, View
from asm.facts import FACTS
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass, field

FOREVER = 1 << 62
UNREACHED = -2
NEVER = -1  # before a program has issued its first tensor op, nothing can be under way


@dataclass(frozen=True, eq=False)
class Timed:
    """A tensor op, the burst it is, and the cycle of its first element."""

    op: CheckedOp
    cycle: int
    burst: Burst
    number: int = 0  # in its stretch


def knows_rows(timed: Timed) -> bool:
    """Whether rows are numbers: not added to by a register, and not those of data of another object."""
    op = timed.op
    if "row" not in timed.burst.fields or "ra" in timed.burst.fields:
        return False
    return op.value("row") is not None or op.is_placed


def reach_of(timed: Timed) -> tuple[int, int] | None:
    """How far before its first row and after it the rows are that a burst accesses; None where they are not known."""
    fields = timed.burst.fields
    if "row" not in fields:
        return 0, 0
    if not knows_rows(timed):
        return None
    ways = (fields["m"] - 1) * fields["stride2"], (fields["n"] - 1) * fields["stride"]
    return -sum(min(0, way) for way in ways), sum(max(0, way) for way in ways)


class Access(NamedTuple):
    """A scalar op that may touch memory, and its cycle."""

    cycle: int
    op: CheckedOp


@dataclass
class Stretch:
    """Tensor ops and scalar accesses in order of time.

    From cycle `settled` on nothing is under way that was issued before (`fresh`: nothing ever was); in cycle
    `end` other code may issue; from cycle `stop` on nothing happens any more.
    """

    settled: int
    fresh: bool
    ops: list[Timed] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    end: int = FOREVER
    stop: int = FOREVER


def stretches(view: View, spec: MachineSpec) -> Iterator[Stretch]:
    """All stretches with tensor ops, their cycles as in the listing where there is one."""
    before = _under_way(view, spec)
    begins = beginnings(view)
    done = 0
    for number, kind in enumerate(view.kinds):
        if kind.has_tensor_ops and number >= done:
            start = _start(view, begins, number)
            stretch, done = stretch_from(view, begins, start, before[start], spec)
            yield stretch


def beginnings(view: View) -> set[int]:
    """Bundles that may be entered from elsewhere than from the one before."""
    return view.entered | {*view.targets} - {UNKNOWN}


def stretch_from(view: View, begins: set[int], start: int, left: int, spec: MachineSpec) -> tuple[Stretch, int]:
    """The stretch that starts with a bundle, before which what was issued has an effect for so many cycles (FOREVER,
    NEVER); and the bundle after it."""
    cycle = view.times[start][1] if view.times else 0
    stretch = Stretch(FOREVER if left == FOREVER else cycle + max(0, left), left == NEVER)
    return stretch, _fill(view, begins, stretch, range(start, len(view.kinds)), cycle, spec)


def _start(view: View, begins: set[int], number: int) -> int:
    """The first bundle of the stretch that a bundle is in."""
    while number and number not in begins and _passes(view, number - 1):
        number -= 1
    return number


def _fill(view: View, begins: set[int], stretch: Stretch, numbers: range, cycle: int, spec: MachineSpec) -> int:
    """Put the bundles of a stretch into it, the first in a cycle; the number of the bundle after them."""
    for number in numbers:
        if number in begins and number > numbers.start:
            stretch.end = cycle
            return number
        kind, control = view.kinds[number], view.controls[number]
        if kind.has_tensor_ops or kind.accesses:
            _add(stretch, cycle, view.bundle(number), spec)
        if not _passes(view, number):
            _leave(stretch, control, cycle)
            return number + 1
        cycle += 1 if control is None else bundle_cycles(control)
    _finish(stretch, cycle)
    return numbers.stop


def _passes(view: View, number: int) -> bool:
    """Whether control surely passes from a bundle to the next."""
    control = view.controls[number]
    return bool(view.kinds[number].size) if control is None else control.row.control == "nop"


def _leave(stretch: Stretch, control: CheckedOp | None, cycle: int) -> None:
    """The bundle that ends a stretch issues in a cycle."""
    if control is not None and control.row.control == "halt":
        _finish(stretch, cycle + 1)
        return
    stretch.end = cycle + 1
    if control is None or control.row.control == "trap":
        stretch.stop = cycle


def _add(stretch: Stretch, cycle: int, bundle: list[CheckedOp], spec: MachineSpec) -> None:
    for op in bundle:
        if op.row.tensor:
            stretch.ops.append(Timed(op, cycle, burst_of(spec, op.row, op.values), len(stretch.ops)))
        elif op.row.memory:
            stretch.accesses.append(Access(cycle, op))


def _finish(stretch: Stretch, cycle: int) -> None:
    """Fetching ends in a cycle: what was issued still goes on to its end, and that is the end of the run."""
    landings = [timed.cycle + timed.burst.last + timed.burst.latency for timed in stretch.ops]
    landings += [cycle_of + FACTS[op.row.id].latency for cycle_of, op in stretch.accesses]
    stretch.stop = max([cycle, *landings])


# What is under way on entry ---------------------------------------------------------------------
def _under_way(view: View, spec: MachineSpec) -> list[int]:
    """For each bundle the cycles for which what was issued before it may still have an effect; NEVER for none."""
    effects = {n: longest(view.bundle(n), spec) for n, kind in enumerate(view.kinds) if kind.has_tensor_ops}
    left = [UNREACHED] * len(view.kinds)
    roots = {view.start: NEVER} | dict.fromkeys(_unknown_entries(view), FOREVER)
    work = [number for number in roots if 0 <= number < len(left)]
    for number in work:
        left[number] = roots[number]
    ways = ways_out(view)
    while work:
        number = work.pop()
        most = left[number]
        if number in effects and effects[number] > most:
            most = effects[number]
        for to, cycles in ways[number]:
            passed = most if most <= 0 or most == FOREVER else max(0, most - cycles)
            if passed > left[to]:
                left[to] = passed
                work.append(to)
    return [FOREVER if cycles == UNREACHED else cycles for cycles in left]


def longest(bundle: list[CheckedOp], spec: MachineSpec) -> int:
    """For how many cycles something of a bundle may have an effect."""
    return max((_effect(op, spec) for op in bundle if op.row.tensor), default=NEVER)


def _effect(op: CheckedOp, spec: MachineSpec) -> int:
    """Cycles from the issue of an op to when its last result has left the machine and its units are free."""
    burst = burst_of(spec, op.row, op.values)
    return burst.held + burst.latency + spec.positions


def _unknown_entries(view: View) -> set[int]:
    """Bundles that control may come to from where nobody knows: other objects, or a `ret`."""
    returns = any(control is not None and control.row.control == "ret" for control in view.controls)
    if view.complete and not returns:
        return set()
    calls = {
        number + 1
        for number, control in enumerate(view.controls)
        if control is not None and control.row.control == "call"
    }
    return view.entered | calls
