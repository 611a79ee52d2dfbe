"""What to say when a mnemonic is unknown or none of its operand forms fits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from asm.errors import error
from asm.tree import Attribute, Name, OpStmt
from isa.diagnostics import Note, SourceError
from isa.row import CONST, IMM, LABEL, MEM, REG, SLICE_ROW, Row, memory_text
from isa.row import Operand as OperandForm
from isa.table import MNEMONICS
from isa.units import VECTOR_PREFIX

WANTED = {
    REG: "a register",
    IMM: "an immediate",
    CONST: "a constant",
    MEM: "an address",
    SLICE_ROW: "a row of a slice",
    LABEL: "a label",
}
EXPR, OTHER = "expr", "other"
STREAM = re.compile(r"(se|sw|v)[0-9]+", re.IGNORECASE)


def unknown_mnemonic(statement: OpStmt) -> SourceError:
    message = f"`{statement.mnemonic}` is not an instruction"
    return error("E-MNEMONIC", message, statement.line, statement, _instead(statement))


def _instead(statement: OpStmt) -> str:
    """Help with what may be meant by a mnemonic that is none; "" when nothing is near."""
    from difflib import get_close_matches

    name = statement.mnemonic
    suffixed = [f"`{known}`" for known in MNEMONICS if known.startswith(f"{name}.")]
    if suffixed:
        return f"it is written with a suffix: {', '.join(suffixed)}"
    if _of_tensor_face(statement):
        return "ops on streams and vectors are of the tensor face; the machine executes its scalar face, see `lpu isa`"
    near = get_close_matches(name, MNEMONICS, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`? it is written {_forms(MNEMONICS[near[0]])}" if near else ""


def _of_tensor_face(statement: OpStmt) -> bool:
    """Whether an op looks like one on streams: by its prefix, a stream, or an attribute such as `n=64`."""
    return statement.mnemonic.startswith(VECTOR_PREFIX) or any(
        isinstance(operand, Attribute) or (isinstance(operand, Name) and STREAM.fullmatch(operand.text))
        for operand in statement.operands
    )


def _forms(rows: Iterable[Row]) -> str:
    return " or ".join(f"`{row.key}`" for row in rows)


def no_form_fits(statement: OpStmt, shapes: tuple[object, ...]) -> SourceError:
    """E-OPERAND at the operand that is wrong in the forms that fit best; a note names those."""
    rows = MNEMONICS[statement.mnemonic]
    found = [_first_misfit(row, shapes) for row in rows]
    index = max(found)
    rivals = [row for row, other in zip(rows, found, strict=True) if other == index]
    message = _sentence(statement, rivals, index, shapes)
    node = statement.operands[index] if index < len(statement.operands) else statement
    note = Note(f"it is written {_forms(rivals)}")
    return error("E-OPERAND", message, statement.line, node, _help(statement, rivals, index, shapes), (note,))


def _help(statement: OpStmt, rivals: list[Row], index: int, shapes: tuple[object, ...]) -> str:
    """The brackets that an address without them lacks."""
    lacking = index < len(shapes) and shapes[index] in (EXPR, REG)
    if not (lacking and all(index < len(row.operands) and row.operands[index].kind == MEM for row in rivals)):
        return ""
    node = statement.operands[index]
    return f"an address stands in brackets: `[{statement.line.text[node.column - 1 : node.end - 1]}]`"


def _first_misfit(row: Row, shapes: tuple[object, ...]) -> int:
    """The index of the first operand that does not fit a row; of the first missing or left over if all fit."""
    for index, (operand, shape) in enumerate(zip(row.operands, shapes, strict=False)):
        if not _fits(operand, shape):
            return index
    return min(len(row.operands), len(shapes))


def _fits(operand: OperandForm, shape: object) -> bool:
    if operand.kind in (MEM, SLICE_ROW):
        return shape == operand.fields
    return shape == (REG if operand.kind == REG else EXPR)


def _what(shape: object) -> str:
    if shape == REG:
        return "a register"
    if isinstance(shape, tuple):
        return "a row of a slice" if shape[0] == "slice" else f"the address {memory_text(shape)}"
    return "an expression" if shape == EXPR else "an attribute"


def _count(count: int) -> str:
    return f"{count} operand{'' if count == 1 else 's'}" if count else "no operands"


def _sentence(statement: OpStmt, rivals: list[Row], index: int, shapes: tuple[object, ...]) -> str:
    mnemonic = statement.mnemonic
    expecting = [row.operands[index] for row in rivals if index < len(row.operands)]
    if index >= len(shapes) or not expecting:
        counts = sorted({len(row.operands) for row in MNEMONICS[mnemonic]})
        takes = " or ".join(str(count) for count in counts[:-1]) + (" or " if counts[1:] else "") + _count(counts[-1])
        return f"`{mnemonic}` takes {takes}, not {len(shapes)}"
    wanted = dict.fromkeys(WANTED[operand.kind] for operand in expecting)
    return f"operand {index + 1} of `{mnemonic}` is {_what(shapes[index])}; it must be {' or '.join(wanted)}"
