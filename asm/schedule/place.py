"""List scheduling: the ops of a block get cycles and units, the ones with most work behind them first.

The reservation table is one row a cycle: a bit per unit instance, an int per unit class. Rows are made when
their cycle comes and dropped when it is done; the cycles that ops are pinned to are reserved beforehand.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from asm.facts import FACTS, uses_of
from asm.program import FREE
from asm.schedule.graph import Graph
from asm.schedule.memory import share_a_bank
from isa.records import dataclass, field
from isa.units import CLASSES

if TYPE_CHECKING:
    from asm.schedule.pack import Pattern

InFlight = dict[int, int]  # register -> cycles until its last write lands; landed ones are left out
SCALAR = [units for units in CLASSES.values() if not units.where]  # linear ops run on these, the first classes
PINNED = len(SCALAR)  # pinned ops are ready in a class of their own, looked at first
ORDER = (PINNED, *range(len(SCALAR)))
FULL = (*((1 << len(units.names)) - 1 for units in SCALAR), -1)
NUMBER_BITS = 16  # a key of a ready heap is (less height, op number) in one int
NUMBER_MASK = (1 << NUMBER_BITS) - 1
PARTNERS_TRIED = 8  # memory ops looked at for one that can share a cycle
PINNED_HEIGHT = 1 << 32  # above every height that latencies make
NEVER = 1 << 30  # entering edges of an op that is not placed by its readiness


@dataclass(slots=True)
class Placed:
    """A block in time: `issue` and `unit` per op, cycles counted from the block's start.

    `landings` say per register when its last write has landed. `missed` names, for each pinned op that could
    not have its cycle, the first cycle in which it could issue. `limits` say per register by which cycle what was in
    flight before must have landed, once that was asked for. `left` has what is late, by when the block is left, and
    `patterns` how such blocks are packed, by how much later they are left and how long the op that ends them takes.
    """

    issue: list[int]
    unit: list[int]
    landings: InFlight = field(default_factory=dict)
    missed: dict[int, int] = field(default_factory=dict)
    limits: InFlight | None = None
    left: dict[int, InFlight] = field(default_factory=dict)
    patterns: dict[tuple[int, int], Pattern] = field(default_factory=dict)

    def late(self, leaving: int) -> InFlight:
        """What is in flight when the block is left in a cycle."""
        found = self.left.get(leaving)
        if found is None:
            found = {register: landing - leaving for register, landing in self.landings.items() if landing > leaving}
            self.left[leaving] = found
        return found


def place(graph: Graph, entry: InFlight) -> Placed:
    """Cycles and units for a block entered with `entry` in flight; a control op, always its last, comes last."""
    count = len(graph.ops)
    placed = Placed([0] * count, [0] * count, dict(entry))
    if count:
        _Placer(graph, entry, placed).run()
        land(graph, placed)
    return placed


def land(graph: Graph, placed: Placed) -> None:
    """Add to the landings what the ops of a block write."""
    landings = placed.landings
    for number, op in enumerate(graph.ops):
        register = uses_of(op).write
        if register >= 0:
            landings[register] = max(landings.get(register, 0), placed.issue[number] + FACTS[op.row.id].latency)


def earliest_cycles(graph: Graph, entry: InFlight) -> list[int]:
    """The first cycle in which each op may issue for what is in flight on entry alone."""
    earliest = [0] * len(graph.ops)
    for register, landing in entry.items():
        for number in graph.first_reads.get(register, ()):
            earliest[number] = max(earliest[number], landing)
        writer = graph.first_write.get(register, -1)
        if writer >= 0:
            latency = FACTS[graph.ops[writer].row.id].latency
            earliest[writer] = max(earliest[writer], landing - latency + 1)
    return earliest


class _Placer:
    """The state of placing one block, cycle by cycle."""

    def __init__(self, graph: Graph, entry: InFlight, placed: Placed) -> None:
        self.graph = graph
        self.placed = placed
        self.waits = list(graph.waits)
        self.earliest = earliest_cycles(graph, entry)
        self.heights = graph.heights
        self.classes = [FACTS[op.row.id].unit_class for op in graph.ops]
        self.ready: list[list[int]] = [[] for _ in FULL]  # heaps of keys, one a class
        self.due: dict[int, list[int]] = {}  # cycle -> ops that become ready in it
        self.pins: dict[int, int] = {}  # pinned op -> cycle
        self.reserved: dict[int, list[int]] = {}  # cycle -> units kept for pinned ops
        self.banks: list[frozenset[int]] = []  # accessed in this cycle
        self.now = -1

    def run(self) -> None:
        last = len(self.graph.ops) - 1
        has_control = bool(FACTS[self.graph.ops[last].row.id].control)
        if has_control:
            self.waits[last] = NEVER
        if any(op.cycle_pin is not None for op in self.graph.ops):
            self._reserve_pins(has_control)
        for number, waits in enumerate(self.waits):
            if not waits:
                self._release(number)
        while self.due or any(self.ready):
            self.now = self.now + 1 if any(self.ready) else min(self.due)
            self._cycle()
        if has_control:
            self._place_control(last)

    def _cycle(self) -> None:
        """Issue what is ready, until nothing more fits or becomes ready in this cycle."""
        for number in self.due.pop(self.now, ()):
            self._make_ready(number)
        self.banks = []
        taken = self.reserved.get(self.now) or [0] * len(FULL)
        passed: list[tuple[int, int]] = []
        progress = True
        while progress:
            progress = False
            for unit_class in ORDER:
                if self.ready[unit_class] and taken[unit_class] != FULL[unit_class]:
                    progress |= self._fill(unit_class, taken, passed)
        for unit_class, key in passed:
            heappush(self.ready[unit_class], key)

    def _fill(self, unit_class: int, taken: list[int], passed: list[tuple[int, int]]) -> bool:
        """Issue ready ops of a class while it has free units; says whether any issued."""
        heap = self.ready[unit_class]
        full = FULL[unit_class]
        issued = False
        tries = PARTNERS_TRIED
        while heap and taken[unit_class] != full and tries:
            key = heappop(heap)
            number = key & NUMBER_MASK
            unit = self._free_unit(number, unit_class, taken[unit_class])
            if unit < 0:
                passed.append((unit_class if unit_class != PINNED else self._unpin(number), key))
                tries -= 1
                continue
            if unit_class != PINNED:
                taken[unit_class] |= 1 << unit
            self._issue(number, unit)
            issued = True
        return issued

    def _free_unit(self, number: int, unit_class: int, taken: int) -> int:
        """The lowest free unit that takes the op, -1 for none; memory ops also need their banks."""
        touch = self.graph.touches.get(number)
        if touch and any(share_a_bank(touch.banks, banks) for banks in self.banks):
            return -1
        if unit_class == PINNED:
            return self.placed.unit[number]
        op = self.graph.ops[number]
        if op.unit_pin != FREE:
            return -1 if taken >> op.unit_pin & 1 else op.unit_pin
        unit = (~taken & (taken + 1)).bit_length() - 1
        return unit if unit < FACTS[op.row.id].instances else -1

    def _issue(self, number: int, unit: int) -> None:
        now = self.now
        self.placed.issue[number] = now
        self.placed.unit[number] = unit
        touch = self.graph.touches.get(number)
        if touch:
            self.banks.append(touch.banks)
        waits, earliest = self.waits, self.earliest
        for to, latency in self.graph.after[number]:
            if now + latency > earliest[to]:
                earliest[to] = now + latency
            waits[to] -= 1
            if not waits[to]:
                self._release(to)

    def _release(self, number: int) -> None:
        """Nothing is left to wait for but time."""
        ready = max(self.earliest[number], self.now)
        if number in self.pins:
            if ready > self.pins[number]:
                self._unpin(number)
            else:
                ready = self.pins[number]
        if ready == self.now:
            self._make_ready(number)
        else:
            self.due.setdefault(ready, []).append(number)

    def _make_ready(self, number: int) -> None:
        heappush(self.ready[self.classes[number]], (-self.heights[number] << NUMBER_BITS) | number)

    def _place_control(self, number: int) -> None:
        """The control op issues with the last of the others, or later when it waits for something."""
        last = max(self.placed.issue)
        issue = max(last, self.earliest[number])
        pin = self.graph.ops[number].cycle_pin
        if pin is not None and pin < issue:
            self.placed.missed[number] = issue
        self.placed.issue[number] = max(issue, pin or 0)

    # Pins -------------------------------------------------------------------------------------
    def _reserve_pins(self, has_control: bool) -> None:
        """Keep a unit for every op with a cycle of its own and bring forward what such ops wait for."""
        for number in range(len(self.graph.ops) - has_control):
            op = self.graph.ops[number]
            if op.cycle_pin is not None:
                self._reserve(number, op.cycle_pin)
        self.heights = list(self.heights)
        for number in range(len(self.heights) - 1, -1, -1):
            if number in self.pins or any(self.heights[to] >= PINNED_HEIGHT for to, _ in self.graph.after[number]):
                self.heights[number] += PINNED_HEIGHT

    def _reserve(self, number: int, cycle: int) -> None:
        unit_class = self.classes[number]
        taken = self.reserved.setdefault(cycle, [0] * len(FULL))
        unit = self._free_unit(number, unit_class, taken[unit_class])
        if unit < 0:
            self.placed.missed[number] = cycle
            return
        taken[unit_class] |= 1 << unit
        self.pins[number] = cycle
        self.placed.unit[number] = unit
        self.classes[number] = PINNED

    def _unpin(self, number: int) -> int:
        """A pinned op missed its cycle and goes on as an ordinary one; returns its unit class."""
        self.placed.missed[number] = max(self.earliest[number], self.now)
        del self.pins[number]
        self.classes[number] = FACTS[self.graph.ops[number].row.id].unit_class
        return self.classes[number]
