"""What expansion makes of a text, as words that tests compare."""

from __future__ import annotations

from asm.expand import expand
from asm.names.symbols import Symbols
from asm.tree import (
    Attribute,
    Binary,
    Brace,
    Bundle,
    DirectiveStmt,
    LabelDef,
    Memory,
    Name,
    Number,
    Numbers,
    Operand,
    OpStmt,
    Statement,
    String,
    Unary,
)
from isa.diagnostics import Diagnostic, Place


def words(node: Operand) -> str:
    """An operand as text; every Binary in parentheses."""
    match node:
        case Number() | String():
            return str(node.value)
        case Name():
            return node.text
        case Binary():
            return f"({words(node.left)}{node.operator}{words(node.right)})"
        case Unary():
            return f"{node.operator}{words(node.operand)}"
        case Memory():
            return f"[{words(node.inner)}]"
        case Attribute():
            return f"{node.name}={words(node.value)}"
        case Numbers():
            return ", ".join(map(str, memoryview(node.data).cast("i")))  # of .i32
    raise AssertionError(node)


def shown(statement: Statement) -> str:
    match statement:
        case LabelDef():
            return f"{statement.name}:"
        case Brace():
            return "{" if statement.open else "}"
        case Bundle():
            return "{ " + " || ".join(map(shown, statement.ops)) + " }"
        case DirectiveStmt():
            return f".{statement.name} " + ", ".join(map(words, statement.arguments))
        case OpStmt():
            return f"{statement.mnemonic} {', '.join(map(words, statement.operands))}".strip()


def run(text: str, **defines: int) -> tuple[list[str], list[Diagnostic]]:
    found: list[Diagnostic] = []
    return [shown(statement) for statement in expand(text, "t.s", Symbols(defines), found.append)], found


def good(text: str, **defines: int) -> list[str]:
    lines, found = run(text, **defines)
    assert found == []
    return lines


def bad(text: str, **defines: int) -> Diagnostic:
    _, found = run(text, **defines)
    assert len(found) == 1, found
    return found[0]


def at(place: Place | None) -> tuple[int, int, int]:
    assert place is not None
    return place.line, place.column, place.end_column
