"""Weights that are values, one for each quad of the streams of a plane; `minstall`, which leaves weights in a plane."""

from __future__ import annotations

from collections.abc import Mapping

from asm.errors import error
from asm.operands.attributes import split_attributes
from asm.operands.slot import form_of
from asm.program import AsmOp
from asm.scope.places import PLANES
from asm.scope.scope import Scope
from asm.streams.graph import ANYWHERE, NOWHERE, WEIGHTS, Node, Tile, Value
from asm.streams.matrix import INSTALL, LOAD, blank_product, find_matrix, read_rows, steps_of, tiles, weights_for
from asm.tree import Name, Operand, OpStmt, Virtual
from isa.machine import SLICES_PER_QUAD
from isa.row import Row

INSTALLS = {f"minstall.{name}": name for name in LOAD}
ALONE = form_of(INSTALL)


def values_of(statement: OpStmt, others: int) -> tuple[Operand, ...]:
    """The values that are weights, after some other operands; none when a tensor holds them. Raises E-OPERAND."""
    nodes, attributes = split_attributes(statement)
    found = nodes[others:]
    if not any(isinstance(node, Virtual) for node in found):
        return ()
    if len(found) != len(WEIGHTS) or attributes:
        names = ", ".join(["%y", "%x"][:others] + [f"%{name}" for name in WEIGHTS])
        message = f"`{statement.mnemonic}` takes a matrix, or a value for each of {len(WEIGHTS)} quads of weights"
        raise error("E-OPERAND", message, statement.line, statement, f"write `{statement.mnemonic} {names}`")
    return found


def flowing_product(scope: Scope, statement: OpStmt, flowing: int, weights: Mapping[str, Value]) -> Node:
    """The node of a product of `flowing` vectors with weights that are values: of the second type that the mnemonic
    names, else that of the vectors. Raises E-RANGE, E-TYPE."""
    node = blank_product(statement, flowing)
    types = weights_for(statement.mnemonic)
    _bring(scope, node, types[0] if len(types) == 1 else node.op.row.type, weights)
    return node


def flowing_install(scope: Scope, statement: OpStmt, weights: Mapping[str, Value]) -> Node:
    """The node that leaves values in a plane. Raises E-RANGE, E-TYPE."""
    node = _blank_install(statement)
    _bring(scope, node, INSTALLS[statement.mnemonic], weights)
    return node


def matrix_install(scope: Scope, statement: OpStmt) -> Node:
    """The node that leaves a matrix, or a tile of it, in a plane. Raises SourceError."""
    nodes, attributes = split_attributes(statement)
    if len(nodes) != 1 or not isinstance(nodes[0], Name):
        message = f"`{statement.mnemonic}` takes a matrix: `{statement.mnemonic} w`"
        raise error("E-OPERAND", message, statement.line, statement)
    matrix = find_matrix(scope, statement, nodes[0], [INSTALLS[statement.mnemonic]], attributes)
    if len(matrix.tiles) > 1:
        message = f"`{matrix.symbol.name}` has {len(matrix.tiles)} tiles; a plane holds one"
        raise error("E-RANGE", message, statement.line, nodes[0], f"a tensor of {scope.spec.lanes} rows; `tile=0`")
    node = _blank_install(statement)
    node.tensor, node.weights, node.tiles = matrix.symbol.name, matrix.type, tiles(scope, statement, matrix)
    read_rows(scope, node)
    return node


def _blank_install(statement: OpStmt) -> Node:
    return Node(0, statement, AsmOp(INSTALL, list(ALONE.blank), statement), ALONE, 1, ANYWHERE)


def _bring(scope: Scope, node: Node, type_: str, weights: Mapping[str, Value]) -> None:
    """Give a node the tile that values bring, of as many vectors each as it takes cycles to load."""
    statement, steps = node.statement, next(iter(weights.values())).count
    if LOAD[type_].claims > 1:
        message = f"weights of {type_} come from a tensor; those that are values are of one byte or less"
        raise error("E-TYPE", message, statement.line, statement)
    for value in weights.values():
        if value.width != SLICES_PER_QUAD:
            message = f"`{value.name}` is {value.width} wide; weights that are values are {SLICES_PER_QUAD}: of a quad"
            raise error("E-TYPE", message, statement.line, statement, "`vload %w0, w, quad=0` has that width")
        most = steps_of(type_, scope.spec.lanes, scope.spec.lanes)[0]
        if value.count != steps or steps > most:
            message = f"`{value.name}` has {value.count} vectors; a plane takes {min(steps, most)} of each of the four"
            raise error("E-RANGE", message, statement.line, statement)
    node.weights, node.tiles = type_, [Tile([], NOWHERE, steps)]


# Planes -----------------------------------------------------------------------------------------
def take_plane(scope: Scope, statement: OpStmt, row: Row) -> tuple[OpStmt, int]:
    """`!P0` to `!P3`, which choose a plane: the statement without it, and its number. Raises E-PIN."""
    chosen = [pin for pin in statement.pins if pin.name.upper() in PLANES]
    if not chosen:
        return statement, ANYWHERE
    number = PLANES.index(chosen[0].name.upper())
    if number % row.claims or not scope.spec.has_plane(number):
        message = f"`{statement.mnemonic}` cannot run on P{number}"
        help_ = f"{scope.spec.name} has no such plane" if row.claims == 1 else "of a pair the even one is named"
        raise error("E-PIN", message, statement.line, chosen[0], help_)
    rest = tuple(pin for pin in statement.pins if pin is not chosen[0])
    return statement._replace(pins=rest), number
