"""A body with its times as bursts: those of the nodes, and what brings values from one to the other."""

from __future__ import annotations

from collections.abc import Iterator

from asm.streams.beside import side_by_side
from asm.streams.burst import Channel, Piece
from asm.streams.graph import MAP, Node
from asm.streams.maps import map_loads
from asm.streams.plane import plane_pieces
from asm.streams.route import Plan, Route
from isa.machine import EAST, WEST
from isa.records import replace


def pieces_of(plan: Plan, nodes: list[Node]) -> list[Piece]:
    """All bursts of a body in time, with the channels between them."""
    pieces = list(_bursts(plan, nodes))
    return [*pieces, *map_loads(plan, pieces)]


def _bursts(plan: Plan, nodes: list[Node]) -> Iterator[Piece]:
    """Those of the nodes, and what brings values from one to the other."""
    routes = {value: Route(plan, value) for node in nodes for value in node.results}
    for node in nodes:
        own = [routes[value] for value in node.results]
        sources = {name: routes[value].supplies[node, name] for name, value in node.sources.items()}
        sources = side_by_side(node, sources, [route.outputs[0] for route in own])
        for channel in own[0].outputs if own else [None]:
            if node.tiles:
                yield from plane_pieces(plan, node, channel, sources)
            else:
                yield from _own(plan, node, channel, sources)
        for route in own:
            yield from route.pieces


def _own(plan: Plan, node: Node, channel: Channel | None, sources: dict[str, Channel]) -> Iterator[Piece]:
    """The burst of a node; of a lookup one in each slice."""
    time, position = plan.time[node], plan.position[node]
    if not node.op.row.tensor:
        values = dict(zip(node.op.row.format.names, node.op.values, strict=True))
        yield Piece(node, node.op.row, values, time, position, node.latency, 1, 1, op=node.op)
        return
    streams = {name: source for name, source in sources.items() if name != MAP}
    for plane in range(node.planes):
        values = dict(zip(node.op.row.format.names, node.op.values, strict=True))
        if "hemi" in values:
            values["hemi"] = WEST if position < plan.centre else EAST
        if node.rows is None:
            values["n"] = node.count
        values |= {"d": node.spacing, "e": values["e"] * node.spacing}
        if plane:
            values["slice"] += plane
        piece = Piece(node, node.op.row, values, time, position, node.latency, node.count, node.spacing, channel)
        piece.sources, piece.plane, piece.op = streams, plane, node.op
        piece.rows, piece.map = None if plane else node.rows, sources.get(MAP)
        yield piece
    yield from _rest(node, piece)


def _rest(node: Node, first: Piece) -> Iterator[Piece]:
    """The bursts that follow the first of a load or store, on the same stream."""
    if not node.rest:
        return
    first.count //= 1 + len(node.rest)
    step = first.count * first.spacing
    for number, op in enumerate(node.rest, 1):
        values = dict(zip(op.row.format.names, op.values, strict=True))
        values |= {"d": first.spacing, "e": values["e"] * first.spacing}
        yield replace(first, values=values, time=first.time + number * step, op=op, rows=None, follows=True)
