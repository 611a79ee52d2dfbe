"""Kernels of a given initiation interval: found, or proved not to exist.

The conditions are those of `asm.schedule.loops`: dependences, units and banks modulo the interval, and names for values
of rounds that are under way at once, out of the registers that the file leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from asm.facts import FACTS
from asm.optimal.resources import give_units, resources
from asm.optimal.solve import solve
from asm.optimal.straight import share
from asm.schedule.loops.body import Body
from asm.schedule.loops.depend import WIDEST, dependences
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import MOST_COPIES, Names
from asm.schedule.loops.report import Attempt, LoopReport
from asm.schedule.loops.search import MOST_OPS, named
from asm.schedule.memory import Aliases
from isa.faults import CONDITION_CODE

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, Domain, IntVar, LinearExpr

PROVED, UNDECIDED = "proved to be impossible", "not decided within the limit"
COPIES = [1 << power for power in range(MOST_COPIES.bit_length())]
STAGES = WIDEST - 2  # that leaves room for a shift of the whole


class Rounds:
    """The search for a loop's body, with names out of the registers `free`; `bound` is the least interval that is not
    proved impossible."""

    def __init__(self, body: Body, aliases: Aliases, free: Sequence[int], limit: float) -> None:
        self.body = body
        self.renamed = {register for register in body.writers if register != CONDITION_CODE}
        self.edges = dependences(body, self.renamed, aliases)
        self.free = free
        self.limit = limit
        self.bound = 0

    def sooner_than(self, interval: int, report: LoopReport) -> tuple[Kernel, Names] | None:
        """The kernel of the least interval below one, if there is one; `report` is told of all that was tried."""
        unknown: list[int] = []
        for tried in range(report.bound, interval):
            found = self._named(tried)
            report.attempts.append(Attempt(tried, found if isinstance(found, str) else ""))
            if not isinstance(found, str):
                self.bound = min([*unknown, tried])
                return found
            unknown += [tried] if found == UNDECIDED else []
        self.bound = min([*unknown, interval])
        return None

    def _named(self, interval: int) -> tuple[Kernel, Names] | str:
        """A kernel of an interval, or why there is none."""
        model = _Model(self, interval)
        answer = solve(model.model, model.times, self.limit)
        if answer.values is None:
            return PROVED if answer.is_proved else UNDECIDED
        model.prefer_small(answer.values)
        times = _in_last_row(solve(model.model, model.times, self.limit).values or answer.values, interval)
        kernel = Kernel(interval, times, give_units(self.body.ops, [time % interval for time in times]))
        names = named(self.body, kernel, self.renamed, self.free)
        return names if isinstance(names, str) else (kernel, names)


class _Model:
    """`times` are the cycles of the ops in their round; `copies` the rounds that a turn of the kernel holds."""

    def __init__(self, rounds: Rounds, interval: int) -> None:
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
        for resource in resources(rounds.body.ops):
            share(self.model, resource, rows)
        self.copies = self._name_values(cp_model.Domain.from_values(COPIES))

    def _name_values(self, powers: Domain) -> IntVar:
        """Names for all values (`asm.schedule.loops.names`); the number of the register that needs most."""
        most = MOST_OPS // len(self.rounds.body.ops)
        copies = self.model.new_int_var(1, most, "")
        needed = []
        for register in sorted(self.rounds.renamed):
            names = self.model.new_int_var_from_domain(powers, "")
            for end in self._ends(register):
                first = self.times[self.rounds.body.writers[register][0]]
                self.model.add(end - first <= self.interval * names)
            self.model.add(names <= copies)
            needed.append(names)
        self.model.add(sum(needed) - len(needed) <= len(self.rounds.free))
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
