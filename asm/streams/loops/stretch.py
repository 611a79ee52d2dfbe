"""Bodies stretched so that they fit an interval: what meets a burst of another round waits, as values do, in moves."""

from __future__ import annotations

from math import inf

from asm.streams.explain import no_room
from asm.streams.graph import Body, Node
from asm.streams.loops.table import ModuloTable
from asm.streams.pieces import pieces_of
from asm.streams.route import Plan, Route, Unfit
from asm.streams.table import Conflict
from asm.streams.times import Timed, following
from isa.machine import MachineSpec

MOST = 16  # times that something is made later


def stretched(body: Body, timed: Timed, interval: int, spec: MachineSpec) -> Timed:
    """A way of timing a body that meets nothing of its own in rounds that begin every interval. Raises Unfit."""
    problem: Unfit | None = None
    for _ in range(MOST):
        pieces = list(pieces_of(timed.plan, body.nodes))
        try:
            ModuloTable(spec, interval).place(pieces, 0)
            return timed
        except Conflict as conflict:
            problem = problem or no_room(conflict, pieces, spec)
            later = _later(body, timed.plan, conflict, interval)
        if later is None or later.cost == inf:  # what has passed a place does not come again in time
            break
        timed = later
    assert problem is not None
    raise problem


def _later(body: Body, plan: Plan, conflict: Conflict, interval: int) -> Timed | None:
    """A body in which one of two bursts that meet, with all that follows it, is later; None if that is no way out."""
    for piece, other, cycles in (
        (conflict.piece, conflict.holder, conflict.later),
        (conflict.holder, conflict.piece, conflict.earlier),
    ):
        group = following(body, piece.node)
        if piece.own and piece.node is not other.node and other.node not in group and 0 < cycles < interval:
            return _moved(body, plan, group, cycles)
    return None


def _moved(body: Body, plan: Plan, group: set[Node], cycles: int) -> Timed:
    """Raises Unfit."""
    moved = Plan(plan.spec, plan.position, plan.outward)
    moved.straight, moved.first = set(plan.straight), plan.first
    moved.time = {node: time + cycles * (node in group) for node, time in plan.time.items()}
    end = max(moved.time[node] + node.span - 1 + node.latency for node in body.nodes)
    return Timed(end, sum(Route(moved, value).cost for value in body.values), moved)
