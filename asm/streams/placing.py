"""Bodies placed one after the other, each where it ends first, in the first free cycles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeAlias

from asm.streams.alike import Timings
from asm.streams.burst import Piece
from asm.streams.explain import no_room
from asm.streams.graph import Body, Node
from asm.streams.names import Names, NoName
from asm.streams.pieces import pieces_of
from asm.streams.plane import FOREVER
from asm.streams.route import Plan, Unfit
from asm.streams.table import Conflict, Table
from asm.streams.taken import Wanted
from asm.streams.times import Timed, apart, sooner
from isa.machine import MachineSpec
from isa.records import NamedTuple

NEVER = FOREVER // 2  # cycles that it makes no sense to wait
MOST_APART = 2  # bursts that are kept from others, for each node of a body
MOST_SPREAD = 3  # ways of timing a body in which that is tried


class Placed(NamedTuple):
    """A body that begins in cycle `start`; everything has landed in cycle `end`."""

    start: int
    end: int
    pieces: list[Piece]
    timed: Timed


class Refused(NamedTuple):
    """What keeps the pieces of a body from being placed."""

    conflict: Conflict
    pieces: list[Piece]


class Found(NamedTuple):
    """The first cycle in which the pieces of a body may begin, and what they take then."""

    first: int
    pieces: list[Piece]
    claims: Wanted


class Way(NamedTuple):
    """A way of timing a body that is over in cycle `end`."""

    end: int
    timed: Timed
    found: Found


# For bursts of a shape the cycles in which they do not fit, each with the next in which they may
Full: TypeAlias = dict[Hashable, dict[int, int]]


class Placer:
    """What is taken by the bodies that are placed, and the cycle in which each node of them begins."""

    def __init__(self, spec: MachineSpec, names: Names) -> None:
        self.table = Table(spec)
        self.names = names
        self.timings = Timings(spec)
        self.start: dict[Node, int] = {}
        self.full: Full = {}
        self.settled = 0  # what was reserved by bodies that are placed, in the table's log
        self.tried: Found | None = None  # what is reserved besides

    def place(self, body: Body) -> Placed:
        """Put a body where it ends first. Raises Unfit, NoName."""
        best, refused = self._soonest(body, self.timings.plans(body))
        if best is None:
            assert refused is not None
            raise no_room(refused.conflict, refused.pieces, self.table.spec)
        return self._put(body, best)

    def spread(self, body: Body) -> Placed | None:
        """Put a body whose bursts want one thing at once, some of them later; None when that does not help. Raises
        NoName."""
        try:
            spread = [_spread(body, timed, self.table.spec) for timed in self.timings.plans(body)[:MOST_SPREAD]]
            best, _ = self._soonest(body, (timed for timed in spread if timed is not None))
        except Unfit:
            return None
        return self._put(body, best) if best is not None else None

    def _put(self, body: Body, way: Way) -> Placed:
        first, pieces, claims = way.found
        if way.found is not self.tried:
            self._forget()
            self.table.reserve(claims)
        self.settled, self.tried = len(self.table.log), None
        for node in body.nodes:
            self.start[node] = first + way.timed.plan.time[node]
            self.names.place(node, self.start[node])
        return Placed(first, way.end, [piece for piece in pieces if piece.twin is None], way.timed)

    def _soonest(self, body: Body, ways: Iterable[Timed]) -> tuple[Way | None, Refused | None]:
        """The way that ends first; and what forbids the first that does not fit. Raises Unfit, NoName."""
        best: Way | None = None
        refused: Refused | None = None
        for timed in ways:
            found = self._first(body, timed, best.end if best else None)
            if isinstance(found, Refused):
                refused = refused or found
            elif found is not None:
                best = Way(found.first + timed.end, timed, found)
        return best, refused

    def _first(self, body: Body, timed: Timed, before: int | None) -> Found | Refused | None:
        """Where a body may begin when there are registers for what it writes. Raises Unfit, NoName."""
        least = 0
        while True:
            self._forget()
            found = _find(body, timed, self.table, self.start, before, self.full, least)
            if not isinstance(found, Found):
                return found
            self.tried = found
            least = self._named(body, found.first)
            if least == found.first:
                return found

    def _forget(self) -> None:
        """Take back what was tried."""
        self.table.undo(self.settled)
        self.tried = None

    def _named(self, body: Body, first: int) -> int:
        """The first start from `first` on for which there is a register for what a body writes. Raises NoName."""
        if len(body.nodes) == 1:
            return self.names.choose(body.nodes[0], first)
        if any(node in self.names.written for node in body.nodes):
            raise NoName  # other ops and values say when it has to be
        return first


def first_start(body: Body, timed: Timed, table: Table, start: Mapping[Node, int]) -> int | Refused:
    """The first cycle in which a body may begin, or what forbids it. Raises Unfit."""
    mark = len(table.log)
    found = _find(body, timed, table, start, None, {}, 0)
    table.undo(mark)
    assert found is not None
    return found.first if isinstance(found, Found) else found


def _find(
    body: Body, timed: Timed, table: Table, start: Mapping[Node, int], before: int | None, full: Full, least: int
) -> Found | Refused | None:
    """Reserve what a body takes in the first cycle from `least` on in which it may begin; None when it would not end
    before `before`; or what forbids it. Raises Unfit."""
    found = _fitting(body, timed, table, full)
    if isinstance(found, Refused):
        return found
    pieces, known = found
    pinned = next((node for node in body.nodes if node.op.cycle_pin is not None), None)
    first = _skip(known, max(least, after_memory(body, timed.plan, start)))
    if pinned is not None and first:
        raise _too_late(pinned, first)
    while before is None or first + timed.end < before:
        conflict = _wanted(table, pieces, first)
        if not isinstance(conflict, Conflict):
            return Found(first, pieces, conflict)
        if pinned is not None or conflict.later >= NEVER:
            return Refused(conflict, pieces)
        known[first] = first + conflict.later
        first = _skip(known, first)
    return None


def _fitting(body: Body, timed: Timed, table: Table, full: Full) -> tuple[list[Piece], dict[int, int]] | Refused:
    """The pieces of a body that fit an idle machine, and the cycles in which such are known not to fit this one."""
    pieces = pieces_of(timed.plan, body.nodes)
    known = full.get(table.shape(pieces))
    if known is not None:
        return pieces, known
    found = fitting(body, timed, table.spec)
    return found if isinstance(found, Refused) else (found, full.setdefault(table.shape(found), {}))


def after_memory(body: Body, plan: Plan, start: Mapping[Node, int]) -> int:
    """The first start for which a body comes after all that has to be done in memory and registers before."""
    waits = [start[o] + n.wait(o) - plan.time[n] for n in body.nodes for o in n.after if o in start]
    return max([0, *waits])


def _skip(known: dict[int, int], first: int) -> int:
    """The next cycle that is not known to be full; the way there is made shorter."""
    passed = []
    while first in known:
        passed.append(first)
        first = known[first]
    known.update(dict.fromkeys(passed, first))
    return first


def _wanted(table: Table, pieces: list[Piece], first: int) -> Wanted | Conflict:
    """Reserve what bursts take that begin in a cycle; or what keeps them from that."""
    mark = len(table.log)
    try:
        table.place(pieces, first)
    except Conflict as conflict:
        return conflict
    return table.log[mark:]


def fitting(body: Body, timed: Timed, spec: MachineSpec) -> list[Piece] | Refused:
    """The pieces of a body that fit an idle machine: what a switch has no unit to turn round waits elsewhere, and what
    stays where it is taken may come sooner."""
    while True:
        pieces = pieces_of(timed.plan, body.nodes)
        conflict = _wanted(Table(spec, first=-_loading(body, spec)), pieces, 0)
        if not isinstance(conflict, Conflict):
            return pieces
        if any(sooner(timed.plan, node) for node in (conflict.piece.node, conflict.holder.node)):
            continue
        value = conflict.piece.node.result
        if value is None or not conflict.piece.is_turn or value in timed.plan.outward | timed.plan.straight:
            return Refused(conflict, pieces)
        timed.plan.straight.add(value)


def _spread(body: Body, timed: Timed, spec: MachineSpec) -> Timed | None:
    """A body whose bursts want one thing at once, with one after the other; None when that does not help."""
    for _ in range(MOST_APART * len(body.nodes)):
        found = fitting(body, timed, spec)
        if not isinstance(found, Refused):
            return timed
        late, early = found.conflict.piece, found.conflict.holder
        if late.node is early.node or not (late.own and early.own):
            return None
        try:
            timed = apart(body, timed, early.node, late.node, found.conflict.later)
        except Unfit:
            return None
    return None


def _loading(body: Body, spec: MachineSpec) -> int:
    """The cycles in which all weights of a body could be loaded one after the other."""
    return sum(tile.steps + spec.positions for node in body.nodes for tile in node.tiles)


def _too_late(node: Node, late: int) -> Unfit:
    pin = node.op.cycle_pin or 0
    message = f"`{node.statement.mnemonic}` cannot issue in cycle {pin}; {pin + late} is the first in which it can"
    return Unfit("E-PIN", message, node.place, help=f"write `!cycle={pin + late}`, or pin what it waits for earlier")
