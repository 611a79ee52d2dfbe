"""`vgather` and `vscatter`: the rows of a tensor that a map names, in all its slices at once."""

from __future__ import annotations

from asm.errors import error
from asm.operands.attributes import split_attributes
from asm.operands.slot import Form, form_of
from asm.program import AsmOp
from asm.scope.objects import DataSymbol
from asm.scope.scope import Scope
from asm.streams.graph import Rows
from asm.streams.memory import Written, find_tensor, first_slice, rows_of
from asm.tree import Name, Operand, OpStmt
from isa.machine import SLICES_PER_QUAD
from isa.records import NamedTuple
from isa.row import BANK, READ, STREAM
from isa.table import ROWS
from isa.units import slice_name

LOOKUPS = {"vgather": "read", "vscatter": "write"}  # what they are in the memory column
FORMS = {row.memory: form_of(row) for row in ROWS if any(operand.kind == BANK for operand in row.operands)}
MAP = next(o for o in reversed(FORMS["read"].row.operands) if o.kind == STREAM and o.role == READ)
LAYOUTS = ("rows", "tiles", "mxm")
WRITTEN = "a tensor, a map and a value: `vscatter x, %map, %a`"


class Lookup(NamedTuple):
    """What a lookup does: the op of the first slice of each quad, the tensor, the map, and a value for each quad."""

    ops: list[AsmOp]
    form: Form
    symbol: DataSymbol
    map: Operand
    values: tuple[Operand, ...]


def lookup(scope: Scope, statement: OpStmt) -> Lookup:
    """Raises E-OPERAND, E-TYPE, E-PLACE."""
    values, tensor, map_ = _operands(statement)
    symbol = find_tensor(scope, Written(statement, tensor, map_, {}), LAYOUTS)
    bank = _bank(scope, statement, tensor, symbol)
    first, slices = first_slice(scope, symbol), symbol.object.slices
    starts = range(first, first + slices, SLICES_PER_QUAD)
    if len(values) != len(starts):
        each = "a value" if len(starts) == 1 else f"{len(starts)} values of {SLICES_PER_QUAD} bytes"
        message = f"`{symbol.name}` takes {slices} slices, so `{statement.mnemonic}` takes {each}, not {len(values)}"
        raise error("E-OPERAND", message, statement.line, statement)
    form = FORMS[LOOKUPS[statement.mnemonic]]
    ops = [AsmOp(form.row, list(form.blank), statement) for _ in starts]
    for op, start in zip(ops, starts, strict=True):
        for name, value in (("slice", start), ("bank", bank)):
            op.values[form.row.format.names.index(name)] = value
    return Lookup(ops, form, symbol, map_, values)


def _operands(statement: OpStmt) -> tuple[tuple[Operand, ...], Name, Operand]:
    """The values, the tensor and the map."""
    nodes, attributes = split_attributes(statement)
    loads = LOOKUPS[statement.mnemonic] == "read"
    if len(nodes) > 2 and not attributes:
        *values, tensor, map_ = nodes if loads else (*nodes[2:], *nodes[:2])
        if isinstance(tensor, Name):
            return tuple(values), tensor, map_
    written = "a value, a tensor and a map: `vgather %a, x, %map`" if loads else WRITTEN
    raise error("E-OPERAND", f"`{statement.mnemonic}` takes {written}", statement.line, statement)


def _bank(scope: Scope, statement: OpStmt, node: Name, symbol: DataSymbol) -> int:
    """The bank that a tensor begins. Raises E-PLACE."""
    bank, row = divmod(symbol.address % scope.spec.words_per_slice // scope.spec.words_per_row, scope.spec.rows)
    if row or rows_of(scope, symbol) > scope.spec.rows:
        message = f"`{symbol.name}` is looked up by the rows of a bank, and does not fill one from its first row on"
        help_ = f"a bank has {scope.spec.rows} rows; `@ mw4..mw7.0` places a tensor at the start of one"
        raise error("E-PLACE", message, statement.line, node, help_)
    first = first_slice(scope, symbol)
    if symbol.object.slices > SLICES_PER_QUAD and first % SLICES_PER_QUAD:
        message = f"`{symbol.name}` starts in {slice_name(first)}; rows are looked up in whole quads"
        help_ = f"{slice_name(first - first % SLICES_PER_QUAD)} is the first of a quad"
        raise error("E-PLACE", message, statement.line, node, help_)
    return bank


def touched(scope: Scope, found: Lookup, op: AsmOp, count: int) -> Rows:
    """The rows of a quad that an op and those of the slices beside may touch: any of the tensor."""
    bank = op.value("bank") * scope.spec.rows
    last = bank + rows_of(scope, found.symbol) - 1
    width = min(SLICES_PER_QUAD, found.symbol.object.slices)
    return Rows(op.value("slice"), width, bank, last, (), count, found.form.row.memory == "write")
