"""`mmul`: vectors through a plane that holds a matrix, tile after tile, the sums kept in its accumulators."""

from __future__ import annotations

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
from asm.tree import Indexed, Name, Operand, OpStmt
from isa.diagnostics import Note
from isa.layout import MXM_SLICES
from isa.machine import SLICES_PER_QUAD
from isa.row import READ, Row
from isa.table import MNEMONICS, ROWS
from isa.types import TYPES
from isa.units import CLASSES, slice_name

# By type: the rows that multiply and load weights
ACTIVATE = {row.type: row for row in ROWS if row.units is CLASSES["ABC"]}
LOAD = {row.type: row for row in ROWS if row.units is CLASSES["LW"]}
PRODUCTS = {f"mmul.{name}": form_of(row) for name, row in ACTIVATE.items()}
INSTALL = MNEMONICS["iw"][0]
ONLY_EMIT = MNEMONICS["acc.emit"][0]
SET = MNEMONICS["acc.set"][0]
ADD, ADD_AND_EMIT = MNEMONICS["acc.add"]
EMIT = ONLY_EMIT.latency
MOST_SUMS = ADD.format.field("acc").high + 1
BYTE_BITS = 8


@dataclass(frozen=True, slots=True)
class Product:
    """A product as written: the value it makes, the vectors, the weights; `rows` of SRAM hold a tile, which takes
    `steps` cycles to load."""

    made: Operand
    vectors: Operand
    symbol: DataSymbol
    type: str
    rows: int
    steps: list[int]


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
    wide = -(-tensor.shape[1] // scope.spec.lanes)
    if wide > 1 or first_slice(scope, symbol) % SLICES_PER_QUAD:
        what = f"has {tensor.shape[1]} columns" if wide > 1 else f"starts in {slice_name(first_slice(scope, symbol))}"
        rule = f"a plane takes {scope.spec.lanes} columns, from four whole quads"
        raise error("E-PLACE", f"`{symbol.name}` {what}; {rule}", statement.line, weights, "split it into tensors")
    steps = _steps(tensor.dtype, tensor.shape[0], scope.spec.lanes)
    return Product(made, vectors, symbol, tensor.dtype, rows_of(scope, symbol) // len(steps), steps)


def _steps(type_: str, deep: int, lanes: int) -> list[int]:
    """For each tile of a matrix the elements that load its rows, the last of which may be few."""
    at_once = MXM_SLICES * BYTE_BITS // TYPES[type_].bits
    return [-(-min(lanes, deep - first) // at_once) for first in range(0, deep, lanes)]


def _find_weights(scope: Scope, statement: OpStmt, node: Name) -> DataSymbol:
    symbol = scope.data.get(node.text)
    if symbol is None:
        scope.resolve(node, statement.line)
    tensor = symbol.tensor if symbol is not None else None
    types = _weights_of(PRODUCTS[statement.mnemonic].row)
    if symbol is not None and tensor is not None and tensor.layout == "mxm" and tensor.dtype in types:
        return symbol
    notes = (Note("declared here", symbol.place),) if symbol else ()
    message = f"`{node.text}` is no matrix for `{statement.mnemonic}`"
    help_ = f"declare it with `.tensor`, in layout mxm, as {' or '.join(types)}"
    raise error("E-TYPE", message, statement.line, node, help_, notes)


def _weights_of(row: Row) -> list[str]:
    """The types of weights that vectors are multiplied with: bytes and less with any such, others with their own."""
    return [name for name, load in LOAD.items() if name == row.type or load.claims == row.claims == 1]


def product_node(scope: Scope, number: int, statement: OpStmt, product: Product, flowing: int) -> Node:
    """The node of a product of `flowing` vectors, tile after tile. Raises E-RANGE."""
    count = _sums(statement, product, flowing)
    form: Form = PRODUCTS[statement.mnemonic]
    op = AsmOp(form.row, list(form.blank), statement)
    op.values[form.row.format.names.index("n")] = flowing
    node = Node(number, statement, op, form, count, ANYWHERE, tensor=product.symbol.name)
    node.weights, node.extra = product.type, EMIT
    node.spacing = max(op.row.interval, *(-(-steps // count) for steps in product.steps[1:]), 1)
    node.tiles = [_tile(scope, statement, product, k) for k in range(len(product.steps))]
    first, last = node.tiles[0].rows, node.tiles[-1].rows
    node.rows = Rows(first.first, MXM_SLICES, first.low, last.high, (), flowing, False)
    node.ahead = INSTALL.latency + product.steps[0] + node.tiles[0].reads[0].row.latency + scope.spec.positions
    return node


def _sums(statement: OpStmt, product: Product, flowing: int) -> int:
    """The vectors that a product makes. Raises E-RANGE."""
    tiles, name = len(product.steps), product.symbol.name
    count, rest = divmod(flowing, tiles)
    if rest:
        message = f"{flowing} vectors flow to the {tiles} tiles of `{name}`, which is not as many to each"
        raise error("E-RANGE", message, statement.line, product.vectors, "a tensor in layout tiles has them in order")
    if tiles > 1 and count > MOST_SUMS:
        message = f"{count} vectors flow to each of the {tiles} tiles of `{name}`; a plane keeps {MOST_SUMS} sums"
        help_ = f"multiply in parts: `vload ..., n={MOST_SUMS}, m={tiles}, stride2={count}` is the first"
        raise error("E-RANGE", message, statement.line, product.vectors, help_)
    return count


def _tile(scope: Scope, statement: OpStmt, product: Product, k: int) -> Tile:
    """What reads a tile: a burst for each quad, or for the slices that hold the bytes of a wider weight."""
    symbol, start, steps = product.symbol, k * product.rows, product.steps[k]
    first, form = first_slice(scope, symbol), FORMS["read", _together(product.type), False]
    reads = []
    for number in range(first, first + MXM_SLICES, form.row.width):
        op = AsmOp(form.row, list(form.blank), statement)
        node = statement.operands[2]
        place = Indexed(slice_name(number), Name(symbol.name, node.column, node.end), node.column, node.end)
        fill_slice_row(scope, op, form.slots[1], Located(Address(DATA, symbol.name, start), {}), place)
        op.values[form.row.format.names.index("n")] = steps
        reads.append(op)
    base = scope.row_of(Address(DATA, symbol.name)) + start
    rows = Rows(first, MXM_SLICES, base, base + steps - 1, range(base, base + steps), steps, False)
    return Tile(reads, rows, steps)


def _together(type_: str) -> int:
    """The slices of weights that one burst reads: what is loaded must be whole elements, of bytes any number."""
    width = next(operand.width for operand in LOAD[type_].operands if operand.role == READ)
    return SLICES_PER_QUAD if width == 1 else width
