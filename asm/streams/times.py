"""A cycle for each node of a body: as early as its operands allow, then as late as costs nothing.

The choices are few: the switch an op runs on, and which way a load sends what is wanted on both sides of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import inf
from typing import NamedTuple

from asm.streams.graph import ANYWHERE, Body, Node, Value
from asm.streams.route import LONGEST, Plan, Route, Unfit
from isa.machine import EAST, WEST, MachineSpec
from isa.places import flows_west, is_stream

MOST_CHOICES = 256
ROUNDS = 4  # of moving nodes later


class Timed(NamedTuple):
    """A body in time: `end` is the cycle in which everything has landed, `cost` the ALUs that moves take."""

    end: int
    cost: float
    plan: Plan


def plans(body: Body, spec: MachineSpec) -> list[Timed]:
    """The body under each choice, the shortest first and of those the one that moves least. Raises Unfit."""
    found: list[Timed] = []
    problem: Unfit | None = None
    for plan in islice(_choices(body, spec), MOST_CHOICES):
        try:
            found.append(_timed(body, plan))
        except Unfit as reason:
            problem = problem or reason
    if not found and problem is not None:
        raise problem
    return sorted(found, key=lambda timed: timed[:2])


def _choices(body: Body, spec: MachineSpec) -> Iterator[Plan]:
    sides = [_sides(node) for node in body.nodes if node.position == ANYWHERE]
    for hemispheres in product(*sides):
        chosen = iter(hemispheres)
        position = {
            node: spec.sxm_position(next(chosen)) if node.position == ANYWHERE else node.position for node in body.nodes
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


def _timed(body: Body, plan: Plan) -> Timed:
    """Raises Unfit."""
    for node in body.nodes:
        plan.time[node] = _earliest(plan, node)
    end = max(plan.time[node] + node.count - 1 + node.latency for node in body.nodes)
    for _ in range(ROUNDS):
        moved = [_slide(body, plan, node) for node in reversed(body.nodes)]
        if not any(moved):
            break
    return Timed(end, sum(Route(plan, value).cost for value in body.values), plan)


def _earliest(plan: Plan, node: Node) -> int:
    """Raises Unfit (E-PIN) when that is after the cycle it is pinned to."""
    where = plan.position[node]
    arrivals = [plan.earliest(value, where) for value in node.sources.values()]
    arrivals += [plan.time[other] + wait for other, wait in node.after if other in plan.time]
    first = max(arrivals, default=0)
    pin = node.op.cycle_pin
    if pin is not None and pin < first:
        message = f"`{node.statement.mnemonic}` cannot issue in cycle {pin}; {first} is the first in which it can"
        raise Unfit("E-PIN", message, node.place, help=f"write `!cycle={first}`, or pin what it waits for earlier")
    return first if pin is None else pin


def _slide(body: Body, plan: Plan, node: Node) -> bool:
    """Move a node as late as costs no more moves, for what follows it stays as it is; whether it moved."""
    value = node.result
    if value is None or node.op.cycle_pin is not None:
        return False
    most, start = _slack(body, plan, node, value), plan.time[node]
    best, choice = inf, 0
    for later in sorted({0, most, *range(most % LONGEST, most, LONGEST)}):
        plan.time[node] = start + later
        cost = sum(Route(plan, each).cost for each in (value, *node.sources.values()))
        if cost <= best:
            best, choice = cost, later
    plan.time[node] = start + choice
    return choice > 0


def _slack(body: Body, plan: Plan, node: Node, value: Value) -> int:
    """The cycles by which a node can be later without anything else being so."""
    users = [plan.time[user] - plan.earliest(value, plan.position[user]) for user, _ in value.users]
    orders = [plan.time[user] - wait for user in body.nodes for other, wait in user.after if other is node]
    return min([*users, *(time - plan.time[node] for time in orders)])
