"""Lower bounds of the interval between rounds: by what bursts take, and by cycles of waits through memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from asm.explain.words import ranges
from asm.schedule.loops.bounds import recurrence_bound
from asm.schedule.loops.depend import Dependence
from asm.streams.burst import Channel, Piece
from asm.streams.graph import Body, Node
from asm.streams.loops.depend import Edge
from asm.streams.pieces import pieces_of
from asm.streams.times import Timed
from isa.codec import Op
from isa.machine import HEMISPHERES, MachineSpec
from isa.units import PLANE, SLICE, UNIT_NAMES, VXM, slice_name

VECTOR_ALUS = "vector ALUs"


def resource_bounds(choices: Sequence[tuple[Body, Sequence[Timed]]], spec: MachineSpec) -> dict[str, int]:
    """The cycles a round needs of each resource, whichever way its bodies are timed; only what is needed at all."""
    needs: Counter[str] = Counter()
    capacity: dict[str, int] = {}
    readers: dict[tuple[int, ...], Node] = {}
    for body, ways in choices:
        found = [_needs(_first(pieces_of(timed.plan, body.nodes), readers), spec, capacity) for timed in ways]
        for name in found[0]:
            needs[name] += min(each[name] for each in found)
    return _alike({name: -(-need // capacity[name]) for name, need in needs.items() if need})


def _alike(bounds: Mapping[str, int]) -> dict[str, int]:
    """Ports and banks of one kind and bound by one name."""
    groups: dict[tuple[str, int], list[str]] = {}
    for name, bound in bounds.items():
        groups.setdefault((name.partition(".")[2] or name, bound), []).append(name)
    return {ranges(names): bound for (_, bound), names in groups.items()}


def busy_units(pieces: Iterable[Piece]) -> dict[str, int]:
    """The cycles of an interval for which bursts keep each unit busy, in unit order."""
    busy: Counter[int] = Counter()
    for piece in pieces:
        for unit in Op(piece.row, tuple(piece.values.values())).claims:
            busy[unit] += piece.count * piece.row.interval
    return {UNIT_NAMES[unit]: busy[unit] for unit in sorted(busy)}


def _first(pieces: Iterable[Piece], readers: dict[tuple[int, ...], Node]) -> Iterator[Piece]:
    """Bursts without those that read weights which another node reads: one burst may do for both."""
    for piece in pieces:
        is_shared = piece.result is not None and piece.result.beside
        if not is_shared or readers.setdefault(tuple(piece.values.values()), piece.node) is piece.node:
            yield piece


def _needs(pieces: Iterable[Piece], spec: MachineSpec, capacity: dict[str, int]) -> Counter[str]:
    """Cycles of each resource that bursts take; how much of it there is goes into `capacity`."""
    needs: Counter[str] = Counter()
    for piece in pieces:
        for name, cycles, there in chain(_units(piece, spec), _banks(piece, spec), _streams(piece, spec)):
            needs[name] += cycles
            capacity[name] = there
    return needs


def _units(piece: Piece, spec: MachineSpec) -> Iterator[tuple[str, int, int]]:
    where, side = piece.row.units.where, "W" if piece.position < spec.vxm_position else "E"
    if where == VXM:
        yield VECTOR_ALUS, piece.held, spec.vxm_alus
    elif where == SLICE:
        for unit in Op(piece.row, tuple(piece.values.values())).claims:
            yield UNIT_NAMES[unit], piece.held, 1
    else:
        there = spec.mxm_planes // HEMISPHERES if where == PLANE else piece.row.instances
        taken = [(piece.row.units.what.partition(",")[0], piece.held)]
        taken += [(f"{keep.what} of a plane", keep.until - keep.since) for keep in piece.keeps]
        for what, cycles in taken:
            yield f"{what} {side}", cycles * piece.row.claims, there
            yield what, cycles * piece.row.claims, there * HEMISPHERES


def _banks(piece: Piece, spec: MachineSpec) -> Iterator[tuple[str, int, int]]:
    """Banks that all of a burst is known to be in."""
    rows = piece.rows
    if rows is not None and rows.low // spec.rows == rows.high // spec.rows:
        for number in range(rows.first, rows.first + rows.width):
            yield f"{slice_name(number)}.{rows.low // spec.rows}", piece.count, 1


def _streams(piece: Piece, spec: MachineSpec) -> Iterator[tuple[str, int, int]]:
    """Streams where they pass the vector unit, or begin or end there."""
    channel = piece.result
    if channel is not None and not piece.plane and channel.west is not None and _passes(channel, spec.vxm_position):
        way = "westward" if channel.west else "eastward"
        yield f"{way} streams at the vector unit", channel.width * channel.count, spec.streams


def _passes(channel: Channel, centre: int) -> bool:
    return (channel.start - centre) * (channel.reach - centre) <= 0


# Recurrences ----------------------------------------------------------------------------------
def recurrence(choices: Sequence[tuple[Body, Sequence[Timed]]], edges: Iterable[Edge]) -> tuple[int, list[Node]]:
    """The least interval that waits through memory allow, and the nodes of a cycle that allows no less."""
    where = {node: number for number, (body, _) in enumerate(choices) for node in body.nodes}
    found: list[tuple[Dependence, Edge]] = []
    for edge in edges:
        start, end = where[edge.first], where[edge.second]
        if start != end or edge.distance:
            found.append((Dependence(start, end, _least(choices, edge, start, end), edge.distance), edge))
    bound, cycle = recurrence_bound(len(choices), [each for each, _ in found])
    critical: list[Node] = []
    for start, end in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        between = [(each.latency - bound * each.distance, edge) for each, edge in found if each[:2] == (start, end)]
        edge = max(between, key=lambda each: each[0])[1]
        critical += [edge.first, edge.second]
    return bound, list(dict.fromkeys(critical))


def _least(choices: Sequence[tuple[Body, Sequence[Timed]]], edge: Edge, start: int, end: int) -> int:
    """The least that a body must begin later than another for the sake of an edge."""
    ways, others = choices[start][1], choices[end][1]
    if start == end:
        return min(timed.plan.time[edge.first] - timed.plan.time[edge.second] for timed in ways) + edge.wait
    latest = max(timed.plan.time[edge.second] for timed in others)
    return min(timed.plan.time[edge.first] for timed in ways) + edge.wait - latest
