"""A cycle for each node of a body: the least in all, and within that such that values wait as little as can be.

The choices are few: the switch an op runs on, and which way a load sends what is wanted on both sides of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, product

from asm.streams.graph import ANYWHERE, Body, Node, Value
from asm.streams.plane import lead
from asm.streams.route import LONGEST, Plan, Route, Unfit
from isa.machine import EAST, HEMISPHERES, WEST, MachineSpec
from isa.places import flows_west, is_stream
from isa.records import NamedTuple
from isa.units import UnitClass

MOST_CHOICES = 1024
TRIED = 12  # of them, the shortest
ROUNDS = 4  # of moving nodes later


class Timed(NamedTuple):
    """A body in time: `end` is the cycle in which everything has landed, `cost` the ALUs that moves take."""

    end: int
    cost: float
    plan: Plan


def plans(body: Body, spec: MachineSpec) -> list[Timed]:
    """The body under the best choices, the shortest first and of those the one that moves least. Raises Unfit."""
    found: list[tuple[int, int, Plan]] = []
    problems: list[Unfit] = []
    for plan in islice(_choices(body, spec), MOST_CHOICES):
        try:
            end = _as_early_as_can_be(body, plan)
            found.append((_too_many(body, plan), end, plan))
        except Unfit as problem:
            problems.append(problem)
    found.sort(key=lambda choice: choice[:2])
    timed: list[Timed] = []
    for _, end, plan in found[:TRIED]:
        try:
            timed.append(_timed(body, plan, end))
        except Unfit as problem:
            problems.append(problem)
    if not timed:
        raise problems[0]
    return sorted(timed, key=lambda each: each[:2])


def apart(body: Body, timed: Timed, early: Node, late: Node, cycles: int) -> Timed:
    """The body with a node so many cycles later than now, and another no later than now. Raises Unfit."""
    plan = Plan(timed.plan.spec, timed.plan.position, timed.plan.outward)
    plan.first = {**timed.plan.first, late: timed.plan.time[late] + cycles}
    plan.last = {**timed.plan.last, early: timed.plan.time[early]}
    end = _as_early_as_can_be(body, plan)
    for node, last in plan.last.items():
        if plan.time[node] > last:
            raise Unfit("E-SCHEDULE", f"`{node.statement.mnemonic}` is kept from both sides", node.place)
    return _timed(body, plan, end)


def _too_many(body: Body, plan: Plan) -> int:
    """By how many more units of switches are wanted at once than there are."""
    switched = [node for node in body.nodes if node.position == ANYWHERE]
    most: Counter[tuple[UnitClass, int]] = Counter()
    for node in switched:
        units, where, now = node.op.row.units, plan.position[node], plan.time[node]
        rivals = [other for other in switched if (other.op.row.units, plan.position[other]) == (units, where)]
        running = sum(plan.time[other] <= now < plan.time[other] + other.span for other in rivals)
        planes = plan.spec.mxm_planes // HEMISPHERES // node.op.row.claims
        there = len(units.names) * (planes if node.tiles else 1)
        most[units, where] = max(most[units, where], running - there)
    return sum(most.values())


def _choices(body: Body, spec: MachineSpec) -> Iterator[Plan]:
    sides = [_sides(node) for node in body.nodes if node.position == ANYWHERE]
    for hemispheres in product(*sides):
        chosen = iter(hemispheres)
        position = {
            node: node.stands(spec, next(chosen)) if node.position == ANYWHERE else node.position for node in body.nodes
        }
        for outward in _ways(body, spec, position):
            yield Plan(spec, position, outward)


def _sides(node: Node) -> tuple[int, ...]:
    return (WEST, EAST) if node.hemisphere == ANYWHERE else (node.hemisphere,)


def _ways(body: Body, spec: MachineSpec, position: dict[Node, int]) -> Iterator[frozenset[Value]]:
    """Which values loads send outward: those that something behind the load takes may go that way."""
    free, fixed = [], set()
    for value in body.values:
        start = position[value.maker]
        if value.maker.position in (ANYWHERE, spec.vxm_position):
            continue
        west = start < spec.vxm_position
        behind = [position[node] < start if west else position[node] > start for node, _ in value.users]
        if is_stream(value.pin):
            fixed |= {value} if flows_west(value.pin) == west else set()
        elif all(behind):
            fixed.add(value)
        elif any(behind):
            free.append(value)
    for chosen in product((False, True), repeat=len(free)):
        yield frozenset(fixed | {value for value, is_outward in zip(free, chosen, strict=True) if is_outward})


def _as_early_as_can_be(body: Body, plan: Plan) -> int:
    """Give each node the first cycle it can have; the cycle in which everything has landed. Raises Unfit."""
    for node in body.nodes:
        plan.time[node] = _earliest(plan, node)
    return max(plan.time[node] + node.span - 1 + node.latency for node in body.nodes)


def _timed(body: Body, plan: Plan, end: int) -> Timed:
    """The plan in which values wait least; who misses a value takes it when it comes again. Raises Unfit."""
    while True:
        early = dict(plan.time)
        timed = _settled(body, plan, end)
        missed = [(value, user) for value in body.values for user in Route(timed.plan, value).missed]
        if not missed:
            return timed
        value, (node, name) = min(missed, key=lambda each: each[1][0].number)
        plan.time = early
        plan.first[node] = max(plan.again(value, (node, name)), plan.first.get(node, 0) + 1)
        end = _as_early_as_can_be(body, plan)


def _settled(body: Body, plan: Plan, end: int) -> Timed:
    """Keep the end and let values wait as little as can be. Raises Unfit."""
    late = Plan(plan.spec, plan.position, plan.outward)
    late.time, late.first, late.last = dict(plan.time), plan.first, plan.last
    if all(node.op.cycle_pin is None for node in body.nodes):
        for node in reversed(body.nodes):
            late.time[node] = _latest(body, late, node, end)
    cost = _settle(body, plan, list(reversed(body.nodes)), end, max)
    found = [Timed(end, _align(body, plan, end, cost), plan)]
    found.append(Timed(end, _settle(body, late, body.nodes, end, min), late))
    return min(found, key=lambda timed: timed.cost)


def _align(body: Body, plan: Plan, end: int, cost: float) -> float:
    """Make those that take a value early, with all that follows them, later, where that saves moves; the cost."""
    for value in body.values:
        for user in value.users if cost and len(value.users) > 1 else ():
            for lag in sorted({_lag(plan, value, other) for other in value.users}):
                cost = _postpone(body, plan, end, cost, user[0], lag - _lag(plan, value, user))
    return cost


def _postpone(body: Body, plan: Plan, end: int, cost: float, node: Node, later: int) -> float:
    """Make a node, with all that follows it, so many cycles later, where that saves moves; the cost."""
    group = following(body, node)
    if later not in range(1, min(_room(plan, each, end) for each in group) + 1):
        return cost
    before = dict(plan.time)
    plan.time.update((each, plan.time[each] + later) for each in group)
    found = _settle(body, plan, list(reversed(body.nodes)), end, max)
    if found >= cost:
        plan.time = before
    return min(found, cost)


def _lag(plan: Plan, value: Value, user: tuple[Node, str]) -> int:
    """The cycles that a value waits for a user."""
    return plan.taken(value, user) - plan.earliest(value, plan.position[user[0]])


def _room(plan: Plan, node: Node, end: int) -> int:
    """The cycles by which a node could be later for all that follows it."""
    return 0 if node.op.cycle_pin is not None else _last(plan, node, end) - plan.time[node]


def _last(plan: Plan, node: Node, end: int) -> int:
    """The last cycle for a node so far as the end goes, and what it is kept apart from."""
    last = end - (node.span - 1 + node.latency)
    return min(last, plan.last.get(node, last))


def following(body: Body, first: Node) -> set[Node]:
    """A node and all that comes after it, through values or memory."""
    found = {first}
    for node in body.nodes:
        makers = {value.maker for value in node.sources.values()} | set(node.after)
        if makers & found:
            found.add(node)
    return found


def _settle(body: Body, plan: Plan, nodes: list[Node], end: int, prefer: Callable[..., int]) -> float:
    """Move nodes one after the other to where values wait least, among equals to the latest or earliest; the cost."""
    for _ in range(ROUNDS):
        before = dict(plan.time)
        for node in nodes:
            if node.op.cycle_pin is None:
                _slide(body, plan, node, end, prefer)
        if plan.time == before:
            break
    return sum(Route(plan, value).cost for value in body.values)


def _earliest(plan: Plan, node: Node) -> int:
    """Raises Unfit (E-PIN) when that is after the cycle it is pinned to."""
    waits = [plan.time[other] + node.wait(other) for other in node.after if other in plan.time]
    where = plan.position[node]
    arrivals = [plan.earliest(value, where) + node.lead(name) for name, value in node.sources.items()]
    first = max([lead(plan, node), plan.first.get(node, 0), *waits, *arrivals])
    pin = node.op.cycle_pin
    if pin is not None and pin < first:
        message = f"`{node.statement.mnemonic}` cannot issue in cycle {pin}; {first} is the first in which it can"
        raise Unfit("E-PIN", message, node.place, help=f"write `!cycle={first}`, or pin what it waits for earlier")
    return first if pin is None else pin


def sooner(plan: Plan, node: Node) -> bool:
    """Make a node a cycle earlier if what it makes stays where it is taken, and nothing keeps it."""
    if not _makes_what_stays(node) or node.op.cycle_pin is not None or plan.time[node] <= _earliest(plan, node):
        return False
    plan.time[node] -= 1
    return True


def _makes_what_stays(node: Node) -> bool:
    return bool(node.results) and all(user.stays(name) for value in node.results for user, name in value.users)


def _latest(body: Body, plan: Plan, node: Node, end: int) -> int:
    """The last cycle that leaves those that follow where they are, and the end."""
    limits = [_last(plan, node, end)]
    for value in node.results:
        for user, name in value.users:
            arrival = plan.earliest(value, plan.position[user]) + user.lead(name)
            limits.append(plan.time[node] + plan.time[user] - arrival)
    limits += [plan.time[user] - user.wait(node) for user in body.nodes if node in user.after]
    return min(limits)


def _slide(body: Body, plan: Plan, node: Node, end: int, prefer: Callable[..., int]) -> None:
    """Put a node where its value and those it takes need the fewest moves; stores move when that is for nothing, and
    what stays where it is taken comes as late as it can."""
    values = [*node.sources.values(), *node.results]
    first, last = _earliest(plan, node), _latest(body, plan, node, end)
    if first > last:
        return
    if _makes_what_stays(node):
        plan.time[node] = last
        return
    costs: dict[int, float] = {}
    late, early = (range(last, first, -LONGEST), range(first, last, LONGEST))
    for time in {plan.time[node], first, last, *late[: plan.spec.vxm_alus], *early[: plan.spec.vxm_alus]}:
        plan.time[node] = time
        costs[time] = sum(Route(plan, value).cost for value in values)
    least = min(costs.values())
    plan.time[node] = prefer(time for time, cost in costs.items() if cost == least)
