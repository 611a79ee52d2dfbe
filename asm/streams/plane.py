"""The bursts of a product, which have fixed times from the first vector on (docs/machine.md, section 16).

A tile is installed in the cycle before the first vector that meets it, and loaded before that, as late as can be. What
each burst keeps of its plane is reserved for just as long: weights are loaded while others multiply.
"""

from __future__ import annotations

from collections.abc import Iterator

from asm.operands.slot import form_of
from asm.program import AsmOp
from asm.streams.burst import ARRAY, SUMS, Channel, Keep, Load, Piece
from asm.streams.graph import Node, Tile
from asm.streams.matrix import ADD, ADD_AND_EMIT, INSTALL, LOAD, ONLY_EMIT, SET
from asm.streams.route import Plan
from isa.row import Row
from isa.units import HEMISPHERE_SLICES

LONG_AGO = -(1 << 30)  # before any cycle


def lead(plan: Plan, node: Node) -> int:
    """The cycles from the first read of weights to the first vector."""
    if not node.tiles:
        return 0
    tile = node.tiles[0]
    hops = max(abs(plan.position[node] - _position(plan, op)) for op in tile.reads)
    return INSTALL.latency + tile.steps + tile.reads[0].row.latency + hops


def _position(plan: Plan, op: AsmOp) -> int:
    return plan.spec.slice_position(*divmod(op.value("slice"), HEMISPHERE_SLICES))


def product_pieces(plan: Plan, node: Node, result: Channel, sources: dict[str, Channel]) -> Iterator[Piece]:
    """All bursts of a product; the first multiplies and leads the others to a plane."""
    start, free = plan.time[node], LONG_AGO
    head = _piece(plan, node, node.op.row, start, node.count * len(node.tiles), node.spacing)
    head.sources = sources
    head.keeps = [Keep(ARRAY, start, start + head.held)]
    yield head
    for k, tile in enumerate(node.tiles):
        first = start + k * node.count * node.spacing
        install = _piece(plan, node, INSTALL, first - INSTALL.latency, 1, 1)
        head.team += [install, _sum_up(plan, node, k, first + node.op.row.latency, result)]
        head.loads.append(_load(plan, node, tile, install.time, free))
        yield from (*head.team[-2:], *head.loads[-1].pieces)
        free = install.time
    head.team[-1].keeps = [Keep(SUMS, start + node.op.row.latency, head.team[-1].time + head.team[-1].span)]


def _sum_up(plan: Plan, node: Node, k: int, time: int, result: Channel) -> Piece:
    """What takes the results of a tile: sets, adds to or sends on the sums."""
    last = k == len(node.tiles) - 1
    row = (ONLY_EMIT if last else SET) if k == 0 else (ADD_AND_EMIT if last else ADD)
    piece = _piece(plan, node, row, time, node.count, node.spacing)
    piece.result = result if last else None
    return piece


def _load(plan: Plan, node: Node, tile: Tile, until: int, free: int) -> Load:
    """What brings a tile, installed in cycle `until`, to a buffer that is free from a cycle on; not before what is
    written to memory first has been."""
    head = _piece(plan, node, LOAD[node.weights], until - tile.steps, tile.steps, 1)
    load = Load([head], head.time if free == LONG_AGO and node.after else free, until)
    load.pieces += _reads(plan, node, tile, head)
    load.begin(0)
    return load


def _reads(plan: Plan, node: Node, tile: Tile, load: Piece) -> Iterator[Piece]:
    """The reads of a tile, which meet at the plane on sixteen streams side by side."""
    where = plan.position[node]
    side_by_side: list[Channel] = []
    for op in tile.reads:
        start, row = _position(plan, op), op.row
        ready = load.time - abs(where - start)
        channel = Channel(row.width, tile.steps, 1, ready, start, where < start, node.tensor, reach=where)
        channel.beside = side_by_side
        side_by_side.append(channel)
        values = dict(zip(row.format.names, op.values, strict=True))
        piece = Piece(node, row, values, ready - row.latency, start, row.latency, tile.steps, 1, channel, op=op)
        piece.rows = tile.rows if op is tile.reads[0] else None
        yield piece
    load.sources = {"stream": side_by_side[0]}


def _piece(plan: Plan, node: Node, row: Row, time: int, count: int, spacing: int) -> Piece:
    values = dict(zip(row.format.names, form_of(row).blank, strict=True))
    values |= {name: value for name, value in (("n", count), ("d", spacing)) if name in values}
    return Piece(node, row, values, time, plan.position[node], row.latency, count, spacing)
