"""Names that mean something else from line to line: numeric local labels and `.set` variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from asm.names.expr import Address
from asm.names.symbols import SET, Symbols
from asm.tree import DirectiveStmt, Expr, LabelDef, Line, Name, Number, Statement, String
from isa.diagnostics import Diagnostic, SourceError

LOCAL_REFERENCE = re.compile(r"(?<![\w.])[0-9]+[bf](?!\w)", re.ASCII)
WORD = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
LEAVES = (str, bytes, int, float, bool, type(None), Line)
# Directives whose arguments are names, not values.
NAMING = frozenset({"ifdef", "ifndef", "ifb", "ifnb", "macro", "irp"})


class LocalLabels:
    """Numeric labels: the k-th `1:` becomes `1#k`; `1b` is the last one before, `1f` the next."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._ahead: dict[str, tuple[Name, Line]] = {}  # internal name: first reference, still undefined

    def define(self, statement: Statement) -> Statement:
        """A numeric label under its internal name; what is none stays as it is."""
        if not isinstance(statement, LabelDef) or not statement.name.isdigit():
            return statement
        digits = statement.name.lstrip("0") or "0"
        self._count[digits] = number = self._count.get(digits, 0) + 1
        self._ahead.pop(f"{digits}#{number}", None)
        return statement._replace(name=f"{digits}#{number}")

    def refer(self, name: Name, line: Line) -> Name:
        digits, direction = name.text[:-1].lstrip("0") or "0", name.text[-1]
        number = self._count.get(digits, 0)
        if direction == "f":
            number += 1
            self._ahead.setdefault(f"{digits}#{number}", (name, line))
        elif not number:
            message = f"there is no label `{digits}:` before this line"
            raise SourceError(Diagnostic("E-UNDEFINED", message, line.place(name.column, name.end)))
        return Name(f"{digits}#{number}", name.column, name.end)

    def unfinished(self) -> Iterator[tuple[str, Diagnostic]]:
        """Labels that were referred to and never came: internal name and error."""
        for internal, (name, line) in self._ahead.items():
            message = f"there is no label `{name.text[:-1]}:` after this line"
            yield internal, Diagnostic("E-UNDEFINED", message, line.place(name.column, name.end))


class Renamer:
    """Replaces such names in the statements of a line, as soon as it is parsed."""

    def __init__(self, symbols: Symbols) -> None:
        self.labels = LocalLabels()
        self.variables: set[str] = set()
        self._symbols = symbols

    def rename(self, line: Line, statements: list[Statement]) -> list[Statement]:
        """Define the numeric labels of a line and replace names in its statements; raises SourceError."""
        statements = list(map(self.labels.define, statements))
        if not LOCAL_REFERENCE.search(line.text) and self.variables.isdisjoint(WORD.findall(line.text)):
            return statements
        return [self._renamed(statement, line) for statement in statements]

    def _renamed(self, statement: Statement, line: Line) -> Statement:
        if isinstance(statement, DirectiveStmt) and statement.name in NAMING:
            return statement
        renamed: Statement = replace_names(statement, lambda name: self._replacement(name, line))
        return renamed

    def _replacement(self, name: Name, line: Line) -> Expr:
        if LOCAL_REFERENCE.fullmatch(name.text):
            return self.labels.refer(name, line)
        symbol = self._symbols.lookup(name.text) if name.text in self.variables else None
        if symbol is None or symbol.kind != SET or symbol.value is None or isinstance(symbol.value, Address):
            return name
        if isinstance(symbol.value, str):
            return String(symbol.value, name.column, name.end)
        return Number(symbol.value, name.column, name.end)


def replace_names(node: Any, replace: Callable[[Name], Expr]) -> Any:
    """A copy of `node` with every Name in it replaced; the replacement of a Name itself."""
    if isinstance(node, Name):
        return replace(node)
    if type(node) is tuple:
        return tuple([replace_names(part, replace) for part in node])
    if isinstance(node, LEAVES):
        return node
    return type(node)(*[replace_names(getattr(node, slot), replace) for slot in node._fields])
