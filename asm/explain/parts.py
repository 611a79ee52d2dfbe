"""The parts of a run as they were placed: why each begins when it does, and what every cycle to its end is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from asm.explain.limits import MEMORY, PIN, START, STREAM, WEIGHTS, Limits, Step
from asm.streams.explain import no_room
from asm.streams.graph import Body, Node, Value
from asm.streams.plane import lead
from asm.streams.region import Placed, Refused, Region, first_start
from asm.streams.route import Piece, Plan
from asm.streams.table import Conflict, Table
from asm.streams.times import plans
from isa.machine import MachineSpec


class Blocked(NamedTuple):
    """A part cannot begin from a `cycle` on before `until`: `piece` needs what `holder` has of all `available`."""

    cycle: int
    until: int
    kind: str  # of what is reserved: see asm.streams.table
    what: str
    available: int
    piece: Piece
    holder: Piece


class Way(NamedTuple):
    """One choice of sides and ways: a part lasts `length` cycles, what moves its values costs as many ALUs as `cost`
    (half of one for a turn). It would have ended in cycle `end`, or no machine can run it for a `reason`."""

    length: int
    cost: float
    end: int
    reason: str
    taken: bool


class Wait(NamedTuple):
    """A value that does not go straight to `user`, which takes it `cycles` after it could, when `late` has come."""

    value: Value
    user: Node
    cycles: int
    late: Value | None
    moves: int
    turns: int
    copies: int


@dataclass(slots=True)
class Part:
    """Statements that share values, placed as one. `shortest` is the least it could last with a machine of its own.

    `memory` is the cycle before which what it loads is not written, by `writer`.
    """

    number: int
    placed: Placed
    nodes: list[Node]
    shortest: int
    memory: int
    writer: Node | None
    blocked: list[Blocked]
    ways: list[Way]
    waits: list[Wait]


def parts(region: Region) -> list[Part]:
    """All parts in the order in which they were placed; the search is made once more to see what it met."""
    table = Table(region.spec)
    start: dict[Node, int] = {}
    return [_part(number, each, region.spec, table, start) for number, each in enumerate(region.placed, 1)]


def _part(number: int, placed: Placed, spec: MachineSpec, table: Table, start: dict[Node, int]) -> Part:
    plan = placed.timed.plan
    nodes = sorted(plan.time, key=lambda node: node.number)
    memory, writer = _memory(plan, nodes, start)
    blocked = list(_blocked(table, placed, memory))
    ways = list(_ways(Body(nodes), placed, table, start))
    table.place(placed.pieces, placed.start)
    start.update((node, placed.start + time) for node, time in plan.time.items())
    shortest = Limits(nodes, spec).landing
    return Part(number, placed, nodes, shortest, memory, writer, blocked, ways, list(_waits(placed)))


def _memory(plan: Plan, nodes: list[Node], start: dict[Node, int]) -> tuple[int, Node | None]:
    """The first start for which all memory is ready, and the node that makes it so; 0 without one."""
    waits = [
        (start[other] + node.wait(other) - plan.time[node], other)
        for node in nodes
        for other in node.after
        if other in start
    ]
    latest = max(waits, key=lambda wait: wait[0], default=(0, None))
    return latest if latest[0] > 0 else (0, None)


def _blocked(table: Table, placed: Placed, first: int) -> Iterator[Blocked]:
    """What stands in the way of every cycle from the first on to the one in which a part begins."""
    while first < placed.start:
        mark = len(table.log)
        try:
            table.place(placed.pieces, first)
        except Conflict as conflict:
            until = first + conflict.later
            yield Blocked(
                first, until, conflict.kind, conflict.what, conflict.available, conflict.piece, conflict.holder
            )
            first = until
        else:
            table.undo(mark)
            return


def _ways(body: Body, placed: Placed, table: Table, start: dict[Node, int]) -> Iterator[Way]:
    """The ways of timing a part that were tried, with the ends that they would have had."""
    taken = False
    for timed in plans(body, table.spec):
        first = first_start(body, timed, table, start, None)
        if isinstance(first, Refused):
            yield Way(timed.end, timed.cost, 0, str(no_room(first.conflict, first.pieces, table.spec)), False)
        elif first is not None:
            chosen = not taken and first + timed.end == placed.end
            taken = taken or chosen
            yield Way(timed.end, timed.cost, first + timed.end, "", chosen)


def _waits(placed: Placed) -> Iterator[Wait]:
    """The values that something brings on their way."""
    plan = placed.timed.plan
    helpers: dict[Value, list[Piece]] = {}
    for piece in placed.pieces:
        value = piece.node.result
        if value is not None and not piece.own:
            helpers.setdefault(value, []).append(piece)
    for node in plan.time:
        value = node.result
        made = [piece for piece in placed.pieces if piece.node is node and piece.own and piece.row is node.op.row]
        copies = len(made) // max(1, node.planes) - 1
        if value is not None and (value in helpers or copies):
            turns = sum(piece.is_turn for piece in helpers.get(value, ()))
            yield _wait(plan, value, len(helpers.get(value, ())) - turns, turns, copies)


def _wait(plan: Plan, value: Value, moves: int, turns: int, copies: int) -> Wait:
    """The user that waits longest, and of all that it takes what comes last."""
    lags = [(plan.taken(value, user) - plan.earliest(value, plan.position[user[0]]), user[0]) for user in value.users]
    cycles, user = max(lags, key=lambda lag: lag[0])
    others = [other for other in user.sources.values() if other is not value]
    late = max(others, key=lambda other: plan.earliest(other, plan.position[user]), default=None)
    return Wait(value, user, cycles, late if cycles else None, moves, turns, copies)


def chain(part: Part) -> list[Step]:
    """The statements that the end of a part waits for, from its first cycle on: each cycle is accounted for."""
    plan, start = part.placed.timed.plan, part.placed.start
    node: Node | None = max(part.nodes, key=lambda node: plan.time[node] + node.span + node.latency)
    steps: list[Step] = []
    while node is not None:
        link, way, slack, before = _link(plan, node)
        steps.append(Step(node, start + plan.time[node], link, way, slack))
        node = before
    return steps[::-1]


def _link(plan: Plan, node: Node) -> tuple[str, int, int, Node | None]:
    """What a node waits for last: the link, the cycles it takes, those left over, and the node before."""
    now = plan.time[node]
    first = lead(plan, node)
    found: list[tuple[str, int, int, Node | None]] = [(WEIGHTS if first else START, first, now - first, None)]
    if node.op.cycle_pin is not None:
        found = [(PIN, now, 0, None)]
    for name, value in node.sources.items():
        arrives = plan.earliest(value, plan.position[node]) + node.lead(name)
        found.append((STREAM, arrives - plan.ready(value), now - arrives, value.maker))
    for other in node.after:
        if other in plan.time:
            found.append((MEMORY, node.wait(other), now - plan.time[other] - node.wait(other), other))
    return min(found, key=lambda link: (link[2], plan.time[link[3]] if link[3] else 0))
