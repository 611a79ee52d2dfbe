"""The parts of a run as they were placed: why each begins when it does, and what every cycle to its end is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from asm.explain.limits import MEMORY, PIN, START, STREAM, WEIGHTS, Limits, Step
from asm.streams.burst import Piece
from asm.streams.explain import no_room
from asm.streams.graph import Body, Node, Value
from asm.streams.placing import Placed, Refused, first_start
from asm.streams.plane import lead
from asm.streams.region import Region
from asm.streams.route import Plan
from asm.streams.table import Conflict, Table
from asm.streams.times import plans
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass


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
    """A value that does not go straight to `user`, which takes it `cycles` after it could, when `late` has come;
    `splits` says that it is taken on both sides of the vector unit. It costs moves, turns at switches, or copies."""

    value: Value
    user: Node
    cycles: int
    late: Value | None
    splits: bool
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
        first = first_start(body, timed, table, start)
        if isinstance(first, Refused):
            yield Way(timed.end, timed.cost, 0, str(no_room(first.conflict, first.pieces, table.spec)), False)
        else:
            chosen = not taken and first + timed.end == placed.end
            taken = taken or chosen
            yield Way(timed.end, timed.cost, first + timed.end, "", chosen)


def _waits(placed: Placed) -> Iterator[Wait]:
    """The values that something brings on their way, and those that are computed twice."""
    plan = placed.timed.plan
    helpers: dict[tuple[Node, str], list[Piece]] = {}
    copies: Counter[Node] = Counter()
    for piece in placed.pieces:
        if not piece.own and piece.result is not None:
            helpers.setdefault((piece.node, piece.result.name), []).append(piece)
        copies[piece.node] += piece.own and piece.row is piece.node.op.row and not piece.plane and not piece.follows
    for node in plan.time:
        for value in node.results:
            pieces = helpers.get((node, value.name), [])
            turns = sum(piece.is_turn for piece in pieces)
            if pieces or copies[node] > 1:
                yield _wait(plan, value, len(pieces) - turns, turns, copies[node] - 1)


def _wait(plan: Plan, value: Value, moves: int, turns: int, copies: int) -> Wait:
    """The user that waits longest, and of all that it takes what comes last."""
    lags = [(plan.taken(value, user) - plan.earliest(value, plan.position[user[0]]), user[0]) for user in value.users]
    cycles, user = max(lags, key=lambda lag: lag[0])
    others = [other for other in user.sources.values() if other is not value]
    late = max(others, key=lambda other: plan.earliest(other, plan.position[user]), default=None)
    sides = {plan.position[user] > plan.centre for user, _ in value.users if plan.position[user] != plan.centre}
    return Wait(value, user, cycles, late if cycles else None, len(sides) > 1, moves, turns, copies)


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
