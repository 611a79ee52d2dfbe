"""Iterative modulo scheduling (Rau, 1994): ops get cycles such that a round can start every `interval` cycles.

Ops are placed by height, each in the first of `interval` cycles in which a unit and its banks are free; an op
that finds none takes one by force, and what is in its way is placed again, within a budget. In the end ops move towards
those that use what they make, so that values are kept for less time and need fewer names (as in Huff, 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asm.facts import FACTS, register_written
from asm.program import FREE, AsmOp
from asm.schedule.loops.body import Body
from asm.schedule.loops.depend import Dependence, bank_conflicts
from isa.records import NamedTuple

BUDGET = 8  # placements tried, per op


class Kernel(NamedTuple):
    """`times[i]` is the cycle of op i in its round, `units[i]` its unit; a round starts every `interval` cycles."""

    interval: int
    times: list[int]
    units: list[int]

    @property
    def stages(self) -> int:
        """How many rounds are under way at once."""
        return max(self.times) // self.interval + 1

    def span(self, ops: Sequence[AsmOp]) -> int:
        """Cycles from the first op of a round to its last landing."""
        return max(time + _landing(op) for time, op in zip(self.times, ops, strict=True)) - min(self.times)


def _landing(op: AsmOp) -> int:
    facts = FACTS[op.row.id]
    return facts.latency if register_written(facts, op.values) >= 0 else 1


def modulo_schedule(body: Body, edges: Sequence[Dependence], interval: int) -> Kernel | None:
    """A kernel of a given interval that no cycle of `edges` forbids; None when none was found within the budget."""
    return _Scheduler(body, edges, interval, bank_conflicts(body)).run()


class _Scheduler:
    """The state of one search; `rows[c]` are the ops in cycle c modulo the interval."""

    def __init__(
        self, body: Body, edges: Sequence[Dependence], interval: int, conflict: Callable[[int, int], bool]
    ) -> None:
        count = len(body.ops)
        self.body = body
        self.ops = body.ops
        self.interval = interval
        self.conflict = conflict
        self.into: list[list[Dependence]] = [[] for _ in range(count)]
        self.out: list[list[Dependence]] = [[] for _ in range(count)]
        for edge in edges:
            self.into[edge.end].append(edge)
            self.out[edge.start].append(edge)
        self.heights = _heights(count, edges, interval)
        self.times = [-1] * count
        self.lasts = [-1] * count  # where each op was placed before
        self.units = [0] * count
        self.rows: list[list[int]] = [[] for _ in range(interval)]

    def run(self) -> Kernel | None:
        budget = BUDGET * len(self.ops)
        waiting = set(range(len(self.ops)))
        while waiting:
            if not budget:
                return None
            budget -= 1
            number = min(waiting, key=lambda op: (-self.heights[op], op))
            waiting.discard(number)
            waiting |= self._place(number)
        for number in sorted(range(len(self.ops)), key=lambda op: -self.times[op]):
            self._make_later(number)
        return Kernel(self.interval, self._in_last_row(), self.units)

    def _make_later(self, number: int) -> None:
        """Move an op towards those that use its result, when that keeps values for fewer cycles in all."""
        start = self.times[number]
        ends = (self.times[each.end] - each.latency + self.interval * each.distance for each in self.out[number])
        latest = min(ends, default=start)
        for time in range(min(latest, max(self.times)), start, -1):
            unit = self._free_unit(number, time)
            if unit >= 0 and self._kept_longer(number, time) < time - start:
                self._remove(number)
                self._take(number, time, unit)
                return

    def _kept_longer(self, number: int, time: int) -> int:
        """For how many cycles more the operands of an op are kept when it is moved to a time."""
        more = 0
        for mine in (read for read in self.body.reads if read.op == number):
            uses = [read for read in self.body.reads if read.definer == mine.definer and read.op != number]
            until = max((self.times[read.op] + read.carried * self.interval for read in uses), default=0)
            more += max(0, time - max(until, self.times[number])) if not mine.carried else time - self.times[number]
        return more

    def _in_last_row(self) -> list[int]:
        """The times, all later by what puts ops into the last row: a hardware loop ends with a bundle of its own."""
        empty = next(count for count in range(self.interval) if self.rows[self.interval - 1 - count])
        return [time + empty for time in self.times]

    def _place(self, number: int) -> set[int]:
        """Give an op a cycle and a unit; returns the ops that had to go."""
        earliest = max(
            (
                self.times[edge.start] + edge.latency - self.interval * edge.distance
                for edge in self.into[number]
                if self.times[edge.start] >= 0 and edge.start != number
            ),
            default=0,
        )
        earliest = max(earliest, 0)
        for time in range(earliest, earliest + self.interval):
            unit = self._free_unit(number, time)
            if unit >= 0:
                return self._take(number, time, unit)
        time = max(earliest, self.lasts[number] + 1)
        gone = self._make_room(number, time)
        return gone | self._take(number, time, self._free_unit(number, time))

    def _free_unit(self, number: int, time: int) -> int:
        """A unit that is free in a cycle, those first that fewer ops can have; -1 for none."""
        op = self.ops[number]
        facts = FACTS[op.row.id]
        row = self.rows[time % self.interval]
        if op.row.memory and any(self.ops[other].row.memory and self.conflict(number, other) for other in row):
            return -1
        taken = {self.units[other] for other in row if FACTS[self.ops[other].row.id].unit_class == facts.unit_class}
        choices = range(facts.instances - 1, -1, -1) if op.unit_pin == FREE else (op.unit_pin,)
        return next((unit for unit in choices if unit not in taken), -1)

    def _make_room(self, number: int, time: int) -> set[int]:
        """Take out of a row what keeps an op from it: ops of its units and its banks."""
        op = self.ops[number]
        unit_class = FACTS[op.row.id].unit_class
        gone = set()
        for other in self.rows[time % self.interval]:
            same = FACTS[self.ops[other].row.id].unit_class == unit_class
            if same and (op.row.memory or self.units[other] < FACTS[op.row.id].instances):
                gone.add(other)
        for other in gone:
            self._remove(other)
        return gone

    def _take(self, number: int, time: int, unit: int) -> set[int]:
        """Place an op; ops whose dependences that breaks have to go."""
        self.times[number] = self.lasts[number] = time
        self.units[number] = unit
        self.rows[time % self.interval].append(number)
        gone = {edge.end for edge in self.out[number] if self._breaks(edge)}
        gone |= {edge.start for edge in self.into[number] if self._breaks(edge)}
        for other in gone:
            self._remove(other)
        return gone

    def _breaks(self, edge: Dependence) -> bool:
        start, end = self.times[edge.start], self.times[edge.end]
        return (
            edge.start != edge.end
            and min(start, end) >= 0
            and end < start + edge.latency - self.interval * edge.distance
        )

    def _remove(self, number: int) -> None:
        self.rows[self.times[number] % self.interval].remove(number)
        self.times[number] = -1


def _heights(count: int, edges: Sequence[Dependence], interval: int) -> list[int]:
    """The longest way from each op on, rounds that an edge spans taken off."""
    heights = [0] * count
    for _ in range(count):
        changed = False
        for edge in edges:
            height = heights[edge.end] + edge.latency - interval * edge.distance
            if height > heights[edge.start]:
                heights[edge.start], changed = height, True
        if not changed:
            break
    return heights
