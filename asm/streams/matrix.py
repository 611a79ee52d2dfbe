"""`mmul`: vectors through a plane that holds a matrix, tile after tile, the sums kept in its accumulators."""

from __future__ import annotations

from collections.abc import Sequence

from asm.errors import diagnostic, error
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
from asm.tree import Attribute, Indexed, Name, Operand, OpStmt
from isa.diagnostics import Note, SourceError
from isa.layout import MXM_SLICES
from isa.machine import SLICES_PER_QUAD
from isa.records import dataclass
from isa.row import READ, Row
from isa.table import MNEMONICS, ROWS
from isa.types import TYPES
from isa.units import CLASSES, slice_name

# By type: the rows that multiply and load weights
ACTIVATE = {row.type: row for row in ROWS if row.units is CLASSES["ABC"]}
LOAD = {row.type: row for row in ROWS if row.units is CLASSES["LW"]}
STEM, TILE = "mmul", "tile"
INSTALL = MNEMONICS["iw"][0]
ONLY_EMIT = MNEMONICS["acc.emit"][0]
SET = MNEMONICS["acc.set"][0]
ADD, ADD_AND_EMIT = MNEMONICS["acc.add"]
EMIT = ONLY_EMIT.latency
MOST_SUMS = ADD.format.field("acc").high + 1
BYTE_BITS = 8


def _fitting(row: Row) -> list[str]:
    """The types of weights that vectors can be multiplied with."""
    return [name for name, load in LOAD.items() if name == row.type or load.claims == row.claims == 1]


def _mnemonics(row: Row) -> list[str]:
    """Those of a product by the type of its vectors, or of these and the weights."""
    return [f"{STEM}.{row.type}", *(f"{STEM}.{row.type}.{name}" for name in _fitting(row))]


