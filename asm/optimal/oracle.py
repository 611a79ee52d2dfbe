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
from asm.schedule.loops.report import LoopReport
from asm.schedule.memory import Aliases
from asm.schedule.place import InFlight, Placed, place
from isa.diagnostics import Diagnostic

if TYPE_CHECKING:
    from asm.streams.graph import Node
    from asm.streams.placing import Placed as Run
    from isa.machine import MachineSpec

MOST_OPS = 150  # of a piece of code that is searched
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
        from asm.optimal.rounds import Rounds
        from asm.schedule.loops.search import find_kernel

        found = find_kernel(body, free, aliases, report)
        heuristic = best = bound = found[0].interval if found else report.listed
        reason = self._refusal(len(body.ops), "ops")
        if not reason:
            search = Rounds(body, aliases, free, self.limit)
            found = search.sooner_than(heuristic, report) or found
            best, bound = found[0].interval if found else report.listed, search.bound
        what = f"a round of {len(body.ops)} ops"
        self.loops.append(Finding(report.loop.place, what, heuristic, best, bound, reason))
        return found

    # Streams ----------------------------------------------------------------------------------
    def run(self, nodes: list[Node], placed: list[Run], spec: MachineSpec) -> list[Run]:
        """Bodies of streams placed such that they are over soonest; `placed` when that is as soon."""
        from asm.optimal.runs import end_of_run, least_end, parts_of, sooner

        heuristic = end_of_run(placed)
        least = bound = least_end(nodes, spec)
        reason, ways = self._refusal(len(nodes), "statements"), 0
        if least < heuristic and not reason:
            parts = parts_of(nodes, placed, spec)
            found = sooner(parts, heuristic, spec, self.limit)
            placed, bound = found.placed or placed, max(least, found.bound)
            ways = sum(len(part.ways) for part in parts)
        best = end_of_run(placed)
        if best == least:
            reason, ways = "", 0  # among all there are
        what = f"a run of {len(nodes)} statements"
        self.runs.append(Finding(nodes[0].place, what, heuristic, best, bound, reason, ways))
        return placed


class _Flow(Flow):
    """Blocks with the schedules of an oracle."""

    def __init__(self, oracle: Exact, listed: Flow) -> None:
        self.oracle = oracle
        self.listed = listed
        super().__init__(listed.blocks, listed.edges)

    def place(self, number: int) -> Placed:
        return self.oracle.place(number, self.graph(number), self.entry[number], self.listed.owed(number))
