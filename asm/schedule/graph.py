"""The dependence graph of a block: which op waits for which, and how many cycles.

An edge (i -> j, latency) says issue[j] >= issue[i] + latency. Edges follow the machine's register rules: a read
waits for the landing of the write before it; a write lands after the write before it; a write issues no
earlier than the reads before it (in the same cycle they still see the old value).
"""

from __future__ import annotations

from collections.abc import Iterator

from asm.facts import FACTS, REGISTERS, Facts, uses_of
from asm.program import AsmOp
from asm.schedule.memory import Aliases, Touch, may_overlap, touch
from isa.records import dataclass, field

Edge = tuple[int, int]


@dataclass(slots=True)
class Graph:
    """`after[i]` are the edges that leave op i, `waits[j]` the number of edges that enter op j.

    `first_reads` and `first_write` name, per register, the ops that meet what is in flight on entry: those
    that read it before the block writes it, and the first that writes it. `touched` has a bit per register.
    """

    ops: list[AsmOp]
    after: list[list[Edge]]
    waits: list[int]
    heights: list[int]
    touches: dict[int, Touch] = field(default_factory=dict)
    first_reads: dict[int, list[int]] = field(default_factory=dict)
    first_write: dict[int, int] = field(default_factory=dict)

    @property
    def touched(self) -> int:
        return sum(1 << register for register in self.first_reads.keys() | self.first_write.keys())

    def text(self) -> str:
        """One line an op: its number, mnemonic, height and edges, to be read and compared."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for number, op in enumerate(self.ops):
            edges = "".join(f" ->{to}+{latency}" for to, latency in self.after[number])
            yield f"{number} {op.row.mnemonic} height {self.heights[number]}{edges}"


def build(ops: list[AsmOp], aliases: Aliases = frozenset()) -> Graph:
    """The graph of a straight run of ops; `aliases` are pairs of symbols that may share memory."""
    count = len(ops)
    graph = Graph(ops, [[] for _ in range(count)], [0] * count, [0] * count)
    builder = _Builder(graph, aliases)
    for number, op in enumerate(ops):
        builder.add(number, op)
    _measure_heights(graph)
    return graph


class _Builder:
    """Walks the ops in order and draws the edges that enter each."""

    def __init__(self, graph: Graph, aliases: Aliases) -> None:
        self.graph = graph
        self.aliases = aliases
        self.last_writer = [-1] * REGISTERS
        self.readers: dict[int, list[int]] = {}  # since the last write
        self.loads: list[Touch] = []
        self.stores: list[Touch] = []

    def add(self, number: int, op: AsmOp) -> None:
        facts, uses = FACTS[op.row.id], uses_of(op)
        for register in uses.reads:
            self._read(number, register)
        if facts.memory:
            self._access(number, op, facts)
        if uses.write >= 0:
            self._write(number, uses.write, facts.latency)

    def _read(self, number: int, register: int) -> None:
        writer = self.last_writer[register]
        if writer < 0:
            self.graph.first_reads.setdefault(register, []).append(number)
        else:
            self._edge(writer, number, FACTS[self.graph.ops[writer].row.id].latency)
        self.readers.setdefault(register, []).append(number)

    def _write(self, number: int, register: int, latency: int) -> None:
        writer = self.last_writer[register]
        if writer < 0:
            self.graph.first_write[register] = number
        else:
            earlier = FACTS[self.graph.ops[writer].row.id].latency
            self._edge(writer, number, max(1, earlier - latency + 1))
        for reader in self.readers.pop(register, ()):
            if reader != number:
                self._edge(reader, number, 0)
        self.last_writer[register] = number

    def _access(self, number: int, op: AsmOp, facts: Facts) -> None:
        """A store orders against every access that may overlap it, a load against such stores."""
        access = self.graph.touches[number] = touch(number, op, facts, self.last_writer)
        is_load = facts.memory == "load"
        for other in self.stores if is_load else self.stores + self.loads:
            if may_overlap(access, other, self.aliases):
                self._edge(other.op, number, 1)
        (self.loads if is_load else self.stores).append(access)

    def _edge(self, start: int, end: int, latency: int) -> None:
        self.graph.after[start].append((end, latency))
        self.graph.waits[end] += 1


def _measure_heights(graph: Graph) -> None:
    """The height of an op: cycles from its issue until the last result that hangs on it has landed."""
    heights = graph.heights
    for number in range(len(heights) - 1, -1, -1):
        height = FACTS[graph.ops[number].row.id].latency
        for to, latency in graph.after[number]:
            height = max(height, latency + heights[to])
        heights[number] = height
