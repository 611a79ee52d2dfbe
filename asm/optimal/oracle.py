"""The oracle: asked instead of the heuristics, it answers with the shortest schedules, and keeps account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from asm.optimal.finding import Finding
from asm.optimal.solve import library
from asm.optimal.straight import Shortest, block_of, end_of
from asm.schedule.flow import Flow
from asm.schedule.graph import Graph
from asm.schedule.loops.body import Body
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import Names
from asm.schedule.loops.report import Attempt, LoopReport
from asm.schedule.memory import Aliases
from asm.schedule.place import InFlight, Placed, place
from isa.diagnostics import Diagnostic
from isa.faults import CONDITION_CODE

if TYPE_CHECKING:
    from asm.streams.graph import Node
    from asm.streams.region import Placed as Run
    from isa.machine import MachineSpec

MOST_OPS = 150  # of a piece of code that is searched
PROVED = "proved to be impossible"
LIMIT = 10.0  # deterministic seconds of CP-SAT a search


class Exact:
    """Searches code of up to `most` ops, for at most `limit` each time. Raises SourceError without OR-tools."""

    def __init__(self, most: int = MOST_OPS, limit: float = LIMIT) -> None:
        library()
        self.most = most
        self.limit = limit
        self.blocks: dict[int, Finding] = {}  # by number; the last visit counts
        self.loops: list[Finding] = []
        self.runs: list[Finding] = []

    @property
    def findings(self) -> list[Finding]:
        """What was found, in the order of the source."""
        return sorted([*self.blocks.values(), *self.loops, *self.runs], key=lambda finding: finding.place[:3])

    def notes(self) -> list[Diagnostic]:
        return [finding.note() for finding in self.findings]

    # Straight code ----------------------------------------------------------------------------
    def flow(self, listed: Flow) -> Flow:
        """The shortest schedules of all blocks; what each owes is as the list scheduler places those that follow."""
        return _Flow(self, listed)

    def place(self, number: int, graph: Graph, entry: InFlight, owed: Mapping[int, int]) -> Placed:
        """The shortest schedule of block `number`; that of the heuristic when it is as short."""
        placed = place(graph, entry)
        if len(graph.ops) < 2 or placed.missed:
            return placed
        heuristic = best = bound = end_of(placed, owed)
        reason = self._refusal(len(graph.ops), "ops")
        if not reason:
            search = Shortest(block_of(graph, entry, owed), self.limit)
            placed = search.shorter_than(heuristic) or placed
            best, bound = end_of(placed, owed), search.bound
        what = f"straight code of {len(graph.ops)} ops"
        self.blocks[number] = Finding(graph.ops[0].place, what, heuristic + 1, best + 1, bound + 1, reason)
        return placed

    def _refusal(self, count: int, of: str) -> str:
        return f"it has {count} {of}, the limit is {self.most}" if count > self.most else ""

    # Loops ------------------------------------------------------------------------------------
    def kernel(
        self, body: Body, free: Sequence[int], aliases: Aliases, report: LoopReport
    ) -> tuple[Kernel, Names] | None:
        """The kernel of least interval; that of the heuristic when none has less."""
        from asm.schedule.loops.search import find_kernel

        found = find_kernel(body, free, aliases, report)
        heuristic = found[0].interval if found else report.listed
        reason, bound = self._refusal(len(body.ops), "ops"), heuristic
        if not reason:
            bound, better = self._better(body, free, aliases, report, heuristic)
            found = better or found
        best = found[0].interval if found else report.listed
        what = f"a round of {len(body.ops)} ops"
        self.loops.append(Finding(report.loop.place, what, heuristic, best, bound, reason))
        return found

    def _better(
        self, body: Body, free: Sequence[int], aliases: Aliases, report: LoopReport, below: int
    ) -> tuple[int, tuple[Kernel, Names] | None]:
        """(the least interval that is not proved impossible, a kernel of less than `below` if there is one)."""
        from asm.optimal.rounds import Rounds
        from asm.schedule.loops.depend import dependences
        from asm.schedule.loops.search import named

        renamed = {register for register in body.writers if register != CONDITION_CODE}
        edges = dependences(body, renamed, aliases)
        rounds = Rounds(body, edges, sorted(renamed), len(free), self.limit)
        bound = 0
        for interval in range(report.bound, below):
            kernel, is_proved = rounds.kernel(interval)
            names = named(body, kernel, renamed, free) if kernel else None
            if kernel and isinstance(names, Names):
                report.attempts.append(Attempt(interval))
                return bound or interval, (kernel, names)
            reason = names or (PROVED if is_proved else "not decided within the limit")
            report.attempts.append(Attempt(interval, str(reason)))
            if not is_proved:
                bound = bound or interval
        return bound or below, None

    # Streams ----------------------------------------------------------------------------------
    def run(self, nodes: list[Node], placed: list[Run], spec: MachineSpec) -> list[Run]:
        """Bodies of streams placed such that they are over soonest; `placed` when that is as soon."""
        from asm.explain.demand import bounds
        from asm.explain.limits import Limits
        from asm.optimal.runs import end_of_run, parts_of, sooner

        heuristic = end_of_run(placed)
        limits = Limits(nodes, spec)
        bound, ways = max([limits.landing, *(each.cycles for each in bounds(nodes, limits))]), 0
        reason = self._refusal(len(nodes), "statements") if bound < heuristic else ""
        if bound < heuristic and not reason:
            parts = parts_of(nodes, placed, spec)
            found = sooner(parts, heuristic, spec, self.limit)
            ways = sum(len(part.ways) for part in parts)
            placed, bound = found.placed or placed, max(bound, found.bound)
        what = f"a run of {len(nodes)} statements"
        best = end_of_run(placed)
        self.runs.append(Finding(nodes[0].place, what, heuristic, best, bound, reason, ways))
        return placed


class _Flow(Flow):
    """Blocks with the schedules of an oracle."""

    def __init__(self, oracle: Exact, listed: Flow) -> None:
        self.oracle = oracle
        self.listed = listed
        super().__init__(listed.blocks, listed.edges, listed.aliases)

    def place(self, number: int) -> Placed:
        return self.oracle.place(number, self.graphs[number], self.entry[number], self.listed.owed(number))
