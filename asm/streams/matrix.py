"""`mmul`: vectors through a plane that holds a matrix, tile after tile, the sums kept in its accumulators.

The bursts of a product have fixed times from the first vector on (docs/machine.md, section 16): a tile is loaded just
before it is installed, and installed in the cycle before the first vector that meets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asm.errors import error
from asm.names.expr import Address
from asm.names.symbols import DATA
from asm.operands.address import Located
from asm.operands.attributes import split_attributes
from asm.operands.reach import fill_slice_row
from asm.operands.slot import Form, form_of
from asm.program import AsmOp
from asm.scope.objects import DataSymbol
from asm.scope.scope import Scope
from asm.streams.graph import ANYWHERE, Node, Rows, Tile
from asm.streams.memory import FORMS, first_slice, rows_of
from asm.streams.route import Channel, Piece, Plan
from asm.tree import Indexed, Name, Operand, OpStmt
from isa.diagnostics import Note
from isa.layout import MXM_SLICES
from isa.machine import SLICES_PER_QUAD
from isa.row import Row
from isa.table import MNEMONICS, ROWS
from isa.units import CLASSES, HEMISPHERE_SLICES, slice_name

# By type: the rows that multiply and load weights, one plane each
ACTIVATE = {row.type: row for row in ROWS if row.units is CLASSES["ABC"] and row.claims == 1}
LOAD = {row.type: row for row in ROWS if row.units is CLASSES["LW"] and row.claims == 1}
PRODUCTS = {f"mmul.{name}": form_of(row) for name, row in ACTIVATE.items()}
INSTALL = MNEMONICS["iw"][0]
ONLY_EMIT = MNEMONICS["acc.emit"][0]
SET = MNEMONICS["acc.set"][0]
ADD, ADD_AND_EMIT = MNEMONICS["acc.add"]
EMIT = ONLY_EMIT.latency
READ = FORMS["read", SLICES_PER_QUAD, False]
MOST_SUMS = ADD.format.field("acc").high + 1


@dataclass(frozen=True, slots=True)
class Product:
    """A product as written: the value it makes, the vectors, the weights; each of its tiles loads in `steps` cycles."""

    made: Operand
    vectors: Operand
    symbol: DataSymbol
    type: str
    tiles: int
    steps: int


def parse_product(scope: Scope, statement: OpStmt) -> Product:
    """Raises E-OPERAND, E-TYPE, E-PLACE."""
    nodes, attributes = split_attributes(statement)
    if len(nodes) != 3 or attributes or not isinstance(nodes[2], Name):
        message = f"`{statement.mnemonic}` takes a value, vectors and a matrix: `{statement.mnemonic} %y, %x, w`"
        raise error("E-OPERAND", message, statement.line, statement)
    made, vectors, weights = nodes
    assert isinstance(weights, Name)
    symbol = _find_weights(scope, statement, weights)
    tensor = symbol.tensor
    assert tensor is not None
    deep, wide = (-(-extent // scope.spec.lanes) for extent in tensor.shape)
    if wide > 1 or first_slice(scope, symbol) % SLICES_PER_QUAD:
        what = f"has {tensor.shape[1]} columns" if wide > 1 else f"starts in {slice_name(first_slice(scope, symbol))}"
        rule = f"a plane takes {scope.spec.lanes} columns, from four whole quads"
        raise error("E-PLACE", f"`{symbol.name}` {what}; {rule}", statement.line, weights, "split it into tensors")
    return Product(made, vectors, symbol, tensor.dtype, deep, rows_of(scope, symbol) // deep)


def _find_weights(scope: Scope, statement: OpStmt, node: Name) -> DataSymbol:
    symbol = scope.data.get(node.text)
    if symbol is None:
        scope.resolve(node, statement.line)
    tensor = symbol.tensor if symbol is not None else None
    if symbol is not None and tensor is not None and tensor.layout == "mxm" and tensor.dtype in LOAD:
        return symbol
    notes = (Note("declared here", symbol.place),) if symbol else ()
    message = f"`{node.text}` is no matrix that one plane could hold"
    help_ = f"declare it with `.tensor`, in layout mxm, as {' or '.join(LOAD)}"
    raise error("E-TYPE", message, statement.line, node, help_, notes)


def product_node(scope: Scope, number: int, statement: OpStmt, product: Product, flowing: int) -> Node:
    """The node of a product of `flowing` vectors, tile after tile. Raises E-RANGE."""
    count = _sums(statement, product, flowing)
    form: Form = PRODUCTS[statement.mnemonic]
    op = AsmOp(form.row, list(form.blank), statement)
    op.values[form.row.format.names.index("n")] = flowing
    node = Node(number, statement, op, form, count, ANYWHERE, tensor=product.symbol.name)
    node.steps, node.weights = product.steps, product.type
    node.extra, node.spacing = EMIT, op.row.interval
    node.tiles = [_tile(scope, statement, product, k) for k in range(product.tiles)]
    first, last = node.tiles[0].rows, node.tiles[-1].rows
    node.rows = Rows(first.first, MXM_SLICES, first.low, last.high, (), flowing, False)
    node.ahead = INSTALL.latency + product.steps + READ.row.latency + scope.spec.positions
    return node


def _sums(statement: OpStmt, product: Product, flowing: int) -> int:
    """The vectors that a product makes. Raises E-RANGE."""
    count, rest = divmod(flowing, product.tiles)
    name = product.symbol.name
    if rest:
        message = f"{flowing} vectors flow to the {product.tiles} tiles of `{name}`, which is not as many to each"
        raise error("E-RANGE", message, statement.line, product.vectors, "a tensor in layout tiles has them in order")
    if product.tiles > 1 and not product.steps <= count <= MOST_SUMS:
        message = f"{count} vectors flow to each tile of `{name}`; it must be {product.steps} to {MOST_SUMS}"
        raise error("E-RANGE", message, statement.line, product.vectors)
    return count


def _tile(scope: Scope, statement: OpStmt, product: Product, k: int) -> Tile:
    """What reads a tile: a burst for each of the four quads."""
    symbol, start = product.symbol, k * product.steps
    first = first_slice(scope, symbol)
    reads = []
    for number in range(first, first + MXM_SLICES, SLICES_PER_QUAD):
        op = AsmOp(READ.row, list(READ.blank), statement)
        node = statement.operands[2]
        place = Indexed(slice_name(number), Name(symbol.name, node.column, node.end), node.column, node.end)
        fill_slice_row(scope, op, READ.slots[1], Located(Address(DATA, symbol.name, start), {}), place)
        op.values[READ.row.format.names.index("n")] = product.steps
        reads.append(op)
    base = scope.row_of(Address(DATA, symbol.name)) + start
    order = range(base, base + product.steps)
    return Tile(reads, Rows(first, MXM_SLICES, base, base + product.steps - 1, order, product.steps, False))


def lead(plan: Plan, node: Node) -> int:
    """The cycles from the first read of weights to the first vector."""
    if not node.tiles:
        return 0
    hops = max(abs(plan.position[node] - _position(plan, op)) for op in node.tiles[0].reads)
    return INSTALL.latency + node.steps + READ.row.latency + hops


def _position(plan: Plan, op: AsmOp) -> int:
    return plan.spec.slice_position(*divmod(op.value("slice"), HEMISPHERE_SLICES))


def product_pieces(plan: Plan, node: Node, result: Channel, sources: dict[str, Channel]) -> Iterator[Piece]:
    """All bursts of a product; the first multiplies and leads the others to a plane."""
    start, count = plan.time[node], node.count
    head = _piece(plan, node, node.op.row, start, count * len(node.tiles), {"d": node.spacing})
    head.sources, head.spacing = sources, node.spacing
    yield head
    for k, tile in enumerate(node.tiles):
        first = start + k * count * node.spacing
        install = first - INSTALL.latency
        load = _piece(plan, node, LOAD[node.weights], install - node.steps, node.steps, {"n": node.steps})
        head.team += [load, _piece(plan, node, INSTALL, install, 1, {})]
        head.team.append(_sum_up(plan, node, k, first + node.op.row.latency, result))
        yield from head.team[-3:]
        yield from _reads(plan, node, tile, load)


def _sum_up(plan: Plan, node: Node, k: int, time: int, result: Channel) -> Piece:
    """What takes the results of a tile: sets, adds to or sends on the sums."""
    last = k == len(node.tiles) - 1
    row = (ONLY_EMIT if last else SET) if k == 0 else (ADD_AND_EMIT if last else ADD)
    piece = _piece(plan, node, row, time, node.count, {"n": node.count, "d": node.spacing})
    piece.spacing = node.spacing
    piece.result = result if last else None
    return piece


def _reads(plan: Plan, node: Node, tile: Tile, load: Piece) -> Iterator[Piece]:
    """The reads of a tile, which meet at the plane on sixteen streams side by side."""
    where = plan.position[node]
    side_by_side = []
    for op in tile.reads:
        start = _position(plan, op)
        ready = load.time - abs(where - start)
        channel = Channel(SLICES_PER_QUAD, node.steps, 1, ready, start, where < start, node.tensor, reach=where)
        side_by_side.append(channel)
        piece = Piece(node, op.row, dict(zip(op.row.format.names, op.values, strict=True)), 0, start, 0, node.steps, 1)
        piece.time, piece.latency, piece.result, piece.op = ready - op.row.latency, op.row.latency, channel, op
        piece.rows = tile.rows if op is tile.reads[0] else None
        yield piece
    for channel in side_by_side:
        channel.beside = side_by_side
    load.sources = {"stream": side_by_side[0]}


def _piece(plan: Plan, node: Node, row: Row, time: int, count: int, values: dict[str, int]) -> Piece:
    blank = node.op.values if row is node.op.row else form_of(row).blank
    fields = dict(zip(row.format.names, blank, strict=True)) | values
    return Piece(node, row, fields, time, plan.position[node], row.latency, count, 1)
