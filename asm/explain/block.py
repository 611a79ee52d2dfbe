"""The report of straight scalar code: its bounds, its longest chain, where it waits and for what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from asm.explain.loop import op_data
from asm.explain.words import count, percent
from asm.facts import FACTS
from asm.optimal.straight import block_of
from asm.program import AsmOp
from asm.schedule.flow import Flow
from asm.schedule.loops.body import Body
from asm.schedule.loops.bounds import busy_units, resource_bounds, units_of
from asm.schedule.memory import share_a_bank
from asm.schedule.place import InFlight, Placed, earliest_cycles
from asm.tree import OpStmt
from isa.diagnostics import Place
from isa.records import NamedTuple, dataclass

FLIGHT, RESULT, UNIT, BANK, LAST, START = "in flight", "result", "unit", "bank", "last", "start"
WORTH = 8  # cycles: what is shorter and at its bound is reported only when all is asked for
MOST = 512  # ops of a block whose chains and units are looked at together


class Step(NamedTuple):
    """An op of a chain, issued in `cycle`. `link` says what it waits for after the step before: its result, or what it
    may not pass; for `slack` cycles units or banks that were taken."""

    op: AsmOp
    cycle: int
    link: str
    slack: int


@dataclass(eq=False)
class BlockReport:
    """Straight code: block `number` of a program as it was scheduled."""

    flow: Flow
    number: int

    @property
    def ops(self) -> list[AsmOp]:
        return self.flow.blocks[self.number].ops

    @property
    def place(self) -> Place:
        return min((op.place for op in self.ops), key=lambda place: place[:3])

    @property
    def statements(self) -> list[OpStmt]:
        """What it explains."""
        return [op.statement for op in self.ops]

    @property
    def placed(self) -> Placed:
        return self.flow.placed[self.number]

    @property
    def entry(self) -> InFlight:
        """Cycles until registers land that were written before."""
        return self.flow.entry[self.number]

    @cached_property
    def cycles(self) -> int:
        """From the first cycle of the block to its last op."""
        return max(self.placed.issue) + 1

    @cached_property
    def rest(self) -> int:
        """Cycles that it waits at its end for what must have landed on every way on."""
        return self.flow.shortfall(self.number)

    @cached_property
    def resources(self) -> dict[str, int]:
        return resource_bounds(Body(self.ops))

    @cached_property
    def earliest(self) -> list[int]:
        """The first cycle of each op, units and banks left aside."""
        graph = self.flow.graph(self.number)
        first = earliest_cycles(graph, self.entry)
        for number, edges in enumerate(graph.after):
            for to, latency in edges:
                first[to] = max(first[to], first[number] + latency)
        return first

    @property
    def longest(self) -> int:
        """The cycles that the longest chain of ops takes."""
        return max(self.earliest) + 1

    @cached_property
    def bound(self) -> int:
        """The cycles that no schedule can do without, those by units and banks between chains included."""
        least = max(self.longest, *self.resources.values())
        if len(self.ops) > MOST:
            return least
        return max(least, block_of(self.flow.graph(self.number), self.entry, {}).bound + 1)

    @property
    def is_worth_telling(self) -> bool:
        return self.cycles > self.bound or self.cycles >= WORTH or bool(self.rest)

    @cached_property
    def busy(self) -> dict[str, int]:
        return busy_units(self.ops, self.placed.unit)

    @cached_property
    def chain(self) -> list[Step]:
        """What the last op waits for, from the first cycle on."""
        number: int | None = max(range(len(self.ops)), key=lambda op: (self.placed.issue[op], op))
        steps = []
        while number is not None:
            link, slack, before = self._link(number)
            steps.append(Step(self.ops[number], self.placed.issue[number], link, slack))
            number = before
        return steps[::-1]

    def _link(self, number: int) -> tuple[str, int, int | None]:
        """What an op waits for last, the cycles that units or banks add, and the op before it in the chain."""
        issue = self.placed.issue
        graph = self.flow.graph(self.number)
        flight = earliest_cycles(graph, self.entry)[number]
        found: list[tuple[int, str, int | None]] = [(flight, FLIGHT if flight else START, None)]
        for other in range(number):
            ready = [issue[other] + latency for to, latency in graph.after[other] if to == number]
            found += [(max(ready), RESULT, other)] if ready else []
        if FACTS[self.ops[number].row.id].control:
            last = max((op for op in range(len(issue)) if op != number), key=lambda op: issue[op], default=None)
            found += [(issue[last], LAST, last)] if last is not None else []
        ready_in, link, before = max(found, key=lambda each: each[0])
        slack = issue[number] - ready_in
        return (self._taken(number, ready_in) if slack else link), slack, before

    def _taken(self, number: int, cycle: int) -> str:
        """Whether units or banks keep an op from issuing in a cycle."""
        names = set(units_of(self.ops[number]))
        there = [other for other in range(len(self.ops)) if self.placed.issue[other] == cycle]
        touches = self.flow.graph(self.number).touches
        mine = touches.get(number)
        if mine and any(other in touches and share_a_bank(mine.banks, touches[other].banks) for other in there):
            return BANK
        return UNIT if any(names & set(units_of(self.ops[other])) for other in there) else LAST

    # As text and data -------------------------------------------------------------------------
    def lines(self) -> Iterator[str]:
        """The report as text."""
        yield f"{self.place.file}:{self.place.line}: {self._verdict()}"
        units = ", ".join(f"{name} {bound}" for name, bound in self.resources.items())
        yield f"  by units and banks at least: {units}"
        both = f", by both together: {self.bound}" if self.bound > max(self.longest, *self.resources.values()) else ""
        yield f"  by the longest chain at least: {self.longest}{both}"
        yield f"  its cycles: {', '.join(map(_step, self.chain))}"
        uses = (f"{name} {percent(busy / self.cycles)}" for name, busy in self.busy.items())
        yield f"  use: {', '.join(uses)}"

    def _verdict(self) -> str:
        over = self.cycles - self.bound
        met = f"{over} more than the bound" if over else "and no schedule takes less"
        rest = f"; then it waits {count(self.rest, 'cycle')} for what is in flight" if self.rest else ""
        return f"{count(len(self.ops), 'op')} in {count(self.cycles, 'cycle')}, {met}{rest}"

    def data(self) -> dict[str, Any]:
        """The report as data."""
        return {
            "kind": "block",
            "file": self.place.file,
            "line": self.place.line,
            "ops": len(self.ops),
            "cycles": self.cycles,
            "rest": self.rest,
            "bound": self.bound,
            "bounds": {"resources": self.resources, "chain": self.longest},
            "chain": [
                {"op": op_data(step.op), "cycle": step.cycle, "link": step.link, "slack": step.slack}
                for step in self.chain
            ],
            "units": [{"name": name, "busy": busy} for name, busy in self.busy.items()],
        }


def _step(step: Step) -> str:
    """`@3 `mul` in line 7`, with what it waited for besides results."""
    why = {
        FLIGHT: ", for what is in flight at the start",
        UNIT: f", {count(step.slack, 'cycle')} for a unit",
        BANK: f", {count(step.slack, 'cycle')} for a bank",
    }
    return f"@{step.cycle} `{step.op.row.mnemonic}` in line {step.op.place.line}{why.get(step.link, '')}"


def blocks(flow: Flow) -> Iterator[BlockReport]:
    """The reports of all straight linear code but that of pipelined loops."""
    for number, block in enumerate(flow.blocks):
        if block.ops and not block.is_explicit and not block.is_pipelined:
            yield BlockReport(flow, number)
