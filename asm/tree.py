"""The syntax tree: what the grammar makes of a line, before any name has a meaning.

Nodes carry 1-based columns, `end` one past the last character; the line carries file, number and the trail
of expansions. Statements come one after the other; a line such as `{ a || b }` makes several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from isa.diagnostics import Place
from isa.lines import PlaceItems
from isa.records import NamedTuple


class Line(NamedTuple):
    """One logical source line after expansion. `trail`: see isa.diagnostics.Place.

    `edits` says where expansion changed the text: (column, length now, length in the file), left to right.
    """

    file: str
    number: int
    text: str
    trail: tuple[tuple[str, Place], ...] = ()
    edits: tuple[tuple[int, int, int], ...] = ()

    def place(self, column: int, end: int) -> Place:
        """The range in the file; what was put in by expansion stands for what it replaced."""
        if self.edits:
            column, end = self._written(column, 0), self._written(end - 1, 1) + 1
        return Place(self.file, self.number, column, end, self.trail)

    def _written(self, column: int, last: int) -> int:
        """The column in the file; inside an edit its first (last=0) or last (last=1) column."""
        grown = 0
        for at, now, before in self.edits:
            if column < at:
                break
            if column < at + now:
                return at - grown + last * (before - 1)
            grown += now - before
        return column - grown


# Expressions ----------------------------------------------------------------------------------
class Number(NamedTuple):
    value: int | float
    column: int
    end: int


class String(NamedTuple):
    value: str
    column: int
    end: int


class Name(NamedTuple):
    """A symbol, register, place or numeric local label (`1b`); also `.`, the current place."""

    text: str
    column: int
    end: int


class Unary(NamedTuple):
    operator: str
    operand: Expr
    column: int
    end: int


class Binary(NamedTuple):
    operator: str
    left: Expr
    right: Expr
    column: int
    end: int


class Conditional(NamedTuple):
    test: Expr
    yes: Expr
    no: Expr
    column: int
    end: int


class Call(NamedTuple):
    function: str
    arguments: tuple[Expr, ...]
    column: int
    end: int


Expr: TypeAlias = Number | String | Name | Unary | Binary | Conditional | Call


# Operands -------------------------------------------------------------------------------------
class Memory(NamedTuple):
    """`[inner]`"""

    inner: Expr
    column: int
    end: int


class Indexed(NamedTuple):
    """`base[inner]`, such as `mw4[x + r1]`"""

    base: str
    inner: Expr
    column: int
    end: int


class Virtual(NamedTuple):
    """`%name`"""

    name: str
    column: int
    end: int


class Attribute(NamedTuple):
    """`name=value`, in ops (`n=64`) and directives (`.equ N = 4`)"""

    name: str
    value: Operand
    column: int
    end: int


class PlaceRange(NamedTuple):
    """`mw0`, `mw0.1`, `mw0..mw3`, `auto` after `@`; `bank` is -1 when not written."""

    first: str
    last: str
    bank: int
    column: int
    end: int


class Declaration(NamedTuple):
    """`NAME: type[dims] @ place layout L = value` of .array and .tensor; also `NAME @ place` of .extern (type "").

    `value` is a file, or the first of the values; the others are further arguments of the directive.
    """

    name: str
    type: str
    dims: tuple[Expr, ...]
    place: PlaceRange | None
    layout: str
    value: Expr | None
    column: int
    end: int


class Numbers(NamedTuple):
    """So many integers that fit the type of their directive, one after the other, as `data`: see asm.syntax.numbers"""

    data: bytes
    length: int
    column: int
    end: int


Operand: TypeAlias = Expr | Memory | Indexed | Virtual | Attribute | PlaceRange | Declaration | Numbers


# Statements -----------------------------------------------------------------------------------
class Pin(NamedTuple):
    """`!A1` (value None) or `!cycle=12`"""

    name: str
    value: Expr | None
    column: int
    end: int


class Timing(NamedTuple):
    """`@5` (kind "at"), `@+3` ("plus"), `@after a, b` ("after"), before an op in a timeline."""

    kind: str
    value: Expr | None
    labels: tuple[Name, ...]
    column: int
    end: int


class LabelDef(NamedTuple):
    """`name:`; numeric locals keep their digits."""

    name: str
    line: Line
    column: int
    end: int


class OpStmt(NamedTuple):
    """`mnemonic` is in lower case; column and end span it, not its operands."""

    mnemonic: str
    operands: tuple[Operand, ...]
    pins: tuple[Pin, ...]
    timing: Timing | None
    line: Line
    column: int
    end: int


class DirectiveStmt(NamedTuple):
    """`name` is in lower case, without the dot."""

    name: str
    arguments: tuple[Operand, ...]
    line: Line
    column: int
    end: int


class Brace(NamedTuple):
    """`{` or `}`"""

    open: bool
    line: Line
    column: int
    end: int


class Bundle(NamedTuple):
    """`{ a || b }` on one line: what expansion makes of braces and ops when it has nothing to do with them.

    `column` and `end` are those of the opening brace.
    """

    ops: tuple[OpStmt, ...]
    line: Line
    column: int
    end: int


Statement: TypeAlias = LabelDef | OpStmt | DirectiveStmt | Brace | Bundle
Node: TypeAlias = Operand | Pin | Timing | Statement


def ops_of(statements: Iterable[Statement]) -> Iterator[OpStmt]:
    """The ops among statements, those in bundles too."""
    for statement in statements:
        if type(statement) is OpStmt:
            yield statement
        elif type(statement) is Bundle:
            yield from statement.ops


def places(ops: Iterable[OpStmt]) -> Iterator[PlaceItems]:
    """Where some ops are written."""
    for _, _, _, _, line, column, end in ops:
        file, number, _, trail, edits = line
        yield line.place(column, end) if edits else (file, number, column, end, trail)