PRODUCTS = {mnemonic: form_of(row) for row in ACTIVATE.values() for mnemonic in _mnemonics(row)}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Weights in a tensor, as written: tiles of `rows` rows of SRAM. For each down a column `steps` has the elements to
    load; of the `wide` ones along a row those of `chosen` are meant."""

    node: Name
    symbol: DataSymbol
    type: str
    rows: int
    steps: list[int]
    wide: int
    chosen: range

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """The first row of each tile, counted from that of the tensor, and the elements to load; in order of use."""
        return [((k * self.wide + t) * self.rows, steps) for k, steps in enumerate(self.steps) for t in self.chosen]


@dataclass(frozen=True, slots=True)
class Product:
    """A product as written: the value it makes, the vectors, the weights."""

    made: Operand
    vectors: Operand
    matrix: Matrix


def parse_product(scope: Scope, statement: OpStmt) -> Product:
    """Raises E-OPERAND, E-TYPE, E-PLACE, E-RANGE."""
    nodes, attributes = split_attributes(statement)
    if len(nodes) != 3 or not isinstance(nodes[2], Name):
        message = f"`{statement.mnemonic}` takes a value, vectors and a matrix: `{statement.mnemonic} %y, %x, w`"
        raise error("E-OPERAND", message, statement.line, statement)
    made, vectors, weights = nodes
    assert isinstance(weights, Name)
    types = weights_for(statement.mnemonic)
    return Product(made, vectors, find_matrix(scope, statement, weights, types, attributes))


def find_matrix(
    scope: Scope, statement: OpStmt, node: Name, types: Sequence[str], attributes: tuple[Attribute, ...]
) -> Matrix:
    """The weights that a tensor of one of some types holds; all columns, or those of `tile`. Raises SourceError."""
    symbol = _find_weights(scope, statement, node, types)
    tensor = symbol.tensor
    assert tensor is not None
    first = first_slice(scope, symbol)
    if first % SLICES_PER_QUAD:
        message = f"`{symbol.name}` starts in {slice_name(first)}; a plane takes weights from four whole quads"
        raise error("E-PLACE", message, statement.line, node)
    steps = steps_of(tensor.dtype, tensor.shape[0], scope.spec.lanes)
    wide = -(-tensor.shape[1] // scope.spec.lanes)
    rows = rows_of(scope, symbol) // (len(steps) * wide)
    return Matrix(node, symbol, tensor.dtype, rows, steps, wide, _chosen(scope, statement, wide, attributes))


def _chosen(scope: Scope, statement: OpStmt, wide: int, attributes: tuple[Attribute, ...]) -> range:
    """The tiles along a row that are meant: all, or one. Raises E-OPERAND, E-TYPE, E-RANGE."""
    if not attributes:
        return range(wide)
    node = attributes[0]
    if node.name != TILE or len(attributes) > 1:
        message = f"`{statement.mnemonic}` takes `{TILE}=`, once, and no other attribute"
        raise error("E-OPERAND", message, statement.line, attributes[-1])
    number = scope.evaluate(node.value, statement.line)
    if not isinstance(number, int) or not 0 <= number < wide:
        raise error("E-RANGE", f"the tiles along a row of the matrix are 0 to {wide - 1}", statement.line, node)
    return range(number, number + 1)


def steps_of(type_: str, deep: int, lanes: int) -> list[int]:
    """For each tile of a matrix the elements that load its rows, the last of which may be few."""
    at_once = MXM_SLICES * BYTE_BITS // TYPES[type_].bits
    return [-(-min(lanes, deep - first) // at_once) for first in range(0, deep, lanes)]


def _find_weights(scope: Scope, statement: OpStmt, node: Name, types: Sequence[str]) -> DataSymbol:
    symbol = scope.data.get(node.text)
    if symbol is None:
        scope.resolve(node, statement.line)
    tensor = symbol.tensor if symbol is not None else None
    if symbol is not None and tensor is not None and tensor.layout == "mxm" and tensor.dtype in types:
        return symbol
    notes = (Note("declared here", symbol.place),) if symbol else ()
    message = f"`{node.text}` is no matrix for `{statement.mnemonic}`"
    help_ = f"declare it with `.tensor`, in layout mxm, as {' or '.join(types)}"
    raise error("E-TYPE", message, statement.line, node, help_, notes)


def weights_for(mnemonic: str) -> list[str]:
    """The types of weights that vectors are multiplied with: the second that the mnemonic names, else bytes and less
    with any such, others with their own."""
    row = PRODUCTS[mnemonic].row
    return [name for name in _fitting(row) if mnemonic in (f"{STEM}.{row.type}", f"{STEM}.{row.type}.{name}")]


class TooManySums(SourceError):
    """E-RANGE: a product that a plane could do a block of rows at a time."""


def product_node(scope: Scope, number: int, statement: OpStmt, product: Product, flowing: int, most_sums: int) -> Node:
    """The node of a product of `flowing` vectors, tile after tile. Raises E-RANGE."""
    matrix = product.matrix
    count = _sums(statement, product, flowing, most_sums)
    node = blank_product(statement, flowing)
    node.number, node.count, node.tensor, node.weights = number, count, matrix.symbol.name, matrix.type
    node.wide, node.tiles = len(matrix.chosen), tiles(scope, statement, matrix)
    node.spacing = max(node.spacing, _spacing(node))
    read_rows(scope, node)
    return node


def blank_product(statement: OpStmt, flowing: int) -> Node:
    """A product of some vectors that has no weights yet."""
    form: Form = PRODUCTS[statement.mnemonic]
    op = AsmOp(form.row, list(form.blank), statement)
    op.values[form.row.format.names.index("n")] = flowing
    node = Node(0, statement, op, form, flowing, ANYWHERE)
    node.extra, node.spacing = EMIT, op.row.interval
    return node


def _spacing(node: Node) -> int:
    """The cycles from one vector to the next in which the next tile can be loaded; where one vector meets each tile,
    with room for it between the loads."""
    if node.is_batch_1:
        return node.tiles[0].steps + 1
    vectors = node.count // node.wide
    return max([1, *(-(-tile.steps // vectors) for tile in node.tiles[1:])])


def read_rows(scope: Scope, node: Node) -> None:
    """Note the memory that a node with tiles reads, and how early it may."""
    first, last = node.tiles[0].rows, node.tiles[-1].rows
    count = sum(tile.steps for tile in node.tiles)
    node.rows = Rows(first.first, MXM_SLICES, first.low, last.high, (), count, False)
    node.ahead = node.tiles[0].steps + node.tiles[0].reads[0].row.latency + scope.spec.positions


def _sums(statement: OpStmt, product: Product, flowing: int, most: int) -> int:
    """The vectors that a product makes. Raises E-RANGE, TooManySums."""
    matrix = product.matrix
    name, count = matrix.symbol.name, len(matrix.steps) * len(matrix.chosen)
    vectors, rest = divmod(flowing, count)
    if rest:
        message = f"{flowing} vectors flow to the {count} tiles of `{name}`, which is not as many to each"
        raise error("E-RANGE", message, statement.line, product.vectors, _each_tile(matrix))
    sums = vectors * len(matrix.chosen)
    if len(matrix.steps) > 1 and sums > most:
        message = f"{vectors} vectors flow to each of the {count} tiles of `{name}`; a plane keeps {most} sums"
        raise TooManySums(diagnostic("E-RANGE", message, statement.line, product.vectors, _in_parts(matrix, vectors)))
    return sums


def _each_tile(matrix: Matrix) -> str:
    if len(matrix.chosen) == 1:
        return "a tensor in layout tiles has them in order"
    again = f"m={len(matrix.chosen)}, stride2=0"
    return f"each flows once for each of {len(matrix.chosen)} columns of tiles: `vload ..., n=ROWS, {again}, m3=...`"


def _in_parts(matrix: Matrix, vectors: int) -> str:
    if len(matrix.chosen) > 1:
        return f"multiply a column of tiles at a time: `{TILE}=0` is the first"
    part = f"n={-(-vectors // -(-vectors // MOST_SUMS))}, m={len(matrix.steps)}, stride2={vectors}"
    return f"multiply in parts: `vload ..., {part}` is the first"


def tiles(scope: Scope, statement: OpStmt, matrix: Matrix) -> list[Tile]:
    """The tiles of a matrix in order of use; those that single vectors meet are read alike."""
    return [_tile(scope, statement, matrix, start, steps) for start, steps in matrix.tiles]


def _tile(scope: Scope, statement: OpStmt, matrix: Matrix, start: int, steps: int) -> Tile:
    """What reads a tile: a burst for each quad, or for the slices that hold the bytes of a wider weight."""
    symbol = matrix.symbol
    first, form = first_slice(scope, symbol), FORMS["read", _together(matrix.type), False]
    reads = []
    for number in range(first, first + MXM_SLICES, form.row.width):
        op = AsmOp(form.row, list(form.blank), statement)
        node = matrix.node
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
