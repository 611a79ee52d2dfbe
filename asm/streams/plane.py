"""The bursts of a product, which have fixed times from the first vector on (docs/machine.md, section 16).

A tile is installed in the cycle before the first vector that meets it, and loaded before that, as late as can be. What
each burst keeps of its plane is reserved for just as long: weights are loaded while others multiply.
"""

from __future__ import annotations

from collections.abc import Iterator

from asm.operands.slot import form_of
from asm.program import AsmOp
from asm.streams.beside import join
from asm.streams.burst import ARRAY, SUMS, Channel, Keep, Load, Piece
from asm.streams.graph import WEIGHTS, Node, Tile
from asm.streams.matrix import ADD, ADD_AND_EMIT, INSTALL, LOAD, ONLY_EMIT, SET
from asm.streams.route import Plan
from isa.row import Row
from isa.units import HEMISPHERE_SLICES

FOREVER = 1 << 30  # after any cycle
LONG_AGO = -FOREVER


def lead(plan: Plan, node: Node) -> int:
    """The cycles from the first read of weights to the first vector; or to where a matrix alone is installed."""
    if not node.tiles or not node.tiles[0].reads:
        return 0
    tile = node.tiles[0]
    hops = max(abs(plan.position[node] - _position(plan, op)) for op in tile.reads)
    return node.installed + tile.steps + tile.reads[0].row.latency + hops


def _position(plan: Plan, op: AsmOp) -> int:
    return plan.spec.slice_position(*divmod(op.value("slice"), HEMISPHERE_SLICES))


def plane_pieces(plan: Plan, node: Node, result: Channel | None, sources: dict[str, Channel]) -> Iterator[Piece]:
    """The bursts of a product, or of a matrix that stays in a plane."""
    return _product(plan, node, result, sources) if result is not None else _install(plan, node, sources)


def _product(plan: Plan, node: Node, result: Channel, sources: dict[str, Channel]) -> Iterator[Piece]:
    """All bursts of a product; the first multiplies and leads the others to a plane."""
    start, free = plan.time[node], LONG_AGO
    vectors = node.count // node.wide
    head = _piece(plan, node, node.op.row, start, vectors * len(node.tiles), node.spacing)
    head.sources = {name: source for name, source in sources.items() if name not in WEIGHTS}
    head.keeps = [Keep(ARRAY, start - node.installed + INSTALL.latency, start + head.held)]
    for k, tile in enumerate(node.tiles):
        install = start + k * vectors * node.spacing - node.installed
        head.team.append(_piece(plan, node, INSTALL, install, 1, 1))
        head.loads.append(_load(plan, node, tile, install, free, sources))
        free = install
    sums = [_sum_up(plan, node, k, result) for k in range(len(node.tiles) // node.wide)]
    sums[-1].keeps = [Keep(SUMS, sums[0].time, sums[-1].time + sums[-1].span)]
    head.team += sums
    yield from (head, *head.team, *(piece for load in head.loads for piece in load.pieces))


def _install(plan: Plan, node: Node, sources: dict[str, Channel]) -> Iterator[Piece]:
    """The bursts of a matrix that stays in a plane: its array is no other's from then on."""
    head = _piece(plan, node, INSTALL, plan.time[node], 1, 1)
    head.keeps = [Keep(ARRAY, head.time + INSTALL.latency, FOREVER)]
    head.loads = [_load(plan, node, node.tiles[0], head.time, LONG_AGO, sources)]
    yield from (head, *head.loads[0].pieces)


def _sum_up(plan: Plan, node: Node, k: int, result: Channel) -> Piece:
    """What takes the results of a row of tiles: sets, adds to or sends on the sums."""
    last = k == len(node.tiles) // node.wide - 1
    row = (ONLY_EMIT if last else SET) if k == 0 else (ADD_AND_EMIT if last else ADD)
    time = plan.time[node] + node.op.row.latency + k * node.count * node.spacing
    piece = _piece(plan, node, row, time, node.count, node.spacing)
    piece.result = result if last else None
    return piece


def _load(plan: Plan, node: Node, tile: Tile, until: int, free: int, sources: dict[str, Channel]) -> Load:
    """What brings a tile, installed in cycle `until`, to a buffer that is free from a cycle on; not before what is
    written to memory first has been. Weights that are values come when they come."""
    spacing = 1 if tile.reads else node.spacing
    head = _piece(plan, node, LOAD[node.weights], until - (tile.steps - 1) * spacing - 1, tile.steps, spacing)
    fixed = not tile.reads or (free == LONG_AGO and node.after)
    load = Load([head], head.time if fixed else free, until)
    load.pieces += _reads(plan, node, tile, head)
    if not tile.reads:
        join(node, [sources[name] for name in WEIGHTS])
        head.sources = {"stream": sources[WEIGHTS[0]]}
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
    if tile.reads:
        load.sources = {"stream": side_by_side[0]}


def _piece(plan: Plan, node: Node, row: Row, time: int, count: int, spacing: int) -> Piece:
    values = dict(zip(row.format.names, form_of(row).blank, strict=True))
    values |= {name: value for name, value in (("n", count), ("d", spacing)) if name in values}
    return Piece(node, row, values, time, plan.position[node], row.latency, count, spacing)
