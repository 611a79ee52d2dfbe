"""What to say when a mnemonic is unknown or none of its operand forms fits."""

from __future__ import annotations

from collections.abc import Iterable

from asm.errors import error
from asm.operands.slot import EXPR, PLACE, shape_of
from asm.scope.places import PLACE_NAME
from asm.tree import Name, Operand, OpStmt
from isa.diagnostics import Note, SourceError
from isa.row import BANK, CONST, HEMI, IMM, LABEL, MEM, REG, SLICE_ROW, STREAM, VECTOR, Row, memory_text
from isa.table import MNEMONICS

WANTED = {
    REG: "a register",
    IMM: "an immediate",
    CONST: "a constant",
    MEM: "an address",
    SLICE_ROW: "a row of a slice",
    LABEL: "a label",
    STREAM: "a stream",
    VECTOR: "a stream or register",
    BANK: "a bank",
    HEMI: "W or E",
}
SUFFIXES_SHOWN = 12


def unknown_mnemonic(statement: OpStmt) -> SourceError:
    message = f"`{statement.mnemonic}` is not an instruction"
    return error("E-MNEMONIC", message, statement.line, statement, _instead(statement))


def _instead(statement: OpStmt) -> str:
    """Help with what may be meant by a mnemonic that is none; "" when nothing is near."""
    from difflib import get_close_matches

    from asm.streams.statements import NAMES

    name = statement.mnemonic
    suffixed = [f"`{known}`" for known in MNEMONICS if known.startswith(f"{name}.")]
    if suffixed:
        left = len(suffixed) - SUFFIXES_SHOWN
        more = f" and {left} more, see `lpu isa {name}`" if left > 0 else ""
        return f"it is written with a suffix: {', '.join(suffixed[:SUFFIXES_SHOWN])}{more}"
    alike = [known for known in NAMES if known[0] == name[0]]
    near = get_close_matches(name, (*MNEMONICS, *alike), n=1, cutoff=0.6)
    if near and near[0] in NAMES:
        return f"did you mean `{near[0]}`?"
    return f"did you mean `{near[0]}`? it is written {_forms(MNEMONICS[near[0]])}" if near else ""


def _forms(rows: Iterable[Row]) -> str:
    return " or ".join(f"`{row.key}`" for row in rows)


def no_form_fits(statement: OpStmt, shapes: tuple[object, ...]) -> SourceError:
    """E-OPERAND at the operand that is wrong in the forms that fit best; a note names those."""
    rows = MNEMONICS[statement.mnemonic]
    found = [_first_misfit(row, shapes) for row in rows]
    index = max(found)
    rivals = [row for row, other in zip(rows, found, strict=True) if other == index]
    message = _sentence(statement, rivals, index, shapes)
    node = statement.operands[index] if index < len(shapes) else statement
    note = Note(f"it is written {_forms(rivals)}")
    return error("E-OPERAND", message, statement.line, node, _help(statement, rivals, index, shapes), (note,))


def _help(statement: OpStmt, rivals: list[Row], index: int, shapes: tuple[object, ...]) -> str:
    """The brackets that an address without them lacks; the attributes that one operand too many may be meant for."""
    attributes = rivals[0].attributes
    if attributes and index >= len(rivals[0].positional):
        return f"attributes are written with their names: {', '.join(f'{name}=' for name in attributes)}"
    lacking = index < len(shapes) and shapes[index] in (EXPR, REG)
    if not (lacking and all(index < len(row.positional) and row.positional[index].kind == MEM for row in rivals)):
        return ""
    node = statement.operands[index]
    return f"an address stands in brackets: `[{statement.line.text[node.column - 1 : node.end - 1]}]`"


def _first_misfit(row: Row, shapes: tuple[object, ...]) -> int:
    """The index of the first operand that does not fit a row; of the first missing or left over if all fit."""
    for index, (operand, shape) in enumerate(zip(row.positional, shapes, strict=False)):
        if shape != shape_of(operand):
            return index
    return min(len(row.positional), len(shapes))


def _what(shape: object, node: Operand) -> str:
    if isinstance(node, Name) and (found := PLACE_NAME.fullmatch(node.text)):
        return "a v register" if found[1].lower() == "v" else "a stream"
    if shape in (REG, PLACE):
        return "a register"
    if isinstance(shape, tuple):
        return "a row of a slice" if shape[0] == "slice" else f"the address {memory_text(shape)}"
    return "an expression" if shape == EXPR else "an attribute"


def _count(count: int) -> str:
    return f"{count} operand{'' if count == 1 else 's'}" if count else "no operands"


def _sentence(statement: OpStmt, rivals: list[Row], index: int, shapes: tuple[object, ...]) -> str:
    mnemonic = statement.mnemonic
    expecting = [row.positional[index] for row in rivals if index < len(row.positional)]
    if index >= len(shapes) or not expecting:
        counts = sorted({len(row.positional) for row in MNEMONICS[mnemonic]})
        takes = " or ".join(str(count) for count in counts[:-1]) + (" or " if counts[1:] else "") + _count(counts[-1])
        return f"`{mnemonic}` takes {takes}, not {len(shapes)}"
    wanted = dict.fromkeys(WANTED[operand.kind] for operand in expecting)
    what = _what(shapes[index], statement.operands[index])
    return f"operand {index + 1} of `{mnemonic}` is {what}; it must be {' or '.join(wanted)}"
