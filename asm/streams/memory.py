"""`vload` and `vstore`: rows of a tensor as a burst of the read or write ports of its slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from asm.errors import error
from asm.names.expr import Address
from asm.names.suggest import did_you_mean
from asm.names.symbols import DATA
from asm.operands.address import Located
from asm.operands.attributes import split_attributes
from asm.operands.fill import fill_constant
from asm.operands.reach import fill_slice_row
from asm.operands.slot import Form, form_of
from asm.program import AsmOp
from asm.scope.objects import DataSymbol
from asm.scope.scope import Scope
from asm.streams.graph import Rows
from asm.tree import Attribute, Indexed, Name, Number, Operand, OpStmt, Virtual
from isa.diagnostics import Note
from isa.machine import SLICES_PER_QUAD
from isa.records import NamedTuple
from isa.row import SLICE_ROW
from isa.table import ROWS
from isa.units import HEMISPHERE_SLICES, slice_name

LOADS_AND_STORES = {"vload": "read", "vstore": "write"}  # what they are in the memory column
LEVELS = (("n", "stride"), ("m", "stride2"), ("m3", "stride3"), ("m4", "stride4"))  # from the innermost
OF_A_BURST = 2  # levels; those further out are bursts one after the other
QUAD = "quad"
ATTRIBUTES = ("row", QUAD, *(name for level in LEVELS for name in level))
ROW_LAYOUTS, MATRIX_LAYOUTS = ("rows", "tiles"), ("mxm",)
MOST = 1 << 16  # elements: what the field n of every op can hold
# By what they do, the slices they take and whether a register is added: what names a row of memory.
FORMS = {
    (row.memory, row.width, "ra" in row.format.names): form_of(row)
    for row in ROWS
    if row.tensor and any(operand.kind == SLICE_ROW for operand in row.operands)
}


class Written(NamedTuple):
    """A load or store as written: the tensor, what flows, the attributes by name, and the statement."""

    statement: OpStmt
    tensor: Name
    value: Operand
    attributes: Mapping[str, Attribute]

    @property
    def layouts(self) -> Sequence[str]:
        """Those of the tensors that are meant."""
        return MATRIX_LAYOUTS if QUAD in self.attributes else ROW_LAYOUTS


class Level(NamedTuple):
    """How often something is done, and the rows from one time to the next."""

    times: int
    stride: int


class Selection(NamedTuple):
    """Rows of a tensor from row `start` on, or from where `register` points, if it is given; in the innermost of the
    four levels from one element to the next."""

    start: int
    levels: tuple[Level, ...]
    register: int | None

    @property
    def length(self) -> int:
        return prod(level.times for level in self.levels)

    @property
    def rows(self) -> list[int]:
        """The rows in the order in which they flow."""
        return _rows(self.start, self.levels)

    @property
    def starts(self) -> list[int]:
        """The first row of each burst."""
        return _rows(self.start, self.levels[OF_A_BURST:])


def _rows(start: int, levels: tuple[Level, ...]) -> list[int]:
    rows = [start]
    for level in reversed(levels):
        rows = [row + i * level.stride for row in rows for i in range(level.times)]
    return rows


def parse(statement: OpStmt) -> Written:
    """Raises E-OPERAND."""
    nodes, given = split_attributes(statement)
    loads = LOADS_AND_STORES[statement.mnemonic] == "read"
    if len(nodes) != 2 or not isinstance(nodes[loads], Name):
        form = "a value and a tensor: `vload %a, x`" if loads else "a tensor and a value: `vstore x, %a`"
        raise error("E-OPERAND", f"`{statement.mnemonic}` takes {form}", statement.line, statement)
    tensor = nodes[loads]
    assert isinstance(tensor, Name)
    attributes: dict[str, Attribute] = {}
    for node in given:
        if node.name not in ATTRIBUTES:
            message = f"`{statement.mnemonic}` has no attribute `{node.name}`"
            help_ = did_you_mean(node.name, ATTRIBUTES) or f"it has {', '.join(ATTRIBUTES)}"
            raise error("E-OPERAND", message, statement.line, node, help_)
        if node.name in attributes:
            raise error("E-OPERAND", f"`{node.name}` is given twice", statement.line, node)
        attributes[node.name] = node
    return Written(statement, tensor, nodes[not loads], attributes)


def find_tensor(scope: Scope, written: Written, layouts: Sequence[str] = ROW_LAYOUTS) -> DataSymbol:
    """The tensor that is loaded or stored. Raises E-TYPE for what is none, or has no rows; E-UNDEFINED."""
    line, node = written.statement.line, written.tensor
    symbol = scope.data.get(node.text)
    if symbol is None:
        scope.resolve(node, line)
    if symbol is not None and symbol.tensor is not None and symbol.tensor.layout in layouts:
        return symbol
    what = f"`{node.text}` is no tensor whose rows could flow"
    help_ = f"declare it with `.tensor`, in layout {' or '.join(layouts)}"
    notes = (Note("declared here", symbol.place),) if symbol else ()
    raise error("E-TYPE", what, line, node, help_, notes)


def _slices(scope: Scope, written: Written, symbol: DataSymbol) -> tuple[int, int]:
    """The first slice that is touched and how many are: all of the tensor, or those of a `quad`. Raises E-RANGE."""
    first, count = first_slice(scope, symbol), symbol.object.slices
    if QUAD not in written.attributes:
        return first, count
    quads = count // SLICES_PER_QUAD
    quad = _number(scope, written, QUAD, 0)
    if not 0 <= quad < quads or first % SLICES_PER_QUAD:
        what = f"the quads of `{symbol.name}` are 0 to {quads - 1}"
        where = f"`{symbol.name}` starts in {slice_name(first)}, which begins no quad"
        message = where if first % SLICES_PER_QUAD else what
        raise error("E-RANGE", message, written.statement.line, written.attributes[QUAD])
    return first + quad * SLICES_PER_QUAD, SLICES_PER_QUAD


def rows_of(scope: Scope, symbol: DataSymbol) -> int:
    return symbol.object.words // scope.spec.words_per_row


def select(scope: Scope, written: Written, symbol: DataSymbol, flowing: int | None) -> Selection:
    """The rows that the attributes choose; `flowing` vectors are stored. Raises E-RANGE, E-TYPE, E-OPERAND."""
    rows = rows_of(scope, symbol)
    row = written.attributes.get("row")
    register = _register(scope, written, row) if row else None
    start = _number(scope, written, "row", 0) if register is None else 0
    stride = _number(scope, written, "stride", 1)
    outer = [Level(_number(scope, written, m, 1), _number(scope, written, by, 0)) for m, by in LEVELS[1:]]
    rounds = max(prod(level.times for level in outer), 1)
    rest = _rest(rows - start, stride) if flowing is None else flowing // rounds
    chosen = Selection(start, (Level(_number(scope, written, "n", rest), stride), *outer), register)
    _check(written, symbol, chosen, rows, flowing)
    return chosen


def _rest(rows: int, stride: int) -> int:
    """The elements that a stride takes to the last row; 1 when it never gets there."""
    return max(1, -(-rows // stride)) if stride > 0 else 1


def _register(scope: Scope, written: Written, node: Attribute) -> int | None:
    value = node.value
    return scope.registers.find(value, written.statement.line) if isinstance(value, Name | Virtual) else None


def _number(scope: Scope, written: Written, name: str, default: int) -> int:
    node = written.attributes.get(name)
    if node is None:
        return default
    value = scope.evaluate(node.value, written.statement.line)
    if not isinstance(value, int):
        raise error("E-TYPE", f"`{name}` is a number of rows", written.statement.line, node)
    return value


def _check(written: Written, symbol: DataSymbol, chosen: Selection, rows: int, flowing: int | None) -> None:
    line = written.statement.line
    node = written.attributes.get("n", written.tensor)
    for (name, _), level in zip(LEVELS, chosen.levels, strict=True):
        if level.times < 1:
            message = f"{name} is {level.times}; a burst has at least one element"
            raise error("E-RANGE", message, line, written.attributes.get(name, node), f"write {name}=1")
    if chosen.register is not None and len(chosen.starts) > 1:
        message = "with a register for a row a load or store has two levels, those of a burst"
        raise error("E-OPERAND", message, line, written.attributes["row"], "write a constant, or several statements")
    _check_length(written, symbol, chosen, flowing)
    if flowing is not None and not written.attributes and flowing != rows:
        message = f"`{symbol.name}` has {rows} rows and {_vectors(flowing)} flow to it"
        raise error("E-RANGE", message, line, written.tensor, "say which rows are meant: `row=0`")
    outside = [row for row in chosen.rows if not 0 <= row < rows] if chosen.register is None else []
    if outside:
        message = f"row {outside[0]} is not one of `{symbol.name}`; its rows are 0 to {rows - 1}"
        raise error("E-RANGE", message, line, written.attributes.get("row", node))


def _check_length(written: Written, symbol: DataSymbol, chosen: Selection, flowing: int | None) -> None:
    """What is stored must be as long as the rows chosen; a burst as a unit can run. Raises E-RANGE."""
    node = written.attributes.get("n", written.tensor)
    count = chosen.length
    if flowing is not None and count != flowing:
        message = f"{_vectors(flowing)} flow to `{symbol.name}`, not {count}"
        raise error("E-RANGE", message, written.statement.line, node, f"write n={flowing}, or leave it out")
    if count > MOST:
        message = f"{count} vectors are more than a burst can have, {MOST}"
        raise error("E-RANGE", message, written.statement.line, node, "load and store them in parts")


def _vectors(count: int) -> str:
    return f"{count} vector" if count == 1 else f"{count} vectors"


def bursts(scope: Scope, written: Written, symbol: DataSymbol, chosen: Selection) -> tuple[list[AsmOp], Form, Rows]:
    """The ops of a load or store without their stream, and the memory they touch. Raises SourceError."""
    kind = LOADS_AND_STORES[written.statement.mnemonic]
    first, width = _slices(scope, written, symbol)
    form = FORMS[kind, width, chosen.register is not None]
    ops = [_burst(scope, written, form, chosen, start) for start in chosen.starts]
    return ops, form, _touched(scope, symbol, chosen, first, width, kind == "write")


def _burst(scope: Scope, written: Written, form: Form, chosen: Selection, start: int) -> AsmOp:
    """The two inner levels from a row on."""
    op = AsmOp(form.row, list(form.blank), written.statement)
    slot = next(slot for slot in form.slots if slot.operand.kind == SLICE_ROW)
    symbol = scope.data[written.tensor.text]
    fields = {} if chosen.register is None else {"ra": chosen.register}
    first, _ = _slices(scope, written, symbol)
    place = Indexed(slice_name(first), written.tensor, written.tensor.column, written.tensor.end)
    fill_slice_row(scope, op, slot, Located(Address(DATA, symbol.name, start), fields), place)
    inner, outer = chosen.levels[:OF_A_BURST]
    shape = {"n": inner.times, "stride": inner.stride}
    if outer.times > 1:
        shape |= {"m": outer.times, "e": inner.times, "stride2": outer.stride}
    for slot in form.slots:
        number = shape.get(slot.field.name)
        if number is not None:
            fill_constant(scope, op, slot, Number(number, written.tensor.column, written.tensor.end), None)
    return op


def first_slice(scope: Scope, symbol: DataSymbol) -> int:
    """The number that encodes the first slice of a tensor."""
    hemisphere, index = divmod(symbol.address // scope.spec.words_per_slice, scope.spec.slices)
    return hemisphere * HEMISPHERE_SLICES + index


def _touched(scope: Scope, symbol: DataSymbol, chosen: Selection, first: int, width: int, writes: bool) -> Rows:
    """With a register any row of the tensor may be meant."""
    base = scope.row_of(Address(DATA, symbol.name))
    rows = [base + row for row in chosen.rows]
    if chosen.register is None:
        return Rows(first, width, min(rows), max(rows), rows, len(rows), writes)
    last = base + rows_of(scope, symbol) - 1
    return Rows(first, width, base, last, (), len(rows), writes, chosen.register, rows)
