"""Memory operands into fields, and what each tells the scheduler about the memory it touches."""

from __future__ import annotations

from asm.errors import error
from asm.names.expr import Address
from asm.names.symbols import DATA, EXTERN
from asm.operands.address import Located, Reach
from asm.operands.slot import Slot
from asm.program import Access, AsmOp, Reference
from asm.scope.functions import ROW
from asm.scope.places import slice_number
from asm.scope.scope import Scope
from asm.tree import Indexed, Memory
from isa.diagnostics import Note
from isa.image import TO_ROW, TO_WORD

WORD_MASK = 0xFFFFFFFF


def fill_memory(scope: Scope, op: AsmOp, slot: Slot, located: Located, node: Memory) -> None:
    """`[disp + ra*scale + rb]`, in words modulo 2^32."""
    if located.reach is None:
        located.reach = _reach(scope, op, located, node)
    values, op.references, op.access = located.reach
    for name, number in values:
        op.values[slot.where[name]] = number


def _reach(scope: Scope, op: AsmOp, located: Located, node: Memory) -> Reach:
    disp, references = _base(scope, op, located.constant, node)
    fields = [(name, _word(op, n, node) if name == "scale" else n) for name, n in located.fields.items()]
    return Reach((("disp", disp), *fields), references, _word_access(scope, located))


def _base(scope: Scope, op: AsmOp, place: int | Address, node: Memory) -> tuple[int, tuple[Reference, ...]]:
    if not isinstance(place, Address):
        return _word(op, place, node), ()
    if place.kind not in (DATA, EXTERN):
        raise _not_data(op, place, node)
    _word(op, place.addend, node)
    return scope.placed(place) & WORD_MASK, (Reference("disp", TO_WORD, place.symbol, place.addend),)


def _word(op: AsmOp, number: int, node: Memory) -> int:
    if -(1 << 31) <= number <= WORD_MASK:
        return number & WORD_MASK
    raise error(
        "E-RANGE",
        f"{number} in an address does not fit 32 bits; it must be between {-(1 << 31)} and {WORD_MASK}",
        op.statement.line,
        node,
    )


def _not_data(op: AsmOp, place: Address, node: Memory | Indexed) -> Exception:
    return error(
        "E-TYPE",
        f"`{place.symbol}` is a place in the program; loads and stores reach only data",
        op.statement.line,
        node,
    )


def _word_access(scope: Scope, located: Located) -> Access:
    index = tuple(located.fields.items())
    place = located.constant
    if isinstance(place, Address):
        return Access(place.symbol, scope.banks_of(place.symbol), index, place.addend)
    return Access("", frozenset() if index else scope.bank_of_word(place), index, place)


def fill_slice_row(scope: Scope, op: AsmOp, slot: Slot, located: Located, node: Indexed) -> None:
    """`mw4[row + ra]`: a slice, a row counted from its bank 0, and a register added to the row."""
    line = op.statement.line
    number = slice_number(scope.spec, node.base, line, node)
    row = _row(scope, op, located, number, node)
    op.values[slot.where["slice"]] = number
    op.values[slot.where["row"]] = row
    register = located.fields.get("ra")
    if register is not None:
        op.values[slot.where["ra"]] = register
    op.access = _lane_access(scope, op, located, number, row, register)


def _row(scope: Scope, op: AsmOp, located: Located, number: int, node: Indexed) -> int:
    """The row field; a symbol's row is its own, in any of the slices it covers (E-PLACE elsewhere)."""
    place = located.constant
    if isinstance(place, int):
        return _checked_row(scope, op, place, node)
    if place.kind not in (DATA, EXTERN, ROW):
        raise _not_data(op, place, node)
    if place.kind == DATA:
        _check_placed_here(scope, op, place.symbol, number, node)
    row = _checked_row(scope, op, scope.row_of(place), node)
    op.references = (Reference("row", TO_ROW, place.symbol, place.addend),)
    return row


def _checked_row(scope: Scope, op: AsmOp, row: int, node: Indexed) -> int:
    rows = scope.spec.rows * scope.spec.banks
    if 0 <= row < rows:
        return row
    raise error("E-RANGE", f"row {row} is outside the slice; its rows are 0 to {rows - 1}", op.statement.line, node)


def _check_placed_here(scope: Scope, op: AsmOp, name: str, number: int, node: Indexed) -> None:
    """E-PLACE when the symbol is in other slices than the one named."""
    banks = scope.banks_of(name)
    if banks & scope.banks_of_slices(number, op.row.width, None) == set():
        symbol = scope.data[name]
        slices = ", ".join(dict.fromkeys(scope.spec.bank_name(bank).partition(".")[0] for bank in sorted(banks)))
        raise error(
            "E-PLACE",
            f"`{name}` is not in {node.base.lower()}; it is in {slices}",
            op.statement.line,
            node,
            help=f"write `{node.base}[row({name})]` if that row of {node.base} is meant",
            notes=(Note(f"`{name}` is defined here", symbol.place),),
        )


def _lane_access(
    scope: Scope, op: AsmOp, located: Located, slice_number: int, row: int, register: int | None
) -> Access:
    place = located.constant
    symbol = place.symbol if isinstance(place, Address) and place.kind in (DATA, EXTERN) else ""
    banks = scope.banks_of_slices(slice_number, op.row.width, None if register is not None else row)
    offset = place.addend if isinstance(place, Address) else place
    return Access(symbol, banks, (("slice", slice_number), ("ra", register)), offset, op.row.width)
