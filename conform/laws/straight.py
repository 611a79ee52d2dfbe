"""Straight programs as ops by the cycle in which they issue, and back."""

from __future__ import annotations

from conform.build import op
from conform.program import Bundle, Program
from conform.timetable import Timetable
from isa.codec import Op

WAITS, ENDS = "nop", "halt"


class Schedule:
    """The ops of a straight program by cycle, without waits and `halt`, which ends it in cycle `end` or does not."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ops = Timetable()
        self.halt: Op | None = None
        self.end = 0
        for bundle in program.bundles:
            self._add(bundle)
            if self.halt:
                break

    def _add(self, bundle: Bundle) -> None:
        self.ops[self.end] = [one for one in bundle if not one.row.control]
        cycles = 1
        for one in bundle:
            if one.row.control == WAITS:
                cycles = one["count"]
            elif one.row.control == ENDS:
                self.halt = one
        self.end += cycles

    def put(self, cycle: int, one: Op) -> None:
        """One more op; the program goes on at least to its cycle."""
        self.ops.setdefault(cycle, []).append(one)
        self.end = max(self.end, cycle + 1)

    def done(self) -> Program:
        """The program of these ops."""
        bundles: list[Bundle] = []
        now = 0
        last = self.end - 1 if self.halt else self.end
        for cycle in sorted({cycle for cycle, ops in self.ops.items() if ops and cycle != last} | {last}):
            if cycle > now:
                bundles.append((op("nop count", count=cycle - now),))
            ops = (*self.ops.get(cycle, []), *([self.halt] if self.halt and cycle == last else []))
            bundles += [ops] if ops else []
            now = cycle + 1
        return self.program._replace(bundles=tuple(bundles))


def is_straight(program: Program) -> bool:
    """Whether nothing but waits and an end controls what comes next up to that end, and there is a first bundle."""
    for bundle in program.bundles:
        controls = {one.row.control for one in bundle}
        if not controls <= {"", WAITS, ENDS}:
            return False
        if ENDS in controls:
            break
    return bool(program.bundles)
