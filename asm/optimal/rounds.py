"""Kernels of a given initiation interval: found, or proved not to exist.

The conditions are those of `asm.schedule.loops`: dependences, units and banks modulo the interval, and names for values
of rounds that are under way at once, out of the registers that the file leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asm.facts import FACTS
from asm.optimal.resources import Resource, give_units, resources
from asm.optimal.solve import solve
from asm.optimal.straight import share
from asm.schedule.loops.body import Body
from asm.schedule.loops.depend import WIDEST, Dependence
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import MOST_COPIES
from asm.schedule.loops.search import MOST_OPS

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, Domain, IntVar, LinearExpr

COPIES = [1 << power for power in range(MOST_COPIES.bit_length())]
STAGES = WIDEST - 2  # that leaves room for a shift of the whole


@dataclass(slots=True)
class Rounds:
    """A loop's body; `names` are the registers that are renamed, `free` how many more there are."""

    body: Body
    edges: Sequence[Dependence]
    names: Sequence[int]
    free: int
    limit: float

    def kernel(self, interval: int) -> tuple[Kernel | None, bool]:
        """A kernel of an interval, and whether there is none for certain when none is found."""
        model = _Model(self, interval, resources(self.body.ops))
        answer = solve(model.model, model.times, self.limit)
        if answer.values is None:
            return None, answer.is_proved
        model.prefer_small(answer.values)
        times = _in_last_row(solve(model.model, model.times, self.limit).values or answer.values, interval)
        return Kernel(interval, times, give_units(self.body.ops, [time % interval for time in times])), True


class _Model:
    """`times` are the cycles of the ops in their round; `copies` the rounds that a turn of the kernel holds."""

    def __init__(self, rounds: Rounds, interval: int, shared: Sequence[Resource]) -> None:
        from ortools.sat.python import cp_model

        self.rounds = rounds
        self.interval = interval
        self.model: CpModel = cp_model.CpModel()
        count = len(rounds.body.ops)
        stages = [self.model.new_int_var(0, STAGES - 1, "") for _ in range(count)]
        rows = [self.model.new_int_var(0, interval - 1 if number else 0, "") for number in range(count)]
        self.times = [self.model.new_int_var(0, STAGES * interval - 1, "") for _ in range(count)]
        for time, stage, row in zip(self.times, stages, rows, strict=True):
            self.model.add(time == interval * stage + row)
        for edge in rounds.edges:
            ready = self.times[edge.start] + edge.latency - interval * edge.distance
            self.model.add(self.times[edge.end] >= ready)
        for resource in shared:
            share(self.model, resource, rows)
        self.copies = self._name_values(cp_model.Domain.from_values(COPIES))

    def _name_values(self, powers: Domain) -> IntVar:
        """Names for all values (`asm.schedule.loops.names`); the number of the register that needs most."""
        most = MOST_OPS // len(self.rounds.body.ops)
        copies = self.model.new_int_var(1, most, "")
        needed = []
        for register in self.rounds.names:
            names = self.model.new_int_var_from_domain(powers, "")
            for end in self._ends(register):
                first = self.times[self.rounds.body.writers[register][0]]
                self.model.add(end - first <= self.interval * names)
            self.model.add(names <= copies)
            needed.append(names)
        self.model.add(sum(needed) - len(needed) <= self.rounds.free)
        return copies

    def _ends(self, register: int) -> Iterator[LinearExpr]:
        """The cycles until which a name is taken: when it has landed, when it is read for the last time."""
        body = self.rounds.body
        last = body.writers[register][-1]
        yield self.times[last] + FACTS[body.ops[last].row.id].latency
        for read in body.reads:
            if read.register == register and read.definer == last:
                yield self.times[read.op] + int(read.carried) * self.interval

    def prefer_small(self, found: Sequence[int]) -> None:
        """Ask for few copies of the body, and for a short round among those; `found` is a place to begin."""
        for time, value in zip(self.times, found, strict=True):
            self.model.add_hint(time, value)
        latest = self.model.new_int_var(0, STAGES * self.interval, "")
        self.model.add_max_equality(latest, self.times)
        self.model.minimize(self.copies * STAGES * self.interval + latest)


def _in_last_row(times: list[int], interval: int) -> list[int]:
    """The times, all later by what makes rounds overlap and puts ops into the last row of the kernel."""
    last = max(times)
    for shift in range(2 * interval):
        rows = {(time + shift) % interval for time in times}
        if last + shift >= interval and interval - 1 in rows:
            return [time + shift for time in times]
    return times
