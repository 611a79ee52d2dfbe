"""`vgather`: the rows of a tensor that a map names, looked up in all its slices at once."""

from __future__ import annotations

from typing import NamedTuple

from asm.errors import error
from asm.operands.attributes import split_attributes
from asm.operands.slot import Form, form_of
from asm.program import AsmOp
from asm.scope.objects import DataSymbol
from asm.scope.scope import Scope
from asm.streams.graph import Rows
from asm.streams.memory import Written, find_tensor, first_slice, rows_of
from asm.tree import Name, Operand, OpStmt
from isa.row import BANK, READ, STREAM
from isa.table import ROWS

LOOKUP = "vgather"
FORM = form_of(next(row for row in ROWS if row.memory == "read" and row.operands[1].kind == BANK))
MAP = next(o for o in FORM.row.operands if o.kind == STREAM and o.role == READ)


class Lookup(NamedTuple):
    """What a lookup does: the op of its first slice, the tensor, the value it makes and the map, as written."""

    op: AsmOp
    form: Form
    symbol: DataSymbol
    made: Operand
    map: Operand


def lookup(scope: Scope, statement: OpStmt) -> Lookup:
    """Raises E-OPERAND, E-TYPE, E-PLACE."""
    nodes, attributes = split_attributes(statement)
    if len(nodes) != 3 or attributes or not isinstance(nodes[1], Name):
        message = f"`{LOOKUP}` takes a value, a tensor and a map: `{LOOKUP} %a, x, %map`"
        raise error("E-OPERAND", message, statement.line, statement)
    made, tensor, map_ = nodes
    assert isinstance(tensor, Name)
    symbol = find_tensor(scope, Written(statement, tensor, made, {}))
    bank, row = divmod(symbol.address % scope.spec.words_per_slice // scope.spec.words_per_row, scope.spec.rows)
    if row or rows_of(scope, symbol) > scope.spec.rows:
        message = f"`{symbol.name}` is looked up by the rows of a bank, and does not fill one from its first row on"
        help_ = f"a bank has {scope.spec.rows} rows; `@ mw4..mw7.0` places a tensor at the start of one"
        raise error("E-PLACE", message, statement.line, tensor, help_)
    op = AsmOp(FORM.row, list(FORM.blank), statement)
    for name, value in (("slice", first_slice(scope, symbol)), ("bank", bank)):
        op.values[FORM.row.format.names.index(name)] = value
    return Lookup(op, FORM, symbol, made, map_)


def touched(scope: Scope, found: Lookup, count: int) -> Rows:
    """Any row of the tensor may be meant."""
    bank = found.op.value("bank") * scope.spec.rows
    last = bank + rows_of(scope, found.symbol) - 1
    return Rows(found.op.value("slice"), found.symbol.object.slices, bank, last, (), count, False)
